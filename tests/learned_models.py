"""Models that are learned, compared with what HiGHS says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

import efmodels as ef
from efmodels.compiling import compile_model
from efmodels.learning_solver.learnable import learnable_model

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.results import Result

ROUNDING = 1e-7
"""What HiGHS may be wrong by, in units of the ranges."""


def model_of(block: FormulationBlockData, goal: Any = None) -> Any:
    """Return a model of a block, with an objective given in words and to be maximised."""
    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=m.eq.objective(goal), sense=pyo.maximize)
    return m


def price_of(m: Any, name: str) -> float:
    """Return by how much the optimum moves with a row or a bound, after HiGHS has solved."""
    component = m.find_component(name.removeprefix("the bounds of "))
    return abs(m.rc[component] if name.startswith("the bounds") else m.dual[component])


def learned_like_solved(m: Any, tolerance: float = 1e-3, **options: Any) -> Result:
    """Solve a model twice, and compare what is learned with the optimum.

    The bound is on the right side of the optimum; the value is better by no more than violations
    times duals explain; and both are as near to each other, and violations as small, as was asked.
    """
    m.rc = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    optimum = ef.solve(m, solver="highs").value
    one = learnable_model(compile_model(m))
    prices = {asked.name: price_of(m, asked.name) for asked in one.requirements}
    result = ef.solve(
        m, solver="cfr", options={"engine": "numpy", "tolerance": tolerance} | options
    )

    sense = 1 if m.goal.sense == pyo.maximize else -1
    rounding = ROUNDING * max(one.ranges.objective, one.ranges.payoff)
    explained = sum(prices[name] * missed for name, missed in result.violations.items())
    units = {asked.name: asked.unit for asked in one.requirements}
    assert result.status == "optimal"
    assert sense * (result.bound - optimum) >= -rounding
    assert sense * (result.value - optimum) <= explained + rounding
    assert sense * (result.bound - result.value) <= tolerance * one.ranges.objective + rounding
    assert set(result.violations) == set(units)
    assert all(v <= tolerance * units[name] + rounding for name, v in result.violations.items())
    return result


def row_violations(m: Any) -> dict[str, float]:
    """Return by how much each constraint is violated at the values of the variables, by name."""
    found = {}
    for row in m.component_data_objects(pyo.Constraint, active=True):
        body = pyo.value(row.body)
        below = -np.inf if row.lower is None else pyo.value(row.lower) - body
        above = -np.inf if row.upper is None else body - pyo.value(row.upper)
        found[row.name] = float(max(below, above, 0.0))
    return found
