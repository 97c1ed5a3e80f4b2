r"""Which choices of a deviator are never better than a mixture of two others.

A deviator with worths :math:`z` (a number per coordinate of the mediator and own sequence) gets
:math:`V_c(\mu) = \max_x \sum_{q, s} \mu_q z_{qs} x_s` from a choice on, over her plans for what is
below it. It grows with :math:`z` and is convex in it. Hence, if the plans below three choices of a
point are the same and :math:`z_c \le \lambda z_a + (1 - \lambda) z_b`, then
:math:`V_c \le \max(V_a, V_b)` whatever the mediator does: she does not need :math:`c`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from efmodels.game import ranges
from efmodels.integer_sets import row_numbers
from efmodels.mediator.deviator import Points, Sequences
from efmodels.mediator.mixtures import Alternatives, Worths, dominated
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.mediator.deviator import Deviations


def dominated_deviations(polytope: FlowPolytope, A: sparse.csr_array) -> Bools:
    """Return which choices a deviator does not need, and what lies below them.

    Parameters
    ----------
    polytope
        What she chooses from.
    A
        Her payoff per coordinate of the mediator, none of which is ever negative, and sequence;
        shape ``(coordinates, polytope.size)``.

    Returns
    -------
    numpy.ndarray
        Shape ``(polytope.size,)``. Her best responses to any mediator are worth the same without.

    Examples
    --------
    The second of three bets is half-way between the others, whatever the mediator does:

    >>> from efmodels.polytope import FlowPolytope
    >>> bets = FlowPolytope([1, 4], [0], [0, 1], ("bet",), ("", "0", "1", "2"))
    >>> A = sparse.csr_array([[0, 0, 3, 6], [0, 0, -1, -2]])
    >>> dominated_deviations(bets, A).tolist()
    [False, False, True, False]
    """
    shapes = _Shapes(polytope)
    entries = _Entries.of(sparse.csc_array(A)[:, shapes.order])
    dropped = np.zeros(polytope.size, dtype=bool)
    for points in shapes.levels:
        number, alternatives = _comparable(shapes, points)
        if len(number):
            worths = _worths(number, alternatives.group, shapes, entries)
            dropped[number[dominated(alternatives, worths)]] = True
    return below(polytope, dropped)


def without(deviations: Deviations, dropped: Bools) -> Deviations:
    """Return a deviator's decision problem without some of her choices.

    Parameters
    ----------
    deviations
        The decision problem.
    dropped
        Which coordinates go: with a choice, all that it alone leads to; see `below`. Ends of the
        walk that lie in them have the coordinate -1 from then on.
    """
    polytope = deviations.polytope
    kept = np.flatnonzero(~dropped)
    points = np.flatnonzero(~dropped[polytope.start[:-1]] | _any_kept(polytope, dropped))
    number = np.where(dropped, -1, np.cumsum(~dropped) - 1)
    into_width = np.diff(polytope.incoming_start)[points]
    first = polytope.incoming_start[points]
    into = number[polytope.incoming[ranges(first, first + into_width)]]
    place = np.repeat(np.arange(len(points)), into_width)[into >= 0]
    width = np.add.reduceat(~dropped, polytope.start[:-1], dtype=np.int64)[points]
    point_names, choice_names = polytope.point_names, polytope.choice_names
    sequences: list[Any] = [column[kept[1:] - 1] for column in deviations.sequences]
    places: list[Any] = [column[points] for column in deviations.points]
    return replace(
        deviations,
        polytope=FlowPolytope(
            np.concatenate(([1], 1 + np.cumsum(width))),
            into[into >= 0],
            np.searchsorted(place, np.arange(len(points) + 1)),
            MadeNames(len(points), lambda k: point_names[int(points[k])]),
            MadeNames(len(kept), lambda k: choice_names[int(kept[k])]),
        ),
        sequences=Sequences(*sequences),
        points=Points(*places),
        end=number[deviations.end],
    )


def _any_kept(polytope: FlowPolytope, dropped: Bools) -> Bools:
    result: Bools = np.logical_or.reduceat(~dropped, polytope.start[:-1])
    return result


def below(polytope: FlowPolytope, dropped: Bools) -> Bools:
    """Return the given coordinates and all that nothing else leads to."""
    if not polytope.points:
        return dropped
    while True:
        gone = np.logical_and.reduceat(dropped[polytope.incoming], polytope.incoming_start[:-1])
        more = dropped.copy()
        more[1:] |= np.repeat(gone, np.diff(polytope.start))
        if (more == dropped).all():
            return dropped
        dropped = more


# Which choices can be compared -------------------------------------------------------------------


class _Shapes:
    """The tree below each choice of a deviator: equal numbers are equal trees.

    Where several sequences lead to one point, there are no trees; only choices with nothing below
    them then have a shape.

    Attributes
    ----------
    order
        The coordinates in such an order that what is below a choice follows it directly.
    place
        Where each coordinate stands in that order.
    size
        How many coordinates there are from each on.
    """

    def __init__(self, polytope: FlowPolytope) -> None:
        self.polytope = polytope
        self.parent = polytope.incoming
        self.tree = len(polytope.incoming) == polytope.points
        inner = np.zeros(polytope.size, dtype=bool)
        inner[polytope.incoming] = True
        self.shape = np.where(inner, -1, 0)
        self.size = np.ones(polytope.size, dtype=np.int64)
        self.place = np.arange(polytope.size)
        if self.tree:
            self._measure()
        self.order = np.argsort(self.place, kind="stable")

    @cached_property
    def levels(self) -> list[Ints]:
        """The points by the number of points before them; all of them at once for no tree."""
        points = np.arange(self.polytope.points)
        if not self.tree:
            return [points]
        depth = self.polytope.level
        order = np.argsort(depth, kind="stable")
        return np.split(order, np.flatnonzero(np.diff(depth[order])) + 1) if len(order) else []

    def _measure(self) -> None:
        """Find the shapes and sizes from below, and the places from above."""
        start = self.polytope.start
        for points in reversed(self.levels):
            choices = ranges(start[points], start[points + 1])
            owner = np.repeat(np.arange(len(points)), start[points + 1] - start[points])
            shape = _interned(owner, self.shape[choices], len(points))
            parents, into = np.unique(self.parent[points], return_inverse=True)
            order = np.argsort(into, kind="stable")
            self.shape[parents] = _interned(into[order], shape[order], len(parents))
            np.add.at(self.size, self.parent[points[owner]], self.size[choices])
        self.place[:] = 0
        for points in self.levels:
            points = points[np.argsort(self.parent[points], kind="stable")]  # noqa: PLW2901 - sorted
            choices = ranges(start[points], start[points + 1])
            parent = np.repeat(self.parent[points], start[points + 1] - start[points])
            before = np.cumsum(self.size[choices]) - self.size[choices]
            _, first = np.unique(parent, return_index=True)
            offset = np.repeat(before[first], np.diff([*first, len(parent)]))
            self.place[choices] = self.place[parent] + 1 + before - offset


def _interned(owner: Ints, shape: Ints, owners: int) -> Ints:
    """Give each owner's list of shapes a number from 1, equal lists the same; owners increase."""
    width = np.bincount(owner, minlength=owners)
    start = np.cumsum(width) - width
    number = width.copy()
    for rank in range(int(width.max(initial=0))):
        here = np.flatnonzero(width > rank)
        number[here] = row_numbers(number[here], shape[start[here] + rank])
    return 1 + row_numbers(width, number)


