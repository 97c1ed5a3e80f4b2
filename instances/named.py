"""The benchmark games by name: those of the literature's tables, and one of each family."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.errors import GameError
from efmodels.game import CHANCE, Game
from efmodels.instances.data import CATALOG
from efmodels.instances.families import FAMILIES, GROUPS
from efmodels.instances.ride_hailing import EIGHT_PLACES, SEVEN_PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    import pandas as pd


class Shorthand(NamedTuple):
    """How the literature abbreviates the parameters of a family, a digit each.

    Attributes
    ----------
    pattern
        A letter or two and a name for each digit, such as ``Kpk``.
    meaning
        What the digits stand for, in words.
    family
        The function of the family.
    parameters
        From the digits to the function's arguments.
    """

    pattern: str
    meaning: str
    family: str
    parameters: Callable[..., dict[str, Any]]

    def digits(self, name: str) -> list[int] | None:
        """Return the digits of a name, or nothing if it is no name of this kind."""
        letters = self.pattern.rstrip("abcdefghijklmnopqrstuvwxyz")
        number = len(self.pattern) - len(letters)
        found = re.fullmatch(letters + r"(\d)" * number, name)
        return [int(digit) for digit in found.groups()] if found else None


def _battleship(players: int, height: int, width: int, shots: int) -> dict[str, Any]:
    _require("p", players, 2)
    return {"height": height, "width": width, "shots": shots}


def _sheriff(players: int, tens: int, bribe: int, rounds: int) -> dict[str, Any]:
    _require("p", players, 2)
    return {"items": 10 * tens, "bribe": bribe, "rounds": rounds}


def _ride_sharing(players: int, number: int, times: int) -> dict[str, Any]:
    _require("p", players, 2)
    _require("m", number, 1, 2)
    return {"roads": (SEVEN_PLACES, EIGHT_PLACES)[number - 1], "times": times}


def _require(digit: str, value: int, *allowed: int) -> None:
    if value not in allowed:
        raise GameError(
            f"the digit {digit} of the name must be {' or '.join(map(str, allowed))}; got {value}"
        )


SHORTHANDS = (
    Shorthand("Bphwr", "2 players, height, width, shots", "battleship", _battleship),
    Shorthand(
        *("Dpk", "players, faces", "liars_dice"),
        lambda players, faces: {"players": players, "faces": faces},
    ),
    Shorthand(
        "GLk", "cards of 3 players", "goofspiel", lambda cards: {"players": 3, "cards": cards}
    ),
    Shorthand(
        *("Kpk", "players, ranks", "kuhn"),
        lambda players, ranks: {"players": players, "ranks": ranks},
    ),
    Shorthand(
        *("Lpbrs", "players, bets per round, ranks, suits", "leduc"),
        lambda players, raises, ranks, suits: {
            "players": players,
            "ranks": ranks,
            "suits": suits,
            "raises": raises,
        },
    ),
    Shorthand("RSpmt", "2 players, map 1 or 2, times", "ride_sharing", _ride_sharing),
    Shorthand("Spibr", "2 players, tens of items, bribe, rounds", "sheriff", _sheriff),
    Shorthand("TPk", "ranks", "tricks", lambda ranks: {"ranks": ranks}),
)
"""The abbreviations; two letters stand before one, so that their names are no others'."""

PUBLISHED = (
    *("B2222", "B2322", "B2323", "B2324", "D32", "D33", "GL3", "K35"),
    *("L3132", "L3133", "L3151", "L3223", "L3523"),
    *("RS212", "RS222", "RS213", "RS223"),
    *("S2122", "S2123", "S2133", "S2254", "S2264", "TP3"),
)
"""The games of the published comparison of linear programs with learning."""


def load(name: str) -> Game:
    """Return a benchmark game by its name.

    Parameters
    ----------
    name
        An abbreviation of the literature such as ``S2122`` or ``K35``, with any digits, or the name
        of a function of :mod:`efmodels.instances`, which is called without arguments.

    Returns
    -------
    Game
        ``load("S2122")`` is ``sheriff(items=10, bribe=2, rounds=2)``, with value 5, penalty 1 and
        compensation 1. Larger digits than 9 need the function itself.

    Raises
    ------
    GameError
        No game has that name, or its parameters make no game.

    Examples
    --------
    >>> import efmodels as ef
    >>> ef.instances.load("K35").title
    'Kuhn poker (players=3, ranks=5)'
    >>> ef.instances.load("sheriff").nodes
    705
    """
    family, parameters = _resolved(name)
    return FAMILIES[family].function(**parameters)


