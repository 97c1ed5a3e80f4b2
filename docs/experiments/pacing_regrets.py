"""What bidders could have gained in pacing equilibria, under two meanings of the word.

``python docs/experiments/pacing_regrets.py FOLDER`` writes ``pacing-regrets.csv`` and
``pacing-regrets.svg``. It takes less than a minute.
"""

from __future__ import annotations

import sys
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from figures import saved_figure

import efmodels as ef
from efmodels.markets import multiplier_regrets, per_good_regrets

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.markets import Market, PacingOutcome

FAMILIES = {
    "complete": ef.instances.complete_market,
    "sampled": ef.instances.sampled_market,
    "correlated": ef.instances.correlated_market,
}
SIZES = ((2, 4), (3, 6), (4, 8))
MARKETS = 10
NOTHING = 1e-9
MEANINGS = (
    "first price, bids for each good",
    "first price, one multiplier",
    "second price, bids for each good",
)


def shares(outcome: PacingOutcome, regrets: dict[str, float]) -> float:
    """Return the mean regret of the bidders, as a share of what their goods are worth to them."""
    worth = outcome.utilities + outcome.spend
    regret = np.array(list(regrets.values()))
    return float((regret[worth > NOTHING] / worth[worth > NOTHING]).mean())


def markets_of(make: Callable[..., Market], size: tuple[int, int], number: int) -> list[Market]:
    """Return so many markets in which everybody has a budget, and somebody wants each good."""
    drawn = (make(*size, seed=seed) for seed in count())
    usable = (m for m in drawn if not len(m.bidders_without_budget) + len(m.goods_without_bid))
    return list(islice(usable, number))


def regrets_in(market: Market) -> dict[str, float]:
    """Return the regrets in the two equilibria of a market."""
    first, second = ef.fppe(market).outcome, ef.sppe(market, objective="revenue").outcome
    found = (
        shares(first, per_good_regrets(first)),
        shares(first, multiplier_regrets(first)),
        shares(second, per_good_regrets(second)),
    )
    return dict(zip(MEANINGS, found, strict=True))


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw the regrets of all markets, one column of points for each meaning."""
    with saved_figure(path) as axes:
        for k, meaning in enumerate(MEANINGS):
            points = np.sort(table[meaning].to_numpy())
            axes.plot(k + np.linspace(-0.3, 0.3, len(points)), points, ".", color=f"C{k}")
        axes.set_xticks(range(len(MEANINGS)), [m.replace(", ", "\n") for m in MEANINGS])
        axes.set_ylabel("regret, as a share of what is won")


def main(
    folder: Path, sizes: tuple[tuple[int, int], ...] = SIZES, markets: int = MARKETS
) -> pd.DataFrame:
    """Run the markets, and write the table and the picture."""
    rows = [
        {"family": name, "bidders": size[0], "goods": size[1], "market": k} | regrets_in(market)
        for name, make in FAMILIES.items()
        for size in sizes
        for k, market in enumerate(markets_of(make, size, markets))
    ]
    table = pd.DataFrame(rows)
    table.to_csv(
        folder / "pacing-regrets.csv", index=False, float_format="%.4g", lineterminator="\n"
    )
    draw(table, folder / "pacing-regrets.svg")
    return table


if __name__ == "__main__":
    medians = main(Path(sys.argv[1])).groupby(["family", "bidders"])[list(MEANINGS)].median()
    print(medians.to_string())
