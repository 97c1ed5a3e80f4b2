"""From a model to arrays and back: against Pyomo's own standard form, and against HiGHS."""

from __future__ import annotations

import gc

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy import sparse

import efmodels as ef
from efmodels.compiling import compile_model
from efmodels.errors import CapabilityError, ModelError
from efmodels.linear_program import LinearSolution
from efmodels.matrix import LinearObjective, MatrixConstraint, MatrixVar

A = sparse.csr_array(np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 4.0]]))


def mixed_model() -> pyo.ConcreteModel:
    """Build a model of matrix rows, ordinary rows, a range, a constant, all kinds of variables."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3, domain=pyo.NonNegativeReals, labels=["a", "b", "c"])
    m.y = pyo.Var(bounds=(-1, 9))
    m.z = pyo.Var([1, 2], domain=pyo.Integers, bounds=(0, 5))
    one = sparse.csr_array(np.array([[0.0], [1.0]]))
    m.rows = MatrixConstraint([(A, m.x), (one, m.y)], ub=[4, 6], labels=["r", "s"])
    m.side = pyo.Constraint(expr=(1, m.x["b"] + 2 * m.y + 3 <= 7, 8)[1])
    m.range = pyo.Constraint(expr=(-2, m.x["a"] - m.z[1], 2))
    m.goal = pyo.Objective(expr=m.x["a"] + 3 * m.y + m.z[2] - 5, sense=pyo.maximize)
    return m


def test_fixed_whole_numbers() -> None:
    """What is fixed is a number: with all whole numbers fixed the program is a linear one."""
    m = pyo.ConcreteModel()
    m.z = MatrixVar(2, domain=pyo.Binary)
    m.goal = pyo.Objective(expr=m.z[0] + m.z[1])
    m.z[0].fix(1)
    assert compile_model(m).program.integer.tolist() == [False, True]
    m.z.fix([1, 0])

    assert compile_model(m).program.is_continuous


def dense(model: pyo.ConcreteModel) -> dict[str, dict[str, float]]:
    """Return the compiled rows as dictionaries of names."""
    program = compile_model(model).program
    return {
        program.row_names[i]: {
            program.column_names[j]: float(program.A[i, j])
            for j in program.A.indices[program.A.indptr[i] : program.A.indptr[i + 1]]
        }
        for i in range(program.rows)
    }


def test_arrays_say_what_the_model_says() -> None:
    """Rows by name, bounds with constants moved, costs, offset and whole numbers."""
    program = compile_model(mixed_model()).program
    column = {name: j for j, name in enumerate(program.column_names)}
    row = {name: i for i, name in enumerate(program.row_names)}

    assert dense(mixed_model()) == {
        "rows[r]": {"x[a]": 1, "x[b]": 2},
        "rows[s]": {"x[b]": -1, "x[c]": 4, "y": 1},
        "side": {"x[b]": 1, "y": 2},
        "range": {"x[a]": 1, "z[1]": -1},
    }
    assert program.row_upper[[row["rows[r]"], row["side"], row["range"]]].tolist() == [4, 4, 2]
    assert program.row_lower[row["range"]] == -2
    assert program.c[[column["x[a]"], column["y"], column["z[2]"]]].tolist() == [1, 3, 1]
    assert (program.offset, program.maximize) == (-5, True)
    assert program.lower[[column["x[a]"], column["y"], column["z[1]"]]].tolist() == [0, -1, 0]
    assert program.integer.tolist() == [name.startswith("z") for name in program.column_names]


def test_what_is_not_active_is_left_out() -> None:
    """Deactivated rows, components and blocks have no row; fixed variables have equal bounds."""
    m = mixed_model()
    m.rows["r"].deactivate()
    m.side.deactivate()
    m.part = pyo.Block()
    m.part.row = pyo.Constraint(expr=m.y <= 1)
    m.part.deactivate()
    m.x["c"].fix(2)
    program = compile_model(m).program
    c = list(program.column_names).index("x[c]")

    assert list(program.row_names) == ["rows[s]", "range"]
    assert program.lower[c] == program.upper[c] == 2


def test_rows_that_were_replaced_are_walked() -> None:
    """A row with an expression of its own is an ordinary row."""
    m = mixed_model()
    m.rows["r"] = m.y + m.x["a"] <= 2

    assert dense(m)["rows[r]"] == {"x[a]": 1, "y": 1}


def test_the_same_variable_in_two_parts_is_one_entry() -> None:
    """Coefficients add up, and what cancels is gone."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3)
    m.rows = MatrixConstraint([(A, m.x), (A, m.x)], lb=0)
    m.zero = MatrixConstraint([(A[:1], m.x), (-A[:1], m.x)], lb=-1)
    m.goal = LinearObjective([([1.0, 0.0, 0.0], m.x), ([2.0, 0.0, 0.0], m.x)], sense=pyo.minimize)
    program = compile_model(m).program

    assert program.A.toarray().tolist() == [[2, 4, 0], [0, -2, 8], [0, 0, 0]]
    assert program.A.nnz == 4
    assert program.c.tolist() == [3, 0, 0]


