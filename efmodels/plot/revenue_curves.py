"""Revenue curves and their concave hulls: where ironing changes virtual values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from efmodels.errors import GameError
from efmodels.plot.canvas import FONT, new_axes, one_line
from efmodels.plot.palette import INK, PLAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from efmodels.mechanisms import RevenueCurve

SIZE = (4.6, 3.6)
"""Width and height of a new figure, in inches."""


def revenue_curve(
    *curves: RevenueCurve, labels: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what a bidder can be charged, by how likely she buys, and its concave hull.

    Each curve has a colour: points joined by a solid line for prices, and a dashed line for the
    hull, which lotteries reach. The slopes of the hull are the ironed virtual values.

    Parameters
    ----------
    *curves
        What :func:`efmodels.mechanisms.revenue_curve` returns.
    labels
        What the legend says of each; ``B1``, ``B2``, ... by default.
    ax
        Where to draw; by default a new figure.

    Raises
    ------
    GameError
        There is nothing to draw, or there are not as many labels as curves.
    MissingPackageError
        matplotlib is not installed.

    Examples
    --------
    >>> import efmodels as ef
    >>> curve = ef.mechanisms.revenue_curve([2, 4, 6], [0.6, 0.1, 0.3])
    >>> ax = ef.plot.revenue_curve(curve)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['B1', 'concave hull']
    """
    if not curves:
        raise GameError("there is nothing to draw: give at least one revenue curve")
    names = [f"B{k + 1}" for k in range(len(curves))] if labels is None else list(labels)
    if len(names) != len(curves):
        raise GameError(f"labels must be one per curve: got {len(names)} for {len(curves)} curves")
    ax = new_axes(*SIZE) if ax is None else ax
    for number, (curve, name) in enumerate(zip(curves, names, strict=True)):
        colour = PLAYERS[number % len(PLAYERS)]
        line: dict[str, Any] = {"color": colour, "linewidth": 1.5}
        dashed: dict[str, Any] = {"color": colour, "linewidth": 1.0}
        x = curve.quantity
        ax.plot(x, curve.revenue, "o-", gid=f"revenue-{name}", label=one_line(name), **line)
        ax.plot(x, curve.hull, "--", gid=f"hull-{name}", **dashed)
    ax.plot([], [], "--", color=INK, label="concave hull")
    ax.set_xlabel("chance to sell", fontsize=FONT)
    ax.set_ylabel("expected revenue", fontsize=FONT)
    ax.tick_params(labelsize=FONT)
    ax.spines[["top", "right"]].set_visible(False)
    for text in ax.legend(fontsize=FONT).get_texts():
        text.set_parse_math(False)
    return ax
