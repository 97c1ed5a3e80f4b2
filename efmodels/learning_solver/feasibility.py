r"""The proof that nothing is feasible: a lottery over rows that every plan violates.

Without an objective, an adversary draws a requirement and a deviation, and is paid what the leader
misses, or stays out. The value is zero if and only if some plan fulfils all of them. Any lottery of
the adversary's proves a bound by one best response of the leader's; a bound below zero is a
certificate of infeasibility, multiples of Farkas' multipliers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from efmodels.learning.driver import Ranges, learn
from efmodels.learning.pricing import DEVIATE, lagrangian

if TYPE_CHECKING:
    from efmodels.learning.driver import Entry, Learned
    from efmodels.learning_solver.learnable import Learnable
    from efmodels.problem import EquilibriumProblem

PROVEN = 1e-7
"""By what share of the payoff range a bound must be below zero: more than rounding can do."""

SHARE = 0.01
"""Who has less than this share of the largest weight in a proof is not named."""


@dataclass(frozen=True)
class Infeasibility:
    """A proof that nothing is feasible.

    Attributes
    ----------
    missed
        By how much any plan misses the requirements altogether, each in units of its range and
        weighted by its part in the proof.
    conflict
        Names of the rows and bounds with a part in it, largest first; those of the block only if
        there are no others.
    """

    missed: float
    conflict: tuple[str, ...]

    @property
    def text(self) -> str:
        """What to say of it: sentences, each with a space behind it."""
        if not self.missed:
            return f"No plan of the leader fulfils {', '.join(self.conflict)}. "
        return (
            f"These cannot hold together with the rows of the block: {', '.join(self.conflict)}. "
            f"Every plan of the leader misses rows by at least {self.missed:.3g} of their ranges "
            "altogether. "
        )


def infeasibility(
    one: Learnable, *, engine: str, iteration_limit: int, time_limit: float | None
) -> Infeasibility | None:
    """Look for a proof that no plan fulfils all requirements.

    Returns
    -------
    Infeasibility or None
        ``None`` where nothing was proved: then all may be feasible, or not.

    Raises
    ------
    KeyboardInterrupt
        Somebody has pressed Ctrl-C.
    """
    if one.impossible:
        return Infeasibility(0.0, one.impossible)
    problem = _without_objective(one)
    unit = one.ranges.payoff

    def is_decided(entry: Entry) -> bool:
        return entry.bound < -PROVEN * unit or entry.value > -PROVEN * unit

    learned = learn(
        problem,
        Ranges(unit, unit),
        tolerance=PROVEN,
        engine=engine,
        time_limit=time_limit,
        iteration_limit=iteration_limit,
        callback=is_decided,
    )
    if learned.status == "interrupted":
        raise KeyboardInterrupt
    return _proof(one, learned) if learned.bound < -PROVEN * unit else None


def _without_objective(one: Learnable) -> EquilibriumProblem:
    """Return the problem of missing as little as possible."""
    asked = tuple(follower for follower in one.problem.followers if follower.b is not None)
    problem = replace(one.problem, c=np.zeros(one.problem.size), followers=asked)
    return lagrangian(problem, dict.fromkeys((follower.label for follower in asked), 1.0))


def _proof(one: Learnable, learned: Learned) -> Infeasibility:
    own: dict[str, float] = {}
    others: dict[str, float] = {}
    for asked in one.requirements:
        row = one.bodies.rows[asked.body]
        parts = own if row >= 0 and one.places.own[row] else others
        part = _part(learned, asked.label)
        parts[asked.name] = max(parts.get(asked.name, 0.0), part)
    least = SHARE * max([*own.values(), *others.values()])
    parts = others if max(others.values(), default=0.0) >= least else own
    named = sorted((name for name in parts if parts[name] >= least), key=lambda name: -parts[name])
    return Infeasibility(-learned.bound / one.ranges.payoff, tuple(named))


def _part(learned: Learned, label: str) -> float:
    """Return how likely a follower is not to stay out."""
    plan = learned.plans[label]
    stay, deviate = plan[DEVIATE - 1], plan[DEVIATE]
    return float(deviate / (stay + deviate)) if stay + deviate > 0 else 0.0
