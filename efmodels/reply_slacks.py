"""How much worse than a best response a sequence can be: the constants of mixed-integer replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.sequences import chance_reach, last_sequences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Bools, Floats, Game, Ints
    from efmodels.polytope import FlowPolytope


def slack_bounds(game: Game, player: str) -> Floats:
    r"""Return how much worse than a best response each sequence of a player can be.

    A sequence ``(j, a)`` that is no best response has a slack in its dual row,
    ``s = v_j - sum of v below (j, a) - g``. Whatever the others play, with values ``v`` of a best
    response

    .. math::

        s_{ja} \le M_{ja} = \max_{x_{-i}} \sum_{h \in j} c(h)\, x_{-i}(h)
        \bigl(\overline{u}(h) - \underline{u}(h a)\bigr),

    where the bounds on the payoff after a node average over chance and let everybody else choose.
    With two players the maximum is that of the opponent's plans, a sweep of her polytope; with more
    the nodes are added up as if each could be reached with certainty.

    Parameters
    ----------
    game
        With perfect recall.
    player
        By label.

    Returns
    -------
    numpy.ndarray
        One number per sequence, at least 0; 0 for the empty one. Shape ``(sequences,)``.

    Raises
    ------
    GameError
        There is no such player, or recall is not perfect.

    Notes
    -----
    The time is linear in the number of nodes times the moves on a path. A constant that is larger
    than it must be weakens relaxations; and multiplied by a solver's tolerance for integers, 1e-6,
    it lets through as much of a wrong reply.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> slack_bounds(game, "P2").tolist()
    [0.0, 2.0, 0.0]
    """
    number = game.player_number(player)
    form = game.sequence_form()
    polytope = form.polytope(player)
    last = last_sequences(game)
    node, sequence, gap = _gaps(game, number, last)
    worth = gap * chance_reach(game)[node]
    if len(game.players) == 2:  # noqa: PLR2004 - a single opponent has a plan of her own
        opponent = form.polytopes[2 - number]
        theirs = last[node, 2 - number].astype(np.int64)
        return greatest_products(opponent, theirs, sequence, worth, polytope.size)
    bounds: Floats = np.bincount(sequence, weights=worth, minlength=polytope.size).astype(float)
    return bounds


def _gaps(game: Game, number: int, last: Ints) -> tuple[Ints, Ints, Floats]:
    """Return for each action at a player's nodes the node, the sequence, and what it may cost."""
    numbers = np.zeros(game.nodes)
    numbers[game.terminals] = game.payoffs[:, number - 1]
    least, most = bounds_below(game.parent, game.levels, numbers, game.probability, game.owner == 0)
    after = np.flatnonzero(game.owner[game.parent[1:]] == number) + 1
    node = game.parent[after]
    return node, last[after, number - 1].astype(np.int64), most[node] - least[after]


def bounds_below(
    parent: Ints, levels: Sequence[Ints], numbers: Floats, probability: Floats, chance: Bools
) -> tuple[Floats, Floats]:
    """Return the least and the greatest number at the leaves below each node of a forest.

    Chance averages; everybody else chooses.

    Parameters
    ----------
    parent
        Of each node, -1 at a root; shape ``(nodes,)``.
    levels
        The nodes at depth 0, 1, 2, ...
    numbers
        One per node, of which those at leaves count.
    probability
        With which its parent leads to each node, where chance moves there.
    chance
        Whether chance moves at each node.
    """
    inner = np.zeros(len(parent), dtype=bool)
    inner[parent[parent >= 0]] = True
    least, most = numbers.astype(float), numbers.astype(float)
    least[inner & chance] = most[inner & chance] = 0.0
    least[inner & ~chance], most[inner & ~chance] = np.inf, -np.inf
    for level in reversed(levels[1:]):
        above = parent[level]
        luck = chance[above]
        for bound, extreme in ((least, np.minimum), (most, np.maximum)):
            np.add.at(bound, above[luck], probability[level[luck]] * bound[level[luck]])
            extreme.at(bound, above[~luck], bound[level[~luck]])
    return least, most


def greatest_products(
    opponent: FlowPolytope, row: Ints, column: Ints, worth: Floats, columns: int
) -> Floats:
    """Return for each column the most that a plan makes of nonnegative numbers per sequence.

    One sweep up the opponent's decision points for all columns together: the best choice counts,
    and what lies side by side adds up.

    Parameters
    ----------
    opponent
        Whose plan it is; a tree.
    row, column, worth
        Entries of a matrix with a row per sequence of the opponent; equal places add up.
    columns
        How many columns.
    """
    row, column, worth = _combined(row, column, worth, columns, np.add)
    into = np.concatenate(([0], opponent.incoming[opponent.incoming_start[:-1]]))  # a tree
    level = np.concatenate(([-1], opponent.level))
    for depth in range(int(level.max()), -1, -1):
        here = level[opponent.point[row] + 1] == depth
        best = _combined(opponent.point[row[here]], column[here], worth[here], columns, np.maximum)
        above = into[best[0] + 1]
        row, column, worth = _combined(
            np.concatenate((row[~here], above)),
            np.concatenate((column[~here], best[1])),
            np.concatenate((worth[~here], best[2])),
            columns,
            np.add,
        )
    most: Floats = np.bincount(column, weights=worth, minlength=columns).astype(float)
    return most


def _combined(
    row: Ints, column: Ints, worth: Floats, columns: int, how: np.ufunc
) -> tuple[Ints, Ints, Floats]:
    """Return the entries with those of one place combined by ``how``."""
    if not len(row):
        return row, column, worth
    key = row.astype(np.int64) * columns + column
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    return key[first] // columns, key[first] % columns, how.reduceat(worth[order], first)
