"""Entries of rows, and how the matrix of all rows is made of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Floats, Ints


@dataclass(frozen=True, eq=False)
class Entries:
    """Entries of consecutive rows, compressed as in a CSR matrix.

    Attributes
    ----------
    first_row
        The first of the rows.
    indptr, indices, data
        Of the CSR matrix.
    place
        What is added to each index to make it a column, or an array in which to look it up.
    """

    first_row: int
    indptr: Ints
    indices: Ints
    data: Floats
    place: int | Ints = 0

    @property
    def rows(self) -> slice:
        """The rows."""
        return slice(self.first_row, self.first_row + len(self.indptr) - 1)

    @property
    def columns(self) -> Ints:
        """The column of each entry."""
        if isinstance(self.place, int):
            return self.indices if self.place == 0 else self.indices + self.place
        return self.place[self.indices]

    @property
    def first_column(self) -> float:
        """The first column of a run of columns; infinite where they are no run."""
        return self.place if isinstance(self.place, int) else math.inf


def matrix_of(blocks: Sequence[Entries], shape: tuple[int, int]) -> sparse.csr_array:
    """Return the matrix of all entries: in order, those of the same place added up, zeros left out.

    Each entry goes straight to where it belongs. A list of all entries with their rows, sorted by
    scipy, would take most of the time and of the memory that it takes to compile a model.

    Parameters
    ----------
    blocks
        Several may have the same rows; best in the order of their columns.
    shape
        Of the matrix.

    Examples
    --------
    >>> two_rows = np.array([0, 1, 2])
    >>> left = Entries(0, two_rows, np.array([0, 1]), np.array([1.0, 2.0]))
    >>> right = Entries(0, two_rows, np.array([0, 0]), np.array([3.0, 4.0]), place=2)
    >>> matrix_of([left, right], (2, 3)).toarray()
    array([[1., 0., 3.],
           [0., 2., 4.]])
    """
    size = sum(len(block.data) for block in blocks)
    integers: type[np.integer[Any]] = (
        np.int32 if max(size, *shape) <= np.iinfo(np.int32).max else np.int64
    )
    indptr = np.zeros(shape[0] + 1, dtype=integers)
    for block in blocks:
        indptr[1:][block.rows] += np.diff(block.indptr).astype(integers, copy=False)
    np.cumsum(indptr, out=indptr)
    columns, data = np.empty(size, dtype=integers), np.empty(size)
    filled = indptr[:-1].copy()
    for block in blocks:
        where = _places(block, indptr, filled)
        columns[where] = block.columns
        data[where] = block.data
    A = sparse.csr_array((data, columns, indptr), shape=shape)
    A.sum_duplicates()
    if np.count_nonzero(A.data) < A.nnz:
        A.eliminate_zeros()
    return A


def _places(block: Entries, indptr: Ints, filled: Ints) -> slice | Ints:
    """Return where the entries of a block go, and move the ends of what is filled of the rows."""
    rows = block.rows
    counts = np.diff(block.indptr).astype(filled.dtype, copy=False)
    before = filled[rows].copy()
    filled[rows] += counts
    first, last = indptr[rows.start], indptr[rows.stop]
    if last - first == len(block.data):  # nobody else has entries in these rows
        return slice(int(first), int(last))
    before -= block.indptr[:-1].astype(filled.dtype, copy=False)
    places = np.repeat(before, counts)
    places += np.arange(len(places), dtype=places.dtype)
    return places
