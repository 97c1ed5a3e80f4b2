r"""Scaling rows, columns and the objective of a linear program so that its numbers are near one.

Solvers work to absolute tolerances and drop what is small. A game whose payoffs are in units of
1e-8 is the same game to an economist, and no game at all to them. Here

.. math::

    a_{ij} \to r_i a_{ij} s_j, \qquad \min_{r, s} \sum_{a_{ij} \ne 0} \log^2 |r_i a_{ij} s_j|,

by conjugate gradients, and factors are rounded to powers of two: a scaled program has the very same
optima, and no digit is lost on the way there and back.

References
----------
Curtis and Reid, On the automatic scaling of matrices for Gaussian elimination, IMA Journal of
Applied Mathematics 10 (1972).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg

from efmodels.linear_program import LinearSolution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram

LARGEST_EXPONENT = 256.0
"""Factors stay between ``2**-256`` and ``2**256``: the product of two is a proper number."""

SMALL = 1e-6
"""Entries below this, and above its inverse, are wide of one."""

NEGLIGIBLE = 1e-13
"""Entries below this share of the largest of their row, and of their column, do not count.

They are what rounding leaves of sums that cancel. Taken for numbers they would make solvers work to
a tolerance far from the caller's.
"""

_SWEEPS = 50
_PRECISION = 1e-3


@dataclass(frozen=True, eq=False)
class Scaling:
    """Factors, all powers of two: ``x = columns * x'`` where ``x'`` solves the scaled program.

    Attributes
    ----------
    rows, columns
        Factor of each row and column of the matrix; 1 for integer columns.
    objective
        Factor of the objective.
    """

    rows: Floats
    columns: Floats
    objective: float = 1.0

    @property
    def is_identity(self) -> bool:
        """Whether nothing is scaled."""
        return self.objective == 1 and bool((self.rows == 1).all() and (self.columns == 1).all())

    def scale(self, program: LinearProgram) -> LinearProgram:
        """Return the scaled program."""
        A = program.A
        data = A.data * np.repeat(self.rows, np.diff(A.indptr)) * self.columns[A.indices]
        return replace(
            program,
            A=sparse.csr_array((data, A.indices, A.indptr), shape=A.shape),
            c=self.scaled("c", program.c),
            row_lower=self.scaled("row_lower", program.row_lower),
            row_upper=self.scaled("row_upper", program.row_upper),
            lower=self.scaled("lower", program.lower),
            upper=self.scaled("upper", program.upper),
            offset=program.offset * self.objective,
        )

    def scaled(self, name: str, array: Floats) -> Floats:
        """Scale one array of a program: ``c`` or bounds."""
        if name == "c":
            return array * self.columns * self.objective
        return array * self.rows if name.startswith("row_") else array / self.columns

    def unscale(self, solution: LinearSolution) -> LinearSolution:
        """Return the solution of the program from that of the scaled one."""
        duals, reduced_costs = solution.duals, solution.reduced_costs
        return LinearSolution(
            solution.x * self.columns,
            None if duals is None else duals * self.rows / self.objective,
            None if reduced_costs is None else reduced_costs / self.columns / self.objective,
        )


def unscaled(program: LinearProgram) -> Scaling:
    """Return the scaling that leaves a program as it is."""
    return Scaling(np.ones(program.rows), np.ones(program.columns))


def balanced(program: LinearProgram) -> Scaling:
    """Return the scaling that brings the program's numbers as near to one as it can.

    The matrix alone decides up to a common factor of all rows and its inverse for all columns, and
    up to the factor of the objective. These bring bounds and costs near one. Integer columns keep
    their unit.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> from efmodels.linear_program import LinearProgram
    >>> program = LinearProgram(
    ...     A=sparse.csr_array(np.array([[1e-8, 2e-8], [1.0, 0.0]])), c=np.array([0.0, 1e6]),
    ...     row_lower=np.array([1e-8, 0.0]), row_upper=np.full(2, np.inf),
    ...     lower=np.zeros(2), upper=np.full(2, np.inf), integer=np.zeros(2, dtype=bool),
    ... )
    >>> scaled = balanced(program).scale(program)
    >>> scaled.A.data.round(2), scaled.c.round(2), scaled.row_lower.round(2)
    (array([1.34, 1.34, 1.  ]), array([0.  , 0.95]), array([1.34, 0.  ]))
    """
    rows, columns = _matrix_exponents(_counting(program.A), ~program.integer)
    if program.is_continuous:
        shift = -_mean(_bound_exponents(program, rows, columns))
        rows, columns = rows + shift, columns - shift
    rows, columns = _limited(rows), _limited(columns)
    costs = program.c != 0
    objective = _limited(-_mean(_exponents(program.c[costs]) + columns[costs]))
    return Scaling(np.exp2(rows), np.exp2(columns), float(np.exp2(objective)))


def is_wide(program: LinearProgram) -> bool:
    """Say whether entries of the matrix come near what solvers drop or cannot tell from rounding.

    Integer programs are scaled only then: where branch and cut goes hangs on every digit.
    """
    size = np.abs(program.A.data)
    return bool((size < SMALL).any() or (size > 1 / SMALL).any())


def _counting(A: sparse.csr_array) -> sparse.csr_array:
    """Return the entries of a matrix that are not negligible."""
    size, row = np.abs(A.data), np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    in_row, in_column = np.zeros(A.shape[0]), np.zeros(A.shape[1])
    np.maximum.at(in_row, row, size)
    np.maximum.at(in_column, A.indices, size)
    kept = size >= NEGLIGIBLE * np.minimum(in_row[row], in_column[A.indices])
    if kept.all():
        return A
    return sparse.csr_array((A.data[kept], (row[kept], A.indices[kept])), shape=A.shape)


def _matrix_exponents(A: sparse.csr_array, free: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the exponents of rows and columns that bring a matrix closest to ones.

    The rows' exponents follow from the columns': each is what centres its row. What remains is a
    linear system in the columns, with a matrix that is a graph's Laplacian.
    """
    ones = sparse.csr_array((np.ones(A.nnz), A.indices, A.indptr), shape=A.shape)
    logs = sparse.csr_array((_exponents(A.data), A.indices, A.indptr), shape=A.shape)
    per_row = np.maximum(np.diff(A.indptr), 1)
    per_column = np.maximum(np.bincount(A.indices, minlength=A.shape[1]), 1)
    transposed = ones.T.tocsr()

    def system(columns: Floats) -> Floats:
        moved = np.where(free, columns, 0.0)
        rest = per_column * moved - transposed @ ((ones @ moved) / per_row)
        return np.where(free, rest, columns)

    row_sums: Floats = logs.sum(axis=1)
    target = np.where(free, transposed @ (row_sums / per_row) - logs.sum(axis=0), 0.0)
    shape = (A.shape[1], A.shape[1])
    inverse = LinearOperator(shape, matvec=lambda v: v / per_column, dtype=float)
    matrix = LinearOperator(shape, matvec=system, dtype=float)
    columns, _ = cg(matrix, target, rtol=_PRECISION, maxiter=_SWEEPS, M=inverse)
    columns = np.where(free, columns, 0.0)
    return -(row_sums + ones @ columns) / per_row, columns


def _bound_exponents(program: LinearProgram, rows: Floats, columns: Floats) -> Floats:
    """Return the exponents of the scaled program's bounds, where finite and not zero."""
    found = []
    for names, exponents in ((("row_lower", "row_upper"), rows), (("lower", "upper"), -columns)):
        for name in names:
            bounds = getattr(program, name)
            here = np.isfinite(bounds) & (bounds != 0)
            found.append(_exponents(bounds[here]) + exponents[here])
    return np.concatenate(found)


def _exponents(values: Floats) -> Floats:
    return np.log2(np.abs(values))


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else 0.0


def _limited(exponents: Any) -> Any:
    return np.clip(np.round(exponents), -LARGEST_EXPONENT, LARGEST_EXPONENT)
