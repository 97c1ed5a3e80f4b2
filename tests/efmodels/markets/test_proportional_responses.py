"""Proportional response: the same rounds as loops over bidders and goods, to the equilibrium."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.instances import complete_market, power_law_market, sampled_market
from efmodels.markets import Market, PacingEntry, polish_fppe, proportional_response
from efmodels.markets.pacing_arrays import arrays_of
from efmodels.markets.pacing_runs import eisenberg_gale_gap
from efmodels.markets.proportional_response_engines import engine_named
from efmodels.markets.proportional_responses import _Course
from tests.market_cases import cases_of
from tests.random_pacing_markets import random_pacing_market


def by_loops(market: Market, rounds: int) -> dict[str, list[float]]:
    """Return multipliers and prices after some rounds; a reserve is a bidder of the seller's."""
    values, budgets = market.values.toarray().tolist(), market.budgets.tolist()
    for j, reserve in enumerate(market.reserves.tolist()):
        if reserve:
            values.append([reserve * (k == j) for k in range(len(market.goods))])
            budgets.append(reserve * market.supplies[j])
    spent = []
    for row, budget in zip(values, budgets, strict=True):
        share = budget / (sum(v > 0 for v in row) + 1)
        spent.append([share * (v > 0) for v in row] + [share])
    for _ in range(rounds):
        prices = [sum(row[j] for row in spent) / s for j, s in enumerate(market.supplies)]
        worth = [
            [b * v / p for b, v, p in zip(own, row, prices, strict=False)] + [own[-1]]
            for own, row in zip(spent, values, strict=True)
        ]
        rate = [budget / sum(row) for row, budget in zip(worth, budgets, strict=True)]
        spent = [[r * g for g in row] for r, row in zip(rate, worth, strict=True)]
    return {"rate": rate, "prices": [sum(row[j] for row in spent) for j in range(len(prices))]}


@pytest.mark.parametrize("seed", range(20))
def test_arrays_do_the_rounds_of_the_loops(seed: int) -> None:
    """With reserves and supplies, after seven rounds, multipliers and money per good agree."""
    market = random_pacing_market(seed, reserves=True, supplies=True)
    state = _Course(market, arrays_of(market, "this test")).state
    engine_named("numpy", 0)(state, 7)
    expected = by_loops(market, 7)
    np.testing.assert_allclose(state.rate, expected["rate"][: len(state.rate)], rtol=1e-12)
    np.testing.assert_allclose(state.worth(state.money), expected["prices"], rtol=1e-12)


@pytest.mark.slow  # It compiles.
@pytest.mark.parametrize("reserves", [False, True])
def test_compiled_loops_do_the_same(reserves: bool) -> None:  # noqa: FBT001 - a test's parameter
    """The two engines agree to rounding, with reserves and without."""
    pytest.importorskip("numba")
    market = random_pacing_market(3, reserves=reserves, supplies=True)
    states = []
    for name in ("numpy", "numba"):
        state = _Course(market, arrays_of(market, "this test")).state
        engine_named(name, 0)(state, 30)
        states.append(state)
    for name in ("gain", "rate", "unspent", "kept", "kept_back"):
        first, second = (getattr(state, name) for state in states)
        np.testing.assert_allclose(first, second, rtol=1e-10, atol=1e-200, err_msg=name)


@pytest.mark.parametrize("case", cases_of("FPPE"))
def test_known_equilibria_are_approached(case: dict) -> None:
    """The multipliers of the known cases come near, with reserves and without."""
    inputs, expected = case["inputs"], case["expected"]
    market = Market(inputs["v"], inputs["B"], inputs["reserve"])
    run = proportional_response(market, accuracy=1e-3, engine="numpy")
    assert run.residuals.relative <= 1e-3
    np.testing.assert_allclose(run.outcome.alpha, expected["alpha_float"], rtol=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_the_gap_falls_and_bounds_the_error(seed: int) -> None:
    r"""The duality gap never rises, is 0 at the equilibrium, and bounds what multipliers miss.

    The dual is at least as convex as its logarithms: with ratios :math:`\rho` of multipliers to
    those of the equilibrium, the gap is at least the sum of :math:`B (\rho - 1 - \log \rho)`.
    """
    market = complete_market(6, 30, seed=seed)
    arrays = arrays_of(market, "this test")
    run = proportional_response(market, accuracy=1e-12, iterations=500, engine="numpy")
    gaps = run.log["gap"].to_numpy()
    assert (np.diff(gaps) < 1e-12).all()
    exact = polish_fppe(run.outcome)
    assert abs(eisenberg_gale_gap(arrays, exact)) < 1e-13
    rough = proportional_response(market, accuracy=1, iterations=5, engine="numpy").outcome
    ratio = rough.alpha / exact.alpha
    least = market.budgets @ (ratio - 1 - np.log(ratio)) / market.budgets.sum()
    assert eisenberg_gale_gap(arrays, rough) >= least > 1e-6


def test_who_is_left_out_comes_back() -> None:
    """Whoever was left out too early takes part again, once her bid is above the price."""
    market = Market([[1, 0.5], [0.9, 1]], [1, 0.2])
    course = _Course(market, arrays_of(market, "this test"))
    course.state.gain[:] = [1e-14, 1, 1, 1e-14]
    course.choose_who_takes_part(course.outcome())
    left = len(course.kept)
    for _ in range(40):
        engine_named("numpy", 0)(course.state, 20)
        course.choose_who_takes_part(course.outcome())
    assert left < 4
    np.testing.assert_allclose(course.outcome().alpha, polish_fppe(course.outcome()).alpha, 1e-2)


def test_losers_take_part_no_longer() -> None:
    """In a sparse market with many bidders most entries are left out, and the result is right."""
    market = sampled_market(60, 500, density=0.2, budget_scale=5, seed=2)
    run = proportional_response(market, accuracy=1e-3, engine="numpy")
    assert run.entries[-1].entries < 0.5 * market.values.nnz
    assert run.residuals.relative <= 1e-3
    exact = polish_fppe(run.outcome)
    np.testing.assert_allclose(run.outcome.prices, exact.prices, rtol=1e-2)


def test_the_log_and_the_limits() -> None:
    """A callback sees each line of the log; rounds and time end the search."""
    market = power_law_market(8, 40, seed=1)
    seen: list[PacingEntry] = []
    run = proportional_response(
        market, accuracy=1e-9, iterations=100, engine="numpy", callback=seen.append
    )
    assert tuple(seen) == run.entries
    assert run.iterations == 100
    assert run.log["iterations"].tolist()[:3] == [20, 30, 45]
    assert run.residuals.relative == min(entry.residual for entry in run.entries)
    assert proportional_response(market, time_limit=1e-9, engine="numpy").iterations == 20


def test_what_is_wrong_is_named() -> None:
    """Unknown engines, limits out of range, and markets without an equilibrium are refused."""
    market = Market([[1]], [1])
    with pytest.raises(GameError, match="no engine 'fortran'"):
        proportional_response(market, engine="fortran")
    with pytest.raises(GameError, match="accuracy is 0: expected a number above 0"):
        proportional_response(market, accuracy=0)
    with pytest.raises(GameError, match="proportional_response needs a positive budget"):
        proportional_response(market.replace(budgets=[0]))
