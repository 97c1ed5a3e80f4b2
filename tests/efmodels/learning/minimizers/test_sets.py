"""Projections and best points of convex sets."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from efmodels.errors import GameError
from efmodels.learning.minimizers import Ball, ConvexSet, Polyhedron, Simplex, constrained
from efmodels.polytope import FlowPolytope

CHOICE = FlowPolytope([1, 3], [0], [0, 1], ("I",), ("", "l", "r"))


def random_polyhedron(seed: int) -> Polyhedron:
    """Return a box cut by two random rows and an equation that its middle satisfies."""
    generator = np.random.default_rng(seed)
    rows, equation = generator.normal(size=(2, 6)), generator.normal(size=(1, 6))
    G = np.vstack([np.eye(6), -np.eye(6), rows])
    h = np.concatenate([np.ones(12), np.abs(generator.normal(size=2)) * 0.2])
    return Polyhedron(G, h, equation, [0.0])


SETS: list[ConvexSet] = [Simplex(5), Ball([0.5, 1.0, -2.0], 0.7), *map(random_polyhedron, range(8))]


@pytest.mark.parametrize("region", SETS)
def test_nearest_points(region: ConvexSet) -> None:
    """A point of the set is nearest if no other one lies further in the way to the point given.

    The test of that is the best point, by a formula or a linear program.
    """
    generator = np.random.default_rng(region.size)
    for scale in (0.1, 1.0, 30.0):
        point = scale * generator.normal(size=region.size)
        nearest = region.project(point)
        way = point - nearest

        assert region.best(way)[0] <= way @ nearest + 1e-9 * (1 + scale)
        assert region.project(nearest) == pytest.approx(nearest, abs=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_nearest_points_satisfy_the_rows(seed: int) -> None:
    """Rows hold but for rounding, however far away the point is."""
    generator = np.random.default_rng(seed)
    rows, sides = generator.normal(size=(8, 5)), generator.uniform(size=8)
    G, h = np.vstack([rows, np.eye(5), -np.eye(5)]), np.concatenate([sides, np.full(10, 3.0)])
    part = Polyhedron(G, h, np.ones((1, 5)), [0.1])
    for scale in (1.0, 100.0):
        nearest = part.project(scale * generator.normal(size=5))
        assert (G @ nearest - h).max() <= 1e-10
        assert abs(nearest.sum() - 0.1) <= 1e-10


def test_nearest_distribution_by_bisection() -> None:
    """The projection on a simplex lowers all coordinates alike until they add up to 1."""
    point = np.random.default_rng(2).normal(size=7)
    lowered = optimize.brentq(lambda by: np.maximum(point - by, 0).sum() - 1, -10, 10, xtol=1e-14)

    assert Simplex(7).project(point) == pytest.approx(np.maximum(point - lowered, 0), abs=1e-12)


def test_plans_under_a_constraint() -> None:
    """They are plans, and satisfy the row."""
    part = constrained(CHOICE, [[0.0, 1.0, 0.0]], [0.25])

    assert part.project(np.array([1.0, 0.9, 0.1])) == pytest.approx([1, 0.25, 0.75])
    assert part.best(np.array([0.0, 1.0, 0.0]))[0] == pytest.approx(0.25)


def test_empty_sets_are_refused() -> None:
    """Whether inequalities contradict each other, the equations, or equations each other."""
    with pytest.raises(GameError, match="inequalities contradict each other"):
        constrained(CHOICE, [[0.0, 1.0, 0.0], [0.0, -1.0, 0.0]], [0.2, -0.5])
    with pytest.raises(GameError, match="inequalities contradict each other"):
        Polyhedron([[1.0], [-1.0]], [0.0, -1.0])
    with pytest.raises(GameError, match="no point satisfies the equations"):
        Polyhedron([[1.0, 0.0]], [1.0], [[1.0, 1.0], [1.0, 1.0]], [1.0, 2.0])
    with pytest.raises(GameError, match="contradict a row"):
        Polyhedron([[1.0, 1.0]], [0.5], [[1.0, 1.0]], [1.0])


def test_arguments_that_do_not_fit() -> None:
    """They are refused in the caller's words."""
    with pytest.raises(GameError, match="D has 2 columns; the polytope has 3"):
        constrained(CHOICE, [[1.0, 1.0]], [1.0])
    with pytest.raises(GameError, match="right-hand sides"):
        Polyhedron([[1.0, 1.0]], [1.0, 2.0])
    with pytest.raises(GameError, match="is the set bounded"):
        Polyhedron([[1.0, 0.0]], [1.0]).best(np.array([0.0, 1.0]))
    with pytest.raises(GameError, match="radius"):
        Ball([0.0], 0.0)
