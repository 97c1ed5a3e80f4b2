"""Outcomes of pacing auctions: what is computed from multipliers, prices and units."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.markets import Market, PacingOutcome
from efmodels.markets.pacing_markets import require_pacing_market


@pytest.fixture
def market() -> Market:
    """Two bidders, three goods, one pair excluded and one value of zero."""
    return Market([[4, None, 2], [1, 3, 0]], [2, 5])


def test_sums_by_hand(market: Market) -> None:
    """Spending, utilities and revenue are those that one adds up by hand."""
    outcome = PacingOutcome(market, [0.5, 1], [2, 3, 1], [0.5, 1, 0.5, 1])
    assert outcome.bids.tolist() == [2, 1, 1, 3]
    assert outcome.spend.tolist() == [2, 4]
    assert outcome.sold.tolist() == [1, 1, 1]
    assert outcome.revenue == 6
    assert outcome.payoffs() == {"B1": 2.0, "B2": -0.5}
    assert outcome.allocation.toarray().tolist() == [[0.5, 0, 1], [0.5, 1, 0]]
    assert outcome.strategy().loc["B2"].tolist() == [1, 5, 4, -0.5]


@pytest.mark.parametrize("name", ["alpha", "prices", "units"])
def test_shapes_are_checked(market: Market, name: str) -> None:
    """An array of another length is refused by its name."""
    arrays = {"alpha": np.ones(2), "prices": np.ones(3), "units": np.ones(4)}
    with pytest.raises(GameError, match=rf"{name} has shape \(7,\)"):
        PacingOutcome(market, **{**arrays, name: np.ones(7)})


@pytest.mark.parametrize("name", ["alpha", "prices", "units"])
def test_numbers_are_finite(market: Market, name: str) -> None:
    """What is no number is refused: no comparison would find it wrong."""
    arrays = {"alpha": np.ones(2), "prices": np.ones(3), "units": np.ones(4)}
    with pytest.raises(GameError, match=f"{name} holds nan"):
        PacingOutcome(market, **{**arrays, name: arrays[name] * np.nan})


def test_unusable_markets_are_refused_by_name() -> None:
    """A bidder without a budget, and a good that nobody values, are named."""
    with pytest.raises(GameError, match=r"fppe needs a positive budget.*\['poor'\]"):
        require_pacing_market(Market([[1], [1]], [0, 1], bidders=["poor", "rich"]), "fppe")
    with pytest.raises(GameError, match=r"nobody values \['dust'\]"):
        require_pacing_market(Market([[1, 0]], [1], goods=["gold", "dust"]), "fppe")
