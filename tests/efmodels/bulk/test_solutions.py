"""Every bulk solver finds the optimum, and duals with Pyomo's signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
import pytest

from efmodels.bulk import BulkSettings
from efmodels.errors import CapabilityError, ModelError
from efmodels.results import Status
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.bulk import BulkSolver
    from efmodels.linear_program import LinearProgram, LinearSolution

    Programs = Callable[..., LinearProgram]
    Oracle = Callable[[LinearProgram], float]

TOLERANCE = 1e-6


def dual_violation(program: LinearProgram, solution: LinearSolution) -> float:
    """Return by how much duals and reduced costs miss the conditions of optimality."""
    assert solution.duals is not None
    assert solution.reduced_costs is not None
    sign = -1.0 if program.maximize else 1.0
    residual = program.c - program.A.T @ solution.duals - solution.reduced_costs
    worst = float(np.abs(residual).max())
    activity = program.A @ solution.x
    for dual, at, low, high in (
        (sign * solution.duals, activity, program.row_lower, program.row_upper),
        (sign * solution.reduced_costs, solution.x, program.lower, program.upper),
    ):
        slack = np.where(dual > 0, at - low, high - at)
        worst = max(worst, float(np.minimum(np.abs(dual), slack).max()))
    return worst


def pyomo_model(program: LinearProgram) -> pyo.ConcreteModel:
    """Write the program as an ordinary Pyomo model."""
    m = pyo.ConcreteModel()
    bounds = [(low, high) for low, high in zip(program.lower, program.upper, strict=True)]
    m.x = pyo.Var(range(program.columns), bounds=lambda _, j: bounds[j])
    m.rows = pyo.ConstraintList()
    for row, low, high in zip(
        program.A.toarray(), program.row_lower, program.row_upper, strict=True
    ):
        body = sum(float(a) * m.x[j] for j, a in enumerate(row) if a)
        m.rows.add(body == low if low == high else (low, body, high))
    sense = pyo.maximize if program.maximize else pyo.minimize
    goal = sum(float(c) * m.x[j] for j, c in enumerate(program.c)) + program.offset
    m.goal = pyo.Objective(expr=goal, sense=sense)
    m.rc = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    return m


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_value_point_and_duals(
    solver: BulkSolver, random_program: Programs, oracle: Oracle, seed: int, *, maximize: bool
) -> None:
    """The value is SciPy's, the point is feasible, and the duals prove that it is optimal."""
    program = random_program(seed, maximize=maximize)
    solver.load(program)

    run = solver.run()

    assert run.status is Status.OPTIMAL
    assert run.solution is not None
    assert run.bound == pytest.approx(oracle(program), abs=TOLERANCE)
    assert program.value(run.solution.x) == run.bound
    assert program.violation(run.solution.x) < TOLERANCE
    assert dual_violation(program, run.solution) < TOLERANCE


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_signs_are_those_of_pyomo(
    solver: BulkSolver, random_program: Programs, seed: int, *, maximize: bool
) -> None:
    """Duals and reduced costs are the numbers that Pyomo's own interface to HiGHS loads."""
    program = random_program(seed, maximize=maximize)
    m = pyomo_model(program)
    solve(m, "highs")
    solver.load(program)

    solution = solver.run().solution

    assert solution is not None
    assert solution.x == pytest.approx([m.x[j].value for j in m.x], abs=TOLERANCE)
    duals = [m.dual.get(row, 0.0) for row in m.rows.values()]
    assert solution.duals == pytest.approx(duals, abs=TOLERANCE)
    assert solution.reduced_costs == pytest.approx([m.rc[m.x[j]] for j in m.x], abs=TOLERANCE)


@pytest.mark.parametrize("maximize", [False, True])
def test_interior_points_of_highs_have_the_right_signs(
    random_program: Programs, oracle: Oracle, *, maximize: bool
) -> None:
    """HiGHS itself returns wrong signs when it maximises without crossover: it never does here."""
    highs = pytest.importorskip("efmodels.bulk.highs").HighsSolver()
    program = random_program(1, rows=30, columns=50, maximize=maximize)
    highs.load(program)

    run = highs.run(BulkSettings(options={"solver": "ipx", "run_crossover": "off"}))

    assert run.status is Status.OPTIMAL
    assert run.bound == pytest.approx(oracle(program), abs=TOLERANCE)
    assert dual_violation(program, run.solution) < TOLERANCE


@pytest.mark.parametrize("maximize", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_integers(
    integer_solver: BulkSolver,
    random_program: Programs,
    oracle: Oracle,
    seed: int,
    *,
    maximize: bool,
) -> None:
    """Integer columns are whole, the value is SciPy's, the bound proves it; there are no duals."""
    program = random_program(seed, integers=10, maximize=maximize)
    integer_solver.load(program)

    run = integer_solver.run(BulkSettings(gap=0.0))

    assert run.status is Status.OPTIMAL
    assert run.solution is not None
    x = run.solution.x
    assert program.value(x) == pytest.approx(oracle(program), abs=TOLERANCE)
    assert run.bound == pytest.approx(program.value(x), abs=TOLERANCE)
    assert x[program.integer] == pytest.approx(x[program.integer].round(), abs=TOLERANCE)
    assert program.violation(x) < TOLERANCE
    assert run.solution.duals is None


def test_clarabel_takes_no_integers(random_program: Programs) -> None:
    """It says who does."""
    pytest.importorskip("clarabel")
    from efmodels.bulk.clarabel import ClarabelSolver

    solver = ClarabelSolver()
    with pytest.raises(CapabilityError, match=r"3 of 18 columns.*HiGHS and Gurobi"):
        solver.load(random_program(0, integers=3))
    with pytest.raises(ModelError, match="no program yet"):
        solver.run()


def test_nothing_loaded(solver: BulkSolver) -> None:
    """A run before a program is an error that says what to do."""
    with pytest.raises(ModelError, match=r"call load\(program\) first"):
        solver.run()


def test_no_number_is_refused(solver: BulkSolver, program: Programs) -> None:
    """Clarabel would solve a program with a nan."""
    solver.load(program([[1, 1]], [1, 1], [1], [2]))

    with pytest.raises(ModelError, match=r"upper\[1\] is nan"):
        solver.update(upper=[1.0, np.nan])


@pytest.mark.parametrize("row_upper", [1.0, -1.0])
def test_program_without_columns(solver: BulkSolver, program: Programs, row_upper: float) -> None:
    """Nothing to choose: the rows hold at zero, or do not."""
    solver.load(program([], [], [-2], [row_upper], offset=3.0))

    run = solver.run()

    assert run.status is (Status.OPTIMAL if row_upper > 0 else Status.INFEASIBLE)
    assert run.bound == (3.0 if row_upper > 0 else -np.inf)


def test_program_without_rows(solver: BulkSolver, program: Programs) -> None:
    """Every column goes to its better bound."""
    solver.load(program([], [1, -1], [], [], upper=[3, 3]))

    solution = solver.run().solution

    assert solution is not None
    assert solution.x == pytest.approx([0, 3], abs=TOLERANCE)
    assert solution.reduced_costs == pytest.approx([1, -1], abs=TOLERANCE)
