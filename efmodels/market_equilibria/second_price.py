"""Second-price pacing equilibria of a market, in one call: the best one, or both ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Literal

import numpy as np

from efmodels.errors import GameError, SolverError
from efmodels.market_equilibria.second_price_programs import SecondPriceProgram
from efmodels.market_equilibria.second_price_results import (
    NoEquilibriumFoundError,
    SecondPriceEquilibrium,
    SecondPriceInterval,
)
from efmodels.market_equilibria.second_price_search import (
    RELATIVE,
    heuristic_sppe,
    in_money_of,
    in_plain_money,
    nearby_equilibrium,
)
from efmodels.market_equilibria.senses import sense_given
from efmodels.markets import verify_sppe
from efmodels.markets.pacing_markets import require_pacing_market
from efmodels.results import Result, Status

if TYPE_CHECKING:
    from efmodels.market_equilibria.senses import GivenSense, Sense
    from efmodels.markets import Market, PacingOutcome

    Objective = Literal["revenue", "paced_welfare", "alpha_sum"]

OBJECTIVES = ("revenue", "paced_welfare", "alpha_sum")
IN_MONEY = {"revenue", "paced_welfare"}

START_SHARE = 0.25
"""The share of a time limit that the search for a start may take."""

START_SECONDS = 5.0
"""What it may take without a limit."""

REPAIR = 1e-4
"""How far around a point that cannot be polished an equilibrium is looked for."""


def sppe(
    market: Market,
    objective: Objective | None = "revenue",
    *,
    sense: GivenSense = "maximise",
    solver: str = "auto",
    time_limit: float | None = None,
    seed: int = 0,
) -> SecondPriceEquilibrium:
    """Find the best second-price pacing equilibrium of a market.

    First some equilibrium is looked for near the end of adaptive pacing, see
    :func:`heuristic_sppe`; from there the mixed-integer program goes on, see
    :func:`efmodels.formulations.sppe`. The result is polished: its integers are fixed and the rest
    is solved again, so that ties are ties to the last digits; then it is verified from the market.

    Parameters
    ----------
    market
        Every bidder has a budget, and every good somebody who values it; reserves and supplies are
        taken into account.
    objective
        ``"revenue"``: what is paid; ``"paced_welfare"``: what is sold, at the bids of those who get
        it; ``"alpha_sum"``: the sum of the multipliers; or ``None``: any equilibrium.
    sense
        ``"maximise"`` or ``"minimise"``, also with a z, or Pyomo's ``maximize`` and ``minimize``.
    solver
        ``"auto"`` and ``"highs"`` begin from the equilibrium that was found first. Others of
        :func:`efmodels.solvers.solver_table` that take integers begin from nothing.
    time_limit
        In seconds, for everything.
    seed
        Of the dynamics.

    Raises
    ------
    SolverError
        The solver calls the program infeasible, although an equilibrium always exists; or it finds
        no point in the time; or its point is no equilibrium, and there is none next to it.
    GameError
        A bidder has no budget, nobody values a good, or there is no such objective or sense.

    Examples
    --------
    >>> import efmodels as ef
    >>> best = ef.sppe(ef.instances.two_equilibria_market())
    >>> round(best.revenue, 9), best.status, best.residuals.worst < 1e-9
    (3.0, 'optimal', True)
    """
    _require_goal(objective)
    way = sense_given(sense)
    require_pacing_market(market, "sppe")
    search = _Search(in_plain_money(market), objective, way, perf_counter(), time_limit)
    return _equilibrium(market, search, search.start(seed), solver)


def _equilibrium(
    market: Market, search: _Search, start: PacingOutcome | None, solver: str
) -> SecondPriceEquilibrium:
    """Solve from a start, and return what is found in the market's own money."""
    objective = search.objective
    if objective is None and start is not None:
        found = _Found(start, math.nan, math.nan, Status.OPTIMAL, "adaptive pacing, highs", "")
    elif solver in {"auto", "highs"}:
        found = search.with_highs(start)
    else:
        found = search.with_solver(solver)
    outcome = in_money_of(market, found.outcome)
    unit = outcome.market.budgets[0] / found.outcome.market.budgets[0]
    factor = float(unit) if objective in IN_MONEY else 1.0
    return SecondPriceEquilibrium(
        outcome,
        verify_sppe(outcome),
        objective=objective,
        sense=search.sense,
        value=found.value * factor,
        bound=found.bound * factor,
        status=str(found.status),
        solver=found.solver,
        seconds=perf_counter() - search.started,
        log=found.log,
    )


