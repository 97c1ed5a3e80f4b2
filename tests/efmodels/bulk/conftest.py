"""What the tests of bulk solvers share: the solvers that are here, and programs to solve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from efmodels.bulk import AutomaticSolver, ScaledSolver
from efmodels.bulk.clarabel import ClarabelSolver
from efmodels.bulk.gurobi import GurobiSolver
from efmodels.bulk.highs import HighsSolver
from efmodels.errors import SolverError
from efmodels.linear_program import LinearProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.bulk import BulkSolver

FACTORIES = {
    "highs": HighsSolver,
    "clarabel": ClarabelSolver,
    "gurobi": GurobiSolver,
    "scaled highs": lambda: ScaledSolver(HighsSolver()),
    "scaled clarabel": lambda: ScaledSolver(ClarabelSolver()),
    "automatic": AutomaticSolver,
}


def _made(name: str) -> BulkSolver:
    try:
        return FACTORIES[name]()
    except SolverError as error:
        pytest.skip(str(error))


@pytest.fixture(params=FACTORIES)
def solver(request: pytest.FixtureRequest) -> BulkSolver:
    """Run the test once with every solver that is here."""
    return _made(request.param)


@pytest.fixture(params=[name for name in FACTORIES if "clarabel" not in name])
def integer_solver(request: pytest.FixtureRequest) -> BulkSolver:
    """Run the test once with every solver that is here and takes integers."""
    return _made(request.param)


@pytest.fixture
def named_solver() -> Callable[[str], BulkSolver]:
    """Return a function that makes the solver of a name, or skips the test if it is not here."""
    return _made


@pytest.fixture
def program() -> Callable[..., LinearProgram]:
    """Return a function that makes a program of lists, nonnegative and continuous by default."""
    return _program


def _program(
    A: list[list[float]], c: list[float], row_lower: list[float], row_upper: list[float],
    *, lower: list[float] | None = None, upper: list[float] | None = None,
    integer: list[bool] | None = None, offset: float = 0.0, maximize: bool = False,
) -> LinearProgram:  # fmt: skip # as short as a call of it
    columns = len(c)
    return LinearProgram(
        A=sparse.csr_array(np.array(A, dtype=float).reshape(len(row_lower), columns)),
        c=np.array(c, dtype=float),
        row_lower=np.array(row_lower, dtype=float),
        row_upper=np.array(row_upper, dtype=float),
        lower=np.zeros(columns) if lower is None else np.array(lower, dtype=float),
        upper=np.full(columns, np.inf) if upper is None else np.array(upper, dtype=float),
        integer=np.zeros(columns, dtype=bool) if integer is None else np.array(integer),
        offset=offset,
        maximize=maximize,
    )


@pytest.fixture
def random_program() -> Callable[..., LinearProgram]:
    """Return a function that makes a feasible random program with a finite optimum."""
    return _random_program


def _random_program(
    seed: int, *, rows: int = 12, columns: int = 18, integers: int = 0, maximize: bool = False
) -> LinearProgram:
    """Make equalities, ranges, one-sided and free rows; columns with every kind of bounds.

    Its point is feasible and its costs are dual feasible by construction.
    """
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(rows, columns)) * (rng.random((rows, columns)) < 0.5)
    A = A.round(3)
    point = rng.integers(-3, 4, columns).astype(float)
    low, high = rng.uniform(0.5, 2, (2, rows))
    kind = np.arange(rows) % 5  # equality, range, lower, upper, none
    row_lower = A @ point - np.select([kind == 0, kind <= 2], [0.0, low], np.inf)
    row_upper = A @ point + np.select([kind == 0, kind % 2 == 1], [0.0, high], np.inf)
    duals = rng.normal(size=rows)
    duals = np.where(np.isinf(row_lower), np.minimum(duals, 0), duals)
    duals = np.where(np.isinf(row_upper), np.maximum(duals, 0), duals)
    kind = np.arange(columns) % 5  # both, lower, upper, fixed, free
    lower = np.select([kind <= 1, kind == 3], [point - 2, point], -np.inf)
    upper = np.select([(kind == 0) | (kind == 2), kind == 3], [point + 2, point], np.inf)
    reduced = np.select(
        [kind == 1, kind == 2, kind == 4], [1.0, -1.0, 0.0], rng.normal(size=columns)
    )
    cost = A.T @ duals + reduced
    return LinearProgram(
        A=sparse.csr_array(A),
        c=-cost if maximize else cost,
        row_lower=row_lower,
        row_upper=row_upper,
        lower=lower,
        upper=upper,
        integer=np.arange(columns) < integers,
        offset=2.5,
        maximize=maximize,
    )


@pytest.fixture
def oracle() -> Callable[[LinearProgram], float]:
    """Return a function that computes the optimal value with SciPy."""
    return _oracle


def _oracle(program: LinearProgram) -> float:
    sign = -1.0 if program.maximize else 1.0
    found = milp(
        sign * program.c,
        constraints=LinearConstraint(program.A, program.row_lower, program.row_upper),
        bounds=Bounds(program.lower, program.upper),
        integrality=program.integer.astype(int),
        options={"mip_rel_gap": 0.0},
    )
    assert found.success
    return sign * found.fun + program.offset
