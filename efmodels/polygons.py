r"""Convex polygons in the plane, found by asking for the farthest point in chosen directions.

A convex set :math:`P` is known by its support points: for a direction :math:`d`, a point of
:math:`P` that maximises :math:`d \cdot p`. Two neighbouring ones :math:`p, q` with their directions
enclose a triangle, in which the boundary between them lies. If it is flat, the edge
:math:`pq` is known; else the outward normal of :math:`pq` is the next direction, and the answer is
either a new corner or the proof that the edge belongs to the boundary. A polygon with :math:`k`
corners takes about :math:`2k` answers, whichever points of its edges they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Floats

    Ask = Callable[[Floats], Floats]

FIRST = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
"""The first directions, counterclockwise."""

COLLINEAR = 0.1
"""A corner that rises less than this share of the tolerance above its neighbours is none."""


@dataclass(frozen=True)
class _Corner:
    """A support point with its direction; ``known`` says that of the edge to the next one."""

    point: Floats
    direction: Floats
    known: bool = False


def polygon_by_supports(ask: Ask, tolerance: float) -> Floats:
    """Return the corners of a convex polygon that is known by its support points alone.

    Parameters
    ----------
    ask
        From unit vectors, shape ``(directions, 2)``, to a farthest point in each direction; any
        will do where there are several. All directions of a round are asked for at once.
    tolerance
        How far the polygon may reach beyond the one that is returned.

    Returns
    -------
    numpy.ndarray
        The corners counterclockwise, shape ``(corners, 2)``, without those that lie on an edge; a
        segment has two and a point one. The first is the leftmost, of several the lowest.

    Raises
    ------
    GameError
        The tolerance is not positive.

    Examples
    --------
    >>> square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    >>> polygon_by_supports(lambda d: square[(d @ square.T).argmax(axis=1)], 1e-9).tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    """
    if not 0 < tolerance < math.inf:
        raise GameError(f"tolerance must be a positive number; got {tolerance!r}")
    corners = [_Corner(p, d) for p, d in zip(_answers(ask, FIRST), FIRST, strict=True)]
    while wanted := _open_edges(corners, tolerance):
        directions = np.array([_normal(corners, k) for k in wanted])
        answers = _answers(ask, directions)
        for k, direction, point in reversed(list(zip(wanted, directions, answers, strict=True))):
            if direction @ (point - corners[k].point) > tolerance:
                corners.insert(k + 1, _Corner(point, direction))
            else:
                corners[k] = replace(corners[k], known=True)
    return _from_the_left(without_collinear([c.point for c in corners], tolerance), tolerance)


def _answers(ask: Ask, directions: Floats) -> Floats:
    return np.asarray(ask(directions), dtype=float).reshape(-1, 2)


def _open_edges(corners: list[_Corner], tolerance: float) -> list[int]:
    """Return the edges beyond which there may be more, by the number of their first corner."""
    return [
        k
        for k, corner in enumerate(corners)
        if not corner.known and _height(corners, k) > tolerance
    ]


def _height(corners: list[_Corner], k: int) -> float:
    """Return how far the boundary may rise above an edge: the triangle's height.

    Its base is the edge, and the angles at the base are those between the directions of the two
    corners and the edge's normal. Next to each other, directions are at most 90 degrees apart.
    """
    here, there = corners[k], corners[(k + 1) % len(corners)]
    length = math.dist(here.point, there.point)
    if length == 0.0:
        return 0.0
    normal = _normal(corners, k)
    left, right = _angle(here.direction, normal), _angle(normal, there.direction)
    if left <= 0.0 or right <= 0.0:  # one of the two is farthest in both directions
        return 0.0
    return length * math.sin(left) * math.sin(right) / math.sin(left + right)


def _normal(corners: list[_Corner], k: int) -> Floats:
    """Return the unit vector that points outward from an edge."""
    x, y = corners[(k + 1) % len(corners)].point - corners[k].point
    normal: Floats = np.array([y, -x]) / math.hypot(x, y)
    return normal


def _angle(one: Floats, other: Floats) -> float:
    """Return the angle from one vector to another, positive counterclockwise."""
    return math.atan2(one[0] * other[1] - one[1] * other[0], one @ other)


def without_collinear(points: list[Floats], tolerance: float) -> Floats:
    """Leave out, one by one, points that hardly rise above the segment between their neighbours.

    >>> ring = [np.array(p) for p in [(0, 0), (1, 0), (2, 0), (2, 0), (0, 2), (0, 1)]]
    >>> without_collinear(ring, 1e-6).tolist()
    [[0, 0], [2, 0], [0, 2]]
    """
    kept = np.array(points)
    while len(kept) > 1:
        rises = distances_to_segments(kept, np.roll(kept, 1, axis=0), np.roll(kept, -1, axis=0))
        if rises.min() > COLLINEAR * tolerance:
            break
        kept = np.delete(kept, rises.argmin(), axis=0)
    return kept


def _from_the_left(corners: Floats, tolerance: float) -> Floats:
    """Begin with the leftmost corner, of several the lowest."""
    leftmost = np.flatnonzero(corners[:, 0] <= corners[:, 0].min() + tolerance)
    first = leftmost[corners[leftmost, 1].argmin()]
    return np.roll(corners, -first, axis=0)


def distances_to_segments(points: Floats, starts: Floats, ends: Floats) -> Floats:
    """Return how far each point is from each segment; the shapes are broadcast.

    >>> distances_to_segments(np.array([[1, 1], [3, 0]]), np.array([0, 0]), np.array([2, 0]))
    array([1., 1.])
    """
    along, beyond = ends - starts, points - starts
    squared = (along * along).sum(axis=-1)
    share = (beyond * along).sum(axis=-1) / np.where(squared > 0, squared, 1.0)
    away = beyond - np.clip(share, 0.0, 1.0)[..., None] * along
    distances: Floats = np.hypot(away[..., 0], away[..., 1])
    return distances


def distance_to_polygon(point: Floats, corners: Floats) -> float:
    """Return how far a point lies outside of a convex polygon, 0 inside.

    >>> distance_to_polygon(np.array([2.0, 0.5]), np.array([[0, 0], [1, 0], [1, 1], [0, 1]]))
    1.0
    """
    following = np.roll(corners, -1, axis=0)
    along, beyond = following - corners, point - corners
    is_left = along[:, 0] * beyond[:, 1] >= along[:, 1] * beyond[:, 0]
    if len(corners) > 2 and is_left.all():  # noqa: PLR2004 - a segment has no inside
        return 0.0
    return float(distances_to_segments(point, corners, following).min())


def polygon_area(corners: Floats) -> float:
    """Return the area of a polygon whose corners are given counterclockwise.

    >>> polygon_area(np.array([[0, 0], [1, 0], [1, 1], [0, 1]]))
    1.0
    """
    x, y = (corners - corners[0]).T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
