"""Every kind of model goes to a solver that can, and to no other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pytest

from efmodels.errors import CapabilityError, ModelError, SolverError
from efmodels.solvers import Capability, Solver, available_solvers
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable


def quadratic(sense: Any, rows: Callable[[Any], Any] | None = None) -> Any:
    """Return the model of an objective in x y + x / 10 over the unit square."""
    m = pyo.ConcreteModel()
    m.x, m.y = pyo.Var(bounds=(0, 1)), pyo.Var(bounds=(0, 1))
    m.sum = pyo.Constraint(expr=m.x + m.y <= 1.5)
    m.goal = pyo.Objective(expr=m.x * m.y + m.x / 10, sense=sense)
    if rows is not None:
        m.more = pyo.Constraint(expr=rows(m))
    return m


def convex() -> Any:
    """Minimise (x - 2)^2 + x y: 1 at (1, 0)."""
    m = quadratic(pyo.minimize)
    m.goal.set_value((m.x - 2) ** 2 + m.x * m.y + 5 * m.y**2)
    return m


def convex_integer() -> Any:
    """Minimise the same with x integer."""
    m = convex()
    m.x.domain = pyo.Integers
    return m


def bilinear() -> Any:
    """Maximise x y + x / 10 with x + y <= 1.5: 0.64 at (0.8, 0.7)."""
    return quadratic(pyo.maximize)


def bilinear_row() -> Any:
    """Maximise x + y with x y <= 1/8 and y = x / 2: 0.75 at (1/2, 1/4)."""
    m = quadratic(pyo.maximize, lambda m: m.x * m.y <= 0.125)
    m.goal.set_value(m.x + m.y)
    m.slope = pyo.Constraint(expr=m.y == 0.5 * m.x)
    return m


def entropy() -> Any:
    """Minimise x log x: -1 / e."""
    m = quadratic(pyo.minimize)
    m.x.setlb(0.1)
    m.goal.set_value(m.x * pyo.log(m.x))
    return m


def ordered() -> Any:
    """Maximise x + 2 y with at most one of them positive: 2."""
    m = quadratic(pyo.maximize)
    m.goal.set_value(m.x + 2 * m.y)
    m.z = pyo.Reference([m.x, m.y])
    m.set = pyo.SOSConstraint(var=m.z, sos=1)
    return m


KINDS: list[tuple[Callable[[], Any], set[Capability], float]] = [
    (convex, {Capability.QP}, 1.0),
    (convex_integer, {Capability.QP, Capability.MIP, Capability.MIQP}, 1.0),
    (bilinear, {Capability.NONCONVEX_QP}, 0.64),
    (bilinear_row, {Capability.QCP}, 0.75),
    (entropy, {Capability.NLP}, -math.exp(-1)),
    (ordered, {Capability.SOS}, 2.0),
]


@pytest.mark.parametrize(("build", "needs", "expected"), KINDS)
def test_table_keeps_its_word(
    solver: Solver, build: Callable[[], Any], needs: set[Capability], expected: float
) -> None:
    """A solver solves what the table says it can, and is not asked for anything else."""
    m = build()

    if needs <= solver.capabilities:
        assert solve(m, solver.name).value == pytest.approx(expected, abs=1e-3)
    else:
        with pytest.raises(CapabilityError, match=f"^{solver.name} cannot take"):
            solve(m, solver.name)


@pytest.mark.parametrize(("build", "needs", "expected"), KINDS)
def test_auto_finds_a_solver(
    build: Callable[[], Any], needs: set[Capability], expected: float
) -> None:
    """HiGHS, or the first that can."""
    able = available_solvers(*needs)
    if not able:
        pytest.skip("no solver for this kind of model")

    result = solve(build())
    assert (result.solver, result.value) == (able[0], pytest.approx(expected, abs=1e-3))


def test_highs_would_be_wrong_about_a_bilinear_objective() -> None:
    """HiGHS would call a point optimal that may be the best of its surroundings alone."""
    with pytest.raises(CapabilityError, match=r"a non-convex quadratic objective \(goal\)") as e:
        solve(bilinear(), "highs")

    assert (
        "can: gurobi_persistent_v2, gurobi_direct, gurobi_direct_minlp, scip_direct, efmodels_ip"
        in str(e.value)
    )


def test_no_solver_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says who could."""
    monkeypatch.setattr(Solver, "available", False)

    with pytest.raises(CapabilityError, match=r"scip_direct, efmodels_ipopt; available here: none"):
        solve(entropy())


def test_solver_that_is_not_installed(
    factory: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the package."""
    monkeypatch.setattr("efmodels.solvers.executable", lambda _: None)

    with pytest.raises(SolverError, match="not available here; install glpk-utils") as caught:
        solve(factory(), "glpk")
    assert caught.value.status == "not_installed"


def test_model_without_objective(factory: Callable[..., Any]) -> None:
    """It is refused before a solver is looked for."""
    m = factory()
    m.goal.deactivate()

    with pytest.raises(ModelError, match="no active objective"):
        solve(m, "no such solver")
