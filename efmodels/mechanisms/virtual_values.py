"""Optimal auctions of one item in closed form: virtual values, ironing and reserve prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.mechanisms.independent_bidders import IndependentBidders
from efmodels.tables import text_table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Floats


@dataclass(frozen=True, eq=False)
class RevenueCurve:
    r"""What one bidder can be charged, as a function of how likely she is to buy.

    With values :math:`v_a` that ascend, the price :math:`v_a` is accepted with probability
    :math:`q_a = \Pr[v \ge v_a]` and brings :math:`R(q_a) = q_a v_a`. Lotteries over prices bring
    the concave hull :math:`\bar R`, and its slope where a type is added is the ironed virtual
    value of that type.

    Attributes
    ----------
    quantity, revenue
        The points of the curve from nobody to everybody, shape ``(types + 1,)``.
    hull
        The concave hull at the same quantities.
    virtual
        The ironed virtual value of each type, values ascending; shape ``(types,)``.
    """

    quantity: Floats
    revenue: Floats
    hull: Floats
    virtual: Floats


def revenue_curve(values: ArrayLike, probabilities: ArrayLike) -> RevenueCurve:
    """Return the revenue curve of one bidder, its concave hull and the ironed virtual values.

    Parameters
    ----------
    values, probabilities
        What she may value the item at, and how likely that is.

    Raises
    ------
    GameError
        As :class:`IndependentBidders`.

    References
    ----------
    Myerson, Optimal auction design, Mathematics of Operations Research 6 (1981).

    Examples
    --------
    >>> curve = revenue_curve([2, 4, 6], [0.6, 0.1, 0.3])
    >>> curve.revenue.round(9).tolist(), curve.hull.round(9).tolist()
    ([0.0, 1.8, 1.6, 2.0], [0.0, 1.8, 1.828571429, 2.0])
    >>> curve.virtual.round(6).tolist()
    [0.285714, 0.285714, 6.0]
    """
    bidder = IndependentBidders([values], [probabilities])
    value, probability = bidder.value[::-1], bidder.probability[::-1]
    quantity = np.concatenate([[0.0], np.cumsum(probability)])
    revenue = np.concatenate([[0.0], quantity[1:] * value])
    corners = _concave_corners(quantity, revenue)
    hull = np.interp(quantity, quantity[corners], revenue[corners])
    slopes = np.diff(revenue[corners]) / np.diff(quantity[corners])
    virtual = np.repeat(slopes, np.diff(corners))[::-1]
    return RevenueCurve(*map(read_only, (quantity, revenue, hull, virtual.copy())))


def _concave_corners(x: Floats, y: Floats) -> list[int]:
    """Return the corners of the concave hull from the first point to the last."""
    corners: list[int] = []
    for k in range(len(x)):
        while len(corners) > 1:
            i, j = corners[-2:]
            if (y[j] - y[i]) * (x[k] - x[j]) > (y[k] - y[j]) * (x[j] - x[i]):
                break
            corners.pop()
        corners.append(k)
    return corners


def optimal_reserve(values: ArrayLike, probabilities: ArrayLike) -> float:
    r"""Return the price that brings most from one bidder: the largest :math:`v \Pr[\ge v]`.

    Of several, the lowest. Offered to a bidder in a second-price auction it is her reserve: if
    values are independent and identically distributed, and virtual values ascend with values, that
    auction is optimal where values are continuous.

    Raises
    ------
    GameError
        As :class:`IndependentBidders`.

    Examples
    --------
    >>> optimal_reserve([1, 2, 3], [1 / 3, 1 / 3, 1 / 3])
    2.0
    """
    curve = revenue_curve(values, probabilities)
    best = float(curve.revenue.max())
    reached = curve.revenue[1:] >= best - ROUNDING * max(best, 1.0)
    return float(np.sort(np.asarray(values, dtype=float))[::-1][reached].min())


ROUNDING = 1e-12
"""Revenues that are closer than this are equal."""


@dataclass(frozen=True, eq=False, repr=False)
class MyersonAuction:
    """The auction that brings most: the item goes to the highest ironed virtual value above 0.

    Attributes
    ----------
    bidders
        For whom.
    virtual
        The ironed virtual value of each type, in the order of ``bidders.value``.
    revenue
        The expected maximum of 0 and all virtual values.
    win
        How likely each type is to win; ties are broken in favour of the first bidder.
    pay
        What each type pays on average, if the lowest ones get nothing beyond their value.
    """

    bidders: IndependentBidders
    virtual: Floats
    revenue: float
    win: Floats
    pay: Floats

    def __repr__(self) -> str:
        columns = (self.virtual, self.win, self.pay)
        types = zip(self.bidders.type_labels, *(c.tolist() for c in columns), strict=True)
        return text_table(
            [
                ("revenue", f"{self.revenue:.9g}"),
                *(
                    (label, f"virtual value {virtual:.6g}, wins {win:.6g}, pays {pay:.6g}")
                    for label, virtual, win, pay in list(types)[:LINES]
                ),
            ]
        )


LINES = 20
"""How many types are shown."""


def myerson(bidders: IndependentBidders) -> MyersonAuction:
    r"""Return the auction of one item that brings most, if values are independent.

    Revenue is :math:`\mathbb{E}[\max(0, \max_i \bar\varphi_i(v_i))]`, where
    :math:`\bar\varphi_i` are the ironed virtual values, the slopes of the concave hull of the
    revenue curve. No linear program is solved.

    Parameters
    ----------
    bidders
        Who they are, what they may value the item at, and how likely.

    Raises
    ------
    GameError
        These are no independent bidders.

    References
    ----------
    Myerson, Optimal auction design, Mathematics of Operations Research 6 (1981).

    Examples
    --------
    >>> auction = myerson(IndependentBidders([[1, 2], [1, 2]], [[0.5, 0.5], [0.5, 0.5]]))
    >>> auction
    revenue  1.5
    B1: 1    virtual value 0, wins 0, pays 0
    B1: 2    virtual value 2, wins 1, pays 2
    B2: 1    virtual value 0, wins 0, pays 0
    B2: 2    virtual value 2, wins 0.5, pays 1
    >>> auction.revenue, auction.virtual.tolist()
    (1.5, [0.0, 2.0, 0.0, 2.0])
    >>> auction.win.tolist(), auction.pay.tolist()
    ([0.0, 1.0, 0.0, 0.5], [0.0, 2.0, 0.0, 1.0])
    """
    if not isinstance(bidders, IndependentBidders):
        raise GameError(f"myerson needs IndependentBidders; got {bidders!r}")
    pairs = zip(bidders.values, bidders.probabilities, strict=True)
    curves = [revenue_curve(*pair).virtual for pair in pairs]
    virtual = np.concatenate(curves)
    win = _chance_to_be_highest(bidders, virtual)
    revenue = float((bidders.probability * win) @ virtual)
    return MyersonAuction(
        bidders, read_only(virtual), revenue, read_only(win), read_only(_lowest_rents(bidders, win))
    )


def _chance_to_be_highest(bidders: IndependentBidders, virtual: Floats) -> Floats:
    """Return how likely each type's virtual value is positive, and above those of the others.

    The first bidder wins ties.
    """
    win = np.where(virtual > 0, 1.0, 0.0)
    for other, first in enumerate(bidders.lowest.tolist()):
        own = virtual[first : first + len(bidders.values[other])]
        chance = np.concatenate([[0.0], np.cumsum(bidders.probabilities[other])])
        below = chance[np.searchsorted(own, virtual, side="left")]
        up_to = chance[np.searchsorted(own, virtual, side="right")]
        beaten = np.where(bidders.bidder < other, up_to, below)
        win = np.where(bidders.bidder == other, win, win * beaten)
    return win


def _lowest_rents(bidders: IndependentBidders, win: Floats) -> Floats:
    """Return payments that leave each type just what the next lower one would get in her place."""
    value, first = bidders.value, bidders.lowest
    step = np.diff(value, prepend=0.0) * np.concatenate([[0.0], win[:-1]])
    step[first] = 0.0
    rents = np.cumsum(step)
    rents -= rents[first][bidders.bidder]
    pay: Floats = value * win - rents
    return pay
