"""The matrix of all rows, made of parts, against scipy's own from triplets."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from efmodels.compiled_entries import Entries, matrix_of

ROWS, COLUMNS = 12, 9


def random_blocks(seed: int) -> list[Entries]:
    """Return random entries of random rows, in runs of columns or in shuffled ones."""
    generator = np.random.default_rng(seed)
    blocks = []
    for _ in range(generator.integers(1, 6)):
        first, last = np.sort(generator.integers(ROWS + 1, size=2)).tolist()
        width = int(generator.integers(1, COLUMNS))
        dense = generator.integers(-2, 3, size=(last - first, width)).astype(float)
        A = sparse.csr_array(dense)
        run, shuffled = COLUMNS - width, generator.permutation(COLUMNS)[:width]
        place = run if generator.random() < 0.5 else shuffled
        blocks.append(Entries(first, A.indptr, A.indices, A.data, place))
    return blocks


@pytest.mark.parametrize("seed", range(50))
def test_matrix_is_the_sum_of_its_blocks(seed: int) -> None:
    """Entries of one place add up, what cancels is left out, and the format is canonical."""
    blocks = random_blocks(seed)
    expected = np.zeros((ROWS, COLUMNS))
    for block in blocks:
        rows = np.repeat(np.arange(ROWS)[block.rows], np.diff(block.indptr))
        np.add.at(expected, (rows, block.columns), block.data)
    A = matrix_of(blocks, (ROWS, COLUMNS))

    assert np.array_equal(A.toarray(), expected)
    assert A.nnz == np.count_nonzero(expected)
    assert A.has_canonical_format
    assert A.indices.dtype == np.int32


def test_no_blocks() -> None:
    """Without entries the matrix is empty, and has its shape."""
    A = matrix_of([], (0, 3))

    assert (A.shape, A.nnz) == ((0, 3), 0)
