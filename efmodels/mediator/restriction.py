"""Flow polytopes from which choices were dropped; where one choice is left, it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.game import ranges
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Restriction:
    """A smaller polytope, and what its points are in the larger one.

    Attributes
    ----------
    polytope
        The smaller one.
    place
        Which of its coordinates each coordinate of the larger one always equals; -1 where it is
        always zero.
    """

    polytope: FlowPolytope
    place: Ints

    def lift(self, x: Floats) -> Floats:
        """Return the point of the larger polytope that a point of the smaller one is."""
        return np.where(self.place >= 0, x[self.place], 0.0)

    def columns(self, matrix: sparse.csr_array) -> sparse.csr_array:
        """Return a matrix for the smaller polytope: columns that are always equal are added up."""
        alive = np.flatnonzero(self.place >= 0)
        ones = (np.ones(len(alive)), (alive, self.place[alive]))
        total = sparse.csr_array(ones, shape=(len(self.place), self.polytope.size))
        return sparse.csr_array(matrix @ total)

    def numbers(self, numbers: Floats) -> Floats:
        """Return coefficients for the smaller polytope."""
        alive = np.flatnonzero(self.place >= 0)
        total = np.bincount(self.place[alive], numbers[alive], self.polytope.size)
        return total.astype(float)

    def after(self, before: Restriction) -> Restriction:
        """Return the two restrictions as one, this one having been made of the other's polytope."""
        place = np.where(before.place >= 0, self.place[before.place], -1)
        return Restriction(self.polytope, place)


def restricted(polytope: FlowPolytope, dropped: Bools) -> Restriction:
    """Drop choices of a tree, and decision points that have one choice left or none.

    Parameters
    ----------
    polytope
        One coordinate flows into each of its decision points.
    dropped
        Which coordinates go, and with each all that lies below; shape ``(polytope.size,)``.

    Examples
    --------
    Without r, and with one bet left after l, nothing is left to choose before K:

    >>> names = ("I", "J", "K"), ("", "l", "r", "1", "2", "x", "y")
    >>> tree = FlowPolytope([1, 3, 5, 7], [0, 1, 3], [0, 1, 2, 3], *names)
    >>> smaller = restricted(tree, np.array([0, 0, 1, 0, 1, 0, 0], dtype=bool))
    >>> smaller.polytope.names, smaller.place.tolist()
    (('root', 'K_x', 'K_y'), [0, 0, -1, 0, -1, 1, 2])
    """
    number = np.add.reduceat(~dropped, polytope.start[:-1], dtype=np.int64)
    given = np.flatnonzero(number == 1)
    # What each coordinate equals: itself, or what flows into its point; `nowhere` is zero.
    nowhere = polytope.size
    same = np.arange(nowhere + 1)
    choices = ranges(polytope.start[given], polytope.start[given + 1])
    same[choices] = polytope.incoming[polytope.point[choices]]
    same[:-1][dropped] = nowhere
    above = np.append(_below(polytope, same == nowhere), nowhere)
    same = np.where(above == nowhere, nowhere, same)
    while (same != (further := same[same])).any():
        same = further
    same = same[:-1]
    kept = np.flatnonzero(same == np.arange(nowhere))
    position = np.full(nowhere + 1, -1, dtype=np.int64)
    position[kept] = np.arange(len(kept))
    place = position[same]
    width = np.bincount(polytope.point[kept[1:]], minlength=polytope.points)
    points = np.flatnonzero(width)
    names, labels = polytope.point_names, polytope.choice_names
    smaller = FlowPolytope(
        np.concatenate(([1], 1 + np.cumsum(width[points]))),
        place[polytope.incoming[points]],
        np.arange(len(points) + 1),
        MadeNames(len(points), lambda k: names[int(points[k])]),
        MadeNames(len(kept), lambda k: labels[int(kept[k])]),
    )
    return Restriction(smaller, place)


def _below(polytope: FlowPolytope, zero: Bools) -> Ints:
    """Return the coordinate above each, or the number of coordinates if one on the way is zero."""
    nowhere = polytope.size
    above = np.append(0, polytope.incoming[polytope.point[1:]])
    above = np.append(np.where(zero[:-1], nowhere, above), nowhere)
    while (above != (further := above[above])).any():
        above = further
    return above[:-1]
