"""Variables for the coordinates ``mu = T x`` of a leader: only where a flow does not do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.matrix import MatrixConstraint, MatrixVar

if TYPE_CHECKING:
    from efmodels.game import Bools

    Pairs = list[tuple[sparse.csr_array, Any]]


@dataclass
class ReachVariables:
    """The coordinates: those that are a single flow are that flow, the others are variables.

    The methods take the leader's block, which has the flows ``x``.

    Parameters
    ----------
    reach
        The matrix ``T``; ``None`` for the identity.
    """

    reach: sparse.csr_array | None

    @cached_property
    def several(self) -> Bools:
        """Which coordinates are completed by several flows; shape ``(coordinates,)``."""
        if self.reach is None:
            return np.zeros(0, dtype=bool)
        several: Bools = np.diff(self.reach.indptr) > 1
        return several

    def declare(self, leader: Any) -> None:
        """Declare the variables ``mu`` of those coordinates, and the rows ``reach``."""
        number = int(self.several.sum())
        if self.reach is None or not number:
            return
        leader.mu = MatrixVar(number, domain=pyo.NonNegativeReals)
        minus = -sparse.eye_array(number).tocsr()
        T = self.reach[self.several]
        leader.reach = MatrixConstraint([(T, leader.x), (minus, leader.mu)], rhs=0.0)

    def pairs(self, matrix: Any, leader: Any) -> Pairs:
        """Return pairs ``(A, variables)`` whose sum of ``A' variables`` is ``matrix' mu``."""
        matrix = sparse.csr_array(matrix)
        if self.reach is None:
            return [(matrix, leader.x)]
        single = self.reach.multiply((~self.several)[:, None]).tocsr()
        pairs = [((single.T @ matrix).tocsr(), leader.x)]
        if self.several.any():
            pairs.append((matrix[self.several], leader.mu))
        return pairs

    def rows(self, matrix: Any, leader: Any) -> Pairs:
        """Return pairs ``(A, variables)`` whose sum of ``A variables`` is ``matrix' mu``."""
        return [(A.T.tocsr(), variables) for A, variables in self.pairs(matrix, leader)]
