"""A change of the objective or of bounds and a new run give what a fresh solver gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse

from efmodels.bulk import BulkSettings
from efmodels.bulk.highs import HighsSolver
from efmodels.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.bulk import BulkSolver
    from efmodels.linear_program import LinearProgram

    Programs = Callable[..., LinearProgram]
    Oracle = Callable[[LinearProgram], float]


@pytest.mark.parametrize("maximize", [False, True])
def test_sweep_over_objectives(
    solver: BulkSolver, random_program: Programs, oracle: Oracle, *, maximize: bool
) -> None:
    """Fifty objectives, from one optimum to the next; the last program is what was asked for."""
    program = random_program(3, maximize=maximize)
    low, high = np.maximum(program.lower, -9), np.minimum(program.upper, 9)
    solver.load(program)
    solver.update(lower=low, upper=high)
    found, expected = [], []

    for angle in np.linspace(0, 2 * np.pi, 50):
        c = np.cos(angle + np.arange(program.columns))
        solver.update(c=c)
        found.append(solver.run().bound)
        expected.append(oracle(solver.program))

    assert found == pytest.approx(expected, abs=1e-6)
    assert solver.program.c == pytest.approx(c)


@pytest.mark.parametrize("names", [("row_lower", "row_upper"), ("lower", "upper"), ("row_upper",)])
def test_other_bounds(
    solver: BulkSolver, random_program: Programs, oracle: Oracle, names: tuple[str, ...]
) -> None:
    """Bounds move, infinite ones come and go, equalities become ranges."""
    program = random_program(4)
    solver.load(program)
    solver.run()
    shift = 0.1 * np.arange(program.rows if names[0].startswith("row") else program.columns)
    changes: dict[str, Any] = {
        name: getattr(program, name) + (shift if name.endswith("upper") else -shift / 2)
        for name in names
    }

    solver.update(**changes)

    assert solver.run().bound == pytest.approx(oracle(solver.program), abs=1e-6)


def test_finite_bound_appears(solver: BulkSolver, program: Programs) -> None:
    """A column and a row that were free are bounded now, and free again after that."""
    inf = np.inf
    solver.load(program([[1, 1]], [-1, -1], [-inf], [inf], upper=[4, 4]))
    values = [solver.run().bound]

    for change in ({"row_upper": [5]}, {"upper": [1, inf]}, {"row_upper": [inf], "upper": [2, 2]}):
        solver.update(**change)
        values.append(solver.run().bound)

    assert values == pytest.approx([-8, -5, -5, -4], abs=1e-6)


def test_hot_start_needs_fewer_iterations(random_program: Programs) -> None:
    """HiGHS starts from its last basis: the same program once more takes none."""
    from efmodels.bulk.highs import HighsSolver

    solver = HighsSolver()
    solver.load(random_program(5, rows=60, columns=90))
    first = solver.run(BulkSettings(vertex=True)).iterations
    solver.update(c=solver.program.c)

    assert first > 0
    assert solver.run(BulkSettings(vertex=True)).iterations == 0


@pytest.mark.parametrize("automatic", [False, True])
def test_other_entries_in_the_same_places_are_a_hot_start(
    random_program: Programs,
    oracle: Oracle,
    automatic: bool,  # noqa: FBT001 - both are tested
) -> None:
    """A program whose matrix has other numbers begins at the last basis, one of other shape not."""
    from efmodels.bulk import AutomaticSolver
    from efmodels.bulk.highs import HighsSolver

    vertex = BulkSettings(vertex=True)
    solver = AutomaticSolver() if automatic else HighsSolver()
    program = random_program(5, rows=60, columns=90)
    solver.load(program)
    first = solver.run(vertex).iterations
    other = replace(program, A=program.A * 1.001)
    solver.load(other)
    again = solver.run(vertex)
    solver.load(random_program(6, rows=50, columns=90))

    assert first > 0
    assert again.iterations < first / 4
    assert again.bound == pytest.approx(oracle(other), rel=1e-6)
    assert solver.run(vertex).iterations > first / 4


def test_integer_program(
    integer_solver: BulkSolver, random_program: Programs, oracle: Oracle
) -> None:
    """Integers stay integers."""
    program = random_program(2, integers=8)
    integer_solver.load(program)
    integer_solver.run()

    integer_solver.update(c=program.c + np.cos(np.arange(program.columns)) / 10)

    expected = oracle(integer_solver.program)
    assert integer_solver.run(BulkSettings(gap=0.0)).bound == pytest.approx(expected, abs=1e-6)


def test_second_load_replaces_the_first(
    solver: BulkSolver, program: Programs, random_program: Programs
) -> None:
    """A solver can be given another program, of another size."""
    solver.load(random_program(1))
    solver.run()

    solver.load(program([[1, 2]], [1, 1], [2], [4], maximize=True))

    assert solver.run().bound == pytest.approx(4, abs=1e-6)


def test_wrong_shape(solver: BulkSolver, program: Programs) -> None:
    """An array of another length is refused, and the program stays as it was."""
    solver.load(program([[1, 2]], [1, 1], [2], [4]))

    with pytest.raises(ModelError, match=r"c has shape \(3,\)"):
        solver.update(c=[1, 2, 3])

    assert solver.run().bound == pytest.approx(1, abs=1e-6)


def test_a_basis_that_leads_astray_is_forgotten(
    random_program: Programs, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where HiGHS ends without an answer, it begins once more from nothing."""
    import highspy

    from efmodels.bulk.highs import HighsSolver

    answer, clear = highspy.Highs.getModelStatus, highspy.Highs.clearSolver
    cleared: list[Any] = []
    monkeypatch.setattr(
        highspy.Highs,
        "getModelStatus",
        lambda highs: answer(highs) if cleared else highspy.HighsModelStatus.kNotset,
    )
    monkeypatch.setattr(
        highspy.Highs, "clearSolver", lambda highs: cleared.append(highs) or clear(highs)
    )
    solver, program = HighsSolver(), random_program(3)
    solver.load(program)

    assert solver.run().bound == pytest.approx(oracle(program), abs=1e-6)
    assert len(cleared) == 1


