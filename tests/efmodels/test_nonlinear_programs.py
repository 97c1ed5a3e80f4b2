"""Ipopt through a .nl file: what a local answer says, and what it does not."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import CapabilityError, MissingPackageError, SolverError
from efmodels.nonlinear_programs import NonlinearProgram, option_names, refusal
from efmodels.solvers import find_solver
from tests.pyomo_versions import needs_plugins

if not find_solver("ipopt").available:
    pytest.skip("casadi is not installed", allow_module_level=True)


def two_valleys(start: float) -> Any:
    """Minimise (x^2 - 1)^2 + x / 4: a valley near -1, and a shallower one near 1."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(bounds=(-2, 2), initialize=start)
    m.goal = pyo.Objective(expr=(m.x**2 - 1) ** 2 + m.x / 4)
    return m


def entropy(total: float = 1.0, sense: Any = pyo.maximize) -> Any:
    """Maximise the entropy of three numbers of a given sum, one of them at most 1/10."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(3), bounds=(1e-9, None), initialize=0.3)
    m.x[0].setub(0.1)
    m.sum = pyo.Constraint(expr=sum(m.x.values()) == total)
    sign = -1 if sense == pyo.maximize else 1
    m.goal = pyo.Objective(expr=sign * sum(x * pyo.log(x) for x in m.x.values()), sense=sense)
    return m


@pytest.mark.parametrize(("start", "near"), [(-1.5, -1), (1.5, 1)])
def test_optimum_is_called_local(start: float, near: float) -> None:
    """It depends on the start, is that of a fine grid nearby, and comes without a bound."""
    m = two_valleys(start)
    grid = np.linspace(near - 0.5, near + 0.5, 100_001)
    result = ef.solve(m, "ipopt")

    assert (result.status, result.bound) == ("locally_optimal", -math.inf)
    assert result.value == pytest.approx(((grid**2 - 1) ** 2 + grid / 4).min(), abs=1e-8)
    assert m.x.value == pytest.approx(near, abs=0.1)


@pytest.mark.parametrize("sense", [pyo.maximize, pyo.minimize])
def test_multipliers_are_derivatives(sense: Any) -> None:
    """Of the optimum by the right-hand side: a difference quotient; and by a bound, likewise."""
    m = entropy(sense=sense)
    m.rc = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    ef.solve(m, "ipopt")
    dual, reduced = m.dual[m.sum], m.rc[m.x[0]]
    values = [ef.solve(entropy(t, sense), "ipopt").value for t in (1 - 1e-3, 1 + 1e-3)]
    bounded = []
    for bound in (0.1 - 1e-3, 0.1 + 1e-3):
        other = entropy(sense=sense)
        other.x[0].setub(bound)
        bounded.append(ef.solve(other, "ipopt").value)

    assert dual == pytest.approx((values[1] - values[0]) / 2e-3, abs=1e-5)
    assert reduced == pytest.approx((bounded[1] - bounded[0]) / 2e-3, abs=1e-4)
    assert (dual > 0) == (sense == pyo.minimize)


def test_closed_form() -> None:
    """Entropy is largest where what may be equal is."""
    m = entropy()
    result = ef.solve(m, "ipopt")

    assert [x.value for x in m.x.values()] == pytest.approx([0.1, 0.45, 0.45], abs=1e-7)
    assert result.value == pytest.approx(-0.1 * math.log(0.1) - 0.9 * math.log(0.45))


def test_square_system() -> None:
    """As many equations as variables: nothing to optimise, a point to find."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(initialize=1.0)
    m.equation = pyo.Constraint(expr=m.x * pyo.exp(m.x) == 1)
    m.goal = pyo.Objective(expr=0.0)
    ef.solve(m, "ipopt")

    assert m.x.value == pytest.approx(0.567143290409784, abs=1e-9)  # the omega constant


