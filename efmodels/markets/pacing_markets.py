"""What pacing asks of a market: its positive values one by one, and that an equilibrium exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.markets.market import Market

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints

SHOWN = 8
"""How many names an error lists."""


def entries_of(market: Market) -> tuple[Ints, Ints, Floats]:
    """Return the bidder, the good and the value of each positive value of a market."""
    matrix = market.positive_values
    bidder = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return read_only(bidder), matrix.indices, matrix.data


def require_market(given: object, asked_by: str) -> None:
    """Refuse what is no market.

    Raises
    ------
    GameError
        It is none.

    Examples
    --------
    >>> require_market("values.csv", "fppe")
    Traceback (most recent call last):
    efmodels.errors.GameError: fppe needs a Market; got the text 'values.csv'. Read files with ...
    """
    if isinstance(given, Market):
        return
    text = f"the text {given!r}" if isinstance(given, str) else f"a {type(given).__name__}"
    raise GameError(
        f"{asked_by} needs a Market; got {text}. Read files with "
        "efmodels.markets.read_market(values_csv, budgets_csv), and make one of a table with "
        "efmodels.markets.Market(values, budgets)"
    )


def require_pacing_market(market: Market, asked_by: str) -> None:
    """Refuse a market in which no pacing equilibrium is defined, or whose data are a mistake.

    Raises
    ------
    GameError
        It is no market, a bidder has no budget, or nobody values a good.
    """
    require_market(market, asked_by)
    if len(market.bidders_without_budget):
        names = [market.bidders[k] for k in market.bidders_without_budget[:SHOWN].tolist()]
        raise GameError(
            f"{asked_by} needs a positive budget of every bidder; it is 0 for {names}. Leave these "
            "bidders out, or give them a small budget"
        )
    if len(market.goods_without_bid):
        names = [market.goods[k] for k in market.goods_without_bid[:SHOWN].tolist()]
        raise GameError(
            f"{asked_by} needs somebody who values each good; nobody values {names}. Leave these "
            "goods out: they stay unsold"
        )
