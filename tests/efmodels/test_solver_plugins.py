"""The bulk solvers as solvers of Pyomo, against Pyomo's own interface to HiGHS."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.common.errors import ApplicationError
from pyomo.contrib.solver.common.base import Availability
from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition
from pyomo.contrib.solver.common.util import (
    NoFeasibleSolutionError,
    NoOptimalSolutionError,
    NoSolutionError,
)
from pyomo.opt import check_optimal_termination

import efmodels as ef
from efmodels.bulk import BulkRun, base
from efmodels.compiling import compile_model
from efmodels.linear_program import LinearSolution, optimality_violation
from efmodels.matrix import MatrixVar
from efmodels.results import Status
from efmodels.solver_plugins import condition_of
from tests.plugin_models import (
    by_name,
    every_solver,
    hard,
    infeasible,
    integer_solvers,
    knapsack,
    kuhn,
    random_program,
    solver_here,
    unbounded,
    values,
    with_suffixes,
)
from tests.pyomo_versions import needs_plugins

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = needs_plugins


# Against Pyomo's interface -----------------------------------------------------------------------


@every_solver
@pytest.mark.parametrize("sense", [pyo.minimize, pyo.maximize], ids=["minimise", "maximise"])
@pytest.mark.parametrize("seed", range(4))
def test_linear_programs(name: str, seed: int, sense: Any) -> None:
    """Values, duals, reduced costs and the objective are those of Pyomo's interface, signs too."""
    ours, theirs = (with_suffixes(random_program(seed, sense)) for _ in range(2))
    results = SolverFactory(name).solve(ours)
    expected = SolverFactory("highs").solve(theirs)

    close = pytest.approx
    assert values(ours) == close(values(theirs), abs=1e-6)
    assert by_name(ours.dual) == close(by_name(theirs.dual), abs=1e-6)
    assert by_name(ours.rc) == close(by_name(theirs.rc), abs=1e-6)
    assert results.incumbent_objective == close(expected.incumbent_objective, abs=1e-6)
    assert results.objective_bound == close(expected.objective_bound, abs=1e-6)
    assert results.termination_condition is expected.termination_condition
    assert results.solution_status is expected.solution_status


@integer_solvers
def test_integer_programs(name: str) -> None:
    """An integer optimum and its bound are those of Pyomo's interface."""
    ours, theirs = knapsack(), knapsack()
    results = SolverFactory(name).solve(ours, rel_gap=0.0)
    expected = SolverFactory("highs").solve(theirs, rel_gap=0.0)

    assert values(ours) == pytest.approx(values(theirs), abs=1e-6)
    assert results.incumbent_objective == pytest.approx(expected.incumbent_objective)
    assert results.objective_bound == pytest.approx(expected.objective_bound)


@every_solver
@pytest.mark.parametrize("least", [0.0, 0.25, 0.75])
def test_games_with_side_constraints(name: str, least: float) -> None:
    """A formulation and a user's row are one program; its duals prove the optimum."""
    m, theirs = with_suffixes(kuhn(least)), kuhn(least)
    results = pyo.SolverFactory(name).solve(m)
    pyo.SolverFactory("highs").solve(theirs)
    compiled = compile_model(m)
    point = LinearSolution(
        np.array([v.value for v in compiled.columns.all_data()]),
        np.array([m.dual[row] for row in compiled.rows.all_data()]),
        np.array([m.rc[v] for v in compiled.columns.all_data()]),
    )
    violation = optimality_violation(compiled.program, point)

    assert check_optimal_termination(results)
    assert pyo.value(m.goal) == pytest.approx(pyo.value(theirs.goal), abs=1e-7)
    assert max(violation.primal, violation.dual, violation.gap) < 1e-7
    assert m.eq.follower["P2"].reply.dual_array() == pytest.approx(
        [m.dual.get(row, 0.0) for row in m.eq.follower["P2"].reply.values()]
    )


@every_solver
def test_regrets_after_a_plain_solve(name: str) -> None:
    """A block knows its players' regrets as after `efmodels.solve`."""
    m = kuhn(0.0)
    pyo.SolverFactory(name).solve(m)

    assert pyo.value(m.goal) == pytest.approx(-1 / 18, abs=1e-7)
    assert max(m.eq.regrets().values()) < 1e-7


@every_solver
def test_fixed_matrix_variables_keep_their_value(name: str) -> None:
    """A variable that is fixed is a constant, in a matrix as in an expression."""
    ours, theirs = kuhn(0.0), kuhn(0.0)
    for m in (ours, theirs):
        m.eq.leader.x["J", "bet"].fix(1)
    pyo.SolverFactory(name).solve(ours)
    pyo.SolverFactory("highs").solve(theirs)

    assert ours.eq.leader.x["J", "bet"].value == 1
    assert pyo.value(ours.goal) == pytest.approx(pyo.value(theirs.goal), abs=1e-7)
    assert pyo.value(ours.goal) < -1 / 18 - 0.01


