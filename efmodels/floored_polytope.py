"""Least probabilities of choices: polytopes of those whose hand may tremble, or must."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from efmodels.game import Floats
    from efmodels.problem import EquilibriumProblem

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class FlooredPolytope(FlowPolytope):
    r"""A flow polytope in which every choice has a least probability at its decision point.

    .. math:: x \ge 0,\; F x = f,\quad x_q \ge \ell_q \sum_{p \in \mathrm{in}(k)} x_p
        \quad\text{for } q \in \mathrm{out}(k).

    Such are the choices in a perturbed game, whose equilibria approach perfect ones as the floors
    vanish, and those of a player whose strategy is constrained by rules.

    Parameters
    ----------
    floors
        The least probability :math:`\ell_q` of each coordinate; ``(size,)``. Those of a decision
        point add up to at most 1; that of the root is 0.

    Raises
    ------
    GameError
        The floors have another shape, or are no such probabilities.

    Notes
    -----
    Farina, Kroer and Sandholm, "Regret minimization in behaviorally-constrained zero-sum games"
    (2017), arXiv:1711.03441.

    Examples
    --------
    >>> names = FlowPolytope([1, 3], [0], [0, 1], ("I",), ("", "l", "r"))
    >>> trembling = floored(names, [0, 0.1, 0.1])
    >>> value, plan = trembling.best_response([0, 5, 1])
    >>> round(value, 9), plan.round(9).tolist(), trembling.uniform().tolist()
    (4.6, [1.0, 0.9, 0.1], [1.0, 0.5, 0.5])
    """

    floors: Floats

    def __post_init__(self) -> None:
        """Check the polytope, and the floors."""
        super().__post_init__()
        if self.floors.shape != (self.size,):
            raise GameError(f"floors have shape {self.floors.shape}; expected ({self.size},)")
        if not (np.isfinite(self.floors) & (self.floors >= 0)).all() or self.floors[0] != 0:
            raise GameError("floors are probabilities, at least 0, and 0 for the root")
        if self.points and (self._left < -_ROUNDING).any():
            worst = int(np.argmin(self._left))
            name, total = self.point_names[worst], 1 - self._left[worst]
            raise GameError(f"the floors at {name!r} add up to {total:g}; at most 1 is possible")

    @cached_property
    def _left(self) -> Floats:
        """What the floors leave of each decision point's probability; ``(points,)``."""
        left: Floats = 1 - np.add.reduceat(self.floors[1:], self.start[:-1] - 1)
        return left

    @cached_property
    def spare(self) -> Floats:
        """What the floors leave of the decision point of each coordinate; ``(size,)``."""
        if not self.points:
            return np.ones(1)
        return np.concatenate(([1.0], np.maximum(self._left, 0)[self.point[1:]]))

    def behaviour(self, x: ArrayLike) -> Floats:
        """Return the probability of each choice; even above the floors where nothing flows."""
        plan = np.maximum(np.asarray(x, dtype=float), 0)
        choice = super().behaviour(plan)
        empty = self.inflow(plan)[self.point[1:]] <= 0
        even = self.floors + self.spare * super().behaviour(np.zeros(self.size))
        choice[1:][empty] = even[1:][empty]
        return choice

    def random(self, generator: np.random.Generator) -> Floats:
        """Return a plan whose behaviour above the floors is drawn uniformly."""
        drawn = super().behaviour(generator.standard_exponential(self.size))
        return self.realization(self.floors + self.spare * drawn)

    def best_response(self, gradient: ArrayLike) -> tuple[float, Floats]:
        """Maximise ``gradient @ x`` over the polytope; see `FlowPolytope.best_response`."""
        worth = np.array(gradient, dtype=float)
        choice = self.floors.copy()
        choice[0] = 1.0
        for level in reversed(self._levels):
            here = worth[level.out]
            most = np.maximum.reduceat(here, level.out_start)
            best = np.flatnonzero(here == np.repeat(most, level.width))
            _, first = np.unique(level.segment[best], return_index=True)
            chosen = level.out[best[first]]
            choice[chosen] += self.spare[chosen]
            certain = np.add.reduceat(self.floors[level.out] * here, level.out_start)
            value = certain + self.spare[chosen] * most
            np.add.at(worth, level.into, np.repeat(value, level.into_width))
        return float(worth[0]), self.realization(choice)


def floored(polytope: FlowPolytope, floors: ArrayLike) -> FlooredPolytope:
    """Return the polytope with least probabilities of its choices.

    Parameters
    ----------
    polytope
        Any.
    floors
        The least probability of each coordinate, 0 for the root; shape ``(size,)``.

    Raises
    ------
    GameError
        These are no such probabilities.
    """
    return FlooredPolytope(
        polytope.start,
        polytope.incoming,
        polytope.incoming_start,
        polytope.point_names,
        polytope.choice_names,
        np.asarray(floors, dtype=float),
    )


def floors_of(polytope: FlowPolytope) -> Floats | None:
    """Return the least probability of each coordinate; ``None`` where all are 0."""
    return polytope.floors if isinstance(polytope, FlooredPolytope) else None


def even_floors(polytope: FlowPolytope, mass: float) -> Floats:
    """Return floors that share a mass of mistakes evenly at every decision point.

    Raises
    ------
    GameError
        The mass is no probability.
    """
    if not 0 <= mass <= 1:
        raise GameError(f"the mass of mistakes must lie between 0 and 1; got {mass}")
    floors = mass * FlowPolytope.behaviour(polytope, np.zeros(polytope.size))
    floors[0] = 0.0
    return floors


def with_floors(
    problem: EquilibriumProblem, leader: ArrayLike, followers: Mapping[str, ArrayLike]
) -> EquilibriumProblem:
    """Return a problem in which choices have least probabilities.

    Learning, values and certificates are then those of the perturbed problem, without more ado:
    whoever replies does so within the floors.

    Parameters
    ----------
    problem
        A leader against followers.
    leader
        The least probability of each coordinate of the leader; shape ``(leader.size,)``.
    followers
        Those of followers, by label; who is left out has none.

    Raises
    ------
    GameError
        There is no such follower, or these are no such probabilities.

    Examples
    --------
    Kuhn's poker with a hand that trembles, a hundredth at every decision point:

    >>> import efmodels as ef
    >>> from efmodels.learning import Ranges, learn
    >>> problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
    >>> (other,) = problem.followers
    >>> mine, theirs = (even_floors(one, 0.01) for one in (problem.leader, other.polytope))
    >>> learned = learn(with_floors(problem, mine, {other.label: theirs}), Ranges(4, 4))
    >>> learned.status, learned.bound - learned.value < 0.004
    ('solved', True)
    """
    labels = [one.label for one in problem.followers]
    if unknown := sorted(set(followers) - set(labels)):
        raise GameError(f"there is no follower {unknown[0]!r}; there are {labels}")
    with_theirs = tuple(
        replace(one, polytope=floored(one.polytope, followers[one.label]))
        if one.label in followers
        else one
        for one in problem.followers
    )
    return replace(problem, leader=floored(problem.leader, leader), followers=with_theirs)