def test_side_constraints_make_no_other_objects() -> None:
    """One ordinary row on one variable leaves the others unmade."""
    m = pyo.ConcreteModel()
    m.eq = ef.formulations.nash_zero_sum(ef.instances.kuhn())
    m.side = pyo.Constraint(expr=m.eq.leader.x["J", "bet"] <= 0.1)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    compile_model(m)

    assert len(m.eq.leader.x._data) == 1  # noqa: SLF001 - what exists


def test_solutions_go_back() -> None:
    """Values to both kinds of variables, duals to both kinds of rows and to the suffixes."""
    m = mixed_model()
    m.rc = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    compiled = compile_model(m)
    columns, rows = compiled.program.columns, compiled.program.rows
    x, duals = np.arange(columns, dtype=float), 10.0 + np.arange(rows)
    compiled.load(LinearSolution(x, duals, -x))
    value = dict(zip(compiled.program.column_names, x, strict=True))
    dual = dict(zip(compiled.program.row_names, duals, strict=True))

    assert m.x["b"].value == value["x[b]"]
    assert m.y.value == value["y"]
    assert m.rows.dual_array().tolist() == [dual["rows[r]"], dual["rows[s]"]]
    assert m.dual[m.rows["s"]] == dual["rows[s]"]
    assert m.dual[m.side] == dual["side"]
    assert m.rc[m.y] == -value["y"]


def test_a_suffix_of_the_users_own_gets_all_duals() -> None:
    """Also those of matrix rows, one by one."""
    m = mixed_model()
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    compiled = compile_model(m)
    rows = compiled.program.rows
    compiled.load(LinearSolution(np.zeros(compiled.program.columns), np.arange(rows) + 1.0))

    assert sorted(m.dual.values()) == [1, 2, 3, 4]


def test_names_outlive_the_model() -> None:
    """A program can be written when nobody holds its model any more."""
    program = compile_model(mixed_model()).program
    gc.collect()

    assert sorted(program.column_names) == ["x[a]", "x[b]", "x[c]", "y", "z[1]", "z[2]"]


def test_old_duals_do_not_stay() -> None:
    """A value that is set afterwards ends them."""
    m = mixed_model()
    compiled = compile_model(m)
    compiled.load(
        LinearSolution(np.zeros(compiled.program.columns), np.ones(compiled.program.rows))
    )
    m.x["a"].set_value(3)

    assert m.rows["r"] not in m.dual
    with pytest.raises(KeyError):
        m.dual[m.rows["r"]]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda m: m.side.set_value(m.y**2 <= 1), CapabilityError, "side is not linear"),
        (lambda m: m.goal.deactivate(), ModelError, "no active objective"),
        (lambda m: m.x["a"].fix(), ModelError, "range: a variable in it is fixed and has no"),
        (lambda m: m.y.fix(), ModelError, "side: a variable in it is fixed and has no"),
    ],
)
def test_what_is_no_linear_program(change: object, error: type[Exception], message: str) -> None:
    """The row, the objective or the variable is named."""
    m = mixed_model()
    change(m)
    with pytest.raises(error, match=message):
        compile_model(m)


@pytest.mark.parametrize("seed", range(10))
def test_random_models_equal_pyomos_standard_form(seed: int) -> None:
    """On random models of matrix and ordinary rows, values agree with Pyomo's own HiGHS."""
    generator = np.random.default_rng(seed)
    m = pyo.ConcreteModel()
    m.x = MatrixVar(6, domain=pyo.NonNegativeReals)
    m.y = pyo.Var(range(3), bounds=(0, 3))
    matrix = sparse.random_array((5, 6), density=0.5, rng=generator, format="csr")
    m.rows = MatrixConstraint([(matrix, m.x)], ub=generator.random(5) + 1)
    m.cap = pyo.Constraint(expr=sum(m.x.values()) + sum(m.y.values()) <= 7)
    m.link = pyo.Constraint(range(3))
    for k in range(3):
        m.link[k] = m.y[k] - m.x[k] <= float(generator.random())
    costs = generator.normal(size=6)
    m.goal = pyo.Objective(
        expr=sum(c * m.x[j] for j, c in enumerate(costs)) + m.y[0] - m.y[1] + 4, sense=pyo.maximize
    )
    ours = ef.solve(m)
    duals = m.rows.dual_array()
    theirs = ef.solve(m, solver="highs")

    assert ours.value == pytest.approx(theirs.value)
    assert duals == pytest.approx(m.rows.dual_array(), abs=1e-7)
