"""Which rows of an infeasible linear program contradict each other: by elastic filtering.

Rows that may give way get slack, the total of which is minimised. Those that are missed then must
hold from now on, and the rest gives way once more, until nothing helps: the rows that must hold
contradict each other. Of these, each that is not needed for that is left out again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.bulk import AutomaticSolver, BulkSettings
from efmodels.linear_program import LinearProgram
from efmodels.results import Status
from efmodels.symmetry import reduce_symmetry

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints

VISIBLE = 1e-6
"""A row that is missed by less, relative to its bound and its largest entry, counts as met."""


# What HiGHS cannot decide after its presolve, it sometimes can without.
_ATTEMPTS: tuple[dict[str, str], ...] = ({}, {"presolve": "off"})


@dataclass(frozen=True, eq=False)
class RowConflict:
    """Rows that cannot hold together.

    Attributes
    ----------
    rows
        Numbers of the rows, in order; none if there is no conflict, or one among the rows alone
        that may not give way.
    missed
        By how much each of them is missed at least if the others hold; ``nan`` where unknown.
    without
        Whether there is a conflict without any of the rows that may give way.
    is_minimal
        Whether none of them can be spared; false where time was up.
    """

    rows: Ints
    missed: Floats
    without: bool = False
    is_minimal: bool = True


def find_conflict(program: LinearProgram, elastic: Ints, seconds: float) -> RowConflict:
    """Return rows of a program that cannot hold together.

    Parameters
    ----------
    program
        Linear; that some columns are whole numbers is ignored, and so is the objective.
    elastic
        Numbers of the rows that may give way, increasing; all others and the bounds of the columns
        must hold.
    seconds
        When to stop.

    Examples
    --------
    Of ``x >= 3``, ``y >= 1`` and ``x + y <= 2``, the first and the last suffice:

    >>> program = LinearProgram(
    ...     A=sparse.csr_array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), c=np.zeros(2),
    ...     row_lower=np.array([3.0, 1.0, -np.inf]), row_upper=np.array([np.inf, np.inf, 2.0]),
    ...     lower=np.zeros(2), upper=np.full(2, np.inf), integer=np.zeros(2, dtype=bool),
    ... )
    >>> conflict = find_conflict(program, np.arange(3), seconds=10)
    >>> conflict.rows.tolist(), conflict.missed.tolist()
    ([0, 2], [1.0, 1.0])
    """
    crossed = elastic[program.row_lower[elastic] > program.row_upper[elastic]]
    if len(crossed):
        one = crossed[:1]
        return RowConflict(one, program.row_lower[one] - program.row_upper[one])
    return _Search(program, elastic, time.monotonic() + seconds).find()


class _OutOfTime(Exception):  # noqa: N818 - no error: it ends the search
    """Time was up, or a solver came to no conclusion."""


@dataclass
class _Search:
    program: LinearProgram
    elastic: Ints
    deadline: float
    missed: dict[int, float] = field(default_factory=dict)

    def find(self) -> RowConflict:
        needed: list[int] = []
        try:
            while True:
                left = np.setdiff1d(self.elastic, needed)
                missed = self._missed(np.array(needed, dtype=int), left)
                if missed is None:
                    break
                fresh = left[missed > self._visible(left)]
                if not len(fresh):
                    return self._conflict([])
                needed += fresh.tolist()
            if not needed:
                return self._conflict([], without=True)
            self._spare(needed)
        except _OutOfTime:
            return self._conflict(needed, is_minimal=False)
        return self._conflict(needed)

    def _conflict(self, rows: list[int], **facts: bool) -> RowConflict:
        rows = sorted(rows)
        missed = np.array([self.missed.get(row, np.nan) for row in rows])
        return RowConflict(np.array(rows, dtype=int), missed, **facts)

    def _spare(self, needed: list[int]) -> None:
        """Leave out, one by one, what is not needed; note by how much each of the others fails."""
        for row in sorted(needed):
            others = np.array([other for other in needed if other != row], dtype=int)
            missed = self._missed(others, np.array([row]))
            if missed is None:
                needed.remove(row)
                self.missed.clear()
            else:
                self.missed[row] = float(missed[0])
        for row in needed:
            if row not in self.missed:  # noted when there were more rows to hold
                others = np.array([other for other in needed if other != row], dtype=int)
                missed = self._missed(others, np.array([row]))
                self.missed[row] = np.nan if missed is None else float(missed[0])

    def _visible(self, rows: Ints) -> Floats:
        """Return from how much on a miss of each row counts."""
        bounds = np.column_stack([self.program.row_lower[rows], self.program.row_upper[rows]])
        size = np.where(np.isfinite(bounds), np.abs(bounds), 0.0).max(axis=1, initial=0.0)
        visible: Floats = VISIBLE * np.maximum(size, self._scale(rows))
        return visible

    def _scale(self, rows: Ints) -> Floats:
        """Return the largest entry of each row; 1 where there is none."""
        largest = abs(self.program.A[rows]).max(axis=1).toarray().ravel()
        return np.where(largest > 0, largest, 1.0)

    def _missed(self, hard: Ints, soft: Ints) -> Floats | None:
        """Return by how much soft rows are missed if the others hold; ``None`` if they cannot.

        The total is minimised, each miss relative to the largest entry of its row.
        """
        program = self.program
        fixed = np.setdiff1d(np.arange(program.rows), self.elastic)
        rows = np.concatenate([fixed, hard, soft])
        place = np.arange(len(rows) - len(soft), len(rows))
        scale = self._scale(soft)
        slack = sparse.csr_array((scale, (place, np.arange(len(soft)))), (len(rows), len(soft)))
        relaxed = LinearProgram(
            A=sparse.csr_array(sparse.hstack([program.A[rows], slack, -slack])),
            c=np.concatenate([np.zeros(program.columns), np.ones(2 * len(soft))]),
            row_lower=program.row_lower[rows],
            row_upper=program.row_upper[rows],
            lower=np.concatenate([program.lower, np.zeros(2 * len(soft))]),
            upper=np.concatenate([program.upper, np.full(2 * len(soft), np.inf)]),
            integer=np.zeros(program.columns + 2 * len(soft), dtype=bool),
        )
        x = self._solved(relaxed)
        if x is None:
            return None
        more, less = x[program.columns :].reshape(2, len(soft))
        missed: Floats = scale * (more + less)
        return missed

    def _solved(self, program: LinearProgram) -> Floats | None:
        """Return an optimum, or ``None`` if the program is infeasible."""
        reduction = reduce_symmetry(program)
        solver = AutomaticSolver()
        solver.load(reduction.reduced)
        for options in _ATTEMPTS:
            seconds = self.deadline - time.monotonic()
            if seconds <= 0:
                break
            run = solver.run(BulkSettings(time_limit=seconds, options=options))
            if run.status is Status.INFEASIBLE:
                return None
            if run.status is Status.OPTIMAL and run.solution is not None:
                return reduction.lift(replace(run.solution, duals=None, reduced_costs=None)).x
        raise _OutOfTime
