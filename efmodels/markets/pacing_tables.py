"""Outcomes of pacing auctions with labels: tables of bidders, goods and sales, and a short text.

The numbers are floats or fractions; a table of fractions has columns of objects.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.markets.pacing_markets import entries_of
from efmodels.tables import text_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from efmodels.markets.market import Market

    Column = Sequence[Any] | NDArray[Any]

SHOWN = 20
"""How many bidders, and how many goods, are printed."""


def bidders_table(market: Market, alpha: Column, prices: Column, units: Column) -> pd.DataFrame:
    """Return a row per bidder: alpha, budget, spend, utility.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> bidders_table(Market([[2], [1]], [0.5, 1]), [0.5, 1], [1.0], [0.5, 0.5]).loc["B1"]
    alpha      0.5
    budget     0.5
    spend      0.5
    utility    0.5
    Name: B1, dtype: float64
    """
    import pandas as pd

    bidder, good, value = entries_of(market)
    amount, price = _column(units), _column(prices)
    exact = amount.dtype == object
    worth = _column([v for v in market.exact_values if v]) if exact else value
    spend = _sums(bidder, price[good] * amount, len(market.bidders))
    columns = {
        "alpha": _column(alpha),
        "budget": _column(market.exact_budgets) if exact else market.budgets,
        "spend": spend,
        "utility": _sums(bidder, worth * amount, len(market.bidders)) - spend,
    }
    return pd.DataFrame(columns, index=pd.Index(market.bidders, name="bidder"))


def goods_table(market: Market, prices: Column, units: Column) -> pd.DataFrame:
    """Return a row per good: price, reserve, supply, sold, revenue.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> goods_table(Market([[2], [1]], [0.5, 1]), [1.0], [0.5, 0.5]).loc["G1"]
    price      1.0
    reserve    0.0
    supply     1.0
    sold       1.0
    revenue    1.0
    Name: G1, dtype: float64
    """
    import pandas as pd

    _, good, _ = entries_of(market)
    price, amount = _column(prices), _column(units)
    exact = amount.dtype == object
    sold = _sums(good, amount, len(market.goods))
    columns = {
        "price": price,
        "reserve": _column(market.exact_reserves) if exact else market.reserves,
        "supply": _column(market.exact_supplies) if exact else market.supplies,
        "sold": sold,
        "revenue": price * sold,
    }
    return pd.DataFrame(columns, index=pd.Index(market.goods, name="good"))


def sales_table(market: Market, prices: Column, units: Column) -> pd.DataFrame:
    """Return a row per bidder and good of which she gets some: units, price, paid.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> sales_table(Market([[2, 1], [1, 1]], [0.5, 1]), [1.0, 1.0], [0.5, 0, 0.5, 0])
      bidder good  units  price  paid
    0     B1   G1    0.5    1.0   0.5
    1     B2   G1    0.5    1.0   0.5
    """
    import pandas as pd

    bidder, good, _ = entries_of(market)
    amount = _column(units)
    some = np.flatnonzero(amount)
    bought, price = amount[some], _column(prices)[good[some]]
    columns = {
        "bidder": [market.bidders[k] for k in bidder[some].tolist()],
        "good": [market.goods[k] for k in good[some].tolist()],
        "units": bought,
        "price": price,
        "paid": price * bought,
    }
    return pd.DataFrame(columns)


def pacing_text(market: Market, revenue: Any, alpha: Column, prices: Column) -> str:
    """Return sizes, revenue, multipliers and prices as lines.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> print(pacing_text(Market([[2], [1]], [0.5, 1]), 1.0, [0.5, 1], [1.0]))
    bidders   2
    goods     1
    revenue   1
    alpha B1  0.5
    alpha B2  1
    price G1  1
    """
    return text_table(
        [
            ("bidders", str(len(market.bidders))),
            ("goods", str(len(market.goods))),
            ("revenue", number_text(revenue)),
            *labelled_lines("alpha", market.bidders, alpha),
            *labelled_lines("price", market.goods, prices),
        ]
    )


def labelled_lines(name: str, labels: Sequence[str], numbers: Column) -> list[tuple[str, str]]:
    """Return a line for each label, and one that counts those that are left out.

    Examples
    --------
    >>> labelled_lines("alpha", ["Ann", "Bob"], [0.5, 1])
    [('alpha Ann', '0.5'), ('alpha Bob', '1')]
    """
    shown: Iterable[tuple[str, Any]] = zip(labels[:SHOWN], _column(numbers)[:SHOWN], strict=True)
    lines = [(f"{name} {label}", number_text(number)) for label, number in shown]
    more = len(labels) - SHOWN
    return [*lines, (name, f"and {more} more")] if more > 0 else lines


def number_text(number: Any) -> str:
    """Return a float in nine digits, and a fraction as it is."""
    return f"{number:.9g}" if isinstance(number, float) else str(number)


def _column(numbers: Column) -> NDArray[Any]:
    """Return an array of floats as it is, and exact numbers as an array of objects."""
    if isinstance(numbers, np.ndarray):
        return numbers
    if any(isinstance(number, float) for number in numbers):
        return np.array(numbers, dtype=float)
    column = np.empty(len(numbers), dtype=object)
    column[:] = numbers
    return column


def _sums(owner: NDArray[Any], weights: NDArray[Any], size: int) -> NDArray[Any]:
    if weights.dtype != object:
        return np.bincount(owner, weights=weights, minlength=size).astype(float)
    sums = np.full(size, Fraction(0), dtype=object)
    np.add.at(sums, owner, weights)
    return sums
