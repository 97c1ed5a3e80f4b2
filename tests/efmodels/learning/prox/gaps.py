"""How far pairs of plans are from a saddle point, by the problem's own arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from efmodels.learning.saddle import Saddle
    from efmodels.problem import EquilibriumProblem


def enclosure(
    problem: EquilibriumProblem, saddle: Saddle, x: np.ndarray, y: np.ndarray
) -> tuple[float, float]:
    """Return what the leader's plan guarantees and what the followers' plans let her get.

    Both plans are arranged; followers have no incentive constraints.
    """
    gradient = problem.c.astype(float)
    for one, place in zip(problem.followers, saddle.places, strict=True):
        gradient -= one.weight * (one.A @ y[place])
    if problem.reach is not None:
        gradient = problem.reach.T @ gradient
    low = problem.value(saddle.leader.original(x))
    return low, problem.leader.best_response(gradient)[0]
