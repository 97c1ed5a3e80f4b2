"""Auctions in a row between two bidders with budgets, by recursion over what they have left.

No tree: the state is the number of items to come and, for a bidder who looks for a best response to
a truthful opponent, her belief about the opponent's budget. Truthful bids are the value, or what is
left if that is less. Values are uniform and all numbers exact.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ends = Iterator[tuple[Fraction, bool, Fraction, Fraction]]
    Belief = tuple[tuple[Fraction, Fraction], ...]


def first_price(own: Fraction, _other: Fraction, _reserve: Fraction) -> Fraction:
    """Return the price after a first-price auction."""
    return own


def second_price(_own: Fraction, other: Fraction, reserve: Fraction) -> Fraction:
    """Return the price after a second-price auction."""
    return max(other, reserve)


@dataclass(frozen=True)
class BudgetAuctions:
    """A sequence of auctions; ``price`` maps the winner's bid, the other bid and the reserve."""

    items: int
    values: tuple[Fraction, ...]
    budget: Fraction
    price: Callable[[Fraction, Fraction, Fraction], Fraction]
    reserve: Fraction = Fraction(0)

    def revenue(self) -> Fraction:
        """Return the expected sum of the payments if both bid truthfully."""
        return self._revenue(self.items, self.budget, self.budget)

    def exploitability(self) -> Fraction:
        """Return what both bidders together could gain over bidding truthfully."""
        belief = ((self.budget, Fraction(1)),)
        return 2 * (
            self._best(self.items, self.budget, belief)
            - self._truthful(self.items, self.budget, self.budget)
        )

    @cache  # noqa: B019 - there are few of these
    def _revenue(self, items: int, mine: Fraction, yours: Fraction) -> Fraction:
        if not items:
            return Fraction(0)
        total = Fraction(0)
        for v, w in product(self.values, repeat=2):
            for chance, _, pay, cost in self._ends(min(v, mine), min(w, yours)):
                later = self._revenue(items - 1, mine - pay, yours - cost)
                total += chance * (pay + cost + later)
        return total / len(self.values) ** 2

    @cache  # noqa: B019 - there are few of these
    def _truthful(self, items: int, mine: Fraction, yours: Fraction) -> Fraction:
        if not items:
            return Fraction(0)
        total = Fraction(0)
        for v, w in product(self.values, repeat=2):
            for chance, won, pay, cost in self._ends(min(v, mine), min(w, yours)):
                later = self._truthful(items - 1, mine - pay, yours - cost)
                total += chance * (v * won - pay + later)
        return total / len(self.values) ** 2

    @cache  # noqa: B019 - there are few of these
    def _best(self, items: int, mine: Fraction, belief: Belief) -> Fraction:
        """Return the most that a bidder can get from truthful opponents."""
        if not items:
            return Fraction(0)
        bids = [bid for bid in self.values if bid <= mine]
        best = [max(self._of_bid(items, mine, belief, v, bid) for bid in bids) for v in self.values]
        return sum(best, Fraction(0)) / len(self.values)

    def _of_bid(
        self, items: int, mine: Fraction, belief: Belief, value: Fraction, bid: Fraction
    ) -> Fraction:
        """Return what a bid is worth, with the best bids to follow on what it shows."""
        seen: dict[tuple[bool, Fraction], dict[Fraction, Fraction]] = defaultdict(
            lambda: defaultdict(Fraction)
        )
        for (yours, likely), w in product(belief, self.values):
            for chance, won, pay, cost in self._ends(bid, min(w, yours)):
                seen[won, pay][yours - cost] += likely * chance / len(self.values)
        total = Fraction(0)
        for (won, pay), left in seen.items():
            weight = sum(left.values())
            after = tuple(sorted((yours, p / weight) for yours, p in left.items()))
            total += weight * (value * won - pay + self._best(items - 1, mine - pay, after))
        return total

    def _ends(self, mine: Fraction, yours: Fraction) -> Ends:
        """Yield how an auction can end: chance, whether I win, what I pay, what the other pays."""
        if max(mine, yours) < self.reserve:
            yield Fraction(1), False, Fraction(0), Fraction(0)
            return
        share = Fraction(1, 2) if mine == yours else Fraction(int(mine > yours))
        if share:
            yield share, True, self.price(mine, yours, self.reserve), Fraction(0)
        if share < 1:
            yield 1 - share, False, Fraction(0), self.price(yours, mine, self.reserve)
