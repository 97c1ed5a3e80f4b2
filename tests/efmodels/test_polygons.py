"""Polygons by their support points: corners, whatever point of an edge is the answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from efmodels.errors import GameError
from efmodels.polygons import (
    distance_to_polygon,
    distances_to_segments,
    polygon_area,
    polygon_by_supports,
)

if TYPE_CHECKING:
    from efmodels.game import Floats

TOLERANCE = 1e-7


class Oracle:
    """Answers with a random point of the face that is farthest in a direction, up to noise."""

    def __init__(self, points: Floats, noise: float = 0.0) -> None:
        self.points = points
        self.noise = noise
        self.generator = np.random.default_rng(0)
        self.asked = 0

    def __call__(self, directions: Floats) -> Floats:
        """Return a point per direction."""
        self.asked += len(directions)
        return np.array([self.answer(direction) for direction in directions])

    def answer(self, direction: Floats) -> Floats:
        """Mix the corners that are farthest; an answer is never farther than the farthest point."""
        heights = self.points @ direction
        face = self.points[heights > heights.max() - 1e-12]
        mixed = self.generator.dirichlet(np.ones(len(face))) @ face
        away: Floats = self.noise * self.generator.uniform(size=2) * np.sign(direction)
        return mixed - away


def same_ring(found: Floats, expected: Floats, tolerance: float = 1e-9) -> bool:
    """Say whether two lists of corners are the same, wherever they begin."""
    if found.shape != expected.shape:
        return False
    turns = [np.roll(expected, -k, axis=0) for k in range(len(expected))]
    return min(np.abs(found - turned).max() for turned in turns) <= tolerance


@pytest.mark.parametrize("seed", range(20))
def test_corners_are_those_of_the_hull(seed: int) -> None:
    """The corners of a random hull, in their order, with about two questions for each."""
    points = np.random.default_rng(seed).normal(size=(6 + 4 * seed, 2))
    hull = points[ConvexHull(points).vertices]
    oracle = Oracle(points)
    found = polygon_by_supports(oracle, TOLERANCE)

    assert same_ring(found, hull)
    assert oracle.asked <= 2 * len(hull) + 4
    assert polygon_area(found) == pytest.approx(ConvexHull(points).volume)


@pytest.mark.parametrize("noise", [0.0, 1e-10])
@pytest.mark.parametrize("sides", [3, 4, 5, 8, 24])
@pytest.mark.parametrize("turn", [0.0, 0.1, math.pi / 4])
def test_edges_that_the_first_directions_meet(sides: int, turn: float, noise: float) -> None:
    """Answers from the middle of an edge leave no corner out and no point on an edge in."""
    angles = turn + 2 * np.pi * np.arange(sides) / sides
    corners = np.column_stack([np.cos(angles), np.sin(angles)])

    assert same_ring(polygon_by_supports(Oracle(corners, noise), TOLERANCE), corners, 1e-8)


@pytest.mark.parametrize("noise", [0.0, 1e-10])
@pytest.mark.parametrize(
    "ends", [[(0, 0), (1, 2)], [(0, 3), (2, 0)], [(0, 0), (0, 1)], [(-1, 2), (1, 2)]]
)
def test_segments(ends: list[tuple[int, int]], noise: float) -> None:
    """A segment has its two ends, the left or lower one first."""
    corners = np.array(ends, dtype=float)

    found = polygon_by_supports(Oracle(corners, noise), TOLERANCE)

    assert found == pytest.approx(corners, abs=1e-8)
    assert polygon_area(found) == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize("noise", [0.0, 1e-10])
def test_a_point_takes_four_questions(noise: float) -> None:
    """One corner, and nothing else is asked."""
    oracle = Oracle(np.array([[3.0, -1.0]]), noise)

    assert polygon_by_supports(oracle, TOLERANCE) == pytest.approx(np.array([[3.0, -1.0]]))
    assert oracle.asked == 4


def test_round_shapes_end_at_the_tolerance() -> None:
    """A disc has no corners: it is met up to the tolerance, with some more for less of it."""
    areas, counts = [], []
    for tolerance in (1e-2, 1e-4):
        found = polygon_by_supports(lambda directions: directions, tolerance)
        areas.append(math.pi - polygon_area(found))
        counts.append(len(found))

    assert areas[0] < 2 * math.pi * 1e-2
    assert 0 < areas[1] < 2 * math.pi * 1e-4
    assert counts[0] < counts[1] < 400


def test_distances() -> None:
    """To a segment, its ends included; to a polygon, 0 inside; to a point."""
    start, end = np.array([0.0, 0.0]), np.array([2.0, 0.0])
    points = np.array([[1.0, 3.0], [-3.0, 4.0], [2.0, 0.0]])
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])

    assert distances_to_segments(points, start, end) == pytest.approx([3, 5, 0])
    assert distances_to_segments(points, start, start) == pytest.approx([math.sqrt(10), 5, 2])
    assert distance_to_polygon(np.array([0.5, 0.5]), square) == 0
    assert distance_to_polygon(np.array([4.0, 5.0]), square) == 5
    assert distance_to_polygon(np.array([0.5, 0.5]), square[[0, 1]]) == 0.5
    assert distance_to_polygon(np.array([3.0, 4.0]), square[:1]) == 5


@pytest.mark.parametrize("tolerance", [0.0, -1e-6, math.nan, math.inf])
def test_tolerance_is_positive(tolerance: float) -> None:
    """Without it the search would not end."""
    with pytest.raises(GameError, match="tolerance must be a positive number"):
        polygon_by_supports(lambda directions: directions, tolerance)
