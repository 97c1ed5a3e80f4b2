"""The bulk solvers as solvers of Pyomo: ``pyo.SolverFactory("efmodels_highs").solve(model)``.

Importing this module registers ``efmodels_highs``, ``efmodels_gurobi`` and ``efmodels_clarabel``
with Pyomo's two factories, for any linear model, whether it holds matrices or expressions. All that
leans on ``pyomo.contrib.solver`` and is not about running its interfaces is in this file.

They are asked as Pyomo's own interfaces are, and answer as these do, but for this: what is not
linear is refused, and so is an option that the solver does not know; integer models leave the
suffixes ``dual`` and ``rc`` empty instead of raising.

Examples
--------
>>> import pyomo.environ as pyo
>>> import efmodels as ef
>>> m = pyo.ConcreteModel()
>>> m.eq = ef.formulations.nash_zero_sum(ef.instances.kuhn())
>>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
>>> opt = pyo.SolverFactory("efmodels_highs")
>>> pyo.check_optimal_termination(opt.solve(m)), round(18 * m.eq.value.value, 6)
(True, -1.0)
>>> m.rare = pyo.Constraint(expr=m.eq.leader.x["K", "bet"] <= 0.1)
>>> pyo.check_optimal_termination(opt.solve(m)), max(m.eq.regrets().values()) < 1e-9
(True, True)
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import math
import re
import time
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

import pyomo.environ as pyo
from pyomo.common.config import ConfigValue, NonNegativeFloat
from pyomo.common.tee import TeeStream, capture_output
from pyomo.common.timing import HierarchicalTimer
from pyomo.contrib.solver.common.base import Availability, SolverBase
from pyomo.contrib.solver.common.config import SolverConfig
from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.common.results import Results, SolutionStatus, TerminationCondition
from pyomo.contrib.solver.common.solution_loader import SolutionLoader
from pyomo.contrib.solver.common.util import (
    NoDualsError,
    NoFeasibleSolutionError,
    NoOptimalSolutionError,
    NoReducedCostsError,
    NoSolutionError,
)

from efmodels.bulk import BulkSettings
from efmodels.bulk_runs import KeptSolver
from efmodels.compiling import compile_model
from efmodels.pyomo_internals import loading_values
from efmodels.results import Status
from efmodels.solvers import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from efmodels.bulk import BulkRun
    from efmodels.compiling import CompiledModel
    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram, LinearSolution

_CONDITION = {
    Status.OPTIMAL: TerminationCondition.convergenceCriteriaSatisfied,
    Status.INFEASIBLE: TerminationCondition.provenInfeasible,
    Status.UNBOUNDED: TerminationCondition.unbounded,
    Status.INFEASIBLE_OR_UNBOUNDED: TerminationCondition.infeasibleOrUnbounded,
    Status.TIME_LIMIT: TerminationCondition.maxTimeLimit,
    Status.LICENCE: TerminationCondition.licensingProblems,
    Status.CRASHED: TerminationCondition.error,
}
_SOLUTION = {Status.OPTIMAL: SolutionStatus.optimal, Status.FEASIBLE: SolutionStatus.feasible}

# What stopped a solver is among its own words; the status says only whether it left a point.
_LIMITS = (
    (re.compile(r"time.?limit|maxtime", re.IGNORECASE), TerminationCondition.maxTimeLimit),
    (re.compile(r"objective|obj_limit|cutoff", re.IGNORECASE), TerminationCondition.objectiveLimit),
    (re.compile(r"interrupt|terminated|mem", re.IGNORECASE), TerminationCondition.interrupted),
    (re.compile(r"limit|maxiterations", re.IGNORECASE), TerminationCondition.iterationLimit),
)


class _BulkLoader(SolutionLoader):  # type: ignore[misc] # Pyomo has no types
    """A solution in arrays; Pyomo's objects are made for what is asked, and not before."""

    def __init__(self, compiled: CompiledModel, solution: LinearSolution | None) -> None:
        self._pyomo_model = compiled.model
        self._compiled = compiled
        self._solution = solution

    def get_number_of_solutions(self) -> int:
        """Return 1, or 0 without a solution."""
        return int(self._solution is not None)

    def load_vars(self, vars_to_load: Sequence[Any] | None = None) -> None:
        """Give the variables, or some of them, their values."""
        with loading_values():
            if vars_to_load is None:
                self._compiled.columns.load(self._found().x)
                return
            for variable, value in self.get_vars(vars_to_load).items():
                variable.set_value(value, skip_validation=True)

    def load_import_suffixes(self) -> None:
        """Give the matrix rows their duals, and fill the suffixes ``dual`` and ``rc`` if declared.

        They stay empty where there are no duals: for integer models, and at a limit. Load the
        variables before, since the duals of matrix rows belong to their values.
        """
        suffixes = self._collect_and_clear_import_suffixes()
        found = self._found()
        if found.duals is not None:
            self._compiled.rows.load(found.duals, suffixes.get("dual"))
        if found.reduced_costs is not None and "rc" in suffixes:
            suffixes["rc"].update(self.get_reduced_costs())

    def get_vars(self, vars_to_load: Sequence[Any] | None = None) -> Mapping[Any, float]:
        """Return a map from variables to values."""
        return self._of_variables(self._found().x, vars_to_load)

    def get_reduced_costs(self, vars_to_load: Sequence[Any] | None = None) -> Mapping[Any, float]:
        """Return a map from variables to reduced costs."""
        found = self._found().reduced_costs
        if found is None:
            raise NoReducedCostsError
        return self._of_variables(found, vars_to_load)

    def get_duals(self, cons_to_load: Sequence[Any] | None = None) -> dict[Any, float]:
        """Return a dictionary from constraints to duals."""
        found = self._found().duals
        if found is None:
            raise NoDualsError
        if cons_to_load is None:
            return dict(zip(self._compiled.rows.all_data(), found.tolist(), strict=True))
        place = self._compiled.rows.find
        return {row: float(found[_known(place(row), row)]) for row in cons_to_load}

    def _of_variables(self, numbers: Floats, asked: Sequence[Any] | None) -> Mapping[Any, float]:
        chosen: Mapping[Any, float]
        if asked is None:
            everything = self._compiled.columns.all_data()
            chosen = pyo.ComponentMap(zip(everything, numbers.tolist(), strict=True))
        else:
            place = self._compiled.columns.find
            chosen = pyo.ComponentMap(
                (variable, float(numbers[_known(place(variable), variable)])) for variable in asked
            )
        return chosen

    def _found(self) -> LinearSolution:
        if self._solution is None:
            raise NoSolutionError
        return self._solution