# How it ends -------------------------------------------------------------------------------------


@every_solver
@pytest.mark.parametrize("make", [infeasible, unbounded])
def test_no_optimum(name: str, make: Callable[[], Any]) -> None:
    """The same errors and conditions as from Pyomo's interface, and untouched variables."""
    quiet = {"raise_exception_on_nonoptimal_result": False}
    m = make()
    before = values(m)
    expected = SolverFactory("highs").solve(make(), **quiet, load_solutions=False)
    with pytest.raises(NoOptimalSolutionError, match=f"{name} ended with"):
        SolverFactory(name).solve(m)
    with pytest.raises(NoFeasibleSolutionError, match=f"{name} ended with"):
        SolverFactory(name).solve(m, **quiet)
    with pytest.raises(NoFeasibleSolutionError):
        pyo.SolverFactory(name).solve(m)
    results = SolverFactory(name).solve(m, **quiet, load_solutions=False)

    assert results.termination_condition is expected.termination_condition
    assert results.solution_status is SolutionStatus.noSolution
    assert results.incumbent_objective is None
    assert values(m) == before
    assert results.solution_loader.get_number_of_solutions() == 0
    with pytest.raises(NoSolutionError):
        results.solution_loader.get_vars()


@integer_solvers
def test_time_limit(name: str) -> None:
    """Where time runs out, the condition is Pyomo's, and the best point so far is loaded."""
    quiet = {"raise_exception_on_nonoptimal_result": False, "load_solutions": False}
    m = hard()
    results = SolverFactory(name).solve(m, time_limit=0.3, **quiet)
    expected = SolverFactory("highs").solve(hard(), time_limit=0.3, **quiet)
    results.solution_loader.load_vars()

    assert results.termination_condition is expected.termination_condition
    assert results.termination_condition is TerminationCondition.maxTimeLimit
    assert results.solution_status is SolutionStatus.feasible
    assert results.objective_bound < results.incumbent_objective
    assert pyo.value(m.goal) == pytest.approx(results.incumbent_objective, abs=1e-5)
    with pytest.raises(NoOptimalSolutionError):
        SolverFactory(name).solve(m, time_limit=0.1)


@pytest.mark.parametrize(
    ("options", "condition"),
    [
        ({"simplex_iteration_limit": 0, "presolve": "off"}, "iterationLimit"),
        ({"objective_bound": -1e9, "solver": "simplex", "presolve": "off"}, "objectiveLimit"),
    ],
)
def test_other_limits(options: dict[str, Any], condition: str) -> None:
    """HiGHS's own limits are named as Pyomo's interface names them."""
    results, expected = (
        SolverFactory(solver).solve(
            random_program(0, pyo.minimize),
            solver_options=options,
            load_solutions=False,
            raise_exception_on_nonoptimal_result=False,
        )
        for solver in ("efmodels_highs", "highs")
    )

    assert results.termination_condition is expected.termination_condition
    assert results.termination_condition is TerminationCondition[condition]


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        ("Memory limit reached", "interrupted"),
        ("Interrupted by user", "interrupted"),
        ("CallbackTerminated", "interrupted"),
        ("USER_OBJ_LIMIT", "objectiveLimit"),
        ("MaxTime", "maxTimeLimit"),
        ("NODE_LIMIT", "iterationLimit"),
        ("AlmostSolved: within the reduced tolerances", "unknown"),
    ],
)
def test_words_of_solvers(words: str, condition: str) -> None:
    """What is hard to bring about in a test is told apart by the solvers' own words."""
    run = BulkRun(Status.LIMIT, message=words)

    assert condition_of(run) == TerminationCondition[condition].name


def test_licence_that_is_too_small() -> None:
    """A refused licence is a condition of its own, with Gurobi's words."""
    opt = SolverFactory("efmodels_gurobi")
    if opt.available() is not Availability.LimitedLicense:
        pytest.skip("Gurobi is not here, or takes models of all sizes")
    m = pyo.ConcreteModel()
    m.x = MatrixVar(2001, bounds=(0, 1))
    m.goal = pyo.Objective(expr=m.x[0])
    with pytest.raises(NoOptimalSolutionError, match="license"):
        opt.solve(m)
    results = opt.solve(m, load_solutions=False, raise_exception_on_nonoptimal_result=False)

    assert results.termination_condition is TerminationCondition.licensingProblems


@every_solver
def test_model_without_variables(name: str) -> None:
    """A constant is its own optimum."""
    m = pyo.ConcreteModel()
    m.goal = pyo.Objective(expr=3)

    assert SolverFactory(name).solve(m).incumbent_objective == 3


@every_solver
def test_models_that_are_not_linear(name: str) -> None:
    """A product of variables is refused by name, before any solver sees it."""
    m = random_program(0, pyo.minimize)
    m.product = pyo.Constraint(expr=m.x[0] * m.x[1] <= 1)
    with pytest.raises(ef.CapabilityError, match="product is not linear"):
        pyo.SolverFactory(name).solve(m)


