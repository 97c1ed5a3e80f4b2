"""The published comparison of linear programs with learning: its games, concepts and figures.

Zhang, Farina, Anagnostides et al., "Computing optimal equilibria and mechanisms via learning in
zero-sum extensive-form games" (2023), arXiv:2306.05216: 23 games, five concepts. The seconds are
those of the authors' machine; when they counted a cell as solved is not known.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from efmodels.bench.mediation_workloads import CONCEPTS
from efmodels.errors import GameError
from efmodels.instances.families import FAMILIES
from efmodels.instances.named import SHORTHANDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from efmodels.game import Game

TIMES = Path(__file__).resolve().parent / "published_times.csv"
"""A line for each cell; seconds are missing where the authors' run came to no end."""

UNLIKE_THE_PAPERS = frozenset({"RS212", "RS222", "RS213", "RS223", "TP3"})
"""Games whose maps or deals are not known: ours have the same family, and other numbers."""

SHORT = (
    *("S2122/EFCE", "S2122/COMM", "S2123/EFCCE", "S2123/EFCE", "S2123/COMM", "S2123/CERT"),
    *("S2133/EFCCE", "S2133/EFCE", "S2133/CERT"),
    *("B2222/EFCE", "B2222/COMM", "B2322/EFCCE", "B2322/EFCE", "B2322/CERT"),
    *("B2323/NFCCE", "B2323/EFCCE"),
    *("K35/NFCCE", "K35/EFCCE", "K35/EFCE", "K35/COMM"),
    *("D32/EFCE", "D32/COMM", "D33/NFCCE", "D33/CERT"),
    *("L3132/NFCCE", "L3132/CERT", "L3133/CERT", "L3223/NFCCE"),
    *("GL3/EFCE", "GL3/COMM"),
)
"""Thirty cells of all kinds that a laptop can do."""

_PAYOFFS: dict[str, dict[str, Any]] = {
    "sheriff": {"value": 1, "penalty": 2, "compensation": 3},
    "liars_dice": {"wild": False, "bid_order": "quantity"},
    "goofspiel": {"ties": "discard"},
}
_WELFARE = {"battleship", "sheriff", "ride_sharing"}


class Cell(NamedTuple):
    """A cell of the published table.

    Attributes
    ----------
    game, concept
        Their names.
    nodes
        Of the published game.
    program, learning
        Published seconds of the linear program and of learning; ``None`` for none.
    """

    game: str
    concept: str
    nodes: int
    program: float | None
    learning: float | None

    @property
    def name(self) -> str:
        """Game and concept: ``S2122/EFCE``."""
        return f"{self.game}/{self.concept}"

    @property
    def is_the_papers(self) -> bool:
        """Whether the tree is known to be that of the paper."""
        return self.game not in UNLIKE_THE_PAPERS


@cache
def all_cells() -> tuple[Cell, ...]:
    """Return all cells of the published table.

    Examples
    --------
    >>> cells = all_cells()
    >>> len(cells), cells[0]
    (115, Cell(game='B2222', concept='NFCCE', nodes=1573, program=0.0, learning=0.0))
    """
    with TIMES.open(encoding="utf-8", newline="") as file:
        return tuple(
            Cell(
                line["game"],
                line["concept"],
                int(line["nodes"]),
                _seconds(line["program"]),
                _seconds(line["learning"]),
            )
            for line in csv.DictReader(file)
        )


def _seconds(text: str) -> float | None:
    return float(text) if text else None


def easy_first(cells: Iterable[Cell]) -> list[Cell]:
    """Return cells by what they took the authors, those without published seconds last."""
    return sorted(cells, key=lambda cell: (_least(cell), cell.nodes))


def _least(cell: Cell) -> float:
    known = [seconds for seconds in (cell.program, cell.learning) if seconds is not None]
    return min(known, default=float("inf"))


def cells_named(names: Iterable[str]) -> list[Cell]:
    """Return the cells of some names: ``S2122/EFCE``, or a game for all its concepts.

    Raises
    ------
    GameError
        The table has no such cell.

    Examples
    --------
    >>> [cell.name for cell in cells_named(["GL3", "D32/COMM"])][2:]
    ['GL3/EFCE', 'GL3/COMM', 'GL3/CERT', 'D32/COMM']
    """
    chosen: list[Cell] = []
    for name in names:
        found = [cell for cell in all_cells() if name in {cell.name, cell.game}]
        if not found:
            games = ", ".join(dict.fromkeys(cell.game for cell in all_cells()))
            raise GameError(
                f"the published table has no cell {name!r}; expected GAME or GAME/CONCEPT with "
                f"the games {games} and the concepts {', '.join(CONCEPTS)}"
            )
        chosen += [cell for cell in found if cell not in chosen]
    return chosen


def table_game(name: str) -> Game:
    """Return a game of the table, with the payoffs that published optima agree with.

    Sheriff has those of OpenSpiel; in liar's dice the highest face is not wild and bids go by
    quantity; goofspiel discards prizes at a tie. The trees are those of :func:`.instances.load`.

    Examples
    --------
    >>> int(table_game("S2122").payoffs.min()), table_game("D32").nodes
    (-20, 1017)
    """
    for shorthand in SHORTHANDS:
        digits = shorthand.digits(name)
        if digits is not None:
            parameters = shorthand.parameters(*digits)
            family = FAMILIES[shorthand.family].function
            return family(**parameters, **_PAYOFFS.get(shorthand.family, {}))
    raise GameError(f"no game of the published table is called {name!r}")


def table_objective(name: str, game: Game) -> str:
    """Return what is maximised: the welfare, or where all win and lose alike, the first's payoff.

    Examples
    --------
    >>> table_objective("S2122", table_game("S2122")), table_objective("D32", table_game("D32"))
    ('welfare', 'P1')
    """
    family = next(short.family for short in SHORTHANDS if short.digits(name) is not None)
    return "welfare" if family in _WELFARE else game.players[0]
