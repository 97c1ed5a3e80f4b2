"""The choice of a solver and an algorithm for a linear program, and of another where it fails."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from efmodels.bulk.base import BulkSolver, rest_of, same_pattern, takes_interior
from efmodels.bulk.clarabel import ClarabelSolver
from efmodels.bulk.highs import HighsSolver
from efmodels.bulk.scaled import ScaledSolver
from efmodels.bulk.scaling import is_wide
from efmodels.results import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scipy import sparse

    from efmodels.bulk.base import BulkRun, BulkSettings

_INTERIOR = {"solver": "ipm"}

LARGEST_FILL = 10.0
"""Clarabel is passed over if its factor has more nonzeros than this for each one of the program."""

# Limits other than time are not the caller's, as long as there is somebody else to be asked.
_CONCLUSIVE = {Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED, Status.TIME_LIMIT}


class AutomaticSolver(BulkSolver):
    """Clarabel or HiGHS, whichever is expected to be first, and another where one fails.

    Continuous programs of `INTERIOR_NONZEROS` or more, if any solution will do, go to Clarabel (if
    it is installed and its factor stays sparse), then to HiGHS's interior points. Everything else,
    and what came to no conclusion there, goes to HiGHS as HiGHS likes it. A continuous program for
    which it finds no words, as simplex sometimes does where nothing is feasible, goes to its
    interior points, with crossover. Continuous programs are scaled; integer ones if their entries
    are far from one.

    ``options`` are HiGHS's: where there are any, nobody else is asked.
    """

    name = "automatic"

    def __init__(self) -> None:
        super().__init__()
        self._solvers: dict[type[BulkSolver], BulkSolver] = {}
        self._matrix: sparse.csr_array | None = None

    def _run(self, settings: BulkSettings) -> BulkRun:
        start = time.perf_counter()
        runs: list[BulkRun] = []
        for kind, chosen in self._attempts(settings):
            runs.append(self._solver(kind).run(rest_of(chosen, start)))
            if runs[-1].status in _CONCLUSIVE:
                return runs[-1]
        if runs[-1].status is Status.UNKNOWN and self._may_choose(settings):
            chosen = replace(settings, options=_INTERIOR)
            runs.append(self._solver(HighsSolver).run(rest_of(chosen, start)))
        return _best(runs)

    def _may_choose(self, settings: BulkSettings) -> bool:
        """Say whether the algorithm is ours to choose: of an option it is not."""
        return self.program.is_continuous and not settings.options

    def _load(self) -> None:
        before, self._matrix = self._matrix, self.program.A
        if not same_pattern(before, self._matrix) or not self.program.is_continuous:
            self._solvers.clear()
        for solver in self._solvers.values():
            solver.load(self.program)

    def _update(self, changed: frozenset[str]) -> None:
        arrays = {name: getattr(self.program, name) for name in changed}
        for solver in self._solvers.values():
            solver.update(**arrays)

    def _solver(self, kind: type[BulkSolver]) -> BulkSolver:
        """Return the solver of this kind, which is loaded when it is first needed."""
        if kind not in self._solvers:
            scaled = self.program.is_continuous or is_wide(self.program)
            self._solvers[kind] = ScaledSolver(kind()) if scaled else kind()
            self._solvers[kind].load(self.program)
        return self._solvers[kind]

    def _attempts(self, settings: BulkSettings) -> Iterator[tuple[type[BulkSolver], BulkSettings]]:
        if takes_interior(self.program, settings) and not settings.options:
            if find_spec("clarabel") and self._suits_clarabel(settings):
                yield ClarabelSolver, settings
            yield HighsSolver, settings
            settings = replace(settings, vertex=True)
        yield HighsSolver, settings

    def _suits_clarabel(self, settings: BulkSettings) -> bool:
        solver = self._solver(ClarabelSolver)
        inner = solver.inner if isinstance(solver, ScaledSolver) else solver
        return isinstance(inner, ClarabelSolver) and inner.fill(settings) <= LARGEST_FILL


def _best(runs: list[BulkRun]) -> BulkRun:
    """Return the last run, or one before it that has at least a point."""
    return next((run for run in reversed(runs) if run.solution is not None), runs[-1])
