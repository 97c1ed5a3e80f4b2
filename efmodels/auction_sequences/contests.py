"""One auction in whole units of money: how likely each bidder wins, and what she pays then."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.auction_sequences.sequence import AuctionSequence, longest_denominator
from efmodels.errors import GameError
from efmodels.markets.exact_numbers import number_given

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.game import Floats, Ints, Number

LARGEST = 2**60
"""Money in whole units has to be smaller."""


@dataclass(frozen=True)
class FirstPrice:
    """The highest bid wins and is paid, if it is above 0 and at least the reserve price."""

    reserve: Number | str = 0


@dataclass(frozen=True)
class SecondPrice:
    """The highest bid wins and pays the highest other one, or the reserve price if that is higher.

    A bid wins if it is above 0 and at least the reserve price.
    """

    reserve: Number | str = 0


Auction = FirstPrice | SecondPrice


@dataclass(frozen=True, eq=False)
class Contest:
    """A sequence of auctions of one kind, its money in whole units.

    Attributes
    ----------
    sequence, auction
        What it is about.
    unit
        What one unit of money is.
    worth
        The values; shape ``(values,)``.
    budget
        What each bidder has; more than she can spend if there is no limit.
    reserve
        The reserve price.
    limited
        Whether what has been paid is missing later.
    """

    sequence: AuctionSequence
    auction: Auction
    unit: Fraction
    worth: Ints
    budget: int
    reserve: int
    limited: bool

    def next_budget(self, left: int, paid: int) -> int:
        """Return what is left after a payment."""
        return left - paid if self.limited else left

    def levels(self) -> list[tuple[int, ...]]:
        """Return what a bidder can have left at the beginning of each round, from the least."""
        found = [{self.budget}]
        for _ in range(self.sequence.rounds - 1):
            amounts = {min(int(v), left) for v in self.worth for left in found[-1]}
            amounts |= {self.reserve}
            paid = {(left, a) for left in found[-1] for a in amounts if a <= left}
            found.append(found[-1] | {self.next_budget(left, a) for left, a in paid})
        return [tuple(sorted(levels)) for levels in found]

    def results(self, bids: Ints) -> Iterator[tuple[Floats, Ints]]:
        """Yield how likely each bidder wins, and what she pays then.

        Parameters
        ----------
        bids
            Bidders along the last axis.
        """
        best = bids.max(axis=-1)
        sold = (best > 0) & (best >= self.reserve)
        top = bids == best[..., None]
        share = np.where(sold, 1.0 / top.sum(axis=-1), 0.0)
        for k in range(bids.shape[-1]):
            price = bids[..., k]
            if isinstance(self.auction, SecondPrice):
                others = np.delete(bids, k, axis=-1)
                price = np.maximum(others.max(axis=-1, initial=0), self.reserve)
            yield share * top[..., k], price


def contest_of(sequence: AuctionSequence, auction: Auction) -> Contest:
    """Return the auctions in whole units of money.

    Raises
    ------
    GameError
        No such auction, a reserve price that is none, or money with too many digits.
    """
    if not isinstance(sequence, AuctionSequence):
        raise GameError(
            f"a baseline needs an efmodels.auction_sequences.AuctionSequence; got {sequence!r}"
        )
    if not isinstance(auction, FirstPrice | SecondPrice):
        raise GameError(f"auction must be FirstPrice() or SecondPrice(); got {auction!r}")
    reserve = _reserve(auction.reserve)
    units = longest_denominator(sequence, reserve)
    most = max(sequence.values)
    budget = most if sequence.budget is None else sequence.budget
    if units * max(budget, most, reserve) * sequence.rounds >= LARGEST:
        raise GameError(
            "values, budget and reserve have no small common unit: write numbers that are no "
            "decimals as texts such as '1/3'"
        )
    return Contest(
        sequence,
        auction,
        Fraction(1, units),
        np.array([int(v * units) for v in sequence.values]),
        int(budget * units),
        int(reserve * units),
        limited=sequence.budget is not None,
    )


def _reserve(given: Any) -> Fraction:
    try:
        reserve = Fraction(number_given(given))
    except (ValueError, OverflowError):
        reserve = Fraction(-1)
    if reserve < 0:
        raise GameError(f"reserve must be a finite number of at least 0; got {given!r}")
    return reserve
