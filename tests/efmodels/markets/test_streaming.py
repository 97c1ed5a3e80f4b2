"""Pacing while goods arrive one by one: the rule of each round, and where it leads."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.instances import sampled_market
from efmodels.markets import Market, pace, pace_stream, polish_fppe, proportional_response


def by_hand(goods: list[list[float]], budgets: list[float]) -> list[list[float]]:
    """Return the multipliers after each good, from the whole history each time."""
    won: list[list[float]] = [[] for _ in budgets]
    alpha = [1.0] * len(budgets)
    history = []
    for values in goods:
        bids = [a * v for a, v in zip(alpha, values, strict=True)]
        winner = bids.index(max(bids))
        for i, row in enumerate(won):
            row.append(values[i] if i == winner else 0.0)
        means = [sum(row) / len(row) for row in won]
        alpha = [min(1.0, b / u) if u else 1.0 for b, u in zip(budgets, means, strict=True)]
        history.append(alpha)
    return history


def test_each_round_follows_the_rule() -> None:
    """Multipliers are those of the average over the whole history, at every line written."""
    rng = np.random.default_rng(3)
    goods, budgets = rng.random((60, 3)), np.array([0.05, 0.1, 0.3])
    run = pace_stream(iter(goods), budgets)
    history = np.array(by_hand(goods.tolist(), budgets.tolist()))
    assert run.rounds[-1] == 60
    np.testing.assert_allclose(run.alpha, history[run.rounds - 1], rtol=1e-12)


def test_the_errors_fall_with_the_square_root_of_the_rounds() -> None:
    """Thirty times as many rounds bring the multipliers five or six times nearer."""
    market = sampled_market(12, 60, budget_scale=2, seed=1)
    exact = polish_fppe(proportional_response(market, accuracy=1e-2, engine="numpy").outcome)
    errors = [
        np.mean(
            [
                pace(market, rounds=rounds, seed=s).errors(exact.alpha)["mean"].iloc[-1]
                for s in range(3)
            ]
        )
        for rounds in (300, 9_000)
    ]
    assert 3 < errors[0] / errors[1] < 12
    last = pace(market, rounds=20_000, seed=5).errors(exact.alpha).iloc[-1]
    assert last["budget"] < 0.05
    assert last["regret"] < 0.05
    assert last["worst"] < 0.05


def test_reserves_and_supplies_count() -> None:
    """Goods arrive in proportion to their supplies, and nothing is sold below its reserve."""
    market = Market([[4, 4]], [2], reserves=[0, 1], supplies=[1, 3])
    run = pace(market, rounds=20_000, seed=1)
    # Both goods cost 1 at alpha = 1/4: the first one and a unit of the second make the budget.
    assert run.alpha[-1] == pytest.approx([0.25], abs=0.01)
    assert 4 * run.spend[-1] == pytest.approx([2], abs=0.05)


def test_a_seed_and_a_generator_are_the_same() -> None:
    """The same seed gives the same stream, as a number and as a generator."""
    market = sampled_market(4, 10, seed=2)
    one, two = (
        pace(market, rounds=500, seed=7),
        pace(market, rounds=500, seed=np.random.default_rng(7)),
    )
    np.testing.assert_array_equal(one.alpha, two.alpha)
    assert not np.array_equal(one.alpha, pace(market, rounds=500, seed=8).alpha)


def test_what_is_wrong_is_named() -> None:
    """No rounds, no goods, budgets of zero and values of the wrong shape are refused."""
    with pytest.raises(GameError, match="0 rounds: expected at least 1"):
        pace(Market([[1]], [1]), rounds=0)
    with pytest.raises(GameError, match="given no goods"):
        pace_stream([], np.ones(2))
    with pytest.raises(GameError, match="a positive budget of every bidder"):
        pace_stream([np.ones(2)], np.array([1, 0]))
    with pytest.raises(GameError, match=r"good 2 has values of shape \(3,\)"):
        pace_stream([np.ones(2), np.ones(3)], np.ones(2))
