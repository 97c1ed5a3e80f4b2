"""Second-price pacing equilibria by their definition, in exact numbers, for tiny markets.

Bidder i bids ``alpha_i v_ij``. The price of a good is the second-highest bid (the highest one, if
two bidders make it); only highest bidders buy, and a good with a positive bid is sold completely.
Nobody spends more than her budget, and whoever has ``alpha_i < 1`` spends all of it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Number
    from efmodels.markets import Market

    Row = Sequence[Number]


class Auction(NamedTuple):
    """One good, when everybody has bid."""

    price: Number
    winners: list[int]


def auctions(values: Sequence[Row], alpha: Row) -> list[Auction]:
    """Hold the auction of every good."""
    held = []
    for column in zip(*values, strict=True):
        bids = [a * v for a, v in zip(alpha, column, strict=True)]
        winners = [i for i, bid in enumerate(bids) if bid == max(bids)]
        held.append(Auction(sorted(bids)[-2], winners))
    return held


def violations(market: Market, alpha: Row, shares: Sequence[Row]) -> list[str]:
    """Return what the definition forbids about multipliers and an allocation."""
    held = auctions(dense(market), alpha)
    wrong = [f"multiplier {i}" for i, a in enumerate(alpha) if not 0 < a <= 1]
    for j, (auction, column) in enumerate(zip(held, zip(*shares, strict=True), strict=True)):
        buyers = {i for i, share in enumerate(column) if share}
        if min(column) < 0 or sum(column) != 1 or not buyers <= set(auction.winners):
            wrong.append(f"good {j}")
    for i, (row, budget) in enumerate(zip(shares, market.exact_budgets, strict=True)):
        spent = sum(share * auction.price for share, auction in zip(row, held, strict=True))
        if spent > budget or (alpha[i] < 1 and spent != budget):
            wrong.append(f"budget {i}")
    return wrong


def two_bidders_can_settle(market: Market, alpha: Row) -> bool:
    """Whether some allocation makes an equilibrium of the multipliers of two bidders.

    Ties are all that an allocation can decide, so the first bidder may spend anything between what
    she wins alone and that with all ties; what is left of the revenue is spent by the second.
    """
    held = auctions(dense(market), alpha)
    first_budget, second_budget = market.exact_budgets
    revenue = sum(auction.price for auction in held)
    alone = sum(auction.price for auction in held if auction.winners == [0])
    tied = sum(auction.price for auction in held if len(auction.winners) > 1)
    least, most = max(alone, revenue - second_budget), min(alone + tied, first_budget)
    required = {first_budget} if alpha[0] < 1 else set()
    required |= {revenue - second_budget} if alpha[1] < 1 else set()
    consistent = not required or min(required) == max(required)
    return least <= most and consistent and all(least <= r <= most for r in required)


def dense(market: Market) -> list[list[Number]]:
    """Return the exact values as rows; everybody must value everything."""
    numbers = iter(market.exact_values)
    assert len(market.exact_values) == len(market.bidders) * len(market.goods)
    return [[Fraction(next(numbers)) for _ in market.goods] for _ in market.bidders]
