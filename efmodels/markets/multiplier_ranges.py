"""How small and how large the multipliers of second-price pacing equilibria can be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.markets.pacing_markets import entries_of, require_market

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Floats, Ints
    from efmodels.markets.market import Market

    Box = tuple[ArrayLike, ArrayLike]

MARGIN = 1e-9
"""By which share bounds and comparisons give way, so that rounding cuts no equilibrium off."""

SWEEPS = 100
"""The most sweeps over all bidders; a few are usual."""

SMALLEST_STEP = 1e-6
"""Sweeps end when no bound moves by more than this."""


@dataclass(frozen=True, eq=False)
class RivalBids:
    """What others can bid against each bidder, per unit, for given bounds on multipliers.

    Attributes
    ----------
    least, most
        The highest bid of the others, or the reserve: at least and at most this; one number per
        positive value of the market.
    """

    least: Floats
    most: Floats


def multiplier_bounds(market: Market, within: Box = (0.0, 1.0)) -> tuple[Floats, Floats]:
    r"""Return bounds that the multipliers of all second-price pacing equilibria keep.

    Bidder :math:`i` wins good :math:`j` only if she bids :math:`L_{ij}`, the least that the highest
    other bid (or the reserve) can be, and surely if she bids more than :math:`C_{ij}`, the most
    that it can be. So what she spends at a multiplier :math:`a` lies between

    .. math::

        S_i^-(a) = \sum_{j : a v_{ij} > C_{ij}} s_j L_{ij} \qquad\text{and}\qquad
        S_i^+(a) = \sum_{j : a v_{ij} \ge L_{ij}} s_j \min\{a v_{ij}, C_{ij}\} .

    She cannot spend more than her budget, and spends all of it where she is paced. Hence
    :math:`\alpha_i` is at least the smallest :math:`a \le 1` with :math:`S_i^+(a) \ge B_i`, or 1 if
    there is none, and at most the largest with :math:`S_i^-(a) \le B_i`. Bounds of one bidder
    tighten :math:`L` and :math:`C` of the others; sweeps go on until nothing moves.

    Parameters
    ----------
    market
        The market; every budget is positive.
    within
        Bounds to begin with: lower and upper, each a number or one per bidder.

    Returns
    -------
    tuple of ndarray
        The lower and the upper bounds, shape ``(bidders,)``. Where a lower one is above the upper
        one, there is no equilibrium within the bounds that were given.

    Raises
    ------
    GameError
        It is no market, or the bounds to begin with have another shape, or are no numbers.

    Notes
    -----
    The rule is this package's own.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> lower, upper = multiplier_bounds(Market([[8, 4], [6, 0]], [1, 9]))
    >>> lower.round(6), upper.round(6)
    (array([0.75, 1.  ]), array([0.75, 1.  ]))
    """
    require_market(market, "multiplier_bounds")
    lower, upper = (_bounds(market, bound) for bound in within)
    upper = np.minimum(upper, 1.0)
    rows = [_Row.of(market, i) for i in range(len(market.bidders))]
    for _ in range(SWEEPS):
        before = lower.copy(), upper.copy()
        bids = rival_bids(market, *before)
        for i, row in enumerate(rows):
            least, most = bids.least[row.entries], bids.most[row.entries]
            lower[i] = max(lower[i], row.smallest(least, most) * (1 - MARGIN))
            upper[i] = min(upper[i], row.largest(least, most) * (1 + MARGIN))
        moved = max(np.abs(lower - before[0]).max(), np.abs(upper - before[1]).max())
        if moved < SMALLEST_STEP or (lower > upper).any():
            break
    return lower, upper


def rival_bids(market: Market, lower: Floats, upper: Floats) -> RivalBids:
    """Return the range of the highest other bid, or reserve, against each positive value."""
    return RivalBids(*(highest_other_bid(market, alpha) for alpha in (lower, upper)))


def highest_other_bid(market: Market, alpha: Floats) -> Floats:
    """Return the highest bid of the others, or the reserve, for each positive value of a market.

    >>> from efmodels.markets import Market
    >>> highest_other_bid(Market([[4, 2], [3, 0]], 1, reserves=[0, 1]), np.array([0.5, 1.0]))
    array([3., 1., 2.])
    """
    bidder, good, value = entries_of(market)
    bids = alpha[bidder] * value
    order = np.lexsort((bids, good))
    goods = len(market.goods)
    last = np.flatnonzero(np.diff(good[order], append=goods))
    first, second = market.reserves.copy(), market.reserves.copy()
    winner = np.full(goods, -1)
    winners = order[last]
    first[good[winners]] = np.maximum(first[good[winners]], bids[winners])
    winner[good[winners]] = winners
    rest = np.delete(order, last)
    np.maximum.at(second, good[rest], bids[rest])
    return np.where(winner[good] == np.arange(len(bids)), second[good], first[good])


@dataclass(frozen=True, eq=False)
class _Row:
    """One bidder's positive values, and the supplies of these goods."""

    entries: Ints
    values: Floats
    supplies: Floats
    budget: float

    @staticmethod
    def of(market: Market, bidder: int) -> _Row:
        matrix = market.positive_values
        entries = np.arange(matrix.indptr[bidder], matrix.indptr[bidder + 1])
        goods = matrix.indices[entries]
        budget = float(market.budgets[bidder])
        return _Row(entries, matrix.data[entries], market.supplies[goods], budget)

    def smallest(self, least: Floats, most: Floats) -> float:
        """Return the smallest multiplier at which the budget can be spent, or 1."""
        values, enough = self.values, self.budget * (1 - MARGIN)
        enters, stops = least / values * (1 - MARGIN), most / values
        kinks = np.unique(np.concatenate(([0.0], enters, stops)))
        kinks = np.append(kinks[kinks < 1], 1.0)
        steps: list[float] = kinks.tolist()
        for left, right in pairwise(steps):
            can = enters <= left
            spent = float((self.supplies * np.minimum(left * values, most))[can].sum())
            if spent >= enough:
                return left
            slope = float((self.supplies * values)[can & (stops > left)].sum())
            if slope and left + (enough - spent) / slope <= right:
                return left + (enough - spent) / slope
        return 1.0

    def largest(self, least: Floats, most: Floats) -> float:
        """Return the largest multiplier at which the budget need not be overspent."""
        sure = most / self.values
        order = np.argsort(sure)
        spent = np.cumsum((self.supplies * least)[order])
        over = np.flatnonzero(spent > self.budget * (1 + MARGIN))
        return float(sure[order[over[0]]]) if len(over) else 1.0


def _bounds(market: Market, bound: ArrayLike) -> Floats:
    size = len(market.bidders)
    array = np.asarray(bound, dtype=float)
    if array.shape not in {(), (size,)} or np.isnan(array).any():
        raise GameError(
            f"bounds on multipliers are a number, or one per bidder, shape ({size},); got {bound!r}"
        )
    return np.array(np.broadcast_to(array, (size,)))
