"""From a market to a verified first-price pacing equilibrium, in one call."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import pyomo.environ as pyo

from efmodels.errors import GameError, SolverError
from efmodels.formulations import fppe_dual
from efmodels.market_equilibria.first_price_equilibrium import FirstPriceEquilibrium, PacingStage
from efmodels.market_equilibria.tangent_cuts import pacing_by_cuts
from efmodels.markets import polish_fppe, proportional_response
from efmodels.markets.first_price import first_price_outcome
from efmodels.markets.pacing_markets import require_pacing_market
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.markets import Market
    from efmodels.markets.first_price import FirstPriceOutcome

MOST_FOR_CUTS = 20_000
"""Positive values up to which linear programs are solved."""

ACCURACY = 1e-4
"""The relative residual at which proportional response stops."""

IPOPT_TOLERANCE = 1e-12
"""Where a bid ties with a price for which nothing is paid, multipliers miss its square root."""


class Found(NamedTuple):
    """What an algorithm left, after how many iterations, how it ended, and its own log."""

    outcome: FirstPriceOutcome
    iterations: int
    message: str
    entries: tuple[object, ...] = ()


def fppe(
    market: Market,
    method: str = "auto",
    *,
    accuracy: float = ACCURACY,
    time_limit: float | None = None,
) -> FirstPriceEquilibrium:
    r"""Find the first-price pacing equilibrium of a market, and verify it.

    Bidder :math:`i` bids :math:`\alpha_i v_{ij}`; each good goes to the highest bids, at that
    price or at the reserve; nobody spends more than her budget, and who spends less has
    :math:`\alpha_i = 1`. Multipliers and prices are unique. Whatever algorithm finds them is
    followed by a polish: the bids that make the prices are read off, and the equilibrium that
    belongs to them is computed to rounding.

    Parameters
    ----------
    market
        Values, budgets, reserves, supplies; a pair without a value is excluded.
    method
        ``"cuts"``: linear programs with tangents, by HiGHS; ``"ipopt"``: the convex program
        :func:`~efmodels.formulations.fppe_dual` (extra ``nlp``); ``"proportional_response"``:
        bidders who divide their budgets by what the last division has brought them, for markets of
        any size. ``"auto"`` takes linear programs up to 20,000 positive values, and proportional
        response beyond.
    accuracy
        The relative residual at which proportional response stops.
    time_limit
        Seconds that the algorithm may take; with what it has then it stops. If they are used up,
        nothing is polished.

    Returns
    -------
    FirstPriceEquilibrium
        ``alpha``, ``prices``, ``allocation``, ``revenue``, ``residuals`` and a ``log``; its
        ``exact()`` is the equilibrium in fractions.

    Raises
    ------
    GameError
        A bidder has no budget, nobody values a good, the method is unknown, or a number is out of
        range.
    SolverError
        The algorithm that was named found nothing. With ``"auto"``, proportional response is tried
        in its place. What cannot be polished is returned as it is; look at its residuals.

    References
    ----------
    Conitzer, Kroer, Panigrahi, Schrijvers, Stier-Moses, Sodomka and Wilkens, Pacing equilibrium in
    first price auction markets, arXiv:1811.07166.

    Examples
    --------
    >>> import efmodels as ef
    >>> found = ef.fppe(ef.markets.Market([[4, 2], [3, 3]], [1, 2]))
    >>> found.alpha, found.prices, round(found.revenue, 9)
    (array([0.375, 0.5  ]), array([1.5, 1.5]), 3.0)
    >>> found.exact().alpha
    (Fraction(3, 8), Fraction(1, 2))
    """
    started = time.perf_counter()
    require_pacing_market(market, "fppe")
    _require_settings(method, accuracy, time_limit)
    chosen, found, log = _searched(market, method, accuracy, time_limit)
    if time_limit is None or time.perf_counter() - started < time_limit:
        found, stage = _polished(found)
        log.append(stage)
    return FirstPriceEquilibrium(
        found, found.residuals, chosen, time.perf_counter() - started, tuple(log)
    )


def _require_settings(method: str, accuracy: float, time_limit: float | None) -> None:
    if method not in {"auto", *METHODS}:
        raise GameError(f"fppe knows no method {method!r}; there are {['auto', *METHODS]}")
    if not (isinstance(accuracy, int | float) and accuracy > 0):
        raise GameError(f"accuracy must be a positive number, such as 1e-4; got {accuracy!r}")
    if time_limit is not None and not time_limit > 0:
        raise GameError(f"time_limit must be a positive number of seconds; got {time_limit!r}")


def _searched(
    market: Market, method: str, accuracy: float, time_limit: float | None
) -> tuple[str, FirstPriceOutcome, list[PacingStage]]:
    """Run the method, or the methods for this size until one finds something."""
    small = market.positive_values.nnz <= MOST_FOR_CUTS
    by_size = ["cuts", "proportional_response"] if small else ["proportional_response"]
    log: list[PacingStage] = []
    names = by_size if method == "auto" else [method]
    for name in names:
        start = time.perf_counter()
        try:
            found = METHODS[name](market, accuracy, time_limit)
        except SolverError as error:
            if name == names[-1]:
                raise
            log.append(PacingStage(name, 0, time.perf_counter() - start, math.nan, str(error)))
            continue
        break
    seconds = time.perf_counter() - start
    residual = found.outcome.residuals.relative
    log.append(PacingStage(name, found.iterations, seconds, residual, found.message, found.entries))
    return name, found.outcome, log


def _polished(outcome: FirstPriceOutcome) -> tuple[FirstPriceOutcome, PacingStage]:
    """Return the outcome at rounding, or as it is where that fails or makes it worse."""
    start = time.perf_counter()
    before, message = outcome.residuals.relative, "polished"
    try:
        found = polish_fppe(outcome)
        polished = first_price_outcome(outcome.market, found.alpha, found.units)
        if polished.residuals.relative <= before:
            outcome = polished
        else:
            message = "kept as it was"
    except SolverError as error:
        message = str(error)
    seconds = time.perf_counter() - start
    return outcome, PacingStage("polish", 0, seconds, outcome.residuals.relative, message)


def _by_cuts(market: Market, accuracy: float, time_limit: float | None) -> Found:  # noqa: ARG001 - one shape for all
    run = pacing_by_cuts(market, time_limit=time_limit)
    ended = "converged" if run.converged else "stopped"
    return Found(run.outcome, len(run.log), f"{ended} at a gap of {run.gap:.3g}", run.log)


def _by_ipopt(market: Market, accuracy: float, time_limit: float | None) -> Found:  # noqa: ARG001 - one shape for all
    model = pyo.ConcreteModel()
    model.eq = fppe_dual(market)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    result = solve(model, "ipopt", time_limit=time_limit, options={"tol": IPOPT_TOLERANCE})
    return Found(model.eq.solution(), 0, str(result.status))


def _by_proportional_response(market: Market, accuracy: float, time_limit: float | None) -> Found:
    run = proportional_response(market, accuracy=accuracy, time_limit=time_limit)
    outcome = first_price_outcome(market, run.outcome.alpha, run.outcome.units)
    reached = "converged" if run.residuals.relative <= accuracy else "stopped"
    message = f"{reached} at a gap of {run.gap * float(market.budgets.sum()):.3g}"
    return Found(outcome, run.iterations, message, run.entries)


METHODS: dict[str, Callable[[Market, float, float | None], Found]] = {
    "cuts": _by_cuts,
    "ipopt": _by_ipopt,
    "proportional_response": _by_proportional_response,
}
"""The algorithms by name; each takes a market, an accuracy and a time limit."""
