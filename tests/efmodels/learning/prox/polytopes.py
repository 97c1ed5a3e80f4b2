"""Polytopes for tests of distances, and the distances written down as sums over decision points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.learning.arrangement import arranged_for_sweeps
from efmodels.polytope import FlowPolytope
from tests.efmodels.learning.saddles import mediated_problem_of, zero_sum_problem

if TYPE_CHECKING:
    from efmodels.learning.arrangement import Arrangement

    Floats = np.ndarray


def tree(name: str) -> Arrangement:
    """Return the polytope of the first player of a zero-sum instance."""
    return arranged_for_sweeps(zero_sum_problem(name).leader)


def belief_dag(seed: int) -> Arrangement:
    """Return a mediator's polytope in a random game, in which points have several ways in."""
    arrangement = arranged_for_sweeps(mediated_problem_of(seed, "EFCE").leader)
    assert np.diff(arrangement.polytope.incoming_start).max() > 1
    return arrangement


def small_dag() -> Arrangement:
    """Return a polytope of ten coordinates with two ways into K, and two points after K's first.

    I chooses l or r; after l comes J (a, b); after r or a comes K (c, d); after c come L and M.
    """
    start, incoming, incoming_start = [1, 3, 5, 7, 9, 11], [0, 1, 2, 3, 5, 5], [0, 1, 2, 4, 5, 6]
    choices = ("", *"lrabcdefgh")
    return arranged_for_sweeps(
        FlowPolytope(start, incoming, incoming_start, tuple("IJKLM"), choices)
    )


def inflow(polytope: FlowPolytope, x: Floats, k: int) -> float:
    """Return what flows into a decision point."""
    begin, end = polytope.incoming_start[k], polytope.incoming_start[k + 1]
    return float(sum(x[p] for p in polytope.incoming[begin:end]))


def dilated_entropy(polytope: FlowPolytope, weights: Floats, x: Floats, floor: Floats) -> float:
    """Return the dilated entropy of what is above the floors, 0 at the centre."""
    total = 0.0
    for k in range(polytope.points):
        reach = inflow(polytope, x, k)
        here = range(polytope.start[k], polytope.start[k + 1])
        free = reach * (1 - sum(floor[a] for a in here))
        above = [max(float(x[a]) - floor[a] * reach, 1e-300) for a in here]
        total += weights[k] * sum(s * np.log(s * len(here) / max(free, 1e-300)) for s in above)
    return total


def dilated_euclidean(polytope: FlowPolytope, weights: Floats, x: Floats, floor: Floats) -> float:
    """Return the dilated half squared distance from the centre."""
    total = 0.0
    for k in range(polytope.points):
        reach = max(inflow(polytope, x, k), 1e-300)
        here = range(polytope.start[k], polytope.start[k + 1])
        rest = (1 - sum(floor[a] for a in here)) / len(here)
        away = sum((float(x[a]) / reach - floor[a] - rest) ** 2 for a in here)
        total += weights[k] * reach * away / 2
    return total
