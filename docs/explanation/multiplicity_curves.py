"""Both ends of the revenue of second-price pacing equilibria, in a family of two bidders.

``python docs/explanation/multiplicity_curves.py FOLDER`` writes ``multiplicity-curves.csv`` and
``multiplicity-curves.svg``. It takes some seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd

import efmodels as ef

# Texts stay texts, and two runs write the same file.
STYLE = {
    "backend": "agg",
    "font.sans-serif": ["DejaVu Sans"],
    "svg.fonttype": "none",
    "svg.hashsalt": "efmodels",
}

LARGEST = range(2, 11)


def ends() -> pd.DataFrame:
    """Return a row per market of the family: its smallest and its largest revenue."""
    rows = []
    for K in LARGEST:
        low, high = ef.sppe_interval(ef.instances.two_equilibria_market(K)).ends
        rows.append({"K": K, "smallest": round(low, 6), "largest": round(high, 6)})
    return pd.DataFrame(rows)


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw both ends against K, and everything between them."""
    with mpl.rc_context(STYLE):
        from matplotlib import pyplot as plt

        figure, axes = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
        axes.fill_between(table["K"], table["smallest"], table["largest"], color="0.88")
        axes.plot(table["K"], table["largest"], "o-", label="largest")
        axes.plot(table["K"], table["smallest"], "s-", label="smallest")
        axes.set(xlabel="K", ylabel="revenue", ylim=(0, None))
        axes.legend()
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def main(folder: Path) -> None:
    """Write the table and the picture."""
    table = ends()
    table.to_csv(folder / "multiplicity-curves.csv", index=False)
    draw(table, folder / "multiplicity-curves.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
