"""First-price pacing equilibria in fractions, proved from the market."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError, InfeasibleError, SolverError
from efmodels.markets.exact_circulations import Arc, exact_circulation
from efmodels.markets.pacing import PacingOutcome
from efmodels.markets.pacing_markets import require_pacing_market
from efmodels.markets.pacing_tables import bidders_table, goods_table, pacing_text, sales_table
from efmodels.markets.polished_pacing import settled_guesses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from efmodels.game import Number
    from efmodels.markets.market import Market
    from efmodels.markets.tight_bid_graph import Forest

SHOWN = 4
"""How many numbers an error lists."""


@dataclass(frozen=True, repr=False)
class ExactPacing:
    """A pacing equilibrium in fractions.

    Attributes
    ----------
    market
        Who values what, with which budget, in exact numbers.
    alpha
        The multiplier of each bidder.
    prices
        Of a unit of each good.
    units
        How much of each entry of ``market.positive_values`` is bought, in its order.
    """

    market: Market
    alpha: tuple[Fraction, ...]
    prices: tuple[Fraction, ...]
    units: tuple[Fraction, ...]

    @property
    def revenue(self) -> Fraction:
        """What is paid in all."""
        goods = self.market.positive_values.indices.tolist()
        paid = (x * self.prices[j] for j, x in zip(goods, self.units, strict=True))
        return sum(paid, start=Fraction(0))

    @property
    def outcome(self) -> PacingOutcome:
        """The same in floats."""
        alpha, prices, units = (
            np.array([float(x) for x in part]) for part in (self.alpha, self.prices, self.units)
        )
        return PacingOutcome(self.market, alpha, prices, units)

    def strategy(self) -> pd.DataFrame:
        """Return a table with a row per bidder, in fractions: alpha, budget, spend, utility."""
        return bidders_table(self.market, self.alpha, self.prices, self.units)

    def goods(self) -> pd.DataFrame:
        """Return a table with a row per good: price, reserve, supply, sold, revenue."""
        return goods_table(self.market, self.prices, self.units)

    def sales(self) -> pd.DataFrame:
        """Return a table with a row per bidder and good of which she gets some: units, paid."""
        return sales_table(self.market, self.prices, self.units)

    def __repr__(self) -> str:
        return pacing_text(self.market, self.revenue, self.alpha, self.prices)


def exact_fppe(market: Market, outcome: PacingOutcome) -> ExactPacing:
    r"""Return the first-price pacing equilibrium of a market in fractions, with its proof.

    The graph of tight bids is read from an outcome in floats, and solved in fractions. Whether the
    guess was right is then decided by :func:`verify_exact`, from the market alone.

    Parameters
    ----------
    market
        Its numbers are integers or fractions.
    outcome
        Of any algorithm or solver, about right; as for :func:`polish_fppe`.

    Raises
    ------
    SolverError
        No guess of the tight bids has a proof.
    GameError
        The market has floats, a bidder without a budget, or a good that nobody values.

    Examples
    --------
    >>> from efmodels.markets import Market, PacingOutcome
    >>> market = Market([[4, 3], [3, 3]], [2, 1])
    >>> exact = exact_fppe(market, PacingOutcome(market, [0.3, 0.3], [1, 1], [0, 0, 0, 0]))
    >>> exact
    bidders   2
    goods     2
    revenue   3
    alpha B1  3/7
    alpha B2  3/7
    price G1  12/7
    price G2  9/7
    >>> exact.goods().loc["G1", "price"]
    Fraction(12, 7)
    """
    _require_exact(market, "exact_fppe")
    for settled in settled_guesses(outcome, "exact_fppe"):
        alpha = _alpha_of(market, settled.forest)
        try:
            return verify_exact(market, alpha)
        except InfeasibleError as error:
            reason = error
    raise SolverError(
        f"no set of tight bids near this outcome has a proof; of the last one, {reason}. Solve it "
        "more accurately first",
        status="unknown",
        solver="exact_fppe",
    )


def verify_exact(market: Market, alpha: Sequence[Number]) -> ExactPacing:
    r"""Prove that multipliers are those of the first-price pacing equilibrium of a market.

    Prices follow from the multipliers, :math:`p_j = \max(r_j, \max_i \alpha_i v_{ij})`. What is
    left is whether some units fit: a circulation of money from bidders to goods along the bids that
    equal the price, in which a bidder spends at most her budget, and all of it if
    :math:`\alpha_i < 1`, and a good takes in at most :math:`s_j p_j`, and all of it if
    :math:`p_j > r_j`. All is decided in exact numbers.

    Parameters
    ----------
    market
        Its numbers are integers or fractions.
    alpha
        One exact number per bidder.

    Returns
    -------
    ExactPacing
        The equilibrium, with units that fit.

    Raises
    ------
    InfeasibleError
        They make no equilibrium.
    GameError
        The market or a multiplier is not exact, a bidder has no budget, or nobody values a good.

    References
    ----------
    Conitzer, Kroer, Panigrahi, Schrijvers, Stier-Moses, Sodomka and Wilkens, Pacing equilibrium in
    first price auction markets, arXiv:1811.07166.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> market = Market([[2], [1]], ["1/2", 1])
    >>> verify_exact(market, [Fraction(1, 2), 1]).units
    (Fraction(1, 2), Fraction(1, 2))
    >>> verify_exact(market, [1, 1])
    Traceback (most recent call last):
    efmodels.errors.InfeasibleError: no units fit these multipliers: no circulation: 3/2 of what ...
    """
    return _proved(market, alpha, 0, "verify_exact")


def verify_exact_sppe(market: Market, alpha: Sequence[Number]) -> ExactPacing:
    r"""Prove that multipliers are those of a second-price pacing equilibrium of a market.

    As :func:`verify_exact`, with the second-highest bid, or the reserve, for the price: money flows
    along the highest bids, and a good takes in :math:`s_j p_j` if its highest bid is above the
    reserve. A good whose price is 0 goes to one of its highest bidders.

    Parameters
    ----------
    market
        Its numbers are integers or fractions.
    alpha
        One exact number per bidder.

    Returns
    -------
    ExactPacing
        The equilibrium, with units that fit.

    Raises
    ------
    InfeasibleError
        They make no equilibrium.
    GameError
        The market or a multiplier is not exact, a bidder has no budget, or nobody values a good.

    References
    ----------
    Conitzer, Kroer, Sodomka and Stier-Moses, Multiplicative pacing equilibria in auction markets,
    arXiv:1706.07151.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> market = Market([[3, 4], [4, 1]], [1, 2])
    >>> [verify_exact_sppe(market, [a, 1]).revenue for a in (Fraction(1, 4), Fraction(2, 3))]
    [Fraction(7, 4), Fraction(3, 1)]
    >>> verify_exact_sppe(market, [1, 1])
    Traceback (most recent call last):
    efmodels.errors.InfeasibleError: no units fit these multipliers: no circulation: ...
    """
    return _proved(market, alpha, 1, "verify_exact_sppe")


def _proved(market: Market, alpha: Sequence[Number], rank: int, asked_by: str) -> ExactPacing:
    """Return the equilibrium in which the price is the bid of a rank, 0 for the highest."""
    _require_exact(market, asked_by)
    if any(isinstance(a, float) for a in alpha) or len(alpha) != len(market.bidders):
        raise GameError(
            f"{asked_by} needs an exact multiplier, an int or a Fraction, for each of "
            f"{len(market.bidders)} bidders; got {list(alpha)}"
        )
    exact = tuple(Fraction(a) for a in alpha)
    for name, a in zip(market.bidders, exact, strict=True):
        if not 0 < a <= 1:
            raise InfeasibleError(
                f"the multiplier of {name!r} is {a}: it must be above 0 and at most 1",
                status="infeasible",
                solver=asked_by,
            )
    entries = _exact_entries(market)
    bids: list[list[Fraction]] = [[Fraction(0)] * (rank + 1) for _ in market.goods]
    for i, j, value in entries:
        bids[j] = sorted([*bids[j], exact[i] * value], reverse=True)[: rank + 1]
    reserves = [Fraction(r) for r in market.exact_reserves]
    prices = tuple(max(b[rank], r) for b, r in zip(bids, reserves, strict=True))
    try:
        units = _units(market, exact, prices, [b[0] for b in bids], entries)
    except InfeasibleError as error:
        raise InfeasibleError(
            f"no units fit these multipliers: {error}", status="infeasible", solver=asked_by
        ) from error
    return ExactPacing(market, exact, prices, units)


def _require_exact(market: Market, asked_by: str) -> None:
    require_pacing_market(market, asked_by)
    if not market.is_exact:
        floats = list(islice(_floats_in(market), SHOWN + 1))
        shown = ", ".join(floats[:SHOWN]) + ", ..." * (len(floats) > SHOWN)
        raise GameError(
            f"{asked_by} needs values, budgets, reserves and supplies that are integers, fractions "
            f"or texts such as '1/3'; floats are {shown}. Write '5/2' for 2.5; of a file, "
            "pandas.read_csv(..., dtype=str) keeps numbers exact, where one empty cell would make "
            "all of its column floats"
        )


def _floats_in(market: Market) -> Iterator[str]:
    """Yield each number that was given as a float, and whose it is."""
    matrix = market.values.tocoo()
    pairs = zip(matrix.row.tolist(), matrix.col.tolist(), strict=True)
    of_values = (f"the value of {market.bidders[i]!r} for {market.goods[j]!r}" for i, j in pairs)
    of_budgets = (f"the budget of {name!r}" for name in market.bidders)
    of_reserves = (f"the reserve of {name!r}" for name in market.goods)
    of_supplies = (f"the supply of {name!r}" for name in market.goods)
    for places, numbers in (
        (of_values, market.exact_values),
        (of_budgets, market.exact_budgets),
        (of_reserves, market.exact_reserves),
        (of_supplies, market.exact_supplies),
    ):
        given = zip(places, numbers, strict=True)
        yield from (f"{place} ({number!r})" for place, number in given if isinstance(number, float))


def _exact_entries(market: Market) -> list[tuple[int, int, Fraction]]:
    """Return the bidder, the good and the value of each positive value."""
    matrix = market.values.tocoo()
    triples = zip(matrix.row.tolist(), matrix.col.tolist(), market.exact_values, strict=True)
    return [(i, j, Fraction(value)) for i, j, value in triples if value]


def _alpha_of(market: Market, forest: Forest) -> list[Fraction]:
    """Return the multipliers that a forest of tight bids determines; 0 where it does not."""
    n, m = len(market.bidders), len(market.goods)
    entries = _exact_entries(market)
    potential = [Fraction(1)] * (n + m + 1)
    budgets, worth = ([Fraction(0)] * (int(forest.loose.max(initial=-1)) + 1) for _ in range(2))
    for node in forest.order[1:].tolist():
        above, entry, part = (int(a[node]) for a in (forest.above, forest.entry, forest.loose))
        if entry >= 0:
            value = entries[entry][2]
            potential[node] = potential[above] * (value if node >= n else 1 / value)
        elif node >= n:
            potential[node] = Fraction(market.exact_reserves[node - n])
        if part >= 0 and node >= n:
            worth[part] += market.exact_supplies[node - n] * potential[node]
        elif part >= 0:
            budgets[part] += market.exact_budgets[node]
    factor = [a / b if b else Fraction(0) for a, b in zip(budgets, worth, strict=True)]
    return [
        potential[i] * factor[part] if (part := int(forest.loose[i])) >= 0 else potential[i]
        for i in range(n)
    ]


def _units(
    market: Market,
    alpha: Sequence[Fraction],
    prices: Sequence[Fraction],
    tops: Sequence[Fraction],
    entries: list[tuple[int, int, Fraction]],
) -> tuple[Fraction, ...]:
    """Return units that fit multipliers, prices and the highest bids."""
    n = len(alpha)
    outside = n + len(prices)
    budgets = [Fraction(b) for b in market.exact_budgets]
    arcs = [
        Arc(outside, i, budget if alpha[i] < 1 else Fraction(0), budget)
        for i, budget in enumerate(budgets)
    ]
    supplies, reserves = market.exact_supplies, market.exact_reserves
    for j, (supply, price) in enumerate(zip(supplies, prices, strict=True)):
        worth = Fraction(supply) * price
        arcs.append(Arc(n + j, outside, worth if tops[j] > reserves[j] else Fraction(0), worth))
    highest = [k for k, (i, j, value) in enumerate(entries) if alpha[i] * value == tops[j]]
    winners = [k for k in highest if tops[entries[k][1]] >= prices[entries[k][1]]]
    for k in winners:
        i, j, _ = entries[k]
        arcs.append(Arc(i, n + j, Fraction(0), budgets[i]))
    flow = exact_circulation(outside + 1, arcs)[outside:]
    units = [Fraction(0)] * len(entries)
    free = {j for j, price in enumerate(prices) if price == 0}
    for k, money in zip(winners, flow, strict=True):
        j = entries[k][1]
        if prices[j]:
            units[k] = money / prices[j]
        elif j in free:
            units[k] = Fraction(supplies[j])
            free.remove(j)
    return tuple(units)
