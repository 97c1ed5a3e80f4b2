"""Outcomes from multipliers and payments, and what bidders could gain, against linear programs."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.markets import (
    Market,
    PacingOutcome,
    SecondPriceSolution,
    verify_sppe,
)
from efmodels.markets.pacing_residuals import second_price_shortfalls
from efmodels.markets.second_price_solution import second_price_outcome
from tests.random_second_price_markets import integer_market, real_market


def random_outcome(seed: int) -> PacingOutcome:
    """Return any outcome of a random market."""
    rng = np.random.default_rng(seed)
    market = (integer_market if seed % 2 else real_market)(seed, 3, 5)
    size = market.positive_values.nnz
    return PacingOutcome(market, rng.random(3), rng.random(5), rng.random(size) / 3)


@pytest.mark.parametrize("seed", range(30))
def test_shortfalls_add_up_to_the_worst_residual(seed: int) -> None:
    """Every residual is charged to somebody, and to nobody more than there is."""
    outcome = random_outcome(seed)
    shortfalls = second_price_shortfalls(outcome)
    assert shortfalls.max() == pytest.approx(verify_sppe(outcome).worst)
    regrets = SecondPriceSolution(outcome).regrets()
    assert max(regrets.values()) >= verify_sppe(outcome).worst - 1e-12
    assert all(r >= s for r, s in zip(regrets.values(), shortfalls, strict=True))


def test_a_good_without_rivals_is_given_away() -> None:
    """Its price is zero, and its only bidder gets all units."""
    market = Market([[2, 3], [1, 0]], [3, 1], supplies=[1, 2])
    outcome = second_price_outcome(market, [1, 1], [1, 0, 0])
    assert outcome.prices.tolist() == [1, 0]
    assert outcome.units.tolist() == [1, 2, 0]
    assert verify_sppe(outcome).worst == 0
    assert SecondPriceSolution(outcome).payoffs() == {"B1": 7.0, "B2": 0.0}
    assert SecondPriceSolution(outcome).regrets() == {"B1": 0.0, "B2": 0.0}
    assert SecondPriceSolution(outcome).strategy().loc["B1", "spend"] == 1


def test_a_payment_for_a_lower_bid_is_seen() -> None:
    """What a binary variable of almost one lets through has a regret."""
    market = Market([[2.0], [2.0]], [1, 9])
    honest = second_price_outcome(market, [1, 1], [1, 1])
    assert max(SecondPriceSolution(honest).regrets().values()) == 0
    tilted = second_price_outcome(market, [1 - 1e-5, 1], [1, 1])
    assert max(SecondPriceSolution(tilted).regrets().values()) > 1e-6
