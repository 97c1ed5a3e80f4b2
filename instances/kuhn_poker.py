"""Kuhn's poker with any number of players and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.cards import Deals, deals, rank_names
from efmodels.instances.parameters import integer, titled
from efmodels.level_rules import Seen

if TYPE_CHECKING:
    from efmodels.game import Bools, Ints

_ANTE = 1
_BET = 1
_BETS, _FOLD = 1, 2  # positions in the actions


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
    players = integer("players", players, minimum=2)
    ranks = integer("ranks", ranks, minimum=1)
    if ranks < players:
        raise GameError(
            f"{players} players need at least {players} ranks, since there is one card of each; "
            f"got {ranks} ranks"
        )
    title = titled("Kuhn poker", players=players, ranks=ranks)
    return Game.from_level_rules(_KuhnRules(players, ranks), title=title)


class _Hands(NamedTuple):
    """The ranks dealt (-1 before), how many acted, who bet (-1 nobody), who did not fold."""

    cards: Ints
    acted: Ints
    bettor: Ints
    stays: Bools


@dataclass(frozen=True)
class _KuhnRules:
    seats: int
    ranks: int
    actions = ("check", "bet", "fold", "call")

    @cached_property
    def players(self) -> tuple[str, ...]:
        return tuple(f"P{seat}" for seat in range(1, self.seats + 1))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return rank_names(self.ranks)

    @cached_property
    def deals(self) -> Deals:
        return deals(self.seats, self.ranks, suits=1)

    @cached_property
    def events(self) -> tuple[str, ...]:
        return tuple(" ".join(self.names[card] for card in deal) for deal in self.deals.ranks)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """First the ranks, then a letter for each action."""
        return (*self.names, "k", "b", "f", "c")

    def initial(self) -> _Hands:
        nobody = np.full((1, self.seats), -1, dtype=np.int16)
        return _Hands(nobody, nobody[:, 0] + 1, nobody[:, 0], nobody < 0)

    def movers(self, hands: _Hands) -> Ints:
        # Everybody acts once up to the bet, and the others once after it.
        turns = np.where(hands.bettor < 0, self.seats, hands.bettor + self.seats)
        mover = np.where(hands.acted == turns, TERMINAL, hands.acted % self.seats + 1)
        return np.where(hands.cards[:, 0] < 0, CHANCE, mover)

    def weights(self, hands: _Hands) -> Ints:
        return np.tile(self.deals.ways, (len(hands.cards), 1))

    def after_event(self, hands: _Hands, event: Ints) -> tuple[_Hands, Seen]:
        cards = self.deals.ranks[event]
        return hands._replace(cards=cards), Seen(private=cards)

    def legal(self, hands: _Hands) -> Bools:
        faced = (hands.bettor >= 0)[:, None]
        return np.where(faced, [False, False, True, True], [True, True, False, False])

    def after_action(self, hands: _Hands, action: Ints) -> tuple[_Hands, Seen]:
        seat = hands.acted % self.seats
        folds = (seat[:, None] == np.arange(self.seats)) & (action == _FOLD)[:, None]
        after = hands._replace(
            acted=hands.acted + 1,
            bettor=np.where(action == _BETS, seat, hands.bettor),
            stays=hands.stays & ~folds,
        )
        return after, Seen(public=len(self.names) + action)

    def results(self, hands: _Hands) -> Ints:
        """Return who wins, whether there was a bet, and who did not fold."""
        winner = np.where(hands.stays, hands.cards, -1).argmax(axis=1)
        return np.column_stack([winner, hands.bettor >= 0, hands.stays])

    def payoffs(self, result: tuple[int, ...]) -> tuple[int, ...]:
        winner, bet, *stays = result
        paid = [_ANTE + (_BET if bet and stayed else 0) for stayed in stays]
        return tuple(sum(paid) * (seat == winner) - paid[seat] for seat in range(self.seats))
