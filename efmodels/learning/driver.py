"""Learning with certificates: iterations in chunks, and after each one the proof of what it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.certificates import certificate
from efmodels.errors import GameError
from efmodels.learning.certifying import Certifier
from efmodels.learning.engines import engine_for
from efmodels.learning.methods import method_named
from efmodels.learning.multipliers import SmoothMultipliers
from efmodels.learning.pricing import DEVIATE, lagrangian
from efmodels.learning.saddle import saddle_of
from efmodels.learning.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from efmodels.game import Floats
    from efmodels.learning.certifying import Judged
    from efmodels.learning.methods import Iterations, Method
    from efmodels.learning.multipliers import Multipliers
    from efmodels.problem import EquilibriumProblem

FIRST_CHUNK = 10
"""Iterations before the first certificate; later chunks are a share of all iterations so far."""

SHARE = 0.2

SMOOTH = SmoothMultipliers()


@dataclass(frozen=True)
class Ranges:
    """The units in which accuracy is measured.

    Attributes
    ----------
    objective
        Between the least and the largest objective that there can be.
    payoff
        Between the least and the largest payoff of a player.
    """

    objective: float
    payoff: float

    def __post_init__(self) -> None:
        """Take 1 for a range of 0: then everything is exact at once."""
        for name in ("objective", "payoff"):
            given = getattr(self, name)
            if not np.isfinite(given) or given < 0:
                raise GameError(f"the range of the {name} must be at least 0; got {given}")
            object.__setattr__(self, name, given or 1.0)


@dataclass(frozen=True)
class Entry:
    """A line of the log: what was known after a chunk.

    Attributes
    ----------
    iterations
        Done so far.
    seconds
        Processor time so far.
    value, bound
        Of the best pair so far.
    regret
        The largest regret.
    multiplier
        The largest multiplier.
    """

    iterations: int
    seconds: float
    value: float
    bound: float
    regret: float
    multiplier: float


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned, and what is proved of it.

    Attributes
    ----------
    x
        The leader's plan.
    plans, multipliers
        A plan of each follower, and the multiplier of each incentive constraint, by label: what
        proves the bound, see :func:`efmodels.certificates.certificate`.
    value
        The objective at ``x``.
    bound
        No solution of the problem has a larger objective.
    regrets
        By how much each incentive constraint is violated at ``x``, by label; 0 if it is not.
    status
        ``"solved"``, or what ended it: ``"time limit"``, ``"iteration limit"``, ``"interrupted"``,
        ``"stopped"`` by the callback.
    iterations, seconds
        Iterations, and wall time.
    log
        What was known after each chunk.
    """

    x: Floats
    plans: dict[str, Floats]
    multipliers: dict[str, float]
    value: float
    bound: float
    regrets: dict[str, float]
    status: str
    iterations: int
    seconds: float
    log: tuple[Entry, ...] = field(repr=False)

    def frame(self) -> pd.DataFrame:
        """Return the log as a table."""
        import pandas as pd

        return pd.DataFrame([vars(entry) for entry in self.log])


def learn(
    problem: EquilibriumProblem,
    ranges: Ranges,
    *,
    tolerance: float = 1e-3,
    method: str | Method = "auto",
    multipliers: Multipliers = SMOOTH,
    engine: str = "auto",
    time_limit: float | None = None,
    iteration_limit: int = 1_000_000,
    callback: Callable[[Entry], bool | None] | None = None,
) -> Learned:
    """Solve a problem by regret minimization, with certificates.

    Parameters
    ----------
    problem
        With or without incentive constraints.
    ranges
        The units of accuracy.
    tolerance
        Solved means: no regret is larger than this share of the payoff range, and the bound is at
        most this share of the objective range above the value.
    method
        How plans are improved, by name or as a record, see :mod:`efmodels.learning.methods`.
    multipliers
        The rule for the price of violations.
    engine
        ``"numpy"``, ``"numba"`` or ``"auto"``.
    time_limit
        In seconds of wall time, looked at between chunks.
    iteration_limit
        The most iterations.
    callback
        Called with the log's new line after every chunk; returns true to stop.

    Returns
    -------
    Learned
        The best certified answer, whatever ended the run: a limit, the callback, or Ctrl-C.

    Raises
    ------
    GameError
        An argument is out of range, or a name not known.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.sheriff(items=3, bribe=1, rounds=1)
    >>> problem = ef.formulations.efce(game).problem
    >>> learned = learn(problem, Ranges(objective=20, payoff=20), tolerance=0.01)
    >>> learned.status, learned.bound >= ef.optimal_equilibrium(game, "efce").value
    ('solved', True)
    """
    if not tolerance > 0:
        raise GameError(f"tolerance must be above 0; got {tolerance}")
    method = method_named(method) if isinstance(method, str) else method
    run = _Run(problem, ranges, tolerance, engine, multipliers)
    iterations = method.on(run.saddle, run.engine)
    return run.until_solved(iterations, time_limit, iteration_limit, callback)


