"""Whether bidders who pace themselves do better if they begin at an equilibrium.

``python docs/experiments/adaptive_starts.py FOLDER`` writes ``adaptive-starts.csv`` and
``adaptive-starts.svg``. It takes less than a minute.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from figures import saved_figure

import efmodels as ef
from efmodels.markets import adaptive_pacing

FAMILIES = {
    "complete": ef.instances.complete_market,
    "correlated": ef.instances.correlated_market,
}
BIDDERS, GOODS = 4, 8
ROUNDS = (30, 100, 300, 1000)
MARKETS = 5


def regrets_of(family: str, seed: int, rounds: tuple[int, ...]) -> list[dict[str, object]]:
    """Return a row per start and number of rounds: the mean regret, as a share of the budget."""
    market = FAMILIES[family](BIDDERS, GOODS, budget_scale=2.0, seed=seed)
    starts = {
        "own values": None,
        "first-price equilibrium": ef.fppe(market).outcome,
        "second-price equilibrium": ef.sppe(market).outcome,
    }
    rows: list[dict[str, object]] = []
    for name, start in starts.items():
        for number in rounds:
            path = adaptive_pacing(market, start=start, rounds=number, seed=seed)
            rows.append(
                {
                    "family": family,
                    "seed": seed,
                    "start": name,
                    "rounds": number,
                    "regret": float(np.maximum(path.regrets, 0) @ (1 / market.budgets) / BIDDERS),
                    "revenue": float(path.spend.sum() / number / market.budgets.sum()),
                }
            )
    return rows


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw the mean regret against the number of rounds, a line for each start."""
    with saved_figure(path) as axes:
        for name, rows in table.groupby("start", sort=False):
            means = rows.groupby("rounds")["regret"].mean()
            axes.plot(means.index, means, "o-", label=f"begin with {name}")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("rounds")
        axes.set_ylabel("mean regret a round, as a share of the budget")
        axes.legend(frameon=False)


def main(folder: Path, rounds: tuple[int, ...] = ROUNDS, markets: int = MARKETS) -> pd.DataFrame:
    """Run the markets, and write the table and the picture."""
    found = [
        row
        for family in FAMILIES
        for seed in range(markets)
        for row in regrets_of(family, seed, rounds)
    ]
    table = pd.DataFrame(found)
    table.to_csv(
        folder / "adaptive-starts.csv", index=False, float_format="%.4g", lineterminator="\n"
    )
    draw(table, folder / "adaptive-starts.svg")
    return table


if __name__ == "__main__":
    means = main(Path(sys.argv[1])).groupby(["rounds", "start"])[["regret", "revenue"]].mean()
    print(means.to_string())
