"""The benchmark cases of markets: first-price and second-price pacing."""

from __future__ import annotations

from functools import partial

from efmodels.bench import cut_loop_workloads, first_price_workloads
from efmodels.bench.comparison import Case, Side
from efmodels.bench.second_price_cases import SECOND_PRICE_CASES

_SMALL_PACING = partial(first_price_workloads.write_sizes, 20, 100)

_CUT_LOOP_CASES = (
    Case(
        "fppe-ten-thousand",
        "the first-price pacing equilibrium of 100 bidders and 2,000 goods, to rounding",
        partial(cut_loop_workloads.write_sampled, 100, 2000, 0.05),
        partial(cut_loop_workloads.write_sampled, 10, 20, 0.5),
        (
            Side("cuts", cut_loop_workloads.by_cuts, {"cpu": 1, "residual": 1e-10}),
            Side("ipopt", cut_loop_workloads.by_ipopt, {"residual": 1e-10}, package="casadi"),
        ),
    ),
)

_PACING_CASES = (
    Case(
        "pacing-million",
        "first-price pacing of 1,000 bidders and 100,000 goods with a million values",
        partial(first_price_workloads.write_sizes, 1_000, 100_000),
        _SMALL_PACING,
        (
            Side(
                "proportional response, to 1e-3",
                first_price_workloads.respond,
                {"cpu": 60, "megabytes": 600, "residual": 1e-3},
            ),
            Side(
                "60 rounds, and polished",
                first_price_workloads.respond_and_polish,
                {"cpu": 60, "megabytes": 600, "residual": 1e-10},
            ),
            Side(
                "polished from nothing",
                first_price_workloads.polish_from_nothing,
                {"residual": 1e-10},
            ),
        ),
    ),
    Case(
        "pacing-rounds",
        "50 rounds of proportional response on a million values",
        partial(first_price_workloads.write_sizes, 1_000, 100_000),
        _SMALL_PACING,
        (
            Side("numba", first_price_workloads.rounds_compiled, package="numba"),
            Side("numpy", first_price_workloads.rounds_in_arrays),
            Side("plain numpy", first_price_workloads.rounds_plainly, {"cpu_ratio": 0.5}),
        ),
    ),
    Case(
        "pacing-ten-thousand",
        "first-price pacing of 100 bidders and 2,000 goods with twenty thousand values",
        partial(first_price_workloads.write_sizes, 100, 2_000),
        _SMALL_PACING,
        (
            Side(
                "60 rounds, and polished",
                first_price_workloads.respond_and_polish,
                {"cpu": 1, "residual": 1e-10},
            ),
            Side(
                "polished from nothing",
                first_price_workloads.polish_from_nothing,
                {"cpu": 1, "residual": 1e-10},
            ),
        ),
    ),
)

MARKET_CASES = (*_CUT_LOOP_CASES, *_PACING_CASES, *SECOND_PRICE_CASES)
