"""What a bidder could gain if she bid otherwise and the others did not, in money."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.markets.multiplier_ranges import highest_other_bid
from efmodels.markets.pacing import require_outcome

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.markets.pacing import PacingOutcome


def per_good_regrets(outcome: PacingOutcome) -> dict[str, float]:
    r"""Return what each bidder could gain by bids of her own for each good.

    She could buy any good for what the others make it cost, :math:`q_{ij} = \max(r_j, \max_{k \ne
    i} \alpha_k v_{kj})` a unit, until her budget is spent:

    .. math::

        \max \Bigl\{ \sum_j (v_{ij} - q_{ij}) x_j : \sum_j q_{ij} x_j \le B_i,\; 0 \le x_j \le s_j
        \Bigr\} - u_i ,

    a fractional knapsack. Nobody gains in a second-price pacing equilibrium. In a first-price one
    bidders can gain much: whoever wins alone could bid less.

    Parameters
    ----------
    outcome
        Of either auction.

    Raises
    ------
    GameError
        It is no outcome.

    Examples
    --------
    >>> from efmodels.markets import Market, PacingOutcome
    >>> per_good_regrets(PacingOutcome(Market([[2], [1]], [9, 9]), [1, 1], [2], [1, 0]))
    {'B1': 1.0, 'B2': 0.0}
    """
    require_outcome(outcome, "per_good_regrets")
    regrets = np.maximum(per_good_gains(outcome), 0)
    return dict(zip(outcome.market.bidders, regrets.tolist(), strict=True))


def per_good_gains(outcome: PacingOutcome) -> Floats:
    """Return the same as an array; negative where a bidder has more than her budget buys."""
    offers = _Offers.of(outcome)
    cost = offers.cost * offers.units
    left = outcome.market.budgets[offers.bidder] - (offers.up_to(cost) - cost)
    share = np.clip(np.divide(left, cost, out=np.ones_like(cost), where=cost > 0), 0, 1)
    gain = np.maximum(offers.value - offers.cost, 0) * offers.units * share
    best = np.bincount(offers.bidder, gain, len(outcome.market.bidders)).astype(float)
    gains: Floats = best - outcome.utilities
    return gains


def multiplier_regrets(outcome: PacingOutcome) -> dict[str, float]:
    r"""Return what each bidder could gain by another multiplier, in a first-price auction.

    With :math:`a \in [0, 1]` she bids :math:`a v_{ij}`, wins what nobody else bids more for, a part
    of it at a tie, and pays her bids. What she wins she cannot decline: it must fit her budget.

    Parameters
    ----------
    outcome
        Of a first-price auction.

    Raises
    ------
    GameError
        It is no outcome.

    Examples
    --------
    >>> from efmodels.markets import Market, PacingOutcome
    >>> outcome = PacingOutcome(Market([[4, 2], [2, 0]], [9, 9]), [1, 1], [4, 2], [1, 1, 0])
    >>> multiplier_regrets(outcome)
    {'B1': 3.0, 'B2': 0.0}
    """
    require_outcome(outcome, "multiplier_regrets")
    offers = _Offers.of(outcome)
    worth = offers.value * offers.units
    with np.errstate(divide="ignore"):
        multiplier = offers.cost / offers.value
        most = outcome.market.budgets[offers.bidder] / multiplier
    # At one multiplier several goods may tie: all that cost less are won outright.
    same = np.diff(offers.bidder, prepend=-1) == 0
    same[1:] &= multiplier[1:] == multiplier[:-1]
    group = np.cumsum(~same) - 1
    won = (offers.up_to(worth) - worth)[~same][group]
    gain = (1 - multiplier) * np.minimum(offers.up_to(worth), most)
    gain[(won > most) | (multiplier > 1)] = 0
    best = np.zeros(len(outcome.market.bidders))
    np.maximum.at(best, offers.bidder, gain)
    regrets = np.maximum(best - outcome.utilities, 0)
    return dict(zip(outcome.market.bidders, regrets.tolist(), strict=True))


class _Offers(NamedTuple):
    """What each bidder could buy, the best worth for money first: one entry per pair."""

    bidder: Ints
    value: Floats
    cost: Floats
    units: Floats

    @classmethod
    def of(cls, outcome: PacingOutcome) -> _Offers:
        bidder, good, value = outcome.entries
        cost = highest_other_bid(outcome.market, outcome.alpha)
        order = np.lexsort((cost / value, bidder))
        units = outcome.market.supplies[good]
        return cls(bidder[order], value[order], cost[order], units[order])

    def up_to(self, amounts: Floats) -> Floats:
        """Return for each offer the sum over it and the same bidder's offers before it."""
        sums = np.cumsum(amounts)
        first = np.searchsorted(self.bidder, self.bidder)
        found: Floats = sums - (sums - amounts)[first]
        return found
