"""Nash equilibria of any number of players, by local descent from several starts.

What counts is not what the solver says but what nobody could gain: the regrets of each profile are
recomputed from the tree, and the best profile is kept, whether it is an equilibrium or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from efmodels.errors import GameError, SolverError
from efmodels.formulations import nash_nlp
from efmodels.profile_blocks import profile_of
from efmodels.solvers import Engine, find_solver
from efmodels.solving import solve
from efmodels.tables import text_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game
    from efmodels.polytope import FlowPolytope
    from efmodels.sequences import SequenceForm
    from efmodels.verifying import Profile


ITERATIONS = 500
"""How many iterations Ipopt makes from each start, unless ``options`` say otherwise."""


@dataclass(frozen=True)
class NashStart:
    """How the descent from one start ended.

    Attributes
    ----------
    number
        Of the start, from 0.
    status
        What the solver said of its end; ``"failed: ..."`` where it left no point, and then the
        regret is that of the start itself.
    regret
        The largest regret of anybody, relative to her payoff range, from the tree.
    seconds
        Wall time.
    """

    number: int
    status: str
    regret: float
    seconds: float


@dataclass(frozen=True, eq=False, repr=False)
class FoundProfile:
    """The best profile that several starts have led to.

    Attributes
    ----------
    profile
        Everybody's strategy.
    tolerance
        Up to which regret, relative to her payoff range, nobody counts as having one.
    starts
        How each descent ended.
    """

    profile: Profile
    tolerance: float
    starts: tuple[NashStart, ...]

    @property
    def regret(self) -> float:
        """The largest regret of anybody, relative to her payoff range."""
        return _relative_regret(self.profile)

    @property
    def is_equilibrium(self) -> bool:
        """Whether nobody's regret is above the tolerance."""
        return self.regret <= self.tolerance

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, from the tree."""
        return self.profile.payoffs()

    def regrets(self) -> dict[str, float]:
        """Return what each player could gain by deviating, from the tree."""
        return self.profile.regrets()

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret."""
        return self.profile.strategy()

    def frame(self) -> pd.DataFrame:
        """Return a table with a row per start: number, status, regret, seconds."""
        import pandas as pd

        return pd.DataFrame([vars(start) for start in self.starts])

    def __repr__(self) -> str:
        verdict = "Nash equilibrium" if self.is_equilibrium else "none within the tolerance"
        regrets = self.regrets()
        return text_table(
            [
                ("found", verdict),
                ("tolerance", f"{self.tolerance:g}"),
                ("starts", str(len(self.starts))),
                *((f"payoff {player}", f"{u:.9g}") for player, u in self.payoffs().items()),
                *((f"regret {player}", f"{r:.3g}") for player, r in regrets.items()),
            ]
        )


def nash_equilibrium(
    game: Game,
    *,
    starts: int = 10,
    seed: int = 0,
    tolerance: float = 1e-6,
    solver: str = "ipopt",
    time_limit: float | None = None,
    options: Mapping[str, Any] | None = None,
) -> FoundProfile:
    """Look for a Nash equilibrium of any number of players from random starts.

    Each start is a profile of random behaviour, from which a local solver minimises the sum of all
    regrets; see :func:`efmodels.formulations.nash_nlp`. The first profile in which nobody's regret,
    recomputed from the tree, is above the tolerance ends the search.

    Parameters
    ----------
    game
        Any number of players, perfect recall.
    starts
        How many starts there are at most.
    seed
        Of the starts.
    tolerance
        Up to which regret, relative to her payoff range, nobody counts as having one.
    solver, time_limit, options
        As for :func:`efmodels.solve`, for each start. Without options Ipopt makes `ITERATIONS`
        iterations at most: another start is worth more than many small steps.

    Returns
    -------
    FoundProfile
        The best profile of all. If no start led to an equilibrium, ``is_equilibrium`` is false,
        and nothing is lost: the profile, its regrets and how each start ended are there.

    Raises
    ------
    GameError
        No game, imperfect recall, no start, or a tolerance below 0.
    SolverError
        The solver is not installed, or refuses an option.

    Examples
    --------
    >>> import efmodels as ef
    >>> found = ef.nash_equilibrium(ef.instances.selten_horse())  # doctest: +SKIP
    >>> found.is_equilibrium  # doctest: +SKIP
    True
    """
    if starts < 1 or not tolerance >= 0:
        raise GameError(
            f"nash_equilibrium needs at least one start and a tolerance from 0 on; got "
            f"starts={starts!r} and tolerance={tolerance!r}"
        )
    if options is None and find_solver(solver).engine is Engine.IPOPT:
        options = {"max_iter": ITERATIONS}
    model = pyo.ConcreteModel()
    model.eq = nash_nlp(game)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    generator = np.random.default_rng(seed)
    best: Profile | None = None
    ends: list[NashStart] = []
    for number in range(starts):
        began = perf_counter()
        profile = start_from(model.eq, generator)
        status = "start"
        try:
            status = str(solve(model, solver, time_limit=time_limit, options=options).status)
            profile = model.eq.solution()
        except SolverError as error:
            if error.result is None:  # it never ran, and will not from another start
                raise
            status = f"failed: {error.status}"
        regret = _relative_regret(profile)
        ends.append(NashStart(number, status, regret, perf_counter() - began))
        if best is None or regret < _relative_regret(best):
            best = profile
        if regret <= tolerance:
            break
    assert best is not None  # noqa: S101 - there was a start
    return FoundProfile(best, tolerance, tuple(ends))


def start_from(block: FormulationBlockData, generator: np.random.Generator) -> Profile:
    """Give the variables of a :func:`nash_nlp` block the values of a random profile, and return it.

    Behaviour at each infoset is drawn uniformly from the simplex; the values ``v`` are those of the
    best responses to it, so that all rows hold.
    """
    game = block.game
    form = game.sequence_form()
    plans = {one: _random_plan(form.polytope(one), generator) for one in game.players}
    for k, player in enumerate(game.players):
        part = block.player[player]
        part.x.set_array(plans[player])
        part.v.set_array(_values(form, k, list(plans.values())))
    return profile_of(game, plans)


def _random_plan(polytope: FlowPolytope, generator: np.random.Generator) -> Floats:
    behaviour = np.ones(polytope.size)
    for first, end in zip(polytope.start[:-1], polytope.start[1:], strict=True):
        behaviour[first:end] = generator.dirichlet(np.ones(end - first))
    return polytope.realization(behaviour)


def _values(form: SequenceForm, k: int, plans: list[Floats]) -> Floats:
    """Return what a player gets from each infoset on by best responses; the game's at 0."""
    polytope = form.polytopes[k]
    worth = form.payoffs[:, k].copy()
    for i, plan in enumerate(plans):
        if i != k:
            worth *= plan[form.sequences[:, i]]
    earned = np.bincount(form.sequences[:, k], worth, minlength=polytope.size)
    v = np.zeros(polytope.points + 1)
    for j in range(polytope.points - 1, -1, -1):
        v[j + 1] = earned[polytope.start[j] : polytope.start[j + 1]].max()
        earned[polytope.incoming[j]] += v[j + 1]
    v[0] = earned[0]
    return v


def _relative_regret(profile: Profile) -> float:
    """Return the largest regret, relative to the payoff range of whoever has it."""
    ranges = np.ptp(profile.game.payoffs, axis=0)
    regrets = np.array(list(profile.regrets().values()))
    return float((regrets / np.where(ranges > 0, ranges, 1.0)).max(initial=0.0))
