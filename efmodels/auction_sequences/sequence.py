"""The setting of auctions in a row: who values what, what can be paid, and what can be charged."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.assembly import PROBABILITY_TOLERANCE
from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.markets.exact_numbers import number_given, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Floats, Number

    Given = Number | str

SHOWN = 8
"""How many values are shown."""


@dataclass(frozen=True, init=False, repr=False)
class AuctionSequence:
    r"""Items sold one after another to the same bidders, who have budgets.

    Before each round every bidder learns what its item is worth to her; values are independent over
    bidders and rounds. A bidder's payoff is the sum of the values of what she wins, less all that
    she pays, which is never more than her budget.

    Parameters
    ----------
    values
        What an item can be worth to a bidder: :math:`k` different numbers, :math:`\ge 0`.
    budget
        What each bidder can pay in all; ``None`` if there is no limit.
    rounds, bidders
        How many there are, 2 by default.
    prior
        The probability of each value, or a list of these for each round; by default all values are
        equally likely. A value that cannot occur has to be left out.
    prices
        What the winner of an item can be charged, where prices are chosen from a list; by default
        0 and all values. A reserve price is a list without lower prices.

    Raises
    ------
    GameError
        A number is negative or no number, one of a list is there twice, probabilities do not sum to
        1, a budget is 0, or too few rounds or bidders.

    Notes
    -----
    All numbers are kept exactly; a text such as ``"1/3"`` is read so. Floats are taken as they are:
    whether two floats of 1/3 leave as much as 1/3 of a budget of 1 is decided by their rounding.

    Examples
    --------
    >>> sequence = AuctionSequence((0, "1/2", 1), budget=1)
    >>> sequence
    AuctionSequence(values=(0, 1/2, 1), budget=1, rounds=2, bidders=2)
    >>> sequence.players, sequence.prices
    (('P1', 'P2'), (Fraction(0, 1), Fraction(1, 2), Fraction(1, 1)))
    >>> AuctionSequence((0, 1), budget=1, prior=(0.5, 0.25))
    Traceback (most recent call last):
    efmodels.errors.GameError: prior must sum to 1; (0.5, 0.25) sums to 0.75
    """

    values: tuple[Fraction, ...]
    budget: Fraction | None
    rounds: int
    bidders: int
    prior: tuple[tuple[Fraction, ...], ...]
    prices: tuple[Fraction, ...]

    def __init__(
        self,
        values: Sequence[Given],
        *,
        budget: Given | None,
        rounds: int = 2,
        bidders: int = 2,
        prior: Sequence[Given] | Sequence[Sequence[Given]] | None = None,
        prices: Sequence[Given] | None = None,
    ) -> None:
        worth = _different("values", values)
        limit = None if budget is None else _number("budget", budget)
        if limit == 0:
            raise GameError("budget is 0: nobody can pay anything. Give a positive one, or None")
        for name, count, least in (("rounds", rounds, 1), ("bidders", bidders, 1)):
            if isinstance(count, bool) or not isinstance(count, int) or count < least:
                raise GameError(f"{name} must be an integer of at least {least}; got {count!r}")
        charged = tuple(sorted({Fraction(0), *worth}))
        if prices is not None:
            charged = tuple(sorted(_different("prices", prices)))
        for name, given in (
            ("values", worth),
            ("budget", limit),
            ("rounds", rounds),
            ("bidders", bidders),
            ("prior", _priors(prior, rounds, len(worth))),
            ("prices", charged),
        ):
            object.__setattr__(self, name, given)

    def __repr__(self) -> str:
        """Return the values, the budget and the sizes; prior and prices are left out."""
        more = ", ..." * (len(self.values) > SHOWN)
        values = ", ".join(map(str, self.values[:SHOWN])) + more
        return (
            f"AuctionSequence(values=({values}), budget={self.budget}, rounds={self.rounds}, "
            f"bidders={self.bidders})"
        )

    @property
    def players(self) -> tuple[str, ...]:
        """The bidders: ``P1``, ``P2``, ..."""
        return tuple(f"P{k + 1}" for k in range(self.bidders))

    @cached_property
    def worths(self) -> Floats:
        """The values as floats; shape ``(k,)``."""
        return read_only(np.array(self.values, dtype=float))

    @cached_property
    def likelihoods(self) -> Floats:
        """The probabilities of the values in each round as floats; shape ``(rounds, k)``."""
        return read_only(np.array(self.prior, dtype=float))

    def affordable(self, paid: Fraction = Fraction(0)) -> tuple[Fraction, ...]:
        """Return the prices that somebody who has paid something before can still pay.

        Examples
        --------
        >>> AuctionSequence((0, "1/2", 1), budget=1).affordable(Fraction(1, 2))
        (Fraction(0, 1), Fraction(1, 2))
        """
        return tuple(p for p in self.prices if self.budget is None or p + paid <= self.budget)


def two_rounds(sequence: AuctionSequence, asked_by: str) -> None:
    """Refuse what is not a sequence of two auctions.

    Raises
    ------
    GameError
        It is none at all, or has another number of rounds.
    """
    if not isinstance(sequence, AuctionSequence):
        raise GameError(
            f"{asked_by} takes an efmodels.auction_sequences.AuctionSequence; got {sequence!r}"
        )
    if sequence.rounds != 2:  # noqa: PLR2004 - the programs are about a first and a second item
        raise GameError(
            f"{asked_by} is about two rounds; this sequence has {sequence.rounds}. For any number "
            "of rounds use sequential_mechanism on efmodels.instances.sequential_auction_design"
        )


def _number(name: str, given: Any) -> Fraction:
    """Return a finite number of at least 0, exactly."""
    try:
        read = number_given(given)
        if np.isfinite(rounded(read)) and read >= 0:
            return Fraction(read)
    except ValueError:
        pass
    raise GameError(f"{name} must be a finite number of at least 0; got {given!r}")


def _different(name: str, given: Any) -> tuple[Fraction, ...]:
    """Return one or more different numbers."""
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise GameError(f"{name} must be a list of numbers; got {given!r}")
    read = tuple(_number(f"{name}[{k}]", one) for k, one in enumerate(given))
    if not read:
        raise GameError(f"{name} must list at least one number; got none")
    for k, one in enumerate(read):
        if one in read[:k]:
            raise GameError(f"{name} lists {one} more than once")
    return read


def _priors(given: Any, rounds: int, size: int) -> tuple[tuple[Fraction, ...], ...]:
    """Return the probabilities in each round."""
    if given is None:
        return ((Fraction(1, size),) * size,) * rounds
    listed = list(given)
    if not any(_is_list(one) for one in listed):
        return (_distribution("prior", listed, size),) * rounds
    if len(listed) != rounds or not all(map(_is_list, listed)):
        raise GameError(
            f"prior must be one list of probabilities, or one for each of the {rounds} rounds; "
            f"got {given!r}"
        )
    return tuple(_distribution(f"prior[{t}]", list(one), size) for t, one in enumerate(listed))


def _is_list(given: Any) -> bool:
    return not isinstance(given, str) and hasattr(given, "__iter__")


def _distribution(name: str, given: list[Any], size: int) -> tuple[Fraction, ...]:
    if len(given) != size:
        raise GameError(
            f"{name} must have a probability for each of the {size} values; got {given}"
        )
    read = tuple(_number(f"{name}[{k}]", one) for k, one in enumerate(given))
    if abs(float(sum(read)) - 1) > PROBABILITY_TOLERANCE:
        raise GameError(f"{name} must sum to 1; {tuple(given)} sums to {_shown(sum(read))}")
    for k, one in enumerate(read):
        if not one:
            raise GameError(f"{name}[{k}] is 0: leave out the value that cannot occur")
    return read


def _shown(total: Fraction | int) -> str:
    return f"{float(total):.10g}"


def longest_denominator(sequence: AuctionSequence, *more: Fraction) -> int:
    """Return the smallest integer by which all money becomes whole.

    >>> longest_denominator(AuctionSequence((0, "1/2"), budget="1/3"))
    6
    """
    budget = () if sequence.budget is None else (sequence.budget,)
    money = chain(sequence.values, budget, more)
    return int(np.lcm.reduce([amount.denominator for amount in money], dtype=object))
