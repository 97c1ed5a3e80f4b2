"""What auctions in a row bring if everybody bids her value, and what one of them could gain."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from efmodels.auction_sequences.best_bids import best_bidding
from efmodels.auction_sequences.contests import contest_of
from efmodels.tables import text_table

if TYPE_CHECKING:
    from efmodels.auction_sequences.contests import Auction, Contest
    from efmodels.auction_sequences.sequence import AuctionSequence
    from efmodels.game import Floats


@dataclass(frozen=True, repr=False)
class TruthfulBidding:
    """What comes of bids that are the values, or what is left of the budgets.

    Attributes
    ----------
    revenue
        What all pay together on average.
    welfare
        What those who win value the items at on average.
    payoffs
        What each bidder expects.
    gains
        What each bidder could gain if the others bid so.
    """

    revenue: float
    welfare: float
    payoffs: dict[str, float]
    gains: dict[str, float]

    @property
    def exploitability(self) -> float:
        """The sum of the gains."""
        return sum(self.gains.values())

    def __repr__(self) -> str:
        rows = [("revenue", self.revenue), ("welfare", self.welfare)]
        rows += [(f"payoff of {player}", payoff) for player, payoff in self.payoffs.items()]
        rows += [(f"gain of {player}", gain) for player, gain in self.gains.items()]
        return text_table([(name, f"{number:.9g}") for name, number in rows])


def truthful_bidding(sequence: AuctionSequence, auction: Auction) -> TruthfulBidding:
    r"""Say what auctions of one kind bring if everybody bids truthfully, and who would rather not.

    In each round a bidder bids her value, or what is left of her budget if that is less; the bid is
    cut *before* prices are found, so that a poor loser makes the item cheap. Who ties for the
    highest bid wins with equal probability. A bid of 0 wins nothing.

    A bidder who deviates may bid 0, or any of the values or what she has left if that is less; she
    knows her values and whether she has won at what price, and nothing else about the others. Her
    best plan is found exactly, by recursion over what she has left and her belief about the others'
    budgets.

    Parameters
    ----------
    sequence
        Any number of rounds and bidders.
    auction
        `FirstPrice` or `SecondPrice`, with a reserve price or without.

    Raises
    ------
    GameError
        No such auction, or money without a small common unit.

    Examples
    --------
    >>> from efmodels.auction_sequences import AuctionSequence, FirstPrice, SecondPrice
    >>> sequence = AuctionSequence((0, "1/2", 1), budget=1)
    >>> first = truthful_bidding(sequence, FirstPrice())
    >>> first
    revenue       1.28395062
    welfare       1.3117284
    payoff of P1  0.0138888889
    payoff of P2  0.0138888889
    gain of P1    0.188271605
    gain of P2    0.188271605
    >>> second = truthful_bidding(sequence, SecondPrice(reserve=1))
    >>> round(second.revenue, 6), second.exploitability
    (0.987654, 0.0)
    """
    contest = contest_of(sequence, auction)
    payoffs, revenue = _honest(contest)
    # All bidders are alike; a best plan is no worse than an honest one but for rounding.
    gain = max(best_bidding(contest) - float(payoffs[0]), 0.0)
    gain = 0.0 if gain < ROUNDING * max(map(float, sequence.values)) else gain
    return TruthfulBidding(
        revenue=revenue,
        welfare=revenue + float(payoffs.sum()),
        payoffs=dict(zip(sequence.players, payoffs.tolist(), strict=True)),
        gains=dict.fromkeys(sequence.players, gain),
    )


ROUNDING = 1e-13
"""A gain this small, in units of the highest value, is the rounding of none."""


def _honest(contest: Contest) -> tuple[Floats, float]:
    """Return the payoffs and the revenue, by following all budgets forward."""
    sequence = contest.sequence
    bidders, unit = sequence.bidders, float(contest.unit)
    profiles = np.array(list(product(range(len(contest.worth)), repeat=bidders)))
    worth = contest.worth[profiles]
    payoffs, revenue = np.zeros(bidders), 0.0
    budgets: dict[tuple[int, ...], float] = {(contest.budget,) * bidders: 1.0}
    for likelihood in sequence.likelihoods:
        likely = likelihood[profiles].prod(axis=1)
        after: dict[tuple[int, ...], float] = {}
        for left, chance in budgets.items():
            unsold = likely.copy()
            for k, (share, price) in enumerate(contest.results(np.minimum(worth, left))):
                mass = chance * likely * share
                unsold -= likely * share
                payoffs[k] += unit * float(mass @ (worth[:, k] - price))
                revenue += unit * float(mass @ price)
                for paid in np.unique(price[mass > 0]).tolist():
                    rest = (*left[:k], contest.next_budget(left[k], paid), *left[k + 1 :])
                    after[rest] = after.get(rest, 0.0) + float(mass[price == paid].sum())
            after[left] = after.get(left, 0.0) + chance * float(unsold.sum())
        budgets = {left: chance for left, chance in after.items() if chance > 0}
    return payoffs, revenue
