"""Nash equilibria by complementarity: the optima of the program with binaries."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import nash, nash_complementarity
from tests.random_games import random_game

CHICKEN = ef.instances.chicken(6, 2, 7, 0)
BY_BINARIES = ("mpec.simple_disjunction", "gdp.bigm")


def transformed(
    game: ef.Game, goal: str, steps: tuple[str, ...] = BY_BINARIES
) -> pyo.ConcreteModel:
    """Return the model that transformations make of the conditions."""
    m = pyo.ConcreteModel()
    m.eq = nash_complementarity(game)
    m.goal = pyo.Objective(expr=m.eq.objective(goal), sense=pyo.maximize)
    for step in steps:
        pyo.TransformationFactory(step).apply_to(m)
    return m


@pytest.mark.parametrize("seed", [0, 1, 2, 5, 8])
@pytest.mark.parametrize("goal", ["P1", "welfare"])
def test_best_equilibria_equal_those_by_binaries(seed: int, goal: str) -> None:
    """A disjunction per sequence, with big-M from the bounds of slacks, gives the same optimum."""
    game = random_game(seed, nodes=9)
    m = transformed(game, goal)
    other = pyo.ConcreteModel()
    other.eq = nash(game)
    other.goal = pyo.Objective(expr=other.eq.objective(goal), sense=pyo.maximize)

    expected = ef.solve(other, solver="highs").value
    assert ef.solve(m, solver="highs").value == pytest.approx(expected, abs=1e-5)
    assert max(m.eq.regrets().values()) <= 1e-5


@pytest.mark.parametrize(
    ("steps", "solver"),
    [
        (("mpec.simple_disjunction", "gdp.hull"), "highs"),
        (("mpec.simple_nonlinear",), "scip_direct"),
    ],
)
def test_other_transformations(steps: tuple[str, ...], solver: str) -> None:
    """The hull of disjunctions, and products for a global nonlinear solver: 7, the best."""
    if solver not in ef.solvers.available_solvers():
        pytest.skip(f"{solver} is not available")
    m = transformed(CHICKEN, "P1", steps)

    assert ef.solve(m, solver=solver).value == pytest.approx(7, abs=1e-5)
    assert max(m.eq.regrets().values()) <= 1e-5


def test_untransformed_conditions_reach_no_solver() -> None:
    """What a solver would drop in silence is refused, and the message says what to do."""
    m = transformed(CHICKEN, "P1", ())
    with pytest.raises(ef.CapabilityError, match=r"mpec\.simple_disjunction"):
        ef.solve(m)


def test_side_constraints_choose_among_equilibria() -> None:
    """A floor for both leaves the mixed equilibrium."""
    m = transformed(CHICKEN, "P1", ())
    m.floor = pyo.Constraint(list(m.eq.payoff), rule=lambda _, p: m.eq.payoff[p] >= 3)
    for step in BY_BINARIES:
        pyo.TransformationFactory(step).apply_to(m)

    assert ef.solve(m, solver="highs").value == pytest.approx(14 / 3, abs=1e-5)


def test_payoffs_can_be_replaced_before_the_transformation() -> None:
    """`update` takes other payoffs and their bounds, and keeps the conditions."""
    m = transformed(CHICKEN, "P1", ())
    condition = m.eq.player["P1"].complement
    m.eq.update(ef.instances.chicken(60, 20, 70, 0))
    assert m.eq.player["P1"].complement is condition
    for step in BY_BINARIES:
        pyo.TransformationFactory(step).apply_to(m)

    assert ef.solve(m, solver="highs").value == pytest.approx(70, abs=1e-4)


def test_outcomes_are_products_of_both_plans() -> None:
    """Their probabilities are refused."""
    with pytest.raises(ef.CapabilityError, match="a product of both players' plans"):
        nash_complementarity(CHICKEN).expected([1, 0, 0, 0])
