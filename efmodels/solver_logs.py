"""How a run ended, read from Pyomo's results and, where these are not exact, from the solver's log.

Pyomo calls a primal feasible basis of GLPK at its time limit optimal, and takes the relaxation of a
stopped CBC for a solution.
"""

from __future__ import annotations

import re
from typing import Any

import pyomo.environ as pyo

from efmodels.results import Status
from efmodels.solvers import Engine

# Names of Pyomo's termination conditions, of all three families. Several solvers say "unbounded" of
# infeasible models too.
_STATUS = {
    "convergenceCriteriaSatisfied": Status.OPTIMAL,
    "optimal": Status.OPTIMAL,
    "globallyOptimal": Status.OPTIMAL,
    "infeasible": Status.INFEASIBLE,
    "provenInfeasible": Status.INFEASIBLE,
    "unbounded": Status.INFEASIBLE_OR_UNBOUNDED,
    "infeasibleOrUnbounded": Status.INFEASIBLE_OR_UNBOUNDED,
    "maxTimeLimit": Status.TIME_LIMIT,
    "maxIterations": Status.LIMIT,
    "maxEvaluations": Status.LIMIT,
    "iterationLimit": Status.LIMIT,
    "objectiveLimit": Status.LIMIT,
    "minFunctionValue": Status.LIMIT,
    "minStepLength": Status.LIMIT,
    "licensingProblems": Status.LICENCE,
    "error": Status.CRASHED,
}
_BOUND = {
    Engine.CBC: re.compile(r"^(?:Upper|Lower) bound:\s+(\S+)", re.MULTILINE),
    Engine.GLPK: re.compile(r"mip = .*?[<>]=\s+([-+]?\d\S*)"),
}
_GLPK_INFEASIBLE = re.compile("HAS NO (PRIMAL |INTEGER )?FEASIBLE SOLUTION")
_GLPK_UNBOUNDED = re.compile(
    "HAS NO DUAL FEASIBLE SOLUTION|HAS UNBOUNDED (PRIMAL )?SOLUTION|NO FEASIBLE PRIMAL/DUAL"
)
_CBC_NOTHING_FOUND = 1e49  # CBC writes 1e50 as the objective when it has no solution


def status_of(condition: Any, *, has_point: bool) -> Status:
    """Translate a termination condition, given whether there is a feasible point.

    ``optimal`` needs a point and a proof, ``feasible`` a point alone; a claim of unboundedness is
    ``infeasible_or_unbounded``.

    Examples
    --------
    >>> from pyomo.opt import TerminationCondition
    >>> status_of(TerminationCondition.maxTimeLimit, has_point=True).name
    'FEASIBLE'
    """
    status = _STATUS.get(condition.name, Status.UNKNOWN)
    if status is Status.OPTIMAL:
        return Status.OPTIMAL if has_point else Status.UNKNOWN
    if has_point and status in {Status.TIME_LIMIT, Status.LIMIT, Status.UNKNOWN}:
        return Status.FEASIBLE
    return status


def legacy_status(engine: Engine, results: Any, log: str) -> Status:
    """Return how a run through one of Pyomo's older interfaces ended."""
    solution = results.solution(0) if len(results.solution) else None
    has_point = solution is not None and len(solution.variable) > 0
    condition = results.solver.termination_condition
    if engine is Engine.GLPK:
        return _glpk_status(log, condition, has_point=has_point)
    if engine is Engine.CBC and "infeasible or unbounded" in log:
        return Status.INFEASIBLE_OR_UNBOUNDED
    if engine is Engine.CBC and "Stopped on" in log:
        return _stopped_cbc_status(log, condition, solution, has_point=has_point)
    return status_of(condition, has_point=has_point)


def bound_of(engine: Engine, results: Any, log: str) -> float | None:
    """Return what a solver behind one of the older interfaces proved, or ``None``."""
    if engine in _BOUND:
        bounds = _BOUND[engine].findall(log)
        return float(bounds[-1]) if bounds else None
    low, high = results.problem.lower_bound, results.problem.upper_bound
    bound = high if results.problem.sense == pyo.maximize else low
    # Where the two are equal, the interface may have put the value in the place of the bound.
    return float(bound) if isinstance(bound, (int, float)) and low != high else None


def _glpk_status(log: str, condition: Any, *, has_point: bool) -> Status:
    if "GAP TOLERANCE REACHED" in log and has_point:
        return Status.OPTIMAL
    if "SEARCH TERMINATED" in log:
        limit = Status.LIMIT if "LIMIT EXCEEDED" in log else Status.UNKNOWN
        stopped = Status.TIME_LIMIT if "TIME LIMIT" in log else limit
        return Status.FEASIBLE if has_point else stopped
    if _GLPK_INFEASIBLE.search(log):
        return Status.INFEASIBLE
    if _GLPK_UNBOUNDED.search(log):
        return Status.INFEASIBLE_OR_UNBOUNDED
    return status_of(condition, has_point=has_point)


def _stopped_cbc_status(log: str, condition: Any, solution: Any, *, has_point: bool) -> Status:
    value = solution.objective["__default_objective__"]["Value"] if has_point else None
    has_incumbent = (
        "Continuous objective value" in log  # a branch and bound, and no lone simplex
        and condition.name != "intermediateNonInteger"
        and value is not None
        and abs(value) < _CBC_NOTHING_FOUND
    )
    stopped = Status.TIME_LIMIT if "Stopped on time" in log else Status.LIMIT
    return Status.FEASIBLE if has_incumbent else stopped
