"""A second-price pacing equilibrium without optimality: dynamics, and small programs nearby."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import SolverError
from efmodels.market_equilibria.second_price_programs import SecondPriceProgram
from efmodels.market_equilibria.second_price_results import (
    NoEquilibriumFoundError,
    SecondPriceEquilibrium,
)
from efmodels.markets import PacingOutcome, adaptive_pacing, multiplier_bounds, verify_sppe
from efmodels.markets.pacing_markets import require_pacing_market
from efmodels.results import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Floats
    from efmodels.markets import Market

RADII = (0.01, 0.03, 0.1, 0.3)
"""How far around the end of the dynamics is searched, as shares of each multiplier."""

ROOM = 1e-3
"""And this much more, for multipliers that are near zero."""

SECONDS = 10.0
"""The most that the program of one radius may take where no limit is given."""

RELATIVE = 1e-7
"""The largest residual of what counts as an equilibrium, as a share of a budget."""


def heuristic_sppe(
    market: Market,
    *,
    rounds: int = 3000,
    step: float = 1.0,
    seed: int = 0,
    radii: Sequence[float] = RADII,
    time_limit: float | None = None,
) -> SecondPriceEquilibrium:
    """Find some second-price pacing equilibrium, for markets too large to optimise over all.

    Bidders pace themselves for some rounds, see :func:`efmodels.markets.adaptive_pacing`. Their
    mean multipliers need not be an equilibrium, but there is often one nearby: the mixed-integer
    program is solved with multipliers in a small box around them, in which most binary variables
    are settled beforehand; then in larger ones. What is found is polished, its integers fixed, and
    verified from the market.

    Parameters
    ----------
    market
        Every bidder has a budget, and every good somebody who values it.
    rounds, step, seed
        Of the dynamics.
    radii
        Sizes of the boxes, as shares of each multiplier, in the order in which they are tried.
    time_limit
        Seconds for all boxes together; 10 for each if it is left out.

    Returns
    -------
    SecondPriceEquilibrium
        Its status is ``feasible``: nothing is said about others.

    Raises
    ------
    NoEquilibriumFoundError
        None was found, though one exists: a `SolverError` whose ``attempt`` is the outcome that
        comes nearest. Other seeds, more rounds or larger radii may do.
    GameError
        A bidder has no budget, nobody values a good, or a number is out of its range.

    Examples
    --------
    >>> import efmodels as ef
    >>> market = ef.instances.sampled_market(10, 50, budget_scale=2.0)
    >>> found = ef.heuristic_sppe(market)
    >>> found.residuals.relative < 1e-7, found.status
    (True, 'feasible')
    """
    require_pacing_market(market, "heuristic_sppe")
    started = perf_counter()
    plain = in_plain_money(market)
    path = adaptive_pacing(plain, rounds=rounds, step=step, seed=seed)
    attempt = path.outcome
    log: list[str] = []
    for radius in radii:
        left = SECONDS if time_limit is None else time_limit - (perf_counter() - started)
        if left <= 0:
            break
        try:
            outcome = nearby_equilibrium(plain, path.outcome.alpha, radius, left, log)
        except NoEquilibriumFoundError as error:
            attempt = min(attempt, error.attempt, key=lambda one: verify_sppe(one).relative)
            continue
        found = in_money_of(market, outcome)
        return SecondPriceEquilibrium(
            found,
            verify_sppe(found),
            objective=None,
            sense="maximise",
            value=np.nan,
            bound=np.nan,
            status=str(Status.FEASIBLE),
            solver="adaptive pacing, highs",
            seconds=perf_counter() - started,
            log="".join(log),
        )
    raise NoEquilibriumFoundError(
        f"no second-price pacing equilibrium was found near the end of {rounds} rounds of adaptive "
        f"pacing, although one exists. The best attempt misses a condition by "
        f"{verify_sppe(attempt).relative:.3g} of a budget. Try another seed, more rounds, or "
        "larger radii; small markets can be solved by efmodels.sppe",
        status=Status.UNKNOWN,
        solver="adaptive pacing, highs",
        attempt=in_money_of(market, attempt),
    )


def nearby_equilibrium(
    market: Market, alpha: Floats, radius: float, seconds: float, log: list[str]
) -> PacingOutcome:
    """Return a polished and verified equilibrium with multipliers near given ones.

    Raises
    ------
    NoEquilibriumFoundError
        There is none, or none was found in the time.
    """
    box = alpha * (1 - radius) - ROOM, alpha * (1 + radius) + ROOM
    lower, upper = multiplier_bounds(market, (np.maximum(box[0], 0.0), box[1]))
    nothing = PacingOutcome(
        market, alpha, np.zeros(len(market.goods)), np.zeros(market.positive_values.nnz)
    )
    if (lower > upper).any():
        raise _none_here(nothing)
    program = SecondPriceProgram(market, None, maximise=True, within=(lower, upper))
    run = program.run(time_limit=seconds)
    log.append(run.log)
    if run.solution is None:
        raise _none_here(nothing)
    found = program.model.eq.solution().outcome
    try:
        found = program.polished()
    except SolverError as error:
        raise _none_here(found) from error
    if verify_sppe(found).relative > RELATIVE:
        raise _none_here(found)
    return found


def in_plain_money(market: Market) -> Market:
    """Return the market in a unit of money in which the largest budget that matters is one."""
    worth = market.positive_values @ market.supplies
    unit = float(np.minimum(market.budgets, worth).max())
    return market.replace(
        values=market.positive_values / unit,
        budgets=market.budgets / unit,
        reserves=market.reserves / unit,
    )


def in_money_of(market: Market, outcome: PacingOutcome) -> PacingOutcome:
    """Return an outcome of the market in other money in the money of this one."""
    unit = float(market.budgets[0] / outcome.market.budgets[0])
    return PacingOutcome(market, outcome.alpha, outcome.prices * unit, outcome.units)


def _none_here(attempt: PacingOutcome) -> NoEquilibriumFoundError:
    return NoEquilibriumFoundError(
        "no equilibrium was found in the box",
        status=Status.UNKNOWN,
        solver="highs",
        attempt=attempt,
    )
