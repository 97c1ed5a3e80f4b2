"""What the poker games share: the names of ranks and the probabilities of a deal."""

from __future__ import annotations

from itertools import product
from math import perm, prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Ints

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


class Deals(NamedTuple):
    """Every tuple of ranks that can be dealt, one card per player, suits merged away.

    Attributes
    ----------
    ranks
        The ranks ``0, 1, ...`` of each deal; shape ``(deals, players)``.
    ways
        In how many ways the cards of the deck make each deal; shape ``(deals,)``.
    """

    ranks: Ints
    ways: Ints


def deals(players: int, ranks: int, suits: int) -> Deals:
    """Return every deal from a deck with ``suits`` cards of each of the ranks.

    >>> every = deals(2, 2, 2)
    >>> every.ranks.tolist(), every.ways.tolist()
    ([[0, 0], [0, 1], [1, 0], [1, 1]], [2, 4, 4, 2])
    """
    ways = {
        deal: prod(perm(suits, deal.count(rank)) for rank in set(deal))
        for deal in product(range(ranks), repeat=players)
    }
    possible = [deal for deal, number in ways.items() if number]
    return Deals(np.array(possible, dtype=np.int16), np.array([ways[deal] for deal in possible]))
