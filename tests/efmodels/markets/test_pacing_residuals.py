"""Verification of pacing equilibria: residuals agree with loops that read the definition."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.markets import Market, PacingOutcome, verify_fppe, verify_sppe
from tests.market_cases import cases_of


def random_outcome(seed: int) -> PacingOutcome:
    """Return numbers that are no equilibrium, with exclusions, reserves, supplies and ties."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    values = np.where(rng.random((n, m)) < 0.3, 0, rng.integers(1, 5, (n, m)))
    market = Market(
        values, rng.integers(1, 6, n), rng.integers(0, 3, m), rng.choice([0.5, 1, 2], m)
    )
    entries = market.positive_values.nnz
    return PacingOutcome(
        market,
        rng.choice([0, 0.25, 0.5, 1, 1.25], n),
        rng.integers(0, 4, m),
        rng.choice([-0.25, 0, 0.5, 1], entries),
    )


def by_loops(outcome: PacingOutcome, rank: int) -> dict[str, float]:
    """Return the largest residual of each kind, one bidder and one good at a time."""
    market, units = outcome.market, outcome.allocation.toarray()
    values = market.values.toarray()
    found = dict.fromkeys(
        ["bounds", "price", "oversold", "unsold", "losing", "budget", "pacing"], 0.0
    )

    def see(name: str, amount: float) -> None:
        found[name] = max(found[name], amount)

    tops = []
    for j in range(len(market.goods)):
        bids = sorted((outcome.alpha[i] * values[i, j] for i in range(len(values))), reverse=True)
        bids = [*bids, 0.0, 0.0]
        tops.append(bids[0])
        supply, sold = market.supplies[j], sum(units[:, j])
        see("price", supply * abs(outcome.prices[j] - max(bids[rank], market.reserves[j])))
        see("oversold", bids[0] * (sold - supply))
        if bids[0] > market.reserves[j]:
            see("unsold", min(supply * (bids[0] - market.reserves[j]), bids[0] * (supply - sold)))
    for i, budget in enumerate(market.budgets):
        spend = sum(units[i] * outcome.prices)
        alpha, odd, losing = outcome.alpha[i], 0.0, 0.0
        for j, x in enumerate(units[i]):
            winning = max(tops[j], market.reserves[j])
            odd += max(-x, 0) * values[i, j]
            losing += max(x, 0) * (winning - alpha * values[i, j])
        see("losing", losing)
        see("bounds", odd + budget * (max(alpha - 1, 0) if alpha > 0 else 1))
        see("budget", spend - budget)
        see("pacing", min(budget - spend, budget * (1 - alpha)))
    return found


@pytest.mark.parametrize("seed", range(100))
def test_residuals_are_those_of_the_definition(seed: int) -> None:
    """Arrays and loops agree, in both auctions."""
    outcome = random_outcome(seed)
    for rank, verify in enumerate((verify_fppe, verify_sppe)):
        residuals = verify(outcome)
        for name, amount in by_loops(outcome, rank).items():
            assert getattr(residuals, name) == pytest.approx(amount), name
        assert residuals.worst == max(by_loops(outcome, rank).values())


@pytest.mark.parametrize("case", cases_of("SPPE", prefix="sp_family"))
def test_both_ends_of_the_family_are_equilibria(case: dict) -> None:
    """The closed form of the family with two bidders passes; a little beyond it does not."""
    (K, _), _ = case["inputs"]["v"]
    market = Market(case["inputs"]["v"], case["inputs"]["B"])
    for alpha in (1 / (K + 1), (K - 1) / K):
        prices = np.array([alpha * K, 1.0])
        sure = PacingOutcome(market, [alpha, 1], prices, [0, 1, 1, 0])
        assert verify_sppe(sure).worst == pytest.approx(0, abs=1e-12)
    beyond = PacingOutcome(market, [0.5 / (K + 1), 1], [0.5 * K / (K + 1), 1], [0, 1, 1, 0])
    assert verify_sppe(beyond).worst > 1e-3
