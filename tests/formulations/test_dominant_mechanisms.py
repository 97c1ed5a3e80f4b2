"""Mechanisms in dominant strategies, against direct programs."""

from __future__ import annotations

import numpy as np
import pytest

import efmodels as ef
from efmodels.mediator.incentives import Incentives
from tests.formulations.test_sequential_mechanism import best, best_in
from tests.oracles.design import myerson_revenue
from tests.oracles.direct_mechanisms import Terms, best_mechanism_with_money
from tests.random_mechanisms import random_auction, random_setting


@pytest.mark.parametrize("seed", range(8))
def test_direct_program(seed: int) -> None:
    """Nobody gains by a lie even if she knows all types: profile by profile."""
    setting = random_setting(seed, least=1)
    seats = len(setting.seats)
    for participation in ("none", "interim", "ex post"):
        outside = -4 if participation != "none" else 0
        incentives = Incentives("dominant", participation, outside)
        terms = Terms(dominant=True, participation=participation, outside=-4)
        for weights in ([0] * seats + [1], [1] * (seats + 1), [1] + [0] * seats):
            assert best_in(setting, weights, incentives) == pytest.approx(
                best_mechanism_with_money(setting, weights, terms), abs=1e-7
            )


@pytest.mark.parametrize("seed", range(6))
def test_auctions_lose_nothing(seed: int) -> None:
    """Without budgets the best auction can be made in dominant strategies."""
    setting, priors = random_auction(seed)
    weights = [0] * len(priors) + [1]

    value = best_in(setting, weights, Incentives("dominant", "interim"))
    assert value == pytest.approx(float(myerson_revenue(priors)), abs=1e-7)


def test_budgets_cost_more() -> None:
    """Values 1 and 2, a budget of 1, and the choice to stay out: 5/4 instead of 4/3."""
    game = ef.instances.single_item_auction(prices=(0,))
    there = [game.history(z) for z in game.terminals.tolist()]
    budget = {f"P{k}": np.outer([h[k] == "in" for h in there], [0, 1]) for k in (1, 2)}

    assert best(game, transfers=budget) == pytest.approx(4 / 3)
    assert best(game, transfers=budget, incentives=Incentives("dominant")) == pytest.approx(5 / 4)
