"""What an engine of the belief DAG returns, and how far it may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.mediator.questions import Questions
    from efmodels.memory_limits import MemoryBudget

# What a belief, an element of it, and an entry of its edges cost until the polytope and its block
# are made, in bytes; and what the engines take however little there is to do.
_BELIEF_BYTES = 120
_ELEMENT_BYTES = 8
_ENTRY_BYTES = 60
_SCRATCH_BYTES = 20_000_000


@dataclass(frozen=True, eq=False)
class Growth:
    """Beliefs in the order in which they were found, and their edges.

    The edges of belief ``b`` are ``edge_start[b]`` up to ``edge_start[b + 1]``, one per choice at
    it.

    Attributes
    ----------
    questions
        What is decided in each belief.
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

    questions: Questions
    open_infosets: Ints
    edge_start: Ints
    roots: Ints
    child_edge: Ints
    child: Ints
    completed_edge: Ints
    completed: Ints
    largest: int


def require_room_for_beliefs(
    budget: MemoryBudget, *, beliefs: int, expanded: int, elements: int, entries: int
) -> None:
    """Raise if the beliefs that have been found need more memory than there is.

    Parameters
    ----------
    budget
        What there is.
    beliefs, expanded
        How many beliefs were found, and how many of them have got their edges.
    elements
        The sum of the beliefs' sizes.
    entries
        The children and the completed coordinates of all edges.

    Raises
    ------
    SizeError
        They do.
    """
    needed = _BELIEF_BYTES * beliefs + _ELEMENT_BYTES * elements + _ENTRY_BYTES * entries
    waiting = f", {beliefs - expanded:,} of them without their edges yet," * (expanded < beliefs)
    budget.require(_SCRATCH_BYTES + needed, f"{beliefs:,} beliefs so far{waiting}")
