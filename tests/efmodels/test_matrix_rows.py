"""Matrix rows and objectives: what they say as arrays, and what they say as algebra."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy import sparse

from efmodels.errors import GameError
from efmodels.matrix import LinearObjective, MatrixConstraint, MatrixVar
from efmodels.model_class import classify
from efmodels.solvers import Capability

INF = np.inf
A = sparse.csr_array(np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 4.0], [0.0, 0.0, 0.0]]))


def model() -> pyo.ConcreteModel:
    """Build three rows, the last one empty, and an objective."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3, domain=pyo.NonNegativeReals, labels=["a", "b", "c"])
    m.rows = MatrixConstraint([(A, m.x)], lb=[1, -INF, 0], ub=[4, 6, INF], labels=["r", "s", "t"])
    m.goal = LinearObjective([([1.0, 0.0, 2.0], m.x)])
    return m


def made(component: Any) -> int:
    """Return how many data objects there are."""
    return len(component._data)  # noqa: SLF001 - Pyomo's dictionary of them


def test_nothing_is_made_before_it_is_asked_for() -> None:
    """Arrays, lengths and switches make no object; one row makes itself and its variables."""
    m = model()
    m.rows.deactivate()
    m.rows.activate()
    m.clone()
    sizes = len(m.rows), m.rows.size, m.rows.nnz, m.goal.nnz, m.rows.is_matrix_rows
    assert sizes == (2, 3, 4, 2, True)
    assert m.rows.matrix_array().tolist() == [True, True, False]
    assert (made(m.x), made(m.rows)) == (0, 0)

    assert str(m.rows["s"].body) == "- x[b] + 4.0*x[c]"
    assert (made(m.x), made(m.rows)) == (2, 1)


def test_bounds_come_as_arrays() -> None:
    """Infinite where there is none, whether one number was given for all, or one for each."""
    m = model()
    m.equal = MatrixConstraint([(A[:2], m.x)], rhs=3)

    assert m.rows.lower_array().tolist() == [1, -INF, 0]
    assert m.rows.upper_array().tolist() == [4, 6, INF]
    assert m.equal.lower_array().tolist() == m.equal.upper_array().tolist() == [3, 3]


def test_parts_are_in_canonical_format() -> None:
    """Entries given twice are added, zeros dropped, columns sorted; the original is kept."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3)
    data, columns, starts = [1.0, 2.0, 3.0, 0.0, 5.0], [2, 0, 2, 1, 1], [0, 4, 5]
    given = sparse.csr_array((data, columns, starts), shape=(2, 3))
    m.rows = MatrixConstraint([(given, m.x), (sparse.coo_array([[0.0], [7.0]]), [m.x[0]])], rhs=1)
    ours, other = (part.matrix for part in m.rows.parts)

    assert (ours.indices.tolist(), ours.data.tolist()) == ([0, 2, 1], [2, 4, 5])
    assert other.toarray().tolist() == [[0], [7]]
    assert m.rows.nnz == 4
    assert given.data.tolist() == data
    assert str(m.rows[1].body) == "5.0*x[1] + 7.0*x[0]"


def test_a_canonical_matrix_is_not_copied() -> None:
    """A million nonzeros are not stored twice, in a clone neither."""
    m = model()
    clone = m.clone()

    assert np.shares_memory(m.rows.parts[0].matrix.data, A.data)
    assert np.shares_memory(clone.rows.parts[0].matrix.data, A.data)
    assert clone.rows.parts[0].variables is clone.x


def test_keys_can_be_sorted() -> None:
    """Keys, values and items come in the order of the matrix, or sorted by name."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3)
    m.rows = MatrixConstraint([(A[[0, 2, 1]], m.x)], ub=1, labels=["z", "y", "b"])

    for sort, names in ((False, ["z", "b"]), (True, ["b", "z"])):
        assert list(m.rows.keys(sort)) == names
        assert [row.index() for row in m.rows.values(sort)] == names
        assert [(key, row.index()) for key, row in m.rows.items(sort)] == [(k, k) for k in names]


