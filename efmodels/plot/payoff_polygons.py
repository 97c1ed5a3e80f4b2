"""Payoff spaces of several concepts on one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from efmodels.errors import GameError
from efmodels.plot.canvas import FONT, new_axes, one_line
from efmodels.plot.palette import INK, MARKERS, PLAYERS, lighter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from efmodels.game import Floats

SIZE = (4.6, 4.0)
"""Width and height of a new figure, in inches."""

LINES = ("-", "--", "-.", ":")
"""Styles of the polygons' edges, again from the first after the fourth."""

DOT, MARK = 6.0, 7.0
"""Sizes of a space that is a point and of a mark, in points."""

ALIKE = 1e-6
"""By which share of the larger one areas differ that count as the same."""

NASH = "Nash"
"""What the legend calls Nash equilibria."""


class HasCorners(Protocol):
    """What can be drawn: a payoff space, or anything with these attributes."""

    @property
    def title(self) -> str:
        """What the legend says."""

    @property
    def axes(self) -> tuple[str, str]:
        """What the two axes measure."""

    @property
    def vertices(self) -> Floats:
        """The corners counterclockwise, shape ``(corners, 2)``."""

    @property
    def area(self) -> float:
        """The larger ones are drawn first."""


class HasPayoffs(Protocol):
    """What can be marked as a Nash equilibrium: a profile, or anything else with payoffs."""

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, by label."""


def payoff_space(
    *spaces: HasCorners,
    labels: Sequence[str] | None = None,
    points: Mapping[str, tuple[float, float]] | None = None,
    nash: Sequence[HasPayoffs] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw payoff spaces: a filled polygon each, the smaller ones over the larger ones.

    Each has a colour and a line style of its own. Of spaces of the same area, up to rounding, the
    later ones lie on top, and the solid edge of the first shows between their dashes. A segment is
    drawn as a wide line, and a space of a single point as a dot.

    Parameters
    ----------
    *spaces
        What :func:`efmodels.payoff_spaces.payoff_space` returns, all on the same two axes.
    labels
        What the legend says of each; by default their concepts, and of which only the convex hull
        is known.
    points
        Payoffs to be marked, by name.
    nash
        Nash equilibria to be marked, such as those of :func:`efmodels.all_nash`. The axes must be
        players then, and no sums.
    ax
        Where to draw; by default a new figure.

    Raises
    ------
    GameError
        There is nothing to draw, the axes differ, there are not as many labels as spaces, or an
        equilibrium has no payoff for an axis.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> space = ef.payoff_space(ef.instances.chicken(6, 2, 7, 0), "CE")
    >>> ax = ef.plot.payoff_space(space, points={"stop": (6, 6)})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['CE', 'stop']
    """
    names = [space.title for space in spaces] if labels is None else list(labels)
    if len(names) != len(spaces):
        raise GameError(f"labels must be one per space: got {len(names)} for {len(spaces)} spaces")
    titles = _common_axes(spaces)
    equilibria = [_place(one, titles) for one in nash]
    ax = new_axes(*SIZE) if ax is None else ax
    order = _largest_first([space.area for space in spaces])
    drawn = {k: _draw(ax, spaces[k].vertices, names[k], k) for k in order}
    marks = [
        _mark(ax, name, at, MARKERS[k % len(MARKERS)])
        for k, (name, at) in enumerate((points or {}).items())
    ]
    _name_axes(ax, titles)
    artists = [*(drawn[k] for k in range(len(spaces))), *marks]
    names += list(points or {})
    if equilibria:
        artists.append(_mark_equilibria(ax, equilibria))
        names.append(NASH)
    legend = ax.legend(artists, list(map(one_line, names)), fontsize=FONT)
    for text in legend.get_texts():
        text.set_parse_math(False)
    return ax


def _common_axes(spaces: Sequence[HasCorners]) -> tuple[str, str]:
    """Return the axes that all spaces share."""
    titles = list(dict.fromkeys(space.axes for space in spaces))
    if not titles:
        raise GameError("there is nothing to draw: give at least one payoff space")
    if len(titles) > 1:
        raise GameError(f"the spaces have different axes: {titles[0]} and {titles[1]}")
    return titles[0]


def _largest_first(areas: Sequence[float]) -> list[int]:
    """Return the order of areas from the largest on; those alike stay as they were given.

    >>> _largest_first([1.0, 3.0, 3.0000000001])
    [1, 2, 0]
    """
    order: list[int] = []
    left = list(range(len(areas)))
    while left:
        largest = max(areas[k] for k in left)
        alike = [k for k in left if areas[k] >= largest * (1 - ALIKE)]
        order += alike
        left = [k for k in left if k not in alike]
    return order


def _draw(ax: Axes, corners: Floats, name: str, number: int) -> Any:
    """Draw one space, given by its number in the legend, and return its artist."""
    colour, line = PLAYERS[number % len(PLAYERS)], LINES[number % len(LINES)]
    gid = f"space-{name}"
    x, y = corners.T
    if len(corners) == 1:
        (dot,) = ax.plot(x, y, "o", color=colour, markersize=DOT, gid=gid, clip_on=False)
        return dot
    if len(corners) == 2:  # noqa: PLR2004 - a segment
        (segment,) = ax.plot(x, y, line, color=colour, linewidth=2.5, gid=gid, clip_on=False)
        return segment
    style: dict[str, Any] = {"facecolor": lighter(colour), "edgecolor": colour, "linestyle": line}
    (polygon,) = ax.fill(x, y, linewidth=1.5, alpha=0.85, gid=gid, **style)
    return polygon


def _mark(ax: Axes, name: str, at: tuple[float, float], marker: str) -> Any:
    """Mark a point."""
    style: dict[str, Any] = {"markerfacecolor": "white", "markersize": MARK, "linestyle": "none"}
    (mark,) = ax.plot(*at, marker, color=INK, gid=f"point-{name}", zorder=3, **style)
    return mark


def _place(equilibrium: HasPayoffs, titles: tuple[str, str]) -> tuple[float, float]:
    """Return the payoffs of an equilibrium on both axes."""
    payoffs = equilibrium.payoffs()
    strange = next((title for title in titles if title not in payoffs), None)
    if strange is not None:
        raise GameError(
            f"a Nash equilibrium has payoffs of {list(payoffs)}, and an axis measures {strange!r}: "
            "draw spaces whose axes are these players, or give the points by name as points="
        )
    return payoffs[titles[0]], payoffs[titles[1]]


def _mark_equilibria(ax: Axes, places: Sequence[tuple[float, float]]) -> Any:
    """Mark all Nash equilibria alike."""
    x, y = zip(*places, strict=True)
    style: dict[str, Any] = {"markersize": MARK - 1, "linestyle": "none", "clip_on": False}
    (marks,) = ax.plot(x, y, "*", color=INK, gid="nash", zorder=4, **style)
    return marks


def _name_axes(ax: Axes, titles: tuple[str, str]) -> None:
    for axis, title in zip((ax.xaxis, ax.yaxis), titles, strict=True):
        axis.set_label_text(f"payoff of {one_line(title)}", fontsize=FONT, parse_math=False)
        axis.set_tick_params(labelsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    ax.margins(0.06)
