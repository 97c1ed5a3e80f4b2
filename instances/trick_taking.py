"""The endgame of a trick-taking card game, with all hands open."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.parameters import integer, members, titled
from efmodels.level_rules import Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Bools, Ints

_SUITS = "SHDC"  # the first one is trumps
_SEATS = 4
_DUMMY = 2
_MOVER_OF_SEAT = np.array([1, 2, 1, 3])
"""The declarer plays her own cards and dummy's, the defenders sit left and right of her."""


def tricks(ranks: int = 2, dummy: Sequence[str] = ()) -> Game:
    r"""Return a trick-taking endgame: a declarer and her dummy against two defenders.

    The deck has cards of four suits with ranks 2, 3, ...; spades are trumps. Four seats get
    ``ranks`` cards each: dummy's hand is given, chance deals the others, and all hands are open.
    The left defender leads to the first trick; then all play in turn, left defender, dummy, right
    defender, declarer. One must play a card of the suit that was led if one has any. The highest
    spade takes the trick, or the highest card of the suit led; its seat leads next. The
    declarer plays dummy's cards as well. In the last trick nobody has a choice: it is counted
    without being played. The declarer gets one point for each trick of hers and dummy's; for every
    other trick the two defenders get half a point each.

    Everybody observes everything: each decision node is an infoset of its own. A deal is called by
    the hands of declarer, left and right defender, such as ``3S 3H|2D 3D|2C 3C``.

    Parameters
    ----------
    ranks
        How many ranks there are, and cards in a hand: 1, 2 or 3.
    dummy
        Dummy's cards, such as ``("2H", "2S", "3H")``, which is the default for three ranks:
        2, 3, ... of hearts and of spades in turn.

    Returns
    -------
    Game
        With two ranks 1891 nodes; with three 1,062,741.

    Raises
    ------
    GameError
        There are no ranks or too many, or dummy's hand has the wrong cards.

    Notes
    -----
    The literature on correlation and team games has an instance ``TP3`` with three ranks, reported
    with 910,737 nodes. Its exact rules are not known here, and the ones above do not give that
    number; with the last trick played out there would be 2,848,341 nodes.

    Examples
    --------
    >>> from efmodels.instances import tricks
    >>> game = tricks()
    >>> game.title, game.players
    ('Tricks (ranks=2, dummy=(2H, 2S))', ('Declarer', 'Left', 'Right'))
    """
    ranks = integer("ranks", ranks, minimum=1, maximum=_MOST_RANKS)
    hand = members("dummy", dummy) or _default_dummy(ranks)
    deck = [f"{rank}{suit}" for suit in _SUITS for rank in range(2, ranks + 2)]
    if len(hand) != ranks or len({*map(str, hand)} & {*deck}) != ranks:
        raise GameError(
            f"dummy must have {ranks} different cards out of {', '.join(deck)}; got {list(hand)}"
        )
    rules = _TrickRules(ranks, tuple(deck), tuple(deck.index(card) for card in hand))
    return Game.from_level_rules(rules, title=titled("Tricks", ranks=ranks, dummy=hand))


_MOST_RANKS = 3
"""With four, some 500 million terminals would not fit into memory."""


def _default_dummy(ranks: int) -> tuple[str, ...]:
    """Return 2, 3, ... of hearts and of spades in turn, from the lowest."""
    return tuple(f"{2 + k // 2}{'HS'[k % 2]}" for k in range(ranks))


class _Tricks(NamedTuple):
    """Who holds each card (-1: played; at the root all but dummy's are with nobody), and the trick.

    ``played`` is how many cards the trick has, ``best`` the card that takes it so far; ``led`` is
    its suit, ``leader`` the seat that led, ``won`` how many tricks declarer and dummy have.
    """

    holder: Ints
    cards: Ints
    played: Ints
    leader: Ints
    led: Ints
    best: Ints
    winner: Ints
    won: Ints


