"""The matrix seam: ordinary Pyomo components, made from arrays."""

import pickle
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy import sparse

import efmodels as ef
from efmodels.errors import GameError, SolverError
from efmodels.matrix import LinearObjective, MatrixConstraint, MatrixVar

A = sparse.csr_array(np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 4.0]]))


def matrix_model() -> pyo.ConcreteModel:
    """Build a small model from arrays."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3, domain=pyo.NonNegativeReals, labels=["a", "b", "c"])
    m.y = pyo.Var(bounds=(0, 9))
    one = sparse.csr_array(np.array([[0.0], [1.0]]))
    m.rows = MatrixConstraint([(A, m.x), (one, m.y)], ub=[4, 6], labels=["r", "s"])
    m.fixed = MatrixConstraint([(A[:1], m.x)], rhs=3.0, labels=["t"])
    m.goal = LinearObjective([([1.0, 0.0, 2.0], m.x), ([3.0], m.y)])
    return m


def twin_model() -> pyo.ConcreteModel:
    """Build the same model with rules."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(["a", "b", "c"], domain=pyo.NonNegativeReals)
    m.y = pyo.Var(bounds=(0, 9))
    m.rows = pyo.Constraint(["r", "s"])
    m.rows["r"] = 1.0 * m.x["a"] + 2.0 * m.x["b"] <= 4.0
    m.rows["s"] = -1.0 * m.x["b"] + 4.0 * m.x["c"] + 1.0 * m.y <= 6.0
    m.fixed = pyo.Constraint(["t"])
    m.fixed["t"] = 1.0 * m.x["a"] + 2.0 * m.x["b"] == 3.0
    goal = 1.0 * m.x["a"] + 2.0 * m.x["c"] + 3.0 * m.y
    m.goal = pyo.Objective(expr=goal, sense=pyo.maximize)
    return m


@pytest.mark.parametrize("suffix", [".lp", ".mps", ".nl"])
def test_files_equal_those_of_the_rule_based_twin(tmp_path: Path, suffix: str) -> None:
    """Pyomo's own writers see the same model, to the byte but for 1.0 instead of 1."""
    texts = []
    for name, model in (("mine", matrix_model()), ("twin", twin_model())):
        path = tmp_path / f"{name}{suffix}"
        model.write(str(path), io_options={"symbolic_solver_labels": True})
        texts.append(re.sub(r"\b(\d+)\.0\b", r"\1", path.read_text()))

    assert texts[0] == texts[1]


def test_a_variable_has_three_keys() -> None:
    """Name, number and (infoset, action) give the same variable; others a KeyError."""
    form = ef.Game.from_matrices([[1, 0]], [[0, 1]]).sequence_form()
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3, labels=form.polytope("P2"))

    assert m.x["P2_1_2"] is m.x[2] is m.x["P2_1", "2"] is m.x[np.int64(2)]
    with pytest.raises(GameError, match="no infoset is called 'P9'"):
        m.x["P9", "1"]
    with pytest.raises(KeyError):
        m.x["P2_1_9"]
    with pytest.raises(IndexError):
        m.x[17]


def test_without_labels_numbers_are_the_keys() -> None:
    """Unlabelled variables and rows are numbered from 0."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3)
    m.rows = MatrixConstraint([(A, m.x)], lb=0)

    assert list(m.x) == [0, 1, 2]
    assert list(m.rows) == [0, 1]
    assert m.rows[1].body.to_string() == "- x[1] + 4.0*x[2]"


def test_values_come_as_an_array() -> None:
    """`array` has the values in order and nan where there is none."""
    m = matrix_model()
    m.x["b"] = 2.5

    np.testing.assert_array_equal(m.x.array(), [np.nan, 2.5, np.nan])


def test_duals_come_as_an_array() -> None:
    """`dual_array` has Pyomo's signs: at the optimum, what one more unit of a bound is worth."""
    m = matrix_model()
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    pyo.SolverFactory("highs").solve(m)

    # b = 1.5 makes room for y = 7.5: one more unit of s is worth 3, of t half of that.
    np.testing.assert_allclose(m.rows.dual_array(), [0, 3], atol=1e-9)
    np.testing.assert_allclose(m.fixed.dual_array(), [1.5], atol=1e-9)


def test_duals_that_are_not_there_are_an_error() -> None:
    """Without a suffix the message says what to do."""
    with pytest.raises(SolverError, match="holds no duals of rows"):
        matrix_model().rows.dual_array()


def test_rows_without_variables() -> None:
    """They are left out if they hold, keep their place in the duals, and are refused otherwise."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(1)
    empty = sparse.csr_array(np.array([[0.0], [1.0]]))
    empty.eliminate_zeros()
    m.rows = MatrixConstraint([(empty, m.x)], rhs=[0, 7], labels=["none", "one"])
    m.goal = LinearObjective([([1.0], m.x)])
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    pyo.SolverFactory("highs").solve(m)

    assert list(m.rows) == ["one"]
    assert m.rows.dual_array().tolist() == [0, 1]
    with pytest.raises(GameError, match=r"row bad\[0\] has no variables"):
        m.bad = MatrixConstraint([(empty, m.x)], lb=1.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rhs": 0, "labels": ["r"]}, "1 labels for 2 rows"),
        ({}, "either rhs"),
        ({"rhs": 0, "lb": 0}, "either rhs"),
    ],
)
def test_wrong_rows_are_refused(arguments: dict[str, object], message: str) -> None:
    """Numbers of labels and kinds of bounds are checked."""
    with pytest.raises(GameError, match=message):
        MatrixConstraint([(A, MatrixVar(3))], **arguments)


def test_wrong_columns_are_refused() -> None:
    """A matrix multiplies as many variables as it has columns."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(2)
    with pytest.raises(GameError, match="3 columns cannot multiply 2 variables"):
        m.rows = MatrixConstraint([(A, m.x)], rhs=0)


def pickled(model: pyo.ConcreteModel) -> pyo.ConcreteModel:
    """Send a model through pickle."""
    return pickle.loads(pickle.dumps(model))  # noqa: S301 - we wrote it ourselves


@pytest.mark.parametrize("copy", [pyo.ConcreteModel.clone, pickled])
def test_models_can_be_copied(copy: Callable[[pyo.ConcreteModel], pyo.ConcreteModel]) -> None:
    """A clone, or a pickle, is a model of its own with the same optimum."""
    original = matrix_model()
    model = copy(original)
    pyo.SolverFactory("highs").solve(model)

    assert pyo.value(model.goal) == pytest.approx(22.5)
    assert original.x["a"].value is None
    assert model.x["a"] is model.x[0]


def test_ordinary_pyomo_works_on_them() -> None:
    """Fixing, deactivating, replacing a row, a side constraint and printing are plain Pyomo."""
    m = matrix_model()
    m.x["c"].fix(0)
    m.rows["r"].deactivate()
    m.rows["s"] = m.y + m.x["b"] <= 2
    m.side = pyo.Constraint(expr=m.x["b"] >= 1)
    pyo.SolverFactory("highs").solve(m)
    out = StringIO()
    m.rows.pprint(out)

    assert pyo.value(m.goal) == pytest.approx(1 + 3)
    assert "y + x[b]" in out.getvalue()
