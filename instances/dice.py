"""Liar's dice, one die per player."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Literal, NamedTuple

from efmodels.errors import GameError
from efmodels.game import CHANCE, TERMINAL, Game
from efmodels.instances.parameters import require_at_least

_CALL = "liar"


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
        There are fewer than two players or no faces, or the bid order is none of the two.

    Examples
    --------
    >>> from efmodels.instances import liars_dice
    >>> game = liars_dice(faces=2)
    >>> game.title, game.nodes
    ("Liar's dice (players=2, faces=2, wild=True, bid_order='face')", 125)
    >>> [game.infoset_names[j] for j in game.infosets_of(2)][:4]
    ['1:1x1', '1:1x1,2x1,1x2', '1:1x1,2x1,2x2', '1:1x1,1x2,2x2']
    """
    require_at_least(2, players=players)
    require_at_least(1, faces=faces)
    if bid_order not in _ORDERS:
        raise GameError(f"bid_order must be one of {sorted(_ORDERS)}; got {bid_order!r}")
    parameters = f"players={players}, faces={faces}, wild={wild}, bid_order={bid_order!r}"
    rules = _DiceRules(players, faces, wild, bid_order)
    return Game.from_rules(rules, title=f"Liar's dice ({parameters})")


class _Bid(NamedTuple):
    """At least ``quantity`` dice show ``face``."""

    quantity: int
    face: int

    def __str__(self) -> str:
        return f"{self.quantity}x{self.face}"


_ORDERS = {"face": lambda bid: (bid.face, bid.quantity), "quantity": tuple}


class _Table(NamedTuple):
    """The dice (none before the roll), how many bids there were, the last one, and all of them."""

    dice: tuple[int, ...] = ()
    bids: int = 0
    last: str = ""
    history: str = ""
    called: bool = False


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
    def bids(self) -> dict[str, _Bid]:
        """All bids by label, from the lowest to the highest."""
        quantities, faces = range(1, self.seats + 1), range(1, self.faces + 1)
        every = [_Bid(quantity, face) for quantity, face in product(quantities, faces)]
        return {str(bid): bid for bid in sorted(every, key=_ORDERS[self.bid_order])}

    @cached_property
    def legal(self) -> dict[str, tuple[str, ...]]:
        """What may be said after each bid, and at the beginning."""
        labels = tuple(self.bids)
        higher = {label: (*labels[k:], _CALL) for k, label in enumerate(labels, start=1)}
        return {"": labels, **higher}

    @cached_property
    def rolls(self) -> dict[str, tuple[int, ...]]:
        """All outcomes of the dice by label."""
        every = product(range(1, self.faces + 1), repeat=self.seats)
        return {" ".join(map(str, dice)): dice for dice in every}

    def initial(self) -> _Table:
        return _Table()

    def mover(self, table: _Table) -> int:
        if not table.dice:
            return CHANCE
        return TERMINAL if table.called else table.bids % self.seats + 1

    def chances(self, table: _Table) -> list[tuple[str, Fraction]]:  # noqa: ARG002 - only the root
        return [(label, Fraction(1, len(self.rolls))) for label in self.rolls]

    def actions(self, table: _Table) -> tuple[str, ...]:
        return self.legal[table.last]

    def after(self, table: _Table, action: str) -> _Table:
        if not table.dice:
            return _Table(self.rolls[action])
        if action == _CALL:
            return _Table(table.dice, table.bids, table.last, table.history, called=True)
        history = f"{table.history},{action}" if table.history else action
        return _Table(table.dice, table.bids + 1, action, history)

    def observation(self, table: _Table) -> str:
        die = table.dice[table.bids % self.seats]
        return f"{die}:{table.history}" if table.history else str(die)

    def payoffs(self, table: _Table) -> tuple[int, ...]:
        bid = self.bids[table.last]
        shown = table.dice.count(bid.face)
        if self.wild and bid.face != self.faces:
            shown += table.dice.count(self.faces)
        caller = table.bids % self.seats
        bidder = (table.bids - 1) % self.seats
        stake = 1 if shown >= bid.quantity else -1
        return tuple(stake * ((seat == bidder) - (seat == caller)) for seat in range(self.seats))
