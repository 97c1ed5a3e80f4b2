"""What a bidder can gain in auctions in a row, by playing out every plan that she has."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    Bids = tuple[Fraction, ...]
    Price = Callable[[Fraction, Fraction], Fraction]

LEAVES = "leaves"


def best_reports(
    table: pd.DataFrame,
    values: Sequence[Fraction],
    priors: Sequence[Sequence[Fraction]],
    seat: int,
    leaves: tuple[bool, bool],
) -> float:
    """Return the most that a bidder gets from a mechanism of two rounds, for all her plans.

    The mechanism is a table as `AuctionRule.strategy` returns it; the other bidder is honest.
    """
    player, names = f"P{seat + 1}", [str(v) for v in values]
    worth = dict(zip(names, map(float, values), strict=True))
    early, late = (dict(zip(names, map(float, p), strict=True)) for p in priors)
    rows = table.to_dict("records")
    total = 0.0
    for true, likely in early.items():
        options = [0.0] if leaves[0] else []
        for said in names:
            mine = [row for row in rows if row["reports"].split()[seat] == said]
            seen = {_seen(row, player) for row in mine}
            options.append(
                max(
                    _followed(mine, plan, (player, seat, worth, early, late), worth[true])
                    for plan in _plans(sorted(seen), names, may_leave=leaves[1])
                )
            )
        total += likely * max(options)
    return total


def _plans(seen: list[str], names: list[str], *, may_leave: bool) -> Iterator[dict[Any, str]]:
    states = list(product(seen, names))
    replies = [*names, LEAVES] if may_leave else names
    for chosen in product(replies, repeat=len(states)):
        yield dict(zip(states, chosen, strict=True))


def _seen(row: dict[str, Any], player: str) -> str:
    return f"won {row['price']}" if row["winner"] == player else "lost"


def _followed(
    rows: list[dict[str, Any]], plan: dict[Any, str], known: tuple[Any, ...], worth: float
) -> float:
    """Return what a plan brings after a first report."""
    player, seat, values, early, late = known
    total = 0.0
    for row in rows:
        others = early[row["reports"].split()[1 - seat]]
        first = 0.0
        if row["winner"] == player:
            first = worth - float(Fraction(row["price"]))
        again = row["second reports"].split()
        chance = row["probability"] * others * late[again[1 - seat]]
        for true, likely in late.items():
            reply = plan[_seen(row, player), true]
            second = values[true] * (row["second winner"] == player) - row[f"{player} pays"]
            if reply == again[seat]:
                total += chance * likely * (first + second)
            elif reply == LEAVES and again[seat] == min(late):
                # Whatever is reported for her, the sum over all rows of one report counts once.
                total += chance * likely * first
    return total


def best_bids(
    values: Sequence[Fraction],
    priors: Sequence[Sequence[Fraction]],
    budget: Fraction,
    price: Price,
    reserve: Fraction,
) -> Fraction:
    """Return the most that a bidder gets in two auctions from a truthful opponent."""
    total = Fraction(0)
    for first, likely in zip(values, priors[0], strict=True):
        options = []
        for bid in _bids(values, budget):
            seen = {end[:2] for w in values for end in _ends(bid, min(w, budget), price, reserve)}
            states = [(s, v) for s in sorted(seen) for v in values]
            choices = [_bids(values, budget - s[1]) for s, _ in states]
            options += [
                _played(
                    (values, priors, budget, price, reserve),
                    (first, bid),
                    dict(zip(states, plan, strict=True)),
                )
                for plan in product(*choices)
            ]
        total += likely * max(options)
    return total


def _bids(values: Sequence[Fraction], left: Fraction) -> list[Fraction]:
    return sorted({Fraction(0), *(min(v, left) for v in values)})


def _played(
    setting: tuple[Any, ...], start: tuple[Fraction, Fraction], plan: dict[Any, Fraction]
) -> Fraction:
    """Play all draws and ties out."""
    values, priors, budget, price, reserve = setting
    worth, bid = start
    later: dict[Any, Fraction] = defaultdict(Fraction)
    total = Fraction(0)
    for w, chance in zip(values, priors[0], strict=True):
        for won, pay, cost, share in _ends(bid, min(w, budget), price, reserve):
            total += chance * share * (worth * won - pay)
            later[won, pay, cost] += chance * share
    for (won, pay, cost), chance in later.items():
        for (v, mine), (w, theirs) in product(zip(values, priors[1], strict=True), repeat=2):
            again = plan[(won, pay), v]
            for wins, paid, _, share in _ends(again, min(w, budget - cost), price, reserve):
                total += chance * mine * theirs * share * (v * wins - paid)
    return total


def _ends(
    mine: Fraction, other: Fraction, price: Price, reserve: Fraction
) -> Iterator[tuple[bool, Fraction, Fraction, Fraction]]:
    """Yield whether I win, what I pay, what the other pays, and how likely that is."""
    nothing = Fraction(0)
    best = max(mine, other)
    if best == 0 or best < reserve:
        yield False, nothing, nothing, Fraction(1)
        return
    half = Fraction(1, 2) if mine == other else Fraction(1)
    if mine == best:
        yield True, max(price(mine, other), reserve), nothing, half
    if other == best:
        yield False, nothing, max(price(other, mine), reserve), half
