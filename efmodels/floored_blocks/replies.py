"""The dual of a best response among plans with floors, as rows of matrices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from efmodels.matrix import MatrixConstraint

if TYPE_CHECKING:
    from efmodels.blocks import Parts
    from efmodels.game import Floats
    from efmodels.plan_floors import PlanFloors


@dataclass(frozen=True, eq=False)
class FlooredReplies:
    r"""Replies ``y = R y' + l`` to a plan ``x``, ``y'`` being what is added to the floors.

    The best of them are worth

    .. math::

        \max_{y} g^\top y = \min_v\; (f - F l)^\top v + l^\top g
        \quad\text{s.t.}\quad (F R)^\top v \ge R^\top g,\qquad g = A^\top x .

    Attributes
    ----------
    floors
        Of who replies.
    A
        Her payoffs: a row per sequence of the other player, a column per sequence of hers.
    """

    floors: PlanFloors
    A: sparse.csr_array

    @cached_property
    def values(self) -> sparse.csr_array:
        """The matrix ``(F R)'``."""
        return sparse.csr_array((self.floors.polytope.F @ self.floors.R).T)

    @cached_property
    def worth(self) -> sparse.csr_array:
        """The matrix ``R' A'``."""
        return sparse.csr_array((self.A @ self.floors.R).T)

    @cached_property
    def left(self) -> Floats:
        """The ``f - F l``: what floors of sequences leave at each infoset."""
        polytope = self.floors.polytope
        left: Floats = polytope.f - polytope.F @ self.floors.offset
        return left

    @cached_property
    def certain(self) -> Floats:
        """The ``A l``: what floors of sequences bring, per sequence of the other player."""
        certain: Floats = self.A @ self.floors.offset
        return certain

    def slacks(self, v: Any, x: Any) -> Parts:
        """Return matrix parts whose sum is how much worse than a best reply each sequence is."""
        return [(self.values, v), (-self.worth, x)]

    def rows(self, v: Any, x: Any) -> MatrixConstraint:
        """Return the rows that say that no slack is negative."""
        return MatrixConstraint(self.slacks(v, x), lb=0.0, labels=self.floors.polytope)

    def payoff(self, v: Any, x: Any) -> Parts:
        """Return matrix parts, of one row, whose sum is what a best reply is worth."""
        return [(as_row(self.left), v), (as_row(self.certain), x)]


def floor_rows(x: Any, floors: PlanFloors) -> MatrixConstraint:
    """Return the rows ``x_q - share_q x_p(q) >= least_q`` of a plan."""
    names = list(floors.polytope.names[1:])
    return MatrixConstraint([(floors.rows, x)], lb=floors.least[1:], labels=names)


def as_row(coefficients: Any) -> sparse.csr_array:
    """Return numbers as a matrix of one row."""
    return sparse.csr_array(np.atleast_2d(np.asarray(coefficients, dtype=float)))
