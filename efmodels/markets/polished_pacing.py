"""From a first-price pacing equilibrium that is nearly right to one that is right to rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.errors import SolverError
from efmodels.markets.pacing import require_outcome
from efmodels.markets.pacing_arrays import arrays_of, outcome_of
from efmodels.markets.pacing_interior_point import InteriorPacing, interior_pacing
from efmodels.markets.pacing_residuals import verify_fppe
from efmodels.markets.tight_bid_graph import (
    repaired,
    settled_money,
    settled_potentials,
    spanning_forest,
    tight_bids,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.game import Floats
    from efmodels.markets.pacing import PacingOutcome
    from efmodels.markets.pacing_arrays import PacingArrays
    from efmodels.markets.tight_bid_graph import Forest, TightBids

ROUNDING = 1e-11
"""A relative residual that no further work is expected to lower."""

ACCEPTED = 1e-10
"""The largest relative residual of what is returned."""

WEIGHTS = (1.0, 1e2, 1e-2)
"""How much the distance of a bid from the price counts against what is paid for it, in turn."""

REPAIRS = 10
"""How often what contradicts a guess is taken out of it, and what is missing is put in."""

READABLE = 1e-5
"""The relative residual up to which the tight bids are read from what was given."""

FEW = 20_000
"""Entries up to which all of them take part, whatever the given prices say."""

NEARBY = 0.1
"""How far below the price a bid may be, as a share of it, and still take part."""


def polish_fppe(outcome: PacingOutcome) -> PacingOutcome:
    r"""Return the first-price pacing equilibrium near an outcome, right to rounding.

    The bids that make the prices, the bidders who are not paced and the goods at their reserve are
    read from the outcome; then multipliers and prices have a closed form, and a walk from the
    leaves of the graph of tight bids tells who pays what. If that fails, because the outcome is too
    coarse, the program among the bids near the price is solved by an interior-point method, bids
    that were left out and turn out to be too high join in, and its solution is read instead.

    Parameters
    ----------
    outcome
        Of any algorithm or solver; the better it is, the less there is to do. Only its multipliers
        and units matter.

    Returns
    -------
    PacingOutcome
        With relative residuals of at most 1e-10; most often they are below 1e-14.

    Raises
    ------
    SolverError
        No guess of the tight bids led to an equilibrium; the message has the residuals of what was
        given and the best that was found.
    GameError
        A bidder has no budget, or nobody values a good.

    Notes
    -----
    Where budgets differ by a factor of a million and more, or nearly all bids tie, floats may not
    tell what is tight; then there is an error.

    Examples
    --------
    >>> from efmodels.markets import Market, PacingOutcome, verify_fppe
    >>> market = Market([[4, 3], [3, 3]], [2, 1])
    >>> rough = PacingOutcome(market, [0.4, 0.45], [1.6, 1.3], [1, 0.3, 0, 0.7])
    >>> fine = polish_fppe(rough)
    >>> (7 * fine.prices).round(12), verify_fppe(fine).worst < 1e-15
    (array([12.,  9.]), True)
    """
    require_outcome(outcome, "polish_fppe")
    market = outcome.market
    arrays = arrays_of(market, "polish_fppe")
    best, least = outcome, np.inf
    for settled in settled_guesses(outcome, "polish_fppe"):
        polished = outcome_of(market, arrays, settled.alpha, settled.money)
        residual = verify_fppe(polished).relative
        if residual <= ROUNDING:
            return polished
        if residual < least:
            best, least = polished, residual
    if least <= ACCEPTED:
        return best
    raise SolverError(
        f"no set of tight bids near this outcome makes an equilibrium: the relative residual is "
        f"{least:.3g} at best. What was given has\n{verify_fppe(outcome)}\nSolve it more "
        "accurately first",
        status="unknown",
        solver="polish_fppe",
    )


class Settled(NamedTuple):
    """Multipliers and money in closed form, and the forest of tight bids that they come from."""

    alpha: Floats
    money: Floats
    forest: Forest


def settled_guesses(outcome: PacingOutcome, asked_by: str) -> Iterator[Settled]:
    """Yield what different guesses of the tight bids near an outcome lead to, the best ones first.

    Parameters
    ----------
    outcome
        Of any algorithm or solver.
    asked_by
        Who needs it, for messages.

    Raises
    ------
    GameError
        A bidder has no budget, or nobody values a good.
    """
    require_outcome(outcome, asked_by)
    arrays = arrays_of(outcome.market, asked_by)
    for alpha, money in _guesses(arrays, outcome):
        for weight in WEIGHTS:
            yield _settled(arrays, alpha, money, tight_bids(arrays, alpha, money, weight))


def _guesses(arrays: PacingArrays, outcome: PacingOutcome) -> Iterator[tuple[Floats, Floats]]:
    """Yield multipliers and money to read the tight bids from, the cheapest first."""
    alpha = np.clip(np.nan_to_num(outcome.alpha), arrays.least_alpha(), 1)
    if verify_fppe(outcome).relative <= READABLE:
        yield alpha, outcome.units * arrays.prices(alpha)[arrays.good]
    found = interior_pacing_nearby(arrays, alpha)
    yield found.alpha, found.money


def _settled(arrays: PacingArrays, alpha: Floats, money: Floats, tight: TightBids) -> Settled:
    """Return multipliers and money for tight bids, which are repaired where they contradict."""
    for _ in range(REPAIRS):
        forest = spanning_forest(arrays, tight, money)
        potential = settled_potentials(arrays, forest, alpha)
        theta, q = np.split(potential, [len(alpha)])
        balance = settled_money(arrays, tight, forest, np.exp(q), money)
        better = repaired(arrays, tight, forest, potential, balance)
        if better is tight:
            break
        tight = better
    return Settled(np.exp(np.minimum(theta, 0)), np.maximum(balance.paid, 0), forest)


def interior_pacing_nearby(arrays: PacingArrays, alpha: Floats) -> InteriorPacing:
    """Solve the program among the bids that are near the price at given multipliers.

    Bids that were left out and are above the price of the solution join in, until there are none:
    the solution is then that of the whole market.

    Parameters
    ----------
    arrays
        The market.
    alpha
        Multipliers that are about right. If they are not, all is found in more rounds.

    Examples
    --------
    >>> from efmodels.instances import sampled_market
    >>> from efmodels.markets.pacing_arrays import arrays_of
    >>> market = sampled_market(50, 1500, seed=1)
    >>> arrays = arrays_of(market, "this example")
    >>> len(arrays.value) > FEW
    True
    >>> found = interior_pacing_nearby(arrays, arrays.least_alpha())
    >>> whole = interior_pacing(arrays)
    >>> bool(np.abs(found.alpha - whole.alpha).max() < 1e-5)
    True
    """
    bids = alpha[arrays.bidder] * arrays.value
    keep = (len(bids) <= FEW) | (bids >= (1 - NEARBY) * arrays.prices(alpha)[arrays.good])
    iterations = 0
    while True:
        part = arrays.restricted(keep)
        found = interior_pacing(part)
        iterations += found.iterations
        prices = part.prices(found.alpha)[arrays.good]
        bids = found.alpha[arrays.bidder] * arrays.value
        if not (bids > prices)[~keep].any():
            money = np.zeros(len(keep))
            money[keep] = found.money
            return found._replace(money=money, iterations=iterations)
        keep |= bids >= (1 - NEARBY) * prices