def _known(place: int | None, component: Any) -> int:
    """Return the place of a variable or constraint in the program, if it has one."""
    if place is None:
        raise KeyError(
            f"the solver was not given {component.name}: a variable that is fixed, or in no active "
            "row and no objective, or a constraint that was not active"
        )
    return place


class _BulkInterface(SolverBase):  # type: ignore[misc] # Pyomo has no types
    """A bulk solver behind Pyomo's interface.

    The solver is kept between solves: where only costs or bounds have changed since the last one,
    of this model or another, nothing is handed over twice.
    """

    engine: ClassVar[Engine]
    package: ClassVar[str]

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._kept: KeptSolver | None = None

    def available(self) -> Availability:
        """Say whether the solver's package is installed."""
        return Availability.FullLicense if find_spec(self.package) else Availability.NotFound

    def version(self) -> tuple[int, ...]:
        """Return the version of the solver's package."""
        numbers = re.findall(r"\d+", importlib.metadata.version(self.package))
        return tuple(int(number) for number in numbers[:3])

    def solve(self, model: Any, **keywords: Any) -> Results:
        """Solve a linear model, and load the solution unless ``load_solutions`` is false.

        Parameters
        ----------
        model
            A ``ConcreteModel`` or a concrete block with one active objective.
        **keywords
            What ``config`` knows, for this solve alone: ``time_limit``, ``rel_gap``, ``threads``,
            ``solver_options`` under the solver's own names, ``vertex``, ``tee`` and so on.

        Raises
        ------
        CapabilityError
            The model is not linear, or this solver cannot take its integer variables.
        ModelError
            It has no active objective, or several.
        NoOptimalSolutionError
            It ended otherwise, and ``raise_exception_on_nonoptimal_result`` is true.
        NoFeasibleSolutionError
            There is no point to load, and ``load_solutions`` is true.
        SolverError
            The solver is not installed, or refuses an option.
        """
        began, start = dt.datetime.now(dt.UTC), time.perf_counter()
        config = self.config(value=keywords, preserve_implicit=True)
        if config.timer is None:
            config.timer = HierarchicalTimer()
        with _timed(config.timer, "compile"):
            compiled = compile_model(model)
        run = self._run(compiled.program, config)
        results = _results(compiled, run)
        results.solver_name = self.name
        results.solver_version = self.version()
        results.solver_config = config
        with _timed(config.timer, "load solution"):
            self._conclude(results, run, config)
        results.timing_info.start_timestamp = began
        results.timing_info.wall_time = time.perf_counter() - start
        results.timing_info.timer = config.timer
        return results

    def _run(self, program: LinearProgram, config: Any) -> BulkRun:
        """Hand the program over, or what has changed of it, and solve it."""
        kept = self._kept
        scaled = not config.solver_options  # which are in units of the model
        if kept is None or kept.scaled != scaled:
            kept = KeptSolver(self.engine, scaled=scaled)
        self._kept = None  # what an error leaves behind is not used again
        with _timed(config.timer, "hand over"):
            solver = kept.hand_over(program)
        with _timed(config.timer, "optimize"), _printing_to(config.tee):
            run = solver.run(self._settings(config))
        self._kept = kept
        return run

    def _settings(self, config: Any) -> BulkSettings:
        return BulkSettings(
            time_limit=config.time_limit,
            gap=config.rel_gap if "rel_gap" in config else None,
            threads=config.threads,
            vertex=config.vertex,
            options=config.solver_options.value(),
            tee=bool(config.tee),
        )

    def _conclude(self, results: Results, run: BulkRun, config: Any) -> None:
        """Load the solution, or raise, as the user wants it."""
        said = f" {self.name} ended with: {run.message or run.status}"
        optimal = run.status is Status.OPTIMAL
        if not optimal and config.raise_exception_on_nonoptimal_result:
            raise NoOptimalSolutionError(NoOptimalSolutionError.default_message + said)
        if not config.load_solutions:
            return
        if run.solution is None:
            raise NoFeasibleSolutionError(NoFeasibleSolutionError.default_message + said)
        results.solution_loader.load_solution()