def sppe_interval(
    market: Market,
    objective: Objective = "revenue",
    *,
    solver: str = "auto",
    time_limit: float | None = None,
    seed: int = 0,
) -> SecondPriceInterval:
    """Find both ends of an objective over all second-price pacing equilibria of a market.

    Parameters
    ----------
    market, objective, solver, seed
        As for :func:`sppe`.
    time_limit
        In seconds, for each end.

    Raises
    ------
    SolverError, GameError
        As for :func:`sppe`.

    Examples
    --------
    >>> import efmodels as ef
    >>> interval = ef.sppe_interval(ef.instances.two_equilibria_market(3))
    >>> [round(end, 9) for end in interval.ends], interval.is_proven
    ([1.75, 3.0], True)
    """
    if objective is None:
        raise GameError(f"expected an objective out of {', '.join(OBJECTIVES)}; got None")
    _require_goal(objective)
    require_pacing_market(market, "sppe_interval")
    low = _Search(in_plain_money(market), objective, "minimise", perf_counter(), time_limit)
    start = low.start(seed)
    lowest = _equilibrium(market, low, start, solver)
    high = _Search(low.market, objective, "maximise", perf_counter(), time_limit)
    highest = _equilibrium(market, high, start, solver)
    return SecondPriceInterval(lowest, highest)


@dataclass(frozen=True, eq=False)
class _Found:
    """What came out, in plain money."""

    outcome: PacingOutcome
    value: float
    bound: float
    status: Status
    solver: str
    log: str


@dataclass(frozen=True, eq=False)
class _Search:
    """One market in plain money, one goal, one clock."""

    market: Market
    objective: Objective | None
    sense: Sense
    started: float
    time_limit: float | None

    def start(self, seed: int) -> PacingOutcome | None:
        """Return an equilibrium, or ``None`` where the search for one leads nowhere."""
        limit = START_SECONDS if self.time_limit is None else START_SHARE * self.time_limit
        try:
            return heuristic_sppe(self.market, seed=seed, time_limit=limit).outcome
        except NoEquilibriumFoundError:
            return None  # the program needs none

    def with_highs(self, start: PacingOutcome | None) -> _Found:
        """Let HiGHS go on from an equilibrium."""
        program = self._program()
        run = program.run(time_limit=self._left(), start=start)
        if run.solution is None:
            raise self._failure(Result(run.status, "highs", bound=run.bound, log=run.log))
        return self._found(program, run.bound, run.status, "highs", run.log)

    def with_solver(self, name: str) -> _Found:
        """Let another solver go on from nothing."""
        program = self._program()
        result = program.run_by_name(name, time_limit=self._left())
        return self._found(program, result.bound, result.status, result.solver, result.log)

    def _program(self) -> SecondPriceProgram:
        maximise = self.sense == "maximise"
        return SecondPriceProgram(self.market, self.objective, maximise=maximise)

    def _found(
        self, program: SecondPriceProgram, bound: float, status: Status, solver: str, log: str
    ) -> _Found:
        """Polish and verify; look around a point that is no equilibrium."""
        promised = program.value()
        alpha = program.model.eq.alpha.array()
        try:
            outcome = program.polished()
            if verify_sppe(outcome).relative > RELATIVE:
                outcome = nearby_equilibrium(self.market, alpha, REPAIR, START_SECONDS, [])
        except NoEquilibriumFoundError as error:
            raise self._failure(Result(Status.UNKNOWN, solver, bound=bound, log=log)) from error
        except SolverError:
            outcome = self._repaired(alpha, Result(Status.UNKNOWN, solver, bound=bound, log=log))
        value = self._value(outcome)
        missed = abs(value - promised) > 1e-5 * max(1.0, abs(promised))
        if self.objective is None:
            return _Found(outcome, math.nan, math.nan, status, solver, log)
        return _Found(outcome, value, bound, Status.FEASIBLE if missed else status, solver, log)

    def _repaired(self, alpha: object, result: Result) -> PacingOutcome:
        try:
            return nearby_equilibrium(self.market, np.asarray(alpha), REPAIR, START_SECONDS, [])
        except NoEquilibriumFoundError as error:
            raise self._failure(result) from error

    def _value(self, outcome: PacingOutcome) -> float:
        """Return the objective from the outcome, and not from the solver."""
        if self.objective == "alpha_sum":
            return float(outcome.alpha.sum())
        if self.objective == "paced_welfare":
            return float(outcome.bids @ outcome.units)
        return outcome.revenue

    def _left(self) -> float | None:
        if self.time_limit is None:
            return None
        return max(self.time_limit - (perf_counter() - self.started), 0.0)

    def _failure(self, result: Result) -> SolverError:
        said = {
            Status.INFEASIBLE: "calls the program infeasible, although a second-price pacing "
            "equilibrium always exists",
            Status.UNKNOWN: "ended with a point that is no equilibrium, and none was found nearby",
        }.get(result.status, f"found no equilibrium: {result.status}")
        return SolverError(
            f"{result.solver} {said}. Try another solver, more time, or efmodels.heuristic_sppe "
            "with other seeds",
            status=result.status,
            solver=result.solver,
            result=result,
        )


def _require_goal(objective: str | None) -> None:
    if objective is not None and objective not in OBJECTIVES:
        raise GameError(f"objective is {objective!r}; expected None or {', '.join(OBJECTIVES)}")
