"""The benchmark cases: on which game, and what is compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from efmodels.bench import workloads
from efmodels.files import write
from efmodels.instances import kuhn, leduc, liars_dice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Workload
    from efmodels.game import Game

WARM_UP = "warm-up"
"""Folder of the small game on which every process does its work once before it is measured."""


@dataclass(frozen=True)
class Side:
    """One of the ways that a case compares.

    Parameters
    ----------
    label
        What it is called in tables.
    workload
        A function of :mod:`efmodels.bench.workloads`: takes the folder with the game's files,
        makes ready, and returns the function to measure.
    """

    label: str
    workload: Workload


@dataclass(frozen=True)
class Case:
    """A game and the ways to compare on it.

    Parameters
    ----------
    name
        What it is called on the command line.
    summary
        What is measured, in a few words.
    game
        Makes the game; not measured.
    sides
        One way or two; the ratio is that of the first to the second.
    """

    name: str
    summary: str
    game: Callable[[], Game]
    sides: tuple[Side, ...]

    def prepare(self, folder: Path) -> None:
        """Write the game, and the one to warm up with, as .efg and .json files."""
        _write(self.game(), folder)
        _write(kuhn(), folder / WARM_UP)


def _write(game: Game, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write(game, folder / workloads.EFG)
    write(game, folder / workloads.JSON)


_LIARS_DICE = partial(liars_dice, faces=6)

CASES = {
    case.name: case
    for case in (
        Case(
            "read-efg",
            "read liar's dice with six faces from its .efg file",
            _LIARS_DICE,
            (
                Side("efmodels.files.read", workloads.read_efg),
                Side("json.load", workloads.load_json),
            ),
        ),
        Case(
            "file-to-answer",
            "the same file to an equilibrium and its regrets, with HiGHS",
            _LIARS_DICE,
            (
                Side("efmodels", workloads.file_to_answer),
                Side("raw arrays", workloads.file_to_raw_answer),
            ),
        ),
        Case(
            "leduc",
            "Leduc hold'em with three ranks to an equilibrium and its regrets, with HiGHS",
            partial(leduc, ranks=3),
            (
                Side("efmodels", workloads.game_to_answer),
                Side("raw arrays", workloads.game_to_raw_answer),
            ),
        ),
    )
}
"""Every case by its name."""
