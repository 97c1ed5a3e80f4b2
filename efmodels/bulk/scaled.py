"""Any solver behind a scaling: it sees numbers near one, the caller's program keeps its units."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from efmodels.bulk.base import BulkSolver
from efmodels.bulk.scaling import balanced, unscaled
from efmodels.linear_program import optimality_violation
from efmodels.results import Status

if TYPE_CHECKING:
    from efmodels.bulk.base import BulkRun, BulkSettings
    from efmodels.bulk.scaling import Scaling
    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram


TOLERANCE = 1e-5
"""Largest violation of an optimal point, as a share of the largest sum of terms."""


class ScaledSolver(BulkSolver):
    """A solver that is given the scaled program, and whose answers are scaled back.

    The scaling is that of the program as it was loaded; updates keep it. What is optimal up to
    tolerances in the scaled program may be far from it in the caller's: then it is solved again as
    it is, and from then on.
    """

    def __init__(self, inner: BulkSolver) -> None:
        super().__init__()
        self.inner = inner
        self._scaling: Scaling

    @property
    def name(self) -> str:  # type: ignore[override] # it is the inner solver's
        """That of the solver inside."""
        return self.inner.name

    def _run(self, settings: BulkSettings) -> BulkRun:
        run = self._scaled_run(settings)
        believed = run.status is not Status.OPTIMAL or _violation(self.program, run) <= TOLERANCE
        if believed or self._scaling.is_identity:
            return run
        self._scaling = unscaled(self.program)
        self.inner.load(self.program)
        again = self._scaled_run(settings)
        return min(again, run, key=lambda one: _violation(self.program, one))

    def _scaled_run(self, settings: BulkSettings) -> BulkRun:
        if settings.start is not None:
            settings = replace(settings, start=settings.start / self._scaling.columns)
        run = self.inner.run(settings)
        solution = run.solution and self._scaling.unscale(run.solution)
        return replace(run, solution=solution, bound=run.bound / self._scaling.objective)

    def _load(self) -> None:
        self._scaling = balanced(self.program)
        self.inner.load(self._scaling.scale(self.program))

    def _update(self, changed: frozenset[str]) -> None:
        scaled = {name: self._scaling.scaled(name, getattr(self.program, name)) for name in changed}
        self.inner.update(**scaled)


def _violation(program: LinearProgram, run: BulkRun) -> float:
    """Return how far a point that is said to be optimal is from that, infinite without a point.

    Violations are shares of the largest sum of terms, over rows and over columns. A point without
    duals is not said to be optimal by them.
    """
    if run.solution is None:
        return np.inf
    if run.solution.duals is None:
        return 0.0
    found, size = optimality_violation(program, run.solution), abs(program.A)
    activity = size @ np.abs(run.solution.x)
    prices = np.abs(program.c) + size.T @ np.abs(run.solution.duals)
    return max(found.primal / _largest(activity), found.dual / _largest(prices))


def _largest(numbers: Floats) -> float:
    return float(numbers.max(initial=0)) or 1.0
