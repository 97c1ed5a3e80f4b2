"""Conflicts between rows: each is one, and none of its rows can be spared, says another solver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from efmodels.linear_program import LinearProgram
from efmodels.row_conflicts import find_conflict


def random_program(seed: int) -> LinearProgram:
    """Return rows of every kind over a box; about half of such programs are feasible."""
    generator = np.random.default_rng(seed)
    rows, columns = int(generator.integers(4, 12)), 4
    A = generator.integers(-3, 4, (rows, columns)).astype(float)
    centre = A @ generator.random(columns) + generator.normal(0, 1.5, rows)
    kind = generator.integers(0, 4, rows)
    width = np.where(kind == 3, 0.0, generator.random(rows))
    return LinearProgram(
        A=sparse.csr_array(A),
        c=np.zeros(columns),
        row_lower=np.where(kind == 1, -np.inf, centre),
        row_upper=np.where(kind == 0, np.inf, centre + width),
        lower=np.zeros(columns),
        upper=np.ones(columns),
        integer=np.zeros(columns, dtype=bool),
    )


def total_violation(program: LinearProgram, rows: list[int]) -> float:
    """Return by how much rows are missed in total, at least."""
    A = program.A.toarray()[rows]
    lower, upper = program.row_lower[rows], program.row_upper[rows]
    above, below = np.isfinite(upper), np.isfinite(lower)
    left = np.vstack([A[above], -A[below]])
    slack = -np.eye(len(left))
    bounds = [*zip(program.lower, program.upper, strict=True), *[(0, None)] * len(left)]
    right = np.concatenate([upper[above], -lower[below]])
    cost = np.concatenate([np.zeros(program.columns), np.ones(len(left))])
    return float(linprog(cost, np.hstack([left, slack]), right, bounds=bounds).fun)


@pytest.mark.parametrize("seed", range(60))
def test_conflicts_are_minimal(seed: int) -> None:
    """Together they cannot hold, any of them alone left out they can."""
    program = random_program(seed)
    every = list(range(program.rows))
    conflict = find_conflict(program, np.arange(program.rows), seconds=60)
    rows = conflict.rows.tolist()

    assert bool(rows) == (total_violation(program, every) > 1e-6)
    assert conflict.is_minimal
    assert not conflict.without
    if rows:
        assert total_violation(program, rows) > 1e-6
    for row, missed in zip(rows, conflict.missed.tolist(), strict=True):
        others = [other for other in rows if other != row]
        assert not others or total_violation(program, others) < 1e-7
        loose = replace(
            program,
            row_lower=np.where(np.arange(program.rows) == row, -np.inf, program.row_lower),
            row_upper=np.where(np.arange(program.rows) == row, np.inf, program.row_upper),
        )
        assert missed == pytest.approx(least_miss(loose, program, rows, row), abs=1e-6)


def least_miss(loose: LinearProgram, program: LinearProgram, rows: list[int], row: int) -> float:
    """Return how far the activity of a row stays away from its bounds if the others hold."""
    A = program.A.toarray()
    kept = [other for other in rows if other != row]
    left = np.vstack([A[kept], -A[kept]])
    right = np.concatenate([loose.row_upper[kept], -loose.row_lower[kept]])
    there = np.isfinite(right)
    bounds = list(zip(program.lower, program.upper, strict=True))
    most = -linprog(-A[row], left[there], right[there], bounds=bounds).fun
    least = linprog(A[row], left[there], right[there], bounds=bounds).fun
    return float(max(program.row_lower[row] - most, least - program.row_upper[row]))


def test_rows_that_must_hold_may_be_to_blame() -> None:
    """Then no choice among the others helps."""
    program = LinearProgram(
        A=sparse.csr_array(np.array([[1.0], [1.0], [1.0]])),
        c=np.zeros(1),
        row_lower=np.array([3.0, -np.inf, 0.0]),
        row_upper=np.array([np.inf, 2.0, 1.0]),
        lower=np.array([-np.inf]),
        upper=np.array([np.inf]),
        integer=np.zeros(1, dtype=bool),
    )
    conflict = find_conflict(program, np.array([2]), seconds=60)

    assert conflict.rows.tolist() == []
    assert conflict.without


def test_row_that_contradicts_itself() -> None:
    """No solver is asked about a row whose lower bound is above its upper one."""
    program = random_program(0)
    two, one = np.full(program.rows, 2.0), np.ones(program.rows)
    program = replace(program, row_lower=two, row_upper=one)
    conflict = find_conflict(program, np.array([3, 4]), seconds=60)

    assert (conflict.rows.tolist(), conflict.missed.tolist()) == ([3], [1.0])


def test_no_time() -> None:
    """What was found so far is returned, and said not to be minimal."""
    conflict = find_conflict(random_program(1), np.arange(4), seconds=0)

    assert not conflict.is_minimal
    assert conflict.rows.tolist() == []
