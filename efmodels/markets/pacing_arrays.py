"""A market as the arrays that first-price pacing algorithms work on: entries, budgets, goods."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.markets.pacing import PacingOutcome
from efmodels.markets.pacing_markets import entries_of, require_pacing_market

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.markets.market import Market


class PacingArrays(NamedTuple):
    """Who values which good how much, entry by entry, and what bidders and goods have.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> arrays = arrays_of(Market([[2, 0], [1, 4]], [0.5, 1]), "this example")
    >>> arrays.bidder, arrays.good, arrays.value
    (array([0, 1, 1]), array([0, 0, 1], dtype=int32), array([2., 1., 4.]))
    >>> arrays.prices(np.array([0.25, 1]))
    array([1., 4.])
    """

    bidder: Ints
    good: Ints
    value: Floats
    budgets: Floats
    reserves: Floats
    supplies: Floats

    @classmethod
    def of(cls, market: Market) -> PacingArrays:
        """Return the arrays of any market."""
        return cls(*entries_of(market), market.budgets, market.reserves, market.supplies)

    def by_bidder(self, weights: Floats) -> Floats:
        """Add up what stands at the entries of each bidder."""
        return np.asarray(np.bincount(self.bidder, weights, len(self.budgets)), dtype=float)

    def by_good(self, weights: Floats) -> Floats:
        """Add up what stands at the entries of each good."""
        return np.asarray(np.bincount(self.good, weights, len(self.supplies)), dtype=float)

    def prices(self, alpha: Floats) -> Floats:
        """Return the highest paced bid for each good, or its reserve."""
        prices = self.reserves.copy()
        np.maximum.at(prices, self.good, alpha[self.bidder] * self.value)
        return prices

    def restricted(self, keep: Bools) -> PacingArrays:
        """Return the same bidders and goods with some of the entries."""
        return self._replace(bidder=self.bidder[keep], good=self.good[keep], value=self.value[keep])

    def least_alpha(self) -> Floats:
        r"""Return :math:`\min(1, B_i / \sum_j v_{ij} s_j)`: no multiplier is ever smaller.

        At that multiplier a bidder could buy all that she values at her own bids. One who values
        nothing has 1.
        """
        worth = self.by_bidder(self.value * self.supplies[self.good])
        least = np.ones(len(worth))
        paced = worth > self.budgets
        least[paced] = self.budgets[paced] / worth[paced]
        return least


def arrays_of(market: Market, asked_by: str) -> PacingArrays:
    """Return the arrays of a market that has a first-price pacing equilibrium.

    Raises
    ------
    GameError
        A bidder has no budget, or nobody values a good.
    """
    require_pacing_market(market, asked_by)
    return PacingArrays.of(market)


def outcome_of(market: Market, arrays: PacingArrays, alpha: Floats, money: Floats) -> PacingOutcome:
    """Return the outcome in which bidders pay given sums at the prices of given multipliers.

    Parameters
    ----------
    market, arrays
        The same market twice.
    alpha
        The multipliers, which make the prices.
    money
        What is paid for each entry; the units are this divided by the price.
    """
    prices = arrays.prices(alpha)
    return PacingOutcome(market, alpha, prices, money / prices[arrays.good])
