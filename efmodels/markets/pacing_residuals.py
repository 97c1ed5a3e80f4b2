"""Whether an outcome is a pacing equilibrium: residuals in money, from the market alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.markets.pacing import PacingResiduals, require_outcome

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.markets.pacing import PacingOutcome


def verify_fppe(outcome: PacingOutcome) -> PacingResiduals:
    r"""Say by how much an outcome misses a first-price pacing equilibrium.

    The price of a good is the highest paced bid, or the reserve: :math:`p_j = \max(r_j, \max_i
    \alpha_i v_{ij})`. Only who bids it gets any; all units are sold where it is above the reserve;
    nobody spends more than her budget, and who spends less has :math:`\alpha_i = 1`.

    Parameters
    ----------
    outcome
        Of any algorithm or solver.

    Returns
    -------
    PacingResiduals
        All zero if and only if it is an equilibrium.

    Raises
    ------
    GameError
        It is no outcome.

    References
    ----------
    Conitzer, Kroer, Panigrahi, Schrijvers, Stier-Moses, Sodomka and Wilkens, Pacing equilibrium in
    first price auction markets, arXiv:1811.07166.

    Examples
    --------
    >>> from efmodels.markets import Market, PacingOutcome
    >>> market = Market([[2], [1]], [0.5, 1])
    >>> verify_fppe(PacingOutcome(market, [0.5, 1], [1], [0.5, 0.5])).worst
    0.0
    >>> print(verify_fppe(PacingOutcome(market, [0.5, 1], [1], [1, 0])))
    bounds    0
    price     0
    oversold  0
    unsold    0
    losing    0
    budget    0.5
    pacing    0
    relative  1
    """
    require_outcome(outcome, "verify_fppe")
    top = np.zeros(len(outcome.market.goods))
    np.maximum.at(top, outcome.entries[1], outcome.bids)
    return _residuals(outcome, np.maximum(top, outcome.market.reserves), top)


def verify_sppe(outcome: PacingOutcome) -> PacingResiduals:
    r"""Say by how much an outcome misses a second-price pacing equilibrium.

    As :func:`verify_fppe`, but the price is the second-highest paced bid, or the reserve; it is the
    highest where two bidders tie.

    Parameters
    ----------
    outcome
        Of any algorithm or solver.

    Raises
    ------
    GameError
        It is no outcome.

    References
    ----------
    Conitzer, Kroer, Sodomka and Stier-Moses, Multiplicative pacing equilibria in auction markets,
    arXiv:1706.07151.

    Examples
    --------
    >>> from efmodels.markets import Market, PacingOutcome
    >>> verify_sppe(PacingOutcome(Market([[2], [1]], [3, 1]), [1, 1], [1], [1, 0])).worst
    0.0
    """
    require_outcome(outcome, "verify_sppe")
    top, second = two_highest_bids(outcome)
    return _residuals(outcome, np.maximum(second, outcome.market.reserves), top)


def two_highest_bids(outcome: PacingOutcome) -> tuple[Floats, Floats]:
    """Return the highest and the second-highest paced bid of each good, 0 where there is none."""
    _, good, _ = outcome.entries
    bids, goods = outcome.bids, len(outcome.market.goods)
    top, second = np.zeros(goods), np.zeros(goods)
    np.maximum.at(top, good, bids)
    order = np.lexsort((bids, good))
    last = np.flatnonzero(np.diff(good[order], append=goods))
    # One of those who bid the most stands last in each good; the others remain.
    rest = np.delete(order, last)
    np.maximum.at(second, good[rest], bids[rest])
    return top, second


def second_price_shortfalls(outcome: PacingOutcome) -> Floats:
    """Return each bidder's largest residual of a second-price pacing equilibrium, in money.

    Those of a good are charged to whoever bids the most for it.

    Examples
    --------
    >>> from efmodels.markets import Market, PacingOutcome
    >>> market = Market([[2], [1]], [3, 1])
    >>> second_price_shortfalls(PacingOutcome(market, [1, 1], [1.5], [1, 0]))
    array([0.5, 0. ])
    """
    top, second = two_highest_bids(outcome)
    prices = np.maximum(second, outcome.market.reserves)
    by_bidder, by_good = _conditions(outcome, prices, top)
    bidder, good, _ = outcome.entries
    shortfalls: Floats = np.max(list(by_bidder.values()), axis=0)
    highest = outcome.bids >= top[good]
    charged = np.max(list(by_good.values()), axis=0)[good[highest]]
    np.maximum.at(shortfalls, bidder[highest], charged)
    return shortfalls


def _residuals(outcome: PacingOutcome, prices: Floats, top: Floats) -> PacingResiduals:
    """Return the residuals where prices ought to be given ones, and the highest bids win."""
    by_bidder, by_good = _conditions(outcome, prices, top)
    budgets = outcome.market.budgets
    relative = max(
        *(float((r / budgets).max()) for r in by_bidder.values()),
        *(float(r.max() / budgets.mean()) for r in by_good.values()),
    )
    worst = {name: float(r.max()) for name, r in (by_bidder | by_good).items()}
    return PacingResiduals(**worst, relative=relative)


def _conditions(
    outcome: PacingOutcome, prices: Floats, top: Floats
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return the residuals of each bidder and of each good, by their names."""
    market, units, alpha = outcome.market, outcome.units, outcome.alpha
    bidder, good, value = outcome.entries
    budgets, supplies = market.budgets, market.supplies

    def of_bidders(weights: Floats) -> Floats:
        return np.bincount(bidder, weights=weights, minlength=len(budgets)).astype(float)

    left = budgets - outcome.spend
    excess = np.maximum(top - market.reserves, 0) * supplies
    by_bidder = {
        "bounds": np.maximum(budgets * np.maximum(alpha - 1, np.where(alpha > 0, 0, 1)), 0)
        + of_bidders(np.maximum(-units, 0) * value),
        # What is sold below the reserve is given to a bidder below the winning bid.
        "losing": of_bidders(
            np.maximum(units, 0)
            * np.maximum(np.maximum(top, market.reserves)[good] - outcome.bids, 0)
        ),
        "budget": np.maximum(-left, 0),
        "pacing": np.maximum(np.minimum(left, (1 - alpha) * budgets), 0),
    }
    by_good = {
        "price": np.abs(outcome.prices - prices) * supplies,
        "oversold": top * np.maximum(outcome.sold - supplies, 0),
        "unsold": np.minimum(excess, top * np.maximum(supplies - outcome.sold, 0)),
    }
    return by_bidder, by_good
