"""HiGHS by arrays: linear and mixed-integer programs, hot starts after a change.

HiGHS 1.15 is always given a minimisation. Where it maximises with presolve and without crossover,
all its duals have the wrong sign.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.bulk.base import (
    INTERIOR_TOLERANCE,
    BulkRun,
    BulkSettings,
    BulkSolver,
    no_bound,
    refused_option,
    same_pattern,
    takes_interior,
    within_bounds,
)
from efmodels.errors import CapabilityError
from efmodels.linear_program import LinearSolution
from efmodels.results import Status

if TYPE_CHECKING:
    from scipy import sparse

    from efmodels.game import Floats

SMALLEST_ENTRY = 1e-12
"""HiGHS drops smaller entries of the matrix, and cannot be told not to; its default is 1e-9."""

_INTERIOR = {
    "solver": "ipx",
    "run_crossover": "off",
    "ipm_optimality_tolerance": INTERIOR_TOLERANCE,
    "ipm_iteration_limit": 1000,  # it has been seen to go on forever; 50 are usual
}
_THREADS_IN_USE = "global scheduler has already been initialized"
"""HiGHS refuses to run if an earlier run, anywhere in the process, had other threads."""

_ASTRAY = {"kNotset", "kUnknown", "kSolveError"}
"""How HiGHS ends where numbers have grown beyond its control."""

_FEASIBLE = 2  # HiGHS's code for a feasible point
_STATUS = {
    "kOptimal": Status.OPTIMAL,
    "kInfeasible": Status.INFEASIBLE,
    "kUnbounded": Status.UNBOUNDED,
    "kUnboundedOrInfeasible": Status.INFEASIBLE_OR_UNBOUNDED,
    "kTimeLimit": Status.TIME_LIMIT,
    "kIterationLimit": Status.LIMIT,
    "kSolutionLimit": Status.LIMIT,
    "kObjectiveBound": Status.LIMIT,
    "kObjectiveTarget": Status.LIMIT,
    "kInterrupt": Status.LIMIT,
    "kMemoryLimit": Status.LIMIT,
    "kLoadError": Status.CRASHED,
    "kModelError": Status.CRASHED,
    "kPresolveError": Status.CRASHED,
    "kSolveError": Status.CRASHED,
    "kPostsolveError": Status.CRASHED,
}


@dataclass
class _Ear:
    """What HiGHS says; it holds no reference to the solver, which could then never be freed."""

    lines: list[str] = field(default_factory=list)
    tee: bool = False

    def hear(self, event: Any) -> None:
        self.lines.append(event.message)
        if self.tee:
            sys.stdout.write(event.message)


class HighsSolver(BulkSolver):
    """HiGHS, keeping its basis between runs.

    A large continuous program is solved by interior points without crossover, unless a vertex is
    asked for; others by the simplex algorithm or branch and cut.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> from efmodels.linear_program import LinearProgram
    >>> program = LinearProgram(
    ...     A=sparse.csr_array(np.array([[1.0, 2.0]])), c=np.array([1.0, 1.0]), maximize=True,
    ...     row_lower=np.array([-np.inf]), row_upper=np.array([4.0]),
    ...     lower=np.zeros(2), upper=np.full(2, 3.0), integer=np.zeros(2, dtype=bool),
    ... )
    >>> solver = HighsSolver()
    >>> solver.load(program)
    >>> solution = solver.run().solution
    >>> solution.x, solution.duals, solution.reduced_costs
    (array([3. , 0.5]), array([0.5]), array([0.5, 0. ]))
    >>> solver.update(c=[0.0, 1.0])
    >>> solver.run().bound
    2.0
    """

    name = "highs"

    def __init__(self) -> None:
        super().__init__()
        import highspy

        self._api = highspy
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call] # highspy's own
        self._ear = _Ear()
        self._pattern: sparse.csc_array | None = None
        self._highs.setOptionValue("log_to_console", False)
        self._highs.cbLogging.subscribe(self._ear.hear)

    def _run(self, settings: BulkSettings) -> BulkRun:
        self._ear.lines.clear()
        self._ear.tee = settings.tee
        self._set_options(settings)
        if settings.start is not None and not self.program.is_continuous:
            self._begin_from(settings.start)
        if self._highs.run() == self._api.HighsStatus.kError and _THREADS_IN_USE in self.log:
            self._api.Highs.resetGlobalScheduler(True)
            self._highs.run()
        if self._highs.getModelStatus().name in _ASTRAY:
            self._highs.clearSolver()  # the basis of the run before may have led there
            self._highs.run()
        return self._outcome()

    def _begin_from(self, point: Floats) -> None:
        solution = self._api.HighsSolution()
        solution.col_value = point.tolist()
        self._highs.setSolution(solution)

    @property
    def log(self) -> str:
        """What HiGHS has printed since the last run began."""
        return "".join(self._ear.lines)

    def _load(self) -> None:
        program, sign = self.program, self._sign
        A = program.A.tocsc()  # as HiGHS keeps it: its own transposition takes longer
        basis = self._highs.getBasis() if same_pattern(self._pattern, A) else None
        self._pattern = A
        self._highs.clearModel()
        self._highs.setOptionValue("small_matrix_value", SMALLEST_ENTRY)
        self._ear.lines.clear()
        status = self._highs.passModel(
            program.columns,
            program.rows,
            A.nnz,
            int(self._api.MatrixFormat.kColwise),
            int(self._api.ObjSense.kMinimize),
            sign * program.offset,
            sign * program.c,
            program.lower,
            program.upper,
            program.row_lower,
            program.row_upper,
            A.indptr.astype(np.int32, copy=False),
            A.indices.astype(np.int32, copy=False),
            A.data,
            program.integer.astype(np.int32),
        )
        if status == self._api.HighsStatus.kError:
            raise CapabilityError(f"highs cannot take this program: {self.log}")
        # Other entries in the same places, as new payoffs make them: the old basis is a hot start.
        if basis is not None and basis.valid and program.is_continuous:
            self._highs.setBasis(basis)

    def _update(self, changed: frozenset[str]) -> None:
        program, highs = self.program, self._highs
        if "c" in changed:
            highs.changeColsCost(program.columns, _all(program.columns), self._sign * program.c)
        if changed & {"lower", "upper"}:
            highs.changeColsBounds(
                program.columns, _all(program.columns), program.lower, program.upper
            )
        if changed & {"row_lower", "row_upper"}:
            highs.changeRowsBounds(
                program.rows, _all(program.rows), program.row_lower, program.row_upper
            )

    def _append(self, A: sparse.csr_array) -> None:
        program, rows = self.program, A.shape[0]
        self._pattern = None
        self._highs.addRows(
            rows,
            program.row_lower[-rows:] if rows else program.row_lower[:0],
            program.row_upper[-rows:] if rows else program.row_upper[:0],
            A.nnz,
            A.indptr[:-1].astype(np.int32),
            A.indices.astype(np.int32),
            A.data,
        )

    # Options ------------------------------------------------------------------------------------

    def _set_options(self, settings: BulkSettings) -> None:
        """Set the options of this run alone."""
        options: dict[str, Any] = {"log_to_console": False, "small_matrix_value": SMALLEST_ENTRY}
        if takes_interior(self.program, settings):
            options |= _INTERIOR
        if settings.gap is not None:
            options["mip_rel_gap"] = float(settings.gap)
        if settings.threads is not None:
            options["threads"] = settings.threads
        if settings.time_limit is not None:
            options["time_limit"] = float(settings.time_limit)
        self._highs.resetOptions()
        for name, setting in (options | dict(settings.options)).items():
            self._set(name, setting)
        self._start_clock()

    def _set(self, name: str, setting: Any) -> None:
        said = len(self._ear.lines)
        if self._highs.setOptionValue(name, setting) == self._api.HighsStatus.kError:
            reason = " ".join("".join(self._ear.lines[said:]).split()).removeprefix("ERROR: ")
            names = [each for each in dir(self._api.HighsOptions) if not each.startswith("_")]
            raise refused_option(
                self.name,
                name,
                setting,
                reason or "it gives no reason",
                () if name in names else names,
            )

    def _start_clock(self) -> None:
        """Let the time limit count from now: HiGHS adds up the runs since it was loaded."""
        _, limit = self._highs.getOptionValue("time_limit")
        if math.isfinite(limit):
            self._set("time_limit", limit + self._highs.getRunTime())

    # Outcome ------------------------------------------------------------------------------------

    def _outcome(self) -> BulkRun:
        highs = self._highs
        condition = highs.getModelStatus()
        info = highs.getInfo()
        has_point = info.primal_solution_status == _FEASIBLE
        status = _status_of(condition.name, has_point=has_point)
        solution = self._solution(status) if status in {Status.OPTIMAL, Status.FEASIBLE} else None
        return BulkRun(
            status,
            solution,
            bound=self._bound(status, info, solution),
            log=self.log,
            iterations=max(info.simplex_iteration_count, 0) + max(info.ipm_iteration_count, 0),
            message=highs.modelStatusToString(condition) + self._dropped(),
        )

    def _dropped(self) -> str:
        """Return a warning if HiGHS has left out entries of the matrix: it says nothing."""
        dropped = self.program.A.nnz - self._highs.getNumNz()
        return f"; {dropped} entries below {SMALLEST_ENTRY:g} were left out" if dropped else ""

    def _solution(self, status: Status) -> LinearSolution:
        found, program = self._highs.getSolution(), self.program
        x = within_bounds(program, np.array(found.col_value))
        if not program.is_continuous or status is not Status.OPTIMAL:
            return LinearSolution(x)
        duals, reduced_costs = np.array(found.row_dual), np.array(found.col_dual)
        # Adding zero leaves no negative one.
        return LinearSolution(x, self._sign * duals + 0.0, self._sign * reduced_costs + 0.0)

    def _bound(self, status: Status, info: Any, solution: LinearSolution | None) -> float:
        program = self.program
        if not program.is_continuous and math.isfinite(info.mip_dual_bound):
            return float(self._sign * info.mip_dual_bound) + 0.0  # no negative zero
        if status is Status.OPTIMAL and solution is not None:
            return program.value(solution.x)
        return no_bound(program)


def _all(size: int) -> Any:
    return np.arange(size, dtype=np.int32)


def _status_of(condition: str, *, has_point: bool) -> Status:
    """Translate HiGHS's status, given whether it has a feasible point."""
    status = _STATUS.get(condition, Status.UNKNOWN)
    if status is Status.OPTIMAL:
        return status if has_point else Status.UNKNOWN
    if status is Status.UNBOUNDED:  # without a point it has only seen a ray
        return status if has_point else Status.INFEASIBLE_OR_UNBOUNDED
    if status in {Status.TIME_LIMIT, Status.LIMIT, Status.UNKNOWN} and has_point:
        return Status.FEASIBLE
    return status
