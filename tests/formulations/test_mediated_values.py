"""Optimal values of mediated equilibria, found elsewhere in other ways, and their order."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import ACRONYMS
from efmodels.solvers import find_solver
from tests.formulations.test_mediated_by_communication import RECALLING
from tests.formulations.test_mediated_by_plans import PRIVATE
from tests.oracles.communication_games import CommunicationGame, ReducedCommunicationGame
from tests.oracles.plan_distributions import joint_plans
from tests.oracles.private_mediators import best_correlation_plan, best_lottery
from tests.oracles.zero_sum import zero_sum_value_by_sequences

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData

DATA = Path(__file__).resolve().parent.parent / "data"
TRUTH = json.loads((DATA / "mediated.json").read_text(encoding="utf-8"))
# Games whose programs are large, and cases that take more than two seconds here or there.
LARGE = {"S2122_os", "S2123_os", "B2222", "GL3", "K34", "K35", "L3132"}
SLOW = {"L3132"}
SLOW_WHOLE = frozenset({182, 183, 218, 220, 224, 225, 228})
SLOW_WRITTEN = frozenset({182, 183, 218, 220, 223, 224, 225, 228})
MOST_PLANS = 2000
MOST_NODES = 200


@cache
def game_of(name: str) -> ef.Game:
    """Return a game of the table: a text, a file, or an instance."""
    given = TRUTH["games"][name]
    if "efg" in given:
        return ef.loads(given["efg"], format="efg")
    if "file" in given:
        return ef.read(DATA / given["file"])
    game: ef.Game = getattr(ef.instances, given["instance"])(**given["arguments"])
    return game


def params(cases: list[dict[str, Any]], slow: frozenset[int] = frozenset()) -> list[Any]:
    """Return the cases with names, those that take long marked."""
    return [
        pytest.param(
            case,
            id=f"{case['id']}-{case['game']}-{case['concept']}",
            marks=[pytest.mark.slow] if case["game"] in SLOW or case["id"] in slow else [],
        )
        for case in cases
    ]


def model_of(case: dict[str, Any]) -> pyo.ConcreteModel:
    """Return the model of a case."""
    game = game_of(case["game"])
    m = pyo.ConcreteModel()
    obedient = [game.players[number - 1] for number in case["obedient"]]
    m.eq = ACRONYMS[case["concept"]](game, obedient=obedient)
    weights = dict(zip(game.players, case["weights"], strict=True))
    m.goal = pyo.Objective(expr=m.eq.objective(weights), sense=pyo.maximize)
    return m


def assert_equilibrium(block: FormulationBlockData) -> None:
    """Assert that nobody regrets more than 1e-7 of the payoff range."""
    assert max(block.regrets().values(), default=0.0) <= 1e-7 * np.ptp(block.game.payoffs)


def solved(case: dict[str, Any], solver: str, **settings: Any) -> float:
    """Return what a solver finds, in payoff ranges from what is known; it is an equilibrium."""
    m = model_of(case)
    result = ef.solve(m, solver=solver, **settings)
    assert_equilibrium(m.eq)
    return float(result.value - case["value"]) / np.ptp(m.eq.game.payoffs)


@pytest.mark.parametrize("case", params(TRUTH["cases"]))
def test_known_optimum(case: dict[str, Any]) -> None:
    """The best equilibrium has the value that is known, and is one."""
    assert solved(case, "efmodels_highs") == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("case", params([c for c in TRUTH["cases"] if c["game"] not in LARGE]))
def test_known_optimum_with_another_solver(case: dict[str, Any], other_solver: str) -> None:
    """A solver that shares nothing with the first, not even how it is given the model, agrees."""
    assert solved(case, other_solver) == pytest.approx(0, abs=1e-6)


@pytest.fixture(scope="module")
def other_solver() -> str:
    """Return the name of a solver that is here and not HiGHS."""
    found = [name for name in ("scip_direct", "glpk", "cbc") if find_solver(name).available]
    if not found:
        pytest.skip("no solver but HiGHS is available")
    return found[0]


@pytest.mark.parametrize("solver", ["efmodels_highs", "efmodels_clarabel"])
@pytest.mark.parametrize(
    "case", params([c for c in TRUTH["cases"] if c["game"] in LARGE], SLOW_WHOLE)
)
def test_known_optimum_of_the_whole_program(case: dict[str, Any], solver: str) -> None:
    """Two solvers that are given all rows and columns, with no symmetry used, agree."""
    if not find_solver(solver).available:
        pytest.skip(f"{solver} is not available")

    assert solved(case, solver, symmetry=False) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("case", params(TRUTH["cases"], SLOW_WRITTEN))
def test_known_optimum_from_the_definition(case: dict[str, Any]) -> None:
    """What is known is what an independent computation finds that shares nothing with the blocks.

    Mixtures of joint plans, or of what matters of them; the game with the mediator written out; or
    where both are too large, a bound that is attained.
    """
    game = game_of(case["game"])

    assert _defined(game, case) == pytest.approx(case["value"], abs=1e-6 * np.ptp(game.payoffs))


def _defined(game: ef.Game, case: dict[str, Any]) -> float:
    name, weights, obedient = case["concept"], case["weights"], case["obedient"]
    if name in RECALLING:
        written = CommunicationGame if game.nodes <= MOST_NODES else ReducedCommunicationGame
        return written(game, RECALLING[name]).best(weights, obedient)
    if case["game"] == "D22":
        # With opposed payoffs everybody gets the value of the game: who deviates can ensure it.
        assert (game.payoffs.sum(axis=1) == 0).all()
        assert (weights, obedient) == ([1.0, 0.0], [1, 2])
        return zero_sum_value_by_sequences(game)
    if case["game"] == "GL3":
        # No outcome is worth more, and the block's equilibrium is worth that.
        return float((game.payoffs @ weights).max())
    if case["game"] in LARGE:
        return best_correlation_plan(game, PRIVATE[name], weights, obedient)
    assert joint_plans(game) <= MOST_PLANS
    return best_lottery(game, PRIVATE[name], weights, obedient)


@pytest.mark.parametrize("case", params(TRUTH["cases"], frozenset(range(1000)) - {188}))
def test_known_optimum_after_all_reductions(case: dict[str, Any]) -> None:
    """What is left out where the objective is known takes nothing from the optimum."""
    game = game_of(case["game"])
    weights = dict(zip(game.players, case["weights"], strict=True))
    obedient = [game.players[number - 1] for number in case["obedient"]]
    unit = float(np.ptp(game.payoffs))
    found = ef.optimal_equilibrium(game, case["concept"], weights, obedient=obedient)

    assert found.value == pytest.approx(case["value"], abs=1e-6 * unit)
    assert max(found.regrets.values(), default=0.0) <= 1e-7 * unit
