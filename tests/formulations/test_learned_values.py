"""Known optima, learned: no certificate contradicts them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import efmodels as ef
from efmodels.learning.driver import Ranges, learn
from tests.formulations.test_mediated_values import LARGE, TRUTH, game_of, params
from tests.learned_models import learned_like_solved, model_of
from tests.oracles.mediated import optimum_and_prices
from tests.solved_blocks import ACRONYMS

if TYPE_CHECKING:
    from collections.abc import Callable

MODELLED = {31, 36, 41, 49, 60, 155, 156, 192, 196, 207}
"""Cases of different concepts that are solved as models, too."""

NUMPY = {"engine": "numpy"}


def prices_from_arrays(block: Any, weights: dict[str, float]) -> list[float]:
    """Return the duals of the incentives of a program that the tests write down themselves."""
    problem = block.problem
    objective = np.array(list(weights.values())) @ block.formulation().mediated.payoffs
    return optimum_and_prices(problem, objective)[1]


def prices_from_model(block: Any, weights: dict[str, float]) -> list[float]:
    """Return the duals of the incentives of the model, symmetries merged: it may be large."""
    model = model_of(block, weights)
    ef.solve(model)
    labels = [follower.label for follower in block.problem.followers]
    return [float(abs(model.eq.deviator[one].obey.dual_array()).sum()) for one in labels]


def learned_and_known(
    case: dict[str, Any], tolerance: float, prices_of: Callable[..., list[float]]
) -> None:
    """Learn an optimum, and compare it with what is known and what regrets explain."""
    game = game_of(case["game"])
    obedient = [game.players[number - 1] for number in case["obedient"]]
    weights = np.array(case["weights"], dtype=float)
    block = ACRONYMS[case["concept"]](game, obedient=obedient)
    problem = replace(block.problem, c=weights @ block.formulation().mediated.payoffs)
    ranges = Ranges(float(np.ptp(game.payoffs @ weights)), float(np.ptp(game.payoffs)))
    learned = learn(problem, ranges, tolerance=tolerance)

    assert learned.status == "solved"
    prices = prices_of(block, dict(zip(game.players, case["weights"], strict=True)))
    explained = float(np.dot(prices, [learned.regrets[player] for player in obedient]))
    rounding = 1e-9 * max(ranges.objective, 1)
    assert case["value"] <= learned.bound + 1e-6 * ranges.objective + rounding
    assert learned.value <= case["value"] + explained + 1e-6 * ranges.objective + rounding
    assert max(learned.regrets.values(), default=0.0) <= tolerance * ranges.payoff + rounding
    assert learned.bound - learned.value <= tolerance * ranges.objective + rounding


@pytest.mark.parametrize("case", params([c for c in TRUTH["cases"] if c["game"] not in LARGE]))
def test_small_games(case: dict[str, Any]) -> None:
    """To a thousandth of the ranges."""
    learned_and_known(case, 1e-3, prices_from_arrays)


@pytest.mark.parametrize("case", params([c for c in TRUTH["cases"] if c["id"] in MODELLED]))
def test_small_games_as_models(case: dict[str, Any]) -> None:
    """The solver of models says the same, also where the block has been reduced."""
    game = game_of(case["game"])
    obedient = [game.players[number - 1] for number in case["obedient"]]
    weights = dict(zip(game.players, case["weights"], strict=True))
    formulation = ACRONYMS[case["concept"]]
    learned_like_solved(model_of(formulation(game, obedient=obedient), weights))
    reduced = ef.optimal_equilibrium(
        game, case["concept"], weights, solver="cfr", obedient=obedient, options=NUMPY
    )

    unit = 1e-3 * np.ptp(game.payoffs)
    assert reduced.bound >= case["value"] - 1e-6
    assert max(reduced.regrets.values(), default=0.0) <= unit + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", params([c for c in TRUTH["cases"] if c["game"] in LARGE - {"L3132"}])
)
def test_large_games(case: dict[str, Any]) -> None:
    """To a hundredth of the ranges."""
    learned_and_known(case, 1e-2, prices_from_arrays)


@pytest.mark.slow
@pytest.mark.parametrize("case", params([c for c in TRUTH["cases"] if c["game"] == "L3132"]))
def test_the_largest_game(case: dict[str, Any]) -> None:
    """To a hundredth of the ranges; its program is too large without symmetries."""
    learned_and_known(case, 1e-2, prices_from_model)
