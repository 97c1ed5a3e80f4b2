"""Any solver behind a scaling: it sees numbers near one, the caller's program keeps its units."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from efmodels.bulk.base import BulkSolver
from efmodels.bulk.scaling import balanced

if TYPE_CHECKING:
    from efmodels.bulk.base import BulkRun, BulkSettings
    from efmodels.bulk.scaling import Scaling


class ScaledSolver(BulkSolver):
    """A solver that is given the scaled program, and whose answers are scaled back.

    The scaling is that of the program as it was loaded; updates keep it.
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
        run = self.inner.run(settings)
        solution = run.solution and self._scaling.unscale(run.solution)
        return replace(run, solution=solution, bound=run.bound / self._scaling.objective)

    def _load(self) -> None:
        self._scaling = balanced(self.program)
        self.inner.load(self._scaling.scale(self.program))

    def _update(self, changed: frozenset[str]) -> None:
        scaled = {name: self._scaling.scaled(name, getattr(self.program, name)) for name in changed}
        self.inner.update(**scaled)
