"""A market with several second-price pacing equilibria: by the definition, in exact numbers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import pytest

from efmodels.errors import GameError
from efmodels.instances import two_equilibria_market
from tests.oracles.second_price_pacing import (
    auctions,
    dense,
    two_bidders_can_settle,
    violations,
)

if TYPE_CHECKING:
    from efmodels.markets import Market

SIZES = [Fraction(9, 5), 2, Fraction(5, 2), 3, 8, 100]
# Everybody buys what she bids most for: bidder 2 the first good, bidder 1 the second.
SWAPPED = [[0, 1], [1, 0]]


def interval(k: int | Fraction) -> tuple[Fraction, Fraction]:
    """Return the ends of the first bidder's multipliers where the second has 1."""
    return Fraction(1, k + 1), Fraction(k - 1) / k


def isolated(k: int | Fraction) -> tuple[Fraction, Fraction]:
    """Return the equilibrium in which both bidders are paced."""
    return Fraction(k + 1) / (k + 2), Fraction(k) / (k + 2)


def revenue(market: Market, *alpha: Fraction | int) -> Fraction:
    """Return the sum of the prices."""
    return Fraction(sum(auction.price for auction in auctions(dense(market), alpha)))


def test_numbers() -> None:
    """The values and budgets are as stated, and exact."""
    market = two_equilibria_market(3)

    assert market.to_frame().to_numpy().tolist() == [[3, 4], [4, 1]]
    assert market.exact_budgets == (1, 2)
    assert market.is_exact
    assert two_equilibria_market(Fraction(5, 2)).is_exact
    assert two_equilibria_market() == market


@pytest.mark.parametrize("k", SIZES)
def test_two_ends_are_equilibria(k: int | Fraction) -> None:
    """Both ends of the interval satisfy the definition, with the revenues that are stated."""
    market = two_equilibria_market(k)
    low, high = interval(k)

    assert violations(market, (low, 1), SWAPPED) == []
    assert violations(market, (high, 1), SWAPPED) == []
    assert revenue(market, low, 1) == Fraction(2 * k + 1) / (k + 1) < 2
    assert revenue(market, high, 1) == k == sum(market.exact_budgets)


@pytest.mark.parametrize("k", SIZES)
def test_both_paced(k: int | Fraction) -> None:
    """The remaining equilibrium shares the first good, and takes all the money."""
    market = two_equilibria_market(k)
    share = Fraction(2) / (k * (k + 1))

    assert violations(market, isolated(k), [[share, 1], [1 - share, 0]]) == []
    assert revenue(market, *isolated(k)) == k


@pytest.mark.parametrize("k", SIZES)
def test_there_are_no_others(k: int | Fraction) -> None:
    """On a grid with all critical multipliers and points beside them, no others can settle."""
    market = two_equilibria_market(k)
    low, high = interval(k)
    critical = {low, high, *isolated(k), Fraction(k) / (k + 1), Fraction(1)}
    beside = {a + sign * Fraction(1, 10**6) for a in critical for sign in (1, -1)}
    axis = [a for a in {*critical, *beside, *(Fraction(n, 12) for n in range(1, 13))} if 0 < a <= 1]
    found = {alpha for alpha in product(axis, axis) if two_bidders_can_settle(market, alpha)}

    expected = {(a, Fraction(1)) for a in axis if low <= a <= high} | {isolated(k)}
    assert found == expected
    assert {(low, 1), (high, 1)} < expected


@pytest.mark.parametrize(
    ("alpha", "shares", "wrong"),
    [
        ((Fraction(1, 4), 1), SWAPPED, []),
        ((Fraction(1, 4), 1), [[0, 0], [1, 1]], ["budget 0"]),
        ((Fraction(1, 2), 1), [[1, 1], [0, 0]], ["good 0", "budget 0"]),
        ((Fraction(1, 2), 1), [[0, Fraction(1, 2)], [1, 0]], ["good 1", "budget 0"]),
        ((Fraction(3, 4), 1), SWAPPED, ["budget 1"]),
        ((Fraction(1, 2), 0), [[1, 1], [0, 0]], ["multiplier 1", "budget 0", "budget 1"]),
        ((2, 1), [[1, 1], [0, 0]], ["multiplier 0", "budget 0"]),
    ],
)
def test_definition_can_fail(
    alpha: tuple[Fraction, Fraction], shares: list[list[Fraction]], wrong: list[str]
) -> None:
    """Each condition of the definition is looked at."""
    assert violations(two_equilibria_market(), alpha, shares) == wrong


@pytest.mark.parametrize("k", [1, 0, -2, Fraction(8, 5), 2.5, True, "3"])
def test_parameter(k: object) -> None:
    """The interval needs an exact number above the golden ratio."""
    with pytest.raises(GameError, match=r"largest_revenue must be .* K \* K > K \+ 1; got"):
        two_equilibria_market(k)
