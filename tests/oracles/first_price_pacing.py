"""First-price pacing equilibria by their definition, for tiny markets.

Bidder i bids ``alpha_i v_ij``. The price of a good is the highest bid, or the reserve if that is
more; only who bids it buys, and all is sold where it is above the reserve. Nobody spends more than
her budget, and whoever has ``alpha_i < 1`` spends all of it.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations, product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scipy.optimize import OptimizeResult

    from efmodels.game import Floats, Number
    from efmodels.markets import Market


def violations(
    market: Market, alpha: Sequence[Fraction], prices: Sequence[Fraction], units: Sequence[Fraction]
) -> list[str]:
    """Return what the definition forbids, exactly; units are one number per positive value."""
    values = exact_rows(market)
    shares = [[Fraction(0)] * len(row) for row in values]
    numbers = iter(units)
    for row, share in zip(values, shares, strict=True):
        for j, value in enumerate(row):
            if value:
                share[j] = next(numbers)
    wrong = [f"multiplier {i}" for i, a in enumerate(alpha) if not 0 < a <= 1]
    for j, price in enumerate(prices):
        bids = [a * row[j] for a, row in zip(alpha, values, strict=True)]
        column = [share[j] for share in shares]
        reserve, supply = market.exact_reserves[j], market.exact_supplies[j]
        if price != max(*bids, reserve):
            wrong.append(f"price {j}")
        if any(x < 0 or (x and bid < price) for x, bid in zip(column, bids, strict=True)):
            wrong.append(f"winners {j}")
        if sum(column) > supply or (price > reserve and sum(column) != supply):
            wrong.append(f"supply {j}")
    for i, budget in enumerate(market.exact_budgets):
        spent = sum(x * p for x, p in zip(shares[i], prices, strict=True))
        if spent > budget or (alpha[i] < 1 and spent != budget):
            wrong.append(f"budget {i}")
    return wrong


def by_cells(market: Market) -> Iterator[Floats]:
    """Yield the multipliers of every cell of bids in which there is an equilibrium.

    A cell says who is paced, and who may buy each good. There are no reserves.
    """
    values = market.values.toarray()
    wanted = []
    for column in values.T:
        who = np.flatnonzero(column).tolist()
        wanted.append(chain.from_iterable(combinations(who, k + 1) for k in range(len(who))))
    for buyers in product(*wanted):
        for paced in product((False, True), repeat=len(values)):
            found = _cell(market, values, buyers, paced)
            if found.status == 0:
                yield found.x[: len(values)]


def _cell(
    market: Market, values: Floats, buyers: tuple[tuple[int, ...], ...], paced: tuple[bool, ...]
) -> OptimizeResult:
    """Solve the linear program of a cell: multipliers, and then sums of money."""
    n, m = values.shape
    at_most, exactly = [], []
    for j, who in enumerate(buyers):
        price = np.zeros(n + n * m)
        price[who[0]] = values[who[0], j]
        for i in range(n):
            bid = np.zeros(n + n * m)
            bid[i] = values[i, j]
            (exactly if i in who else at_most).append(((bid - price), 0.0))
        paid = np.zeros(n + n * m)
        paid[n + np.array(who) * m + j] = 1
        exactly.append((paid - market.supplies[j] * price, 0.0))
    for i, budget in enumerate(market.budgets):
        spent = np.zeros(n + n * m)
        spent[n + i * m : n + (i + 1) * m] = [i in who for who in buyers]
        (exactly if paced[i] else at_most).append((spent, budget))
    at_most.append((np.zeros(n + n * m), 0.0))  # There may be none else.
    return linprog(
        np.zeros(n + n * m),
        *(np.array(part) for part in zip(*at_most, strict=True)),
        *(np.array(part) for part in zip(*exactly, strict=True)),
        bounds=[(0 if p else 1, 1) for p in paced] + [(0, None)] * (n * m),
    )


def exact_rows(market: Market) -> list[list[Number]]:
    """Return the exact values as rows, 0 where a pair is excluded."""
    rows: list[list[Number]] = [[0] * len(market.goods) for _ in market.bidders]
    matrix = market.values.tocoo()
    for i, j, value in zip(matrix.row, matrix.col, market.exact_values, strict=True):
        rows[i][j] = Fraction(value)
    return rows


def single_good(values: Sequence[Number], budgets: Sequence[Number]) -> tuple[Number, list[Number]]:
    """Return price and multipliers of one good: what demand at each price says, in closed form.

    At price t, bidders who value it at t or more can pay all their budgets together; the price is
    the most for which either that or t is enough.
    """

    def paid(t: Number) -> Number:
        return sum(b for v, b in zip(values, budgets, strict=True) if v >= t)

    price = max(min(t, paid(t)) for t in values)
    return price, [min(Fraction(1), Fraction(price) / v) for v in values]
