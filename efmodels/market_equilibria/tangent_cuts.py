r"""First-price pacing by cutting planes: linear programs, and tangents where they are wanted.

In the dual Eisenberg-Gale program each logarithm stands below its tangents at the points that were
tried; a solution whose logarithm is too large gets a tangent of its own, and the same linear
program, which keeps its basis, is solved again (Kelley's method, bidder by bidder).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from efmodels.bulk import BulkSettings
from efmodels.bulk.highs import HighsSolver
from efmodels.errors import SolverError
from efmodels.linear_program import LinearProgram
from efmodels.markets.first_price import (
    CLEARANCE,
    first_price_outcome,
    geometric_points,
    least_multipliers,
)
from efmodels.markets.pacing_markets import entries_of
from efmodels.results import Status

if TYPE_CHECKING:
    from efmodels.bulk import BulkRun
    from efmodels.game import Floats, Ints
    from efmodels.linear_program import LinearSolution
    from efmodels.markets import Market
    from efmodels.markets.first_price import FirstPriceOutcome

ACCURACY = 1e-10
"""The gap at which the loop ends, as a share of all budgets; multipliers miss its square root."""

FIRST_RATIO = 1.1
"""Of neighbouring tangents in the first program."""

ROUNDS = 60
"""More than were ever needed: a program that no longer moves ends the loop as well."""

TOLERANCES = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
"""What a tangent is worth is seen only below the usual tolerance of 1e-7."""


class CutRound(NamedTuple):
    """Where the loop stood after a linear program.

    Attributes
    ----------
    round
        From 1 on.
    tangents
        How many there were.
    gap
        By how much the logarithms were too large, weighted by budgets: the value of the program is
        wrong by at most so much money.
    seconds
        Since the start.
    """

    round: int
    tangents: int
    gap: float
    seconds: float


@dataclass(frozen=True, eq=False)
class CutRun:
    """What the loop found.

    Attributes
    ----------
    outcome
        Of the last program, with the prices that its multipliers make.
    gap
        That of the last program.
    converged
        Whether it is as small as was asked for.
    log
        A record per round.
    """

    outcome: FirstPriceOutcome
    gap: float
    converged: bool
    log: tuple[CutRound, ...]


def pacing_by_cuts(
    market: Market,
    *,
    accuracy: float = ACCURACY,
    rounds: int = ROUNDS,
    time_limit: float | None = None,
) -> CutRun:
    """Find a first-price pacing equilibrium by linear programs, with HiGHS.

    Parameters
    ----------
    market
        Everybody has a budget, and somebody values each good.
    accuracy
        The gap at which to stop, as a share of all budgets.
    rounds, time_limit
        The most programs, and seconds; the last program's solution is returned.

    Raises
    ------
    SolverError
        The solver found no solution of the first program.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> run = pacing_by_cuts(Market([[4, 1], [2, 6]], [2, 3]))
    >>> run.outcome.alpha.round(4).tolist(), run.converged
    ([0.5, 0.5], True)
    """
    start = time.perf_counter()
    loop = _Loop.of(market)
    enough = accuracy * float(market.budgets.sum())
    found, log = None, list[CutRound]()
    while len(log) < rounds:
        left = None if time_limit is None else time_limit - (time.perf_counter() - start)
        run = loop.solve(None if found is None else left)
        if run.status is not Status.OPTIMAL or run.solution is None:
            break
        found = loop.point_of(run.solution)
        gap = float(market.budgets @ found.excess)
        log.append(CutRound(len(log) + 1, loop.tangents, gap, time.perf_counter() - start))
        # Without an iteration the new tangents were kept already, to the solver's tolerance.
        if gap <= enough or (not run.iterations and len(log) > 1):
            break
        loop.touch(found)
    if found is None:
        raise _no_solution(run)
    outcome = first_price_outcome(market, found.alpha, found.units)
    return CutRun(outcome, log[-1].gap, log[-1].gap <= enough, tuple(log))


class _Point(NamedTuple):
    """What a linear program says; ``excess`` is by how much each logarithm is too large."""

    alpha: Floats
    units: Floats
    excess: Floats


@dataclass(eq=False)
class _Loop:
    """The program as it has grown: columns are multipliers, prices and logarithms."""

    solver: HighsSolver
    bidders: int
    goods: int
    values: int
    tangents: int = 0

    @classmethod
    def of(cls, market: Market) -> _Loop:
        """Hand over bids that are below prices, and tangents at distances that are all alike."""
        bidder, good, value = entries_of(market)
        n, m, z = len(market.bidders), len(market.goods), len(value)
        least = CLEARANCE * least_multipliers(market)
        entries = np.concatenate([value, -np.ones(z)])
        places = np.tile(np.arange(z), 2), np.concatenate([bidder, n + good])
        solver = HighsSolver()
        solver.load(
            LinearProgram(
                A=sparse.csr_array((entries, places), shape=(z, n + m + n)),
                c=np.concatenate([np.zeros(n), market.supplies, -market.budgets]),
                row_lower=np.full(z, -np.inf),
                row_upper=np.zeros(z),
                lower=np.concatenate([least, market.reserves, np.full(n, -np.inf)]),
                upper=np.concatenate([np.ones(n), np.full(m, np.inf), np.zeros(n)]),
                integer=np.zeros(n + m + n, dtype=bool),
            )
        )
        loop = cls(solver, n, m, z)
        loop._append(*geometric_points(least, FIRST_RATIO))
        return loop

    def solve(self, time_limit: float | None) -> BulkRun:
        """Solve the program as it is now."""
        limit = None if time_limit is None else max(time_limit, 0.0)
        return self.solver.run(BulkSettings(time_limit=limit, vertex=True, options=TOLERANCES))

    def point_of(self, solution: LinearSolution) -> _Point:
        """Read multipliers, units from the duals, and the excess of the logarithms."""
        n, m = self.bidders, self.goods
        alpha, log_alpha = solution.x[:n], solution.x[n + m :]
        units = np.maximum(-np.asarray(solution.duals)[: self.values], 0.0)
        return _Point(alpha, units, np.maximum(log_alpha - np.log(alpha), 0.0))

    def touch(self, point: _Point) -> None:
        """Add a tangent for each bidder whose logarithm is too large."""
        bidder = np.flatnonzero(point.excess > 0)
        self._append(bidder, point.alpha[bidder])

    def _append(self, bidder: Ints, at: Floats) -> None:
        rows, columns = np.arange(len(bidder)), self.bidders + self.goods + bidder
        entries = np.concatenate([-1 / at, np.ones(len(at))])
        places = np.tile(rows, 2), np.concatenate([bidder, columns])
        shape = (len(bidder), self.solver.program.columns)
        self.solver.append_rows(
            sparse.csr_array((entries, places), shape=shape), row_upper=np.log(at) - 1
        )
        self.tangents += len(bidder)


def _no_solution(run: BulkRun) -> SolverError:
    return SolverError(
        f"highs found no solution of the first linear program ({run.message}). Every market has an "
        "equilibrium: try method='proportional_response', or money in another unit",
        status=run.status,
        solver="highs",
    )
