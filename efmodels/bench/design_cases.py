"""The benchmark cases of mechanisms, persuasion and auctions in a row."""

from __future__ import annotations

from functools import partial

from efmodels.bench import (
    auction_sequence_workloads,
    mechanism_workloads,
    persuasion_workloads,
)
from efmodels.bench.comparison import Case, Side

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

_AUCTION_SEQUENCES = tuple(
    Case(
        f"auctions-in-a-row-{size}",
        f"the best mechanism for two auctions in a row, {size} values",
        partial(auction_sequence_workloads.write_values, size),
        partial(auction_sequence_workloads.write_values, 2),
        (
            Side(
                "deferred payments",
                auction_sequence_workloads.deferred,
                {"cpu": 5, "regret": 1e-7},
            ),
            Side(
                "every outcome",
                auction_sequence_workloads.every_outcome,
                {"cpu_ratio": 1},
            ),
            Side(
                "prices, may leave",
                auction_sequence_workloads.priced,
                {"cpu": 5, "regret": 1e-7},
            ),
        ),
    )
    for size in (4, 5)
)

DESIGN_CASES: tuple[Case, ...] = (*_MECHANISM_CASES, *_PERSUASION_CASES, *_AUCTION_SEQUENCES)
