"""What is measured on first-price pacing equilibria: linear programs and Ipopt, each polished.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from efmodels.instances import sampled_market
from efmodels.market_equilibria import fppe
from efmodels.markets import read_market, write_market

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.markets import Market

FILES = "values.csv", "budgets.csv", "goods.csv"


def write_sampled(bidders: int, goods: int, density: float, folder: Path) -> None:
    """Write a random market in which budgets are as tight as in a complete one."""
    folder.mkdir(parents=True, exist_ok=True)
    market = sampled_market(bidders, goods, density=density, budget_scale=1 / density, seed=1)
    write_market(market, *(folder / name for name in FILES))


def by_cuts(folder: Path) -> Callable[[], Facts]:
    """Solve linear programs with tangents, and polish."""
    return partial(_facts, _market(folder), "cuts")


def by_ipopt(folder: Path) -> Callable[[], Facts]:
    """Give the convex program to Ipopt, and polish."""
    return partial(_facts, _market(folder), "ipopt")


def _market(folder: Path) -> Market:
    return read_market(*(folder / name for name in FILES))


def _facts(market: Market, method: str) -> Facts:
    found = fppe(market, method)
    return {
        "values": market.values.nnz,
        "value": found.revenue,
        "unpolished": found.log[0].residual,
        "residual": found.residuals.relative,
    }
