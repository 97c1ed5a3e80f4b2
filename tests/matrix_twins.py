"""Twins: a model from arrays, and one that says the same with ordinary Pyomo components.

A *feature* of Pyomo is a function of a model; what it returns must not depend on which twin it is
given.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.matrix import LinearObjective, MatrixConstraint, MatrixVar

if TYPE_CHECKING:
    from collections.abc import Callable

A = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 4.0], [1.0, 0.0, 1.0]])
B = np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 2.0]])
ROWS = ["r", "s", "t"]


def from_arrays() -> pyo.ConcreteModel:
    """Build the model from matrices."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(3, domain=pyo.NonNegativeReals, labels=["a", "b", "c"])
    m.y = pyo.Var(bounds=(0, 9))
    m.part = pyo.Block()
    m.part.z = MatrixVar(2, bounds=(-1, [4, np.inf]))
    parts = [(sparse.csr_array(A), m.x), (sparse.csr_array(B), m.part.z)]
    m.part.rows = MatrixConstraint(parts, lb=[1, -np.inf, 0.5], ub=[4, 6, np.inf], labels=ROWS)
    m.equal = MatrixConstraint([(sparse.csr_array(A[:1]), m.x), ([[1.0]], m.y)], rhs=3.0)
    m.goal = LinearObjective([([1.0, 0.0, 2.0], m.x), ([3.0], m.y), ([0.0, -1.0], m.part.z)])
    return m


def from_rules() -> pyo.ConcreteModel:
    """Build the same model from expressions."""
    m = pyo.ConcreteModel()
    m.x = x = pyo.Var(["a", "b", "c"], domain=pyo.NonNegativeReals)
    m.y = pyo.Var(bounds=(0, 9))
    m.part = pyo.Block()
    m.part.z = z = pyo.Var(pyo.RangeSet(0, 1), bounds={0: (-1.0, 4.0), 1: (-1.0, None)})
    m.part.rows = pyo.Constraint(ROWS)
    m.part.rows["r"] = (1.0, 1.0 * x["a"] + 2.0 * x["b"], 4.0)
    m.part.rows["s"] = -1.0 * x["b"] + 4.0 * x["c"] + 1.0 * z[0] <= 6.0
    m.part.rows["t"] = 1.0 * x["a"] + 1.0 * x["c"] - 1.0 * z[0] + 2.0 * z[1] >= 0.5
    m.equal = pyo.Constraint(pyo.RangeSet(0, 0))
    m.equal[0] = 1.0 * x["a"] + 2.0 * x["b"] + 1.0 * m.y == 3.0
    goal = 1.0 * x["a"] + 2.0 * x["c"] + 3.0 * m.y - 1.0 * z[1]
    m.goal = pyo.Objective(expr=goal, sense=pyo.maximize)
    return m


def solved(m: Any) -> dict[str, float]:
    """Solve a model; return the objective, and the duals of its active rows."""
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    pyo.SolverFactory("highs").solve(m)
    (goal,) = m.component_data_objects(pyo.Objective, active=True)
    rows = m.component_data_objects(pyo.Constraint, active=True)
    return {"": pyo.value(goal)} | {row.name: m.dual[row] for row in rows}


def text_of(write: Callable[..., None]) -> str:
    """Return what a method prints."""
    stream = StringIO()
    write(ostream=stream)
    return stream.getvalue()


def normalized(result: Any) -> Any:
    """Write 1.0 as 1 in texts, and round numbers."""
    if isinstance(result, str):
        return re.sub(r" +|--+", " ", re.sub(r"\b(\d+)\.0\b", r"\1", result))
    if isinstance(result, float):
        return round(result, 9) + 0.0
    if isinstance(result, dict):
        return {normalized(key): normalized(value) for key, value in result.items()}
    if isinstance(result, (list, tuple)):
        return [normalized(value) for value in result]
    return result


def assert_twins_agree(feature: Callable[[Any], Any]) -> None:
    """Compare what a feature makes of the two twins."""
    assert normalized(feature(from_arrays())) == normalized(feature(from_rules()))
