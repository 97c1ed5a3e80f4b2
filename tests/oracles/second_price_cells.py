"""All second-price pacing equilibria of tiny markets, cell by cell, each cell a linear program.

A cell says of each good who wins at whose bid (or the reserve), or who ties at the top, or that it
stays unsold; and of each bidder whether she is paced. Within a cell, multipliers and payments of
equilibria are those of a polyhedron. All cells are tried.
"""

from __future__ import annotations

import math
from itertools import combinations, permutations, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.markets import Market

OBJECTIVES = ("revenue", "paced_welfare", "alpha_sum")


class Sale(NamedTuple):
    """What happens to a good. A price of ``None`` is the reserve."""

    buyers: tuple[int, ...]
    price_of: int | None
    all_sold: bool


def extremes(market: Market) -> dict[str, tuple[float, float]]:
    """Return the smallest and the largest value of each objective over all equilibria."""
    found = dict.fromkeys(OBJECTIVES, (math.inf, -math.inf))
    for cell in _cells(market):
        if cell.contradicts_a_bound() or cell.optimum("nothing", 1) is None:
            continue
        for name, (low, high) in found.items():
            ends = cell.optimum(name, 1), cell.optimum(name, -1)
            found[name] = min(low, ends[0]), max(high, -ends[1])
    return found


class Cell:
    """Rows over ``alpha`` (one per bidder), then payments (bidder by bidder)."""

    def __init__(self, market: Market, sales: tuple[Sale, ...], paced: tuple[bool, ...]) -> None:
        self.v = market.values.toarray()
        self.market, self.sales = market, sales
        self.n, self.m = self.v.shape
        self.size = self.n + self.n * self.m
        self.less: list[tuple[np.ndarray, float]] = []
        self.equal: list[tuple[np.ndarray, float]] = []
        self.bounds = [(0.0, 1.0)] * self.n + [(0.0, None)] * (self.n * self.m)
        for j, sale in enumerate(sales):
            self._add_sale(j, sale)
        for i, is_paced in enumerate(paced):
            self._add_bidder(i, is_paced=is_paced)

    def _zero(self) -> np.ndarray:
        return np.zeros(self.size)

    def _bid(self, i: int | None, j: int) -> tuple[np.ndarray, float]:
        """Return a bid, or the reserve, as a row and a constant."""
        row = self._zero()
        if i is None:
            return row, self.market.reserves[j]
        row[i] = self.v[i, j]
        return row, 0.0

    def _at_most(self, left: tuple[np.ndarray, float], right: tuple[np.ndarray, float]) -> None:
        self.less.append((left[0] - right[0], right[1] - left[1]))

    def _same(self, left: tuple[np.ndarray, float], right: tuple[np.ndarray, float]) -> None:
        self.equal.append((left[0] - right[0], right[1] - left[1]))

    def _add_sale(self, j: int, sale: Sale) -> None:
        price, supply = self._bid(sale.price_of, j), self.market.supplies[j]
        paid = self._zero()
        for i in range(self.n):
            place = self.n + i * self.m + j
            if i in sale.buyers:
                paid[place] = 1
                self._at_most(price, self._bid(i, j))
            else:
                self.bounds[place] = (0.0, 0.0)
                self._at_most(self._bid(i, j), price)
        self._at_most(self._bid(None, j), price)
        total = supply * price[0], supply * price[1]
        (self._same if sale.all_sold else self._at_most)((paid, 0.0), total)
        if len(sale.buyers) > 1 or not sale.all_sold:
            for i in sale.buyers:
                self._same(self._bid(i, j), price)

    def _add_bidder(self, i: int, *, is_paced: bool) -> None:
        spent = self._zero()
        spent[self.n + i * self.m : self.n + (i + 1) * self.m] = 1
        budget = self._zero(), self.market.budgets[i]
        (self._same if is_paced else self._at_most)((spent, 0.0), budget)
        if not is_paced:
            self.bounds[i] = (1.0, 1.0)

    def contradicts_a_bound(self) -> bool:
        """Say whether some row alone cannot hold within the bounds: most cells end here."""
        lower = np.array([low for low, _ in self.bounds])
        upper = np.array([math.inf if high is None else high for _, high in self.bounds])
        rows = [*self.less, *self.equal, *((-row, -bound) for row, bound in self.equal)]
        return any(
            row[row > 0] @ lower[row > 0] + row[row < 0] @ upper[row < 0] > bound + 1e-9
            for row, bound in rows
        )

    def _objective(self, name: str) -> np.ndarray:
        row = self._zero()
        if name == "nothing":
            return row
        if name == "alpha_sum":
            row[: self.n] = 1
        elif name == "revenue":
            row[self.n :] = 1
        elif name == "paced_welfare":
            for j, sale in enumerate(self.sales):
                if sale.all_sold:
                    row += self.market.supplies[j] * self._bid(sale.buyers[0], j)[0]
                else:  # sold at the reserve, which is what the buyers bid
                    row[self.n + j :: self.m] += 1
        return row

    def optimum(self, name: str, sign: int) -> float | None:
        """Return the smallest ``sign`` times the objective, or ``None`` in an empty cell."""
        found = linprog(
            sign * self._objective(name),
            A_ub=np.array([row for row, _ in self.less]),
            b_ub=[bound for _, bound in self.less],
            A_eq=np.array([row for row, _ in self.equal]) if self.equal else None,
            b_eq=[bound for _, bound in self.equal] if self.equal else None,
            bounds=self.bounds,
        )
        return float(found.fun) if found.status == 0 else None


def _cells(market: Market) -> Iterator[Cell]:
    goods = [list(_sales(market, j)) for j in range(len(market.goods))]
    for paced in product((False, True), repeat=len(market.bidders)):
        for sales in product(*goods):
            yield Cell(market, sales, paced)


def _sales(market: Market, j: int) -> Iterator[Sale]:
    """Yield what can happen to a good."""
    values = market.values.toarray()[:, j]
    interested = [i for i, value in enumerate(values.tolist()) if value > 0]
    has_reserve = market.reserves[j] > 0
    for winner, other in permutations(interested, 2):
        yield Sale((winner,), other, all_sold=True)
    for size in range(2, len(interested) + 1):
        for tied in combinations(interested, size):
            yield Sale(tied, tied[0], all_sold=True)
    if has_reserve or len(interested) == 1:
        for winner in interested:
            yield Sale((winner,), None, all_sold=True)
    if has_reserve:
        for size in range(len(interested) + 1):
            for tied in combinations(interested, size):
                yield Sale(tied, None, all_sold=False)
