"""A game as a tree: nodes, infosets, actions, chances and payoffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.game import Game
from efmodels.plot.behaviour_table import behaviour_of
from efmodels.plot.canvas import new_axes, windowless_figure
from efmodels.plot.tree_artists import draw_plan
from efmodels.plot.tree_plan import plan_of

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

    from efmodels.plot.behaviour_table import HasStrategy

MOST_NODES = 250
"""How many nodes a tree may have, unless the caller says otherwise."""

PIXELS = 150
"""Pixels per inch of a file."""


def tree(
    game: Game,
    *,
    strategy: HasStrategy | pd.DataFrame | None = None,
    ax: Axes | None = None,
    max_nodes: int = MOST_NODES,
) -> Axes:
    """Draw a game as a tree.

    The root is on top. Players differ in colour and marker; chance nodes are hollow diamonds. A
    dashed line joins the nodes of an infoset, whose name stands on it, or beside its only node. On
    an edge stands the action; below an action of chance its probability, exact where the game's
    is. Below a terminal stand the payoffs, from top to bottom in the players' order and in their
    colours.

    Parameters
    ----------
    game
        What to draw.
    strategy
        An equilibrium, a solved block, or the table that their ``strategy()`` returns. Every
        action then shows its probability, also as the width of its edges; an action that is not
        taken is pale and dotted.
    ax
        Where to draw. By default a new figure, so large that no label lies on its neighbour.
    max_nodes
        A game with more nodes is refused.

    Returns
    -------
    matplotlib.axes.Axes
        The group ids of the artists are ``edges``, ``player-<number>`` (0 is chance),
        ``action-<node>``, ``payoff-<node>-<player's number>``, and of infosets
        ``infoset-<number>`` (the line) and ``name-<number>``.

    Raises
    ------
    GameError
        The game has too many nodes, or the strategy is not one of this game.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]], title="Pennies")
    >>> ax = ef.plot.tree(game)
    >>> ax.get_title()
    'Pennies'
    >>> ax.figure.savefig("pennies.png")
    """
    _require_small(game, max_nodes)
    plan = plan_of(game, None if strategy is None else behaviour_of(game, strategy))
    if ax is None:
        ax = new_axes(*plan.figure_size)
    draw_plan(plan, ax)
    return ax


def save_tree(game: Game, path: Path, *, max_nodes: int = MOST_NODES) -> None:
    """Draw a game as a tree into a file, whose suffix says the format, without any window.

    Raises
    ------
    GameError
        The game has too many nodes.
    MissingPackageError
        matplotlib is not installed.
    """
    _require_small(game, max_nodes)
    plan = plan_of(game)
    figure = windowless_figure(*plan.figure_size)
    draw_plan(plan, figure.subplots())
    figure.savefig(path, dpi=PIXELS)


def _require_small(game: Game, max_nodes: int) -> None:
    if not isinstance(game, Game):
        raise GameError(f"tree() draws a Game; got {type(game).__name__}")
    if game.nodes > max_nodes:
        raise GameError(
            f"the tree has {game.nodes} nodes, more than max_nodes={max_nodes}: too many to be "
            "readable. Draw a smaller game, or raise max_nodes"
        )