def _config(*, gap: bool) -> SolverConfig:
    """Return Pyomo's configuration, with what bulk solvers know beyond it."""
    config = SolverConfig()
    config.declare(
        "vertex",
        ConfigValue(
            domain=bool,
            default=False,
            description="Whether the solution of a continuous model must be a vertex. Otherwise "
            "large ones are solved by interior points without crossover.",
        ),
    )
    if gap:
        config.declare(
            "rel_gap",
            ConfigValue(
                domain=NonNegativeFloat,
                description="Relative gap at which an integer solution counts as optimal.",
            ),
        )
    return config


@SolverFactory.register("efmodels_highs", doc="HiGHS, given arrays by efmodels")
class _Highs(_BulkInterface):
    CONFIG = _config(gap=True)
    engine = Engine.HIGHS
    package = "highspy"


@SolverFactory.register("efmodels_gurobi", doc="Gurobi, given arrays by efmodels")
class _Gurobi(_BulkInterface):
    CONFIG = _config(gap=True)
    engine = Engine.GUROBI
    package = "gurobipy"

    def available(self) -> Availability:
        """Say whether Gurobi is installed and licensed, as Pyomo's own interface finds it."""
        return SolverFactory("gurobi_direct").available()


@SolverFactory.register("efmodels_clarabel", doc="Clarabel, given arrays by efmodels")
class _Clarabel(_BulkInterface):
    CONFIG = _config(gap=False)  # it takes continuous models only
    engine = Engine.CLARABEL
    package = "clarabel"


def _results(compiled: CompiledModel, run: BulkRun) -> Results:
    """Return how a run ended in Pyomo's words."""
    results = Results()
    results.solution_loader = _BulkLoader(compiled, run.solution)
    results.termination_condition = _condition(run)
    results.solution_status = _SOLUTION.get(run.status, SolutionStatus.noSolution)
    if run.solution is not None:
        results.incumbent_objective = compiled.program.value(run.solution.x)
    results.objective_bound = None if math.isnan(run.bound) else run.bound
    results.solver_log = run.log
    results.extra_info.iteration_count = run.iterations
    results.extra_info.message = run.message
    return results


def _condition(run: BulkRun) -> TerminationCondition:
    """Return what made the solver stop."""
    if run.status in _CONDITION:
        return _CONDITION[run.status]
    return next(
        (condition for words, condition in _LIMITS if words.search(run.message)),
        TerminationCondition.unknown,
    )


@contextmanager
def _timed(timer: Any, name: str) -> Iterator[None]:
    timer.start(name)
    try:
        yield
    finally:
        timer.stop(name)


@contextmanager
def _printing_to(streams: Sequence[Any]) -> Iterator[None]:
    """Let the streams have what is printed meanwhile; without any, printing goes its usual way."""
    if not streams:
        yield
        return
    with capture_output(TeeStream(*streams)):
        yield
