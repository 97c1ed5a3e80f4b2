"""First-price pacing from multipliers and units: prices, what is certain of them, who misses what.

In a first-price pacing equilibrium the multipliers say everything about prices, and a bidder's
residual is money that she herself misses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.markets.pacing import PacingOutcome
from efmodels.markets.pacing_arrays import PacingArrays
from efmodels.markets.pacing_residuals import two_highest_bids, verify_fppe

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Floats, Ints
    from efmodels.markets.market import Market
    from efmodels.markets.pacing import PacingResiduals

CLEARANCE = 0.5
"""What the least multiplier is lowered by where multipliers of rows are the allocation.

A bound that binds at the equilibrium has a multiplier of its own, and takes from the allocation.
"""


class FirstPriceOutcome(PacingOutcome):
    """A pacing outcome that is meant to be a first-price pacing equilibrium.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> outcome = first_price_outcome(Market([[2], [1]], [0.5, 1]), [0.5, 1], [1, 0])
    >>> outcome.prices, outcome.regrets()
    (array([1.]), {'B1': 0.5, 'B2': 0.0})
    """

    @property
    def residuals(self) -> PacingResiduals:
        """By how much each condition is missed; see :func:`efmodels.markets.verify_fppe`."""
        return verify_fppe(self)

    def regrets(self) -> dict[str, float]:
        """Return what each bidder misses, in money; all zero exactly in an equilibrium.

        What she spends beyond her budget, or leaves of it although she is paced, and what she is
        given below the winning bid. What is missed in a good (units beyond the supply or left over,
        a wrong price) is counted for the bidder who bids the most for it.
        """
        market, alpha = self.market, self.alpha
        bidder, good, _ = self.entries
        top, _ = two_highest_bids(self)
        due = np.maximum(top, market.reserves)
        left = market.budgets - self.spend
        missed = np.maximum(-left, 0) + np.maximum(
            np.minimum(left, (1 - alpha) * market.budgets), 0
        )
        missed += market.budgets * np.maximum(alpha - 1, 0)
        below = np.maximum(self.units, 0) * np.maximum(due[good] - self.bids, 0)
        negative = np.maximum(-self.units, 0) * due[good]
        missed += np.bincount(bidder, weights=below + negative, minlength=len(missed))
        highest = np.zeros(len(due), dtype=int)
        order = np.argsort(self.bids, kind="stable")
        highest[good[order]] = bidder[order]
        np.add.at(missed, highest, self._missed_in_goods(top, due))
        return dict(zip(market.bidders, missed.tolist(), strict=True))

    def _missed_in_goods(self, top: Floats, due: Floats) -> Floats:
        """Return what is missed in each good: a wrong price, units beyond the supply or left."""
        market = self.market
        over = self.sold - market.supplies
        left = np.minimum(
            np.maximum(top - market.reserves, 0) * market.supplies, top * np.maximum(-over, 0)
        )
        missed: Floats = (
            np.abs(self.prices - due) * market.supplies + top * np.maximum(over, 0) + left
        )
        return missed


def first_price_outcome(market: Market, alpha: ArrayLike, units: ArrayLike) -> FirstPriceOutcome:
    """Return the outcome of multipliers and units at the prices that the multipliers make.

    Parameters
    ----------
    market
        Who values what, with which budget.
    alpha
        A multiplier per bidder.
    units
        What is sold, one number per entry of ``market.positive_values``.
    """
    paced = np.asarray(alpha, dtype=float)
    prices = PacingArrays.of(market).prices(paced)
    return FirstPriceOutcome(market, paced, prices, np.asarray(units, dtype=float))


def least_multipliers(market: Market) -> Floats:
    r"""Return what no multiplier of a first-price pacing equilibrium falls short of.

    .. math:: \alpha_i \ge \min\{1,\; B_i / \sum_j s_j v_{ij}\}

    because a bidder who is paced spends her budget, and pays :math:`\alpha_i v_{ij}` for a unit.

    Parameters
    ----------
    market
        With any reserves.

    Returns
    -------
    array
        One number per bidder, shape ``(bidders,)``; 1 for those who value nothing.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> least_multipliers(Market([[4, 4], [1, 0]], [2, 3]))
    array([0.25, 1.  ])
    """
    return PacingArrays.of(market).least_alpha()


def geometric_points(least: Floats, ratio: float) -> tuple[Ints, Floats]:
    r"""Return points :math:`\rho^{-k}` from 1 down to below what each bidder bids at least.

    Tangents of the logarithm there are above it by at most :math:`(\log \rho)^2 / 8` between them.

    Parameters
    ----------
    least
        Where each bidder's points may end.
    ratio
        :math:`\rho > 1`.

    Returns
    -------
    pair of arrays
        Whose each point is, and the point.

    Examples
    --------
    >>> geometric_points(np.array([1.0, 0.3]), 2.0)
    (array([0, 1, 1, 1]), array([1.  , 1.  , 0.5 , 0.25]))
    """
    number = np.ceil(-np.log(least) / np.log(ratio)).astype(int) + 1
    owner = np.repeat(np.arange(len(least)), number)
    power = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number)
    return owner, float(ratio) ** -power.astype(float)
