"""What every solver of arrays is asked, and what it answers."""

from __future__ import annotations

import difflib
import math
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy import sparse

from efmodels.errors import ModelError, SolverError
from efmodels.linear_program import LinearSolution
from efmodels.results import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import ArrayLike

    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram

    Compressed = sparse.csr_array | sparse.csc_array

INTERIOR_NONZEROS = 40_000
"""From how many nonzeros on interior points are tried: sooner in games of poker, and no vertex."""

INTERIOR_TOLERANCE = 1e-10
"""Relative tolerance of interior points: feasibility, and the gap between primal and dual.

Their default, 1e-8, may leave regrets of 1e-6 of the payoff range. Two iterations mend it.
"""


@dataclass(frozen=True)
class BulkSettings:
    """What may be asked of a run.

    Parameters
    ----------
    time_limit
        In seconds.
    gap
        Relative gap at which an integer solution counts as optimal.
    threads
        How many; ``None`` is the solver's own choice.
    vertex
        Whether the solution has to be a vertex (a basic solution: exact zeros, fewest positive
        entries), or may be any optimal point, which is found sooner in large programs.
    options
        Further options under the solver's own names; they prevail over those that follow from the
        settings above.
    tee
        Also print what the solver prints.
    start
        A point to begin from, one number per column; HiGHS alone uses it, in integer programs. It
        need not be feasible: then the solver goes on without it.
    """

    time_limit: float | None = None
    gap: float | None = None
    threads: int | None = None
    vertex: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    tee: bool = False
    start: Floats | None = None


@dataclass(frozen=True, eq=False)
class BulkRun:
    """How a run ended.

    Attributes
    ----------
    status
        How it ended; ``optimal`` and ``feasible`` have a solution.
    solution
        The point; with duals if the program is continuous and the status ``optimal``.
    bound
        What the solver proved that no feasible point surpasses, infinite without proof.
    log
        What the solver printed.
    iterations
        Simplex or interior point iterations; for integer programs, of all nodes together.
    message
        The solver's own words for how it ended.
    solver
        Its name: of interest after `AutomaticSolver`.
    """

    status: Status
    solution: LinearSolution | None = field(default=None, repr=False)
    bound: float = math.nan
    log: str = field(default="", repr=False)
    iterations: int = 0
    message: str = ""
    solver: str = ""


_WITHOUT_OBJECTIVE = {
    Status.OPTIMAL: Status.UNBOUNDED,
    Status.FEASIBLE: Status.UNBOUNDED,
    Status.INFEASIBLE: Status.INFEASIBLE,
    Status.INFEASIBLE_OR_UNBOUNDED: Status.INFEASIBLE,  # a constant is never unbounded
}


class BulkSolver(ABC):
    """A solver that keeps its program between runs: ``load`` once, then ``update`` and ``run``."""

    name: ClassVar[str]
    """As in the table of solvers."""

    def __init__(self) -> None:
        self._program: LinearProgram | None = None

    @property
    def program(self) -> LinearProgram:
        """The program as it was loaded and updated.

        Raises
        ------
        ModelError
            None has been loaded.
        """
        if self._program is None:
            raise ModelError(f"{self.name} has no program yet: call load(program) first")
        return self._program

    def load(self, program: LinearProgram) -> None:
        """Hand over a program in the place of any earlier one.

        Raises
        ------
        CapabilityError
            The solver cannot take it.
        ModelError
            A number is ``nan``.
        """
        self._program = _without_nan(program)
        try:
            self._load()
        except BaseException:
            self._program = None
            raise

    def update(
        self,
        *,
        c: ArrayLike | None = None,
        row_lower: ArrayLike | None = None,
        row_upper: ArrayLike | None = None,
        lower: ArrayLike | None = None,
        upper: ArrayLike | None = None,
    ) -> None:
        """Change the objective or bounds; the matrix, the sense and the integers stay.

        Raises
        ------
        ModelError
            A shape does not fit, a number is ``nan``, or nothing has been loaded.
        """
        given = {"c": c, "row_lower": row_lower, "row_upper": row_upper}
        given |= {"lower": lower, "upper": upper}
        changes: dict[str, Any] = {
            name: np.array(value, dtype=float) for name, value in given.items() if value is not None
        }
        before = self.program
        self._program = _without_nan(replace(before, **changes))
        self._update(frozenset(changes))

    def append_rows(
        self,
        A: sparse.csr_array,
        *,
        row_lower: ArrayLike = -math.inf,
        row_upper: ArrayLike = math.inf,
    ) -> None:
        """Add rows behind the others, as cutting planes are; a solver that can goes on from there.

        Parameters
        ----------
        A
            Shape ``(new rows, columns)``; no entry is stored twice.
        row_lower, row_upper
            A number, or one per new row.

        Raises
        ------
        ModelError
            A shape does not fit, a number is ``nan``, or nothing has been loaded.
        """
        before, rows = self.program, A.shape[0]
        if A.shape[1] != before.columns:
            raise ModelError(
                f"the new rows have {A.shape[1]} columns, and the program {before.columns}"
            )
        sides: dict[str, Any] = {
            name: np.concatenate([getattr(before, name), np.broadcast_to(given, (rows,))])
            for name, given in (("row_lower", row_lower), ("row_upper", row_upper))
        }
        stacked = sparse.csr_array(sparse.vstack([before.A, A]))
        self._program = _without_nan(replace(before, A=stacked, row_names=(), **sides))
        self._append(A)

    def run(self, settings: BulkSettings | None = None) -> BulkRun:
        """Solve the program as it is now.

        Where the solver says only "infeasible or unbounded", it is asked once more with a constant
        objective: what is feasible then was unbounded.

        Raises
        ------
        SolverError
            An option is refused (status ``refused_option``).
        """
        settings, program = settings or BulkSettings(), self.program
        self._check(settings)
        if not program.columns:
            return _run_without_columns(program)
        start = time.perf_counter()
        run = self._run(settings)
        if run.status is Status.INFEASIBLE_OR_UNBOUNDED:
            status = self._status_without_objective(rest_of(settings, start))
            run = replace(run, status=_WITHOUT_OBJECTIVE.get(status, run.status))
        return replace(run, solver=run.solver or self.name)

    def _status_without_objective(self, settings: BulkSettings) -> Status:
        c = self.program.c
        if not c.any():
            return Status.INFEASIBLE_OR_UNBOUNDED
        self.update(c=np.zeros(len(c)))
        try:
            return self._run(settings).status
        finally:
            self.update(c=c)

    def _check(self, settings: BulkSettings) -> None:
        for name in ("time_limit", "gap"):
            number = getattr(settings, name)
            if number is not None and not number >= 0:
                raise refused_option(
                    self.name, name, number, "expected a number that is not negative"
                )
        if settings.start is not None and settings.start.shape != (self.program.columns,):
            raise ModelError(
                f"start has shape {settings.start.shape}; expected ({self.program.columns},)"
            )

    @abstractmethod
    def _run(self, settings: BulkSettings) -> BulkRun:
        """Solve the program, which has columns."""

    @property
    def _sign(self) -> float:
        """What turns the objective into one to be minimised."""
        return -1.0 if self.program.maximize else 1.0

    @abstractmethod
    def _load(self) -> None:
        """Hand over the whole program."""

    @abstractmethod
    def _update(self, changed: frozenset[str]) -> None:
        """Hand over the arrays of the program that have these names."""

    def _append(self, A: sparse.csr_array) -> None:  # noqa: ARG002 - the rows are the program's last
        """Hand over rows that the program has had added; the whole program by default."""
        self._load()


