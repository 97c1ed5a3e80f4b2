"""The levels of an arranged polytope, as slices for sweeps up and down."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.learning.arrangement import Arrangement


class Level(NamedTuple):
    """Decision points that can be handled at once: slices of coordinates and incoming ones.

    Attributes
    ----------
    points
        The decision points.
    choices
        Their coordinates.
    first, width
        Where in ``choices`` those of each point begin, and how many they are.
    point
        The number of the point, within the level, of each coordinate.
    incoming
        The coordinates that flow in.
    entry
        Where in ``incoming`` those of each point begin.
    entered
        The number of the point, within the level, of each incoming coordinate.
    parents
        The coordinates that flow in, each once, in order.
    children, family
        The numbers of the points that each of them flows into, one parent after the other, and
        where in ``children`` those of each parent begin.
    floors, spare
        Least probabilities, and what they leave of each coordinate's point; ``None`` if all are 0.
    """

    points: slice
    choices: slice
    first: Ints
    width: Ints
    point: Ints
    incoming: Ints
    entry: Ints
    entered: Ints
    parents: Ints
    children: Ints
    family: Ints
    floors: Floats | None
    spare: Floats | None

    def add_to_parents(self, worth: Floats, value: Floats) -> None:
        """Add the value of each point to the worth of every coordinate that flows into it."""
        worth[self.parents] += np.add.reduceat(value[self.children], self.family)

    def inflow(self, plan: Floats) -> Floats:
        """Return how likely a plan gets to each point."""
        into = plan[self.incoming]
        if len(self.entry) == len(self.incoming):  # one into each
            return into
        total: Floats = np.add.reduceat(into, self.entry)
        return total


def levels_of(arrangement: Arrangement) -> list[Level]:
    """Return the levels of an arranged polytope, those next to the root first."""
    polytope, floors = arrangement.polytope, arrangement.floors
    result = []
    for begin, end in pairwise(arrangement.levels.tolist()):
        start = polytope.start[begin : end + 1]
        entry = polytope.incoming_start[begin : end + 1]
        choices = slice(int(start[0]), int(start[-1]))
        first, width, number = start[:-1] - start[0], np.diff(start), np.arange(end - begin)
        point = np.repeat(number, width)
        own = None if floors is None else floors[choices]
        incoming = polytope.incoming[entry[0] : entry[-1]]
        entered = np.repeat(number, np.diff(entry))
        parents, family = np.unique(np.sort(incoming), return_index=True)
        result.append(
            Level(
                slice(begin, end),
                choices,
                first,
                width,
                point,
                incoming,
                entry[:-1] - entry[0],
                entered,
                parents,
                entered[np.argsort(incoming, kind="stable")],
                family,
                own,
                None if own is None else 1 - np.add.reduceat(own, first)[point],
            )
        )
    return result
