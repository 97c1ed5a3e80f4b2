"""Clarabel by arrays: continuous linear programs, by interior points with a direct factorisation.

Needs the package ``clarabel``, which the extra ``fast`` installs.
"""

from __future__ import annotations

import math
import re
import sys
import time
from typing import Any

import numpy as np
from scipy import sparse

from efmodels.bulk.base import (
    INTERIOR_TOLERANCE,
    BulkRun,
    BulkSettings,
    BulkSolver,
    no_bound,
    not_installed,
    refused_option,
    rest_of,
    within_bounds,
)
from efmodels.bulk.conic import ConicRows
from efmodels.errors import CapabilityError
from efmodels.linear_program import LinearSolution
from efmodels.results import Status

ALMOST_TOLERANCE = 1e-8
"""What counts as almost solved where the tolerance that was asked for is out of reach."""

_STATUS = {
    "Solved": Status.OPTIMAL,
    "AlmostSolved": Status.FEASIBLE,
    "PrimalInfeasible": Status.INFEASIBLE,
    "DualInfeasible": Status.INFEASIBLE_OR_UNBOUNDED,  # a ray is known, a point is not
    "MaxIterations": Status.LIMIT,
    "MaxTime": Status.TIME_LIMIT,
    "CallbackTerminated": Status.LIMIT,
}
# The last steps to a tight tolerance may fail for lack of regularisation; too much of it from the
# start (its default is 1e-8) makes badly scaled programs fail.
_STRONGER = {"static_regularization_constant": 1e-7}
_ALMOST = (
    "AlmostSolved: within the reduced tolerances "
    f"({ALMOST_TOLERANCE:g} by default), not within the tolerances ({INTERIOR_TOLERANCE:g})"
)
_BAD_SETTING = re.compile(r'Bad value for field "(\w+)"')


