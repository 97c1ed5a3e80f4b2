"""Trick taking by its rules, the last trick included."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from tests.oracles.tables.table import OVER, Table, TableReplay, Turn, by_chance, replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.oracles.tables.table import Number

# The seats in the order of play, and who plays for each: 1 declarer, 2 left, 3 right defender.
LEFT, DUMMY, RIGHT, DECLARER = range(4)
PLAYS_FOR = {LEFT: 2, DUMMY: 1, RIGHT: 3, DECLARER: 1}


def replay_tricks(path: Sequence[str], *, ranks: int, dummy: Sequence[str]) -> TableReplay:
    """Play the cards of a deal, which names the hands of declarer, left and right defender."""
    return replay(_Tricks(ranks, dummy), path)


class _Tricks(Table):
    def __init__(self, ranks: int, dummy: Sequence[str]) -> None:
        self.ranks = ranks
        self.dummy = dummy
        self.hands: dict[int, set[str]] = {}
        self.trick: list[tuple[int, str]] = []  # seats and cards
        self.leader = LEFT
        self.wins: list[int] = []
        self.log: list[str] = []

    def turn(self) -> Turn:
        """Deal, then go around the table."""
        if not self.hands:
            return by_chance(self._deals())
        if len(self.wins) == self.ranks - 1:  # the cards that are left are no choice
            return OVER
        seat = self._seat()
        hand = self.hands[seat]
        following = {card for card in hand if self.trick and card[-1] == self.trick[0][1][-1]}
        return Turn(PLAYS_FOR[seat], frozenset(following or hand), tuple(self.log))

    def _seat(self) -> int:
        return (self.leader + len(self.trick)) % 4

    def _deals(self) -> list[str]:
        """Return all ways to deal, every hand in the order of the deck, suit after suit."""
        deck = [f"{n + 2}{suit}" for suit in "SHDC" for n in range(self.ranks)]
        rest = [card for card in deck if card not in self.dummy]
        return [
            "|".join(" ".join(hand) for hand in (declarer, left, right))
            for declarer in combinations(rest, self.ranks)
            for left in combinations([card for card in rest if card not in declarer], self.ranks)
            for right in [[card for card in rest if card not in declarer + left]]
        ]

    def play(self, label: str) -> None:
        """Deal, or put a card on the table."""
        self.log.append(label)
        if not self.hands:
            hands = [set(hand.split()) for hand in label.split("|")]
            self.hands = dict(zip((DECLARER, LEFT, RIGHT), hands, strict=True))
            self.hands[DUMMY] = set(self.dummy)
            return
        self._put(label)

    def _put(self, card: str) -> None:
        self.hands[self._seat()].remove(card)
        self.trick.append((self._seat(), card))
        if len(self.trick) == 4:
            led = self.trick[0][1][-1]
            strength = {c: (c[-1] == "S", c[-1] == led, int(c[:-1])) for _, c in self.trick}
            self.leader = max(self.trick, key=lambda played: strength[played[1]])[0]
            self.wins.append(self.leader)
            self.trick = []

    def payoffs(self) -> list[Number]:
        """Play the last trick, and count."""
        for _ in range(4):
            (card,) = self.hands[self._seat()]
            self._put(card)
        ours = sum(PLAYS_FOR[seat] == 1 for seat in self.wins)
        theirs = Fraction(self.ranks - ours, 2)
        return [ours, theirs, theirs]
