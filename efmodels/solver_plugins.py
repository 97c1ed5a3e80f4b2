"""The bulk solvers as solvers of Pyomo: ``pyo.SolverFactory("efmodels_highs").solve(model)``.

Importing this module registers ``efmodels_highs``, ``efmodels_gurobi`` and ``efmodels_clarabel``
with Pyomo's two factories, for any linear model, whether it holds matrices or expressions;
``efmodels_cfr``, which learns, for linear models around one block of a game; and
``efmodels_ipopt``, which looks for local optima of continuous models, linear or not.

They are asked as Pyomo's own interfaces are, and answer as these do, but for this: all but the last
refuse what is not linear, all refuse an option that they do not know, and integer models leave the
suffixes ``dual`` and ``rc`` empty instead of raising.

They need Pyomo 6.10.1 or a later 6.10. With another Pyomo they are registered, too, but each use is
a `CapabilityError` that says which name of Pyomo is missing.

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

import math
import re
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
from pyomo.common.tee import TeeStream, capture_output

from efmodels.bulk import BulkSettings
from efmodels.bulk_runs import KeptSolver
from efmodels.compiling import compile_model
from efmodels.learning_solver import run_by_learning
from efmodels.local_solver import IPOPT, LocalBackend
from efmodels.pyomo_internals.registration import Outcome, Plugin, register_plugins
from efmodels.results import Status
from efmodels.solvers import LEARNER, Engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from efmodels.bulk import BulkRun
    from efmodels.compiling import CompiledModel
    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram, LinearSolution
    from efmodels.pyomo_internals.registration import Request

# Pyomo's names.
_CONDITION = {
    Status.OPTIMAL: "convergenceCriteriaSatisfied",
    Status.INFEASIBLE: "provenInfeasible",
    Status.UNBOUNDED: "unbounded",
    Status.INFEASIBLE_OR_UNBOUNDED: "infeasibleOrUnbounded",
    Status.TIME_LIMIT: "maxTimeLimit",
    Status.LICENCE: "licensingProblems",
    Status.CRASHED: "error",
}
_ENDED = {"time limit": "maxTimeLimit", "iteration limit": "iterationLimit"}
_SOLUTION = {Status.OPTIMAL: "optimal", Status.FEASIBLE: "feasible"}

# What stopped a solver is among its own words; the status says only whether it left a point.
_LIMITS = (
    (re.compile(r"time.?limit|maxtime", re.IGNORECASE), "maxTimeLimit"),
    (re.compile(r"objective|obj_limit|cutoff", re.IGNORECASE), "objectiveLimit"),
    (re.compile(r"interrupt|terminated|mem", re.IGNORECASE), "interrupted"),
    (re.compile(r"limit|maxiterations", re.IGNORECASE), "iterationLimit"),
)


class CompiledPoint:
    """A solution in arrays, and the model that it belongs to."""

    def __init__(self, compiled: CompiledModel, solution: LinearSolution) -> None:
        self._compiled = compiled
        self._solution = solution
        self.has_duals = solution.duals is not None
        self.has_reduced_costs = solution.reduced_costs is not None

    def load_values(self) -> None:
        """Give all variables their values."""
        self._compiled.columns.load(self._solution.x)

    def load_duals(self, dual: Any, rc: Any) -> None:
        """Give the rows their duals, and fill those of the two suffixes that are there."""
        if self._solution.duals is not None:
            self._compiled.rows.load(self._solution.duals, dual, self._solution.gap)
        if rc is not None and self.has_reduced_costs:
            rc.update(self.reduced_costs(None))

    def values(self, asked: Sequence[Any] | None) -> Mapping[Any, float]:
        """Return a map from variables to values."""
        return self._of_variables(self._solution.x, asked)

    def reduced_costs(self, asked: Sequence[Any] | None) -> Mapping[Any, float]:
        """Return a map from variables to reduced costs."""
        return self._of_variables(_existing(self._solution.reduced_costs), asked)

    def duals(self, asked: Sequence[Any] | None) -> dict[Any, float]:
        """Return a dictionary from constraints to duals."""
        found, rows = _existing(self._solution.duals), self._compiled.rows
        if asked is None:
            return dict(zip(rows.all_data(), found.tolist(), strict=True))
        return {row: float(found[_known(rows.find(row), row)]) for row in asked}

    def _of_variables(self, numbers: Floats, asked: Sequence[Any] | None) -> Mapping[Any, float]:
        columns = self._compiled.columns
        chosen: Mapping[Any, float]
        if asked is None:
            chosen = pyo.ComponentMap(zip(columns.all_data(), numbers.tolist(), strict=True))
        else:
            chosen = pyo.ComponentMap(
                (variable, float(numbers[_known(columns.find(variable), variable)]))
                for variable in asked
            )
        return chosen


def _existing(numbers: Floats | None) -> Floats:
    assert numbers is not None  # noqa: S101 - whoever asks has looked at has_duals
    return numbers


def _known(place: int | None, component: Any) -> int:
    """Return the place of a variable or constraint in the program, if it has one."""
    if place is None:
        raise KeyError(
            f"the solver was not given {component.name}: a variable that is fixed, or in no active "
            "row and no objective, or a constraint that was not active"
        )
    return place


class BulkBackend:
    """A bulk solver that is kept between solves.

    Where only costs or bounds have changed since the last one, of this model or another, nothing is
    handed over twice.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: KeptSolver | None = None

    def solve(self, model: Any, request: Request) -> Outcome:
        """Solve a linear model, and load nothing."""
        with _timed(request.timer, "compile"):
            compiled = compile_model(model)
        run = self._run(compiled.program, request)
        point = None if run.solution is None else CompiledPoint(compiled, run.solution)
        return Outcome(
            condition=condition_of(run),
            solution=_SOLUTION.get(run.status, "noSolution"),
            point=point,
            value=None if run.solution is None else compiled.program.value(run.solution.x),
            bound=None if math.isnan(run.bound) else run.bound,
            message=run.message or run.status,
            log=run.log,
            iterations=run.iterations,
        )

    def _run(self, program: LinearProgram, request: Request) -> BulkRun:
        """Hand the program over, or what has changed of it, and solve it."""
        kept = self._kept
        scaled = not request.options  # which are in units of the model
        if kept is None or kept.scaled != scaled:
            kept = KeptSolver(self._engine, scaled=scaled)
        self._kept = None  # what an error leaves behind is not used again
        with _timed(request.timer, "hand over"):
            solver = kept.hand_over(program)
        with _timed(request.timer, "optimize"), _printing_to(request.streams):
            run = solver.run(_settings(request))
        self._kept = kept
        return run


