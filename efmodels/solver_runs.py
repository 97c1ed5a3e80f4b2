"""One run of one solver on one model, whichever of Pyomo's three families of interfaces it takes.

All that depends on the inside of Pyomo's solver interfaces is in this file.
"""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
from pyomo.common.errors import InfeasibleConstraintException, PyomoException
from pyomo.common.log import LoggingIntercept
from pyomo.common.modeling import unique_component_name
from pyomo.common.tee import TeeStream, capture_output
from pyomo.core.staleflag import StaleFlagManager

from efmodels.results import Status
from efmodels.solver_logs import bound_of, legacy_status, status_of
from efmodels.solvers import Engine, Interface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from efmodels.model_class import ModelClass
    from efmodels.solvers import Solver

    Numbers = Mapping[Any, float]

# Algorithms of HiGHS that give exact signs also when they maximise.
_HIGHS_SIMPLEX = {"choose", "simplex"}


@dataclass(frozen=True)
class _Job:
    """What an interface is given."""

    solver: Solver
    model: Any
    duals: bool
    options: Mapping[str, Any]
    tee: bool


@dataclass(frozen=True)
class Run:
    """How a run ended, and what can be fetched from it.

    ``value``, ``solver`` and ``size`` are there where a run knows them better than its caller;
    ``loads_duals`` says that ``load`` brings the duals, too.
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
    drive = {Interface.V2: _run_v2, Interface.APPSI: _run_appsi, Interface.LEGACY: _run_legacy}[
        solver.interface
    ]
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
    from pyomo.contrib.solver.common.factory import SolverFactory

    results = SolverFactory(job.solver.factory_name).solve(
        job.model,
        tee=job.tee,
        load_solutions=False,
        raise_exception_on_nonoptimal_result=False,
        solver_options=dict(job.options),
    )
    has_point = results.solution_status.name in {"feasible", "optimal"}
    status = status_of(results.termination_condition, has_point=has_point)
    loader = results.solution_loader
    return Run(
        status,
        bound=results.objective_bound,
        log=results.solver_log or "",
        load=loader.load_vars if has_point else None,
        duals=_if_any(loader.get_duals),
        reduced_costs=_if_any(loader.get_reduced_costs),
    )


def _run_appsi(job: _Job) -> Run:
    from pyomo.contrib.appsi.solvers import Highs

    interface = Highs()
    interface.config.load_solution = False
    interface.config.stream_solver = True
    interface.highs_options = dict(job.options)
    with _captured(tee=job.tee) as printed:
        results = interface.solve(job.model)
    # The interface takes any point for feasible; 2 is what HiGHS calls feasible.
    has_point = interface._solver_model.getInfo().primal_solution_status == 2  # noqa: PLR2004, SLF001 - as said
    loader = results.solution_loader
    return Run(
        status_of(results.termination_condition, has_point=has_point),
        bound=results.best_objective_bound,
        log=printed.getvalue(),
        load=loader.load_vars if has_point else None,
        duals=_if_any(loader.get_duals),
        reduced_costs=_if_any(loader.get_reduced_costs),
    )


def _run_legacy(job: _Job) -> Run:
    interface = pyo.SolverFactory(job.solver.factory_name)
    interface.options.update(job.options)
    with _captured(tee=job.tee) as printed:
        results = interface.solve(
            job.model,
            tee=True,
            load_solutions=False,
            suffixes=["dual", "rc"] if job.duals else [],
        )
    log = printed.getvalue()
    solution = results.solution(0) if len(results.solution) else None
    status = legacy_status(job.solver.engine, results, solution, log)
    variables = {} if solution is None else solution.variable
    rows = {} if solution is None else solution.constraint
    symbols = results._smap.bySymbol  # noqa: SLF001 - where load_solutions=False leaves the names
    has_point = status in {Status.OPTIMAL, Status.FEASIBLE}
    return Run(
        status,
        bound=bound_of(job.solver.engine, results, log),
        log=log,
        load=(lambda: _load(symbols, variables)) if has_point else None,
        duals=lambda: _column(symbols, rows, "Dual"),
        reduced_costs=lambda: _column(symbols, variables, "Rc"),
    )


def _load(symbols: Mapping[str, Any], entries: Mapping[str, Any]) -> None:
    StaleFlagManager.mark_all_as_stale()
    for symbol, entry in entries.items():
        variable = symbols.get(symbol)
        if variable is not None and not variable.fixed:
            variable.set_value(entry["Value"], skip_validation=True)
    StaleFlagManager.mark_all_as_stale(delayed=True)


def _column(symbols: Mapping[str, Any], entries: Mapping[str, Any], name: str) -> Numbers:
    numbers: Numbers = pyo.ComponentMap(
        (symbols[symbol], entry[name])
        for symbol, entry in entries.items()
        if symbol in symbols and name in entry
    )
    return numbers


def _if_any(fetch: Callable[[], Numbers]) -> Callable[[], Numbers]:
    """Return nothing where an interface says that it has none."""

    def fetched() -> Numbers:
        try:
            return fetch()
        except (PyomoException, NotImplementedError, RuntimeError):
            return {}

    return fetched


@contextmanager
def _captured(*, tee: bool) -> Iterator[io.StringIO]:
    """Collect what the solver prints and Pyomo logs; an error takes it along as its note."""
    printed = io.StringIO()
    streams = TeeStream(printed, *([sys.stdout] if tee else []))
    try:
        with LoggingIntercept(printed, "pyomo"), capture_output(streams):
            yield printed
    except Exception as error:  # only now has everything arrived that was printed
        error.add_note(printed.getvalue())
        raise
