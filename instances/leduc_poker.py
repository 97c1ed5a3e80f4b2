"""Leduc hold'em with any number of players, ranks, suits and raises."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
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
_BET_SIZES = (2, 4)
_FOLD, _RAISE, _BET = 0, 2, 4  # positions in the actions


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
    players = integer("players", players, minimum=2)
    ranks = integer("ranks", ranks, minimum=1)
    suits = integer("suits", suits, minimum=1)
    raises = integer("raises", raises, minimum=1)
    if ranks * suits <= players:
        raise GameError(
            f"{players} players and the board need more than {players} cards; "
            f"{ranks} ranks in {suits} suits are {ranks * suits}"
        )
    rules = _LeducRules(players, rank_names(ranks), suits, raises)
    title = titled("Leduc hold'em", players=players, ranks=ranks, suits=suits, raises=raises)
    return Game.from_level_rules(rules, title=title)


def kj_poker(raises: int = 2) -> Game:
    r"""Return KJ poker: Leduc hold'em of two players with two kings and two jacks.

    Each is dealt one of the four cards, which only she sees; one card is laid open between the two
    betting rounds. A king beats a jack unless the jack is paired with the board; everything else is
    as in :func:`leduc`. The infoset ``J:kk/K:b`` is a jack after two checks, a king on the board
    and a bet.

    Parameters
    ----------
    raises
        Bets and raises per round, at least 1.

    Returns
    -------
    Game
        By default 511 nodes; payoffs lie between -13 and 13 (``1 + 6 raises`` in general).

    Raises
    ------
    GameError
        ``raises`` is too small.

    Notes
    -----
    In the manner of the small games on which players of limited lookahead are studied. Bet sizes
    and the number of raises are those of :func:`leduc`, not taken from a paper.

    Examples
    --------
    >>> from efmodels.instances import kj_poker
    >>> game = kj_poker()
    >>> game.title, game.nodes
    ('KJ poker (raises=2)', 511)
    >>> [game.infoset_names[j] for j in game.infosets_of(1)][:3]
    ['J', 'J:kk/K:', 'J:kk/K:kb']
    """
    raises = integer("raises", raises, minimum=1)
    rules = _LeducRules(2, ("J", "K"), 2, raises)
    return Game.from_level_rules(rules, title=titled("KJ poker", raises=raises))


class _Hands(NamedTuple):
    """What was dealt (-1 before), what everybody paid, who is in, and who has yet to act.

    ``seat`` acted last: the next of those who have yet to act is the mover.
    """

    cards: Ints
    board: Ints
    paid: Ints
    stays: Bools
    waits: Bools
    seat: Ints
    raised: Ints


@dataclass(frozen=True)
class _LeducRules:
    seats: int
    names: tuple[str, ...]
    suits: int
    raises: int
    actions = ("fold", "call", "raise", "check", "bet")

    @cached_property
    def players(self) -> tuple[str, ...]:
        return tuple(f"P{seat}" for seat in range(1, self.seats + 1))

    @property
    def ranks(self) -> int:
        return len(self.names)

    @cached_property
    def deals(self) -> Deals:
        return deals(self.seats, self.ranks, self.suits)

    @cached_property
    def events(self) -> tuple[str, ...]:
        """The deals, and the cards of the board."""
        dealt = (" ".join(self.names[card] for card in deal) for deal in self.deals.ranks)
        return (*dealt, *self.names)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The private ranks, a letter for each action, and the ranks on the board."""
        return (*self.names, "f", "c", "r", "k", "b", *(f"/{name}:" for name in self.names))

    def initial(self) -> _Hands:
        nobody = np.full((1, self.seats), -1, dtype=np.int16)
        everybody = nobody < 0
        paid, last = np.full_like(nobody, _ANTE), np.full_like(nobody[:, 0], self.seats - 1)
        return _Hands(nobody, nobody[:, 0], paid, everybody, everybody, last, last * 0)

    def movers(self, hands: _Hands) -> Ints:
        alone = hands.stays.sum(axis=1) == 1
        acted = ~hands.waits.any(axis=1)
        mover = np.where(acted, np.where(hands.board < 0, CHANCE, TERMINAL), self._next(hands) + 1)
        return np.where(hands.cards[:, 0] < 0, CHANCE, np.where(alone, TERMINAL, mover))

    def _next(self, hands: _Hands) -> Ints:
        """Return the first seat after the last one that has yet to act."""
        following = (hands.seat[:, None] + 1 + np.arange(self.seats)) % self.seats
        waits = np.take_along_axis(hands.waits, following, axis=1)
        seat: Ints = (hands.seat + 1 + waits.argmax(axis=1)) % self.seats
        return seat

    def weights(self, hands: _Hands) -> Ints:
        undealt = hands.cards[:, :1] < 0
        drawn = (hands.cards[:, :, None] == np.arange(self.ranks)).sum(axis=1)
        return np.hstack([self.deals.ways * undealt, (self.suits - drawn) * ~undealt])

    def after_event(self, hands: _Hands, event: Ints) -> tuple[_Hands, Seen]:
        """Deal at the root; later lay a card on the board and begin the second round."""
        if hands.cards[0, 0] < 0:
            cards = self.deals.ranks[event]
            return hands._replace(cards=cards), Seen(private=cards)
        board = event - len(self.deals.ways)
        after = hands._replace(
            board=board.astype(np.int16),
            waits=hands.stays,
            seat=np.full_like(hands.seat, self.seats - 1),
            raised=np.zeros_like(hands.raised),
        )
        return after, Seen(public=board + self.ranks + len(self.actions))

    def legal(self, hands: _Hands) -> Bools:
        own = np.take_along_axis(hands.paid, self._next(hands)[:, None], axis=1)[:, 0]
        faces = hands.paid.max(axis=1) > own
        may_raise = hands.raised < self.raises
        return np.column_stack([faces, faces, faces & may_raise, ~faces, ~faces & may_raise])

    def after_action(self, hands: _Hands, action: Ints) -> tuple[_Hands, Seen]:
        seat = self._next(hands)
        mine = seat[:, None] == np.arange(self.seats)
        raises = (action == _RAISE) | (action == _BET)
        folds = (action == _FOLD)[:, None]
        size = np.where(hands.board < 0, *_BET_SIZES) * raises
        up_to = (hands.paid.max(axis=1) + size)[:, None]
        stays = hands.stays & ~(mine & folds)
        after = hands._replace(
            paid=np.where(mine & ~folds, up_to, hands.paid).astype(np.int16),
            stays=stays,
            # After a raise everybody else who is in has to answer.
            waits=np.where(raises[:, None], stays, hands.waits) & ~mine,
            seat=seat.astype(np.int16),
            raised=hands.raised + raises,
        )
        return after, Seen(public=action + self.ranks)

    def results(self, hands: _Hands) -> Ints:
        """Return what everybody paid, and who wins."""
        pair = hands.cards == hands.board[:, None]
        strength = np.where(hands.stays, hands.cards + self.ranks * pair, -1)
        return np.hstack([hands.paid, strength == strength.max(axis=1, keepdims=True)])

    def payoffs(self, result: tuple[int, ...]) -> tuple[Fraction, ...]:
        paid, wins = result[: self.seats], result[self.seats :]
        share = Fraction(sum(paid), sum(wins))
        return tuple(won * share - cost for won, cost in zip(wins, paid, strict=True))
