"""Why bidders take part in a sequence of auctions: what they can refuse, and when.

A mechanism that need not fear that anybody leaves can charge more. So the answer has to be given,
and each of these classes is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ExPostEachRound:
    """Nobody is charged more for an item than she has said that it is worth to her."""

    may_leave: ClassVar[tuple[bool, bool]] = (True, True)


@dataclass(frozen=True)
class OptOutEachRound:
    """Each bidder may leave before each round, knowing her value of the item and what she has seen.

    What she has won and paid before remains so. Prices may exceed values, as long as she expects to
    gain in the round and in those that follow.
    """

    may_leave: ClassVar[tuple[bool, bool]] = (True, True)


@dataclass(frozen=True)
class ExPostTotal:
    """When all is over, nobody pays more than she has said that her items are worth together."""

    may_leave: ClassVar[tuple[bool, bool]] = (True, False)


@dataclass(frozen=True)
class CommittedWinnersPay:
    """Each bidder decides before the first round, knowing her value of the first item, and stays.

    She can be charged no more than her budget, and nothing where she wins nothing.
    """

    may_leave: ClassVar[tuple[bool, bool]] = (True, False)


@dataclass(frozen=True)
class CommittedEverybodyPays:
    """As `CommittedWinnersPay`, but who wins nothing can be charged as well."""

    may_leave: ClassVar[tuple[bool, bool]] = (True, False)


Participation = (
    ExPostEachRound | OptOutEachRound | ExPostTotal | CommittedWinnersPay | CommittedEverybodyPays
)
