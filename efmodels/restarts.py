r"""A trembling player's plans as mixtures of fresh starts at each of her infosets.

Where every sequence ``q`` has a least probability :math:`\xi_q`, what is left at infoset ``j``,

.. math:: \eta_j = \xi_{p(j)} - \sum_a \xi_{ja} > 0,

is what the player gets there by trembles alone and may use as she likes. Her plans are the floors
plus, for every infoset, that much of a plan of the subtree that starts there with certainty:

.. math:: \{r \in T : r \ge \xi\} = \xi + \sum_j \eta_j T_j .

So a best response acts well at *every* infoset, on and off the path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.game import ranges

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.polytope import FlowPolytope


@dataclass(frozen=True, eq=False)
class Restarts:
    """All pairs of a sequence of a player and an infoset on the way to it, its own included.

    The pair ``(q, i)`` stands for sequence ``q`` in the subtree that starts ``i`` of her infosets
    above that of ``q``. Pairs of one sequence follow each other, ``i = 0`` first.

    Parameters
    ----------
    polytope
        The player's: a tree.
    floors
        The least probability of each sequence, 1 for the empty one; shape ``(size,)``.

    Raises
    ------
    GameError
        The floors leave nothing at an infoset, or have another shape.

    Examples
    --------
    Two infosets, one after the other: the second is reached on purpose or by a tremble.

    >>> from efmodels.polytope import FlowPolytope
    >>> tree = FlowPolytope([1, 3, 5], [0, 2], [0, 1, 2], ("I", "J"), ("", "l", "r", "a", "b"))
    >>> restarts = Restarts(tree, 0.1 ** np.array([0, 1, 1, 2, 2]))
    >>> restarts.left.round(9).tolist(), restarts.size
    ([0.8, 0.08], 6)
    >>> always_left_and_a = np.array([1, 0, 1, 0, 0, 0])  # l, r, then a and b from J and from I
    >>> restarts.plan(always_left_and_a).round(9).tolist()
    [1.0, 0.9, 0.1, 0.09, 0.01]
    """

    polytope: FlowPolytope
    floors: Floats

    def __post_init__(self) -> None:
        """Check the floors."""
        if self.floors.shape != (self.polytope.size,) or self.floors[0] != 1:
            raise GameError("give one floor per sequence, 1 for the empty one")
        if self.polytope.points and self.left.min() <= 0:
            worst = self.polytope.point_names[int(np.argmin(self.left))]
            raise GameError(
                f"the floors of the actions at {worst!r} take all that the sequence before it has; "
                "smaller trembles leave room for intentions"
            )

    @cached_property
    def left(self) -> Floats:
        """What the floors leave at each infoset: ``eta``; shape ``(points,)``."""
        sums = np.add.reduceat(self.floors[1:], self.polytope.start[:-1] - 1)
        left: Floats = self.floors[self.before] - sums
        return left

    @cached_property
    def before(self) -> Ints:
        """The sequence before each infoset; shape ``(points,)``."""
        return self.polytope.incoming[self.polytope.incoming_start[:-1]]

    @cached_property
    def depth(self) -> Ints:
        """How many infosets there are on the way to each sequence, its own included."""
        return np.concatenate(([0], self.polytope.level[self.polytope.point[1:]] + 1))

    @cached_property
    def first(self) -> Ints:
        """The first pair of each sequence, and the number of pairs; shape ``(size + 1,)``."""
        return np.concatenate(([0], np.cumsum(self.depth)))

    @property
    def size(self) -> int:
        """Number of pairs."""
        return int(self.first[-1])

    @cached_property
    def sequence(self) -> Ints:
        """The sequence of each pair; shape ``(pairs,)``."""
        return np.repeat(np.arange(self.polytope.size), self.depth)

    @cached_property
    def above(self) -> Ints:
        """How many infosets above its own each pair starts; shape ``(pairs,)``."""
        return ranges(np.zeros_like(self.depth), self.depth)

    @cached_property
    def parent(self) -> Ints:
        """The pair of the sequence before, in the same subtree; -1 where it starts."""
        point = self.polytope.point[self.sequence]
        parent = self.first[self.before[point]] + self.above - 1
        return np.where(self.above > 0, parent, -1)

    @cached_property
    def start(self) -> Ints:
        """The infoset at which the subtree of each pair starts; shape ``(pairs,)``."""
        start = self.polytope.point[self.sequence]
        for _ in range(int(self.depth.max(initial=1)) - 1):
            start = np.where(self.parent >= 0, start[self.parent], start)
        return start

    @cached_property
    def points(self) -> tuple[Ints, Ints]:
        """Infoset and distance of each row of `rows`; two arrays."""
        polytope = self.polytope
        depth = self.depth[polytope.start[:-1]]
        return np.repeat(np.arange(polytope.points), depth), ranges(np.zeros_like(depth), depth)

    def plan(self, intended: Floats) -> Floats:
        """Return the player's plan: floors and what is left, spent as intended.

        Parameters
        ----------
        intended
            The probability of each pair, given that its subtree starts; shape ``(pairs,)``.
        """
        spent = np.bincount(
            self.sequence, weights=self.left[self.start] * intended, minlength=self.polytope.size
        )
        plan: Floats = self.floors + spent
        return plan

    def pure(self, played: Floats) -> Floats:
        """Return the plans of all subtrees in which at every infoset one action is played.

        Parameters
        ----------
        played
            1 for the action of each infoset that is played, 0 for the others; ``(size,)``.
        """
        intended = played[self.sequence].astype(float)
        for depth in range(1, int(self.depth.max(initial=0))):
            here = np.flatnonzero(self.above == depth)
            intended[here] *= intended[self.parent[here]]
        return intended

    def rows(self) -> tuple[sparse.csr_array, Floats]:
        """Return ``F`` and ``f``: in each subtree probabilities of actions add up to what came."""
        point, above = self.points
        width = np.diff(self.polytope.start)[point]
        row = np.repeat(np.arange(len(point)), width)
        q = ranges(self.polytope.start[:-1][point], self.polytope.start[1:][point])
        inner = np.flatnonzero(above > 0)
        came = self.first[self.before[point[inner]]] + above[inner] - 1
        rows = np.concatenate((row, inner))
        columns = np.concatenate((self.first[q] + above[row], came))
        values = np.concatenate((np.ones(len(q)), -np.ones(len(inner))))
        F = sparse.csr_array((values, (rows, columns)), shape=(len(point), self.size))
        return F, (above == 0).astype(float)
