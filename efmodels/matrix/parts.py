"""Parts of a linear expression: a sparse matrix and what it multiplies."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.pyomo_internals import LinearExpression, VariablesOnDemand

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, eq=False)
class Part:
    """The product of a matrix and a vector of variables.

    Parameters
    ----------
    matrix
        In CSR format, columns in order; no entry is stored twice, none is zero. Do not change it:
        clones of the model share it.
    variables
        A `MatrixVar`, or a list of Pyomo variables, one per column.
    """

    matrix: sparse.csr_array
    variables: Any

    @classmethod
    def of(cls, matrix: Any, variables: Any) -> Part:
        """Return a part of a matrix of any format and whatever can be multiplied by it.

        Raises
        ------
        GameError
            The matrix has not one column per variable.
        """
        A = _canonical(matrix)
        if not isinstance(variables, VariablesOnDemand):
            variables = list(variables.values() if hasattr(variables, "values") else variables)
            number = len(variables)
        else:
            number = variables.size
        if number != A.shape[1]:
            raise GameError(
                f"a matrix with {A.shape[1]} columns cannot multiply {number} variables"
            )
        return cls(A, variables)

    def terms(self, row: int) -> tuple[list[float], list[Any]]:
        """Return the coefficients of a row and the variables that they belong to."""
        A = self.matrix
        here = slice(A.indptr[row], A.indptr[row + 1])
        on_demand = isinstance(self.variables, VariablesOnDemand)
        at = self.variables.data_at if on_demand else self.variables.__getitem__
        return A.data[here].tolist(), list(map(at, A.indices[here].tolist()))

    def __deepcopy__(self, memo: Any) -> Part:
        """Share the matrix with the copy, which has its own variables."""
        return Part(self.matrix, copy.deepcopy(self.variables, memo))


def linear_expression(parts: Sequence[Part], row: int) -> LinearExpression:
    """Return a row of the sum of the parts as a Pyomo expression."""
    coefficients: list[float] = []
    variables: list[Any] = []
    for part in parts:
        numbers, here = part.terms(row)
        coefficients += numbers
        variables += here
    return LinearExpression(linear_coefs=coefficients, linear_vars=variables)


def nonzeros(parts: Sequence[Part]) -> int:
    """Return how many entries the matrices have together."""
    return sum(part.matrix.nnz for part in parts)


def _canonical(matrix: Any) -> sparse.csr_array:
    """Return a matrix in CSR format, entries in order, none twice and none zero.

    The caller's matrix stays as it is; if it is like that already, it is not copied.
    """
    A = sparse.csr_array(matrix, dtype=float)
    if not A.has_canonical_format:
        A = A.copy()
        A.sum_duplicates()
    if np.count_nonzero(A.data) != A.nnz:
        A = A.copy()
        A.eliminate_zeros()
    return A
