"""Copies, transformations, writers and solvers take matrix components as ordinary ones."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.core.expr.visitor import identify_variables
from pyomo.gdp import Disjunct, Disjunction
from pyomo.util.infeasible import find_infeasible_constraints

import efmodels as ef
from tests.matrix_twins import (
    assert_twins_agree,
    from_arrays,
    from_rules,
    normalized,
    solved,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.solvers import Solver

# Copies and structure ------------------------------------------------------------------------


def clone(m: Any) -> Any:
    """Clone a changed model, and change the clone."""
    m.x["a"].fix(0.5)
    m.part.rows["s"].deactivate()
    m.part.rows["t"] = m.x["c"] <= 2
    other = m.clone()
    other.x["c"].setub(1)
    return solved(m), solved(other), text_of(other.part.rows.pprint)


def deepcopy(m: Any) -> Any:
    """Copy a changed model deeply."""
    m.x["c"].setub(1)
    return solved(copy.deepcopy(m)), m.x["c"].value


def pickled(m: Any) -> Any:
    """Send a changed model through pickle."""
    m.x["a"].fix(0.5)
    m.part.rows["r"].deactivate()
    return solved(pickle.loads(pickle.dumps(m))), m.x["c"].value  # noqa: S301 - we wrote it ourselves


def clone_of_block(m: Any) -> Any:
    """Clone a block whose rows have variables outside."""
    m.other = m.part.clone()
    m.other.z[0].fix(2)
    same = [v is m.x["a"] for v in identify_variables(m.other.rows["r"].body)]
    return same, [v.name for v in identify_variables(m.other.rows["s"].body)], solved(m)


def reference(m: Any) -> Any:
    """Give variables and rows new names."""
    m.all = pyo.Reference(m.x[:])
    m.rows = pyo.Reference(m.part.rows[:])
    m.all["b"].fix(1)
    return list(m.all), m.all["b"] is m.x["b"], list(m.rows), str(m.rows["s"].expr), m.x["b"].fixed


def slices(m: Any) -> Any:
    """Walk over slices."""
    m.x[:].fix(1)
    return [v.name for v in m.x[:]], [v.fixed for v in m.x[...]], m.x[:].value == [1, 1, 1]


def indexed_blocks(m: Any) -> Any:
    """Move a block with matrix rows into an indexed one."""
    m.copies = pyo.Block([1, 2])
    m.copies[1].transfer_attributes_from(m.part.clone())
    m.copies[1].rows["r"].deactivate()
    names = [v.name for v in m.component_data_objects(pyo.Constraint, active=True)]
    return names, str(m.copies[1].rows["s"].expr), m.copies[1].z[1].name


def deactivate_block(m: Any) -> Any:
    """Take the rows of a whole block away."""
    m.part.deactivate()
    m.x.setub(3)
    m.part.z.fix(0)
    return solved(m)


def numpy_arrays(m: Any) -> Any:
    """Multiply variables by a numpy array."""
    return [str(expr) for expr in np.array([1.0, 2.0]) * m.part.z]


# Transformations and tools -------------------------------------------------------------------


def transformed(name: str, **options: Any) -> Callable[[Any], Any]:
    """Return a feature: a transformation of the model in place, which is then solved."""

    def feature(m: Any) -> Any:
        pyo.TransformationFactory(name).apply_to(m, **options)
        return solved(m)

    feature.__name__ = name
    return feature


def relax_integer_vars(m: Any) -> Any:
    """Relax an integer variable, and restore it."""
    m.x["c"].domain = pyo.Binary
    relax = pyo.TransformationFactory("core.relax_integer_vars")
    relax.apply_to(m)
    relaxed = m.x["c"].bounds, m.x["c"].is_continuous(), solved(m)
    relax.apply_to(m, undo=True)
    return relaxed, m.x["c"].is_binary()


def lp_dual(m: Any) -> Any:
    """Solve the dual of the model, which has the same value."""
    m.x.setlb(None)
    m.part.z.domain = pyo.NonNegativeReals
    m.part.z.setlb(None)
    m.part.z.setub(None)
    m.y.setub(None)
    m.part.rows["r"].deactivate()
    dual = pyo.TransformationFactory("core.lp_dual").create_using(m)
    pyo.SolverFactory("highs").solve(dual)
    pyo.SolverFactory("highs").solve(m)
    (goal,) = dual.component_data_objects(pyo.Objective)
    assert pyo.value(goal) == pytest.approx(pyo.value(m.goal))
    return pyo.value(goal)


def scale_model(m: Any) -> Any:
    """Scale the model, solve it and bring the solution back."""
    m.scaling_factor = pyo.Suffix(direction=pyo.Suffix.EXPORT)
    m.scaling_factor[m.x["a"]] = 10.0
    m.scaling_factor[m.part.rows["s"]] = 0.5
    m.scaling_factor[m.goal] = 2.0
    scale = pyo.TransformationFactory("core.scale_model")
    scaled = scale.create_using(m)
    value = solved(scaled)
    scale.propagate_solution(scaled, m)
    return value, [v.value for v in m.component_data_objects(pyo.Var)]


def bigm(m: Any) -> Any:
    """Reformulate a disjunction over single variables."""
    m.x.setub(9)
    m.part.z.setub(9)
    m.either = Disjunction(expr=[[m.x["c"] <= 1], [m.x["b"] >= 1, m.part.z[1] >= 2]])
    pyo.TransformationFactory("gdp.bigm").apply_to(m)
    pyo.SolverFactory("highs").solve(m)
    return pyo.value(m.goal)


def disjunct_of_rows(m: Any) -> Any:
    """Reformulate a disjunct that has matrix rows."""
    m.x.setub(9)
    m.part.z.setub(9)
    m.first, m.second = Disjunct(), Disjunct()
    m.first.transfer_attributes_from(m.part.clone())
    m.first.z[0].fix(3)
    m.second.c = pyo.Constraint(expr=m.x["c"] <= 1)
    m.either = Disjunction(expr=[m.first, m.second])
    pyo.TransformationFactory("gdp.bigm").apply_to(m)
    pyo.SolverFactory("highs").solve(m)
    return pyo.value(m.goal), [row.active for row in m.first.rows.values()]


def init_vars_midpoint(m: Any) -> Any:
    """Start variables in the middle of their bounds."""
    m.x.setub(4)
    pyo.TransformationFactory("contrib.init_vars_midpoint").apply_to(m)
    return [v.value for v in m.component_data_objects(pyo.Var)]


def deactivate_trivial(m: Any) -> Any:
    """Deactivate rows of fixed variables."""
    m.x.fix(1)
    m.part.z.fix(1)
    pyo.TransformationFactory("contrib.deactivate_trivial_constraints").apply_to(m)
    return [row.active for row in m.component_data_objects(pyo.Constraint)]


def infeasible_rows(m: Any) -> Any:
    """Find violated rows."""
    m.x.fix(2)
    m.part.z.fix(1)
    m.y.fix(0)
    return [row.name for row, _, _ in find_infeasible_constraints(m)]


FEATURES = [
    *(clone, deepcopy, pickled, clone_of_block, reference, slices, indexed_blocks),
    *(deactivate_block, numpy_arrays, relax_integer_vars, lp_dual, scale_model, bigm),
    *(disjunct_of_rows, init_vars_midpoint, deactivate_trivial, infeasible_rows),
    transformed("core.add_slack_variables"),
    transformed("contrib.detect_fixed_vars"),
]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.__name__)
def test_feature_treats_twins_alike(feature: Callable[[Any], Any]) -> None:
    """A feature of Pyomo does the same to the model from arrays and to its twin."""
    assert_twins_agree(feature)


@pytest.mark.parametrize("suffix", ["lp", "mps", "nl", "bar", "gms"])
@pytest.mark.parametrize("labels", [True, False])
def test_writers_write_twins_alike(tmp_path: Path, suffix: str, labels: bool) -> None:  # noqa: FBT001 - a case
    """Files are the same, but for 1.0 instead of 1."""
    texts = []
    for build in (from_arrays, from_rules):
        path = tmp_path / f"model.{suffix}"
        build().write(str(path), io_options={"symbolic_solver_labels": labels})
        texts.append(normalized(path.read_text()))

    assert texts[0] == texts[1]


def test_solvers_solve_twins_alike(solver: Solver) -> None:
    """Every solver finds the same value and, if it gives any, the same duals."""
    outcomes = []
    for build in (from_arrays, from_rules):
        m = build()
        value = ef.solve(m, solver.name).value
        rows = list(m.component_data_objects(pyo.Constraint))
        duals = [m.dual.get(row) for row in rows] if hasattr(m, "dual") else []
        outcomes.append([round(number, 6) + 0.0 for number in (value, *duals)])

    assert outcomes[0] == outcomes[1]
