"""Linear programs written row by row over named variables, for SciPy's HiGHS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

    Terms = Mapping[Hashable, object]

INFEASIBLE = 2
"""What SciPy says of a program without a feasible point."""

MANY = 5000
"""With more rows than this, an interior point method is faster than the simplex method."""


@dataclass
class RowProgram:
    """Maximize a linear function of nonnegative variables, which appear when they are named.

    Those in ``free`` may be negative.
    """

    columns: dict[Hashable, int] = field(default_factory=dict)
    equal: list[tuple[Terms, float]] = field(default_factory=list)
    at_least: list[tuple[Terms, float]] = field(default_factory=list)
    free: set[Hashable] = field(default_factory=set)

    def maximum(self, objective: Terms) -> float:
        """Return the largest value of the objective."""
        found = self.maximum_or_nothing(objective)
        assert np.isfinite(found), "no values satisfy all rows"
        return found

    def maximum_or_nothing(self, objective: Terms) -> float:
        """Return the largest value of the objective, minus infinity if no values satisfy all."""
        for terms in (objective, *(row for row, _ in (*self.equal, *self.at_least))):
            for name in terms:
                self.columns.setdefault(name, len(self.columns))
        solution = linprog(
            -self._matrix([(objective, 0.0)]).toarray()[0],
            A_ub=-self._matrix(self.at_least) if self.at_least else None,
            b_ub=-self._sides(self.at_least) if self.at_least else None,
            A_eq=self._matrix(self.equal),
            b_eq=self._sides(self.equal),
            bounds=[(None if name in self.free else 0, None) for name in self.columns],
            method="highs-ipm" if len(self.equal) + len(self.at_least) > MANY else "highs",
        )
        assert solution.status in {0, INFEASIBLE}, solution.message
        return -np.inf if solution.status == INFEASIBLE else -float(solution.fun)

    def _matrix(self, rows: list[tuple[Terms, float]]) -> sparse.csr_array:
        entries = [
            (r, self.columns[name], float(value))
            for r, (terms, _) in enumerate(rows)
            for name, value in terms.items()
        ]
        row, column, value = np.array(entries).reshape(-1, 3).T
        places = (row.astype(int), column.astype(int))
        return sparse.csr_array((value, places), shape=(len(rows), len(self.columns)))

    @staticmethod
    def _sides(rows: list[tuple[Terms, float]]) -> NDArray[np.float64]:
        return np.array([side for _, side in rows], dtype=float)
