"""What a player sees who looks a few moves ahead: a window of the tree below each of her infosets.

All windows together are a forest, and deciding in all of them is one flow polytope: each window has
a decision point per infoset that it shows. Arrays only; nothing here knows a concept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.game import CHANCE, TERMINAL, ranges
from efmodels.polytope import FlowPolytope
from efmodels.reply_slacks import bounds_below, greatest_products
from efmodels.sequences import chance_reach, last_sequences

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Game, Ints


@dataclass(frozen=True, eq=False)
class LookaheadWindows:
    """The windows of a player in a game of two, as a forest of copies of nodes.

    The window of an infoset holds what is at most so many levels of the tree below its nodes. It
    ends at terminals, and at its last level. Windows that show all that can follow are one: a
    decision below looks the same from above. Without a limit there is therefore one decision point
    per infoset, and `polytope` is the player's own.

    Attributes
    ----------
    game, number
        The game, and whose windows they are (from 1).
    polytope
        A decision point for each window and each infoset in it; coordinates are its actions.
    own
        For each of the player's sequences the coordinate at which she really decides it, in the
        window of its infoset; 0 for the empty one. Shape ``(sequences,)``.
    node
        The node of the game that each copy stands for; shape ``(copies,)``.
    parent
        The copy above, -1 at the top of a window.
    levels
        The copies at depth 0, 1, 2, ... of their windows.
    last
        The last coordinate before each copy; 0 at the top.

    Examples
    --------
    >>> import efmodels as ef
    >>> windows = lookahead_windows(ef.instances.kuhn(), "P1", 2)
    >>> windows.polytope.points, windows.ends.size, len(windows.own)
    (6, 36, 13)
    """

    game: Game
    number: int
    polytope: FlowPolytope
    own: Ints
    node: Ints
    parent: Ints
    levels: tuple[Ints, ...]
    last: Ints

    @cached_property
    def ends(self) -> Ints:
        """The copies at which windows end."""
        inner = np.zeros(len(self.node), dtype=bool)
        inner[self.parent[self.parent >= 0]] = True
        return np.flatnonzero(~inner)

    def payoff_matrix(self, numbers: Floats) -> sparse.csr_array:
        """Return what each coordinate brings of a number per node of the game, at windows' ends.

        Entry ``(s, q)`` adds up the chance probabilities times numbers of all ends that come after
        the opponent's sequence ``s`` and the coordinate ``q``.
        """
        node = self.node[self.ends]
        worth = self._chance[node] * numbers[node]
        place = (self._theirs[node], self.last[self.ends])
        shape = (self._opponent.size, self.polytope.size)
        matrix = sparse.csr_array((worth, place), shape=shape)
        matrix.eliminate_zeros()
        return matrix

    def slack_bounds(self, numbers: Floats) -> Floats:
        """Return how much worse than a best reply each coordinate can be, whatever the plan.

        See :func:`efmodels.reply_slacks.slack_bounds`, which this is for a player without a limit
        and her payoffs.
        """
        least, most = self._bounds(numbers)
        above, after = self._decided
        return self._greatest(most[above] - least[after])

    def greatest_values(self, numbers: Floats) -> Floats:
        """Return the most that each coordinate can bring of nonnegative numbers per node."""
        _, most = self._bounds(numbers)
        return self._greatest(most[self._decided[1]])

    def _bounds(self, numbers: Floats) -> tuple[Floats, Floats]:
        """Return the least and the greatest number at the ends below each copy."""
        game, node = self.game, self.node
        chance = game.owner[node] == CHANCE
        return bounds_below(self.parent, self.levels, numbers[node], game.probability[node], chance)

    def _greatest(self, gap: Floats) -> Floats:
        """Return for each coordinate the most that a plan makes of a gap per copy after it."""
        above, after = self._decided
        node = self.node[above]
        return greatest_products(
            self._opponent,
            self._theirs[node],
            self.last[after],
            gap * self._chance[node],
            self.polytope.size,
        )

    @cached_property
    def _decided(self) -> tuple[Ints, Ints]:
        """Pairs of copies: of a decision of the player's, and of what may come after it."""
        after = np.flatnonzero(self.parent >= 0)
        after = after[self.game.owner[self.node[self.parent[after]]] == self.number]
        return self.parent[after], after

    @cached_property
    def _chance(self) -> Floats:
        return chance_reach(self.game)

    @cached_property
    def _theirs(self) -> Ints:
        last: Ints = last_sequences(self.game)[:, 2 - self.number].astype(np.int64)
        return last

    @property
    def _opponent(self) -> FlowPolytope:
        return self.game.sequence_form().polytopes[2 - self.number]


