"""The look of the experiments' figures: two runs write the same file."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes

STYLE = {
    "backend": "agg",
    "font.sans-serif": ["DejaVu Sans"],
    "svg.fonttype": "none",  # texts stay texts
    "svg.hashsalt": "efmodels",
}


@contextmanager
def saved_figure(path: Path) -> Iterator[Axes]:
    """Yield the axes of a figure, which is written when all is drawn."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6, 3.6), layout="constrained")
        yield figure.subplots()
        figure.savefig(path, metadata={"Date": None})
