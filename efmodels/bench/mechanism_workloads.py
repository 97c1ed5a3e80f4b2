"""What is measured on mechanisms: Border's reduced form, and a program over all profiles.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.formulations import direct_mechanism
from efmodels.mechanism_design import optimal_auction
from efmodels.mechanisms import IndependentBidders, myerson, sale_to
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts

SIZES = "bidders.txt"
"""File with the number of bidders and of the types of each."""


def write_sizes(bidders: int, types: int, folder: Path) -> None:
    """Write down how many bidders there are, and how many types of each."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SIZES).write_text(f"{bidders} {types}", encoding="utf-8")


def many_sets(folder: Path) -> Callable[[], Facts]:
    """Find the best auction, with up to twenty of Border's inequalities a round."""
    bidders = _bidders(folder)
    return lambda: _facts(bidders, 20)


def one_set(folder: Path) -> Callable[[], Facts]:
    """Find the best auction, with one of Border's inequalities a round."""
    bidders = _bidders(folder)
    return lambda: _facts(bidders, 1)


def all_profiles(folder: Path) -> Callable[[], Facts]:
    """Build a direct mechanism over all profiles, solve it, and look for lies that pay."""
    bidders = _bidders(folder)

    def work() -> Facts:
        model = pyo.ConcreteModel()
        model.auction = direct_mechanism(sale_to(bidders))
        model.goal = pyo.Objective(expr=model.auction.revenue, sense=pyo.maximize)
        result = solve(model)
        return {
            "profiles": model.auction.formulation().setting.profiles,
            "value": result.value,
            "difference": abs(result.value - myerson(bidders).revenue),
            "regret": max(result.regrets["auction"].values()),
        }

    return work


def _bidders(folder: Path) -> IndependentBidders:
    """Return bidders who are not alike, always the same ones."""
    count, types = map(int, (folder / SIZES).read_text(encoding="utf-8").split())
    rng = np.random.default_rng(0)
    return IndependentBidders(
        [rng.choice(np.arange(1, 1000), types, replace=False) / 100 for _ in range(count)],
        [rng.dirichlet(np.ones(types)) for _ in range(count)],
    )


def _facts(bidders: IndependentBidders, sets_per_round: int) -> Facts:
    found = optimal_auction(bidders, sets_per_round=sets_per_round)
    return {
        "value": found.value,
        "difference": abs(found.value - myerson(bidders).revenue),
        "residual": found.residual,
        "sets": len(found.sets),
        "rounds": found.rounds,
    }
