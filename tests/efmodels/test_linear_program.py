"""Linear programs as arrays: how far a primal-dual point is from an optimum."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from efmodels.errors import ModelError
from efmodels.linear_program import (
    LinearProgram,
    LinearSolution,
    OptimalityViolation,
    optimality_violation,
)

INF = np.inf


def cake(*, maximize: bool) -> LinearProgram:
    """Return 3 a + 2 b over a + b <= 4, 1 <= a <= 3, b >= 0, or its mirror as a minimum."""
    sign = 1.0 if maximize else -1.0
    return LinearProgram(
        *(sparse.csr_array([[1.0, 1.0]]), sign * np.array([3.0, 2.0])),
        *(np.array([-INF]), np.array([4.0]), np.array([1.0, 0.0]), np.array([3.0, INF])),
        integer=np.zeros(2, dtype=bool),
        maximize=maximize,
    )


def point(
    x: tuple[float, float], dual: float, costs: tuple[float, float] | None = None
) -> LinearSolution:
    """Return a point of the cake."""
    return LinearSolution(np.array(x), np.array([dual]), None if costs is None else np.array(costs))


@pytest.mark.parametrize("maximize", [True, False])
def test_optimum_has_no_violation(maximize: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """The optimum a = 3, b = 1 with dual 2, whichever way it is asked for."""
    sign = 1.0 if maximize else -1.0
    optimum = point((3.0, 1.0), sign * 2.0, (sign, 0.0))

    assert optimality_violation(cake(maximize=maximize), optimum) == OptimalityViolation(0, 0, 0)


@pytest.mark.parametrize(
    ("solution", "expected"),
    [
        (point((3.0, 1.5), 2.0), OptimalityViolation(primal=0.5, dual=0.0, gap=1.0)),
        (point((3.0, 0.5), 2.0), OptimalityViolation(primal=0.0, dual=0.0, gap=1.0)),
        (point((3.0, 1.0), -1.0), OptimalityViolation(primal=0.0, dual=3.0, gap=0.0)),
        (point((3.0, 1.0), 2.0, (1.0, 0.5)), OptimalityViolation(primal=0.0, dual=0.5, gap=0.0)),
        (point((3.0, 1.0), 2.5), OptimalityViolation(primal=0.0, dual=0.0, gap=0.5)),
        (point((1.0, 1.0), 4.0), OptimalityViolation(primal=0.0, dual=0.0, gap=10.0)),
    ],
    ids=["row", "slack row", "sign", "wrong reduced cost", "wrong dual", "wrong bound"],
)
def test_each_violation_is_measured(
    solution: LinearSolution, expected: OptimalityViolation
) -> None:
    """One thing is wrong at a time, and it is found with its size."""
    assert optimality_violation(cake(maximize=True), solution) == expected


def test_gap_is_the_distance_between_primal_and_dual_value() -> None:
    """Any feasible pair: dual value less primal value."""
    solution = point((2.0, 1.0), 2.5)
    dual_value = 2.5 * 4 + 0.5 * 3 + (-0.5) * 0

    assert optimality_violation(cake(maximize=True), solution).gap == dual_value - 8


def test_duals_are_needed() -> None:
    """A point without duals proves nothing, and one of another shape is a mistake."""
    with pytest.raises(ModelError, match="no duals"):
        optimality_violation(cake(maximize=True), LinearSolution(np.zeros(2)))
    with pytest.raises(ModelError, match="2 values and 2 duals"):
        optimality_violation(cake(maximize=True), LinearSolution(np.zeros(2), np.zeros(2)))
