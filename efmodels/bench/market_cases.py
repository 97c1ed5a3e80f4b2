"""The benchmark cases of markets, auctions, mechanisms and persuasion."""

from __future__ import annotations

from functools import partial

from efmodels.bench import cut_loop_workloads, mechanism_workloads, persuasion_workloads
from efmodels.bench.comparison import Case, Side

_FIRST_PRICE_CASES = (
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

_MECHANISM_CASES = (
    Case(
        "mechanism-border",
        "the best auction among 20 bidders with 10 types, by Border's reduced form",
        partial(mechanism_workloads.write_sizes, 20, 10),
        partial(mechanism_workloads.write_sizes, 2, 2),
        (
            Side("twenty sets a round", mechanism_workloads.many_sets, {"cpu": 3}),
            Side("one set a round", mechanism_workloads.one_set),
        ),
    ),
    Case(
        "mechanism-profiles",
        "the best auction among 2 bidders with 30 types, over 900 profiles",
        partial(mechanism_workloads.write_sizes, 2, 30),
        partial(mechanism_workloads.write_sizes, 2, 2),
        (
            Side("all profiles", mechanism_workloads.all_profiles, {"cpu": 4}),
            Side("reduced form", mechanism_workloads.many_sets),
        ),
    ),
)


def _persuasion(receivers: int, *more: Side) -> Case:
    return Case(
        f"persuasion-{receivers}",
        f"{receivers} receivers with two actions each are persuaded: {2**receivers} profiles",
        partial(persuasion_workloads.write_receivers, receivers),
        partial(persuasion_workloads.write_receivers, 4),
        (Side("private", persuasion_workloads.in_private), *more),
    )


_PUBLIC = Side("public", persuasion_workloads.in_public)
_PERSUASION_CASES = (
    *(_persuasion(receivers, _PUBLIC) for receivers in (8, 10, 12)),
    *(_persuasion(receivers) for receivers in (14, 16)),
)

MARKET_CASES: tuple[Case, ...] = (*_FIRST_PRICE_CASES, *_MECHANISM_CASES, *_PERSUASION_CASES)
