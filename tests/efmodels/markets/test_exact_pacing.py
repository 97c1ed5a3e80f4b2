"""First-price pacing equilibria in fractions: known cases, closed forms, enumeration, proofs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from efmodels.errors import GameError, InfeasibleError, SolverError
from efmodels.markets import ExactPacing, Market, PacingOutcome, exact_fppe, verify_exact
from tests.market_cases import cases_of
from tests.oracles.first_price_pacing import by_cells, single_good, violations
from tests.random_pacing_markets import random_pacing_market


def solved(market: Market) -> ExactPacing:
    """Solve a market from an outcome that says nothing."""
    start = PacingOutcome(
        market,
        np.ones(len(market.bidders)),
        np.zeros(len(market.goods)),
        np.zeros(market.positive_values.nnz),
    )
    return exact_fppe(market, start)


@pytest.mark.parametrize("case", cases_of("FPPE"))
def test_known_equilibria_are_found_exactly(case: dict) -> None:
    """Multipliers, prices and revenue are the known fractions, and the units fit them."""
    inputs, expected = case["inputs"], case["expected"]
    market = Market(inputs["v"], inputs["B"], inputs["reserve"])
    exact = solved(market)
    assert exact.alpha == tuple(map(Fraction, expected["alpha"]))
    assert exact.prices == tuple(map(Fraction, expected["price"]))
    assert violations(market, exact.alpha, exact.prices, exact.units) == []
    if expected["sold_revenue_unique"]:
        assert exact.revenue == expected["sold_revenue"]


@pytest.mark.parametrize("seed", range(60))
def test_every_proof_holds_by_the_definition(seed: int) -> None:
    """Small integers, where much ties, with reserves and supplies: nothing is violated, exactly."""
    market = random_pacing_market(seed, reserves=seed % 2 == 0, supplies=seed % 3 == 0)
    exact = solved(market)
    assert violations(market, exact.alpha, exact.prices, exact.units) == []


@pytest.mark.parametrize("seed", range(100))
def test_one_good_has_a_closed_form(seed: int) -> None:
    """The price of a single good is where demand at a price meets the price."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 7))
    values, budgets = rng.integers(1, 20, n).tolist(), rng.integers(1, 9, n).tolist()
    exact = solved(Market([[v] for v in values], budgets))
    price, alpha = single_good(values, budgets)
    assert (exact.prices, list(exact.alpha)) == ((price,), alpha)


@pytest.mark.parametrize(("seed", "shape"), [(0, (2, 2)), (1, (2, 2)), (2, (2, 3)), (3, (3, 2))])
def test_every_cell_with_an_equilibrium_has_the_same_multipliers(
    seed: int, shape: tuple[int, int]
) -> None:
    """Enumeration of who buys what finds our equilibrium, and no other."""
    rng = np.random.default_rng(seed)
    market = Market(rng.integers(1, 9, shape), rng.integers(1, 9, shape[0]))
    found = list(by_cells(market))
    assert found
    ours = [float(a) for a in solved(market).alpha]
    for alpha in found:
        np.testing.assert_allclose(alpha, ours, atol=1e-7)


def test_three_hundred_values_with_reserves_are_proved() -> None:
    """A market of 10 bidders and 30 goods with numbers of three digits has a proof."""
    rng = np.random.default_rng(1)
    market = Market(
        rng.integers(1, 1000, (10, 30)),
        rng.integers(100, 4000, 10),
        rng.integers(0, 300, 30),
        rng.integers(1, 3, 30),
    )
    exact = solved(market)
    assert violations(market, exact.alpha, exact.prices, exact.units) == []
    assert max(a.denominator for a in exact.alpha) > 10**6


def test_other_multipliers_have_no_proof() -> None:
    """A little more or less than the equilibrium cannot be paid, or leaves money."""
    market = Market([[4, 3], [3, 3]], [2, 1])
    right = Fraction(3, 7)
    assert verify_exact(market, [right, right]).revenue == 3
    little = Fraction(1, 10**15)
    for alpha in ([right + little, right], [right, right - little], [right - little] * 2):
        with pytest.raises(InfeasibleError, match="no units fit these multipliers"):
            verify_exact(market, alpha)


@pytest.mark.parametrize("alpha", [0, -1, "3/2"])
def test_multipliers_are_above_zero_and_at_most_one(alpha: str) -> None:
    """The bidder is named whose multiplier is out of its range."""
    with pytest.raises(InfeasibleError, match=r"the multiplier of 'B1' is (0|-1|3/2)"):
        verify_exact(Market([[1]], [1]), [Fraction(alpha)])


def test_floats_have_no_proof() -> None:
    """Markets and multipliers in floats are refused, and so is a wrong number of multipliers."""
    with pytest.raises(GameError, match=r"floats are the value of 'B1' for 'G1' \(0\.5\)\."):
        solved(Market([[0.5]], [1]))
    with pytest.raises(GameError, match="an exact multiplier"):
        verify_exact(Market([[1]], [1]), [0.5])
    with pytest.raises(GameError, match="for each of 1 bidders"):
        verify_exact(Market([[1]], [1]), [1, 1])


def test_floats_are_named() -> None:
    """Whose each is, four at most; exact neighbours are not among them."""
    market = Market(
        [[4, 2.5], [None, 3]],
        [1.5, 2],
        reserves=[0, 0.25],
        supplies=[2.0, 1],
        bidders=["Ann", "Bob"],
    )
    said = (
        r"floats are the value of 'Ann' for 'G2' \(2\.5\), the budget of 'Ann' \(1\.5\), "
        r"the reserve of 'G2' \(0\.25\), the supply of 'G1' \(2\.0\)\. Write '5/2'.*dtype=str"
    )
    with pytest.raises(GameError, match=said):
        verify_exact(market, [1, 1])
    with pytest.raises(GameError, match=r"'G4' \(1\.0\), \.\.\.\. Write"):
        verify_exact(Market([[1.0] * 9], [1]), [1])


def test_a_market_whose_ties_floats_cannot_see_is_an_error() -> None:
    """Two bids that differ in the thirtieth digit: what floats take for a tie has no proof."""
    v = 10**30
    market = Market([[v, v], [v + 1, v]], [1, 3])
    with pytest.raises(SolverError, match="has a proof"):
        solved(market)
