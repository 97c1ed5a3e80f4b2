"""What multipliers and payments of second-price pacing stand for, with regrets from the market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.markets.bidder_regrets import per_good_gains
from efmodels.markets.pacing import PacingOutcome
from efmodels.markets.pacing_residuals import (
    second_price_shortfalls,
    two_highest_bids,
    verify_sppe,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from efmodels.markets.market import Market
    from efmodels.markets.pacing import PacingResiduals


@dataclass(frozen=True, eq=False, repr=False)
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
        regrets = np.maximum(per_good_gains(self.outcome), second_price_shortfalls(self.outcome))
        return dict(zip(self.outcome.market.bidders, regrets.tolist(), strict=True))

    def strategy(self) -> pd.DataFrame:
        """Return a table with a row per bidder: alpha, budget, spend, utility."""
        return self.outcome.strategy()

    def __repr__(self) -> str:
        return repr(self.outcome)


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
