"""The team behind a private mediator: what its agents can be asked, as arrays.

A private mediator is a team of agents, one per player. They share what they draw at the start and
nothing else: each knows only what its own player has reported to it. A *coordinate* says how far
every agent has been asked, and what it answered; an *element* is a coordinate and an infoset that
may be asked next. The walks through the game (direct play, and every deviator's) make this record;
:func:`efmodels.mediator.belief.belief_dag` turns it into a polytope.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from efmodels.game import read_only

if TYPE_CHECKING:
    from efmodels.game import Bools, Ints


@dataclass(frozen=True, eq=False)
class Team:
    """What the agents of a team can be asked, and where their answers lead.

    Coordinate 0 is the empty one: nobody has been asked. Elements are sorted by coordinate and,
    within a coordinate, by infoset; no two are equal. All elements of an infoset have its actions.

    Attributes
    ----------
    coordinate
        The coordinate at which each element is asked; shape ``(elements,)``.
    infoset
        The infoset that is asked, from 0 to ``infosets - 1``; shape ``(elements,)``.
    child
        The coordinate after each action of each element, concatenated.
    child_start
        Where in ``child`` the actions of each element begin; shape ``(elements + 1,)``.
    asked
        Elements ``asked[q]`` to ``asked[q + 1] - 1`` are asked at coordinate ``q``; shape
        ``(coordinates + 1,)``.
    wanted
        Whether the probability of a coordinate is needed; shape ``(coordinates,)``.
    depth
        The depth of each infoset in the game: who is asked first where the order is free; shape
        ``(infosets,)``.
    """

    coordinate: Ints
    infoset: Ints
    child: Ints
    child_start: Ints
    asked: Ints
    wanted: Bools
    depth: Ints

    def __post_init__(self) -> None:
        """Forbid changes to the arrays: others share them."""
        for field in fields(self):
            read_only(getattr(self, field.name))

    @property
    def elements(self) -> int:
        """Number of elements."""
        return len(self.infoset)

    @property
    def coordinates(self) -> int:
        """Number of coordinates, the empty one included."""
        return len(self.wanted)

    @property
    def infosets(self) -> int:
        """Number of infosets, those that are never asked included."""
        return len(self.depth)