def _comparable(shapes: _Shapes, points: Ints) -> tuple[Ints, Alternatives]:
    """Return the choices at some points that can be compared with another, in groups.

    Those of a group stand at one point and have the same tree below.
    """
    start = shapes.polytope.start
    number = ranges(start[points], start[points + 1])
    number = number[shapes.shape[number] >= 0]
    if not len(number):
        return number, Alternatives(number, number, number)
    group = row_numbers(shapes.polytope.point[number], shapes.shape[number])
    several = np.flatnonzero(np.bincount(group)[group] > 1)
    several = several[np.argsort(group[several], kind="stable")]
    _, group = np.unique(group[several], return_inverse=True)
    return number[several], Alternatives.of(group)


class _Entries(NamedTuple):
    """Payoffs by place and coordinate of the mediator; those of a place are from `start` on."""

    start: Ints
    place: Ints
    coordinate: Ints
    value: Floats

    @classmethod
    def of(cls, columns: sparse.csc_array) -> _Entries:
        """Return the entries of a matrix with a column for each place."""
        start = columns.indptr.astype(np.int64)
        place = np.repeat(np.arange(len(start) - 1), np.diff(start))
        return cls(start, place, columns.indices, columns.data)


def _worths(number: Ints, group: Ints, shapes: _Shapes, entries: _Entries) -> Worths:
    """Return what is paid at and below choices, by place below and coordinate of the mediator."""
    first = shapes.place[number]
    start, end = entries.start[first], entries.start[first + shapes.size[number]]
    here = ranges(start, end)
    choice = np.repeat(np.arange(len(first)), end - start)
    if not len(here):
        return Worths(choice, choice, choice, np.zeros(0))
    theirs = group[choice]
    key = row_numbers(theirs, entries.place[here] - first[choice], entries.coordinate[here])
    owner = np.empty(int(key.max()) + 1, dtype=np.int64)
    owner[key] = theirs
    return Worths(owner, key, choice, entries.value[here])
