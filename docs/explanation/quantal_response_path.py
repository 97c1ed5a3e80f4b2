"""The picture of the page on quantal responses, drawn anew into a folder that is given.

tests/test_docs.py draws it as well, and compares the texts in it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

import efmodels as ef

# Texts stay texts, and two runs write the same file.
STYLE = {
    "backend": "agg",
    "font.sans-serif": ["DejaVu Sans"],
    "svg.fonttype": "none",
    "svg.hashsalt": "efmodels",
}


def main(folder: Path) -> None:
    """Draw what the players of a lopsided game of pennies do and get, from noise to precision."""
    pennies = ef.Game.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    precisions = [0, *np.geomspace(0.05, 50, 40)]
    path = ef.quantal_response_path(pennies, "QRE", precisions)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.2, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        ef.plot.quantal_responses(path, ax=left)
        ef.plot.quantal_payoffs(path, ax=right)
        figure.savefig(folder / "quantal-response-path.svg", metadata={"Date": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
