"""The benchmark cases of second-price pacing equilibria."""

from __future__ import annotations

from functools import partial

from efmodels.bench import pacing_workloads
from efmodels.bench.comparison import Case, Side

_SMALL_MARKET = ("sampled 2 3 0",)
_SIX_BY_TWELVE = tuple(
    f"{family} 6 12 {seed}" for family in ("sampled", "correlated") for seed in range(6)
)
_BOTH_FINISH = (
    *(f"complete 3 5 {seed}" for seed in range(5)),
    *(f"complete 3 6 {seed}" for seed in range(4)),
    *(f"sampled 4 8 {seed}" for seed in (0, 2, 3)),
    *(f"correlated 4 8 {seed}" for seed in (0, 2, 3)),
)


def _second_price(name: str, summary: str, lines: tuple[str, ...], side: Side) -> Case:
    write_small = partial(pacing_workloads.write_markets, _SMALL_MARKET)
    write = partial(pacing_workloads.write_markets, lines)
    return Case(f"sppe-{name}", summary, write, write_small, (side,))


_VERIFIED = {"longest": 10, "residual": 1e-9, "unproved": 0}
SECOND_PRICE_CASES = (
    *(
        _second_price(
            name,
            f"the second-price pacing equilibrium with the {name} revenue, "
            "in each of 12 markets of 6 bidders and 12 goods",
            _SIX_BY_TWELVE,
            Side("driver", work, _VERIFIED),
        )
        for name, work in (
            ("largest", pacing_workloads.largest_revenues),
            ("smallest", pacing_workloads.smallest_revenues),
        )
    ),
    _second_price(
        "strengthened",
        "the mixed-integer program with its bounds and rows, and without, in each of 15 markets",
        _BOTH_FINISH,
        Side(
            "both",
            pacing_workloads.strengthened_against_plain,
            {"median_ratio": 1 / 3, "difference": 1e-5},
            repeats=1,
        ),
    ),
)
