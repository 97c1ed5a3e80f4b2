"""What bidders could gain: against a linear program, and against a walk through multipliers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from efmodels.markets import Market, PacingOutcome, multiplier_regrets, per_good_regrets
from tests.efmodels.markets.test_pacing_residuals import random_outcome


def costs(outcome: PacingOutcome, i: int) -> np.ndarray:
    """Return what a unit of each good costs a bidder, by loops."""
    market, values = outcome.market, outcome.market.values.toarray()
    return np.array(
        [
            max(
                [
                    market.reserves[j],
                    *(outcome.alpha[k] * values[k, j] for k in range(len(values)) if k != i),
                ]
            )
            for j in range(len(market.goods))
        ]
    )


@pytest.mark.parametrize("seed", range(100))
def test_bids_of_her_own_for_each_good(seed: int) -> None:
    """The regret is the optimum of the knapsack's linear program less the utility."""
    outcome = random_outcome(seed)
    market, values = outcome.market, outcome.market.values.toarray()
    for i, (bidder, regret) in enumerate(per_good_regrets(outcome).items()):
        q = costs(outcome, i)
        bounds = [
            (0, supply if value > 0 else 0)
            for supply, value in zip(market.supplies, values[i], strict=True)
        ]
        best = linprog(q - values[i], A_ub=[q], b_ub=[market.budgets[i]], bounds=bounds)
        assert regret == pytest.approx(max(-best.fun - outcome.payoffs()[bidder], 0), abs=1e-9)


@pytest.mark.parametrize("seed", range(100))
def test_another_multiplier(seed: int) -> None:
    """No multiplier of a fine grid brings more, and the thresholds themselves bring as much."""
    outcome = random_outcome(seed)
    market, values = outcome.market, outcome.market.values.toarray()
    for i, (bidder, regret) in enumerate(multiplier_regrets(outcome).items()):
        q, v = costs(outcome, i), values[i]
        thresholds = [c / w for c, w in zip(q, v, strict=True) if w > 0]
        best = 0.0
        for a in [*np.linspace(0, 1, 41), *(t for t in thresholds if t <= 1)]:
            sure = sum(
                market.supplies[(v > 0) & (a * v > q + 1e-12)] * v[(v > 0) & (a * v > q + 1e-12)]
            )
            tied = sum(
                market.supplies[(v > 0) & (a * v >= q - 1e-12)] * v[(v > 0) & (a * v >= q - 1e-12)]
            )
            if a * sure <= market.budgets[i] + 1e-12:
                bought = min(tied, market.budgets[i] / a) if a > 0 else tied
                best = max(best, (1 - a) * bought)
        assert regret == pytest.approx(max(best - outcome.payoffs()[bidder], 0), abs=1e-9)


def test_nothing_to_gain_in_a_second_price_equilibrium() -> None:
    """Pacing is a best response there, to bids for each good as well."""
    market = Market([[3, 4], [4, 1]], [1, 2])
    outcome = PacingOutcome(market, [0.25, 1], [0.75, 1], [0, 1, 1, 0])
    assert per_good_regrets(outcome) == pytest.approx({"B1": 0, "B2": 0}, abs=1e-12)
