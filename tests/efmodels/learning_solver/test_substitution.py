"""Variables put in terms of others, compared with dense linear algebra."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from efmodels.learning_solver.substitution import (
    definitions,
    inverse_of_triangular,
    substituted,
)


@pytest.mark.parametrize("seed", range(10))
def test_chains_of_definitions_in_any_order(seed: int) -> None:
    """However rows and columns are shuffled, each row defines what the ones before leave open."""
    rng = np.random.default_rng(seed)
    size, given = 8, 3
    triangle = np.tril(rng.integers(-2, 3, (size, size)), k=-1) + np.diag(rng.choice([-2, 1], size))
    A = np.hstack([rng.integers(-2, 3, (size, given)), triangle]).astype(float)
    rows, columns = rng.permutation(size), given + rng.permutation(size)
    shuffled = A[rows][:, np.concatenate((np.arange(given), columns))]
    matrix = sparse.csr_array(shuffled)
    unknown = np.arange(given, given + size)
    found = definitions(matrix, unknown, [np.arange(size)], np.zeros(size, dtype=bool))

    assert sorted(found.rows.tolist()) == list(range(size))
    assert sorted(found.columns.tolist()) == unknown.tolist()
    square = sparse.csr_array(matrix[found.rows][:, found.columns])
    assert sparse.triu(square, k=1).nnz == 0
    inverse = inverse_of_triangular(square)
    assert inverse.toarray() == pytest.approx(np.linalg.inv(square.toarray()), rel=1e-9)


def test_rows_that_define_several_at_once_define_none() -> None:
    """Two equations in two unknowns are left, unless one of these may be chosen."""
    A = sparse.csr_array(np.array([[1.0, 1.0], [1.0, -1.0]]))
    both = np.array([0, 1])
    nothing = definitions(A, both, [both], np.zeros(2, dtype=bool))
    chosen = definitions(A, both, [both], np.array([True, True]))

    assert not len(nothing.rows)
    assert chosen.chosen.tolist() == [0]
    assert chosen.columns.tolist() == [1]


def test_preferred_rows_come_first() -> None:
    """Of two rows that could define a variable, that of the first group does."""
    A = sparse.csr_array(np.array([[1.0], [2.0]]))
    found = definitions(A, np.array([0]), [np.array([1]), np.array([0])], np.zeros(1, dtype=bool))
    assert found.rows.tolist() == [1]


def test_what_cancels_vanishes() -> None:
    """A third minus a third is no coefficient, whatever rounding says; small numbers are kept."""
    bodies = sparse.csr_array(np.array([[1.0, 1.0, 1.0], [1e-20, 0.0, 0.0]]))
    values = sparse.csr_array(np.array([[0.1], [0.2], [-0.3]]))
    assert (np.array([1.0, 1.0, 1.0]) @ np.array([0.1, 0.2, -0.3])) != 0
    assert substituted(bodies, values).toarray().tolist() == [[0.0], [1e-21]]