def test_rows_evaluate_as_the_matrix_does() -> None:
    """The value of each row at a random point is that of the product."""
    generator = np.random.default_rng(7)
    m = pyo.ConcreteModel()
    m.x, m.y = MatrixVar(30), pyo.Var(range(20))
    B, C = (sparse.random_array((50, n), density=0.3, rng=generator) for n in (30, 20))
    m.rows = MatrixConstraint([(B, m.x), (C, m.y)], ub=generator.random(50))
    x, y = generator.random(30), generator.random(20)
    m.x.set_array(x)
    m.y.set_values(dict(enumerate(y.tolist())))

    product = B @ x + C @ y
    np.testing.assert_allclose([row() for row in m.rows.values()], product, atol=1e-12)
    slack = m.rows.upper_array() - product
    np.testing.assert_allclose([row.uslack() for row in m.rows.values()], slack, atol=1e-12)


def test_switches_come_as_an_array() -> None:
    """A row counts if it is there, active and not detached."""
    m = model()
    m.rows["r"].deactivate()
    assert m.rows.matrix_array().tolist() == [False, True, False]

    m.rows.deactivate()
    assert m.rows.matrix_array().tolist() == [False, False, False]
    m.rows["r"].activate()
    assert m.rows.matrix_array().tolist() == [True, False, False]
    m.rows.activate()
    del m.rows["s"]
    assert m.rows.matrix_array().tolist() == [True, False, False]


def test_a_row_can_be_detached() -> None:
    """A row with an expression of its own is no matrix row, and may be nonlinear."""
    m = model()
    m.rows["t"] = m.x["a"] >= 1
    m.rows["r"].set_value(m.x["a"] ** 2 * m.x["b"] ** 2 <= 1)

    assert m.rows.matrix_array().tolist() == [False, True, False]
    assert [row.index() for row in m.rows.detached_rows()] == ["r", "t"]
    assert not m.rows.is_matrix_rows
    assert classify(m).needs[Capability.NLP] == "rows[r]"
    m.rows["r"].deactivate()
    assert [row.index() for row in m.rows.detached_rows()] == ["t"]


def test_a_row_that_cannot_be_replaced_stays() -> None:
    """An expression that is none leaves the row as it was, there or not."""
    m = model()
    for name in ("r", "t"):
        with pytest.raises(ValueError, match="does not have a proper value"):
            m.rows[name] = 3

    assert list(m.rows) == ["r", "s"]
    assert str(m.rows["r"].body) == "x[a] + 2.0*x[b]"


def test_a_row_without_bounds_holds() -> None:
    """A free row is no restriction to anybody."""
    m = model()
    m.free = MatrixConstraint([(A[:1], m.x)], lb=-INF)
    row = m.free[0]

    assert (row.lb, row.ub, row.equality, str(row.expr)) == (
        *(None, None, False),
        "-inf  <=  x[a] + 2.0*x[b]  <=  inf",
    )


def test_expressions_do_not_pile_up() -> None:
    """The body is made anew for another row, and kept for the same one."""
    m = model()
    body = m.rows["r"].body

    assert m.rows["r"].body is body
    assert m.rows["s"].body is not body
    assert m.rows["r"].body is not body


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"lb": [0, 0]}, r"lower bounds of shape .*; give one number or 3"),
        ({"rhs": 0, "labels": ["r", "r", "s"]}, "'r' is given twice"),
    ],
)
def test_wrong_arrays_are_refused(arguments: dict[str, Any], message: str) -> None:
    """Bounds and labels are as many as the rows."""
    with pytest.raises(GameError, match=message):
        MatrixConstraint([(A, MatrixVar(3))], **arguments)


def test_parts_of_different_heights_are_refused() -> None:
    """All matrices of a component have the same rows."""
    with pytest.raises(GameError, match=r"the parts have \[3, 2\] rows"):
        MatrixConstraint([(A, MatrixVar(3)), (A[:2], MatrixVar(3))], rhs=0)


def test_the_objective_comes_as_arrays() -> None:
    """Coefficients are a matrix of one row, until the objective is something else."""
    m = model()
    (part,) = m.goal.parts
    assert (part.matrix.toarray().tolist(), part.variables is m.x) == ([[1, 0, 2]], True)
    assert (m.goal.is_detached, made(m.x)) == (False, 0)

    m.goal.expr = m.x["b"] ** 2
    assert m.goal.is_detached
    assert str(m.goal.expr) == "x[b]**2"


def test_an_objective_may_be_zero() -> None:
    """Any feasible point will do."""
    m = model()
    m.del_component("goal")
    m.goal = LinearObjective([([0.0, 0.0, 0.0], m.x)], sense=pyo.minimize)
    pyo.SolverFactory("highs").solve(m)

    assert pyo.value(m.goal) == 0
    assert 1 - 1e-9 <= m.rows["r"]() <= 4 + 1e-9
