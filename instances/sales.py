"""What the mechanisms share: who takes part, who wins, and who pays."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from efmodels.game import Number

NOBODY = -1
"""The winner of an auction in which nothing is sold."""

CHOICES = ("in", "out")
"""What a participant decides after she has learnt her type."""


class Sale(NamedTuple):
    """The winner (numbered from 0) and everybody's payment, 0 for those who stayed out.

    >>> str(Sale(0, (2, 0))), str(Sale(NOBODY, (0, 1)))
    ('1 wins, 1 pays 2', 'nobody wins, 2 pays 1')
    """

    winner: int
    payments: tuple[Number, ...]

    def __str__(self) -> str:
        who = "nobody" if self.winner == NOBODY else str(self.winner + 1)
        paid = [f", {k + 1} pays {payment}" for k, payment in enumerate(self.payments) if payment]
        return f"{who} wins{''.join(paid)}"


def possible_sales(
    present: Sequence[int], prices: Sequence[Sequence[Number]], fees: Sequence[Sequence[Number]]
) -> dict[str, Sale]:
    """Return every outcome of an auction, by its label.

    Nobody wins, or one of those who are present (numbered from 0), who then pays one of her
    ``prices``; everybody else who is present pays one of her ``fees``.

    >>> list(possible_sales([1], prices=[(0, 1), (0, 1)], fees=[(0,), (0,)]))
    ['nobody wins', '2 wins', '2 wins, 2 pays 1']
    """
    outcomes = {}
    for winner in (NOBODY, *present):
        grids = [
            (prices[k] if k == winner else fees[k]) if k in present else (0,)
            for k in range(len(prices))
        ]
        for payments in product(*grids):
            sale = Sale(winner, payments)
            outcomes[str(sale)] = sale
    return outcomes


def participants(choices: Iterable[str]) -> list[int]:
    """Return who is in, numbered from 0.

    >>> participants(["in", "out", "in"])
    [0, 2]
    """
    return [k for k, choice in enumerate(choices) if choice == "in"]


def noted(present: Sequence[int]) -> str:
    """Return the numbers of those who are in, from 1, as an auctioneer notes them.

    >>> noted([0, 2]), noted([])
    ('1+3', '-')
    """
    return "+".join(str(k + 1) for k in present) or "-"