def test_no_way_to_the_feasible_points() -> None:
    """What is infeasible nearby may be feasible elsewhere: the error claims no more."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(bounds=(-2, 2), initialize=1.0)
    m.curve = pyo.Constraint(expr=m.x**3 - 3 * m.x >= 2.1 - m.x**4 / 100)
    m.goal = pyo.Objective(expr=m.x)
    m.x.setub(1.5)

    with pytest.raises(SolverError, match="no step nearby violates them less") as caught:
        ef.solve(m, "ipopt")
    assert caught.value.status == "locally_infeasible"
    assert m.x.value == 1.0


@pytest.mark.parametrize(("start", "status"), [(0.05, "feasible"), (3.0, "limit")])
def test_iteration_limit(start: float, status: str) -> None:
    """A point that satisfies the constraints is kept; one that does not is an error."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(4), initialize=start)
    m.ball = pyo.Constraint(expr=sum(x**2 for x in m.x.values()) <= 1)
    m.goal = pyo.Objective(expr=sum((k + 1) * pyo.sin(9 * x) for k, x in m.x.items()))
    options = {"max_iter": 1, "bound_push": 1e-8}
    if status == "feasible":
        assert ef.solve(m, "ipopt", options=options).status == status
        return
    with pytest.raises(SolverError) as caught:
        ef.solve(m, "ipopt", options=options)
    assert caught.value.status == status


def test_more_equations_than_variables() -> None:
    """Ipopt refuses them: its words are in the error."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(initialize=1.0)
    m.rows = pyo.Constraint([1, 2], rule=lambda m, k: pyo.exp(k * m.x) == math.exp(k))
    m.goal = pyo.Objective(expr=m.x)

    with pytest.raises(SolverError, match="Not Enough Degrees Of Freedom") as caught:
        ef.solve(m, "ipopt")
    assert caught.value.status == "crashed"


def test_whole_numbers_are_refused() -> None:
    """Ipopt would take them for any numbers."""
    m = two_valleys(0.0)
    m.x.domain = pyo.Integers

    with pytest.raises(CapabilityError, match="cannot take integer variables"):
        ef.solve(m, "ipopt")


def test_options() -> None:
    """Ipopt itself says which there are, and what it takes."""
    assert {"tol", "max_iter", "linear_solver"} <= set(option_names())
    assert refusal("tol", 1e-6) is None
    assert refusal("no_such_option", 1) == "No such IPOPT option: no_such_option"
    assert refusal("tol", -1.0) == "Invalid options were detected by Ipopt."


def test_without_casadi(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever goes past the table of solvers is told what to install."""
    monkeypatch.setitem(sys.modules, "casadi", None)

    with pytest.raises(MissingPackageError, match=r"efmodels\[nlp\]"):
        NonlinearProgram.of(two_valleys(1.0))


# As a solver of Pyomo's --------------------------------------------------------------------------


@needs_plugins
def test_plugin_loads_values_and_duals() -> None:
    """``pyo.SolverFactory`` knows it, and it fills the suffixes that are declared."""
    m = entropy()
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    m.rc = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    results = pyo.SolverFactory("efmodels_ipopt").solve(m)

    assert pyo.check_optimal_termination(results)
    assert m.x[1].value == pytest.approx(0.45, abs=1e-7)
    assert m.dual[m.sum] == pytest.approx(-1 - math.log(0.45), abs=1e-6)
    assert m.rc[m.x[0]] == pytest.approx(math.log(0.45) - math.log(0.1), abs=1e-6)


@needs_plugins
def test_plugin_proves_nothing() -> None:
    """The new interface calls what converged optimal, as Pyomo's to Ipopt, without a bound."""
    from pyomo.contrib.solver.common.factory import SolverFactory

    opt = SolverFactory("efmodels_ipopt")
    results = opt.solve(two_valleys(1.5))
    loader = results.solution_loader

    assert results.termination_condition.name == "convergenceCriteriaSatisfied"
    assert results.objective_bound is None
    stationary = max(np.roots([4, 0, -4, 0.25]).real)
    assert results.incumbent_objective == pytest.approx(
        (stationary**2 - 1) ** 2 + stationary / 4, abs=1e-8
    )
    assert "Ipopt" in results.solver_log
    assert [v.name for v in loader.get_vars()] == ["x"]


@needs_plugins
def test_plugin_refuses_what_ipopt_cannot_take() -> None:
    """Integers and disjunctions do not vanish on the way."""
    m = two_valleys(0.0)
    m.x.domain = pyo.Integers

    with pytest.raises(CapabilityError, match=r"efmodels_ipopt cannot take integer variables \(x"):
        pyo.SolverFactory("efmodels_ipopt").solve(m)
