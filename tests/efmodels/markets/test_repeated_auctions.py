"""Adaptive pacing: a round by hand, equilibria as rest points, regrets in hindsight."""

from __future__ import annotations

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.markets import Market, PacingOutcome, adaptive_pacing
from efmodels.markets.hindsight import Hindsight
from tests.random_second_price_markets import integer_market


def test_rounds_by_loops() -> None:
    """Prices, winners and steps are those of the formula, with reserves and supplies."""
    market = Market(
        [[4.0, 2.5, 0], [3.1, 0, 1]], [1.5, 0.7], reserves=[0, 1, 2], supplies=[1, 2, 1]
    )
    path = adaptive_pacing(market, rounds=50, step=0.3)
    dense, log_alpha, most = market.values.toarray(), np.zeros(2), market.budgets
    for t in range(50):
        alpha = np.exp(log_alpha)
        assert path.multipliers[t] == pytest.approx(alpha)
        spend = np.zeros(2)
        for j in range(3):
            bids = alpha * dense[:, j]
            winner = int(np.argmax(bids))
            if bids[winner] >= market.reserves[j]:
                spend[winner] += market.supplies[j] * max(bids[1 - winner], market.reserves[j])
        assert path.spend[t] == pytest.approx(spend)
        most = np.maximum(most, spend)
        step = 0.3 / np.sqrt(t + 1) * (market.budgets - spend) / most
        log_alpha = np.minimum(log_alpha + step, 0)
    assert path.frame().shape == (50, 2)


def test_an_equilibrium_without_ties_is_a_rest_point() -> None:
    """From both ends of the family, whose winners are clear, spending equals the budgets of all.

    At the upper end the unpaced bidder spends all, too, and nobody moves.
    """
    market = ef.instances.two_equilibria_market(3)
    alpha = np.array([2 / 3, 1.0])
    start = PacingOutcome(market, alpha, [2, 1], [0, 1, 1, 0])
    path = adaptive_pacing(market, start=start, rounds=200)
    assert path.multipliers == pytest.approx(np.tile(alpha, (200, 1)))
    assert path.outcome.units.tolist() == [0, 1, 1, 0]
    assert path.regrets == pytest.approx(np.zeros(2), abs=0.02)


@pytest.mark.parametrize("seed", [0, 2, 4, 5, 7])
def test_near_an_equilibrium_it_stays_there(seed: int) -> None:
    """Where bidders tie, shares come out as frequencies, and mean payments as the budgets."""
    market = ef.instances.complete_market(3, 6, seed=seed)
    found = ef.sppe(market)
    path = adaptive_pacing(market, start=found.outcome, rounds=3000, step=0.05)
    paced = found.alpha < 1
    assert path.spend.mean(axis=0)[paced] == pytest.approx(market.budgets[paced], rel=0.05)
    assert path.outcome.alpha == pytest.approx(found.alpha, rel=0.1)
    assert path.regrets.max() < 0.05 * market.values.toarray().sum()


def test_seeds_are_for_ties_alone() -> None:
    """The same seed gives the same path; lots decide between equal bids."""
    market = Market([[1.0, 1.0], [1.0, 1.0]], [9, 9])
    first, again, other = (adaptive_pacing(market, rounds=30, seed=s) for s in (1, 1, 2))
    assert (first.spend == again.spend).all()
    assert (first.spend != other.spend).any()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"rounds": 1}, "rounds"), ({"step": 0.0}, "step"), ({"start": "other"}, "another market")],
)
def test_nonsense_is_refused(arguments: dict, word: str) -> None:
    """By name."""
    market = integer_market(0, 2, 2)
    if "start" in arguments:
        other = ef.instances.two_equilibria_market()
        arguments = {"start": PacingOutcome(other, [1, 1], [1, 1], [1, 0, 0, 1])}
    with pytest.raises(GameError, match=word):
        adaptive_pacing(market, **arguments)


def test_hindsight_is_the_best_of_all_multipliers() -> None:
    """Against a search over thresholds: win everything cheap enough, the last in part."""
    rng = np.random.default_rng(3)
    value, rival, supply = rng.random(400) + 0.1, rng.random(400), rng.random(400)
    hindsight = Hindsight(2)
    for part in np.split(np.arange(400), 10):
        hindsight.add(np.ones(40, dtype=int), value[part], rival[part], supply[part])
    order = np.argsort(rival / value)
    order = order[rival[order] < value[order]]
    for budget in (0.5, 5.0, 20.0, 1e6):
        left, best = budget, 0.0
        for k in order:
            share = min(1.0, left / (rival[k] * supply[k]))
            left -= share * rival[k] * supply[k]
            best += share * (value[k] - rival[k]) * supply[k]
        assert hindsight.best(np.array([1.0, budget])) == pytest.approx([0, best], rel=0.01)
