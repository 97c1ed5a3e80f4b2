"""A strategy as bars: one per infoset, a segment per action."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.plot.bar_artists import Bar, bars_size, draw_bars
from efmodels.plot.behaviour_table import strategy_table
from efmodels.plot.canvas import new_axes, one_line
from efmodels.plot.palette import player_colour

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from efmodels.plot.behaviour_table import HasStrategy

MOST_INFOSETS = 60
"""How many infosets are drawn, unless the caller says otherwise."""

COLUMNS = ("player", "infoset", "action", "probability", "reach")


def strategy(
    eq: HasStrategy | pd.DataFrame,
    *,
    player: str | None = None,
    infosets: Collection[str] | None = None,
    ax: Axes | None = None,
    max_infosets: int = MOST_INFOSETS,
) -> Axes:
    """Draw a strategy: for every infoset a bar whose segments are the actions' probabilities.

    The players stand one below the other on the same axes, each under her label, with her infosets
    in the order of the game. An action has the same fill wherever it occurs, and its name and
    probability stand in its segment where there is room. On the right stands the probability with
    which the infoset is reached; the bar of one that is not reached is pale, because an equilibrium
    may say anything there.

    Parameters
    ----------
    eq
        An equilibrium, a solved block, or the table that their ``strategy()`` returns.
    player
        Whose strategy; by default everybody's.
    infosets
        Names of the infosets to draw; by default all.
    ax
        Where to draw; by default a new figure.
    max_infosets
        More infosets than that are refused.

    Returns
    -------
    matplotlib.axes.Axes
        Always one, however many players there are.

    Raises
    ------
    GameError
        There is no such player or infoset, nothing to draw, or too much.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> equilibrium = ef.optimal_equilibrium(ef.instances.kuhn(), "nash_zero_sum")
    >>> ax = ef.plot.strategy(equilibrium, player="P2")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Q:k', 'Q:b', 'K:k', 'K:b', 'J:k', 'J:b']
    """
    table = strategy_table(eq, COLUMNS)
    everybody = list(dict.fromkeys(table["player"]))
    if player is not None and player not in everybody:
        raise GameError(f"no infoset belongs to {player!r}; the players who move are {everybody}")
    bars = [bar for bar in bars_of(table) if player in {None, bar.player}]
    bars = _chosen(bars, infosets)
    _require_few(bars, max_infosets)
    if ax is None:
        ax = new_axes(*bars_size(bars))
    draw_bars(bars, ax, {name: player_colour(k + 1) for k, name in enumerate(everybody)})
    return ax


def bars_of(table: pd.DataFrame) -> list[Bar]:
    """Return a bar per infoset, in the order of the table.

    >>> import pandas as pd
    >>> row = {"player": "Ann", "infoset": "J", "reach": 0.5}
    >>> bars_of(pd.DataFrame([row | {"action": "bet", "probability": 0.25},
    ...                       row | {"action": "check", "probability": 0.75}]))[0].actions
    ('bet', 'check')
    """
    rows = zip(*(table[column].tolist() for column in COLUMNS), strict=True)
    bars = []
    for (player, infoset), group in groupby(rows, key=lambda row: row[:2]):
        _, _, actions, probabilities, reach = zip(*group, strict=True)
        names = tuple(map(one_line, actions))
        bars.append(Bar(player, infoset, names, probabilities, float(reach[0])))
    return bars


def _chosen(bars: list[Bar], infosets: Collection[str] | None) -> list[Bar]:
    """Keep the infosets that were asked for."""
    if infosets is None:
        return bars
    wanted = [infosets] if isinstance(infosets, str) else list(infosets)
    known = {bar.infoset for bar in bars}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        some = ", ".join(sorted(known)[:8])
        raise GameError(f"no infoset is called {unknown[0]!r}; there are {some}, ...")
    return [bar for bar in bars if bar.infoset in wanted]


def _require_few(bars: Sequence[Bar], max_infosets: int) -> None:
    if not bars:
        raise GameError("there is nothing to draw: no infoset was chosen, or nobody moves")
    if len(bars) > max_infosets:
        raise GameError(
            f"the strategy has {len(bars)} infosets, more than max_infosets={max_infosets}. Choose "
            "with player='...' or infosets=['...', ...], or raise max_infosets"
        )
