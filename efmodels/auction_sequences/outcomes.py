"""What can happen in two rounds of reports and sales, and what each bidder gets to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from efmodels.auction_sequences.sequence import AuctionSequence
    from efmodels.auction_sequences.terms import Terms
    from efmodels.game import Floats, Ints

UNLIKELY = 1e-12
"""What is less likely than this never happens: nobody can tell what would follow."""

NOBODY = -1
"""Who wins an item that is not sold."""


@dataclass(frozen=True, eq=False)
class SaleOutcomes:
    r"""The choices of a mechanism that hears all values of a round and then sells its item.

    With :math:`n` bidders, :math:`k` values and :math:`R = k^n` profiles of reports.

    Attributes
    ----------
    sequence, terms
        Where, and what can be charged.
    reports
        Profiles of reports, as positions in ``values``; shape ``(R, bidders)``.
    likely
        How likely the others of each bidder have the values of a profile; shape
        ``(2, R, bidders)``.
    report, winner, price
        Of each choice in the first round: the profile it answers, who wins (`NOBODY`, 0, 1, ...),
        and the position of the price in ``terms.prices``, 0 if nobody wins.
    before, again, last
        Of each choice in the second round: the choice in the first one that it follows, the profile
        it answers, and who wins.
    """

    sequence: AuctionSequence
    terms: Terms
    reports: Ints
    likely: Floats
    report: Ints
    winner: Ints
    price: Ints
    before: Ints
    again: Ints
    last: Ints

    def seen(self, bidder: int) -> Ints:
        """Return what a bidder sees of each first choice: 0 if she lost, or 1 + the price's place.

        She sees neither who else has won, nor what others report.
        """
        return np.where(self.winner == bidder, 1 + self.price, 0)


def outcomes_of(sequence: AuctionSequence, terms: Terms) -> SaleOutcomes:
    """Return everything that can happen, profile by profile.

    Examples
    --------
    >>> from efmodels.auction_sequences import AuctionSequence, OptOutEachRound
    >>> from efmodels.auction_sequences.terms import priced_terms
    >>> sequence = AuctionSequence((0, 1), budget=1)
    >>> outcomes = outcomes_of(sequence, priced_terms(sequence, OptOutEachRound()))
    >>> len(outcomes.reports), len(outcomes.report), len(outcomes.last)
    (4, 20, 240)
    """
    size, bidders = len(sequence.values), sequence.bidders
    reports = np.array(list(product(range(size), repeat=bidders)))
    first = np.array(
        [
            (r, who, price)
            for r, profile in enumerate(reports.tolist())
            for who, price in _sales(profile, terms)
        ]
    )
    report, winner, price = first.T
    # Every first choice, second profile and winner; then those that cannot be are left out.
    before, again, last = (
        grid.ravel()
        for grid in np.meshgrid(
            np.arange(len(first)),
            np.arange(len(reports)),
            np.arange(NOBODY, bidders),
            indexing="ij",
        )
    )
    sold = last != NOBODY
    who = np.maximum(last, 0)
    seen = np.where(winner[before] == who, 1 + price[before], 0)
    own, own_again = reports[report[before], who], reports[again, who]
    keep = ~sold | terms.possible[own, seen, own_again, 1]
    return SaleOutcomes(
        sequence=sequence,
        terms=terms,
        reports=reports,
        likely=np.stack([_others(row, reports) for row in sequence.likelihoods]),
        report=report,
        winner=winner,
        price=price,
        before=before[keep],
        again=again[keep],
        last=last[keep],
    )


def _sales(profile: list[int], terms: Terms) -> list[tuple[int, int]]:
    """Return who can win at which price, given the reports."""
    sales = [(NOBODY, 0)]
    for bidder, value in enumerate(profile):
        sales += [(bidder, int(j)) for j in np.flatnonzero(terms.chargeable[value])]
    return sales


def _others(likelihood: Floats, reports: Ints) -> Floats:
    """Return how likely the others' values of each profile are; shape ``(R, bidders)``."""
    each = likelihood[reports]
    bidders = reports.shape[1]
    return np.stack([np.delete(each, k, axis=1).prod(axis=1) for k in range(bidders)], axis=1)


@dataclass(frozen=True, eq=False)
class Histories:
    """What a bidder has said and seen when all is over, of all that can be.

    Attributes
    ----------
    first, seen, second, won
        Her first report, what she saw of the first sale (see :meth:`SaleOutcomes.seen`), her second
        report, and whether she wins the second item (0 or 1); shape ``(histories,)`` each.
    of_choice
        The history that each choice in the second round leads to; shape ``(second choices,)``.
    weight
        How likely the others' values are that it answers; same shape.
    """

    first: Ints
    seen: Ints
    second: Ints
    won: Ints
    of_choice: Ints
    weight: Floats

    @property
    def items(self) -> Ints:
        """How many items she has won; shape ``(histories,)``."""
        return np.minimum(self.seen, 1) + self.won


def histories_of(outcomes: SaleOutcomes, bidder: int) -> Histories:
    """Return what a bidder can have said and seen when all is over."""
    first, seen, second, won, weight = second_knowledge(outcomes, bidder)
    shape = outcomes.terms.possible.shape
    place = np.ravel_multi_index((first, seen, second, won), shape)
    found, of_choice = np.unique(place, return_inverse=True)
    first, seen, second, won = np.unravel_index(found, shape)
    return Histories(first, seen, second, won, of_choice, weight)


def second_knowledge(outcomes: SaleOutcomes, bidder: int) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Return a bidder's report, sight, report and win for each second choice, and its weight."""
    report, again = outcomes.report[outcomes.before], outcomes.again
    first = outcomes.reports[report, bidder]
    seen = outcomes.seen(bidder)[outcomes.before]
    second = outcomes.reports[again, bidder]
    won = (outcomes.last == bidder).astype(int)
    weight = outcomes.likely[0, report, bidder] * outcomes.likely[1, again, bidder]
    return first, seen, second, won, weight
