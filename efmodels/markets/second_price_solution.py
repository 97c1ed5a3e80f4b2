"""What multipliers and payments of second-price pacing stand for, with regrets from the market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.markets.multiplier_ranges import highest_other_bid
from efmodels.markets.pacing import PacingOutcome
from efmodels.markets.pacing_residuals import (
    second_price_shortfalls,
    two_highest_bids,
    verify_sppe,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from efmodels.game import Floats
    from efmodels.markets.market import Market
    from efmodels.markets.pacing import PacingResiduals


@dataclass(frozen=True, eq=False)
class SecondPriceSolution:
    """An outcome of paced bids in second-price auctions, and how far it is from an equilibrium.

    Attributes
    ----------
    outcome
        Multipliers, prices and units.
    """

    outcome: PacingOutcome

    @property
    def residuals(self) -> PacingResiduals:
        """By how much each condition is missed."""
        return verify_sppe(self.outcome)

    def payoffs(self) -> dict[str, float]:
        """Return each bidder's utility."""
        return self.outcome.payoffs()

    def regrets(self) -> dict[str, float]:
        """Return, in money, what each bidder could gain, or misses a condition by: the larger."""
        regrets = np.maximum(
            second_price_gains(self.outcome), second_price_shortfalls(self.outcome)
        )
        return dict(zip(self.outcome.market.bidders, regrets.tolist(), strict=True))

    def strategy(self) -> pd.DataFrame:
        """Return a table with a row per bidder: alpha, budget, spend, utility."""
        return self.outcome.strategy()


def second_price_outcome(market: Market, alpha: ArrayLike, spend: ArrayLike) -> PacingOutcome:
    """Return the outcome of multipliers and of what is paid for each positive value.

    Prices are those of the bids. A good whose price is zero goes to its highest bidder.

    Parameters
    ----------
    market
        The market.
    alpha
        Multipliers, one per bidder.
    spend
        In money, one per entry of ``market.positive_values``.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> market = Market([[2, 3], [1, 0]], [3, 1])
    >>> outcome = second_price_outcome(market, [1, 1], [1, 0, 0])
    >>> outcome.prices, outcome.units
    (array([1., 0.]), array([1., 1., 0.]))
    """
    bids = PacingOutcome(
        market,
        np.asarray(alpha, dtype=float),
        np.zeros(len(market.goods)),
        np.zeros(market.positive_values.nnz),
    )
    top, second = two_highest_bids(bids)
    prices = np.maximum(second, market.reserves)
    good = bids.entries[1]
    paid = prices[good]
    free = np.where(bids.bids >= top[good], market.supplies[good], 0.0)
    units = np.divide(np.asarray(spend, dtype=float), paid, out=free, where=paid > 0)
    return PacingOutcome(market, bids.alpha, prices, units)


def second_price_gains(outcome: PacingOutcome) -> Floats:
    r"""Return what each bidder could gain by any other bids, if the others keep theirs.

    Of good :math:`j` she could buy any amount at the highest other bid :math:`q_j`, or the reserve.
    The best that her budget buys are the goods with the largest :math:`v_{ij} / q_j`, the last one
    in part:

    .. math::

        \max_x \sum_j (v_{ij} - q_j)\, x_j \quad\text{s.t.}\quad \sum_j q_j x_j \le B_i,\;
        0 \le x_j \le s_j .

    One multiplier for all goods buys just these, which is why pacing is a best response in
    second-price auctions. At an equilibrium nobody gains.

    Parameters
    ----------
    outcome
        Of any algorithm or solver.

    Returns
    -------
    ndarray
        In money, shape ``(bidders,)``; negative where a bidder has more than her budget buys.

    References
    ----------
    Conitzer, Kroer, Sodomka and Stier-Moses, Multiplicative pacing equilibria in auction markets,
    arXiv:1706.07151.

    Examples
    --------
    >>> from efmodels.markets import Market, PacingOutcome
    >>> market = Market([[4, 4], [1, 2]], [2, 9])
    >>> second_price_gains(PacingOutcome(market, [0.4, 1], [1, 1.6], [1, 0, 0, 1]))
    array([1., 0.])
    """
    market = outcome.market
    matrix, prices = market.positive_values, highest_other_bid(market, outcome.alpha)
    best = np.zeros(len(market.bidders))
    for i, budget in enumerate(market.budgets.tolist()):
        own = slice(matrix.indptr[i], matrix.indptr[i + 1])
        value, price = matrix.data[own], prices[own]
        supply = market.supplies[matrix.indices[own]]
        order = np.argsort(price / value)
        order = order[price[order] < value[order]]
        cost = (price * supply)[order]
        left = np.maximum(budget - np.concatenate(([0.0], np.cumsum(cost)))[:-1], 0.0)
        share = np.divide(left, cost, out=np.ones(len(cost)), where=cost > left)
        best[i] = (share * ((value - price) * supply)[order]).sum()
    gains: Floats = best - outcome.utilities
    return gains
