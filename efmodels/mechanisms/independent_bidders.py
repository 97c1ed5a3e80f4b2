"""One item, and bidders whose values are independent: as many numbers as there are types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.markets.labels import labels_of
from efmodels.mechanisms.priors import distribution, numbers

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints


@dataclass(frozen=True, eq=False, repr=False)
class IndependentBidders:
    """Bidders for one item, with independent values from finite sets.

    Types are numbered bidder by bidder, the values of each ascending: ``bidder``, ``value`` and
    ``probability`` have an entry per type.

    Parameters
    ----------
    values
        For each bidder the values that she may have, not negative.
    probabilities
        For each bidder how likely they are, all positive.
    bidders
        Labels; ``B1``, ``B2``, ... by default.

    Raises
    ------
    GameError
        A value is negative or stands twice, a probability is not positive, those of a bidder do not
        sum to one, or lengths do not fit.

    Examples
    --------
    >>> bidders = IndependentBidders([[1, 3], [4, 2]], [[0.5, 0.5], [0.25, 0.75]])
    >>> bidders.value, bidders.probability
    (array([1., 3., 2., 4.]), array([0.5 , 0.5 , 0.75, 0.25]))
    >>> bidders.type_labels
    ('B1: 1', 'B1: 3', 'B2: 2', 'B2: 4')
    """

    values: Any
    probabilities: Any
    bidders: Any = None

    def __post_init__(self) -> None:
        """Check what was given, and sort it."""
        if len(self.values) != len(self.probabilities) or not len(self.values):
            raise GameError(
                f"values has {len(self.values)} lists and probabilities has "
                f"{len(self.probabilities)}; expected one of each per bidder"
            )
        labels = labels_of("bidders", self.bidders, None, len(self.values))
        pairs = [
            _sorted(k, *pair)
            for k, pair in enumerate(zip(self.values, self.probabilities, strict=True))
        ]
        object.__setattr__(self, "values", tuple(read_only(v) for v, _ in pairs))
        object.__setattr__(self, "probabilities", tuple(read_only(f) for _, f in pairs))
        object.__setattr__(self, "bidders", labels)

    def __repr__(self) -> str:
        """Return the sizes."""
        return f"IndependentBidders(bidders={len(self.bidders)}, types={len(self.value)})"

    @cached_property
    def bidder(self) -> Ints:
        """The bidder of each type, shape ``(types,)``."""
        return read_only(np.repeat(np.arange(len(self.bidders)), list(map(len, self.values))))

    @cached_property
    def value(self) -> Floats:
        """The value of each type, shape ``(types,)``."""
        return read_only(np.concatenate(self.values))

    @cached_property
    def probability(self) -> Floats:
        """The probability of each type among those of its bidder, shape ``(types,)``."""
        return read_only(np.concatenate(self.probabilities))

    @cached_property
    def lowest(self) -> Ints:
        """The type of each bidder with the lowest value, shape ``(bidders,)``."""
        return read_only(np.searchsorted(self.bidder, np.arange(len(self.bidders))))

    @property
    def type_labels(self) -> tuple[str, ...]:
        """The bidder and the value of each type."""
        pairs = zip(self.bidder.tolist(), self.value.tolist(), strict=True)
        return tuple(f"{self.bidders[k]}: {number_label(v)}" for k, v in pairs)


def number_label(value: float) -> str:
    """Return a number as a label: as many digits as tell it apart, none too many.

    >>> number_label(2.0), number_label(0.25)
    ('2', '0.25')
    """
    return format(value, ".12g")


def possible_values(name: str, given: Any) -> Floats:
    """Return the values that somebody may have, in the order given.

    Raises
    ------
    GameError
        There are none, they are no numbers, or a value stands twice.
    """
    own = numbers(name, given)
    if own.ndim != 1 or not own.size:
        raise GameError(f"{name} has shape {own.shape}; expected a list of numbers")
    ordered = np.sort(own)
    again = ordered[:-1][ordered[1:] == ordered[:-1]]
    if len(again):
        raise GameError(f"{name} has {again[0]:g} twice; add up the probabilities")
    return own


def _sorted(k: int, values: Any, probabilities: Any) -> tuple[Floats, Floats]:
    own = possible_values(f"values[{k}]", values)
    chances = distribution(f"probabilities[{k}]", probabilities)
    if len(own) != len(chances):
        raise GameError(
            f"values[{k}] has {len(own)} numbers and probabilities[{k}] has {len(chances)}"
        )
    if (own < 0).any():
        raise GameError(f"values[{k}] has {own.min():g}; values of the item are not negative")
    if (chances == 0).any():
        never = own[chances == 0][0]
        raise GameError(f"the value {never:g} in values[{k}] has probability 0: leave it out")
    order = np.argsort(own)
    return own[order], chances[order]
