"""Gurobi by arrays: linear and mixed-integer programs, hot starts after a change.

Needs the package ``gurobipy`` (extra ``gurobi``), whose own licence takes small programs only.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

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
    takes_interior,
    within_bounds,
)
from efmodels.errors import SolverError
from efmodels.linear_program import LinearSolution
from efmodels.results import Status

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram

_INTERIOR = {"Method": 2, "Crossover": 0, "BarConvTol": INTERIOR_TOLERANCE}
_STATUS = {
    "OPTIMAL": Status.OPTIMAL,
    "INFEASIBLE": Status.INFEASIBLE,
    "INF_OR_UNBD": Status.INFEASIBLE_OR_UNBOUNDED,
    "UNBOUNDED": Status.INFEASIBLE_OR_UNBOUNDED,  # Gurobi has a ray, and need not have a point
    "TIME_LIMIT": Status.TIME_LIMIT,
    "ITERATION_LIMIT": Status.LIMIT,
    "NODE_LIMIT": Status.LIMIT,
    "SOLUTION_LIMIT": Status.LIMIT,
    "WORK_LIMIT": Status.LIMIT,
    "MEM_LIMIT": Status.LIMIT,
    "USER_OBJ_LIMIT": Status.LIMIT,
    "CUTOFF": Status.LIMIT,
    "INTERRUPTED": Status.LIMIT,
    "SUBOPTIMAL": Status.FEASIBLE,
}
_NO_LICENCE = {10009, 10010}  # none found; too small for this program


class GurobiSolver(BulkSolver):
    """Gurobi, keeping its model and basis between runs.

    Raises
    ------
    SolverError
        ``gurobipy`` is not installed, or has no licence at all. One that is too small for a program
        is the ``status`` of its runs.
    """

    name = "gurobi"

    def __init__(self) -> None:
        super().__init__()
        try:
            import gurobipy
        except ImportError as error:
            raise not_installed(self.name, "efmodels[gurobi]") from error
        self._api = gurobipy
        try:
            self._environment = gurobipy.Env(params={"OutputFlag": 0})
        except gurobipy.GurobiError as error:
            raise SolverError(str(error), status=Status.LICENCE, solver=self.name) from error

    def _load(self) -> None:
        program = self.program
        model = self._api.Model(env=self._environment)
        self._x: Any = model.addMVar(
            program.columns,
            lb=program.lower,
            ub=program.upper,
            obj=self._sign * program.c,
            vtype=np.where(program.integer, "I", "C"),
        )
        model.ObjCon = self._sign * program.offset
        self._senses = _senses(program)
        between = np.flatnonzero(self._senses == "R")
        self._slack: Any = model.addMVar(
            len(between), lb=program.row_lower[between], ub=program.row_upper[between]
        )
        A = sparse.hstack((program.A, -_unit_columns(between, program.rows)), format="csr")
        variables = self._api.concatenate((self._x, self._slack))
        senses = np.where(self._senses == "R", "=", self._senses)
        self._rows: Any = model.addMConstr(A, variables, senses, _right_hand_side(program))
        self._model = model

    def _update(self, changed: frozenset[str]) -> None:
        program = self.program
        senses = _senses(program)
        if not np.array_equal(senses, self._senses):
            self._load()
            return
        if "c" in changed:
            self._x.Obj = self._sign * program.c
        if changed & {"lower", "upper"}:
            self._x.LB, self._x.UB = program.lower, program.upper
        if changed & {"row_lower", "row_upper"}:
            self._rows.RHS = _right_hand_side(program)
            between = senses == "R"
            self._slack.LB, self._slack.UB = program.row_lower[between], program.row_upper[between]

    def _run(self, settings: BulkSettings) -> BulkRun:
        lines: list[str] = []

        def hear(model: Any, where: int) -> None:
            if where == self._api.GRB.Callback.MESSAGE:
                lines.append(model.cbGet(self._api.GRB.Callback.MSG_STRING))

        self._set_options(settings)
        try:
            self._model.optimize(hear)
        except self._api.GurobiError as error:
            status = Status.LICENCE if error.errno in _NO_LICENCE else Status.CRASHED
            bound = no_bound(self.program)
            return BulkRun(status, bound=bound, log="".join(lines), message=str(error))
        return self._outcome("".join(lines))

    def _set_options(self, settings: BulkSettings) -> None:
        """Set the options of this run alone, without a word on the console."""
        options: dict[str, Any] = {}
        if takes_interior(self.program, settings):
            options |= _INTERIOR
        named = {"TimeLimit": settings.time_limit, "MIPGap": settings.gap}
        named["Threads"] = settings.threads
        options |= {name: setting for name, setting in named.items() if setting is not None}
        self._model.Params.OutputFlag = 0
        self._model.resetParams()
        self._model.Params.OutputFlag = 0  # which was reset
        self._model.Params.LogToConsole = 0
        self._model.Params.OutputFlag = 1
        for name, setting in (options | dict(settings.options)).items():
            try:
                self._model.setParam(name, setting)
            except (self._api.GurobiError, TypeError) as error:
                names = [each for each in dir(self._api.GRB.Param) if not each.startswith("_")]
                raise refused_option(self.name, name, setting, str(error), names) from error
        self._model.Params.LogToConsole = int(settings.tee)

    def _outcome(self, log: str) -> BulkRun:
        model = self._model
        said = _name_of(self._api.GRB.Status, model.Status)
        status = _STATUS.get(said, Status.UNKNOWN)
        if status in {Status.TIME_LIMIT, Status.LIMIT} and model.SolCount and model.IsMIP:
            status = Status.FEASIBLE
        solution = self._solution(status) if status in {Status.OPTIMAL, Status.FEASIBLE} else None
        return BulkRun(
            status,
            solution,
            bound=self._bound(status, solution),
            log=log,
            iterations=int(model.IterCount) + int(model.BarIterCount),
            message=said,
        )

    def _solution(self, status: Status) -> LinearSolution:
        program = self.program
        x = within_bounds(program, self._x.X)
        if not program.is_continuous or status is not Status.OPTIMAL:
            return LinearSolution(x)
        duals, reduced_costs = self._rows.Pi, self._x.RC
        # Adding zero leaves no negative one.
        return LinearSolution(x, self._sign * duals + 0.0, self._sign * reduced_costs + 0.0)

    def _bound(self, status: Status, solution: LinearSolution | None) -> float:
        program = self.program
        found = math.inf if program.is_continuous else float(self._model.ObjBound)
        if abs(found) < self._api.GRB.INFINITY:
            return self._sign * found + 0.0  # no negative zero
        if status is Status.OPTIMAL and solution is not None:
            return program.value(solution.x)
        return no_bound(program)


def _senses(program: LinearProgram) -> Any:
    """Return ``=``, ``<`` or ``>`` for each row, ``R`` if it has two different bounds."""
    low, high = np.isfinite(program.row_lower), np.isfinite(program.row_upper)
    one_sided = np.where(low, ">", "<")
    return np.select(
        [program.row_lower == program.row_upper, low & high], ["=", "R"], default=one_sided
    )


def _right_hand_side(program: LinearProgram) -> Floats:
    """Return the finite bound of each row; a row with two has a slack for them, and is zero."""
    low, high = np.isfinite(program.row_lower), np.isfinite(program.row_upper)
    between = low & high & (program.row_lower != program.row_upper)
    return np.where(between, 0.0, np.where(low, program.row_lower, program.row_upper))


def _unit_columns(rows: Any, size: int) -> sparse.csr_array:
    ones = np.ones(len(rows))
    return sparse.csr_array((ones, (rows, np.arange(len(rows)))), shape=(size, len(rows)))


def _name_of(codes: Any, code: int) -> str:
    """Return the name of one of Gurobi's numbers."""
    return next(
        (name for name in dir(codes) if name.isupper() and getattr(codes, name) == code), ""
    )
