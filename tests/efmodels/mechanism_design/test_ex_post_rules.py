"""An auction for a reduced form: who wins in which profile."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.mechanism_design import ex_post_auction, optimal_auction
from efmodels.mechanisms import IndependentBidders, InterimRule


@pytest.mark.parametrize("seed", range(10))
def test_bidders_see_the_rule(seed: int) -> None:
    """Chances to win, payments, revenue and incentives are those of the reduced form."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, size=3)
    bidders = IndependentBidders(
        [rng.choice(9, size=k, replace=False) for k in sizes],
        [rng.dirichlet(np.ones(k)) for k in sizes],
    )
    rule = optimal_auction(bidders).rule
    auction = ex_post_auction(rule)
    setting = auction.setting
    win = np.zeros(len(bidders.value))
    for k in range(3):
        own = bidders.lowest[k] + setting.own_type[k]
        np.add.at(win, own, setting.probability * auction.lottery[:, k + 1])

    assert win == pytest.approx(bidders.probability * rule.win, abs=1e-7)
    assert auction.lottery.sum(axis=1) == pytest.approx(np.ones(setting.profiles))
    assert auction.lottery.min() >= 0
    assert auction.revenue == pytest.approx(rule.revenue)
    assert max(auction.regrets().values()) < 1e-6


def test_rule_that_no_auction_has() -> None:
    """Two bidders cannot both win always."""
    bidders = IndependentBidders([[1], [1]], [[1], [1]])
    with pytest.raises(GameError, match=r"no auction has this rule: .* by 1"):
        ex_post_auction(InterimRule(bidders, [1, 1], [0, 0]))
