"""Multipliers as bars: their lengths, what stands beside them, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.markets import Market
from efmodels.markets.first_price import first_price_outcome

pytest.importorskip("matplotlib")

OUTCOME = first_price_outcome(
    Market([[2], [1]], [0.5, 1], bidders=["Ann\n$", "Bob"]), [0.5, 1], [0.5, 0.5]
)


def test_bars_are_the_multipliers() -> None:
    """A bar per bidder, the first on top, with what she spends of her budget."""
    ax = ef.plot.multipliers(OUTCOME)

    assert [bar.get_bbox().width for bar in ax.patches] == [0.5, 1.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Ann $", "Bob"]
    assert [text.get_text() for text in ax.texts] == ["0.5 of 0.5", "0.5 of 1"]
    assert ax.yaxis_inverted()


def test_given_axes_are_used() -> None:
    """Whoever gives axes gets them back."""
    from matplotlib.figure import Figure

    ax = Figure().subplots()

    assert ef.plot.multipliers(OUTCOME, ax=ax) is ax


def test_too_many_and_too_little() -> None:
    """More bidders than fit are refused, and so is what is no pacing outcome."""

    class Game:
        def strategy(self) -> pd.DataFrame:
            return pd.DataFrame({"player": ["P1"]})

    with pytest.raises(GameError, match="2 bidders, more than max_bidders=1"):
        ef.plot.multipliers(OUTCOME, max_bidders=1)
    with pytest.raises(GameError, match=r"no outcome of a pacing auction.*'alpha'"):
        ef.plot.multipliers(Game())