class _Run:
    """A run of the learner: where it stands, and the best that is proved so far."""

    def __init__(
        self,
        problem: EquilibriumProblem,
        ranges: Ranges,
        tolerance: float,
        engine: str,
        multipliers: Multipliers,
    ) -> None:
        self.problem, self.ranges, self.tolerance = problem, ranges, tolerance
        self.rule = multipliers
        constrained = [k for k, one in enumerate(problem.followers) if one.b is not None]
        prices = {problem.followers[k].label: multipliers.start for k in constrained}
        self.saddle = saddle_of(lagrangian(_in_units(problem, ranges), prices))
        self.engine = engine_for(self.saddle, engine)
        self.constrained = np.array(constrained, dtype=np.int64)
        self.deviating = np.array([self.saddle.places[k][DEVIATE] for k in constrained], np.int64)
        self.certifier = Certifier(self.saddle, self.engine, self.deviating, self.constrained)
        self.state = State.start(self.saddle)
        self.bound, self.priced = np.inf, self.state.adversary.average
        self.best = self._judged(self.state.leader.average.copy())
        self.regret = self._regret(self.best)  # of the leader's average
        self.log: list[Entry] = []

    def until_solved(
        self,
        iterations: Iterations,
        time_limit: float | None,
        iteration_limit: int,
        callback: Callable[[Entry], bool | None] | None,
    ) -> Learned:
        """Run chunks until something ends it."""
        started, working = perf_counter(), process_time()
        status = ""
        while not status:
            done = self.state.iterations
            number = min(max(FIRST_CHUNK, int(SHARE * done)), iteration_limit - done)
            try:
                iterations.run(self.state, number)
                self.certify()
                self.log.append(self._entry(process_time() - working))
                stop = callback is not None and callback(self.log[-1])
            except KeyboardInterrupt:
                status = "interrupted"
                break
            late = time_limit is not None and perf_counter() - started >= time_limit
            enough = self.state.iterations >= iteration_limit
            ended = {"solved": self.is_solved, "stopped": stop, "time limit": late}
            ended["iteration limit"] = enough
            status = next((name for name, true in ended.items() if true), "")
            self.price()
        return self.learned(status, perf_counter() - started)

    def certify(self) -> None:
        """Judge the average and the last plan, prove a bound if it may do, and keep the best."""
        side = self.state.leader
        judged = [self._judged(x.copy()) for x in (side.average, side.plan)]
        self.regret = self._regret(judged[0])
        if min(map(self._regret, judged)) <= self.tolerance:
            self.prove()
        self.best = min(self.best, *judged, key=self._distance)

    def prove(self) -> None:
        """Prove a bound with the adversary's average, and keep it if it is better."""
        bound, priced = self.certifier.bound(self.state.adversary.average)
        if bound < self.bound:
            self.bound, self.priced = bound, priced

    def price(self) -> None:
        """Set the next multipliers."""
        weights, average = self.state.weights, self.state.adversary.average
        staying_out = 1 - average[self.deviating] / weights[self.constrained]
        weights[self.constrained] = self.rule.next(
            weights[self.constrained], staying_out, self.regret, self.tolerance
        )

    @property
    def is_solved(self) -> bool:
        """Whether regrets and bound are within the tolerance."""
        return bool(np.isfinite(self.bound)) and self._distance(self.best) <= self.tolerance

    def learned(self, status: str, seconds: float) -> Learned:
        """Return the best answer, judged once more without prices, engines and arrangements."""
        if np.isinf(self.bound):
            self.prove()
        plans, multipliers = {}, {}
        scale = self.ranges.objective / self.ranges.payoff
        for k, one in enumerate(self.problem.followers):
            own = self.priced[self.saddle.places[k]]
            plans[one.label] = own
            if one.b is not None:
                plans[one.label] = own[DEVIATE:]
                multipliers[one.label] = scale * float(own[DEVIATE])
        x = self.saddle.leader.original(self.best.x)
        proved = certificate(self.problem, x, plans, multipliers)
        return Learned(
            x,
            plans,
            multipliers,
            proved.value,
            proved.bound,
            {label: max(regret, 0.0) for label, regret in proved.regrets.items()},
            status,
            self.state.iterations,
            seconds,
            tuple(self.log),
        )

    def _judged(self, x: Floats) -> Judged:
        return self.certifier.judge(x, self.state.weights)

    def _regret(self, judged: Judged) -> float:
        return float(judged.regrets.max(initial=0))

    def _distance(self, judged: Judged) -> float:
        """Return how far a plan is from a solution, as far as known, in units of the ranges."""
        gap = self.bound - judged.value if np.isfinite(self.bound) else 0.0
        return max(self._regret(judged), gap)

    def _entry(self, seconds: float) -> Entry:
        units, prices = self.ranges, self.state.weights[self.constrained]
        return Entry(
            self.state.iterations,
            seconds,
            self.best.value * units.objective,
            self.bound * units.objective,
            self._regret(self.best) * units.payoff,
            float(prices.max(initial=0)) * units.objective / units.payoff,
        )


def _in_units(problem: EquilibriumProblem, ranges: Ranges) -> EquilibriumProblem:
    """Return the problem in units of the ranges."""
    followers = tuple(
        replace(one, A=sparse.csr_array(one.A / ranges.objective))
        if one.b is None
        else replace(one, A=sparse.csr_array(one.A / ranges.payoff), b=one.b / ranges.payoff)
        for one in problem.followers
    )
    return replace(problem, c=problem.c / ranges.objective, followers=followers)
