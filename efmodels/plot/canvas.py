"""The way to matplotlib: it is optional, imported late, and asked how wide a text is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from efmodels.optional_packages import imported

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT = 8.0
"""Size of texts, in points."""

TITLE = 10.0
"""Size of a title, in points."""

POINTS = 72.0
"""Points in an inch."""


def matplotlib_module(name: str) -> Any:
    """Return a module of matplotlib.

    Raises
    ------
    MissingPackageError
        matplotlib is not installed.
    """
    return imported(name, "matplotlib", "plot")


def new_axes(width: float, height: float) -> Axes:
    """Return the axes of a new figure of the given size in inches."""
    pyplot = matplotlib_module("matplotlib.pyplot")
    axes: Axes = pyplot.subplots(figsize=(width, height), layout="constrained")[1]
    return axes


def windowless_figure(width: float, height: float) -> Figure:
    """Return a new figure that is only ever written to a file."""
    module = matplotlib_module("matplotlib.figure")
    figure: Figure = module.Figure(figsize=(width, height), layout="constrained")
    return figure


def one_line(label: str) -> str:
    """Return a label with single spaces for tabs and line ends, which no font has.

    >>> one_line("to  the   left ")
    'to the left'
    """
    return " ".join(label.split())


def text_width(text: str) -> float:
    """Return the width of a text's widest line in inches, as it is if nothing is yet drawn."""
    to_path = matplotlib_module("matplotlib.textpath").text_to_path
    font = matplotlib_module("matplotlib.font_manager").FontProperties(size=FONT)
    lines = text.split("\n")
    widths = [to_path.get_text_width_height_descent(line, font, ismath=False)[0] for line in lines]
    return float(max(widths)) / POINTS


def text_height(lines: int) -> float:
    """Return the height of a text in inches.

    >>> round(text_height(2), 3)
    0.267
    """
    return lines * 1.2 * FONT / POINTS
