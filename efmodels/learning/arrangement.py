"""Polytopes arranged for sweeping: forced moves contracted, decision points level by level."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.floored_polytope import floored, floors_of
from efmodels.game import ranges
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints


@dataclass(frozen=True, eq=False)
class Arrangement:
    """A flow polytope in the order in which sweeps go through it.

    Attributes
    ----------
    polytope
        The arranged polytope, whose names are numbers; or the original one if it is arranged.
    place
        Coordinate of the arranged polytope that each original coordinate has become.

    Examples
    --------
    The second of three decision points is forced:

    >>> names = ("I", "J", "K")
    >>> tree = FlowPolytope([1, 3, 4, 6], [0, 2, 3], range(4), names, ("", *"lrfab"))
    >>> arranged = arranged_for_sweeps(tree)
    >>> arranged.polytope.start.tolist(), arranged.place.tolist(), arranged.levels.tolist()
    ([1, 3, 5], [0, 1, 2, 2, 3, 4], [0, 1, 2])
    """

    polytope: FlowPolytope
    place: Ints

    @property
    def floors(self) -> Floats | None:
        """Least probability of each coordinate at its decision point; ``None`` if all are 0."""
        return floors_of(self.polytope)

    @cached_property
    def levels(self) -> Ints:
        """First decision point of each level, and the number of points; ``(levels + 1,)``."""
        levels: Ints = np.cumsum([0, *np.bincount(self.polytope.level)])
        return levels

    def original(self, x: Floats) -> Floats:
        """Return the original coordinates of a point of the arranged polytope."""
        return x[self.place]

    def gathered(self, gradient: Floats) -> Floats:
        """Return a gradient in arranged coordinates, given the one in original ones."""
        total: Floats = np.bincount(self.place, gradient, self.polytope.size).astype(float)
        return total

    def columns(self, matrix: sparse.csr_array) -> sparse.csr_array:
        """Return a matrix over the arranged coordinates, given one over the original ones."""
        shape = (matrix.shape[0], self.polytope.size)
        place = self.place[matrix.indices]
        result = sparse.csr_array((matrix.data, place, matrix.indptr), shape=shape)
        result.sum_duplicates()
        return result


def arranged_for_sweeps(polytope: FlowPolytope) -> Arrangement:
    """Contract the forced moves of a polytope and sort its decision points by level.

    A decision point with one choice and one incoming coordinate decides nothing: its coordinate has
    the value of the incoming one and becomes the same coordinate.
    """
    small = _contracted(polytope)
    level = small.polytope.level
    if (level[1:] >= level[:-1]).all():
        return small
    order = np.argsort(level, kind="stable")
    ordered = _with_points(small.polytope, order)
    return Arrangement(ordered.polytope, ordered.place[small.place])


def arranged_beside(polytope: FlowPolytope, partner: Ints) -> Arrangement:
    """Sort the decision points of each level by whom they meet, so that neighbours meet neighbours.

    A product with the payoffs is several times faster if what is read together lies together.

    Parameters
    ----------
    polytope
        An arranged one.
    partner
        For each coordinate the first one of the other side that it has a payoff with, or what
        that side has in all; ``(size,)``.

    Returns
    -------
    Arrangement
        Points are in the order of the first partner of a choice or of what may follow.
    """
    if not polytope.points:
        return Arrangement(polytope, np.zeros(1, dtype=np.int64))
    first = np.array(partner, dtype=np.int64)
    bounds = np.cumsum([0, *np.bincount(polytope.level)]).tolist()
    for begin, end in reversed(list(pairwise(bounds))):
        start = polytope.start[begin : end + 1]
        entry = polytope.incoming_start[begin : end + 1]
        own = np.minimum.reduceat(first[start[0] : start[-1]], start[:-1] - start[0])
        incoming = polytope.incoming[entry[0] : entry[-1]]
        np.minimum.at(first, incoming, np.repeat(own, np.diff(entry)))
    own = np.minimum.reduceat(first[1:], polytope.start[:-1] - 1)
    return _with_points(polytope, np.lexsort((own, polytope.level)))


def _contracted(polytope: FlowPolytope) -> Arrangement:
    """Leave out the decision points at which nothing is decided."""
    forced = (np.diff(polytope.start) == 1) & (np.diff(polytope.incoming_start) == 1)
    same = np.arange(polytope.size)
    if not forced.any():
        return Arrangement(polytope, same)
    same[polytope.start[:-1][forced]] = polytope.incoming[polytope.incoming_start[:-1][forced]]
    while not np.array_equal(same, same[same]):
        same = same[same]
    return _with_points(polytope, np.flatnonzero(~forced), same)


def _with_points(polytope: FlowPolytope, points: Ints, same: Ints | None = None) -> Arrangement:
    """Return the polytope of some decision points, in the order given.

    Parameters
    ----------
    polytope
        Where they are from.
    points
        Which ones, in topological order.
    same
        A coordinate of these points for every coordinate, or its own number.
    """
    width = np.diff(polytope.start)[points]
    start = 1 + np.concatenate(([0], np.cumsum(width)))
    place = np.zeros(polytope.size, dtype=np.int64)
    own = ranges(polytope.start[points], polytope.start[points + 1])
    place[own] = np.arange(1, start[-1])
    if same is not None:
        place = place[same]
    begin, end = polytope.incoming_start[points], polytope.incoming_start[points + 1]
    incoming = place[polytope.incoming[ranges(begin, end)]]
    incoming_start = np.concatenate(([0], np.cumsum(end - begin)))
    point_names = MadeNames(len(points), "{}".format)
    choice_names = MadeNames(int(start[-1]), "{}".format)
    arranged = FlowPolytope(start, incoming, incoming_start, point_names, choice_names)
    floors = floors_of(polytope)
    if floors is not None:
        arranged = floored(arranged, np.concatenate(([0.0], floors[own])))
    if same is None:
        vars(arranged)["level"] = polytope.level[points]  # the cached property: no need to search
    return Arrangement(arranged, place)