def _settings(request: Request) -> BulkSettings:
    return BulkSettings(
        time_limit=request.time_limit,
        gap=request.gap,
        threads=request.threads,
        vertex=request.vertex,
        options=request.options,
        tee=bool(request.streams),
    )


def condition_of(run: BulkRun) -> str:
    """Return what made the solver stop, under Pyomo's name."""
    if run.status in _CONDITION:
        return _CONDITION[run.status]
    return next((name for words, name in _LIMITS if words.search(run.message)), "unknown")


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


class LearningBackend:
    """The learner, which takes linear models around one block of a game.

    What it is asked for stands in ``solver_options``: see
    :class:`efmodels.learning_solver.LearningOptions`.
    """

    def solve(self, model: Any, request: Request) -> Outcome:
        """Learn on a model, and load nothing."""
        with _timed(request.timer, "compile"):
            compiled = compile_model(model)
        with _timed(request.timer, "learn"), _printing_to(request.streams):
            run = run_by_learning(
                compiled,
                request.options,
                time_limit=request.time_limit,
                vertex=request.vertex,
                say=print if request.streams else None,
            )
        learned, solution = run.learned, run.solution
        proved = learned is not None and math.isfinite(learned.bound)
        return Outcome(
            condition=_CONDITION.get(run.status, _ENDED.get(run.ended, "interrupted")),
            solution=_SOLUTION.get(run.status, "noSolution" if solution is None else "infeasible"),
            point=None if solution is None else CompiledPoint(compiled, solution),
            value=None if solution is None else compiled.program.value(solution.x),
            bound=learned.bound if learned is not None and proved else None,
            message=run.message,
            log=run.log,
            iterations=0 if learned is None else learned.iterations,
        )


def _plugin(engine: Engine, package: str, **more: Any) -> Plugin:
    return Plugin(
        name=f"efmodels_{engine.value.lower()}",
        doc=f"{engine.value}, given arrays by efmodels",
        package=package,
        new_backend=partial(BulkBackend, engine),
        **more,
    )


register_plugins(
    [
        _plugin(Engine.HIGHS, "highspy"),
        _plugin(Engine.GUROBI, "gurobipy", licensed_like="gurobi_direct"),
        _plugin(Engine.CLARABEL, "clarabel", takes_integers=False),
        Plugin(
            name=LEARNER.name,
            doc="Regret minimization on the block of a game, by efmodels",
            package="efmodels",
            new_backend=LearningBackend,
            takes_integers=False,
        ),
        Plugin(
            name=IPOPT,
            doc="Ipopt, the one inside casadi, given a .nl file by efmodels",
            package="casadi",
            new_backend=LocalBackend,
            takes_integers=False,
        ),
    ]
)
