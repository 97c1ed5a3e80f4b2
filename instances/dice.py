"""Liar's dice, one die per player."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.parameters import integer, one_of, titled, truth
from efmodels.level_rules import Seen

if TYPE_CHECKING:
    from efmodels.game import Bools, Ints


def liars_dice(
    players: int = 2,
    faces: int = 6,
    *,
    wild: bool = True,
    bid_order: Literal["face", "quantity"] = "face",
) -> Game:
    r"""Return liar's dice with one die per player.

    Everybody rolls one die, which only she sees. A bid ``2x5`` claims that at least two of all
    dice show face 5. The first player bids; then each player in turn makes a higher bid or says
    *liar*, which ends the game. The claim is true if at least that many dice show the face, or the
    highest face where that is wild. A true claim costs the caller 1 and pays the bidder 1, a false
    one the other way round; the remaining players get 0.

    Chance rolls all dice in one root node. After the highest bid, *liar* is the only action; such
    nodes are kept. A player observes her own die and all bids; the infoset ``3:1x1,2x1`` is a 3
    after these two bids.

    Parameters
    ----------
    players
        :math:`p \ge 2`, one die each.
    faces
        :math:`k \ge 1`, the faces of a die, equally likely.
    wild
        Whether the highest face counts as every face: a rule of the game, which changes payoffs
        and not the tree.
    bid_order
        ``"face"``: a bid on a higher face is higher, on the same face the larger quantity
        (``1x1 < 2x1 < 1x2 < 2x2``). ``"quantity"``: a larger quantity is higher, for the same
        quantity the higher face (``1x1 < 1x2 < 2x1 < 2x2``).

    Returns
    -------
    Game
        With :math:`1 + k^p (2^{p k + 1} - 1)` nodes and payoffs -1, 0 and 1; the literature on
        correlation in sequential games calls it ``Dpk``.

    Raises
    ------
    GameError
        There are fewer than two players or no faces, the bid order is none of the two, or ``wild``
        is neither true nor false.

    Examples
    --------
    >>> from efmodels.instances import liars_dice
    >>> game = liars_dice(faces=2)
    >>> game.title, game.nodes
    ("Liar's dice (players=2, faces=2, wild=True, bid_order=face)", 125)
    >>> [game.infoset_names[j] for j in game.infosets_of(2)][:4]
    ['1:1x1', '1:1x1,2x1,1x2', '1:1x1,2x1,2x2', '1:1x1,1x2,2x2']
    """
    players = integer("players", players, minimum=2)
    faces = integer("faces", faces, minimum=1)
    wild = truth("wild", wild)
    bid_order = one_of("bid_order", bid_order, tuple(_ORDERS))
    title = titled("Liar's dice", players=players, faces=faces, wild=wild, bid_order=bid_order)
    return Game.from_level_rules(_DiceRules(players, faces, wild, bid_order), title=title)


class _Bid(NamedTuple):
    """At least ``quantity`` dice show ``face``."""

    quantity: int
    face: int

    def __str__(self) -> str:
        return f"{self.quantity}x{self.face}"


_ORDERS = {"face": lambda bid: (bid.face, bid.quantity), "quantity": tuple}


class _Tables(NamedTuple):
    """The dice (0 before the roll), how many bids there were, the last one, and who called."""

    dice: Ints
    bids: Ints
    last: Ints
    called: Bools


@dataclass(frozen=True)
class _DiceRules:
    seats: int
    faces: int
    wild: bool
    bid_order: str

    @cached_property
    def players(self) -> tuple[str, ...]:
        return tuple(f"P{seat}" for seat in range(1, self.seats + 1))

    @cached_property
    def bids(self) -> tuple[_Bid, ...]:
        """All bids from the lowest to the highest."""
        quantities, faces = range(1, self.seats + 1), range(1, self.faces + 1)
        every = [_Bid(quantity, face) for quantity, face in product(quantities, faces)]
        return tuple(sorted(every, key=_ORDERS[self.bid_order]))

    @cached_property
    def actions(self) -> tuple[str, ...]:
        return (*map(str, self.bids), "liar")

    @cached_property
    def rolls(self) -> Ints:
        """Every outcome of the dice; shape ``(rolls, players)``."""
        return np.array(list(product(range(1, self.faces + 1), repeat=self.seats)), dtype=np.int16)

    @cached_property
    def events(self) -> tuple[str, ...]:
        return tuple(" ".join(map(str, roll)) for roll in self.rolls.tolist())

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The faces, the bids as the first one, and the bids after others."""
        faces = (str(face) for face in range(1, self.faces + 1))
        return (*faces, *map(str, self.bids), *(f",{bid}" for bid in self.bids))

    def initial(self) -> _Tables:
        nobody = np.zeros((1, self.seats), dtype=np.int16)
        return _Tables(nobody, nobody[:, 0], nobody[:, 0] - 1, nobody[:, 0] > 0)

    def movers(self, tables: _Tables) -> Ints:
        mover = np.where(tables.called, TERMINAL, tables.bids % self.seats + 1)
        return np.where(tables.dice[:, 0] == 0, CHANCE, mover)

    def weights(self, tables: _Tables) -> Ints:
        return np.ones((len(tables.dice), len(self.rolls)), dtype=np.int64)

    def after_event(self, tables: _Tables, event: Ints) -> tuple[_Tables, Seen]:
        dice = self.rolls[event]
        return tables._replace(dice=dice), Seen(private=dice - 1)

    def legal(self, tables: _Tables) -> Bools:
        """Allow higher bids, and to call once there is a bid."""
        higher = np.arange(len(self.bids)) > tables.last[:, None]
        return np.column_stack([higher, tables.last >= 0])

    def after_action(self, tables: _Tables, action: Ints) -> tuple[_Tables, Seen]:
        calls = action == len(self.bids)
        after = tables._replace(
            bids=np.where(calls, tables.bids, tables.bids + 1),
            last=np.where(calls, tables.last, action),
            called=calls,
        )
        first_of_bids = self.faces + np.where(tables.bids == 0, 0, len(self.bids))
        return after, Seen(public=first_of_bids + action)

    def results(self, tables: _Tables) -> Ints:
        """Return the bidder, the caller, and whether the claim is true."""
        quantity, face = np.array(self.bids)[tables.last].T
        shows = tables.dice == face[:, None]
        if self.wild:
            shows |= tables.dice == self.faces
        seats = (tables.bids - 1) % self.seats, tables.bids % self.seats
        return np.column_stack([*seats, shows.sum(axis=1) >= quantity])

    def payoffs(self, result: tuple[int, ...]) -> tuple[int, ...]:
        bidder, caller, true = result
        stake = 1 if true else -1
        return tuple(stake * ((seat == bidder) - (seat == caller)) for seat in range(self.seats))
