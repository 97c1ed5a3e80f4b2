"""First-price outcomes: regrets by bidder, prices from multipliers, and least multipliers."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.markets import Market, verify_fppe
from efmodels.markets.first_price import first_price_outcome, geometric_points, least_multipliers
from tests.random_pacing_markets import partial_pacing_market

MARKET = Market([[2, 0], [1, 4]], [0.5, 4], reserves=[0, 1])
EQUILIBRIUM = ([0.5, 0.75], [0.5, 0.5, 1.0])


def regrets(alpha: list[float], units: list[float], market: Market = MARKET) -> list[float]:
    """Return the regrets as a list."""
    return list(first_price_outcome(market, alpha, units).regrets().values())


@pytest.mark.parametrize("seed", range(20))
def test_regrets_are_zero_where_residuals_are(seed: int) -> None:
    """The largest regret is at least the largest residual, and at most the sum of all."""
    market, rng = partial_pacing_market(seed), np.random.default_rng(seed)
    alpha = rng.uniform(0.1, 1, len(market.bidders))
    units = rng.uniform(-0.1, 1, market.positive_values.nnz)
    outcome = first_price_outcome(market, alpha, units)
    residuals, missed = verify_fppe(outcome), outcome.regrets()

    assert max(missed.values()) >= residuals.worst - 1e-12
    assert sum(missed.values()) <= 8 * residuals.worst * sum(market.positive_values.shape)


def test_what_is_missed() -> None:
    """Overspending, needless pacing, losing bids that win, and units that are left."""
    market = Market([[2], [1]], [0.5, 1])

    assert regrets([0.5, 1], [0.5, 0.5], market) == [0, 0]
    assert regrets([0.5, 1], [0.75, 0.25], market) == [0.25, 0]
    assert regrets([0.25, 1], [0, 1], market) == [0.375, 0]
    assert regrets([0.5, 0.5], [0.5, 0.5], market) == pytest.approx([0, 0.5 + 0.25])
    assert sum(regrets([0.5, 1], [0.5, 0.25], market)) == 0.25


def test_prices_are_reserves_or_bids() -> None:
    """A reserve above every bid is the price, and the good may stay unsold."""
    market = Market([[2, 3]], [1], reserves=[0.5, 4])
    outcome = first_price_outcome(market, [0.5], [1, 0])

    assert outcome.prices.tolist() == [1, 4]
    assert outcome.regrets() == {"B1": 0}


def test_least_multipliers() -> None:
    """The budget as a share of the value of everything, at most 1; no budget is no multiplier."""
    market = Market([[1, 3], [1, 0], [0, 0], [5, 5]], [2, 3, 1, 0], supplies=[1, 2])

    assert least_multipliers(market).tolist() == [2 / 7, 1, 1, 0]


@pytest.mark.parametrize("ratio", [1.01, 1.1, 2.0])
def test_tangents_at_geometric_points(ratio: float) -> None:
    """The lowest tangent is above the logarithm by at most an eighth of the squared ratio's."""
    owner, points = geometric_points(np.array([0.05, 1.0]), ratio)
    own = points[owner == 0]
    x = np.geomspace(0.05, 1, 10_001)
    above = np.min(np.log(own) + (x[:, None] - own) / own, axis=1) - np.log(x)

    assert own[-1] <= 0.05
    assert points[owner == 1].tolist() == [1]
    assert above.min() + 1e-12 >= 0
    assert np.log(ratio) ** 2 / 8 * 0.9 <= above.max() <= np.log(ratio) ** 2 / 8
