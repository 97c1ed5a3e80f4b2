"""Polishing of first-price pacing equilibria: from anything that is about right to rounding."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.instances import power_law_market, sampled_market
from efmodels.markets import (
    Market,
    PacingOutcome,
    polish_fppe,
    proportional_response,
    verify_fppe,
)
from tests.market_cases import cases_of
from tests.random_pacing_markets import random_pacing_market


def nothing_sold(market: Market) -> PacingOutcome:
    """Return an outcome that says nothing: nobody gets anything."""
    return PacingOutcome(
        market,
        np.full(len(market.bidders), 0.5),
        np.zeros(len(market.goods)),
        np.zeros(market.positive_values.nnz),
    )


@pytest.mark.parametrize("case", cases_of("FPPE"))
def test_known_equilibria_are_found_to_rounding(case: dict) -> None:
    """Multipliers and prices of the known cases come out to all digits, whatever was given."""
    inputs, expected = case["inputs"], case["expected"]
    polished = polish_fppe(nothing_sold(Market(inputs["v"], inputs["B"], inputs["reserve"])))
    assert verify_fppe(polished).worst < 1e-14
    np.testing.assert_allclose(polished.alpha, expected["alpha_float"], rtol=1e-13)
    if expected["sold_revenue_unique"]:
        assert polished.revenue == pytest.approx(expected["sold_revenue"], rel=1e-13)


@pytest.mark.parametrize("seed", range(60))
def test_ties_reserves_and_supplies_do_no_harm(seed: int) -> None:
    """Markets of small integers, where much is degenerate, are polished to rounding as well."""
    market = random_pacing_market(seed, reserves=seed % 2 == 0, supplies=seed % 3 == 0)
    assert verify_fppe(polish_fppe(nothing_sold(market))).relative < 1e-13


@pytest.mark.parametrize("budget_scale", [0.5, 2, 8])
def test_a_market_of_ten_thousand_values_is_polished_to_rounding(budget_scale: float) -> None:
    """A hundred bidders and two thousand goods, loose budgets and tight ones."""
    market = sampled_market(100, 2000, density=0.05, budget_scale=budget_scale / 0.05, seed=1)
    assert verify_fppe(polish_fppe(nothing_sold(market))).relative < 1e-12


@pytest.mark.slow
def test_a_million_values_are_polished_to_rounding() -> None:
    """A thousand bidders and a hundred thousand goods, from a few rounds of another algorithm."""
    market = sampled_market(1_000, 100_000, density=0.01, budget_scale=100, seed=1)
    run = proportional_response(market, iterations=60, engine="numpy")
    assert run.residuals.relative > 1e-3
    assert verify_fppe(polish_fppe(run.outcome)).relative < 1e-10


def test_bids_that_were_left_out_join_in() -> None:
    """From prices that are wrong everywhere, a market of many values is solved all the same."""
    market = power_law_market(40, 6000, draws=5, seed=3)
    assert market.values.nnz > 20_000
    rng = np.random.default_rng(0)
    entries = market.positive_values.nnz
    wild = PacingOutcome(market, rng.random(40) ** 3, rng.random(6000), rng.normal(size=entries))
    assert verify_fppe(polish_fppe(wild)).relative < 1e-12


def test_what_is_polished_stays() -> None:
    """Polishing a polished outcome changes nothing but the last digits."""
    market = sampled_market(10, 50, seed=4)
    once = polish_fppe(nothing_sold(market))
    twice = polish_fppe(once)
    np.testing.assert_allclose(twice.alpha, once.alpha, rtol=1e-14)
    np.testing.assert_allclose(twice.units, once.units, atol=1e-12)


def test_a_bidder_without_values_is_not_paced() -> None:
    """She spends nothing, and her multiplier is 1."""
    polished = polish_fppe(nothing_sold(Market([[0, 0], [2, 1]], [1, 1])))
    assert polished.alpha.tolist() == pytest.approx([1, 1 / 3])
    assert verify_fppe(polished).worst < 1e-15


def test_a_market_without_equilibrium_is_refused() -> None:
    """A bidder without a budget is named, and so is a good that nobody values."""
    with pytest.raises(GameError, match=r"polish_fppe needs a positive budget.*'B2'"):
        polish_fppe(nothing_sold(Market([[1], [1]], [1, 0])))
    with pytest.raises(GameError, match=r"nobody values \['G2'\]"):
        polish_fppe(nothing_sold(Market([[1, 0]], [1])))
