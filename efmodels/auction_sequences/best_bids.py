r"""The best plan of bids against truthful opponents, from the last round back.

What a bidder believes about the others' budgets is a vector :math:`\beta` over all that these can
be. Truthful opponents make the next belief linear in it: for a bid there are vectors of how likely
she wins at each price, and a matrix for what becomes of the others' budgets when she loses. A
belief is not divided by the probability of what was seen, so that values add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from efmodels.auction_sequences.contests import Contest
    from efmodels.game import Floats, Ints


@dataclass(frozen=True, eq=False)
class _Bid:
    """What follows from a bid, by the others' budgets.

    Attributes
    ----------
    wins
        How likely she wins at each price; shape ``(budgets,)`` each.
    loses
        How likely she loses and budgets become which; shape ``(budgets, budgets)``.
    """

    wins: dict[int, Floats]
    loses: Floats


def best_bidding(contest: Contest) -> float:
    """Return the most that the first bidder can expect against truthful opponents."""
    return _BestBidding(contest).value()


class _BestBidding:
    def __init__(self, contest: Contest) -> None:
        self._contest = contest
        sequence = contest.sequence
        levels = contest.levels()[-1]
        self._budgets = list(product(levels, repeat=sequence.bidders - 1))
        self._number = {left: s for s, left in enumerate(self._budgets)}
        self._profiles = np.array(
            list(product(range(len(contest.worth)), repeat=sequence.bidders - 1)), dtype=int
        ).reshape(-1, sequence.bidders - 1)
        self._worth = contest.worth * float(contest.unit)
        self._bid = cache(self._consequences)

    def value(self) -> float:
        start = np.zeros(len(self._budgets))
        full = self._contest.budget
        start[self._number[(full,) * (self._contest.sequence.bidders - 1)]] = 1.0
        return self._best(0, full, start)

    def _best(self, number: int, left: int, belief: Floats) -> float:
        """Return what she can expect from a round on, times the probability of the belief."""
        contest = self._contest
        if number == contest.sequence.rounds or not belief.any():
            return 0.0
        unit = float(contest.unit)
        bids = sorted({0, *(min(int(worth), left) for worth in contest.worth)})
        options = np.empty((len(bids), len(self._worth)))
        for row, bid in enumerate(bids):
            follows = self._bid(number, bid)
            won, rest = 0.0, self._best(number + 1, left, belief @ follows.loses)
            for price, likely in follows.wins.items():
                seen = belief * likely
                mass = float(seen.sum())
                won += mass
                rest += self._best(number + 1, contest.next_budget(left, price), seen)
                rest -= mass * price * unit
            options[row] = won * self._worth + rest
        return float(contest.sequence.likelihoods[number] @ options.max(axis=0))

    def _consequences(self, number: int, bid: int) -> _Bid:
        """Return what follows from a bid in a round."""
        contest, likelihood = self._contest, self._contest.sequence.likelihoods[number]
        likely = likelihood[self._profiles].prod(axis=1)
        count = len(self._budgets)
        wins: dict[int, Floats] = {}
        loses = np.zeros((count, count))
        for s, left in enumerate(self._budgets):
            others = np.minimum(contest.worth[self._profiles], left)
            own = np.full((len(others), 1), bid)
            bids: Ints = np.hstack([own, others])
            unsold = likely.copy()
            for k, (share, price) in enumerate(contest.results(bids)):
                mass = likely * share
                unsold -= mass
                for paid in np.unique(price[mass > 0]).tolist():
                    sold = float(mass[price == paid].sum())
                    if k == 0:
                        wins.setdefault(paid, np.zeros(count))[s] += sold
                        continue
                    rest = contest.next_budget(left[k - 1], paid)
                    # A budget that no later round begins with matters no more.
                    after = self._number.get((*left[: k - 1], rest, *left[k:]), s)
                    loses[s, after] += sold
            loses[s, s] += max(float(unsold.sum()), 0.0)
        return _Bid(wins, loses)
