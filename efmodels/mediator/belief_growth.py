"""What an engine of the belief DAG returns, and how far it may go."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from efmodels.errors import SizeError

if TYPE_CHECKING:
    from efmodels.game import Ints

GIGABYTE = 10**9
# What a belief, and an entry of its edges, costs until the polytope is made, in bytes.
_BELIEF_BYTES = 120
_ELEMENT_BYTES = 4
_ENTRY_BYTES = 48


@dataclass(frozen=True, eq=False)
class Growth:
    """Beliefs in the order in which they were found, and their edges.

    The edges of belief ``b`` are ``edge_start[b]`` up to ``edge_start[b + 1]``, one per action of
    the infoset ``chosen[b]``.

    Attributes
    ----------
    chosen
        The infoset that is asked in each belief; shape ``(beliefs,)``.
    open_infosets
        How many undecided infosets are at or below each belief: fewer after every edge.
    edge_start
        The first edge of each belief; shape ``(beliefs + 1,)``.
    roots
        The beliefs at the start.
    child_edge, child
        Pairs of an edge and a belief that it leads to.
    completed_edge, completed
        Pairs of an edge and a wanted coordinate that it completes.
    largest
        The number of elements of the largest belief.
    """

    chosen: Ints
    open_infosets: Ints
    edge_start: Ints
    roots: Ints
    child_edge: Ints
    child: Ints
    completed_edge: Ints
    completed: Ints
    largest: int


@dataclass(frozen=True)
class Limits:
    """How large a belief DAG may become.

    Attributes
    ----------
    most_beliefs
        The most beliefs.
    most_gigabytes
        The most memory for them and their edges.
    """

    most_beliefs: int
    most_gigabytes: float

    def lowered_to(self, most_beliefs: int) -> Limits:
        """Return the same limits with fewer beliefs."""
        return replace(self, most_beliefs=min(self.most_beliefs, most_beliefs))

    def check(self, *, beliefs: int, expanded: int, elements: int, entries: int) -> None:
        """Raise if there are too many beliefs, or if they need too much memory.

        Parameters
        ----------
        beliefs, expanded
            How many beliefs were found, and how many of them have got their edges.
        elements
            The sum of the beliefs' sizes.
        entries
            The children and the completed coordinates of all edges.

        Raises
        ------
        SizeError
            A limit is passed.
        """
        used = _BELIEF_BYTES * beliefs + _ELEMENT_BYTES * elements + _ENTRY_BYTES * entries
        if beliefs <= self.most_beliefs and used <= self.most_gigabytes * GIGABYTE:
            return
        passed = (
            f"most_beliefs={self.most_beliefs:,}"
            if beliefs > self.most_beliefs
            else f"most_gigabytes={self.most_gigabytes:g}"
        )
        raise SizeError(
            f"the belief DAG of the team passes the limit {passed}: it has {beliefs:,} beliefs, "
            f"{beliefs - expanded:,} of them without their edges yet, and needs about "
            f"{used / GIGABYTE:.2g} GB so far. It grows exponentially with what the players know "
            "privately. Raise the limit if memory allows it, take a concept whose mediator "
            "remembers what it hears (communication, certification: their programs are of "
            "polynomial size), or bound the optimum by learning"
        )


def half_of_memory() -> float:
    """Return half of this machine's memory in gigabytes; 4 where it cannot be asked."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE / 2
    except (AttributeError, ValueError, OSError):  # not on every system
        return 4.0
