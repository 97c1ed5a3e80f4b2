"""Proportional response: first-price pacing equilibria of markets with millions of values."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.markets.pacing import PacingOutcome
from efmodels.markets.pacing_arrays import arrays_of
from efmodels.markets.pacing_residuals import verify_fppe
from efmodels.markets.pacing_runs import PacingEntry, PacingRun, eisenberg_gale_gap
from efmodels.markets.proportional_response_engines import Responses, engine_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Bools, Floats, Ints
    from efmodels.markets.market import Market
    from efmodels.markets.pacing_arrays import PacingArrays

FIRST = 20
"""Rounds before the residuals are computed for the first time."""

GROWTH = 0.5
"""How many more rounds there are until the next time, as a share of those that there were."""

NOTHING = 1e-12
"""The share of a good below which a bidder takes part no longer."""


def proportional_response(
    market: Market,
    *,
    accuracy: float = 1e-4,
    iterations: int = 20_000,
    time_limit: float | None = None,
    engine: str = "auto",
    callback: Callable[[PacingEntry], object] | None = None,
) -> PacingRun:
    r"""Find a first-price pacing equilibrium by quasi-linear proportional response.

    Each bidder divides her budget in proportion to what each good was worth to her last time,
    with money that she keeps as a good of its own,

    .. math::

        p_j = \frac{1}{s_j} \sum_i b_{ij}, \quad g_{ij} = \frac{b_{ij} v_{ij}}{p_j}, \quad
        S_i = \delta_i + \sum_j g_{ij}, \quad b_{ij} \leftarrow \frac{B_i}{S_i} g_{ij}, \quad
        \delta_i \leftarrow \frac{B_i}{S_i} \delta_i,

    and :math:`\alpha_i = \min(1, B_i / S_i)`. A reserve is a bidder of the seller's, with value
    :math:`r_j` and budget :math:`s_j r_j`, who does not count. It is mirror descent with unit steps
    on a convex program, so that the duality gap falls as one over the number of rounds.

    Bidders whose share of a good has all but vanished take part in it no longer, until their bid is
    above its price again.

    Parameters
    ----------
    market
        Of any size; a round looks at each value once.
    accuracy
        The relative residual at which to stop, see :class:`~efmodels.markets.PacingResiduals`.
    iterations
        The most rounds.
    time_limit
        Seconds, by the clock, after which no more rounds begin.
    engine
        ``"numpy"``; ``"numba"`` (extra ``fast``); or ``"auto"``: numba where it is installed and
        the market is large.
    callback
        Is called with each new line of the log.

    Returns
    -------
    PacingRun
        The best outcome, its residuals and the log; also where the accuracy was not reached, which
        ``residuals.relative`` tells. :func:`~efmodels.markets.polish_fppe` takes it from there.

    Raises
    ------
    GameError
        A bidder has no budget, or nobody values a good; the accuracy or a limit is out of range; or
        there is no such engine.
    MissingPackageError
        The engine is not installed.

    References
    ----------
    Cheung, Cole and Tao, Dynamics of distributed updating in Fisher markets, arXiv:1806.08455. Gao
    and Kroer, First-order methods for large-scale market equilibrium computation, arXiv:2006.06747.

    Examples
    --------
    >>> from efmodels.instances import complete_market
    >>> from efmodels.markets import polish_fppe, proportional_response, verify_fppe
    >>> run = proportional_response(complete_market(8, 40, seed=1), accuracy=1e-3)
    >>> run.residuals.relative <= 1e-3, run.gap < 1e-3
    (True, True)
    >>> run.log.columns.tolist()
    ['iterations', 'seconds', 'residual', 'gap', 'entries']
    >>> verify_fppe(polish_fppe(run.outcome)).relative < 1e-12
    True
    """
    arrays = arrays_of(market, "proportional_response")
    _require_positive(accuracy=accuracy, iterations=iterations, time_limit=time_limit)
    rounds = engine_named(engine, len(arrays.value))
    start = perf_counter()
    course = _Course(market, arrays)
    entries: list[PacingEntry] = []
    best: PacingRun | None = None
    done, more = 0, min(FIRST, iterations)
    while True:
        rounds(course.state, more)
        done += more
        outcome = course.outcome()
        residuals = verify_fppe(outcome)
        gap = eisenberg_gale_gap(arrays, outcome)
        seconds = perf_counter() - start
        entries.append(PacingEntry(done, seconds, residuals.relative, gap, len(course.kept)))
        if callback is not None:
            callback(entries[-1])
        if best is None or residuals.relative < best.residuals.relative:
            best = PacingRun(outcome, residuals, ())
        late = time_limit is not None and seconds >= time_limit
        if best.residuals.relative <= accuracy or late or done >= iterations:
            return PacingRun(best.outcome, best.residuals, tuple(entries))
        course.choose_who_takes_part(outcome)
        more = min(int(done * GROWTH), iterations - done)
        if time_limit is not None:
            more = min(more, max(1, int(done * (time_limit / seconds - 1))))


def _require_positive(**given: float | None) -> None:
    for name, number in given.items():
        if number is not None and not number > 0:
            raise GameError(f"{name} is {number}: expected a number above 0")


def fresh_responses(arrays: PacingArrays) -> Responses:
    """Return the state before the first round: everybody divides her budget evenly.

    Parameters
    ----------
    arrays
        The market; all of its entries take part.
    """
    share = arrays.budgets / (np.bincount(arrays.bidder, minlength=len(arrays.budgets)) + 1)
    held = arrays.supplies * arrays.reserves / 2
    return Responses(
        *_by_good(arrays, np.argsort(arrays.good, kind="stable")),
        arrays.budgets,
        arrays.supplies,
        arrays.reserves,
        gain=np.ones(len(arrays.value)),
        rate=share,
        unspent=share.copy(),
        kept=held,
        kept_back=held.copy(),
    )


def _by_good(arrays: PacingArrays, kept: Ints) -> tuple[Ints, Ints, Floats]:
    """Return where each good begins among some entries, their bidders and values."""
    count = np.bincount(arrays.good[kept], minlength=len(arrays.supplies))
    start = np.concatenate(([0], np.cumsum(count))).astype(np.uint32)
    return start, arrays.bidder[kept].astype(np.uint32), arrays.value[kept]


class _Course:
    """The responses, and which entries of the market take part in them."""

    def __init__(self, market: Market, arrays: PacingArrays) -> None:
        self.market, self.arrays = market, arrays
        self.state = fresh_responses(arrays)
        self._order = np.argsort(arrays.good, kind="stable")
        self.kept: Ints = self._order

    def outcome(self) -> PacingOutcome:
        """Return what the responses stand for: everything is sold at the prices of the money."""
        state, arrays = self.state, self.arrays
        alpha = np.minimum(state.rate, 1)
        money = state.money
        price = state.worth(money) / state.supplies
        units = np.zeros(len(arrays.value))
        units[self.kept] = money / np.repeat(price, np.diff(state.start))
        return PacingOutcome(self.market, alpha, arrays.prices(alpha), units)

    def choose_who_takes_part(self, outcome: PacingOutcome) -> None:
        """Leave out entries with next to nothing, and take back those that bid above the price."""
        state, arrays = self.state, self.arrays
        money = state.money
        worth = np.add.reduceat(money, state.start[:-1])
        share = np.zeros(len(arrays.value))
        # Below a reserve that nobody reaches, all that was bid may have vanished.
        whole = np.repeat(worth, np.diff(state.start))
        share[self.kept] = np.divide(money, whole, out=np.zeros(len(money)), where=whole > 0)
        back = (share == 0) & (outcome.bids >= outcome.prices[arrays.good])
        stays = (share >= NOTHING) | back
        gain = np.zeros(len(arrays.value))
        gain[self.kept] = state.gain
        returning = np.flatnonzero(back)
        gain[returning] = (NOTHING * worth)[arrays.good[returning]] / state.rate[
            arrays.bidder[returning]
        ]
        self._keep(stays, gain)

    def _keep(self, stays: Bools, gain: Floats) -> None:
        state = self.state
        self.kept = self._order[stays[self._order]]
        state.start, state.bidder, state.value = _by_good(self.arrays, self.kept)
        state.gain = gain[self.kept]
