"""What several tests of solving share: every solver, and one model that everybody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pytest

from efmodels.solvers import Capability

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.solvers import Solver


@pytest.fixture
def factory() -> Callable[..., Any]:
    """Return a function that builds the textbook's linear program."""
    return _factory


def _factory(sense: Any = pyo.maximize) -> Any:
    """Max 3 x + 5 y: value 36 at (2, 6), duals 0, 1.5, 1. To be minimised, its negative."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(domain=pyo.NonNegativeReals)
    m.y = pyo.Var(domain=pyo.NonNegativeReals)
    m.hours = pyo.Param([1, 2, 3], initialize={1: 4, 2: 12, 3: 18}, mutable=True)
    m.one = pyo.Constraint(expr=m.x <= m.hours[1])
    m.two = pyo.Constraint(expr=2 * m.y <= m.hours[2])
    m.three = pyo.Constraint(expr=3 * m.x + 2 * m.y <= m.hours[3])
    sign = 1 if sense == pyo.maximize else -1
    m.goal = pyo.Objective(expr=sign * (3 * m.x + 5 * m.y), sense=sense)
    return m


@pytest.fixture
def takes_integers(solver: Solver) -> None:
    """Leave out solvers of continuous models alone."""
    if Capability.MIP not in solver.capabilities:
        pytest.skip(f"{solver.name} takes no integer variables")
