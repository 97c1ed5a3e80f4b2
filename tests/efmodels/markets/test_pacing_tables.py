"""Outcomes with labels: tables in floats and in fractions, and texts that stay short."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import efmodels as ef
from efmodels.markets import ExactPacing, Market, PacingOutcome, SecondPriceSolution
from efmodels.markets.first_price import first_price_outcome
from tests.random_pacing_markets import partial_pacing_market

MARKET = Market(
    [[4, None, 2], [1, 3, 0]],
    [2, 5],
    reserves=[0, 1, 0],
    supplies=[1, 2, 1],
    bidders=["Ann", "Bob"],
    goods=["banner", "video", "footer"],
)
OUTCOME = PacingOutcome(MARKET, [0.5, 1], [2, 3, 1], [0.5, 1, 0.5, 1])


def test_tables_by_hand() -> None:
    """Rows have labels, and columns what one computes by hand."""
    goods, sales = OUTCOME.goods(), OUTCOME.sales()

    assert list(goods.columns) == ["price", "reserve", "supply", "sold", "revenue"]
    assert goods.loc["banner"].tolist() == [2, 0, 1, 1, 2]
    assert goods.loc["video"].tolist() == [3, 1, 2, 1, 3]
    assert sales.to_numpy().tolist() == [
        ["Ann", "banner", 0.5, 2, 1],
        ["Ann", "footer", 1, 1, 1],
        ["Bob", "banner", 0.5, 2, 1],
        ["Bob", "video", 1, 3, 3],
    ]


def test_tables_in_fractions() -> None:
    """A value of zero is no entry, and a third stays a third."""
    third = Fraction(1, 3)
    exact = ExactPacing(
        MARKET,
        (third, Fraction(1)),
        (third * 4, Fraction(3), Fraction(2)),
        (third, third, 1, third),
    )
    goods, bidders = exact.goods(), exact.strategy()

    assert goods["sold"].tolist() == [Fraction(4, 3), third, third]
    assert goods["revenue"].tolist() == [Fraction(16, 9), 1, Fraction(2, 3)]
    assert bidders["spend"].tolist() == [Fraction(10, 9), Fraction(7, 3)]
    assert bidders["utility"].tolist() == [2 - Fraction(10, 9), 2 - Fraction(7, 3)]
    assert bidders["budget"].tolist() == [2, 5]
    assert exact.sales()["paid"].sum() == exact.revenue == Fraction(31, 9)


@pytest.mark.parametrize("seed", range(4))
def test_tables_agree_with_arrays(seed: int) -> None:
    """Of any market: sums over sales are what goods bring and bidders spend."""
    found = ef.fppe(partial_pacing_market(seed))
    goods, sales = found.goods(), found.sales()

    assert goods["revenue"].sum() == pytest.approx(found.revenue)
    assert goods["price"].to_numpy() == pytest.approx(found.prices)
    spend = sales.groupby("bidder")["paid"].sum().reindex(found.market.bidders, fill_value=0.0)
    assert spend.to_numpy() == pytest.approx(found.outcome.spend)
    sold = sales.groupby("good")["units"].sum().reindex(found.market.goods, fill_value=0.0)
    assert sold.to_numpy() == pytest.approx(found.allocation.sum(axis=0))


def test_text_of_every_outcome() -> None:
    """Multipliers and prices by label, and no array."""
    outcomes = [
        OUTCOME,
        SecondPriceSolution(OUTCOME),
        first_price_outcome(MARKET, OUTCOME.alpha, OUTCOME.units),
    ]
    for outcome in outcomes:
        lines = repr(outcome).splitlines()
        assert lines[0].split() == ["bidders", "2"]
        assert "array" not in repr(outcome)
        assert ["alpha", "Ann", "0.5"] in [line.split() for line in lines]
        assert any(line.startswith("price video") for line in lines)


def test_text_of_many_is_short() -> None:
    """Beyond twenty bidders or goods the rest is counted."""
    market = Market(np.ones((30, 50)), 1.0)
    text = repr(PacingOutcome(market, np.ones(30), np.ones(50), np.ones(1500)))

    assert len(text.splitlines()) == 3 + 21 + 21
    assert "and 10 more" in text
    assert "and 30 more" in text