@dataclass(frozen=True)
class _TrickRules:
    ranks: int
    deck: tuple[str, ...]
    dummy: tuple[int, ...]
    players = ("Declarer", "Left", "Right")

    @property
    def actions(self) -> tuple[str, ...]:
        return self.deck

    @cached_property
    def deals(self) -> Ints:
        """Who holds each card after every deal; shape ``(deals, cards)``."""
        others = [card for card in range(len(self.deck)) if card not in self.dummy]
        holders = []
        for own in combinations(others, self.ranks):
            rest = [card for card in others if card not in own]
            for left in combinations(rest, self.ranks):
                holder = np.full(len(self.deck), 3, dtype=np.int8)
                holder[list(self.dummy)], holder[list(own)], holder[list(left)] = _DUMMY, 0, 1
                holders.append(holder)
        return np.array(holders)

    @cached_property
    def events(self) -> tuple[str, ...]:
        """The hands of declarer, left and right defender."""
        return tuple(
            "|".join(" ".join(self.deck[c] for c in np.flatnonzero(deal == s)) for s in (0, 1, 3))
            for deal in self.deals
        )

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The deals, and the cards as they are played."""
        return (*self.events, *(f" {card}" for card in self.deck))

    def initial(self) -> _Tricks:
        zero = np.zeros(1, dtype=np.int8)
        nobody = np.full((1, len(self.deck)), -1, dtype=np.int8)
        return _Tricks(nobody, zero, zero, zero + 1, zero, zero, zero, zero)

    def movers(self, tricks: _Tricks) -> Ints:
        undealt = (tricks.holder < 0).all(axis=1)
        last = tricks.cards == _SEATS * (self.ranks - 1)
        seat = (tricks.leader + tricks.played) % _SEATS
        mover = np.where(last & ~undealt, TERMINAL, _MOVER_OF_SEAT[seat])
        return np.where(undealt & (tricks.cards == 0), CHANCE, mover)

    def weights(self, tricks: _Tricks) -> Ints:
        return np.ones((len(tricks.cards), len(self.deals)), dtype=np.int64)

    def after_event(self, tricks: _Tricks, event: Ints) -> tuple[_Tricks, Seen]:
        return tricks._replace(holder=self.deals[event]), Seen(public=event)

    def legal(self, tricks: _Tricks) -> Bools:
        """Allow cards of the suit led, or any card to who leads or has none of it."""
        seat = (tricks.leader + tricks.played) % _SEATS
        held = tricks.holder == seat[:, None]
        follows = held & (np.arange(len(self.deck)) // self.ranks == tricks.led[:, None])
        free = (tricks.played == 0) | ~follows.any(axis=1)
        allowed: Bools = np.where(free[:, None], held, follows)
        return allowed

    def after_action(self, tricks: _Tricks, action: Ints) -> tuple[_Tricks, Seen]:
        after = self._played(tricks, action)
        full = after.played == _SEATS
        after = after._replace(
            leader=np.where(full, after.winner, after.leader),
            played=np.where(full, 0, after.played),
            won=after.won + (full & (after.winner % 2 == 0)),
        )
        return after, Seen(public=len(self.deals) + action)

    def _played(self, tricks: _Tricks, card: Ints) -> _Tricks:
        """Put one card on the table."""
        suit = card // self.ranks
        seat = (tricks.leader + tricks.played) % _SEATS
        leads = tricks.played == 0
        best_suit = tricks.best // self.ranks
        beats = leads | np.where(suit == best_suit, card > tricks.best, suit == 0)
        holder = tricks.holder.copy()
        holder[np.arange(len(card)), card] = -1
        return tricks._replace(
            holder=holder,
            cards=tricks.cards + 1,
            played=tricks.played + 1,
            led=np.where(leads, suit, tricks.led),
            best=np.where(beats, card, tricks.best),
            winner=np.where(beats, seat, tricks.winner),
        )

    def results(self, tricks: _Tricks) -> Ints:
        """Return how many tricks declarer and dummy have, after the last one was laid open."""
        for _ in range(_SEATS):
            seat = (tricks.leader + tricks.played) % _SEATS
            tricks = self._played(tricks, (tricks.holder == seat[:, None]).argmax(axis=1))
        won: Ints = tricks.won + (tricks.winner % 2 == 0)
        return won[:, None]

    def payoffs(self, result: tuple[int, ...]) -> tuple[Fraction, ...]:
        lost = Fraction(self.ranks - result[0], 2)
        return (Fraction(result[0]), lost, lost)
