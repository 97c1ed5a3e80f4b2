"""What is measured on first-price pacing: rounds of proportional response, and whole equilibria.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`. Markets are
sampled ones, in which a good has about ten bidders and budgets are spent by most.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from efmodels.instances import sampled_market
from efmodels.markets import PacingOutcome, polish_fppe, proportional_response, verify_fppe
from efmodels.markets.pacing_arrays import arrays_of
from efmodels.markets.proportional_response_engines import engine_named
from efmodels.markets.proportional_responses import fresh_responses

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.markets import Market
    from efmodels.markets.pacing_arrays import PacingArrays

SIZES = "sizes.txt"
"""File with the numbers of bidders and goods."""

PER_GOOD = 10
"""Bidders for a good, on average."""

ROUNDS = 50
"""Rounds of proportional response that are timed."""

ROUGH = 60
"""Rounds after which polishing takes over."""


def write_sizes(bidders: int, goods: int, folder: Path) -> None:
    """Write down how large the market is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SIZES).write_text(f"{bidders} {goods}", encoding="utf-8")


def respond(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Find an equilibrium to a thousandth by proportional response."""
    market = _market(folder)

    def work() -> Callable[[], Facts]:
        return partial(_facts, proportional_response(market, accuracy=1e-3).outcome)

    return work


def respond_and_polish(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Find an equilibrium to rounding: a few rounds of proportional response, then polishing."""
    market = _market(folder)

    def work() -> Callable[[], Facts]:
        run = proportional_response(market, iterations=ROUGH, engine="numpy")
        return partial(_facts, polish_fppe(run.outcome))

    return work


def polish_from_nothing(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Find an equilibrium to rounding by polishing alone, from an outcome that says nothing."""
    market = _market(folder)

    def work() -> Callable[[], Facts]:
        sizes = len(market.goods), market.positive_values.nnz
        nothing = (np.zeros(size) for size in sizes)
        return partial(
            _facts, polish_fppe(PacingOutcome(market, np.zeros(len(market.bidders)), *nothing))
        )

    return work


def rounds_compiled(folder: Path) -> Callable[[], Facts]:
    """Do rounds of proportional response in compiled loops."""
    return _rounds(folder, "numba")


def rounds_in_arrays(folder: Path) -> Callable[[], Facts]:
    """Do the same rounds with numpy."""
    return _rounds(folder, "numpy")


def rounds_plainly(folder: Path) -> Callable[[], Facts]:
    """Do the same rounds as one writes them down with numpy: two sums by index for each."""
    return partial(_plain_rounds, arrays_of(_market(folder), "the benchmark"))


def _market(folder: Path) -> Market:
    bidders, goods = map(int, (folder / SIZES).read_text(encoding="utf-8").split())
    return sampled_market(
        bidders,
        goods,
        density=min(1.0, PER_GOOD / bidders),
        budget_scale=2 * bidders / PER_GOOD,
        seed=1,
    )


def _facts(outcome: PacingOutcome) -> Facts:
    """Return the size of the market, the residual, and what was taken in."""
    return {
        "values": outcome.market.positive_values.nnz,
        "residual": verify_fppe(outcome).relative,
        "revenue": outcome.revenue,
    }


def _rounds(folder: Path, engine: str) -> Callable[[], Facts]:
    arrays = arrays_of(_market(folder), "the benchmark")
    rounds = engine_named(engine, len(arrays.value))

    def work() -> Facts:
        state = fresh_responses(arrays)
        rounds(state, ROUNDS)
        return {"rounds": ROUNDS, "rate": float(state.rate.sum())}

    return work


def _plain_rounds(arrays: PacingArrays) -> Facts:
    bidder, good, value, budgets, *_ = arrays
    unspent = budgets / (np.bincount(bidder, minlength=len(budgets)) + 1)
    money = unspent[bidder]
    rate = np.ones(len(budgets))
    for _ in range(ROUNDS):
        price = np.bincount(good, money, len(arrays.supplies))
        gain = money * value / price[good]
        rate = budgets / (np.bincount(bidder, gain, len(budgets)) + unspent)
        money = gain * rate[bidder]
        unspent = unspent * rate
    return {"rounds": ROUNDS, "rate": float(rate.sum())}
