"""Leduc hold'em with any number of players, ranks, suits and raises."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.cards import deals, rank_names
from efmodels.instances.parameters import require_at_least

_ANTE = 1
_BET_SIZES = (2, 4)
_LETTERS = {"check": "k", "bet": "b", "fold": "f", "call": "c", "raise": "r"}


def leduc(players: int = 2, ranks: int = 3, suits: int = 2, raises: int = 2) -> Game:
    r"""Return Leduc hold'em: a private card, a public card, and a betting round after each.

    The deck has ``suits`` cards of each rank. Everybody pays an ante of 1 and is dealt one card,
    which only she sees. After a first betting round one card is laid open on the board, and after
    a second one those who did not fold show their cards: a card of the board's rank (a pair) beats
    all others, otherwise the higher rank wins, and equal ranks split the pot. Who is left alone
    wins the pot at once. The payoff is what is won less what was paid (zero-sum).

    In both betting rounds the players act in their order, the first player first. Each *checks*
    or *bets*; facing a bet she *folds*, *calls* (pays up to the highest contribution) or
    *raises*. A bet and a raise pay 2 more than the highest contribution in the first round, 4 in
    the second, and there are at most ``raises`` of the two together per round. A round ends when
    all who did not fold have acted since the last raise.

    Chance deals all private cards at the root and the board later, with suits merged. A player
    observes her own rank, the board and everybody's actions; the infoset ``K:kbc/Q:k`` is a king
    after check, bet, call, a queen on the board, and a check (``f`` fold, ``r`` raise).

    Parameters
    ----------
    players
        :math:`p \ge 2`.
    ranks, suits
        At least 1 each, with more cards (``ranks * suits``) than players.
    raises
        Bets and raises per round, at least 1.

    Returns
    -------
    Game
        By default 1936 nodes; payoffs lie between -m and m (p - 1) with ``m = 1 + 6 raises``.

    Raises
    ------
    GameError
        A parameter is too small, or there are too few cards.

    Notes
    -----
    The default is that of Southey et al., "Bayes' bluff" (2005), with value -0.0856 to the first
    player; the literature on correlation calls the game of p players ``Lpbrs`` (b raises).

    Examples
    --------
    >>> from efmodels.instances import leduc
    >>> game = leduc()
    >>> game.title, game.nodes
    ("Leduc hold'em (players=2, ranks=3, suits=2, raises=2)", 1936)
    """
    require_at_least(2, players=players)
    require_at_least(1, ranks=ranks, suits=suits, raises=raises)
    if ranks * suits <= players:
        raise GameError(
            f"{players} players and the board need more than {players} cards; "
            f"{ranks} ranks in {suits} suits are {ranks * suits}"
        )
    parameters = f"players={players}, ranks={ranks}, suits={suits}, raises={raises}"
    rules = _LeducRules(players, ranks, suits, raises)
    return Game.from_rules(rules, title=f"Leduc hold'em ({parameters})")


class _Hand(NamedTuple):
    """What was dealt, what everybody paid, and who is still to act in this round, in order."""

    cards: tuple[int, ...]
    paid: tuple[int, ...]
    active: tuple[int, ...]
    waiting: tuple[int, ...]
    raised: int = 0
    board: int | None = None
    history: str = ""


@dataclass(frozen=True)
class _LeducRules:
    seats: int
    ranks: int
    suits: int
    raises: int

    @cached_property
    def players(self) -> tuple[str, ...]:
        return tuple(f"P{seat}" for seat in range(1, self.seats + 1))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return rank_names(self.ranks)

    @cached_property
    def deals(self) -> dict[str, tuple[tuple[int, ...], Fraction]]:
        """The label of each deal, with its cards and its probability."""
        every = deals(self.seats, self.ranks, self.suits)
        return {" ".join(self.names[c] for c in cards): (cards, p) for cards, p in every.items()}

    def initial(self) -> _Hand:
        seats = tuple(range(self.seats))
        return _Hand(cards=(), paid=(_ANTE,) * self.seats, active=seats, waiting=seats)

    def mover(self, hand: _Hand) -> int:
        if not hand.cards:
            return CHANCE
        if len(hand.active) == 1:
            return TERMINAL
        if hand.waiting:
            return hand.waiting[0] + 1
        return CHANCE if hand.board is None else TERMINAL

    def chances(self, hand: _Hand) -> list[tuple[str, Fraction]]:
        if not hand.cards:
            return [(label, probability) for label, (_, probability) in self.deals.items()]
        left = [self.suits - hand.cards.count(rank) for rank in range(self.ranks)]
        cards = zip(self.names, left, strict=True)
        return [(name, Fraction(number, sum(left))) for name, number in cards if number]

    def actions(self, hand: _Hand) -> tuple[str, ...]:
        may_raise = hand.raised < self.raises
        if max(hand.paid) > hand.paid[hand.waiting[0]]:
            return ("fold", "call", "raise") if may_raise else ("fold", "call")
        return ("check", "bet") if may_raise else ("check",)

    def after(self, hand: _Hand, action: str) -> _Hand:
        if not hand.cards:
            return hand._replace(cards=self.deals[action][0])
        if not hand.waiting:
            return hand._replace(
                board=self.names.index(action),
                waiting=hand.active,
                raised=0,
                history=f"{hand.history}/{action}:",
            )
        return self._after_bet(hand, action)

    def _after_bet(self, hand: _Hand, action: str) -> _Hand:
        seat, *others = hand.waiting
        active, paid, raised = hand.active, list(hand.paid), hand.raised
        if action == "fold":
            active = tuple(other for other in active if other != seat)
        elif action == "call":
            paid[seat] = max(paid)
        elif action != "check":
            paid[seat] = max(paid) + _BET_SIZES[hand.board is not None]
            raised += 1
            # Everybody else who is in has to answer, beginning with the next seat.
            after = [other for other in active if other > seat]
            others = after + [other for other in active if other < seat]
        return hand._replace(
            paid=tuple(paid),
            active=active,
            waiting=tuple(others),
            raised=raised,
            history=hand.history + _LETTERS[action],
        )

    def observation(self, hand: _Hand) -> str:
        card = self.names[hand.cards[hand.waiting[0]]]
        return f"{card}:{hand.history}" if hand.history else card

    def payoffs(self, hand: _Hand) -> tuple[Fraction, ...]:
        def strength(seat: int) -> tuple[bool, int]:
            return hand.cards[seat] == hand.board, hand.cards[seat]

        best = max(map(strength, hand.active))
        winners = [seat for seat in hand.active if strength(seat) == best]
        share = Fraction(sum(hand.paid), len(winners))
        return tuple((seat in winners) * share - hand.paid[seat] for seat in range(self.seats))