def _resolved(name: str) -> tuple[str, dict[str, Any]]:
    """Return the family and the arguments that a name stands for."""
    if name in FAMILIES:
        return name, {}
    for shorthand in SHORTHANDS:
        digits = shorthand.digits(name)
        if digits is not None:
            return shorthand.family, shorthand.parameters(*digits)
    near = difflib.get_close_matches(name, [*FAMILIES, *PUBLISHED], n=1)
    raise GameError(
        f"no game is called {name!r}"
        + "".join(f"; did you mean {other!r}?" for other in near)
        + f"; expected one of the functions {', '.join(FAMILIES)}, or an abbreviation: "
        + ", ".join(f"{short.pattern} ({short.meaning})" for short in SHORTHANDS)
    )


def is_abbreviation(name: str) -> bool:
    """Return whether a name is built like one of the literature's, whatever its digits.

    >>> is_abbreviation("S2122"), is_abbreviation("sheriff")
    (True, False)
    """
    return any(shorthand.digits(name) for shorthand in SHORTHANDS)


def catalog() -> pd.DataFrame:
    """Return a table of the benchmark games, without making any of them.

    Returns
    -------
    pandas.DataFrame
        A row per game, indexed by the name that :func:`load` takes: the games of the published
        comparison, then one of each family, ordered by ``group``. ``players``, ``nodes``,
        ``terminals`` and ``depth`` are numbers; ``infosets`` and ``sequences`` have a number per
        player, the empty sequence included; ``lowest`` and ``highest`` payoff; ``source``; and in
        ``differs`` what is known to differ from the source, or is not known about it.

    Examples
    --------
    >>> import efmodels as ef
    >>> print(ef.instances.catalog().loc["S2122", "nodes":"sequences"].to_string())
    nodes              705
    terminals          396
    infosets      (78, 21)
    sequences    (243, 43)
    """
    import pandas as pd

    per_player = {"infosets": str, "sequences": str}
    table = pd.read_csv(CATALOG, index_col="name", dtype=per_player)
    for column in per_player:
        table[column] = [tuple(map(int, cell.split("/"))) for cell in table[column]]
    families = [_resolved(name)[0] for name in table.index]
    table.insert(0, "group", [_GROUP[family] for family in families])
    table["source"] = [FAMILIES[family].source for family in families]
    table["differs"] = [FAMILIES[family].differs for family in families]
    return table


_GROUP = {
    family.function.__name__: group for group, families in GROUPS.items() for family in families
}


def measured(names: Iterable[str] = (*PUBLISHED, *FAMILIES)) -> pd.DataFrame:
    """Make games and count what the catalog says of them, as it is shipped.

    Examples
    --------
    >>> measured(["K23"]).to_csv(lineterminator="|")
    'name,players,nodes,terminals,infosets,sequences,depth,lowest,highest|K23,2,55,30,6/6,13/13,4,-2,2|'
    """
    import pandas as pd

    rows = [{"name": name, **_counts(load(name))} for name in names]
    return pd.DataFrame(rows).set_index("name")


def _counts(game: Game) -> dict[str, Any]:
    actions = np.bincount(game.infoset_owner, np.diff(game.action_start), len(game.players) + 1)
    infosets = np.bincount(game.infoset_owner, minlength=len(game.players) + 1)
    return {
        "players": len(game.players),
        "nodes": game.nodes,
        "terminals": len(game.terminals),
        "infosets": "/".join(map(str, infosets[CHANCE + 1 :])),
        "sequences": "/".join(str(1 + int(number)) for number in actions[CHANCE + 1 :]),
        "depth": len(game.levels) - 1,
        "lowest": f"{game.payoffs.min():.6g}",
        "highest": f"{game.payoffs.max():.6g}",
    }
