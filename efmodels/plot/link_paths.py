"""The line of an infoset as a path, and where its label stands on it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Game
    from efmodels.plot.infoset_links import Link
    from efmodels.plot.tree_places import Places

    Point = tuple[float, float]

CORNER = 0.12
"""Largest radius of a corner, in inches."""

BOW = 0.2
"""How far a bow swings out, as a share of its length."""

_MOVE, _LINE, _CURVE = 1, 2, 3  # the codes of matplotlib.path.Path, known without importing it


class LabelPlace(NamedTuple):
    """Where a label stands, and whether its middle or its left end is there."""

    x: float
    y: float
    align: str
    room: float


def link_path(link: Link, places: Places) -> tuple[list[Point], list[int]]:
    """Return the vertices and the codes of a link as matplotlib's paths have them.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.plot.tree_plan import plan_of
    >>> plan = plan_of(ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]))
    >>> vertices, codes = link_path(plan.links[0], plan.places)
    >>> len(vertices), codes
    (2, [1, 2])
    """
    vertices: list[Point] = [_point(places, int(link.nodes[0]))]
    codes = [_MOVE]
    for a, b in pairwise(link.nodes.tolist()):
        points, kinds = _piece(_point(places, a), _point(places, b), _drop(link, places, a))
        vertices += points
        codes += kinds
    return vertices, codes


def _point(places: Places, node: int) -> Point:
    return float(places.x[node]), float(places.y[node])


def _drop(link: Link, places: Places, node: int) -> float:
    """Return how far a link runs below the row of a node."""
    return places.drop(int(places.row[node]), link.track)


def _piece(a: Point, b: Point, drop: float) -> tuple[list[Point], list[int]]:
    """Return what leads from ``a`` to ``b``: a line, a line below the row, or a bow."""
    if a[1] != b[1]:
        return [_swing(a, b), b], [_CURVE, _CURVE]
    if drop == 0:
        return [b], [_LINE]
    low, corner = a[1] - drop, _corner(a, b)
    down = [(a[0], low + corner), (a[0], low), (a[0] + corner, low)]
    up = [(b[0] - corner, low), (b[0], low), (b[0], low + corner), b]
    return [*down, *up], [_LINE, _CURVE, _CURVE, _LINE, _CURVE, _CURVE, _LINE]


def _corner(a: Point, b: Point) -> float:
    return min(CORNER, (b[0] - a[0]) / 2)


def _swing(a: Point, b: Point) -> Point:
    """Return the control point of a bow: beside the middle, on the right of who goes down."""
    upper, lower = (a, b) if a[1] > b[1] else (b, a)
    across, down = lower[0] - upper[0], upper[1] - lower[1]
    return (a[0] + b[0]) / 2 + 2 * BOW * down, (a[1] + b[1]) / 2 + 2 * BOW * across


def label_place(game: Game, links: list[Link], link: Link, places: Places) -> LabelPlace:
    """Return where the label of one of the links stands: as far from other lines as possible."""
    options: list[LabelPlace] = []
    for a, b in pairwise(link.nodes.tolist()):
        here, there = _point(places, a), _point(places, b)
        if here[1] != there[1]:
            options.append(_on_bow(here, there))
            continue
        drop = _drop(link, places, a)
        corner = _corner(here, there) if drop else 0.0
        ends = here[0] + corner, there[0] - corner
        row = int(places.row[a])
        crossed = _crossings(game, places, row, drop) + _stubs(links, link, places, row)
        inside = sorted(u for u in crossed if ends[0] < u < ends[1])
        options += [
            LabelPlace((u + v) / 2, here[1] - drop, "center", v - u)
            for u, v in pairwise((ends[0], *inside, ends[1]))
        ]
    # Rounding must not decide between gaps that are equally wide: the leftmost is taken.
    return max(options, key=lambda option: (round(option.room, 6), -option.x))


def _on_bow(a: Point, b: Point) -> LabelPlace:
    """Return the place right beside a bow, on its upper half."""
    upper, lower = (a, b) if a[1] > b[1] else (b, a)
    t = 0.35
    x, y = (
        (1 - t) ** 2 * u + 2 * t * (1 - t) * v + t**2 * w
        for u, v, w in zip(upper, _swing(a, b), lower, strict=True)
    )
    return LabelPlace(x, y, "left", abs(a[0] - b[0]))


def _crossings(game: Game, places: Places, row: int, drop: float) -> list[float]:
    """Return where the edges below a row cross a track that runs so far below it."""
    if drop == 0:
        return []
    below = np.flatnonzero(places.row == row + 1)
    above = game.parent[below]
    share = drop / (places.y[above] - places.y[below])
    crossed: list[float] = ((1 - share) * places.x[above] + share * places.x[below]).tolist()
    return crossed


def _stubs(links: list[Link], link: Link, places: Places, row: int) -> list[float]:
    """Return where lines of lower tracks go down through this link's track."""
    lower = [other.nodes for other in links if other.track > link.track]
    return [float(places.x[node]) for nodes in lower for node in nodes if places.row[node] == row]