def lookahead_windows(game: Game, player: str, depth: float) -> LookaheadWindows:
    """Return the windows of a player who looks ahead so many levels of the tree.

    Parameters
    ----------
    game
        Two players, perfect recall.
    player
        By label.
    depth
        1 (what her action leads to), 2, ... or ``math.inf``.

    Raises
    ------
    GameError
        There is no such player, or recall is not perfect.
    """
    number = game.player_number(player)
    whole = game.sequence_form().polytope(player)
    point = np.full(game.nodes, -1)
    mine = np.flatnonzero(game.owner == number)
    point[mine] = game.infoset[mine] - game.infosets_of(number).start if len(mine) else -1
    complete = _complete(game, point, whole.points, depth)
    above = whole.point[whole.incoming]
    starts = mine[~(complete & (above >= 0) & complete[above])[point[mine]]]
    copies = _Copies(game, number, point, complete, whole)
    copies.grow(starts, depth)
    return copies.windows()


def _complete(game: Game, point: Ints, points: int, depth: float) -> Bools:
    """Return which windows show all that can follow."""
    height = np.zeros(game.nodes, dtype=np.int64)
    for level in reversed(game.levels[1:]):
        np.maximum.at(height, game.parent[level], height[level] + 1)
    highest = np.zeros(points, dtype=np.int64)
    mine = np.flatnonzero(point >= 0)
    np.maximum.at(highest, point[mine], height[mine])
    complete: Bools = highest <= depth
    return complete


class _Copies:
    """The forest while it grows, a level at a time.

    A coordinate is a pair of a window and one of the player's sequences, as one number; windows are
    numbered by their infosets. Below a complete window, every infoset's own window is used.
    """

    def __init__(
        self, game: Game, number: int, point: Ints, complete: Bools, whole: FlowPolytope
    ) -> None:
        self.game, self.number, self.point = game, number, point
        self.complete, self.whole = complete, whole
        self.sequence = last_sequences(game)[:, number - 1].astype(np.int64)
        self.order = np.argsort(game.parent, kind="stable")
        self.first = np.searchsorted(game.parent[self.order], np.arange(game.nodes + 1))
        self.node: list[Ints] = []
        self.parent: list[Ints] = []
        self.key: list[Ints] = []

    def grow(self, starts: Ints, depth: float) -> None:
        """Copy what is within so many levels of the starts."""
        node, window = starts, self.point[starts]
        parent, key, before, step = np.full(len(node), -1), np.full(len(node), -1), 0, 0
        while len(node):
            self.node.append(node)
            self.parent.append(parent)
            self.key.append(key)
            goes_on = (self.game.owner[node] != TERMINAL) & (self.complete[window] | (step < depth))
            copy = np.flatnonzero(goes_on)
            start, end = self.first[node[copy]], self.first[node[copy] + 1]
            child = self.order[ranges(start, end)]
            copy = np.repeat(copy, end - start)
            here = self.point[node[copy]]
            decided, window, key = here >= 0, window[copy], key[copy]
            window = np.where(decided & self.complete[window], here, window)
            key = np.where(decided, window * self.whole.size + self.sequence[child], key)
            parent, before, step = before + copy, before + len(node), step + 1
            node = child

    def windows(self) -> LookaheadWindows:
        """Return the record, with the coordinates numbered."""
        size = self.whole.size
        node, parent, key = map(_joined, (self.node, self.parent, self.key))
        keys = np.unique(key[key >= 0])
        last = np.where(key >= 0, np.searchsorted(keys, key) + 1, 0)
        point = self.whole.point[keys % size]
        both = np.stack([keys // size, point])
        new = np.flatnonzero(
            np.concatenate(([True], (np.diff(both) != 0).any(axis=0)))[: len(keys)]
        )
        window, shown = both[:, new]
        after = np.flatnonzero(parent >= 0)
        after = after[self.game.owner[node[parent[after]]] == self.number]
        incoming = np.zeros(len(new), dtype=np.int64)
        incoming[np.searchsorted(new, last[after] - 1, side="right") - 1] = last[parent[after]]
        names = self.whole.point_names
        polytope = FlowPolytope(
            start=np.concatenate((new + 1, [len(keys) + 1])),
            incoming=incoming,
            incoming_start=np.arange(len(new) + 1),
            point_names=tuple(
                names[k] if k == w else f"{names[k]} seen from {names[w]}"
                for w, k in zip(window.tolist(), shown.tolist(), strict=True)
            ),
            choice_names=("", *(self.whole.choice_names[q] for q in (keys % size).tolist())),
        )
        sequences = np.arange(1, size)
        own = np.searchsorted(keys, self.whole.point[sequences] * size + sequences) + 1
        ends = np.cumsum([0, *map(len, self.node)])
        levels = tuple(np.arange(s, e) for s, e in pairwise(ends.tolist()))
        own = np.concatenate(([0], own))
        return LookaheadWindows(self.game, self.number, polytope, own, node, parent, levels, last)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts]).astype(np.int64)
