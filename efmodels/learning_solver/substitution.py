"""Variables that are defined by equalities, put in terms of the others."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Bools, Ints


@dataclass(frozen=True, eq=False)
class Definitions:
    """Which row defines which variable.

    Attributes
    ----------
    rows, columns
        The rows, and the variable that each of them defines; each one after those that it needs.
    chosen
        Variables that no row defines, and that are therefore chosen.
    """

    rows: Ints
    columns: Ints
    chosen: Ints


def definitions(
    A: sparse.csr_array, columns: Ints, candidates: Sequence[Ints], may_choose: Bools
) -> Definitions:
    """Find rows of a program that define variables, one after another.

    A row defines the one variable in it that has not been defined before. Where there is no such
    row, one of the variables that may be chosen counts as given.

    Parameters
    ----------
    A
        The program's rows.
    columns
        The variables to be defined.
    candidates
        Groups of equalities; those of the first group are preferred.
    may_choose
        Which of ``columns`` may be chosen where nothing defines them.

    Examples
    --------
    With ``u = x`` and ``w = u + t``, where ``t`` may be chosen:

    >>> A = sparse.csr_array(np.array([[1.0, -1, 0, 0], [0, 1, -1, 1]]))  # x, u, w, t
    >>> found = definitions(A, np.array([1, 2, 3]), [np.array([0, 1])], np.array([0, 0, 1]) > 0)
    >>> found.rows.tolist(), found.columns.tolist(), found.chosen.tolist()
    ([0, 1], [1, 2], [3])
    """
    search = _Search(A[:, columns].tocsr())
    for group in candidates:
        search.allow(group)
    chosen = []
    for column in np.flatnonzero(may_choose).tolist():
        if not search.known[column]:
            chosen.append(column)
            search.learn(column)
            search.define()
    places = np.array(search.found, dtype=np.int64).reshape(-1, 2)
    return Definitions(places[:, 0], columns[places[:, 1]], columns[np.array(chosen, np.int64)])


class _Search:
    """What is known of the variables, and which rows lack one of them."""

    def __init__(self, inside: sparse.csr_array) -> None:
        self.known = np.zeros(inside.shape[1], dtype=bool)
        self.found: list[tuple[int, int]] = []
        self._rows, self._columns = inside, inside.tocsc()
        self._missing = np.diff(inside.indptr)
        self._allowed = np.zeros(inside.shape[0], dtype=bool)
        self._ready: deque[int] = deque()

    def allow(self, rows: Ints) -> None:
        """Let rows define variables."""
        self._allowed[rows] = True
        self._ready.extend(rows[self._missing[rows] == 1].tolist())
        self.define()

    def define(self) -> None:
        """Define what can be defined."""
        while self._ready:
            row = self._ready.popleft()
            if self._missing[row] != 1:
                continue
            start, end = self._rows.indptr[row : row + 2]
            inside = self._rows.indices[start:end]
            column = int(inside[~self.known[inside]][0])
            self.found.append((row, column))
            self.learn(column)

    def learn(self, column: int) -> None:
        """Take note of a variable that is known now."""
        self.known[column] = True
        start, end = self._columns.indptr[column : column + 2]
        rows = self._columns.indices[start:end]
        self._missing[rows] -= 1
        self._ready.extend(rows[(self._missing[rows] == 1) & self._allowed[rows]].tolist())


def inverse_of_triangular(matrix: sparse.csr_array) -> sparse.csr_array:
    r"""Return the inverse of a lower triangular matrix, which is sparse where chains are short.

    With :math:`M = D (I - L)` it is :math:`(I + L + L^2 + \dots) D^{-1}`, a finite sum.

    Examples
    --------
    >>> inverse_of_triangular(sparse.csr_array(np.array([[2.0, 0.0], [1.0, 1.0]]))).toarray()
    array([[ 0.5,  0. ],
           [-0.5,  1. ]])
    """
    size = matrix.shape[0]
    if not size:
        return matrix
    scale = sparse.diags_array(1.0 / matrix.diagonal()).tocsr()
    below = sparse.csr_array(-scale @ sparse.tril(matrix, k=-1, format="csr"))
    total = power = sparse.csr_array(sparse.eye_array(size))
    while power.nnz:
        power = sparse.csr_array(power @ below)
        total = sparse.csr_array(total + power)
    return sparse.csr_array(total @ scale)


CANCELLED = 1e-13
"""What is smaller than this, beside the terms that it is the sum of, is rounding."""


def substituted(bodies: sparse.csr_array, values: sparse.csr_array) -> sparse.csr_array:
    """Return ``bodies @ values`` with what is rounding beside its terms taken out.

    What cancels must vanish, or else a row would seem to have what it has not.
    """
    product = sparse.csr_array(bodies @ values)
    largest = abs(bodies) @ abs(values)
    kept = product.multiply(abs(product) > CANCELLED * largest)
    result = sparse.csr_array(kept)
    result.eliminate_zeros()
    return result
