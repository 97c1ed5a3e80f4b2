"""What the sequences of auctions share: values drawn item by item, budgets, and who sees what."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from efmodels.instances.exact_numbers import distinct_numbers, distribution, number
from efmodels.instances.parameters import integer, titled
from efmodels.instances.sales import NOBODY

if TYPE_CHECKING:
    from efmodels.game import Number


class Standing(NamedTuple):
    """Where a sequence of auctions stands; the last two entries concern the present item.

    Attributes
    ----------
    item
        How many items are done.
    left, gains
        What each bidder has left of her budget, and has gained so far.
    revenue
        What the auctioneer has been paid.
    seen
        What each bidder, and at last the auctioneer, has seen of the items that are done.
    values
        The bidders' values, none before they are drawn.
    moves
        What the bidders did.
    """

    item: int
    left: tuple[Number, ...]
    gains: tuple[Number, ...]
    revenue: Number
    seen: tuple[str, ...]
    values: tuple[Number, ...] = ()
    moves: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Setting:
    """The parameters that all sequences of auctions have.

    Attributes
    ----------
    items, bidders
        How many there are.
    values, prior
        The possible values of an item for a bidder and their probabilities, independent over
        bidders and items.
    budget
        What each bidder has.
    """

    items: int
    bidders: int
    values: tuple[Number, ...]
    prior: tuple[Number, ...]
    budget: Number

    @cached_property
    def players(self) -> tuple[str, ...]:
        """The bidders and the auctioneer."""
        return (*(f"P{bidder + 1}" for bidder in range(self.bidders)), "Auctioneer")

    @cached_property
    def grid(self) -> tuple[Number, ...]:
        """0 and all values, from the lowest."""
        return tuple(sorted({0, *self.values}))

    @cached_property
    def draws(self) -> dict[str, tuple[Number, ...]]:
        """The profiles of values that can be drawn, by label."""
        likely = [v for v, p in zip(self.values, self.prior, strict=True) if p]
        profiles = product(likely, repeat=self.bidders)
        return {" ".join(map(str, profile)): profile for profile in profiles}

    @cached_property
    def chances(self) -> list[tuple[str, Number]]:
        """The probability of each profile."""
        probability = dict(zip(self.values, self.prior, strict=True))
        return [(label, prod(probability[v] for v in vs)) for label, vs in self.draws.items()]

    def start(self) -> Standing:
        """Return how things stand at the beginning."""
        each = self.bidders
        return Standing(0, (self.budget,) * each, (0,) * each, 0, ("",) * (each + 1))

    def settle(self, now: Standing, winner: int, price: Number, note: str) -> Standing:
        """Return how things stand after an item: paid, noted, and nothing drawn for the next one.

        A bidder notes her value, what she did, and ``won`` with the price or ``lost``; the
        auctioneer notes what she is told.
        """
        left, gains, revenue = now.left, now.gains, now.revenue
        if winner != NOBODY:
            left = _changed(left, winner, -price)
            gains = _changed(gains, winner, now.values[winner] - price)
            revenue = revenue + price
        seen = now.seen
        # Nobody is asked anything after the last item.
        if now.item + 1 < self.items:
            results = [f"won {price}" if k == winner else "lost" for k in range(self.bidders)]
            triples = zip(now.values, now.moves, results, strict=True)
            notes = [*(f"{value},{move},{result};" for value, move, result in triples), note]
            seen = tuple(before + new for before, new in zip(seen, notes, strict=True))
        return Standing(now.item + 1, left, gains, revenue, seen)

    def titled(self, family: str, **parameters: Any) -> str:
        """Return a title of a game with these parameters and some more."""
        uniform = (self.prior[0],) * len(self.prior)
        return titled(
            family,
            {"prior": uniform},
            items=self.items,
            bidders=self.bidders,
            values=self.values,
            prior=self.prior,
            budget=self.budget,
            **parameters,
        )


def _changed(amounts: tuple[Number, ...], k: int, change: Number) -> tuple[Number, ...]:
    """Return amounts of which one has changed.

    >>> _changed((1, 2), 1, 5)
    (1, 7)
    """
    return (*amounts[:k], amounts[k] + change, *amounts[k + 1 :])


def setting_of(items: Any, bidders: Any, values: Any, prior: Any, budget: Any) -> Setting:
    """Check the parameters and return them; without a prior all values are equally likely.

    Raises
    ------
    GameError
        A parameter is out of its range.

    Examples
    --------
    >>> setting_of(2, 2, (0, "1/2", 1), None, 1).titled("Auctions", reserve=0)
    'Auctions (items=2, bidders=2, values=(0, 1/2, 1), budget=1, reserve=0)'
    """
    worth = distinct_numbers("values", values, minimum=0)
    uniform = (Fraction(1, len(worth)),) * len(worth)
    return Setting(
        items=integer("items", items, minimum=1),
        bidders=integer("bidders", bidders, minimum=1),
        values=worth,
        prior=uniform if prior is None else distribution("prior", prior, len(worth)),
        budget=number("budget", budget, minimum=0),
    )
