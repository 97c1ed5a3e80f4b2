"""Truthful bids in a row of auctions: known revenues and gains, recursions, all plans."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from efmodels.auction_sequences import (
    AuctionSequence,
    FirstPrice,
    SecondPrice,
    truthful_bidding,
)
from efmodels.errors import GameError
from tests.market_cases import cases_of
from tests.oracles import budget_auctions
from tests.oracles.enumerated_auction_plans import best_bids

if TYPE_CHECKING:
    from efmodels.auction_sequences.contests import Auction

# By the number of values: the auctions, the revenue of truthful bids and what one bidder gains.
PRINTED = [
    (2, FirstPrice(), "1.3125", "0"),
    (2, SecondPrice(), ".4375", "0"),
    (2, SecondPrice(1), "1.3125", "0"),
    (3, FirstPrice(), "1.283951", ".1883"),
    (3, SecondPrice(), ".506173", "0"),
    (3, SecondPrice(1), ".987654", "0"),
    (4, FirstPrice(), "1.268229", ".2227"),
    (4, SecondPrice(), ".539063", "0"),
    (4, SecondPrice("2/3"), ".901042", ".0104"),
    (5, FirstPrice(), "1.258400", ".2242"),
    (5, SecondPrice(), ".558400", ".0028"),
    (5, SecondPrice("1/2"), ".878800", ".0045"),
]
OWN = {FirstPrice: lambda own, _other: own, SecondPrice: lambda _own, other: other}
ORACLE = {FirstPrice: budget_auctions.first_price, SecondPrice: budget_auctions.second_price}


def grid(size: int, **arguments: Any) -> AuctionSequence:
    """Return auctions with equally spaced values from 0 to 1 and a budget of 1."""
    return AuctionSequence(
        [Fraction(j, size - 1) for j in range(size)], **{"budget": 1, **arguments}
    )


def digits(text: str) -> float:
    """Return half a unit of the last digit, and a little for what was rounded at the half."""
    return 0.5 * 10.0 ** -len(text.partition(".")[2]) + 1e-9


@pytest.mark.parametrize(("size", "auction", "revenue", "gain"), PRINTED)
def test_printed_figures(size: int, auction: Auction, revenue: str, gain: str) -> None:
    """Revenue and gain of truthful bids are those of the table, to all its digits."""
    found = truthful_bidding(grid(size), auction)

    assert found.revenue == pytest.approx(float(revenue), abs=digits(revenue))
    assert list(found.gains) == ["P1", "P2"]
    for own in found.gains.values():
        assert own == pytest.approx(float(gain), abs=digits(gain) if float(gain) else 1e-12)


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_best_reserve_price(size: int) -> None:
    """The reserve price of the table is the best one on the grid."""
    printed = {2: 1, 3: 1, 4: "2/3", 5: "1/2"}
    revenue = {
        Fraction(j, size - 1): truthful_bidding(
            grid(size), SecondPrice(Fraction(j, size - 1))
        ).revenue
        for j in range(size)
    }

    assert max(revenue, key=lambda price: revenue[price]) == Fraction(printed[size])


@pytest.mark.parametrize("case", cases_of("SEQ"))
def test_known_cases(case: dict[str, Any]) -> None:
    """All baselines of the known cases, whose floats stand for the fractions of a grid."""
    inputs = case["inputs"]
    values = [Fraction(v).limit_denominator(100) for v in inputs["values"]]
    assert inputs["pay_grid"] == inputs["values"]
    sequence = AuctionSequence(
        values,
        budget=Fraction(inputs["budget"]),
        rounds=inputs["rounds"],
        bidders=inputs["bidders"],
    )
    for name, expected in case["expected"]["baselines"].items():
        kind, reserve, _ = name.split()
        price = Fraction(reserve[1:]).limit_denominator(100)
        found = truthful_bidding(sequence, {"FP": FirstPrice, "SP": SecondPrice}[kind](price))

        assert found.revenue == pytest.approx(expected["revenue"], abs=case["tol"])
        assert list(found.gains.values()) == pytest.approx(
            expected["deviation_gain"], abs=case["tol"]
        )


@pytest.mark.parametrize("seed", range(8))
def test_all_plans_of_two_values(seed: int) -> None:
    """With two values and any priors, no plan of bids is better than the one that is found."""
    rng = np.random.default_rng(seed)
    values = [Fraction(int(v), 4) for v in rng.choice(6, 2, replace=False)]
    weights = rng.integers(1, 5, (2, 2))
    priors = [[Fraction(int(w), int(sum(row))) for w in row] for row in weights]
    budget = Fraction(int(rng.integers(2, 9)), 4)
    reserve = Fraction(int(rng.integers(0, 4)), 4)
    sequence = AuctionSequence(values, budget=budget, prior=priors)
    for kind, own in OWN.items():
        found = truthful_bidding(sequence, kind(reserve))
        best = best_bids(values, priors, budget, own, reserve)

        assert found.payoffs["P1"] + found.gains["P1"] == pytest.approx(float(best), abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "size", "rounds", "reserve"),
    [
        (FirstPrice, 3, 3, 0),
        *((kind, 3, 3, "1/2") for kind in OWN),
        *((kind, 4, 3, "1/3") for kind in OWN),
    ],
)
def test_recursion_over_budgets(kind: Any, size: int, rounds: int, reserve: Any) -> None:
    """Three rounds agree with a recursion in fractions.

    There a bid of 0 can win if there is no reserve price; a tiny one changes nothing else in first
    price auctions.
    """
    sequence = grid(size, rounds=rounds)
    found = truthful_bidding(sequence, kind(reserve))
    least = Fraction(reserve) or Fraction(1, 10**13)
    auctions = budget_auctions.BudgetAuctions(
        rounds, sequence.values, Fraction(1), ORACLE[kind], least
    )

    assert found.revenue == pytest.approx(float(auctions.revenue()), abs=1e-11)
    assert found.exploitability == pytest.approx(float(auctions.exploitability()), abs=1e-11)


@pytest.mark.parametrize(
    ("auction", "revenue"),
    [
        (FirstPrice(), 1.861848),
        (SecondPrice(), 0.966401),
        (SecondPrice("1/4"), 1.279419),
        (SecondPrice("1/2"), 1.564162),
        (SecondPrice("3/4"), 1.264561),
        (SecondPrice(1), 1.120343),
    ],
)
def test_revenue_of_four_items(auction: Auction, revenue: float) -> None:
    """Four items bring what is known: a bid of 0 that wins would pay nothing."""
    assert truthful_bidding(grid(5, rounds=4), auction).revenue == pytest.approx(revenue, abs=5e-7)


def test_three_bidders_in_one_round() -> None:
    """Alone, a second-price auction is truthful; three bidders pay the mean second value."""
    sequence = grid(2, rounds=1, bidders=3)
    second, first = (truthful_bidding(sequence, kind()) for kind in (SecondPrice, FirstPrice))

    # Two or three ones of three: probability 4/8; some one: 7/8, and half of it by bidding 0.
    assert second.revenue == pytest.approx(4 / 8)
    assert second.welfare == pytest.approx(7 / 8)
    assert (first.revenue, second.exploitability, first.exploitability) == (7 / 8, 0, 0)


def test_without_a_budget_rounds_are_alike() -> None:
    """Where nobody runs out of money, two rounds bring twice the revenue of one."""
    one, two = (
        truthful_bidding(grid(4, budget=None, rounds=rounds), SecondPrice()) for rounds in (1, 2)
    )

    assert two.revenue == pytest.approx(2 * one.revenue)
    assert two.exploitability == 0


def test_a_poor_loser_makes_the_item_cheap() -> None:
    """A bid is cut to what is left before prices are found."""
    sequence = AuctionSequence((1,), budget="3/4")
    found = truthful_bidding(sequence, SecondPrice())

    # One of the two pays 3/4 for the first item; the other gets the second one from her for 0.
    assert found.revenue == pytest.approx(3 / 4)


@pytest.mark.parametrize(
    ("auction", "message"),
    [
        (SecondPrice(-1), "reserve must be a finite number of at least 0; got -1"),
        (FirstPrice("half"), "reserve must be .* got 'half'"),
        (FirstPrice(1e-10), "no small common unit"),
        ("SP", r"auction must be FirstPrice\(\) or SecondPrice\(\); got 'SP'"),
    ],
)
def test_bad_auctions(auction: Any, message: str) -> None:
    """What is no auction is refused."""
    with pytest.raises(GameError, match=message):
        truthful_bidding(grid(4), auction)
    with pytest.raises(GameError, match="a baseline needs"):
        truthful_bidding((0, 1), FirstPrice())  # type: ignore[arg-type]
