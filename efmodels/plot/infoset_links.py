"""Which infosets are joined by a line, and on which track each line runs.

Nodes side by side are joined by a straight line. Where other nodes stand between them, the line
runs below the row, on a track of its own: no two lines lie on each other. Nodes of different rows
are joined by a bow.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.game import Floats, Game, Ints


@dataclass(frozen=True, eq=False)
class Link:
    """The line through the nodes of an infoset.

    Attributes
    ----------
    infoset
        Number of the infoset.
    nodes
        Its nodes, from left to right.
    track
        0 for a line on the row itself; 1, 2, ... for tracks below it.
    """

    infoset: int
    nodes: Ints
    track: int


def links_of(game: Game, x: Floats, y: Floats) -> list[Link]:
    """Return a link for every infoset of several nodes, the shortest first.

    Short lines get the tracks next to the row, so that long ones pass below them.

    Parameters
    ----------
    game
        The game.
    x, y
        Where the nodes are; a row has one ``y``.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.plot.layout import tree_layout
    >>> game = ef.instances.kuhn()
    >>> links = links_of(game, *tree_layout(game))
    >>> [game.infoset_names[link.infoset] for link in links if link.track == 0]
    ['J', 'Q', 'K']
    >>> max(link.track for link in links)
    6
    """
    links: list[Link] = []
    for nodes in sorted(_shared(game, x), key=lambda nodes: float(np.ptp(x[nodes]))):
        taken = {link.track for link in links if _meet(link.nodes, nodes, x, y)}
        free = (track for track in range(1, len(taken) + 2) if track not in taken)
        straight = _side_by_side(game, nodes, x, y)
        links.append(Link(int(game.infoset[nodes[0]]), nodes, 0 if straight else next(free)))
    return links


def _shared(game: Game, x: Floats) -> Iterator[Ints]:
    """Yield the nodes of every player's infoset that has several, from left to right."""
    inner = np.flatnonzero(game.owner > 0)
    inner = inner[np.lexsort((x[inner], game.infoset[inner]))]
    starts = np.flatnonzero(np.diff(game.infoset[inner], prepend=-1))
    yield from (nodes for nodes in np.split(inner, starts[1:]) if len(nodes) > 1)


def _side_by_side(game: Game, nodes: Ints, x: Floats, y: Floats) -> bool:
    """Say whether nothing stands in a row between two nodes of the infoset in that row."""
    return not any(
        ((y == y[a]) & (x > x[a]) & (x < x[b]) & (game.infoset != game.infoset[a])).any()
        for a, b in pairwise(nodes)
        if y[a] == y[b]
    )


def _meet(one: Ints, other: Ints, x: Floats, y: Floats) -> bool:
    """Say whether two lines would lie on each other if they had the same track."""
    apart = x[one].max() < x[other].min() or x[other].max() < x[one].min()
    return not apart and bool(np.isin(y[one], y[other]).any())
