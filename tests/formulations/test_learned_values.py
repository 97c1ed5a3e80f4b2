"""Known optima, learned: no certificate contradicts them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from efmodels.learning.driver import Ranges, learn
from tests.formulations.test_mediated_values import LARGE, TRUTH, game_of, params
from tests.oracles.mediated import optimum_and_prices
from tests.solved_blocks import ACRONYMS


def learned_and_known(case: dict[str, Any], tolerance: float) -> None:
    """Learn an optimum, and compare it with what is known and what regrets explain."""
    game = game_of(case["game"])
    obedient = [game.players[number - 1] for number in case["obedient"]]
    weights = np.array(case["weights"], dtype=float)
    block = ACRONYMS[case["concept"]](game, obedient=obedient)
    problem = replace(block.problem, c=weights @ block.formulation().mediated.payoffs)
    ranges = Ranges(float(np.ptp(game.payoffs @ weights)), float(np.ptp(game.payoffs)))
    learned = learn(problem, ranges, tolerance=tolerance)

    assert learned.status == "solved"
    _, prices = optimum_and_prices(problem, problem.c)
    explained = float(np.dot(prices, [learned.regrets[player] for player in obedient]))
    rounding = 1e-9 * max(ranges.objective, 1)
    assert case["value"] <= learned.bound + 1e-6 * ranges.objective + rounding
    assert learned.value <= case["value"] + explained + 1e-6 * ranges.objective + rounding
    assert max(learned.regrets.values(), default=0.0) <= tolerance * ranges.payoff + rounding
    assert learned.bound - learned.value <= tolerance * ranges.objective + rounding


@pytest.mark.parametrize("case", params([c for c in TRUTH["cases"] if c["game"] not in LARGE]))
def test_small_games(case: dict[str, Any]) -> None:
    """To a thousandth of the ranges."""
    learned_and_known(case, 1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", params([c for c in TRUTH["cases"] if c["game"] in LARGE - {"L3132"}])
)
def test_large_games(case: dict[str, Any]) -> None:
    """To a hundredth of the ranges."""
    learned_and_known(case, 1e-2)
