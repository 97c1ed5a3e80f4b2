"""Goofspiel: bidding cards for prizes, with any number of players."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import compress, product
from math import lcm
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.parameters import integer, one_of, titled
from efmodels.level_rules import Seen

if TYPE_CHECKING:
    from efmodels.game import Bools, Ints


def goofspiel(
    players: int = 2,
    cards: int = 3,
    *,
    observed: Literal["winners", "bids"] = "winners",
    ties: Literal["split", "discard"] = "split",
    prizes: Literal["random", "ascending", "descending"] = "random",
) -> Game:
    r"""Return Goofspiel: everybody bids cards, one per round, for prizes that appear in turn.

    Each player holds cards 1 to k, and there are prizes worth 1 to k. In each round a prize is
    shown; all players at once choose one of the cards that they have left, and the highest card
    takes the prize. The cards played are gone. The payoff is the sum of the prizes.

    In the tree the players choose one after the other without seeing the others' choices; the last
    round, in which everybody has one card and one prize is left, is played out. A player observes
    the prizes, her own cards, and after each round either who had the highest card or all cards.
    The infoset ``3,1:2>P1 3>P2P3 1`` is that of a player who played 3, then 1: the first player won
    the prize of 2, the others tied for that of 3, and now the prize is 1. Where all cards are
    seen, the same place may read ``2>3,1,1 3>1,2,2 1``. Prizes in a fixed order are not written:
    ``3,1:>P1>P2P3``.

    Parameters
    ----------
    players
        At least 2.
    cards
        :math:`k \ge 1`, per player, and the number of prizes.
    observed
        What is told after a round: ``"winners"``, who had the highest card (limited information);
        ``"bids"``, all cards (full information).
    ties
        Of those with equal highest cards: ``"split"`` shares the prize among them, so that the
        payoffs add up to k (k + 1) / 2; ``"discard"`` gives it to nobody.
    prizes
        ``"random"``: chance shows one of the prizes that are left, all equally likely;
        ``"ascending"``, ``"descending"``: in a fixed order, without chance.

    Returns
    -------
    Game
        With three players and cards 7735 nodes, with two players 1066.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Notes
    -----
    The literature on correlation calls the game with three players, limited information and k
    cards ``GLk``.

    Examples
    --------
    >>> from efmodels.instances import goofspiel
    >>> game = goofspiel()
    >>> game.title, game.nodes
    ('Goofspiel (players=2, cards=3, observed=winners, ties=split, prizes=random)', 1066)
    >>> [game.infoset_names[j] for j in game.infosets_of(2)][:4]
    ['1', '1:1>P1P2 2', '1,2:1>P1P2 2>P1P2 3', '1,3:1>P1P2 2>P2 3']
    """
    players = integer("players", players, minimum=2)
    cards = integer("cards", cards, minimum=1)
    observed = one_of("observed", observed, ("winners", "bids"))
    ties = one_of("ties", ties, ("split", "discard"))
    prizes = one_of("prizes", prizes, ("random", "ascending", "descending"))
    title = titled(
        "Goofspiel", players=players, cards=cards, observed=observed, ties=ties, prizes=prizes
    )
    rules = _GoofspielRules(players, cards, observed, ties, prizes)
    return Game.from_level_rules(rules, title=title)


class _Rounds(NamedTuple):
    """Which prizes and cards are left, the prize of this round (-1: none), and the bids in it.

    ``bids`` has a column per player, -1 where she has not chosen yet; ``won`` counts in shares.
    """

    prizes: Bools
    hands: Bools
    prize: Ints
    bids: Ints
    won: Ints


@dataclass(frozen=True)
class _GoofspielRules:
    seats: int
    cards: int
    observed: str
    ties: str
    prizes: str

    @cached_property
    def players(self) -> tuple[str, ...]:
        return tuple(f"P{seat}" for seat in range(1, self.seats + 1))

    @cached_property
    def actions(self) -> tuple[str, ...]:
        return tuple(str(card) for card in range(1, self.cards + 1))

    @property
    def events(self) -> tuple[str, ...]:
        return self.actions

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The prizes and own cards, as the first one and as later ones; then the endings."""
        later_prizes = (f" {prize}" for prize in self.actions)
        later_cards = (f",{card}" for card in self.actions)
        return (*self.actions, *later_prizes, *self.actions, *later_cards, *self.endings)

    @cached_property
    def endings(self) -> tuple[str, ...]:
        """What is told at the end of a round: by its cards, or by the winners' bit mask."""
        if self.observed == "bids":
            return tuple(f">{','.join(bids)}" for bids in product(self.actions, repeat=self.seats))
        masks = product([False, True], repeat=self.seats)
        return tuple(f">{''.join(compress(self.players, mask))}" for mask in masks)

    @cached_property
    def shares(self) -> int:
        """Into how many shares a point is cut, so that those who tie get whole ones."""
        return lcm(*range(1, self.seats + 1))

    def initial(self) -> _Rounds:
        left = np.ones((1, self.seats, self.cards), dtype=bool)
        nobody = np.full((1, self.seats), -1, dtype=np.int16)
        return self._with_prize(_Rounds(left[:, 0], left, nobody[:, 0], nobody, nobody * 0))

    def _with_prize(self, rounds: _Rounds) -> _Rounds:
        """Show the next prize where the order is fixed."""
        if self.prizes == "random" or not rounds.prizes[0].any():
            return rounds
        left = np.flatnonzero(rounds.prizes[0])
        prize = left[0] if self.prizes == "ascending" else left[-1]
        return self._shown(rounds, np.full(len(rounds.prize), prize))

    def _shown(self, rounds: _Rounds, prize: Ints) -> _Rounds:
        others = prize[:, None] != np.arange(self.cards)
        return rounds._replace(prize=prize, prizes=rounds.prizes & others)

    def movers(self, rounds: _Rounds) -> Ints:
        between = np.where(rounds.prizes.any(axis=1), CHANCE, TERMINAL)
        return np.where(rounds.prize < 0, between, (rounds.bids < 0).argmax(axis=1) + 1)

    def weights(self, rounds: _Rounds) -> Ints:
        return rounds.prizes.astype(np.int64)

    def after_event(self, rounds: _Rounds, event: Ints) -> tuple[_Rounds, Seen]:
        first = rounds.prizes[0].all()
        return self._shown(rounds, event), Seen(public=event + (0 if first else self.cards))

    def legal(self, rounds: _Rounds) -> Bools:
        return rounds.hands[:, int((rounds.bids[0] < 0).argmax())]

    def after_action(self, rounds: _Rounds, action: Ints) -> tuple[_Rounds, Seen]:
        seat = int((rounds.bids[0] < 0).argmax())
        bids, hands = rounds.bids.copy(), rounds.hands.copy()
        bids[:, seat] = action
        hands[np.arange(len(action)), seat, action] = False
        after = rounds._replace(bids=bids, hands=hands)
        own = None
        if self.observed == "winners":
            first = rounds.hands[0, seat].all()
            own = np.full(bids.shape, -1, dtype=np.int64)
            own[:, seat] = action + (2 if first else 3) * self.cards
        if seat < self.seats - 1:
            return after, Seen(private=own)
        return self._ended(after), Seen(self._ending(bids), own)

    def _ended(self, rounds: _Rounds) -> _Rounds:
        """Give the prize to the highest card."""
        wins = rounds.bids == rounds.bids.max(axis=1, keepdims=True)
        number = wins.sum(axis=1, keepdims=True)
        share = np.where((self.ties == "split") | (number == 1), self.shares // number, 0)
        after = rounds._replace(
            prize=np.full_like(rounds.prize, -1),
            bids=np.full_like(rounds.bids, -1),
            won=rounds.won + wins * share * (rounds.prize[:, None] + 1),
        )
        return self._with_prize(after)

    def _ending(self, bids: Ints) -> Ints:
        """Return the word for the end of each round."""
        if self.observed == "bids":
            digits, base = bids, self.cards
        else:
            digits, base = bids == bids.max(axis=1, keepdims=True), 2
        return 4 * self.cards + digits @ base ** np.arange(self.seats - 1, -1, -1)

    def results(self, rounds: _Rounds) -> Ints:
        return rounds.won

    def payoffs(self, result: tuple[int, ...]) -> tuple[Fraction, ...]:
        return tuple(Fraction(won, self.shares) for won in result)
