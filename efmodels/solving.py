"""Solving a model: one call for every solver, one error for every way to fail.

What several solvers do in silence is refused here before they start: non-convex quadratics for
HiGHS, disjunctions that nobody transformed, options that nobody reads.
"""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo

from efmodels.bulk import BulkSettings
from efmodels.bulk_runs import run_in_bulk
from efmodels.errors import (
    CapabilityError,
    InfeasibleError,
    SolverError,
    UnboundedError,
)
from efmodels.infeasibility import (
    SECONDS,
    explain_infeasibility,
    has_solution_for_certain,
)
from efmodels.learning_solver import learn_model
from efmodels.model_class import ModelClass, classify
from efmodels.results import Result, Status
from efmodels.solver_options import check_limits, checked_options
from efmodels.solver_runs import Run, replaced_objective, run_solver
from efmodels.solvers import (
    AUTOMATIC,
    LEARNER,
    Capability,
    Interface,
    Solver,
    available_solvers,
    find_solver,
    solver_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from efmodels.infeasibility import Explanation

__all__ = ["Result", "Status", "solve"]

_ADVICE = {
    Status.INFEASIBLE: "no point satisfies the constraints",
    Status.LOCALLY_INFEASIBLE: "it came to a point where the constraints are violated, and no step "
    "nearby violates them less. There may be feasible points elsewhere: give the variables other "
    "values to start from, or take a solver that searches everywhere",
    Status.UNBOUNDED: "the objective has no finite optimum over the feasible points. Check its "
    "sense, and the bounds of the variables in it",
    Status.INFEASIBLE_OR_UNBOUNDED: "the model is infeasible or unbounded, and the solver could "
    "not say which. Another solver may",
    Status.TIME_LIMIT: "the time limit passed before a feasible point was found. Give it more "
    "time, or take another solver",
    Status.LIMIT: "a limit among the options was hit before a feasible point was found",
    Status.LICENCE: "its licence is missing or does not cover a model of this size",
    Status.CRASHED: "it, or Pyomo's interface to it, stopped with an error",
    Status.UNKNOWN: "it ended without saying how. Its log is in the error's result",
}
_WITH_POINT = {Status.OPTIMAL, Status.LOCALLY_OPTIMAL, Status.FEASIBLE}
_WITH_BOUND = {*_WITH_POINT, Status.TIME_LIMIT, Status.LIMIT}
_MAXIMISE = (
    "The objective is minimised, and a formulation is made to be maximised: "
    "pyo.Objective(expr=..., sense=pyo.maximize). "
)
_UNTOUCHED = "The variables keep the values that they had."


def solve(
    model: Any,
    solver: str = "auto",
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    options: Mapping[str, Any] | None = None,
    tee: bool = False,
    vertex: bool = False,
    symmetry: bool = True,
) -> Result:
    """Solve a model, load the solution into its variables, and say how it went.

    Parameters
    ----------
    model
        A ``ConcreteModel``, or a block that is attached to none, with one active objective.
    solver
        A name of :func:`efmodels.solvers.solver_table`, or ``"cfr"``, which learns, see
        :mod:`efmodels.learning_solver`. ``"auto"`` hands the arrays of a linear
        model to HiGHS or, if it is large and continuous and Clarabel is installed, to Clarabel; any
        other model goes to the first available solver that can take it, a local one last. Where a
        formulation reads its answer from duals, only solvers that give them can.
    time_limit
        In seconds. GLPK counts whole ones.
    gap
        Relative gap at which an integer solution counts as optimal.
    options
        Further options under the solver's own names. One that the solver does not know is an error.
    tee
        Also print what the solver prints.
    vertex
        Whether the solution must be a vertex (a basic solution), and not any optimal point. What
        Pyomo's own interfaces return for linear models is one unless ``options`` say otherwise.
    symmetry
        Whether to look for symmetries in a large continuous model that is handed over as arrays.

    Returns
    -------
    Result
        Its status is ``optimal``; ``locally_optimal`` if the solver looks at the surroundings of
        a point alone, as Ipopt does, and the model is not known to be convex; or ``feasible`` if a
        limit stopped the solver at a feasible point. The variables have that point's values.

    Raises
    ------
    InfeasibleError, UnboundedError
        There is no feasible point, or no finite optimum. Where a solver says only "infeasible or
        unbounded", the model is solved once more with a constant objective to find out. Of an
        infeasible linear model, constraints that cannot hold together are looked for, for at most
        as long as ``time_limit`` or a minute; the message and ``conflict`` name them.
    SolverError
        A model is said to be infeasible that has a solution for certain, such as a formulation of
        Nash equilibria without side constraints; and anything else that leaves no usable point.
        ``status`` is a member of `Status`, and ``result`` holds the bound, the log and the time.
    CapabilityError
        The solver cannot take a model of this kind; the message names those that can.
    ModelError
        The model has no active objective, or several.

    Notes
    -----
    If it fails, the variables keep their values. CBC hands over nine digits, the others all.

    A continuous model gets its duals in ``model.dual``, an importing ``pyo.Suffix`` that is
    declared where the model has nothing of that name. Signs are Pyomo's: the dual of a row is the
    derivative of the objective by the row's right-hand side, whichever way it is optimised. If the
    model already has such a suffix, here or under ``rc`` for reduced costs, it is cleared first, so
    that it holds the numbers of this solve or none: none for integer and nonlinear models, but for
    the multipliers of a local optimum; and none at a limit, after a failure, and from SCIP. Pyomo's
    own interfaces raise where they have no duals and the model has an active ``dual``: that to SCIP
    always, most others after a variable has become an integer. ``model.dual.deactivate()`` helps.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = pyo.Var(domain=pyo.NonNegativeReals)
    >>> m.budget = pyo.Constraint(expr=2 * m.x <= 3)
    >>> m.goal = pyo.Objective(expr=4 * m.x, sense=pyo.maximize)
    >>> result = solve(m)
    >>> result.status.name, result.solver, result.value, m.dual[m.budget]
    ('OPTIMAL', 'efmodels_highs', 6.0, 2.0)
    """
    kind = classify(model)
    settings = _Settings(options, time_limit, gap, tee, vertex, symmetry)
    if solver == "auto" and kind.needs.keys() <= AUTOMATIC.capabilities:
        return _Solve(model, kind, AUTOMATIC).run(settings)
    if solver == "auto":
        return _solve_with_any(model, kind, settings)
    return _Solve(model, kind, _named(solver, kind, model)).run(settings)


@dataclass(frozen=True)
class _Settings:
    """What the user asks of any solver."""

    options: Mapping[str, Any] | None
    time_limit: float | None
    gap: float | None
    tee: bool
    vertex: bool = False
    symmetry: bool = True


def _solve_with_any(model: Any, kind: ModelClass, settings: _Settings) -> Result:
    """Solve with the first solver that can; a licence that is too small passes it on."""
    refusal: SolverError | None = None
    for solver in solver_table():
        if not (_takes(solver, kind, model) and solver.available):
            continue
        try:
            return _Solve(model, kind, solver).run(settings)
        except SolverError as error:
            if error.status != Status.LICENCE:
                raise
            refusal = error
    raise refusal or CapabilityError(
        f"no available solver takes {_describe(kind)}. {_who_can(kind)}"
    )


def _takes(solver: Solver, kind: ModelClass, model: Any) -> bool:
    return kind.needs.keys() <= solver.capabilities and (
        solver.takes_blocks or isinstance(model, pyo.ConcreteModel)
    )


def _named(name: str, kind: ModelClass, model: Any) -> Solver:
    """Return the solver of this name, if it is here and can."""
    solver = find_solver(name)
    missing = [c for c in kind.needs if c not in solver.capabilities]
    if missing:
        raise CapabilityError(
            f"{solver.name} cannot take {_describe(kind, missing)}. {_who_can(kind)}"
        )
    if not _takes(solver, kind, model):
        raise CapabilityError(
            f"{solver.name} takes a whole model, and {model.name!r} is a block: write "
            "`model = pyo.ConcreteModel(); model.block = block` and solve the model"
        )
    if not solver.available:
        raise SolverError(
            f"{solver.name} is not available here; {solver.remedy}, or use one of "
            f"{', '.join(available_solvers(*kind.needs)) or 'none'}",
            status=Status.NOT_INSTALLED,
            solver=solver.name,
        )
    return solver


def _describe(kind: ModelClass, needs: list[Capability] | None = None) -> str:
    special = needs or [c for c in kind.needs if c is not Capability.LP]
    return ", ".join(_said_of(kind, need) for need in special) or "this model"


def _said_of(kind: ModelClass, need: Capability) -> str:
    if need is Capability.DUALS:
        return f"an answer that is read from duals (of {kind.needs[need]}), which it must give"
    return f"{need.value} ({kind.needs[need]})"


def _who_can(kind: ModelClass) -> str:
    able = [s.name for s in solver_table() if kind.needs.keys() <= s.capabilities]
    here = available_solvers(*kind.needs)
    if not able:
        return "No solver that efmodels drives can"
    missing = f"none; {find_solver(able[-1]).remedy}"
    return f"Solvers that can: {', '.join(able)}; available here: {', '.join(here) or missing}"


@dataclass(frozen=True)
class _Solve:
    """One model with one solver, from the hand-over to the result."""

    model: Any
    kind: ModelClass
    solver: Solver

    def run(self, settings: _Settings) -> Result:
        start = time.perf_counter()
        with _suffixes_put_aside(self.model):
            run = self._run_in_bulk(settings) if self._is_bulk else self._run(settings)
        if run.status is Status.INFEASIBLE:
            if has_solution_for_certain(self.model):
                raise _mistaken(self._result(run, start))
            seconds = min(SECONDS, settings.time_limit or SECONDS)
            explanation = run.explanation or explain_infeasibility(self.model, seconds)
            raise _infeasible(self._result(run, start), explanation)
        if run.load is None or run.status not in _WITH_POINT:
            raise _failure(self._result(run, start), hint=run.hint + self._hint(run.status))
        run.load()
        if not run.loads_duals:
            self._load_duals(run)
        result = self._result(run, start)
        return replace(result, regrets=_regrets(self.model))

    @property
    def _is_bulk(self) -> bool:
        return self.solver.interface is Interface.BULK

    def _run(self, settings: _Settings) -> Run:
        """Drive one of Pyomo's interfaces."""
        options = checked_options(self.solver, settings.options, settings.time_limit, settings.gap)
        run = self._hand_over(options, tee=settings.tee)
        if run.status is Status.INFEASIBLE_OR_UNBOUNDED:
            status = self._infeasible_or_unbounded(options, tee=settings.tee)
            run = replace(run, status=status)
        return run

    def _run_in_bulk(self, settings: _Settings) -> Run:
        """Hand arrays to a solver."""
        check_limits(self.solver, settings.options, settings.time_limit, settings.gap)
        asked = BulkSettings(
            time_limit=settings.time_limit,
            gap=settings.gap,
            vertex=settings.vertex,
            options=dict(settings.options or {}),
            tee=settings.tee,
        )
        if self.solver is LEARNER:
            return learn_model(self.model, asked)
        return run_in_bulk(self.solver, self.model, asked, symmetry=settings.symmetry)

    def _hand_over(self, options: Mapping[str, Any], *, tee: bool) -> Run:
        """Run the solver; whatever the interface raises becomes a status."""
        start = time.perf_counter()
        try:
            return run_solver(self.solver, self.model, self.kind, options, tee=tee)
        except Exception as error:  # interfaces raise what they like; it is chained
            status = Status.LICENCE if "licen" in str(error).lower() else Status.CRASHED
            message = f"{type(error).__name__}: {error}"
            log = "\n".join(getattr(error, "__notes__", ()))
            seconds = time.perf_counter() - start
            result = Result(status, self.solver.name, seconds=seconds, log=log)
            raise _failure(result, message) from error

    def _infeasible_or_unbounded(self, options: Mapping[str, Any], *, tee: bool) -> Status:
        """Solve once more with a constant objective: what is feasible then was unbounded."""
        with replaced_objective(self.model, self.kind.objective, 0.0):
            status = self._hand_over(options, tee=tee).status
        if status in _WITH_POINT:
            return Status.UNBOUNDED
        if status in {Status.INFEASIBLE, Status.INFEASIBLE_OR_UNBOUNDED}:
            return Status.INFEASIBLE  # a constant is never unbounded
        return Status.INFEASIBLE_OR_UNBOUNDED

    def _hint(self, status: Status) -> str:
        """Return what else to say of a failure, knowing the model."""
        endless = status in {Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED}
        minimised = self.kind.objective.sense == pyo.minimize
        return _MAXIMISE if endless and minimised and _formulations(self.model) else ""

    def _load_duals(self, run: Run) -> None:
        if not self._gives_duals(run.status):
            return
        if not hasattr(self.model, "dual"):
            self.model.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
        for name, fetch in (("dual", run.duals), ("rc", run.reduced_costs)):
            suffix = _importing_suffix(self.model, name)
            if suffix is not None:
                suffix.update(fetch())

    def _gives_duals(self, status: Status) -> bool:
        defined = self.kind.has_duals and status is Status.OPTIMAL
        local = status is Status.LOCALLY_OPTIMAL  # the multipliers of its optimality
        return (defined or local) and Capability.DUALS in self.solver.capabilities

    def _result(self, run: Run, start: float) -> Result:
        """Return the record, its value taken from the point and not from the solver."""
        objective = self.kind.objective
        has_point = run.status in _WITH_POINT
        value = run.value
        if value is None and has_point:
            value = pyo.value(objective, exception=False)
        no_bound = -math.inf if objective.sense == pyo.minimize else math.inf
        bound = value if run.bound is None and run.status is Status.OPTIMAL else run.bound
        if run.status not in _WITH_BOUND or bound is None or math.isinf(bound):
            bound = no_bound
        elif self.kind.has_duals and run.status is not Status.OPTIMAL and not run.proven:
            bound = no_bound  # a simplex that was stopped proves nothing, whatever it prints
        return Result(
            run.status,
            run.solver or self.solver.name,
            value=math.nan if value is None else float(value) + 0.0,  # no negative zero
            bound=float(bound) + 0.0,
            seconds=time.perf_counter() - start,
            log=run.log,
            size=run.size,
            violations=run.violations,
            learned=run.learned,
        )


def _failure(result: Result, message: str | None = None, hint: str = "") -> SolverError:
    kinds = {Status.UNBOUNDED: UnboundedError}
    advice = _ADVICE[result.status]
    said = f" ({message.rstrip('.')})" if message else ""
    return kinds.get(result.status, SolverError)(
        f"{result.solver}: {advice}{said}. {hint}{_UNTOUCHED}",
        status=result.status,
        solver=result.solver,
        result=result,
    )


def _mistaken(result: Result) -> SolverError:
    """Say that a solver has failed that finds nothing where something exists."""
    return SolverError(
        f"{result.solver}: it says that no point satisfies the constraints, but every game has a "
        "solution of this kind, and nothing was added to the formulation: the solver has failed. "
        "Try another one, or payoffs of a similar size (a factor in front of all payoffs of a "
        f"player changes no strategies). {_UNTOUCHED}",
        status=Status.UNKNOWN,
        solver=result.solver,
        result=replace(result, status=Status.UNKNOWN),
    )


def _infeasible(result: Result, explanation: Explanation) -> InfeasibleError:
    """Say which constraints to look at."""
    return InfeasibleError(
        f"{result.solver}: {_ADVICE[result.status]}. {explanation.text}{_UNTOUCHED}",
        status=result.status,
        solver=result.solver,
        result=result,
        conflict=explanation.conflict,
    )


def _importing_suffix(model: Any, name: str) -> Any:
    suffix = model.component(name)
    importing = isinstance(suffix, pyo.Suffix) and suffix.import_enabled()
    return suffix if importing else None


@contextmanager
def _suffixes_put_aside(model: Any) -> Iterator[None]:
    """Empty the importing suffixes and hide them from interfaces that choke on them."""
    found = [_importing_suffix(model, name) for name in ("dual", "rc")]
    active = [suffix for suffix in found if suffix is not None and suffix.active]
    for suffix in found:
        if suffix is not None:
            suffix.clear()
            suffix.deactivate()
    try:
        yield
    finally:
        for suffix in active:
            suffix.activate()


def _regrets(model: Any) -> dict[str, Mapping[str, float]]:
    """Ask every active block that knows regrets; what goes wrong there must be seen."""
    return {block.name: block.regrets() for block in _formulations(model)}


def _formulations(model: Any) -> list[Any]:
    """Return the active blocks that have regrets to be asked for.

    Parts of one have none, and neither has a relaxation, whose values need not be strategies.
    """
    return [
        block
        for block in model.block_data_objects(active=True)
        if callable(ask := getattr(block, "regrets", None))
        and not hasattr(ask, "ctype")  # a component may have that name
        and getattr(block, "is_whole", True)
        and not getattr(block, "is_bound", False)
    ]
