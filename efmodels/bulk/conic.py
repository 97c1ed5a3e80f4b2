r"""A continuous linear program in conic form, and the way back.

.. math::

    \min\; c^\top x \quad\text{s.t.}\quad G x + s = h,\quad s \in \{0\}^k \times \mathbb{R}^m_+

Every finite bound is a row of ``G``: first the equalities and fixed columns (``k`` of them), then
upper and lower bounds of rows, then of columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram

    Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ConicRows:
    """Which bounds of a program are rows of its conic form, in their order."""

    equal: Mask
    fixed: Mask
    row_upper: Mask
    row_lower: Mask
    upper: Mask
    lower: Mask

    @classmethod
    def of(cls, program: LinearProgram) -> ConicRows:
        """Find the finite bounds of a program."""
        equal = program.row_lower == program.row_upper
        fixed = program.lower == program.upper
        return cls(
            equal,
            fixed,
            np.isfinite(program.row_upper) & ~equal,
            np.isfinite(program.row_lower) & ~equal,
            np.isfinite(program.upper) & ~fixed,
            np.isfinite(program.lower) & ~fixed,
        )

    def same(self, other: ConicRows) -> bool:
        """Say whether two programs have finite bounds in the same places."""
        return all(np.array_equal(mine, vars(other)[name]) for name, mine in vars(self).items())

    @property
    def zeros(self) -> int:
        """How many rows are equalities."""
        return int(self.equal.sum() + self.fixed.sum())

    def matrix(self, A: sparse.csr_array) -> sparse.csc_matrix:
        """Return ``G``, as the kind of matrix that solvers know."""
        one = sparse.eye_array(A.shape[1], format="csr")
        parts = (
            A[self.equal],
            one[self.fixed],
            A[self.row_upper],
            -A[self.row_lower],
            one[self.upper],
            -one[self.lower],
        )
        return sparse.csc_matrix(sparse.vstack(parts))

    def right_hand_side(self, program: LinearProgram) -> Floats:
        """Return ``h``."""
        return np.concatenate(
            (
                program.row_lower[self.equal],
                program.lower[self.fixed],
                program.row_upper[self.row_upper],
                -program.row_lower[self.row_lower],
                program.upper[self.upper],
                -program.lower[self.lower],
            )
        )

    def duals(self, z: Floats) -> Floats:
        """Return the duals of the program's rows, to be minimised, from those of the conic form.

        There ``c + G.T z = 0``, and ``z`` is nonnegative but for the equalities.
        """
        masks = (self.equal, self.fixed, self.row_upper, self.row_lower)
        ends = np.cumsum([np.count_nonzero(mask) for mask in masks])
        equal, _, upper, lower, _ = np.split(z, ends)
        duals = np.zeros(len(self.equal))
        duals[self.equal] = -equal
        duals[self.row_upper] -= upper
        duals[self.row_lower] += lower
        return duals
