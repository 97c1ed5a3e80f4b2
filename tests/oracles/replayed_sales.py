"""Sales to bidders with budgets, played again from the labels of the actions.

Each function takes the labels along a path from the root to a terminal and returns who moved, what
the mover knew, and what everybody gets. It follows the rules of the sale, not the generators.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Knowledge = tuple[object, ...]


class Replay(NamedTuple):
    """Who moved and what she knew (chance is 0 and knows nothing), and the payoffs."""

    moves: list[tuple[int, Knowledge]]
    payoffs: list[Fraction]


class Books:
    """What two bidders and an auctioneer have and have seen."""

    def __init__(self) -> None:
        self.gains = [Fraction(0)] * 3
        self.paid = [Fraction(0)] * 2
        self.seen: list[Knowledge] = [(), (), ()]
        self.moves: list[tuple[int, Knowledge]] = []

    def move(self, mover: int, *now: object) -> None:
        """Note who moves, and what she knows besides what she has seen."""
        self.moves.append((mover, (*self.seen[mover - 1], *now) if mover else ()))

    def pay(self, values: Sequence[Fraction], winner: int, price: Fraction) -> None:
        """Give the item to a bidder."""
        self.gains[winner] += values[winner] - price
        self.gains[2] += price
        self.paid[winner] += price


def replay_bidding(
    path: Sequence[str], price: Callable[[list[Fraction], int], Fraction], reserve: Fraction
) -> Replay:
    """Play auctions in which two bidders bid; ``price`` maps the bids and the winner."""
    books, steps = Books(), list(path)
    while steps:
        values = [Fraction(v) for v in steps.pop(0).split()]
        books.move(0)
        bids = []
        for k in (0, 1):
            books.move(k + 1, values[k])
            bids.append(Fraction(steps.pop(0)))
        winner = None
        if max(bids) >= reserve and bids[0] == bids[1]:
            books.move(0)
            winner = int(steps.pop(0).split()[0]) - 1
        elif max(bids) >= reserve:
            winner = bids.index(max(bids))
        due = Fraction(0) if winner is None else price(bids, winner)
        if winner is not None:
            books.pay(values, winner, due)
        for k in (0, 1):
            result = ("won", due) if k == winner else ("lost",)
            books.seen[k] += (values[k], bids[k], *result)
    return Replay(books.moves, books.gains)


def replay_design(path: Sequence[str]) -> Replay:
    """Play sales in which two bidders are in or out and the auctioneer chooses."""
    books, steps = Books(), list(path)
    while steps:
        values = [Fraction(v) for v in steps.pop(0).split()]
        books.move(0)
        choices = []
        for k in (0, 1):
            books.move(k + 1, values[k])
            choices.append(steps.pop(0))
        outcome, who = "nobody wins", tuple(choices)
        if "in" in choices:
            books.move(3, who)
            outcome = steps.pop(0)
        name, _, rest = outcome.partition(" wins")
        due = Fraction(rest.split()[-1]) if rest else Fraction(0)
        winner = None if name == "nobody" else int(name) - 1
        if winner is not None:
            assert choices[winner] == "in"
            books.pay(values, winner, due)
        books.seen[2] += (who, outcome)
        for k in (0, 1):
            result = ("won", due) if k == winner else ("lost",)
            books.seen[k] += (values[k], choices[k], *result)
        assert max(books.paid) <= 1, "somebody pays more than she has"
    return Replay(books.moves, books.gains)
