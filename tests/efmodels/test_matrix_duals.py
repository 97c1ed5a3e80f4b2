"""Duals belong to the values of the variables: no others are ever returned."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.core.staleflag import StaleFlagManager
from scipy import sparse

import efmodels as ef
from efmodels.errors import GameError, InfeasibleError, SolverError
from efmodels.matrix import LinearObjective, MatrixConstraint, MatrixVar
from efmodels.pyomo_internals import loading_values
from efmodels.solvers import Interface

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.solvers import Solver

DIAGONAL = sparse.csr_array(np.diag([1.0, 2.0]))


def model() -> pyo.ConcreteModel:
    """Max 3 x + 4 y: x <= 5, 2 y <= 6. The duals are 3 and 2."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(2, domain=pyo.NonNegativeReals, labels=["x", "y"])
    m.rows = MatrixConstraint([(DIAGONAL, m.x)], ub=[5, 6], labels=["r", "s"])
    m.goal = LinearObjective([([3.0, 4.0], m.x)])
    return m


def loaded(m: Any) -> Any:
    """Load the solution in bulk."""
    with loading_values():
        m.x.set_array([5, 3])
        m.rows.set_dual_array([3, 2])
    return m


def solve_without_duals(m: Any) -> None:
    """Solve the model by a solver that is asked for no duals."""
    pyo.SolverFactory("highs").solve(m)


def set_one_value(m: Any) -> None:
    """Set one value by hand."""
    m.x["y"].value = 3


def fix_one(m: Any) -> None:
    """Fix one variable at a value."""
    m.x["x"].fix(5)


def fix_all(m: Any) -> None:
    """Fix all variables at values."""
    m.x.fix([5, 3])


def set_all_values(m: Any) -> None:
    """Set all values at once, to what they are."""
    m.x.set_array([5, 3])


CHANGES = [
    *(solve_without_duals, set_one_value, fix_one, fix_all, set_all_values),
]
each_change = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)


def pickled(m: Any) -> Any:
    """Send a model through pickle."""
    return pickle.loads(pickle.dumps(m))  # noqa: S301 - we wrote it ourselves


each_copy = pytest.mark.parametrize("copied", [pyo.ConcreteModel.clone, copy.deepcopy, pickled])


def assert_no_duals(m: Any) -> None:
    """Expect the error that says so."""
    with pytest.raises(SolverError, match="holds no duals of rows"):
        m.rows.dual_array()


@pytest.mark.parametrize("duals", [[3, 2], 2.5])
def test_duals_are_set_at_once(duals: Any) -> None:
    """What is set comes back, as an array of its own, without an object being made."""
    m = loaded(model())
    m.rows.set_dual_array(duals)
    m.rows.dual_array()[0] = 17

    assert m.rows.dual_array().tolist() == np.broadcast_to(duals, 2).tolist()
    assert len(m.rows._data) == 0  # noqa: SLF001 - Pyomo's dictionary of objects


@each_change
def test_duals_end_with_the_values(change: Callable[[Any], None]) -> None:
    """Whatever sets a value makes an end of the duals, even where the value stays the same."""
    m = loaded(model())
    assert m.x["x"].value == 5
    change(m)

    assert m.x.array() == pytest.approx([5, 3])
    assert_no_duals(m)


def test_duals_end_with_any_solver(solver: Solver) -> None:
    """A plain solve that is asked for no duals makes an end of those from before."""
    if solver.interface is Interface.BULK:
        pytest.skip(f"{solver.name} brings duals, whether asked or not")
    m = loaded(model())
    pyo.SolverFactory(solver.name).solve(m)

    assert_no_duals(m)


def test_looking_is_no_change() -> None:
    """To make objects, to walk over the model and to write it leaves the duals."""
    m = loaded(model())
    list(m.component_data_objects((pyo.Var, pyo.Constraint)))
    m.rows["r"].deactivate()
    m.x["x"].setub(9)
    pyo.value(m.goal)

    assert m.rows.dual_array().tolist() == [3, 2]


def test_duals_of_a_plain_solve_come_from_the_suffix() -> None:
    """After it, the model's suffix counts and not what was set before."""
    m = loaded(model())
    m.rows.set_dual_array([17, 17])
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    pyo.SolverFactory("highs").solve(m)

    assert m.rows.dual_array() == pytest.approx([3, 2])


