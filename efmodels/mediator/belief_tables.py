"""What both engines of the belief DAG look up: who can still be asked below an element."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import ranges

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.mediator.team import Team


@dataclass(frozen=True, eq=False)
class Tables:
    """A team, and for each element the infosets that are asked at or below it.

    A *commitment* (an infoset that may be asked again, and the action chosen there) is stored in a
    belief as a number beyond those of the elements: ``elements + infoset * most_actions + action``.

    Attributes
    ----------
    team
        The team.
    reach, reach_start
        The infosets at or below each element, sorted, concatenated; ``(elements + 1,)`` starts.
    rank
        The place of each infoset in the order (depth, number): the lowest is asked first.
    by_rank
        The infosets in that order; the inverse of ``rank``.
    width
        The number of actions of each infoset; 0 where it is never asked.
    together
        Whether infosets of one depth are asked at once.
    """

    team: Team
    reach: Ints
    reach_start: Ints
    rank: Ints
    by_rank: Ints
    width: Ints
    together: bool = False

    @property
    def most_actions(self) -> int:
        """The largest number of actions of an infoset."""
        return int(self.width.max(initial=1))

    @property
    def codes(self) -> int:
        """The number of elements and commitments together."""
        return self.team.elements + self.team.infosets * self.most_actions

    @cached_property
    def reach_length(self) -> Ints:
        """The number of infosets at or below each element."""
        return np.diff(self.reach_start)


def tables_of(team: Team, *, together: bool = False) -> Tables:
    """Prepare the tables of a team.

    Raises
    ------
    GameError
        A coordinate leads back to itself.
    """
    width = np.zeros(team.infosets, dtype=np.int64)
    width[team.infoset] = np.diff(team.child_start)
    by_rank = np.lexsort((np.arange(team.infosets), team.depth))
    rank = np.empty(team.infosets, dtype=np.int64)
    rank[by_rank] = np.arange(team.infosets)
    reach, reach_start = _reach(team)
    return Tables(team, reach, reach_start, rank, by_rank, width, together)


def _heights(team: Team) -> Ints:
    """Return the most answers that can follow from each element on, itself included."""
    coordinate = np.zeros(team.coordinates, dtype=np.int64)
    height = np.zeros(team.elements, dtype=np.int64)
    if not team.elements:
        return height
    asking, first = np.unique(team.coordinate, return_index=True)
    for _ in range(team.infosets + 1):
        new = np.maximum.reduceat(coordinate[team.child], team.child_start[:-1]) + 1
        if (new == height).all():
            return height
        height = new
        coordinate[asking] = np.maximum.reduceat(height, first)
    raise GameError(
        "the coordinates of the team go in a circle: an answer leads to a coordinate at which its "
        "infoset is asked once more; expected every answer to go on from what was answered before"
    )


def _reach(team: Team) -> tuple[Ints, Ints]:
    """Return, for each element, the infosets at or below it: concatenated, and where they begin."""
    height = _heights(team)
    where = np.zeros(team.elements, dtype=np.int64)  # in the concatenation by height
    length = np.zeros(team.elements, dtype=np.int64)
    order = np.argsort(height, kind="stable")
    found = np.zeros(0, dtype=np.int64)
    for level in np.split(order, np.flatnonzero(np.diff(height[order])) + 1):
        owner, infoset = _at_or_below(team, level, found, where, length)
        codes = np.sort(owner * team.infosets + infoset)
        codes = codes[np.diff(codes, prepend=-1) > 0]
        length[level] = np.bincount(codes // team.infosets, minlength=len(level))
        where[level] = len(found) + np.cumsum(length[level]) - length[level]
        found = np.concatenate((found, codes % team.infosets))
    start = np.concatenate(([0], np.cumsum(length)))
    return found[ranges(where, where + length)], start


def _at_or_below(
    team: Team, level: Ints, found: Ints, where: Ints, length: Ints
) -> tuple[Ints, Ints]:
    """Return pairs (position in the level, infoset) from the lists of the elements below."""
    answers = team.child_start[level + 1] - team.child_start[level]
    owner = np.repeat(np.arange(len(level)), answers)
    child = team.child[ranges(team.child_start[level], team.child_start[level + 1])]
    below = ranges(team.asked[child], team.asked[child + 1])
    owner = np.repeat(owner, team.asked[child + 1] - team.asked[child])
    infoset = found[ranges(where[below], where[below] + length[below])]
    return (
        np.concatenate((np.arange(len(level)), np.repeat(owner, length[below]))),
        np.concatenate((team.infoset[level], infoset)),
    )
