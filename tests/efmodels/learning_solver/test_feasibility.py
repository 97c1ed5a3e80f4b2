"""Models without a feasible point: learning proves it, and never says so of others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.compiling import compile_model
from efmodels.formulations import ACRONYMS
from efmodels.learning_solver.feasibility import infeasibility
from efmodels.learning_solver.learnable import learnable_model
from tests.learned_models import model_of

OPTIONS = {"engine": "numpy"}


def test_a_floor_that_no_equilibrium_reaches() -> None:
    """Some plan gives the sheriff so much, but none that both obey."""
    m = model_of(ACRONYMS["EFCE"](ef.instances.sheriff(items=3, bribe=1, rounds=1)))
    m.floor = pyo.Constraint(expr=m.eq.payoff["Sheriff"] >= 0.5)
    with pytest.raises(
        ef.InfeasibleError, match=r"These cannot hold together .*: floor\. "
    ) as caught:
        ef.solve(m, solver="cfr", options=OPTIONS)

    assert caught.value.conflict == ("floor",)
    assert caught.value.result is not None
    assert caught.value.result.status == "infeasible"
    assert m.eq.mediator.x[1].value is None


def test_two_rows_that_contradict_each_other() -> None:
    """The proof names both, and leaves out a row that has nothing to do with it."""
    m = model_of(ACRONYMS["EFCE"](ef.instances.sheriff(items=3, bribe=1, rounds=1)))
    seen = m.eq.probability("3")
    m.often, m.seldom = pyo.Constraint(expr=seen >= 0.5), pyo.Constraint(expr=seen <= 0.2)
    m.floor = pyo.Constraint(expr=m.eq.payoff["Smuggler"] >= -15)
    with pytest.raises(ef.InfeasibleError) as caught:
        ef.solve(m, solver="cfr", options=OPTIONS)

    assert set(caught.value.conflict) == {"often", "seldom"}


def test_a_row_that_no_plan_fulfils() -> None:
    """It takes one best response to see, and nothing is learned."""
    m = model_of(ACRONYMS["EFCE"](ef.instances.chicken()))
    m.much = pyo.Constraint(expr=m.eq.payoff["P1"] >= 100)
    with pytest.raises(ef.InfeasibleError, match=r"No plan of the leader fulfils much\.") as caught:
        ef.solve(m, solver="cfr", options=OPTIONS)
    assert caught.value.conflict == ("much",)


def test_strict_incentives_that_cannot_be() -> None:
    """A margin asks for more than obedience can be worth."""
    m = model_of(ACRONYMS["NFCCE"](ef.instances.chicken(), margin=100))
    with pytest.raises(ef.InfeasibleError) as caught:
        ef.solve(m, solver="cfr", options=OPTIONS)
    assert all(name.endswith("obey[obey]") for name in caught.value.conflict)


def bounded_expectation(seed: int, share: float) -> Any:
    """Return a random game whose expectation of random numbers must pass its maximum by a share."""
    game = ef.instances.random_tree(seed, players=2 + seed % 2, chance_probability="1/4")
    m = model_of(ACRONYMS["EFCE"](game))
    numbers = np.random.default_rng(seed).integers(-2, 3, size=len(game.terminals))
    asked = m.eq.expected(numbers)
    m.goal.deactivate()
    m.most = pyo.Objective(expr=asked, sense=pyo.maximize)
    most = ef.solve(m, solver="highs").value
    m.most.deactivate()
    m.goal.activate()
    m.side = pyo.Constraint(expr=asked >= most + share * np.ptp(numbers))
    return m


@pytest.mark.parametrize("seed", range(8))
def test_random_games(seed: int) -> None:
    """What asks for a twentieth of the range too much is proved infeasible, as HiGHS agrees."""
    m = bounded_expectation(seed, 0.05)
    with pytest.raises(ef.InfeasibleError):
        ef.solve(m, solver="highs")
    with pytest.raises(ef.InfeasibleError):
        ef.solve(m, solver="cfr", options=OPTIONS)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_proved_of_what_is_feasible(seed: int) -> None:
    """What asks for exactly as much as there is has no proof against it, however long it takes."""
    one = learnable_model(compile_model(bounded_expectation(seed, 0.0)))
    assert infeasibility(one, engine="numpy", iteration_limit=500, time_limit=None) is None