def test_duals_that_are_set_replace_those_of_a_plain_solve() -> None:
    """They count, and the suffix forgets the rows; other rows keep theirs."""
    m = model()
    m.side = pyo.Constraint(expr=m.x["x"] + m.x["y"] <= 7)
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    pyo.SolverFactory("highs").solve(m)
    loaded(m)
    assert m.rows.dual_array().tolist() == [3, 2]
    assert list(m.dual) == [m.side]

    set_one_value(m)
    assert np.isnan(m.rows.dual_array()).all()


def test_a_failed_solve_leaves_values_and_duals() -> None:
    """An infeasible model gets no values, so that the old ones keep their duals."""
    m = loaded(model())
    m.side = pyo.Constraint(expr=m.x["x"] >= 6)
    with pytest.raises(InfeasibleError):
        ef.solve(m)

    assert m.rows.dual_array().tolist() == [3, 2]


def test_other_models_do_not_matter() -> None:
    """A solution of another model leaves the duals of this one."""
    m = loaded(model())
    solve_without_duals(model())

    assert m.rows.dual_array().tolist() == [3, 2]


@each_copy
@pytest.mark.parametrize("solve_another", [True, False])
def test_copies_have_the_duals(copied: Callable[[Any], Any], solve_another: bool) -> None:  # noqa: FBT001 - a case
    """A copy of a solved model is solved, whatever else was solved before or after."""
    m = loaded(model())
    m.x["y"].value = 3
    m.rows.set_dual_array([3, 2])
    if solve_another:
        solve_without_duals(model())
    other = copied(m)
    solve_without_duals(model())

    assert other.rows.dual_array().tolist() == [3, 2]


@each_copy
@each_change
def test_copies_lose_duals_as_originals_do(
    copied: Callable[[Any], Any], change: Callable[[Any], None]
) -> None:
    """A change of the copy ends its duals, but not those of the original."""
    m = loaded(model())
    other = copied(m)
    change(other)

    assert_no_duals(other)
    assert m.rows.dual_array().tolist() == [3, 2]


def test_a_pickle_in_another_process_loses_duals_as_the_original_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nothing has been solved yet, Pyomo does not wait for the end of a solution."""
    pickle_of_model = pickle.dumps(loaded(model()))
    monkeypatch.setattr(StaleFlagManager, "get_flag", StaleFlagManager._get_flag)  # noqa: SLF001 - its state at first
    m = pickle.loads(pickle_of_model)  # noqa: S301 - we wrote it ourselves
    assert m.rows.dual_array().tolist() == [3, 2]

    set_one_value(m)
    assert_no_duals(m)


@each_copy
def test_old_duals_are_not_copied(copied: Callable[[Any], Any]) -> None:
    """Duals that have ended do not come back in a copy."""
    m = loaded(model())
    set_one_value(m)
    solve_without_duals(model())

    assert_no_duals(copied(m))


@pytest.mark.parametrize("component", [pyo.Var, MatrixVar])
def test_ordinary_variables_count_too(component: Any) -> None:
    """Duals of rows over variables of any kind, or a list of them, end with their values."""
    m = pyo.ConcreteModel()
    m.y = component(2) if component is MatrixVar else component(range(2))
    m.free = pyo.Var()
    m.rows = MatrixConstraint([(DIAGONAL, [m.y[0], m.y[1]]), ([[1.0], [0.0]], m.free)], rhs=1)
    m.y.set_values({0: 1.0, 1: 0.5})
    m.free.value = 0.0
    m.rows.set_dual_array([1, 2])
    assert m.rows.dual_array().tolist() == [1, 2]

    m.free.value = 0.0
    assert_no_duals(m)
    m.rows.set_dual_array([1, 2])
    m.y[1].value = 0.5
    assert_no_duals(m)


def test_duals_of_the_wrong_size_are_refused() -> None:
    """There is one dual per row."""
    with pytest.raises(GameError, match=r"duals of shape .*; give one number or 2"):
        model().rows.set_dual_array([1, 2, 3])
