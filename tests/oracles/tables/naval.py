"""Battleship by its rules: ships and shots are sets of cells."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tests.oracles.tables.table import OVER, Table, TableReplay, Turn, replay

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.oracles.tables.table import Number

    Cells = frozenset[str]


def replay_battleship(
    path: Sequence[str],
    *,
    board: tuple[int, int],
    shots: int,
    ships: Sequence[int] = (1,),
    values: Sequence[Number] = (1,),
    loss_multiplier: Number = 2,
    repeated_shots: bool = False,
) -> TableReplay:
    """Play battleship; ``board`` is height and width, and every ship has a value."""
    table = _Battleship(board, shots, ships, values, loss_multiplier)
    table.repeated_shots = repeated_shots
    return replay(table, path)


class _Battleship(Table):
    repeated_shots = False

    def __init__(
        self,
        board: tuple[int, int],
        shots: int,
        lengths: Sequence[int],
        values: Sequence[Number],
        loss_multiplier: Number,
    ) -> None:
        self.board = board
        self.shots = shots
        self.lengths = lengths
        self.values = values
        self.loss_multiplier = loss_multiplier
        self.fleets: tuple[list[Cells], list[Cells]] = ([], [])
        self.log: list[tuple[str, str]] = []  # every shot and its effect

    def turn(self) -> Turn:
        """Place all ships alternately, then shoot alternately."""
        placed = len(self.fleets[0]) + len(self.fleets[1])
        if placed < 2 * len(self.lengths):
            mover = placed % 2
            return self._turn(mover, self._places(self.fleets[mover]))
        mover = len(self.log) % 2
        if len(self.log) == 2 * self.shots or all(self._sunk(0)) or all(self._sunk(1)):
            return OVER
        cells = set(cells_of(self.board))
        return self._turn(mover, cells if self.repeated_shots else cells - self._shots_of(mover))

    def _turn(self, mover: int, choices: Iterable[str]) -> Turn:
        return Turn(mover + 1, frozenset(choices), (tuple(self.fleets[mover]), tuple(self.log)))

    def play(self, label: str) -> None:
        """Put a ship on the cells from one to another, or shoot at a cell."""
        placed = len(self.fleets[0]) + len(self.fleets[1])
        if placed < 2 * len(self.lengths):
            self.fleets[placed % 2].append(
                dict(stretches(self.board, self.lengths[placed // 2]))[label]
            )
            return
        target = (len(self.log) + 1) % 2
        before = sum(self._sunk(target))
        self.log.append((label, ""))
        at_sea = not any(label in ship for ship in self.fleets[target])
        sank = sum(self._sunk(target)) > before
        self.log[-1] = (label, "water" if at_sea else "sunk" if sank else "hit")

    def payoffs(self) -> list[Number]:
        """Pay for what was sunk, and charge for what was lost."""
        lost = [
            sum(v for v, s in zip(self.values, self._sunk(p), strict=True) if s) for p in (0, 1)
        ]
        return [lost[1 - player] - self.loss_multiplier * lost[player] for player in (0, 1)]

    def _shots_of(self, player: int) -> set[str]:
        return {cell for cell, _ in self.log[player::2]}

    def _sunk(self, player: int) -> list[bool]:
        return [ship <= self._shots_of(1 - player) for ship in self.fleets[player]]

    def _places(self, fleet: Sequence[Cells]) -> list[str]:
        """Return where the next ship of a fleet can lie if the later ones must fit, too."""
        taken = frozenset().union(*fleet)
        return [
            label
            for label, cells in stretches(self.board, self.lengths[len(fleet)])
            if not cells & taken and self._fit(taken | cells, self.lengths[len(fleet) + 1 :])
        ]

    def _fit(self, taken: Cells, lengths: Sequence[int]) -> bool:
        return not lengths or any(
            not cells & taken and self._fit(taken | cells, lengths[1:])
            for _, cells in stretches(self.board, lengths[0])
        )


@cache
def cells_of(board: tuple[int, int]) -> list[str]:
    """Return the cells, row by row."""
    height, width = board
    return ["ABCDEFGH"[row] + str(column + 1) for row in range(height) for column in range(width)]


@cache
def stretches(board: tuple[int, int], length: int) -> list[tuple[str, Cells]]:
    """Return every stretch of a row or a column, called by its first and its last cell."""
    height, width = board
    cells = cells_of(board)
    rows = [cells[width * row : width * (row + 1)] for row in range(height)]
    columns = [cells[column::width] for column in range(width)] if length > 1 else []
    found = [
        line[start : start + length]
        for line in [*rows, *columns]
        for start in range(len(line) - length + 1)
    ]
    return [("-".join(sorted({cells[0], cells[-1]})), frozenset(cells)) for cells in found]
