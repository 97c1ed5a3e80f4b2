"""What bidders can be charged in two rounds, by what they have said and seen: the two forms."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.auction_sequences.participation import (
    CommittedEverybodyPays,
    CommittedWinnersPay,
    ExPostEachRound,
    ExPostTotal,
    OptOutEachRound,
)
from efmodels.auction_sequences.sequence import two_rounds
from efmodels.errors import GameError
from efmodels.game import read_only

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.auction_sequences.participation import Participation
    from efmodels.auction_sequences.sequence import AuctionSequence
    from efmodels.game import Bools, Floats

    Limits = Callable[[int, Fraction | None, int, int], tuple[Fraction, Fraction] | None]

PRICED = (ExPostEachRound, OptOutEachRound, CommittedWinnersPay)
DEFERRED = (ExPostTotal, CommittedWinnersPay, CommittedEverybodyPays)


@dataclass(frozen=True, eq=False)
class Terms:
    """What a bidder can be charged, and when she can leave.

    The axes of ``least``, ``most`` and ``possible`` are what a bidder knows when all is over: her
    first report, whether she lost the first item (0) or at which price she won it (1, 2, ...), her
    second report, and whether she wins the second item (1) or not (0).

    Attributes
    ----------
    prices
        What the winner of the first item can be charged at once.
    chargeable
        Which of these prices, by her report; shape ``(values, prices)``.
    least, most
        What she can be charged at the end; shape ``(values, 1 + prices, values, 2)``.
    possible
        What can happen at all; same shape.
    may_leave
        Whether she can leave before the first and before the second round.
    """

    prices: tuple[Fraction, ...]
    chargeable: Bools
    least: Floats
    most: Floats
    possible: Bools
    may_leave: tuple[bool, bool]


def priced_terms(sequence: AuctionSequence, participation: Participation) -> Terms:
    """Return the terms where the winner of an item pays its price at once.

    Lotteries over prices of the second item matter by their mean alone: no budget and no bidder is
    to be heard any more. So all means from the lowest to the highest price are possible there.

    Raises
    ------
    GameError
        Not two rounds, or no such participation.
    """
    two_rounds(sequence, "priced_auctions")
    if not isinstance(participation, PRICED):
        raise GameError(_choices("priced_auctions", participation, PRICED))
    capped = isinstance(participation, ExPostEachRound)
    prices = sequence.affordable()
    chargeable = [[not capped or price <= value for price in prices] for value in sequence.values]

    def limits(_: int, paid: Fraction | None, again: int, won: int) -> Any:
        if not won:
            return Fraction(0), Fraction(0)
        left = sequence.affordable(paid or Fraction(0))
        open_prices = [p for p in left if not capped or p <= sequence.values[again]]
        return (open_prices[0], open_prices[-1]) if open_prices else None

    return _terms(sequence, prices, np.array(chargeable), limits, participation)


def deferred_terms(sequence: AuctionSequence, participation: Participation) -> Terms:
    """Return the terms where all payments are settled after the second round.

    Raises
    ------
    GameError
        Not two rounds, no such participation, one under which the winner of the first item could
        leave without paying, or no limit to what can be charged.
    """
    two_rounds(sequence, "deferred_payment_auctions")
    if isinstance(participation, OptOutEachRound | ExPostEachRound):
        raise GameError(
            f"{type(participation).__name__} does not go together with payments after the last "
            "round: who has won the first item could keep it, leave, and never pay. Use "
            "priced_auctions, in which the price is paid at once, or ExPostTotal()"
        )
    if not isinstance(participation, DEFERRED):
        raise GameError(_choices("deferred_payment_auctions", participation, DEFERRED))
    values, budget = sequence.values, sequence.budget
    if budget is None and not isinstance(participation, ExPostTotal):
        raise GameError(
            f"without a budget {type(participation).__name__} has no limit to what one bidder can "
            "be charged: give one, such as the number of rounds times the highest value"
        )

    def limits(first: int, paid: Fraction | None, again: int, won: int) -> Any:
        items = [values[first]] * (paid is not None) + [values[again]] * won
        if isinstance(participation, ExPostTotal):
            worth = sum(items, Fraction(0))
            return Fraction(0), worth if budget is None else min(worth, budget)
        pays = bool(items) or isinstance(participation, CommittedEverybodyPays)
        return Fraction(0), budget if pays else Fraction(0)

    everybody = np.ones((len(values), 1), dtype=bool)
    return _terms(sequence, (Fraction(0),), everybody, limits, participation)


def _terms(
    sequence: AuctionSequence,
    prices: tuple[Fraction, ...],
    chargeable: Bools,
    limits: Limits,
    participation: Participation,
) -> Terms:
    size = len(sequence.values)
    shape = (size, 1 + len(prices), size, 2)
    least, most, possible = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    for first, seen, again, won in product(*map(range, shape)):
        if seen and not chargeable[first, seen - 1]:
            continue
        found = limits(first, prices[seen - 1] if seen else None, again, won)
        if found is not None:
            place = first, seen, again, won
            least[place], most[place] = map(float, found)
            possible[place] = True
    for array in (chargeable, least, most, possible):
        read_only(array)
    return Terms(prices, chargeable, least, most, possible, participation.may_leave)


def _choices(asked_by: str, given: object, classes: tuple[type, ...]) -> str:
    names = ", ".join(f"{one.__name__}()" for one in classes)
    return (
        f"{asked_by} needs to know why bidders take part: participation must be one of {names}; "
        f"got {given!r}"
    )
