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
    floors: Floats | None
    spare: Floats | None


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
        result.append(
            Level(
                slice(begin, end),
                choices,
                first,
                width,
                point,
                polytope.incoming[entry[0] : entry[-1]],
                entry[:-1] - entry[0],
                np.repeat(number, np.diff(entry)),
                own,
                None if own is None else 1 - np.add.reduceat(own, first)[point],
            )
        )
    return result
