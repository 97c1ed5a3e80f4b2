"""Where the nodes of a tree stand: a pure function of the game's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints


def tree_layout(game: Game) -> tuple[Floats, Floats]:
    r"""Return coordinates for the nodes of a game, the root on top.

    Terminals stand side by side in preorder at :math:`x = 0, 1, 2, \ldots`; every other node stands
    in the middle between its first and its last child, and at :math:`y = -\text{depth}`. The
    subtrees of two nodes of one depth have different terminals, so that no two nodes of one depth
    come closer than one unit.

    Parameters
    ----------
    game
        A game of any size.

    Returns
    -------
    tuple
        The arrays ``x`` and ``y``, of shape ``(nodes,)``.

    Examples
    --------
    >>> import efmodels as ef
    >>> x, y = tree_layout(ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]))
    >>> x.tolist()
    [1.5, 0.5, 0.0, 1.0, 2.5, 2.0, 3.0]
    >>> y.tolist()
    [0.0, -1.0, -2.0, -2.0, -1.0, -2.0, -2.0]
    """
    first = np.full(game.nodes, np.inf)
    first[game.terminals] = np.arange(len(game.terminals))
    last = np.where(np.isinf(first), -np.inf, first)
    x, y = np.empty(game.nodes), np.empty(game.nodes)
    for depth in reversed(range(len(game.levels))):
        level = game.levels[depth]
        x[level] = (first[level] + last[level]) / 2
        y[level] = 0.0 - depth
        if depth > 0:
            np.minimum.at(first, game.parent[level], x[level])
            np.maximum.at(last, game.parent[level], x[level])
    return x, y


def neighbours(game: Game, at: Floats) -> tuple[Ints, Ints]:
    """Return the pairs of nodes that are next to each other in the same row, by position ``at``.

    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> left, right = neighbours(game, tree_layout(game)[0])
    >>> list(zip(left.tolist(), right.tolist()))
    [(1, 4), (2, 3), (3, 5), (5, 6)]
    """
    rows = [level[np.argsort(at[level], kind="stable")] for level in game.levels]
    return (
        np.concatenate([row[:-1] for row in rows]),
        np.concatenate([row[1:] for row in rows]),
    )
