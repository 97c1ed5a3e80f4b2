"""Goofspiel by its rules."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracles.tables.table import OVER, Table, TableReplay, Turn, by_chance, replay

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from tests.oracles.tables.table import Number


def replay_goofspiel(
    path: Sequence[str],
    *,
    players: int,
    cards: int,
    observed: str = "winners",
    ties: str = "split",
    prizes: str = "random",
) -> TableReplay:
    """Play goofspiel with the parameters of the instance."""
    order = {
        "random": [],
        "ascending": list(range(1, cards + 1)),
        "descending": list(range(cards, 0, -1)),
    }[prizes]
    table = _Goofspiel(players, cards, order)
    table.tells_bids = observed == "bids"
    table.splits = ties == "split"
    return replay(table, path)


class _Goofspiel(Table):
    tells_bids = False
    splits = True

    def __init__(self, players: int, cards: int, order: list[int]) -> None:
        self.players = players
        self.cards = cards
        self.order = order  # of the prizes; empty if chance decides
        self.shown: list[int] = order[:1]
        self.rounds: list[list[int]] = [[]]  # the cards of each round, in the players' order

    def turn(self) -> Turn:
        """Show a prize, then ask everybody for a card."""
        if len(self.rounds) > self.cards:
            return OVER
        if len(self.shown) < len(self.rounds):
            return by_chance(str(n + 1) for n in range(self.cards) if n + 1 not in self.shown)
        seat = len(self.rounds[-1])
        own = [bids[seat] for bids in self.rounds[:-1]]
        left = frozenset(str(n + 1) for n in range(self.cards) if n + 1 not in own)
        told = tuple(map(self._told, self.rounds[:-1]))
        return Turn(seat + 1, left, (tuple(own), tuple(self.shown), told))

    def play(self, label: str) -> None:
        """Show a prize, or play a card."""
        if len(self.shown) < len(self.rounds):
            self.shown.append(int(label))
            return
        self.rounds[-1].append(int(label))
        if len(self.rounds[-1]) == self.players:
            self.rounds.append([])
            self.shown = self.order[: len(self.rounds)] or self.shown

    def _told(self, bids: list[int]) -> Hashable:
        return tuple(bids) if self.tells_bids else self._highest(bids)

    def _highest(self, bids: list[int]) -> tuple[int, ...]:
        return tuple(seat for seat, bid in enumerate(bids) if bid == max(bids))

    def payoffs(self) -> list[Number]:
        """Sum the prizes."""
        total = [Fraction(0)] * self.players
        for prize, bids in zip(self.shown, self.rounds[:-1], strict=True):
            winners = self._highest(bids)
            for seat in winners if self.splits or len(winners) == 1 else ():
                total[seat] += Fraction(prize, len(winners))
        return [*total]
