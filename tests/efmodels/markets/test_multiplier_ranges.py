"""Bounds on multipliers: no equilibrium is cut off, and much else is."""

from __future__ import annotations

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.markets import Market, multiplier_bounds
from efmodels.markets.multiplier_ranges import highest_other_bid
from efmodels.markets.sale_bounds import SaleBounds
from tests.random_second_price_markets import integer_market, real_market


def markets() -> list[Market]:
    """Return forty random markets."""
    return [integer_market(seed, 3, 4) for seed in range(20)] + [
        real_market(seed, 4, 5) for seed in range(20)
    ]


@pytest.mark.parametrize("number", range(40))
def test_highest_other_bids_by_loops(number: int) -> None:
    """One number per entry: the largest of the others' bids and the reserve."""
    market = markets()[number]
    alpha = np.random.default_rng(number).random(len(market.bidders))
    dense = market.values.toarray()
    expected = [
        max([market.reserves[j]] + [alpha[k] * dense[k, j] for k in range(len(dense)) if k != i])
        for i in range(len(dense))
        for j in range(len(market.goods))
        if dense[i, j] > 0
    ]
    assert highest_other_bid(market, alpha).tolist() == expected


@pytest.mark.parametrize("number", range(0, 40, 4))
def test_known_equilibria_lie_within(number: int) -> None:
    """Those that the dynamics lead to, without any bound on the way, are not cut off."""
    market = markets()[number]
    lower, upper = multiplier_bounds(market)
    sure = np.minimum(1, market.budgets / (market.positive_values @ market.supplies + 1e-300))
    assert (lower >= sure * (1 - 1e-8)).all()
    try:
        alpha = ef.heuristic_sppe(market, radii=(2.0,)).alpha
    except ef.NoEquilibriumFoundError:
        pytest.fail("no equilibrium to compare with")
    assert (lower - 1e-8 <= alpha).all()
    assert (alpha <= upper + 1e-8).all()


def test_both_ends_of_the_family_lie_within() -> None:
    """The equilibria known in closed form are inside, up to the last digits."""
    for K in (2, 3, 8):
        lower, upper = multiplier_bounds(ef.instances.two_equilibria_market(K))
        for alpha in ([1 / (K + 1), 1], [(K - 1) / K, 1], [(K + 1) / (K + 2), K / (K + 2)]):
            assert (lower <= np.array(alpha) + 1e-9).all()
            assert (np.array(alpha) <= upper + 1e-9).all()


def test_loose_and_tight_budgets_by_hand() -> None:
    """Who can never spend her budget is never paced; who surely overspends at 1 always is."""
    lower, upper = multiplier_bounds(Market([[10, 0], [4, 4]], [1, 100]))
    assert lower[1] == pytest.approx(1)
    assert upper[0] == pytest.approx(0.4)
    assert lower[0] == pytest.approx(0.4)


def test_an_empty_box_is_seen() -> None:
    """Lower above upper: in the box is no equilibrium."""
    lower, upper = multiplier_bounds(Market([[10, 0], [4, 4]], [1, 100]), (0.5, 1.0))
    assert (lower > upper).any()


@pytest.mark.parametrize("within", [([0, 0, 0], 1), (0, np.nan)])
def test_bounds_of_another_shape_are_refused(within: tuple) -> None:
    """One number, or one per bidder."""
    with pytest.raises(GameError, match="one per bidder"):
        multiplier_bounds(Market([[1], [1]], [1, 1]), within)


@pytest.mark.parametrize("number", range(40))
def test_bounds_on_sales_hold_inside_the_box(number: int) -> None:
    """Prices, highest offers and payments of random multipliers in a box keep its bounds."""
    market = markets()[number]
    rng = np.random.default_rng(number)
    ends = np.sort(rng.random((2, len(market.bidders))), axis=0)
    box = SaleBounds(market, *ends)
    for _ in range(5):
        alpha = ends[0] + rng.random(len(market.bidders)) * (ends[1] - ends[0])
        here = SaleBounds(market, alpha, alpha)
        for low, at, high in (
            (box.least_price, here.least_price, box.most_price),
            (box.least_top, here.least_top, box.most_top),
            (box.least_offer, here.least_offer, box.most_offer),
        ):
            assert (low <= at + 1e-12).all()
            assert (at <= high + 1e-12).all()
        assert (here.may_win <= box.may_win).all()
        assert (here.may_set_price <= box.may_set_price).all()
        assert (here.most_spend <= box.most_spend + 1e-12).all()
