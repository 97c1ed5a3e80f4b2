"""What first-price pacing earns beside the best second-price pacing, from poor to rich bidders.

``python docs/experiments/pacing_revenue.py FOLDER`` writes ``pacing-revenue.csv`` and
``pacing-revenue.svg``. It takes less than a minute.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from figures import saved_figure

import efmodels as ef

SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)
MARKETS = 10


def compare(scale: float, seed: int) -> dict[str, float]:
    """Return the revenues of a market of 3 bidders and 6 goods, and how many bidders are paced."""
    market = ef.instances.complete_market(3, 6, budget_scale=scale, seed=seed)
    first = ef.fppe(market)
    least, most = ef.sppe_interval(market).ends
    return {
        "budget scale": scale,
        "seed": seed,
        "first price": first.revenue,
        "second price, most": most,
        "second price, least": least,
        "paced": float((first.alpha < 1 - 1e-9).mean()),
        "budgets": float(market.budgets.sum()),
    }


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw the ratios of all markets, and their medians."""
    with saved_figure(path) as axes:
        ratio = table["first price"] / table["second price, most"]
        axes.plot(table["budget scale"], ratio, "o", color="0.7", label="a market")
        medians = ratio.groupby(table["budget scale"]).median()
        axes.plot(medians.index, medians, "o-", color="C0", label="median")
        axes.set_xscale("log", base=2)
        axes.set_xticks(SCALES, [f"{scale:g}" for scale in SCALES])
        axes.set_xlabel("budget scale")
        axes.set_ylabel("revenue, first over second price")
        axes.axhline(1, color="0.3", linewidth=0.8)
        axes.legend(frameon=False)


def main(folder: Path, scales: tuple[float, ...] = SCALES, markets: int = MARKETS) -> pd.DataFrame:
    """Run the markets, and write the table and the picture."""
    rows = [compare(scale, seed) for scale in scales for seed in range(markets)]
    table = pd.DataFrame(rows)
    table.to_csv(
        folder / "pacing-revenue.csv", index=False, float_format="%.6g", lineterminator="\n"
    )
    draw(table, folder / "pacing-revenue.svg")
    return table


if __name__ == "__main__":
    found = main(Path(sys.argv[1]))
    found["ratio"] = found["first price"] / found["second price, most"]
    found["several"] = found["second price, most"] > found["second price, least"] * (1 + 1e-6)
    groups = found.groupby("budget scale")
    print(groups[["ratio", "paced"]].median().join(groups["several"].sum()))
