"""Every way in which a run ends without an optimum has the same status, whoever solves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse

from efmodels.bulk import BulkSettings
from efmodels.errors import SolverError
from efmodels.linear_program import LinearProgram
from efmodels.results import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.bulk import BulkSolver

    Programs = Callable[..., LinearProgram]

INF = np.inf


@pytest.mark.parametrize("maximize", [False, True])
def test_infeasible(solver: BulkSolver, program: Programs, *, maximize: bool) -> None:
    """No point satisfies the rows; nothing is proved about the objective."""
    solver.load(program([[1, 1]], [1, 2], [3], [4], upper=[1, 1], maximize=maximize))

    run = solver.run()

    assert (run.status, run.solution) == (Status.INFEASIBLE, None)
    assert run.bound == (INF if maximize else -INF)


def test_bounds_that_cross(solver: BulkSolver, program: Programs) -> None:
    """A lower bound above the upper one leaves no point."""
    solver.load(program([[1, 1]], [1, 1], [2], [1]))

    assert solver.run().status is Status.INFEASIBLE


def test_infeasible_and_dual_infeasible(solver: BulkSolver, program: Programs) -> None:
    """There is a ray along which the objective falls, but no point: infeasible."""
    solver.load(program([[1, -1], [-1, 1]], [-1, -1], [1, 1], [INF, INF]))

    assert solver.run().status is Status.INFEASIBLE


@pytest.mark.parametrize("maximize", [False, True])
def test_unbounded(solver: BulkSolver, program: Programs, *, maximize: bool) -> None:
    """There are points, and no finite optimum."""
    c = [1, 0] if maximize else [-1, 0]
    solver.load(program([[1, -1]], c, [-INF], [1], maximize=maximize))

    run = solver.run()

    assert (run.status, run.solution) == (Status.UNBOUNDED, None)
    assert solver.program.c == pytest.approx(c)


def test_solves_after_an_unbounded_run(solver: BulkSolver, program: Programs) -> None:
    """Finding out that it was unbounded leaves the program as it was."""
    solver.load(program([[1, -1]], [-1, 0], [-INF], [1]))
    assert solver.run().status is Status.UNBOUNDED

    solver.update(c=[1.0, 1.0], row_lower=[-1.0])

    assert solver.run().bound == pytest.approx(0, abs=1e-6)


def hard_program() -> LinearProgram:
    """Return a market split: few rows, and no solver is through with it soon."""
    rng = np.random.default_rng(0)
    A = rng.integers(0, 100, (5, 40)).astype(float)
    half = np.floor(A.sum(axis=1) / 2)
    slack = sparse.eye_array(5, format="csr")
    return LinearProgram(
        A=sparse.csr_array(sparse.hstack((sparse.csr_array(A), slack, -slack), format="csr")),
        c=np.concatenate((np.zeros(40), np.ones(10))),
        row_lower=half,
        row_upper=half,
        lower=np.zeros(50),
        upper=np.concatenate((np.ones(40), np.full(10, INF))),
        integer=np.arange(50) < 40,
    )


def test_time_limit_with_a_point(integer_solver: BulkSolver) -> None:
    """What was found until then is feasible, and the bound lies below it."""
    integer_solver.load(hard_program())

    run = integer_solver.run(BulkSettings(time_limit=0.3))

    assert run.status is Status.FEASIBLE
    assert run.solution is not None
    assert integer_solver.program.violation(run.solution.x) < 1e-6
    assert run.bound < integer_solver.program.value(run.solution.x)


def test_time_limit_starts_anew(integer_solver: BulkSolver) -> None:
    """Each run has the whole limit for itself, though the solver is the same."""
    integer_solver.load(hard_program())
    integer_solver.run(BulkSettings(time_limit=0.4))

    integer_solver.update(upper=np.concatenate((np.zeros(40), np.full(10, INF))))

    assert integer_solver.run(BulkSettings(time_limit=0.3)).status is Status.OPTIMAL


def test_time_limit_goes_away(solver: BulkSolver, random_program: Programs) -> None:
    """A run without a limit follows one that had no time."""
    solver.load(random_program(0, rows=60, columns=90))

    runs = [solver.run(BulkSettings(time_limit=limit)) for limit in (0.0, 100.0, None)]

    assert [run.status for run in runs] == [Status.TIME_LIMIT, Status.OPTIMAL, Status.OPTIMAL]


def test_no_time_at_all(solver: BulkSolver, random_program: Programs) -> None:
    """Without time there is no point, no duals, no bound."""
    solver.load(random_program(0, rows=60, columns=90))

    run = solver.run(BulkSettings(time_limit=0.0))

    assert (run.status, run.solution, run.bound) == (Status.TIME_LIMIT, None, -INF)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("highs", {"simplex_iteration_limit": 1, "presolve": "off"}),
        ("clarabel", {"max_iter": 1}),
        ("gurobi", {"IterationLimit": 0, "Presolve": 0, "Method": 1}),
    ],
)
def test_other_limits(
    named_solver: Callable[[str], BulkSolver],
    random_program: Programs,
    name: str,
    options: dict[str, int],
) -> None:
    """An iteration limit is a limit, and never an optimum."""
    solver = named_solver(name)
    solver.load(random_program(0, rows=60, columns=90))

    run = solver.run(BulkSettings(options=options))

    assert run.status is Status.LIMIT
    assert run.bound == -INF


def test_too_large_for_the_licence() -> None:
    """The licence inside gurobipy takes 2000 columns: more is a status, not a crash."""
    pytest.importorskip("gurobipy")
    from efmodels.bulk.gurobi import GurobiSolver

    solver = GurobiSolver()
    size = 3000
    solver.load(
        LinearProgram(
            A=sparse.csr_array(np.ones((1, size))),
            c=np.ones(size),
            row_lower=np.ones(1),
            row_upper=np.ones(1),
            lower=np.zeros(size),
            upper=np.ones(size),
            integer=np.zeros(size, dtype=bool),
        )
    )
    run = solver.run()
    if run.status is Status.OPTIMAL:
        pytest.skip("the licence here takes more")

    assert run.status is Status.LICENCE
    assert "size-limited" in run.message


def test_almost_solved_is_no_optimum(random_program: Programs) -> None:
    """Where the tolerance is out of reach, the point is feasible only, and the message says so."""
    pytest.importorskip("clarabel")
    from efmodels.bulk.clarabel import ClarabelSolver

    solver = ClarabelSolver()
    solver.load(random_program(0))
    out_of_reach = dict.fromkeys(("tol_feas", "tol_gap_abs", "tol_gap_rel"), 1e-30)

    run = solver.run(BulkSettings(options=out_of_reach))

    assert run.status is Status.FEASIBLE
    assert run.solution is not None
    assert run.solution.duals is None
    assert run.message.startswith("AlmostSolved")


@pytest.mark.parametrize(
    ("module", "kind"), [("clarabel", "ClarabelSolver"), ("gurobi", "GurobiSolver")]
)
def test_not_installed(monkeypatch: pytest.MonkeyPatch, module: str, kind: str) -> None:
    """A solver that is not here says how to install it."""
    loaded = pytest.importorskip(f"efmodels.bulk.{module}")
    package = {"clarabel": "clarabel", "gurobi": "gurobipy"}[module]
    monkeypatch.setitem(__import__("sys").modules, package, None)

    with pytest.raises(SolverError, match=r"pip install efmodels\[") as caught:
        getattr(loaded, kind)()

    assert caught.value.status is Status.NOT_INSTALLED
