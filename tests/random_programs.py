"""Random linear and mixed-integer programs that have an optimum, with every kind of bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from efmodels.linear_program import LinearProgram

Array = NDArray[np.float64]

ROWS, COLUMNS = 9, 8


def random_program(seed: int, *, integers: bool = False) -> LinearProgram:
    """Return a program with a feasible point, and with multipliers that bound its objective.

    Some rows and some columns have no entries; half of the programs are to be maximised. With
    ``integers``, about half of the columns are whole numbers and have whole bounds.
    """
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(ROWS, COLUMNS)) * (rng.random((ROWS, COLUMNS)) < 0.4)
    A[rng.integers(ROWS)] = 0.0
    A[:, rng.integers(COLUMNS)] = 0.0
    integer = rng.random(COLUMNS) < 0.5 * integers
    point = rng.integers(-3, 4, COLUMNS).astype(float)
    lower, upper = _bounds(rng, point, np.round(rng.exponential(2.0, (2, COLUMNS)) + 0.5))
    row_lower, row_upper = _bounds(rng, A @ point, rng.exponential(1.0, (2, ROWS)))
    multipliers = _multipliers(rng, row_lower, row_upper)
    c = A.T @ multipliers + _multipliers(rng, lower, upper)
    maximize = bool(rng.integers(2))
    return LinearProgram(
        A=sparse.csr_array(A),
        c=-c if maximize else c,
        row_lower=row_lower,
        row_upper=row_upper,
        lower=lower,
        upper=upper,
        integer=integer,
        offset=float(rng.choice([0.0, 2.5, -7.25])),
        maximize=maximize,
    )


def _bounds(rng: np.random.Generator, point: Array, gaps: Array) -> tuple[Array, Array]:
    """Draw bounds around a point: none, one, two, or equal; a lower one is often zero."""
    kind = rng.integers(5, size=point.size)
    lower = np.where(np.isin(kind, [1, 3]), point - gaps[0], -np.inf)
    upper = np.where(np.isin(kind, [2, 3]), point + gaps[1], np.inf)
    lower[(kind == 1) & (point > 0)] = 0.0
    fixed = kind == 4
    return np.where(fixed, point, lower), np.where(fixed, point, upper)


def _multipliers(rng: np.random.Generator, lower: Array, upper: Array) -> Array:
    """Draw what the bounds may weigh where the objective is to be small."""
    size = rng.exponential(1.0, lower.size) * (rng.random(lower.size) < 0.7)
    sign = np.where(np.isfinite(upper), -1.0, 1.0)
    sign = np.where(np.isfinite(lower) & np.isfinite(upper), rng.choice([-1.0, 1.0]), sign)
    return np.where(np.isfinite(lower) | np.isfinite(upper), sign * size, 0.0)
