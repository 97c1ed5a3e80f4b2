"""A game on a table: played move by move, from the labels of the actions and the rules alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Sequence
    from fractions import Fraction

    Number = Fraction | int | float


class Turn(NamedTuple):
    """Who moves (0 is chance, -1 nobody), what can be done, and what the mover has seen."""

    mover: int
    choices: frozenset[str]
    seen: Hashable


class TableReplay(NamedTuple):
    """Who moved, what each player gets, and the turns with all that was possible in them."""

    movers: list[int]
    payoffs: list[Number]
    turns: list[Turn]


OVER = Turn(-1, frozenset(), None)


class Table(ABC):
    """What lies on the table, and the rules; every game starts on a table of its own."""

    @abstractmethod
    def turn(self) -> Turn:
        """Return whose turn it is; ``OVER`` if the game is."""

    @abstractmethod
    def play(self, label: str) -> None:
        """Make the move that is called by the label."""

    @abstractmethod
    def payoffs(self) -> Sequence[Number]:
        """Return what each player is paid."""


def by_chance(choices: Iterable[str]) -> Turn:
    """Return the turn of chance, who sees nothing."""
    return Turn(0, frozenset(choices), None)


def replay(table: Table, path: Collection[str]) -> TableReplay:
    """Play a path of labels to its end, which must be the end of the game."""
    turns = []
    for label in path:
        turn = table.turn()
        assert label in turn.choices, f"{label} among {sorted(turn.choices)}"
        turns.append(turn)
        table.play(label)
    assert table.turn() == OVER, f"the game goes on after {path}"
    return TableReplay([turn.mover for turn in turns], list(table.payoffs()), turns)