@every_solver
def test_no_objective(name: str) -> None:
    """Without an objective there is nothing to solve."""
    m = random_program(0, pyo.minimize)
    m.goal.deactivate()
    with pytest.raises(ef.ModelError, match="no active objective"):
        pyo.SolverFactory(name).solve(m)


def test_clarabel_refuses_integers_and_goes_on() -> None:
    """What a solver cannot take leaves nothing behind that harms the next model."""
    opt = pyo.SolverFactory("efmodels_clarabel")
    if not opt.available(exception_flag=False):
        pytest.skip("efmodels_clarabel is not available")
    m = random_program(1, pyo.minimize)
    opt.solve(m)
    expected = pyo.value(m.goal)
    with pytest.raises(ef.CapabilityError, match="continuous"):
        opt.solve(knapsack())
    opt.solve(m)

    assert pyo.value(m.goal) == pytest.approx(expected, abs=1e-7)


# Options and reports -----------------------------------------------------------------------------


@every_solver
def test_refused_options(name: str) -> None:
    """An option that the solver does not know is an error, in any of Pyomo's two ways."""
    m = random_program(0, pyo.minimize)
    with pytest.raises(ef.SolverError, match="no_such_option"):
        SolverFactory(name).solve(m, solver_options={"no_such_option": 1})
    with pytest.raises(ef.SolverError, match="no_such_option"):
        pyo.SolverFactory(name).solve(m, options={"no_such_option": 1})


@pytest.mark.parametrize(
    ("name", "options"),
    [
        solver_here("efmodels_highs", {"simplex_iteration_limit": 0, "presolve": "off"}),
        solver_here("efmodels_gurobi", {"IterationLimit": 0, "Presolve": 0}),
        solver_here("efmodels_clarabel", {"max_iter": 1}),
    ],
)
def test_options_reach_the_solver(name: str, options: dict[str, Any]) -> None:
    """The old factory's ``options`` and ``timelimit`` work."""
    m = random_program(0, pyo.minimize)
    results = pyo.SolverFactory(name).solve(m, options=options, timelimit=60, load_solutions=False)

    assert results.solver.termination_condition == pyo.TerminationCondition.maxIterations


@every_solver
def test_tee(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The solver's words go to the log always, and to the screen or a stream if asked."""
    stream = io.StringIO()
    silent = SolverFactory(name).solve(random_program(0, pyo.minimize))
    nothing = capsys.readouterr().out
    SolverFactory(name).solve(random_program(0, pyo.minimize), tee=True)
    printed = capsys.readouterr().out
    SolverFactory(name).solve(random_program(0, pyo.minimize), tee=stream)

    word = name.removeprefix("efmodels_")
    assert nothing == ""
    assert word in silent.solver_log.lower()
    assert len(printed) > 200
    assert len(stream.getvalue()) > 200


@every_solver
def test_report(name: str) -> None:
    """Results say who solved, how long it took and with which settings."""
    opt = SolverFactory(name)
    results = opt.solve(random_program(0, pyo.minimize), threads=1, time_limit=60)

    assert results.solver_name == name
    assert results.solver_version == opt.version() > (0, 0, 0)
    assert results.timing_info.wall_time > 0
    assert results.timing_info.timer.get_num_calls("optimize") == 1
    assert results.solver_config.threads == 1
    assert opt.config.threads is None
    assert results.extra_info.iteration_count > 0
    assert pyo.SolverFactory(name).available() is True


def test_a_vertex_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large programs are solved by interior points, unless the solution must be a vertex."""
    monkeypatch.setattr(base, "INTERIOR_NONZEROS", 0)
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(4), bounds=(0, 1))
    m.row = pyo.Constraint(expr=sum(m.x.values()) <= 2)
    m.goal = pyo.Objective(expr=sum(m.x.values()), sense=pyo.maximize)
    opt = SolverFactory("efmodels_highs")
    options = {"presolve": "off"}  # it would find a vertex on its own
    opt.solve(m, solver_options=options)
    inner = list(values(m).values())
    opt.solve(m, solver_options=options, vertex=True)

    assert all(0.1 < x < 0.9 for x in inner)
    assert sorted(values(m).values()) == [0, 0, 1, 1]


def test_version_of_highs_is_that_of_pyomo() -> None:
    """Both ask the same package."""
    assert SolverFactory("efmodels_highs").version() == SolverFactory("highs").version()


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that is not installed says so when asked, as Pyomo's own do."""
    monkeypatch.setattr("efmodels.pyomo_internals.plugins.find_spec", lambda _: None)

    assert SolverFactory("efmodels_highs").available() is Availability.NotFound
    with pytest.raises(ApplicationError, match="efmodels_highs"):
        pyo.SolverFactory("efmodels_highs").available()