class ClarabelSolver(BulkSolver):
    """Clarabel, keeping its matrix and the order of its factorisation between runs.

    Its points are interior: the middle of the optimal face where there are several optima, and no
    exact zeros. What Clarabel calls almost solved is ``feasible`` with a message, never
    ``optimal``.

    Raises
    ------
    SolverError
        The package ``clarabel`` is not installed.
    """

    name = "clarabel"

    def __init__(self) -> None:
        super().__init__()
        try:
            import clarabel
        except ImportError as error:
            raise not_installed(self.name, "efmodels[fast]") from error
        self._api = clarabel
        self._solver: Any = None
        self._options: dict[str, Any] = {}
        self._favourite: dict[str, Any] = {}

    def _run(self, settings: BulkSettings) -> BulkRun:
        """Solve; what is almost solved is tried once more, with a stronger regularisation."""
        start = time.perf_counter()
        run = self._attempt(settings, self._favourite)
        if run.status is not Status.FEASIBLE or settings.options.keys() & _STRONGER.keys():
            return run
        again = self._attempt(rest_of(settings, start), _STRONGER)
        if again.status is not Status.OPTIMAL:
            return run
        self._favourite = _STRONGER
        return again

    def fill(self, settings: BulkSettings | None = None) -> float:
        """Return the nonzeros of the factor for each one of the program, known before it is solved.

        Between 2 and 3 in sequence-form programs, and above 50 where Clarabel is no good choice.
        """
        self._prepare(self._favourite | _options(settings or BulkSettings()))
        nonzeros = self._solver.get_info().linsolver.nnzL
        return float(nonzeros) / max(self.program.A.nnz, 1)

    def _attempt(self, settings: BulkSettings, regularisation: dict[str, Any]) -> BulkRun:
        self._prepare(regularisation | _options(settings))
        self._solver.print_to_buffer()
        found = self._solver.solve()
        log = self._solver.get_print_buffer()
        if settings.tee:
            sys.stdout.write(log)
        return self._outcome(found, log)

    def _prepare(self, options: dict[str, Any]) -> None:
        """Set up the solver, unless it stands ready with these options, but for the time limit."""
        limit = options.get("time_limit", math.inf)
        if self._solver is None or options | {"time_limit": 0} != self._options:
            self._solver = self._new_solver(options)
            self._options = options | {"time_limit": 0}
        elif self._solver.get_settings().time_limit != limit:
            self._solver.update(settings=self._new_settings(options))

    def _load(self) -> None:
        program = self.program
        if not program.is_continuous:
            raise CapabilityError(
                f"clarabel takes continuous programs only; here {int(program.integer.sum())} of "
                f"{program.columns} columns must be whole numbers. HiGHS and Gurobi can do that"
            )
        self._rows = ConicRows.of(program)
        self._solver, self._favourite = None, {}

    def _update(self, changed: frozenset[str]) -> None:
        if not self._rows.same(ConicRows.of(self.program)):  # other bounds are finite: other rows
            self._load()
        elif self._solver is not None:
            data = {"q": self._sign * self.program.c} if "c" in changed else {}
            if changed != {"c"}:
                data["b"] = self._rows.right_hand_side(self.program)
            self._solver.update(**data)

    def _new_solver(self, options: dict[str, Any]) -> Any:
        program, rows, settings = self.program, self._rows, self._new_settings(options)
        h = rows.right_hand_side(program)
        cones = [self._api.ZeroConeT(rows.zeros), self._api.NonnegativeConeT(len(h) - rows.zeros)]
        P = sparse.csc_matrix((program.columns, program.columns))
        G = rows.matrix(program.A)
        try:
            return self._api.DefaultSolver(P, self._sign * program.c, G, h, cones, settings)
        except Exception as error:  # it has no class of its own
            bad = _BAD_SETTING.search(str(error))
            if bad is None:
                raise
            raise refused_option(self.name, bad[1], options.get(bad[1]), str(error)) from error

    def _new_settings(self, options: dict[str, Any]) -> Any:
        settings = self._api.DefaultSettings()
        for name, setting in options.items():
            try:
                setattr(settings, name, setting)
            except (AttributeError, OverflowError, TypeError, ValueError) as error:
                names = [each for each in dir(settings) if not each.startswith("_")]
                raise refused_option(self.name, name, setting, str(error), names) from error
        return settings

    def _outcome(self, found: Any, log: str) -> BulkRun:
        program, said = self.program, str(found.status)
        status = _STATUS.get(said, Status.UNKNOWN)
        solution = None
        if status in {Status.OPTIMAL, Status.FEASIBLE}:
            x = within_bounds(program, np.array(found.x))
            solution = LinearSolution(x)
        if status is Status.OPTIMAL:
            duals = self._sign * self._rows.duals(np.array(found.z)) + 0.0  # no negative zero
            solution = LinearSolution(x, duals, program.c - program.A.T @ duals)
        return BulkRun(
            status,
            solution,
            bound=program.value(x) if status is Status.OPTIMAL else no_bound(program),
            log=log,
            iterations=found.iterations,
            message=_ALMOST if said == "AlmostSolved" else said,
        )


def _options(settings: BulkSettings) -> dict[str, Any]:
    """Return the options of a run under Clarabel's names."""
    options: dict[str, Any] = {
        "presolve_enable": False,  # it would forbid later changes, and has nothing to do
        **dict.fromkeys(("tol_feas", "tol_gap_abs", "tol_gap_rel"), INTERIOR_TOLERANCE),
        **dict.fromkeys(("tol_infeas_abs", "tol_infeas_rel"), INTERIOR_TOLERANCE),
    }
    options |= {f"reduced_{name}": ALMOST_TOLERANCE for name in options if "tol_" in name}
    if settings.time_limit is not None:
        options["time_limit"] = float(settings.time_limit)
    if settings.threads is not None:
        options["max_threads"] = settings.threads
    return options | dict(settings.options)
