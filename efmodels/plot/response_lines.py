"""Quantal responses as lines: what players do, and what they get, against precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from efmodels.errors import GameError
from efmodels.plot.canvas import FONT, new_axes, one_line
from efmodels.plot.palette import PLAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from efmodels.game import Floats

SIZE = (5.2, 3.8)
"""Width and height of a new figure, in inches."""

STYLES = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))
"""Styles of the lines of one player, again from the first after the sixth."""

MOST = 36
"""How many lines are drawn, if no more are allowed."""


class HasResponses(Protocol):
    """What can be drawn: a path of quantal responses, or anything with these."""

    @property
    def precisions(self) -> Sequence[float]:
        """From small to large."""

    @property
    def continued(self) -> Sequence[bool]:
        """Whether each was reached in small steps; if not, lines are broken there."""

    def frame(self) -> pd.DataFrame:
        """Return a table: precision, player, infoset, action, probability, and more."""

    def summary(self) -> pd.DataFrame:
        """Return a table: a row per precision, a column ``payoff P`` for each player ``P``."""


def quantal_responses(
    path: HasResponses,
    *,
    infosets: Sequence[str] | None = None,
    max_lines: int = MOST,
    ax: Axes | None = None,
) -> Axes:
    """Draw the probability of each action against precision, with a colour per player.

    The axis of precisions is logarithmic; if pure noise is among them, it is linear up to a power
    of ten near the first precision above 0. Where the path could not be followed, lines are broken.

    Parameters
    ----------
    path
        What :func:`efmodels.quantal_response_path` returns.
    infosets
        Names of the infosets to be drawn; by default all.
    max_lines
        More actions than these are refused.
    ax
        Where to draw; by default a new figure.

    Raises
    ------
    GameError
        There is no such infoset, or there are too many actions.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> path = ef.quantal_response_path(game, "QRE", [0, 0.1, 1])  # doctest: +SKIP
    >>> ax = ef.plot.quantal_responses(path)  # doctest: +SKIP
    >>> [text.get_text() for text in ax.get_legend().get_texts()]  # doctest: +SKIP
    ['P1_1: 1', 'P1_1: 2', 'P2_1: 1', 'P2_1: 2']
    """
    table = _chosen(path.frame(), infosets)
    lines = table.groupby(["player", "infoset", "action"], sort=False)["probability"]
    if len(lines) > max_lines:
        raise GameError(
            f"there are {len(lines)} actions to be drawn, more than max_lines={max_lines}: choose "
            "some of the infosets by infosets=, or raise the number"
        )
    ax = new_axes(*SIZE) if ax is None else ax
    drawn: dict[Any, int] = {}
    for (player, infoset, action), numbers in lines:
        number = drawn[player] = drawn.get(player, -1) + 1
        name = f"{infoset}: {action}"
        _draw(ax, path, numbers.to_numpy(), (list(drawn).index(player), number), name)
    _finish(ax, path, "probability")
    return ax


def quantal_payoffs(path: HasResponses, *, ax: Axes | None = None) -> Axes:
    """Draw what each player gets against precision; see `quantal_responses`.

    Parameters
    ----------
    path
        What :func:`efmodels.quantal_response_path` returns.
    ax
        Where to draw; by default a new figure.

    Raises
    ------
    MissingPackageError
        matplotlib is not installed.
    """
    table = path.summary()
    ax = new_axes(*SIZE) if ax is None else ax
    names = [column for column in table.columns if column.startswith("payoff ")]
    for number, column in enumerate(names):
        _draw(ax, path, table[column].to_numpy(), (number, number), column.removeprefix("payoff "))
    _finish(ax, path, "expected payoff")
    return ax


def _chosen(table: pd.DataFrame, infosets: Sequence[str] | None) -> pd.DataFrame:
    if infosets is None:
        return table
    known = list(dict.fromkeys(table["infoset"]))
    if strange := [name for name in infosets if name not in known]:
        raise GameError(f"there is no infoset {strange[0]!r}; there are {known[:MOST]}")
    return table[table["infoset"].isin(list(infosets))]


def _draw(ax: Axes, path: HasResponses, numbers: Floats, place: tuple[int, int], name: str) -> None:
    """Draw one line, in the colour of a player and a style of its own."""
    colour, style = PLAYERS[place[0] % len(PLAYERS)], STYLES[place[1] % len(STYLES)]
    x, y = _broken(np.asarray(path.precisions, dtype=float), numbers, path.continued)
    line: dict[str, Any] = {"linestyle": style, "color": colour, "linewidth": 1.5}
    dot: dict[str, Any] = {"marker": "o"} if len(numbers) == 1 else {}
    ax.plot(x, y, gid=name, label=one_line(name), **line, **dot)


def _broken(x: Floats, y: Floats, continued: Sequence[bool]) -> tuple[Floats, Floats]:
    """Return the points of a line with a gap before each that was not reached from the last."""
    gaps = np.flatnonzero(~np.asarray(continued, dtype=bool))
    return np.insert(x, gaps, np.nan), np.insert(y.astype(float), gaps, np.nan)


def _finish(ax: Axes, path: HasResponses, what: str) -> None:
    positive = [one for one in path.precisions if one > 0]
    if len(positive) == len(path.precisions):
        ax.set_xscale("log")
    elif positive:
        ax.set_xscale("symlog", linthresh=10.0 ** np.ceil(np.log10(min(positive))))
    ax.set_xlabel("precision", fontsize=FONT)
    ax.set_ylabel(what, fontsize=FONT)
    ax.tick_params(labelsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    for text in ax.legend(fontsize=FONT).get_texts():
        text.set_parse_math(False)
