"""Kuhn's poker with any number of players and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.cards import deals, rank_names
from efmodels.instances.parameters import require_at_least

if TYPE_CHECKING:
    from fractions import Fraction

_ANTE = 1
_BET = 1
_LETTERS = {"check": "k", "bet": "b", "fold": "f", "call": "c"}


def kuhn(players: int = 2, ranks: int = 3) -> Game:
    r"""Return Kuhn poker: one card each, one bet, no raise.

    The deck has one card of each rank. Everybody pays an ante of 1 and is dealt one card, which
    only she sees. The players act in turn: *check* or *bet* 1; once somebody has bet, each of the
    others in turn *folds* or *calls* (pays 1 as well), and nobody raises. The highest card among
    those who did not fold wins the pot; the payoff is what is won less what was paid, so that the
    game is zero-sum.

    Chance deals all cards in one root node. A player observes her own card and everybody's
    actions; the infoset ``K:kb`` is a king after a check and a bet (``k`` check, ``b`` bet, ``f``
    fold, ``c`` call).

    Parameters
    ----------
    players
        :math:`p \ge 2`.
    ranks
        :math:`k \ge p`, the size of the deck.

    Returns
    -------
    Game
        With :math:`1 + k (k - 1) \cdots (k - p + 1) \, (p + 1 + p (2^p - 1))` nodes; each player
        has :math:`k 2^{p - 1}` infosets of two actions. Payoffs lie between -2 and
        :math:`2 (p - 1)`.

    Raises
    ------
    GameError
        There are fewer than two players, or fewer ranks than players.

    Notes
    -----
    The two-player game with three ranks is that of Kuhn, "A simplified two-person poker" (1950);
    its value to the first player is -1/18. With three players it is the game called ``K3k`` in the
    literature on correlation and team play.

    Examples
    --------
    >>> from efmodels.instances import kuhn
    >>> game = kuhn()
    >>> game.title, game.nodes, len(game.terminals)
    ('Kuhn poker (players=2, ranks=3)', 55, 30)
    >>> [game.infoset_names[j] for j in game.infosets_of(1)]
    ['J', 'J:kb', 'Q', 'Q:kb', 'K', 'K:kb']
    """
    require_at_least(2, players=players)
    require_at_least(1, ranks=ranks)
    if ranks < players:
        raise GameError(
            f"{players} players need at least {players} ranks, since there is one card of each; "
            f"got {ranks} ranks"
        )
    title = f"Kuhn poker (players={players}, ranks={ranks})"
    return Game.from_rules(_KuhnRules(players, ranks), title=title)


class _Hand(NamedTuple):
    """The ranks that were dealt (none before the deal) and a letter for each action since."""

    cards: tuple[int, ...] = ()
    history: str = ""


@dataclass(frozen=True)
class _KuhnRules:
    seats: int
    ranks: int

    @cached_property
    def players(self) -> tuple[str, ...]:
        return tuple(f"P{seat}" for seat in range(1, self.seats + 1))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return rank_names(self.ranks)

    @cached_property
    def deals(self) -> dict[str, tuple[tuple[int, ...], Fraction]]:
        """The label of each deal, with its cards and its probability."""
        every = deals(self.seats, self.ranks, suits=1)
        return {" ".join(self.names[c] for c in cards): (cards, p) for cards, p in every.items()}

    def initial(self) -> _Hand:
        return _Hand()

    def mover(self, hand: _Hand) -> int:
        if not hand.cards:
            return CHANCE
        # Everybody acts once up to the bet, and the others once after it.
        bet = hand.history.find("b")
        turns = self.seats if bet < 0 else bet + self.seats
        if len(hand.history) == turns:
            return TERMINAL
        return len(hand.history) % self.seats + 1

    def chances(self, hand: _Hand) -> list[tuple[str, Fraction]]:  # noqa: ARG002 - only the root
        return [(label, probability) for label, (_, probability) in self.deals.items()]

    def actions(self, hand: _Hand) -> tuple[str, str]:
        return ("fold", "call") if "b" in hand.history else ("check", "bet")

    def after(self, hand: _Hand, action: str) -> _Hand:
        if not hand.cards:
            return _Hand(self.deals[action][0])
        return _Hand(hand.cards, hand.history + _LETTERS[action])

    def observation(self, hand: _Hand) -> str:
        card = self.names[hand.cards[self.mover(hand) - 1]]
        return f"{card}:{hand.history}" if hand.history else card

    def payoffs(self, hand: _Hand) -> tuple[int, ...]:
        bet = hand.history.find("b")
        # Seat s answers the bet at position s, or a round later if she sits before the bettor.
        stayed = [
            bet < 0 or hand.history[seat if seat >= bet else seat + self.seats] in "bc"
            for seat in range(self.seats)
        ]
        paid = [_ANTE + (_BET if bet >= 0 and stays else 0) for stays in stayed]
        winner = max((s for s in range(self.seats) if stayed[s]), key=hand.cards.__getitem__)
        return tuple(sum(paid) * (s == winner) - paid[s] for s in range(self.seats))
