"""The best mechanism for two auctions in a row, by a linear program about every single outcome.

Nothing is averaged: there is a variable for each pair of choices after each pair of profiles of
reports, a row for each lie of each type, and, where payments are deferred, a payment of each bidder
in each outcome.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from tests.oracles.row_programs import RowProgram

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    Profile = tuple[int, ...]
    Sale = tuple[int, float]
    Outcome = tuple[Profile, Sale, Profile, Sale]
    Row = dict[Hashable, float]

BIDDERS = (0, 1)
NOBODY = -1
NO_SALE = (NOBODY, 0.0)


@dataclass
class DirectSequence:
    """Two bidders, two rounds.

    Attributes
    ----------
    values, priors
        The values and their probabilities in each round.
    sales
        What can be done with the first item after some reports, and with the second one after all.
    most, least
        What a bidder can be made to pay in the end for an outcome, beside the prices of sales.
    leaves
        Whether bidders may leave before the first and before the second round.
    """

    values: tuple[float, ...]
    priors: tuple[tuple[float, ...], tuple[float, ...]]
    first_sales: Callable[[Profile], list[Sale]]
    second_sales: Callable[[Profile, Sale, Profile], list[Sale]]
    leaves: tuple[bool, bool]
    most: Callable[[int, Outcome], float] = lambda _i, _o: 0.0
    least: Callable[[int, Outcome], float] = lambda _i, _o: 0.0

    def best_revenue(self) -> float:
        """Return the largest revenue."""
        lp, revenue, _ = self._program()
        return lp.maximum(revenue)

    def best_welfare(self, revenue_floor: float | None = None) -> float:
        """Return the largest welfare of all mechanisms with at least some revenue."""
        lp, revenue, welfare = self._program()
        if revenue_floor is not None:
            lp.at_least.append((revenue, revenue_floor))
        return lp.maximum(welfare)

    def _program(self) -> tuple[RowProgram, Row, Row]:
        """Return the rows, the revenue and the welfare."""
        lp = RowProgram()
        profiles = list(product(range(len(self.values)), repeat=len(BIDDERS)))
        outcomes: list[Outcome] = []
        for r in profiles:
            sales = self.first_sales(r)
            lp.equal.append(({("first", r, o): 1.0 for o in sales}, 1.0))
            for o, again in product(sales, profiles):
                found = [(r, o, again, w) for w in self.second_sales(r, o, again)]
                row: Row = {("second", *one): 1.0 for one in found}
                lp.equal.append(({**row, ("first", r, o): -1.0}, 0.0))
                outcomes += found
        for i, outcome in product(BIDDERS, outcomes):
            most, least = self.most(i, outcome), self.least(i, outcome)
            pay, mass = ("pay", i, *outcome), ("second", *outcome)
            lp.at_least.append(({mass: most, pay: -1.0}, 0.0))
            if least:
                lp.at_least.append(({pay: 1.0, mass: -least}, 0.0))
        for i in BIDDERS:
            self._incentives(lp, outcomes, i)
        revenue: Row = defaultdict(float)
        welfare: Row = defaultdict(float)
        for outcome in outcomes:
            r, o, again, w = outcome
            chance = self._chance(r, again)
            revenue["second", *outcome] += chance * (o[1] + w[1])
            for i in BIDDERS:
                revenue["pay", i, *outcome] += chance
                worth = (o[0] == i) * self.values[r[i]] + (w[0] == i) * self.values[again[i]]
                welfare["second", *outcome] += chance * worth
        return lp, revenue, welfare

    def _chance(self, r: Profile, again: Profile, without: int | None = None) -> float:
        chance = 1.0
        for i in BIDDERS:
            if i != without:
                chance *= self.priors[0][r[i]] * self.priors[1][again[i]]
        return chance

    def _incentives(self, lp: RowProgram, outcomes: list[Outcome], i: int) -> None:
        """Add that a bidder wants to report the truth, and to take part."""
        size = range(len(self.values))
        honest: dict[int, Row] = {v: defaultdict(float) for v in size}
        early: dict[tuple[int, int], Row] = defaultdict(lambda: defaultdict(float))
        later: dict[tuple[object, ...], Row] = defaultdict(lambda: defaultdict(float))
        for outcome in outcomes:
            r, o, again, w = outcome
            said, repeated = r[i], again[i]
            chance = self._chance(r, again, without=i)
            own = self.priors[1][repeated]
            mass, pay = ("second", *outcome), ("pay", i, *outcome)
            won, price = o[0] == i, o[1] * (o[0] == i)
            again_won, again_price = w[0] == i, w[1] * (w[0] == i)
            seen = (said, o if won else None)
            for v in size:
                early[v, said][mass] += chance * own * (self.values[v] * won - price)
                gain = chance * (self.values[v] * again_won - again_price)
                later[(*seen, v, repeated)][mass] += gain
                later[(*seen, v, repeated)][pay] -= chance
            truth = self.values[said] * won - price
            truth += self.values[repeated] * again_won - again_price
            honest[said][mass] += chance * own * truth
            honest[said][pay] -= chance * own
        for (said, result, v, repeated), row in later.items():
            name = ("later", i, said, result, v)
            if not self.leaves[1]:
                lp.free.add(name)
            lp.at_least.append(({name: 1.0, **{k: -c for k, c in row.items()}}, 0.0))
            if repeated == 0:
                for true in size:
                    early[true, said][name] += self.priors[1][v]  # type: ignore[index]
        for v in size:
            for said in size:
                row = {k: -c for k, c in early[v, said].items()}
                lp.at_least.append((_sum(honest[v], row), 0.0))
            if self.leaves[0]:
                lp.at_least.append((honest[v], 0.0))


def _sum(one: Row, other: Row) -> Row:
    return {k: one.get(k, 0.0) + other.get(k, 0.0) for k in {*one, *other}}


def sales_at(prices: list[float]) -> list[Sale]:
    """Return every sale at one of these prices, and none."""
    return [NO_SALE, *((i, p) for i in BIDDERS for p in prices)]