def _without_nan(program: LinearProgram) -> LinearProgram:
    """Return the program; a number that is none would be solved by some solvers all the same."""
    for name in ("c", "row_lower", "row_upper", "lower", "upper"):
        wrong = np.flatnonzero(np.isnan(getattr(program, name)))
        if wrong.size:
            raise ModelError(f"{name}[{wrong[0]}] is nan; expected a number")
    if not np.isfinite(program.A.data).all():
        raise ModelError("A has an entry that is infinite or nan; expected finite numbers")
    return program


def refused_option(
    solver: str, name: str, setting: Any, reason: str, names: Iterable[str] = ()
) -> SolverError:
    """Return the error for an option that a solver does not take, with names that are similar."""
    plain = {each.lower(): each for each in names}
    near = [plain[each] for each in difflib.get_close_matches(name.lower(), plain, n=3)]
    hint = f" Similar names: {', '.join(near)}." if near and name not in near else ""
    return SolverError(
        f"{solver} refuses the option {name!r} = {setting!r}: {reason.strip(' .!')}.{hint}",
        status=Status.REFUSED_OPTION,
        solver=solver,
    )


def not_installed(solver: str, package: str) -> SolverError:
    """Return the error for a solver that is not here."""
    return SolverError(
        f"{solver} is not available here; install it with `pip install {package}`",
        status=Status.NOT_INSTALLED,
        solver=solver,
    )


def takes_interior(program: LinearProgram, settings: BulkSettings) -> bool:
    """Say whether an interior point will do and is found sooner than a vertex."""
    enough = program.A.nnz >= INTERIOR_NONZEROS
    return program.is_continuous and enough and not settings.vertex


def no_bound(program: LinearProgram) -> float:
    """Return what is proved when nothing is."""
    return math.inf if program.maximize else -math.inf


def within_bounds(program: LinearProgram, x: Any) -> Any:
    """Return a point whose columns keep their bounds exactly; solvers keep them to a tolerance."""
    return np.clip(x, program.lower, program.upper)


def rest_of(settings: BulkSettings, start: float) -> BulkSettings:
    """Return the settings with what is left of the time limit, counted from ``start``."""
    if settings.time_limit is None:
        return settings
    left = settings.time_limit - (time.perf_counter() - start)
    return replace(settings, time_limit=max(left, 0.0))


def _run_without_columns(program: LinearProgram) -> BulkRun:
    """Solve a program that has no columns, which some solvers refuse."""
    message = "the program has no columns; no solver was asked"
    if (program.row_lower > 0).any() or (program.row_upper < 0).any():
        return BulkRun(Status.INFEASIBLE, bound=no_bound(program), message=message)
    solution = LinearSolution(np.zeros(0), np.zeros(program.rows), np.zeros(0))
    return BulkRun(Status.OPTIMAL, solution, bound=program.offset, message=message)


def same_pattern(before: Compressed | None, after: Compressed) -> bool:
    """Say whether two sparse matrices have their entries in the same places."""
    return (
        before is not None
        and before.shape == after.shape
        and np.array_equal(before.indptr, after.indptr)
        and np.array_equal(before.indices, after.indices)
    )
