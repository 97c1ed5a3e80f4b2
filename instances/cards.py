"""What the poker games share: the names of ranks and the probabilities of a deal."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import perm, prod

_NAMES = "A23456789TJQK"


def rank_names(ranks: int) -> tuple[str, ...]:
    """Name the ranks from the lowest to the highest: the top ones of ``A 2 ... T J Q K``.

    With more than 13 ranks they are the numbers from 1.

    >>> rank_names(3)
    ('J', 'Q', 'K')
    >>> rank_names(14)[-1]
    '14'
    """
    if ranks <= len(_NAMES):
        return tuple(_NAMES[-ranks:])
    return tuple(str(rank) for rank in range(1, ranks + 1))


def deals(players: int, ranks: int, suits: int) -> dict[tuple[int, ...], Fraction]:
    """Return every tuple of ranks that can be dealt, one card per player, with its probability.

    The deck holds ``suits`` cards of each of the ranks ``0, 1, ...``; which suit a card has is
    merged away.

    >>> [(deal, str(p)) for deal, p in deals(2, 2, 2).items()]
    [((0, 0), '1/6'), ((0, 1), '1/3'), ((1, 0), '1/3'), ((1, 1), '1/6')]
    """
    total = perm(ranks * suits, players)
    ways = {
        deal: prod(perm(suits, deal.count(rank)) for rank in set(deal))
        for deal in product(range(ranks), repeat=players)
    }
    return {deal: Fraction(number, total) for deal, number in ways.items() if number}
