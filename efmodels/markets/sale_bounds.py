"""What multipliers between bounds leave open in each second-price sale: prices, winners, payments.

An *offer* is a bid for a good: that of a bidder who values it, or the reserve, which is the offer
of somebody who keeps what is not sold. Offers of bidders stand first, in the order of the market's
positive values; those of reserves follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.markets.multiplier_ranges import MARGIN, highest_other_bid
from efmodels.markets.pacing_markets import entries_of

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.markets.market import Market


@dataclass(frozen=True, eq=False)
class SaleBounds:
    """Bounds that hold in every second-price sale with multipliers in a box.

    Parameters
    ----------
    market
        The market.
    lower, upper
        The box, one number per bidder.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> sales = SaleBounds(Market([[4, 2], [3, 0]], [9, 9]), np.array([0.5, 1]), np.ones(2))
    >>> sales.least_price, sales.most_price, sales.least_top, sales.most_top
    (array([2., 0.]), array([3., 0.]), array([3., 1.]), array([4., 2.]))
    >>> sales.most_spend
    array([3., 0., 3.])
    """

    market: Market
    lower: Floats
    upper: Floats

    @cached_property
    def bidder(self) -> Ints:
        """The bidder of each positive value."""
        return entries_of(self.market)[0]

    @cached_property
    def reserved(self) -> Ints:
        """The goods with a positive reserve, each with an offer of its own."""
        return np.flatnonzero(self.market.reserves > 0)

    @cached_property
    def good(self) -> Ints:
        """The good of each offer."""
        return np.concatenate([entries_of(self.market)[1], self.reserved])

    @cached_property
    def least_offer(self) -> Floats:
        """The smallest that each offer can be, per unit."""
        return self._offers(self.lower)

    @cached_property
    def most_offer(self) -> Floats:
        """The largest that each offer can be."""
        return self._offers(self.upper)

    @cached_property
    def least_top(self) -> Floats:
        """The smallest that the highest offer for each good can be."""
        return self._ranked(self.least_offer)[0]

    @cached_property
    def most_top(self) -> Floats:
        """The largest that the highest offer can be."""
        return self._ranked(self.most_offer)[0]

    @cached_property
    def least_price(self) -> Floats:
        """The smallest that each price can be."""
        return np.maximum(self._ranked(self.least_offer)[1], self.market.reserves)

    @cached_property
    def most_price(self) -> Floats:
        """The largest that each price can be."""
        return np.maximum(self._ranked(self.most_offer)[1], self.market.reserves)

    @cached_property
    def most_spend(self) -> Floats:
        """The most that a bidder can pay for a good, one number per positive value."""
        bids = self.most_offer[: len(self.bidder)]
        rivals = highest_other_bid(self.market, self.upper)
        goods = self.market.supplies[self.good[: len(self.bidder)]]
        return np.minimum(self.market.budgets[self.bidder], np.minimum(bids, rivals) * goods)

    @cached_property
    def may_win(self) -> Bools:
        """Which offers can be the highest."""
        return self.most_offer * (1 + MARGIN) >= self.least_top[self.good]

    @cached_property
    def may_set_price(self) -> Bools:
        """Which offers can be the second-highest, which is the price."""
        return self.most_offer * (1 + MARGIN) >= self.least_price[self.good]

    @cached_property
    def has_price(self) -> Bools:
        """Which goods have two offers, so that one of them sets the price; others are free."""
        return np.bincount(self.good, minlength=len(self.market.goods)) > 1

    def _offers(self, alpha: Floats) -> Floats:
        bids = alpha[self.bidder] * entries_of(self.market)[2]
        return np.concatenate([bids, self.market.reserves[self.reserved]])

    def _ranked(self, offers: Floats) -> tuple[Floats, Floats]:
        """Return the highest and the second-highest of all offers for each good."""
        goods = len(self.market.goods)
        order = np.lexsort((offers, self.good))
        sorted_goods = self.good[order]
        last = np.flatnonzero(np.diff(sorted_goods, append=goods))
        top, second = np.zeros(goods), np.zeros(goods)
        top[sorted_goods[last]] = offers[order[last]]
        rest = np.delete(order, last)
        np.maximum.at(second, self.good[rest], offers[rest])
        return top, second