@pytest.mark.parametrize("maximize", [False, True])
def test_rows_are_added_behind_the_others(
    solver: BulkSolver, random_program: Programs, oracle: Oracle, *, maximize: bool
) -> None:
    """Cuts through the optimum, one after another: each time the optimum of the longer program."""
    program = random_program(5, maximize=maximize)
    solver.load(
        replace(program, lower=np.maximum(program.lower, -9), upper=np.minimum(program.upper, 9))
    )
    rng = np.random.default_rng(0)
    for round_ in range(5):
        run = solver.run()
        assert run.solution is not None
        assert run.bound == pytest.approx(oracle(solver.program), abs=1e-5)
        normal = rng.normal(size=(2, program.columns))
        solver.append_rows(sparse.csr_array(normal), row_upper=normal @ run.solution.x + [0.1, 0.2])
        assert solver.program.rows == program.rows + 2 * (round_ + 1)


def test_rows_of_other_columns_are_refused(solver: BulkSolver, random_program: Programs) -> None:
    """The shape of what is added has to fit, and a program has to be there."""
    with pytest.raises(ModelError, match="has no program yet"):
        solver.append_rows(sparse.csr_array(np.ones((1, 3))))
    solver.load(random_program(1))
    columns = solver.program.columns
    with pytest.raises(ModelError, match=f"the new rows have {columns + 1} columns"):
        solver.append_rows(sparse.csr_array(np.ones((1, columns + 1))))
    with pytest.raises(ModelError, match="nan"):
        solver.append_rows(sparse.csr_array(np.ones((1, columns))), row_upper=np.nan)


def test_start_of_an_integer_program(program: Callable[..., LinearProgram]) -> None:
    """HiGHS returns the point that it began from when it has no time to look for another."""
    knapsack = program([[2.0, 3.0, 1.0]], [5.0, 4.0, 3.0], [-np.inf], [5.0])
    knapsack = replace(knapsack, upper=np.ones(3), integer=np.ones(3, dtype=bool), maximize=True)
    solver = HighsSolver()
    solver.load(knapsack)
    start = np.array([1.0, 0.0, 1.0])
    run = solver.run(BulkSettings(start=start, options={"mip_max_nodes": 0, "presolve": "off"}))
    assert knapsack.value(run.solution.x) >= knapsack.value(start)
    with pytest.raises(ModelError, match="start has shape"):
        solver.run(BulkSettings(start=np.zeros(2)))
