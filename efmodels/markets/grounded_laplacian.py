"""Linear systems of bipartite networks whose nodes are grounded: the step of interior points.

The matrix of such a system is the Laplacian of a weighted bipartite graph plus a positive diagonal:
symmetric, diagonally dominant, and an M-matrix. Taking away one side leaves such a matrix on the
other side, in which nothing has to be subtracted: the ground and the entries off the diagonal are
sums of positive numbers, and the diagonal is the sum of both. So rounding does no harm, however far
the weights are apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Floats, Ints

DENSE = 2_000
"""Nodes up to which the matrix of the smaller side is factorized as a dense one."""


class GroundedLaplacian:
    r"""A factorized system of the rows and the columns of a weighted bipartite graph.

    .. math::

        \Bigl(g_i + \sum_j w_{ij}\Bigr) x_i - \sum_j w_{ij} y_j = b_i, \qquad
        \Bigl(h_j + \sum_i w_{ij}\Bigr) y_j - \sum_i w_{ij} x_i = c_j.

    Parameters
    ----------
    row, column
        The ends of each edge.
    weight
        :math:`w > 0`, one per edge.
    row_ground, column_ground
        :math:`g \ge 0` and :math:`h \ge 0`, one per node; each connected part needs a positive one.

    Raises
    ------
    numpy.linalg.LinAlgError
        The matrix is singular up to rounding.

    Examples
    --------
    >>> both = np.array([0, 1]), np.array([0, 0])
    >>> system = GroundedLaplacian(*both, np.array([1.0, 2.0]), np.array([1.0, 0.0]), np.ones(1))
    >>> x, y = system.solve(np.array([1.0, 0.0]), np.array([1.0]))
    >>> np.allclose([2 * x[0] - y[0], 2 * x[1] - 2 * y[0], 4 * y[0] - x[0] - 2 * x[1]], [1, 0, 1])
    True
    """

    def __init__(
        self, row: Ints, column: Ints, weight: Floats, row_ground: Floats, column_ground: Floats
    ) -> None:
        self._swapped = len(row_ground) > len(column_ground)
        if self._swapped:
            row, column = column, row
            row_ground, column_ground = column_ground, row_ground
        self._row, self._column, self._weight = row, column, weight
        self._shape = len(row_ground), len(column_ground)
        self._diagonal = column_ground + np.bincount(column, weight, self._shape[1])
        ground = row_ground + self._to_rows(column_ground / self._diagonal)
        scaled = weight / np.sqrt(self._diagonal)[column]
        graph = sparse.csr_array((scaled, (row, column)), shape=self._shape)
        self._solve_rows = _factorized(graph @ graph.T, ground)

    def solve(self, of_rows: Floats, of_columns: Floats) -> tuple[Floats, Floats]:
        """Return the solution of the rows and that of the columns."""
        if self._swapped:
            of_rows, of_columns = of_columns, of_rows
        x = self._solve_rows(of_rows + self._to_rows(of_columns / self._diagonal))
        flow = np.bincount(self._column, self._weight * x[self._row], self._shape[1])
        y = (of_columns + flow) / self._diagonal
        return (y, x) if self._swapped else (x, y)

    def _to_rows(self, of_columns: Floats) -> Floats:
        flow = np.bincount(self._row, self._weight * of_columns[self._column], self._shape[0])
        return np.asarray(flow, dtype=float)


def _factorized(product: sparse.csr_array, ground: Floats) -> Callable[[Floats], Floats]:
    """Return the function that solves with the ground and what the product has off its diagonal."""
    if len(ground) <= DENSE:
        dense = -product.toarray()
        np.fill_diagonal(dense, 0)
        np.fill_diagonal(dense, ground - dense.sum(axis=1))
        factor = cho_factor(dense, overwrite_a=True, check_finite=False)
        return lambda rhs: np.asarray(cho_solve(factor, rhs, check_finite=False), dtype=float)
    product.setdiag(0)
    matrix = sparse.diags_array(ground + product.sum(axis=1)) - product
    # Diagonal dominance makes pivoting needless, so that the order can be chosen for sparsity.
    try:
        factors = splu(
            matrix.tocsc(),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
    except RuntimeError as error:  # what SuperLU raises
        raise np.linalg.LinAlgError(str(error)) from error
    return lambda rhs: np.asarray(factors.solve(rhs), dtype=float)
