"""What a bidder gains by a false report in first-price pacing, as the market gets thicker.

``python docs/experiments/misreporting.py FOLDER`` writes ``misreporting.csv`` and
``misreporting.svg``. It takes less than a minute.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from figures import saved_figure

import efmodels as ef
from efmodels.markets import Market

BUDGETS = {"scarce budgets": 1.0, "ample budgets": 4.0}
COPIES = (1, 2, 4, 8)
FACTORS = (0.2, 0.4, 0.6, 0.7, 0.8, 0.9)
MARKETS = 4


def copied(market: Market, copies: int) -> Market:
    """Return the market with so many copies of every bidder and of every good."""
    values = np.kron(np.ones((copies, copies)), market.values.toarray())
    return Market(values, np.tile(market.budgets, copies))


def gain(market: Market, report: str, factor: float) -> float:
    """Return what the first bidder gains by reporting less, as a share of her budget.

    Her utility is what her goods are truly worth less what she pays.
    """
    values, budgets = market.values.toarray(), market.budgets.copy()
    if report == "values":
        values[0] *= factor
    else:
        budgets[0] *= factor
    honest, reported = ef.fppe(market).outcome, ef.fppe(Market(values, budgets)).outcome
    got = market.values.toarray()[0] @ reported.allocation.toarray()[0]
    return (got - reported.spend[0] - honest.utilities[0]) / market.budgets[0]


def best_gain(scale: float, copies: int, seed: int) -> float:
    """Return what the best of the false reports brings, at least 0 for the true one."""
    market = copied(ef.instances.complete_market(3, 6, budget_scale=scale, seed=seed), copies)
    reports = ((report, factor) for report in ("values", "budget") for factor in FACTORS)
    return max(0.0, *(gain(market, report, factor) for report, factor in reports))


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw the mean gains against the number of copies."""
    with saved_figure(path) as axes:
        for budgets, rows in table.groupby("budgets"):
            means = rows.groupby("copies")["gain"].mean()
            axes.plot(means.index, means, "o-", label=budgets)
        axes.set_xscale("log", base=2)
        axes.set_xticks(COPIES, [str(copies) for copies in COPIES])
        axes.set_xlabel("copies of every bidder and every good")
        axes.set_ylabel("mean gain by a false report")
        axes.legend(frameon=False)


def main(folder: Path, copies: tuple[int, ...] = COPIES, markets: int = MARKETS) -> pd.DataFrame:
    """Run the markets, and write the table and the picture."""
    rows = [
        {"budgets": name, "copies": c, "seed": seed, "gain": best_gain(scale, c, seed)}
        for name, scale in BUDGETS.items()
        for c in copies
        for seed in range(markets)
    ]
    table = pd.DataFrame(rows)
    table.to_csv(folder / "misreporting.csv", index=False, float_format="%.4g", lineterminator="\n")
    draw(table, folder / "misreporting.svg")
    return table


if __name__ == "__main__":
    print(main(Path(sys.argv[1])).groupby(["budgets", "copies"])["gain"].agg(["mean", "max"]))
