"""Facts about first-price pacing equilibria, each on a hundred random markets.

Small integers, where bids tie, budgets are spent by chance and reserves bind, in fractions: so that
"never lower" is exact and needs no tolerance.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from efmodels.errors import InfeasibleError
from efmodels.markets import (
    ExactPacing,
    Market,
    PacingOutcome,
    exact_fppe,
    polish_fppe,
    proportional_response,
    verify_exact,
)
from tests.random_pacing_markets import random_pacing_market, real_pacing_market

HUNDRED = range(100)


def solved(market: Market, seed: int | None = None) -> ExactPacing:
    """Solve a market from multipliers and units that say nothing, or from random ones."""
    sizes = len(market.bidders), len(market.goods), market.positive_values.nnz
    rng = np.random.default_rng(seed)
    alpha, prices, units = (np.ones(k) if seed is None else rng.random(k) for k in sizes)
    return exact_fppe(market, PacingOutcome(market, alpha, prices, units))


def market_of(seed: int) -> Market:
    """Return a random market, every other one with reserves, every third with supplies."""
    return random_pacing_market(seed, reserves=seed % 2 == 0, supplies=seed % 3 == 0)


@pytest.mark.parametrize("seed", HUNDRED)
def test_a_further_bidder_lowers_no_price(seed: int) -> None:
    """Without her, no price is higher."""
    market = market_of(seed)
    rng = np.random.default_rng(seed + 1000)
    values = market.values.toarray().astype(int)
    more = np.vstack((values, rng.integers(0, 6, values.shape[1])))
    budgets = [*market.exact_budgets, int(rng.integers(1, 9))]
    larger = Market(more, budgets, list(market.exact_reserves), list(market.exact_supplies))
    pairs = zip(solved(market).prices, solved(larger).prices, strict=True)
    assert all(before <= after for before, after in pairs)


@pytest.mark.parametrize("seed", HUNDRED)
def test_a_larger_budget_never_lowers_the_revenue(seed: int) -> None:
    """One bidder can pay more, and the auction takes in no less."""
    market = random_pacing_market(seed, supplies=seed % 3 == 0)
    budgets = list(market.exact_budgets)
    budgets[seed % len(budgets)] += 1 + seed % 4
    assert solved(market).revenue <= solved(market.replace(budgets=budgets)).revenue


@pytest.mark.parametrize("seed", HUNDRED)
def test_a_further_good_never_lowers_the_revenue(seed: int) -> None:
    """One good more is for sale, and the auction takes in no less."""
    market = random_pacing_market(seed)
    rng = np.random.default_rng(seed + 1000)
    values = market.values.toarray().astype(int)
    column = rng.integers(0, 6, (len(values), 1))
    column[seed % len(column)] += 1
    larger = Market(np.hstack((values, column)), list(market.exact_budgets))
    assert solved(market).revenue <= solved(larger).revenue


@pytest.mark.parametrize("seed", HUNDRED)
def test_the_unit_of_money_does_not_matter(seed: int) -> None:
    """Values, budgets and reserves times seven thirds: the multipliers stay."""
    market = market_of(seed)
    c = Fraction(7, 3)
    values = [[int(v) * c for v in row] for row in market.values.toarray()]
    budgets, reserves = (
        [c * n for n in numbers] for numbers in (market.exact_budgets, market.exact_reserves)
    )
    scaled = Market(values, budgets, reserves, list(market.exact_supplies))
    assert solved(scaled).alpha == solved(market).alpha


@pytest.mark.parametrize("seed", HUNDRED)
def test_every_start_leads_to_the_same_multipliers(seed: int) -> None:
    """Multipliers and prices are unique: random starts lead to the same fractions."""
    market = market_of(seed)
    one, two = solved(market, seed), solved(market, seed + 1000)
    assert (one.alpha, one.prices) == (two.alpha, two.prices)


@pytest.mark.parametrize("seed", HUNDRED)
def test_nobody_who_is_paced_can_bid_more(seed: int) -> None:
    """Others as they are, a bidder breaks her budget at any higher multiplier, near or far.

    She then bids more than anybody for all that she was buying, and has to buy all of it.
    """
    market = real_pacing_market(seed)
    exact = polish_fppe(proportional_response(market, accuracy=1e-2, engine="numpy").outcome)
    values = market.values.toarray()
    for i in np.flatnonzero(exact.alpha < 1):
        for further in (1e-9, 0.5):
            alpha = exact.alpha.copy()
            alpha[i] += further * (1 - alpha[i])
            bids = alpha[:, None] * values
            alone = bids[i] > np.delete(bids, i, axis=0).max(axis=0)
            assert bids[i, alone].sum() > market.budgets[i]


@pytest.mark.parametrize("seed", HUNDRED)
def test_no_other_multiplier_of_a_paced_bidder_has_a_proof(seed: int) -> None:
    """A thousandth more or less of one multiplier makes no equilibrium, exactly."""
    market = market_of(seed)
    alpha = solved(market).alpha
    for i, a in enumerate(alpha):
        for factor in (Fraction(999, 1000), Fraction(1001, 1000)):
            other = [*alpha[:i], a * factor, *alpha[i + 1 :]]
            # A bidder who values nothing bids nothing, but then her money is left.
            with pytest.raises(InfeasibleError):
                verify_exact(market, other)
