"""Where the nodes and the edges' labels of a tree stand, in inches: nothing lies on its neighbour.

From top to bottom a row has its nodes, the payoffs of its terminals if a line must pass below them,
the tracks of its infosets, and the labels of the edges, which stand next to the children: there
they are farthest from each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import TERMINAL
from efmodels.plot.canvas import text_height, text_width
from efmodels.plot.layout import neighbours

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints
    from efmodels.plot.infoset_links import Link
    from efmodels.plot.tree_texts import Texts

TRACK = 0.15
"""Distance of two tracks of infosets."""

MARKER = 0.1
"""Half of what a node's marker takes, with some air."""

GAP = 0.08
"""Least distance of two texts."""

NARROWEST, SHORTEST = 0.32, 0.7
"""Least distances of two terminals, and of two rows."""

SLOPE = 0.2
"""Least slope of an edge: flatter ones lie on each other's labels."""


@dataclass(frozen=True, eq=False)
class Places:
    """Where everything stands, in inches.

    Attributes
    ----------
    x, y
        The nodes; the root has ``y = 0``.
    row
        Depth of each node.
    label_x, label_y
        The labels of the edges to each node.
    first_track
        How far below each row its tracks begin.
    """

    x: Floats
    y: Floats
    row: Ints
    label_x: Floats
    label_y: Floats
    first_track: Floats

    def drop(self, row: int, track: int) -> float:
        """Return how far below a row a track runs; track 0 is the row itself."""
        return float(self.first_track[row] + (track - 1) * TRACK) if track else 0.0


def places_of(game: Game, layout: tuple[Floats, Floats], texts: Texts, links: list[Link]) -> Places:
    """Return places for the nodes of a game.

    Parameters
    ----------
    game
        The game.
    layout
        The nodes in units; see :func:`efmodels.plot.tree_layout`.
    texts
        What is written.
    links
        The lines through infosets.
    """
    units, row = layout[0], (-layout[1]).astype(int)
    first_track = MARKER / 2 + TRACK * 0.5 + _payoffs_above_tracks(game, units, row, links)
    labels = _label_heights(game, row, texts)
    heights = _row_heights(row, links, first_track, labels)
    above = game.parent.clip(0)

    def on_edges(heights: Floats) -> Floats:
        """Return how far down its edge each label stands, from 0 to 1."""
        share = 1 - (MARKER + labels / 2) / heights
        share_of_node: Floats = np.concatenate([[1.0], share])[row]
        return share_of_node

    share = on_edges(heights)
    x = units * unit_width(game, units, share * units + (1 - share) * units[above], texts)
    widest = np.zeros(len(heights))
    np.maximum.at(widest, row[1:] - 1, np.abs(x - x[above])[1:])
    heights = np.maximum(heights, SLOPE * widest)
    y = -np.concatenate([[0.0], np.cumsum(heights)])[row]
    # Higher rows move the labels apart, and never together.
    share = on_edges(heights)
    label_x, label_y = (share * at + (1 - share) * at[above] for at in (x, y))
    return Places(x, y, row, label_x, label_y, first_track)


def _row_heights(row: Ints, links: list[Link], first_track: Floats, labels: Floats) -> Floats:
    """Return the distances between the rows that tracks and labels need."""
    tracks = np.zeros(len(first_track))
    for link in links:
        np.maximum.at(tracks, row[link.nodes], link.track)
    needed = first_track + tracks * TRACK * (tracks > 0)
    return np.maximum(SHORTEST, needed[:-1] + labels + MARKER)


def _label_heights(game: Game, row: Ints, texts: Texts) -> Floats:
    """Return the height of the labels below each row but the last."""
    lines = np.zeros(len(game.levels))
    np.maximum.at(lines, row, [text.count("\n") + 1 for text in texts.edges])
    return np.array([text_height(int(count)) for count in lines[1:]])


def _payoffs_above_tracks(game: Game, x: Floats, row: Ints, links: list[Link]) -> Floats:
    """Return the height of a row's payoffs if a track passes below them, else zero."""
    room = np.zeros(len(game.levels))
    for link in links:
        for a, b in pairwise(link.nodes):
            between = (row == row[a]) & (x > x[a]) & (x < x[b]) & (game.owner == TERMINAL)
            if link.track and row[a] == row[b] and between.any():
                room[row[a]] = text_height(len(game.players)) + MARKER
    return room


def unit_width(game: Game, x: Floats, labels: Floats, texts: Texts) -> float:
    """Return the inches between two terminals that the texts need.

    Parameters
    ----------
    game
        The game.
    x, labels
        Where the nodes and the labels of the edges are, in units.
    texts
        What is written.
    """
    edges = edge_widths(texts) / 2
    left, right = room_beside_nodes(texts)
    return max(NARROWEST, _needed(game, labels, edges, edges), _needed(game, x, left, right))


def edge_widths(texts: Texts) -> Floats:
    """Return the width of the label of the edge to each node, in inches."""
    return np.array([text_width(text) if text else 0.0 for text in texts.edges])


def room_beside_nodes(texts: Texts) -> tuple[Floats, Floats]:
    """Return the inches that the marker, payoffs and name of each node take left and right."""
    middle = np.array(
        [max((text_width(text) for text in lines), default=2 * MARKER) for lines in texts.payoffs]
    )
    beside = np.array([text_width(text) if text else 0.0 for text in texts.names])
    left = np.where(texts.on_the_left, beside, 0.0)
    return middle / 2 + left, middle / 2 + beside - left


def _needed(game: Game, at: Floats, left: Floats, right: Floats) -> float:
    """Return the least scale at which neighbours in a row keep their distance."""
    a, b = neighbours(game, at)
    wanted = right[a] + left[b] + GAP
    return float((wanted / (at[b] - at[a])).max(initial=0.0))
