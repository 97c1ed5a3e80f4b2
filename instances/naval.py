"""Battleship on a board of any size, general-sum as in the literature on correlation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.errors import GameError
from efmodels.game import TERMINAL, Game
from efmodels.instances.exact_numbers import number, numbers
from efmodels.instances.parameters import integer, members, titled, truth
from efmodels.integer_sets import distinct_rows
from efmodels.level_rules import Seen, WithoutChance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Bools, Ints, Number

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def battleship(
    height: int = 2,
    width: int = 2,
    shots: int = 2,
    *,
    ships: Sequence[int] = (1,),
    values: Sequence[Number | str] = (),
    loss_multiplier: Number | str = 2,
    repeated_shots: bool = False,
) -> Game:
    r"""Return battleship: both hide their ships, then shoot at each other in turn.

    Each player has a board of her own. The players place one ship each in turn, in the given
    order, along a row or a column of the board and without overlap, so that there is room for the
    ships to come; nobody sees where. Then they shoot in turn, the first player first, at most
    ``shots`` times each, at cells at which they have not shot before. Everybody sees where a shot
    goes and whether it hits water, hits a ship or sinks one, its last cell that was left. The game
    ends at once when all ships of one player are sunk. A player is paid the value of the ships that
    she sank, less ``loss_multiplier`` times the value of those that she lost.

    Rows have letters and columns numbers. A player observes where her own ships are, all shots and
    their effects; the infoset ``A2:B1~A2*`` has a ship on A2, a shot of the first player at B1 into
    the water, and one of the second player at A2 that hit (``!`` sank a ship). A ship of several
    cells is written from its first to its last, ``A1-A2``, and several ships ``A1-A2,B1``.

    Parameters
    ----------
    height, width
        The size of the board, at least 1. Rows have letters: there are at most 26.
    shots
        How often each player shoots, at least 1.
    ships
        The length of each ship; at least one, and all of them must fit on the board.
    values
        The value of each ship, at least 0; 1 each by default.
    loss_multiplier
        :math:`\gamma \ge 0`; with 1 the game is zero-sum.
    repeated_shots
        Whether a player may shoot at a cell again. The shot then has the effect of the first one,
        or ``!`` if the ship is sunk by now.

    Returns
    -------
    Game
        By default 1573 nodes. With one ship of length 1 the payoffs are :math:`(1, -\gamma)`,
        :math:`(-\gamma, 1)` or 0.

    Raises
    ------
    GameError
        A parameter is out of its range, or the ships do not fit on the board.

    Notes
    -----
    The rules are those of Farina, Ling, Fang and Sandholm, "Correlation in extensive-form games:
    saddle-point formulation and benchmarks" (arXiv 1905.12564), where the loss multiplier is 2. The
    literature calls the game on a board of h times w cells with r shots and one ship of length 1
    ``B2hwr``.

    Examples
    --------
    >>> from efmodels.instances import battleship
    >>> game = battleship()
    >>> game.title, game.nodes, len(game.terminals)
    ('Battleship (height=2, width=2, shots=2, ships=(1,))', 1573, 1072)
    >>> [game.infoset_names[j] for j in game.infosets_of(1)][:3]
    ['P1_1', 'A1', 'A1:A2~A2~']
    """
    height = integer("height", height, minimum=1, maximum=len(_LETTERS))
    width = integer("width", width, minimum=1)
    shots = integer("shots", shots, minimum=1)
    ships = tuple(
        integer(f"ships[{k}]", ship, minimum=1) for k, ship in enumerate(members("ships", ships))
    )
    usual = (1,) * len(ships)
    worths = numbers("values", values, minimum=0) or usual
    if not ships or len(worths) != len(ships):
        raise GameError(
            "ships needs the length of at least one ship, and values one number per ship (or "
            f"nothing); got {len(ships)} ships and {len(worths)} values"
        )
    loss_multiplier = number("loss_multiplier", loss_multiplier, minimum=0)
    repeated_shots = truth("repeated_shots", repeated_shots)
    rules = _BattleshipRules(height, width, shots, ships, worths, loss_multiplier, repeated_shots)
    rules.require_room()
    title = titled(
        "Battleship",
        {"values": usual, "loss_multiplier": 2, "repeated_shots": False},
        height=height,
        width=width,
        shots=shots,
        ships=ships,
        values=worths,
        loss_multiplier=loss_multiplier,
        repeated_shots=repeated_shots,
    )
    return Game.from_level_rules(rules, title=title)


class _Seas(NamedTuple):
    """How many moves were made, and each player's cells: who is there, who shot there.

    ``ship`` has shape ``(n, 2, cells)`` with the number of the ship from 1, 0 for water; ``shot``
    says at which cells of this player the other one has shot.
    """

    moves: Ints
    ship: Ints
    shot: Bools


@dataclass(frozen=True)
class _BattleshipRules(WithoutChance):
    height: int
    width: int
    shots: int
    ships: tuple[int, ...]
    values: tuple[Number, ...]
    loss_multiplier: Number
    repeated_shots: bool
    players = ("P1", "P2")

    @cached_property
    def cells(self) -> list[str]:
        columns = range(1, self.width + 1)
        return [f"{row}{column}" for row in _LETTERS[: self.height] for column in columns]

    @cached_property
    def places(self) -> Bools:
        """Which cells every possible place of a ship covers; shape ``(places, cells)``."""
        board = np.arange(self.height * self.width).reshape(self.height, self.width)
        places: dict[tuple[int, ...], None] = {}
        for length, line in product(sorted(set(self.ships)), (*board, *board.T)):
            runs = range(len(line) - length + 1)
            places |= dict.fromkeys(tuple(line[k : k + length].tolist()) for k in runs)
        covered = np.zeros((len(places), board.size), dtype=bool)
        for place, cells in enumerate(places):
            covered[place, list(cells)] = True
        return covered

    @cached_property
    def place_names(self) -> list[str]:
        ends = [(cells[0], cells[-1]) for cells in map(np.flatnonzero, self.places)]
        name = self.cells
        return [name[a] if a == b else f"{name[a]}-{name[b]}" for a, b in ends]

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """First the places for ships, then the cells to shoot at."""
        return (*self.place_names, *self.cells)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The places of the first ship and of later ones, and each shot: water, hit or sunk."""
        effects = (f"{cell}{mark}" for cell, mark in product(self.cells, "~*!"))
        return (*self.place_names, *(f",{place}" for place in self.place_names), *effects)

    def require_room(self) -> None:
        """Raise unless all ships fit on the board together."""
        if not self._have_room(np.zeros(len(self.cells), dtype=bool), self.ships):
            raise GameError(
                f"ships of lengths {list(self.ships)} do not fit together on a board of height "
                f"{self.height} and width {self.width}; give fewer or shorter ships"
            )

    def _free(self, taken: Bools, length: int) -> Ints:
        """Return the places of one length that keep off the cells that are taken."""
        return np.flatnonzero(
            (self.places.sum(axis=1) == length) & ~(self.places & taken).any(axis=1)
        )

    def _have_room(self, taken: Bools, ships: tuple[int, ...]) -> bool:
        """Return whether ships of the given lengths fit beside the cells that are taken."""
        if not ships:
            return True
        free = self.places[self._free(taken, ships[0])]
        return any(self._have_room(taken | place, ships[1:]) for place in free)

    def initial(self) -> _Seas:
        water = np.zeros((1, 2, len(self.cells)), dtype=np.int8)
        return _Seas(np.zeros(1, dtype=np.int16), water, water > 0)

    def movers(self, seas: _Seas) -> Ints:
        placed = seas.moves >= 2 * len(self.ships)
        left: Bools = (seas.ship > 0) & ~seas.shot
        afloat = np.all(left.any(axis=2), axis=1)
        out_of_shots = seas.moves == 2 * (len(self.ships) + self.shots)
        over = placed & (out_of_shots | ~afloat)
        return np.where(over, TERMINAL, seas.moves % 2 + 1)

    def legal(self, seas: _Seas) -> Bools:
        turn, mover = divmod(int(seas.moves[0]), 2)
        allowed = np.zeros((len(seas.moves), len(self.actions)), dtype=bool)
        if turn < len(self.ships):
            allowed[:, : len(self.places)] = self._legal_places(seas.ship[:, mover] > 0, turn)
        else:
            fresh = ~seas.shot[:, 1 - mover]
            allowed[:, len(self.places) :] = fresh | self.repeated_shots
        return allowed

    def _legal_places(self, taken: Bools, ship: int) -> Bools:
        """Allow places of the ship that leave room for the ships after it."""
        first, which = distinct_rows(taken)
        later = self.ships[ship + 1 :]
        allowed = np.zeros((len(first), len(self.places)), dtype=bool)
        for row, before in enumerate(taken[first]):
            for place in self._free(before, self.ships[ship]):
                allowed[row, place] = self._have_room(before | self.places[place], later)
        return allowed[which]

    def after_action(self, seas: _Seas, action: Ints) -> tuple[_Seas, Seen]:
        mover = int(seas.moves[0]) % 2
        if int(seas.moves[0]) < 2 * len(self.ships):
            return self._after_placing(seas, action, mover)
        return self._after_shot(seas, action - len(self.places), 1 - mover)

    def _after_placing(self, seas: _Seas, place: Ints, mover: int) -> tuple[_Seas, Seen]:
        ship = seas.ship.copy()
        ship[:, mover] += self.places[place].astype(np.int8) * (seas.moves[:, None] // 2 + 1)
        own = np.full((len(place), 2), -1, dtype=np.int64)
        own[:, mover] = place + (len(self.places) if seas.moves[0] > 1 else 0)
        return seas._replace(moves=seas.moves + 1, ship=ship), Seen(private=own)

    def _after_shot(self, seas: _Seas, cell: Ints, target: int) -> tuple[_Seas, Seen]:
        row = np.arange(len(cell))
        shot = seas.shot.copy()
        shot[row, target, cell] = True
        here = seas.ship[row, target, cell]
        left = (seas.ship[:, target] == here[:, None]) & ~shot[:, target]
        effect = np.where(here == 0, 0, np.where(left.any(axis=1), 1, 2))
        after = seas._replace(moves=seas.moves + 1, shot=shot)
        return after, Seen(public=2 * len(self.places) + 3 * cell + effect)

    def results(self, seas: _Seas) -> Bools:
        """Return which ships each player has lost; shape ``(n, 2 * ships)``."""
        numbers = np.arange(1, len(self.ships) + 1)[:, None]
        afloat: Bools = ((seas.ship * ~seas.shot)[:, :, None] == numbers).any(axis=3)
        return ~afloat.reshape(len(afloat), -1)

    def payoffs(self, result: tuple[int, ...]) -> tuple[Number, Number]:
        number = len(self.ships)
        first = sum(v for v, gone in zip(self.values, result[:number], strict=True) if gone)
        second = sum(v for v, gone in zip(self.values, result[number:], strict=True) if gone)
        return second - self.loss_multiplier * first, first - self.loss_multiplier * second
