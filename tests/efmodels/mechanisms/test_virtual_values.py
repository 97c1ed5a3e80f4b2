"""Myerson's auction: against exact fractions, profile by profile, and the values of others."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.mechanisms import (
    IndependentBidders,
    InterimRule,
    myerson,
    optimal_reserve,
    revenue_curve,
)
from tests.market_cases import cases_of
from tests.oracles.design import myerson_revenue
from tests.random_mechanisms import random_auction


@pytest.mark.parametrize("case", cases_of("AMD", prefix="my_"))
def test_virtual_values(case: dict[str, Any]) -> None:
    """Ironed virtual values and revenue of the known cases."""
    inputs = case["inputs"]
    for values, probabilities, expected in zip(
        inputs["values"], inputs["probs"], inputs["ironed_virtual"], strict=True
    ):
        assert revenue_curve(values, probabilities).virtual == pytest.approx(expected)
    found = myerson(IndependentBidders(inputs["values"], inputs["probs"]))
    assert found.revenue == pytest.approx(case["expected"]["BIC_interim"], abs=1e-9)


@pytest.mark.parametrize("seed", range(50))
def test_revenue_is_that_of_fractions(seed: int) -> None:
    """The expected maximum over all profiles, and the payments that the rule collects."""
    _, priors = random_auction(seed)
    bidders = IndependentBidders(
        [list(prior) for prior in priors],
        [[float(chance) for chance in prior.values()] for prior in priors],
    )
    found = myerson(bidders)
    rule = InterimRule(bidders, found.win, found.pay)

    assert found.revenue == pytest.approx(float(myerson_revenue(priors)), abs=1e-9)
    assert rule.revenue == pytest.approx(found.revenue, abs=1e-9)
    assert rule.residual < 1e-9
    assert max(rule.regrets().values()) < 1e-9


def test_chances_to_win_by_enumeration() -> None:
    """The first of those with the highest positive virtual value wins, profile by profile."""
    values, chances = [[1, 2, 4], [1, 2, 4], [3, 5]], [[0.5, 0.25, 0.25]] * 2 + [[0.9, 0.1]]
    bidders = IndependentBidders(values, chances)
    found = myerson(bidders)
    win = np.zeros(len(bidders.value))
    for types in product(*(range(len(own)) for own in values)):
        places = [first + k for first, k in zip(bidders.lowest, types, strict=True)]
        best = max(places, key=lambda place: (found.virtual[place], -place))
        if found.virtual[best] > 0:
            others = [place for place in places if place != best]
            win[best] += np.prod(bidders.probability[others])

    assert found.win == pytest.approx(win)


def test_reserve() -> None:
    """The best price by trying all of them; of several the lowest."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        values = rng.choice(20, size=5, replace=False)
        weights = rng.integers(1, 9, size=5)
        chances = [Fraction(int(w), int(weights.sum())) for w in weights]
        brings = {
            int(v): v * sum(c for c, w in zip(chances, values, strict=True) if w >= v)
            for v in values
        }
        expected = min(v for v, bring in brings.items() if bring == max(brings.values()))

        assert optimal_reserve(values, [float(c) for c in chances]) == expected


def test_something_else_than_bidders() -> None:
    """Values alone are no bidders."""
    with pytest.raises(GameError, match="myerson needs IndependentBidders"):
        myerson([[1, 2]])  # type: ignore[arg-type]
