"""One run of one solver on one model, through one of Pyomo's interfaces or a .nl file."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.common.modeling import unique_component_name

from efmodels.nonlinear_programs import NonlinearProgram
from efmodels.pyomo_internals.solvers import ask, ask_appsi_highs, ask_legacy
from efmodels.results import Status
from efmodels.solver_logs import bound_of, legacy_status, status_of
from efmodels.solvers import Engine, Interface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from efmodels.infeasibility import Explanation
    from efmodels.learning.driver import Learned
    from efmodels.model_class import ModelClass
    from efmodels.pyomo_internals.solvers import Answer
    from efmodels.solvers import Solver

    Numbers = Mapping[Any, float]

# What a local answer is worth where nothing local differs from what is global.
_OF_CONVEX = {
    Status.LOCALLY_OPTIMAL: Status.OPTIMAL,
    Status.LOCALLY_INFEASIBLE: Status.INFEASIBLE,
}
# Algorithms of HiGHS that give exact signs also when they maximise.
_HIGHS_SIMPLEX = {"choose", "simplex"}


@dataclass(frozen=True)
class _Job:
    """What an interface is given; ``duals`` is whether they are defined: the model is convex."""

    solver: Solver
    model: Any
    duals: bool
    options: Mapping[str, Any]
    tee: bool


@dataclass(frozen=True)
class Run:
    """How a run ended, and what can be fetched from it.

    ``value``, ``solver`` and ``size`` are there where a run knows them better than its caller;
    ``loads_duals`` says that ``load`` brings the duals, too. ``proven`` says that the bound holds
    however the run ended; ``explanation`` is why nothing is feasible, where the run knows; ``hint``
    is what else to say of a failure.
    """

    status: Status
    bound: float | None = None
    log: str = ""
    load: Callable[[], None] | None = None
    duals: Callable[[], Numbers] = dict
    reduced_costs: Callable[[], Numbers] = dict
    value: float | None = None
    solver: str = ""
    size: str = ""
    loads_duals: bool = False
    proven: bool = False
    explanation: Explanation | None = None
    hint: str = ""
    violations: Mapping[str, float] = field(default_factory=dict)
    learned: Learned | None = None


def run_solver(
    solver: Solver,
    model: Any,
    kind: ModelClass,
    options: Mapping[str, Any],
    *,
    tee: bool,
) -> Run:
    """Hand the model over, and load nothing.

    Raises
    ------
    Exception
        Whatever the interface raises; :mod:`efmodels.solving` turns it into its own errors.
    """
    drive = {
        Interface.V2: _run_v2,
        Interface.APPSI: _run_appsi,
        Interface.LEGACY: _run_legacy,
        Interface.NL: _run_nl,
    }[solver.interface]
    job = _Job(solver, model, kind.has_duals, options, tee)
    objective = kind.objective
    try:
        # An inactive objective has been replaced already, by one to be minimised.
        if not (objective.active and _has_wrong_signs(solver, objective, options)):
            return drive(job)
        with replaced_objective(model, objective, -objective.expr):
            return _negated(drive(job))
    except InfeasibleConstraintException as error:
        return Run(Status.INFEASIBLE, log=str(error))


@contextmanager
def replaced_objective(model: Any, objective: Any, expression: Any) -> Iterator[None]:
    """Put another objective, to be minimised, in the place of the model's own for a while."""
    name = unique_component_name(model, "stand_in_objective")
    objective.deactivate()
    model.add_component(name, pyo.Objective(expr=expression, sense=pyo.minimize))
    try:
        yield
    finally:
        model.del_component(name)
        objective.activate()


def _has_wrong_signs(solver: Solver, objective: Any, options: Mapping[str, Any]) -> bool:
    """Say whether HiGHS would return duals of the wrong sign, and doubt its own optimum.

    It does so when it maximises with presolve and without crossover, by interior points or PDLP
    (HiGHS 1.15). The same model as a minimisation is fine.
    """
    return (
        solver.engine is Engine.HIGHS
        and objective.sense == pyo.maximize
        and str(options.get("solver", "choose")) not in _HIGHS_SIMPLEX
    )


def _negated(run: Run) -> Run:
    def minus(fetch: Callable[[], Numbers]) -> Callable[[], Numbers]:
        return lambda: pyo.ComponentMap((row, -number) for row, number in fetch().items())

    return replace(
        run,
        bound=None if run.bound is None else -run.bound,
        duals=minus(run.duals),
        reduced_costs=minus(run.reduced_costs),
    )


def _run_v2(job: _Job) -> Run:
    return _run_of(ask(job.solver.factory_name, job.model, job.options, tee=job.tee))


def _run_appsi(job: _Job) -> Run:
    return _run_of(ask_appsi_highs(job.model, job.options, tee=job.tee))


def _run_of(answer: Answer) -> Run:
    return Run(
        status_of(answer.condition, has_point=answer.has_point),
        bound=answer.bound,
        log=answer.log,
        load=answer.load if answer.has_point else None,
        duals=answer.duals,
        reduced_costs=answer.reduced_costs,
    )


def _run_legacy(job: _Job) -> Run:
    engine, suffixes = job.solver.engine, ["dual", "rc"] if job.duals else []
    answer = ask_legacy(
        job.solver.factory_name, job.model, job.options, tee=job.tee, suffixes=suffixes
    )
    status = legacy_status(engine, answer.results, answer.log)
    return Run(
        status,
        bound=bound_of(engine, answer.results, answer.log),
        log=answer.log,
        load=answer.load if status in {Status.OPTIMAL, Status.FEASIBLE} else None,
        duals=answer.duals,
        reduced_costs=answer.reduced_costs,
    )


def _run_nl(job: _Job) -> Run:
    """Walk to a local optimum, which is a global one of a convex model."""
    program = NonlinearProgram.of(job.model)
    run = program.run(job.options, streams=[sys.stdout] if job.tee else [])
    status = _OF_CONVEX.get(run.status, run.status) if job.duals else run.status
    if status is Status.CRASHED:
        error = RuntimeError(run.message)
        error.add_note(run.log)
        raise error
    hint = f"It ended with: {run.message}. "
    return Run(
        status,
        log=run.log,
        load=partial(program.load, run.x) if run.has_point else None,
        duals=lambda: pyo.ComponentMap(zip(program.rows, run.duals.tolist(), strict=True)),
        reduced_costs=lambda: pyo.ComponentMap(
            zip(program.variables, run.reduced_costs.tolist(), strict=True)
        ),
        hint="" if run.has_point else hint,
    )
