"""Smoothed best responses are what a general optimiser finds, and are safe at any smoothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize

from efmodels.floored_polytope import floored
from efmodels.learning.prox import Entropy, Euclidean, Geometry, MassWeights, Smoothing
from tests.efmodels.learning.prox.polytopes import (
    belief_dag,
    dilated_entropy,
    dilated_euclidean,
    small_dag,
    tree,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.learning.arrangement import Arrangement
    from efmodels.polytope import FlowPolytope

    Distance = Callable[[FlowPolytope, np.ndarray, np.ndarray, np.ndarray], float]

GEOMETRIES = [(Entropy(), dilated_entropy), (Euclidean(), dilated_euclidean)]


def with_random_floors(arranged: Arrangement, seed: int) -> Arrangement:
    """Add floors that take up to half of every decision point, none where seed is 0."""
    polytope, generator = arranged.polytope, np.random.default_rng(seed)
    floor = generator.uniform(0, 0.5, polytope.size) * (seed > 0)
    floor[1:] /= np.repeat(np.diff(polytope.start), np.diff(polytope.start))
    floor[0] = 0
    return replace(arranged, polytope=floored(polytope, floor))


def numerically(
    smoothing: Smoothing, distance: Distance, gradient: np.ndarray, mu: float, start: np.ndarray
) -> float:
    """Return the smoothed maximum over the polytope with floors, by sequential programming."""
    polytope, floor = smoothing.arrangement.polytope, smoothing.floor
    into = np.zeros((polytope.size, polytope.size))  # the reach of each coordinate's point
    for k in range(polytope.points):
        begin, end = polytope.incoming_start[k], polytope.incoming_start[k + 1]
        for p in polytope.incoming[begin:end]:
            into[polytope.start[k] : polytope.start[k + 1], p] += 1
    above = np.eye(polytope.size) - floor[:, None] * into
    solved = minimize(
        lambda x: mu * distance(polytope, smoothing.weights, x, floor) - gradient @ x,
        start,
        method="SLSQP",
        constraints=[
            LinearConstraint(polytope.F.toarray(), polytope.f, polytope.f),
            LinearConstraint(above[1:], 1e-9, np.inf),
        ],
        options={"ftol": 1e-12, "maxiter": 500},
    )
    return -float(solved.fun)


@pytest.mark.parametrize(("geometry", "distance"), GEOMETRIES)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", ["tree", "dag"])
def test_smoothed_best_responses(
    geometry: Geometry, distance: Distance, seed: int, shape: str
) -> None:
    """Value and plan agree with a general optimiser, on a tree and on a DAG, with floors too."""
    arranged = with_random_floors(tree("kuhn") if shape == "tree" else small_dag(), seed % 2)
    smoothing = Smoothing(arranged, geometry, MassWeights())
    polytope, generator = arranged.polytope, np.random.default_rng(seed)
    gradient, mu = generator.normal(size=polytope.size), (0.1, 1.0)[seed // 2]
    response = smoothing.respond(gradient, mu, smoothing.centre)

    there = distance(polytope, smoothing.weights, response.plan, smoothing.floor)
    assert np.abs(polytope.F @ response.plan - polytope.f).max() <= 1e-12
    assert response.value == pytest.approx(gradient @ response.plan - mu * there)
    assert smoothing.distance(response, smoothing.centre) == pytest.approx(there)
    assert there <= smoothing.radius() + 1e-12
    even = smoothing.evenly().plan
    starts = even, (even + response.plan) / 2, (even + 9 * response.plan) / 10
    best = max(numerically(smoothing, distance, gradient, mu, start) for start in starts)
    assert best == pytest.approx(response.value, abs=2e-5)
    assert best <= response.value + 1e-7


@pytest.mark.parametrize("geometry", [Entropy(), Euclidean()])
@pytest.mark.parametrize("seed", range(3))
def test_from_another_anchor(geometry: Geometry, seed: int) -> None:
    """No random plan does better than the maximum with the distance from a random plan."""
    arranged = belief_dag(seed)
    smoothing = Smoothing(arranged, geometry, MassWeights())
    polytope, generator = arranged.polytope, np.random.default_rng(seed)
    anchor = smoothing.at(polytope.random(generator)).anchor
    gradient = generator.normal(size=polytope.size)
    best = smoothing.respond(gradient, 0.3, anchor)

    assert best.value == pytest.approx(
        gradient @ best.plan - 0.3 * smoothing.distance(best, anchor)
    )
    for share in (1.0, 0.1, 0.001):
        plan = (1 - share) * best.plan + share * polytope.random(generator)
        other = smoothing.at(plan)
        worth = gradient @ plan - 0.3 * smoothing.distance(other, anchor)
        assert worth <= best.value + 1e-12


@pytest.mark.parametrize("geometry", [Entropy(), Euclidean()])
def test_almost_no_smoothing(geometry: Geometry) -> None:
    """With smoothing of 1e-12 they are best responses, and nothing overflows."""
    arranged = with_random_floors(belief_dag(0), 1)
    smoothing = Smoothing(arranged, geometry, MassWeights())
    gradient = 100 * np.random.default_rng(4).normal(size=arranged.polytope.size)
    response = smoothing.respond(gradient, 1e-12, smoothing.centre)
    best, plan = smoothing.best_response(gradient)
    again = smoothing.respond(-gradient, 1e-12, response.anchor)

    assert response.value == pytest.approx(best, abs=1e-9)
    assert response.plan == pytest.approx(plan, abs=1e-9)
    assert gradient @ plan == pytest.approx(best)
    assert np.isfinite(again.anchor).all()
    assert again.plan.min() >= 0


@pytest.mark.parametrize("seed", range(3))
def test_best_responses_with_floors(seed: int) -> None:
    """No random plan above the floors does better, and without floors it is the polytope's own."""
    arranged, generator = belief_dag(seed), np.random.default_rng(seed)
    trembling = with_random_floors(arranged, seed + 1)
    polytope, floor = arranged.polytope, Smoothing(trembling, Entropy(), MassWeights()).floor
    gradient = generator.normal(size=polytope.size)
    smoothing = Smoothing(trembling, Entropy(), MassWeights())
    best, plan = smoothing.best_response(gradient)
    free = 1 - np.add.reduceat(floor[1:], polytope.start[:-1] - 1)
    spread = np.concatenate(([1.0], np.repeat(free, np.diff(polytope.start))))  # of the root too

    assert gradient @ plan == pytest.approx(best)
    assert (polytope.behaviour(plan) >= floor - 1e-12).all()
    for _ in range(20):
        own = polytope.behaviour(generator.exponential(size=polytope.size) ** 4)
        assert gradient @ polytope.realization(floor + spread * own) <= best + 1e-9
    bare = Smoothing(arranged, Entropy(), MassWeights()).best_response(gradient)
    assert bare[0] == pytest.approx(polytope.best_response(gradient)[0])
