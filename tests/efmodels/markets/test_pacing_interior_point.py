"""The interior-point method for first-price pacing equilibria."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.instances import complete_market, power_law_market
from efmodels.markets import Market, verify_fppe
from efmodels.markets.pacing_arrays import arrays_of, outcome_of
from efmodels.markets.pacing_interior_point import interior_pacing
from tests.random_pacing_markets import random_pacing_market


@pytest.mark.parametrize("seed", range(40))
def test_the_end_of_the_path_is_an_equilibrium(seed: int) -> None:
    """Residuals from the market alone are small, with reserves and supplies."""
    market = random_pacing_market(seed, reserves=True, supplies=True)
    arrays = arrays_of(market, "this test")
    found = interior_pacing(arrays)
    assert found.distance < 1e-9
    assert verify_fppe(outcome_of(market, arrays, found.alpha, found.money)).relative < 1e-4


def test_all_that_can_be_paid_for_is_paid_for() -> None:
    """Of two equal bidders each pays for half: the limit is in the middle of the equilibria."""
    found = interior_pacing(arrays_of(Market([[1, 1], [1, 1]], [0.5, 0.5]), "this test"))
    assert found.alpha == pytest.approx([0.5, 0.5], abs=1e-9)
    assert found.money == pytest.approx([0.25] * 4, abs=1e-9)


def test_the_scale_of_money_and_of_values_does_not_matter() -> None:
    """In other units there are as many steps, to the same multipliers."""
    market = complete_market(6, 10, seed=2)
    far = market.replace(values=market.values * 1e9, budgets=market.budgets * 1e9)
    near, large = (interior_pacing(arrays_of(m, "this test")) for m in (market, far))
    assert near.iterations == large.iterations
    np.testing.assert_allclose(near.alpha, large.alpha, rtol=1e-7)


def test_the_number_of_steps_can_be_limited() -> None:
    """After so many steps the best point so far is returned, with its distance."""
    market = power_law_market(20, 60, seed=1)
    market = market.replace(budgets=np.maximum(market.budgets, 0.1))
    arrays = arrays_of(market, "this test")
    few, many = (interior_pacing(arrays, iterations=k) for k in (3, 60))
    assert few.iterations == 3
    assert few.distance > 1e-4
    assert many.distance < 1e-9
