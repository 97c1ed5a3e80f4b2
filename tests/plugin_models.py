"""Models for the solvers that efmodels registers with Pyomo, and which of these are here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.contrib.solver.common.factory import SolverFactory

import efmodels as ef
import efmodels.solver_plugins  # registers the solvers
from tests.pyomo_versions import IS_OLDEST, NO_PLUGINS


def solver_here(name: str, *values: Any) -> Any:
    """Return a parameter of a test that is skipped where the solver is missing."""
    missing = IS_OLDEST or not SolverFactory(name).available()
    reason = NO_PLUGINS if IS_OLDEST else f"{name} is not available"
    return pytest.param(name, *values, marks=pytest.mark.skipif(missing, reason=reason))


INTEGER_SOLVERS = [solver_here("efmodels_highs"), solver_here("efmodels_gurobi")]
integer_solvers = pytest.mark.parametrize("name", INTEGER_SOLVERS)
every_solver = pytest.mark.parametrize("name", [*INTEGER_SOLVERS, solver_here("efmodels_clarabel")])


def kuhn(least: float = 0.25) -> Any:
    """Return Kuhn's poker with a side constraint: the queen is bet at least so often."""
    m = pyo.ConcreteModel()
    m.eq = ef.formulations.nash_zero_sum(ef.instances.kuhn())
    m.side = pyo.Constraint(expr=m.eq.leader.x["Q", "bet"] >= least)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


def random_program(seed: int, sense: Any) -> Any:
    """Return a linear program with rows of all kinds, a fixed variable and a deactivated row."""
    rng = np.random.default_rng(seed)
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(8), bounds=(0, 10))
    m.x[1].setlb(-3)
    m.x[7].fix(1.5)

    def row() -> Any:
        return sum(float(a) * m.x[i] for i, a in enumerate(rng.uniform(0.1, 1, 8)))

    m.up = pyo.Constraint(range(3), rule=lambda _, i: row() + 1 <= 9 + i)
    m.between = pyo.Constraint(expr=(2, row(), 12))
    m.equal = pyo.Constraint(expr=row() == 5)
    m.low = pyo.Constraint(expr=row() >= 1)
    m.off = pyo.Constraint(expr=row() >= 1000)
    m.off.deactivate()
    m.goal = pyo.Objective(expr=row() - 2 * row() + 7, sense=sense)
    return m


def knapsack(weight: float = 3.5) -> Any:
    """Return a small mixed-integer program."""
    m = pyo.ConcreteModel()
    m.z = pyo.Var(range(4), domain=pyo.Binary)
    m.y = pyo.Var(bounds=(0, 0.75))
    m.weight = pyo.Constraint(expr=sum((1 + i / 3) * m.z[i] for i in range(4)) + m.y <= weight)
    m.goal = pyo.Objective(
        expr=sum((1 + i / 2) * m.z[i] for i in range(4)) + 0.1 * m.y + 1, sense=pyo.maximize
    )
    return m


def infeasible() -> Any:
    """Return a model that contradicts itself."""
    m = knapsack()
    m.more = pyo.Constraint(expr=m.z[0] + m.z[1] >= 3)
    for z in m.z.values():
        z.domain = pyo.UnitInterval
    return m


def unbounded() -> Any:
    """Return a model without an optimum."""
    m = pyo.ConcreteModel()
    m.x, m.y = pyo.Var(domain=pyo.NonNegativeReals), pyo.Var(domain=pyo.NonNegativeReals)
    m.row = pyo.Constraint(expr=m.x - m.y <= 1)
    m.goal = pyo.Objective(expr=m.x, sense=pyo.maximize)
    return m


def hard() -> Any:
    """Return a market split, which nobody solves at once."""
    rng = np.random.default_rng(4)
    m = pyo.ConcreteModel()
    m.z = pyo.Var(range(50), domain=pyo.Binary)
    m.more, m.less = (pyo.Var(range(5), domain=pyo.NonNegativeReals) for _ in range(2))
    weights = rng.integers(0, 100, (5, 50))
    m.split = pyo.Constraint(
        range(5),
        rule=lambda m, i: sum(int(w) * m.z[j] for j, w in enumerate(weights[i]))
        + m.more[i] - m.less[i] == int(weights[i].sum()) // 2,
    )  # fmt: skip # one equation
    m.goal = pyo.Objective(expr=sum(m.more.values()) + sum(m.less.values()))
    return m


def with_suffixes(model: Any) -> Any:
    """Declare the suffixes that Pyomo's interfaces fill."""
    model.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    model.rc = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    return model


def by_name(numbers: Any) -> dict[str, float]:
    """Return what a map says of components that are not fixed, under their names."""
    return {
        component.name: number
        for component, number in numbers.items()
        if component.ctype is not pyo.Var or not component.fixed
    }


def values(model: Any) -> dict[str, float | None]:
    """Return the values of all variables."""
    return {v.name: v.value for v in model.component_data_objects(pyo.Var)}
