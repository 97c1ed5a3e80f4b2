"""How much worse than a best response a sequence can be: the constants of mixed-integer replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.sequences import chance_reach, last_sequences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Bools, Floats, Game, Ints
    from efmodels.plan_floors import PlanFloors
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
    return _slack_bounds(game, player, {})


def floored_slack_bounds(game: Game, player: str, floors: Mapping[str, PlanFloors]) -> Floats:
    r"""Return the same where plans have floors: how much worse than the best a sequence can be.

    What a player adds to her floors she adds to best sequences. With plans :math:`x = R x' + l` the
    slacks of their dual rows are

    .. math::

        s = (F R)^\top v - R^\top g,\qquad
        s_{ja} \le \max_{x_{-i}} \sum_{h \in j} c(h)\, x_{-i}(h)
        \bigl(\max_b \overline{u}(h b) - \underline{u}(h a)\bigr),

    where the opponent's plans are those above her floors, and the bounds on the payoff after a node
    count what floors make certain there.

    Parameters
    ----------
    game
        Two players, perfect recall.
    player
        By label.
    floors
        Of each player, by label.

    Returns
    -------
    numpy.ndarray
        One number per sequence, at least 0; 0 for the empty one. Shape ``(sequences,)``.

    Raises
    ------
    GameError
        There is no such player, or recall is not perfect.

    Examples
    --------
    >>> import numpy as np
    >>> import efmodels as ef
    >>> from efmodels.plan_floors import PlanFloors
    >>> game = ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    >>> polytope = game.sequence_form().polytope("P1")
    >>> tenth = PlanFloors(polytope, np.array([0, 0.1, 0.1]), np.zeros(3))
    >>> floored_slack_bounds(game, "P2", {"P1": tenth}).round(9).tolist()
    [0.0, 1.9, 0.0]
    """
    return _slack_bounds(game, player, floors)


def _slack_bounds(game: Game, player: str, floors: Mapping[str, PlanFloors]) -> Floats:
    number = game.player_number(player)
    form = game.sequence_form()
    polytope = form.polytope(player)
    last = last_sequences(game)
    node, sequence, gap = _gaps(game, number, last, _certain(game, number, last, floors))
    worth = gap * chance_reach(game)[node]
    if len(game.players) == 2:  # noqa: PLR2004 - a single opponent has a plan of her own
        opponent = form.polytopes[2 - number]
        theirs = last[node, 2 - number].astype(np.int64)
        within = floors.get(game.players[2 - number])
        return greatest_products(opponent, theirs, sequence, worth, polytope.size, floors=within)
    bounds: Floats = np.bincount(sequence, weights=worth, minlength=polytope.size).astype(float)
    return bounds


def _certain(
    game: Game, number: int, last: Ints, floors: Mapping[str, PlanFloors]
) -> Floats | None:
    """Return how likely the move before each node is at least, ``None`` if nobody has floors.

    The floors of a player's own sequences do not count: they move mass, and no value behind it.
    """
    if not floors:
        return None
    certain = np.zeros(game.nodes)
    for player, mine in floors.items():
        k = game.player_number(player)
        after = np.flatnonzero(game.owner[game.parent[1:]] == k) + 1
        sequence = last[after, k - 1]
        certain[after] = mine.share[sequence] + (k != number) * mine.least[sequence]
    return certain


def _gaps(game: Game, number: int, last: Ints, certain: Floats | None) -> tuple[Ints, Ints, Floats]:
    """Return for each action at a player's nodes the node, the sequence, and what it may cost."""
    numbers = np.zeros(game.nodes)
    numbers[game.terminals] = game.payoffs[:, number - 1]
    chance = game.owner == 0
    least, most = bounds_below(
        game.parent, game.levels, numbers, game.probability, chance, certain=certain
    )
    after = np.flatnonzero(game.owner[game.parent[1:]] == number) + 1
    node = game.parent[after]
    best = np.full(game.nodes, -np.inf)
    np.maximum.at(best, node, most[after])
    return node, last[after, number - 1].astype(np.int64), best[node] - least[after]


def bounds_below(
    parent: Ints,
    levels: Sequence[Ints],
    numbers: Floats,
    probability: Floats,
    chance: Bools,
    *,
    certain: Floats | None = None,
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
    certain
        How likely whoever chooses is to choose each node at least; by default 0.
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
            if certain is not None:
                _move_toward(bound, above[~luck], level[~luck], certain)
    return least, most


def _move_toward(bound: Floats, above: Ints, below: Ints, certain: Floats) -> None:
    """Move the best of what is below nodes as far as floors move it toward everything there."""
    up, which = np.unique(above, return_inverse=True)
    weight = certain[below]
    behind = weight * (bound[below] - bound[above])
    bound[up] += np.bincount(which, weights=behind, minlength=len(up))


def greatest_products(
    opponent: FlowPolytope,
    row: Ints,
    column: Ints,
    worth: Floats,
    columns: int,
    *,
    floors: PlanFloors | None = None,
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
    floors
        What all plans do at least; by default nothing.
    """
    row, column, worth = _combined(row, column, worth, columns, np.add)
    apart = np.zeros(columns)  # what floors on sequences change, wherever the flow goes
    into = np.concatenate(([0], opponent.incoming[opponent.incoming_start[:-1]]))  # a tree
    level = np.concatenate(([-1], opponent.level))
    for depth in range(int(level.max()), -1, -1):
        here = level[opponent.point[row] + 1] == depth
        best = _combined(opponent.point[row[here]], column[here], worth[here], columns, np.maximum)
        if floors is not None:
            best, moved = _within(floors, best, (row[here], column[here], worth[here]), columns)
            apart += moved
        above = into[best[0] + 1]
        row, column, worth = _combined(
            np.concatenate((row[~here], above)),
            np.concatenate((column[~here], best[1])),
            np.concatenate((worth[~here], best[2])),
            columns,
            np.add,
        )
    most: Floats = np.bincount(column, weights=worth, minlength=columns) + apart
    return most


def _within(
    floors: PlanFloors,
    best: tuple[Ints, Ints, Floats],
    choices: tuple[Ints, Ints, Floats],
    columns: int,
) -> tuple[tuple[Ints, Ints, Floats], Floats]:
    """Return what decision points are worth above floors, and what floors of sequences change.

    Where a column has no entry for a choice it is worth nothing.
    """
    (point, column, most), (row, where, worth) = best, choices
    here = floors.polytope.point[row]
    certain = _combined(here, where, worth * floors.share[row], columns, np.add)[2]
    shared, spent = floors.taken
    moved = np.bincount(where, weights=worth * floors.least[row], minlength=columns)
    lost = np.bincount(column, weights=most * spent[point], minlength=columns)
    change: Floats = (moved - lost).astype(float)
    return (point, column, certain + (1 - shared[point]) * most), change


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
