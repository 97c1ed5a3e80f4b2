"""The benchmark cases on commitments and Nash equilibria of two players."""

from __future__ import annotations

from functools import partial

from efmodels.bench import commitment_workloads, nash_workloads
from efmodels.bench.comparison import Case, Side


def _commitment(name: str, summary: str, depth: int, games: int, *sides: Side) -> Case:
    write_trees = partial(commitment_workloads.write_trees, depth, range(games))
    write_small = partial(commitment_workloads.write_trees, 3, range(1))
    return Case(f"stackelberg-{name}", summary, write_trees, write_small, sides)


COMMITMENT_CASES = (
    *(
        _commitment(
            f"{2**depth}-leaves",
            f"the best commitments in random trees with {2**depth} leaves",
            depth,
            games,
            Side("branch and bound", commitment_workloads.by_bounds, {"cpu": 60 * games}),
            *more,
        )
        for depth, games, *more in (
            (
                10,
                3,
                Side("mixed-integer", commitment_workloads.by_integers, {"cpu": 180}, repeats=1),
            ),
            (13, 1),
        )
    ),
    _commitment(
        "twenty",
        "branch and bound against the mixed-integer form, in each of twenty trees of 256 leaves",
        8,
        20,
        Side(
            "both",
            commitment_workloads.bounds_against_integers,
            {"median_ratio": 1, "difference": 1e-5},
        ),
    ),
    _commitment(
        "trembling",
        "commitments where hands tremble, in two trees of 2,047 nodes",
        10,
        2,
        Side("branch and bound", commitment_workloads.by_bounds_trembling, {"cpu": 600}, repeats=1),
    ),
    _commitment(
        "constants",
        "the mixed-integer form with small constants and large ones, ten trees of 128 leaves",
        7,
        10,
        Side("tight", commitment_workloads.by_integers),
        Side("1e3", commitment_workloads.with_thousand),
        Side("1e6", commitment_workloads.with_million),
    ),
)

_NASH_SIDES = (
    Side("tight", nash_workloads.with_tight_bounds),
    Side("1e3", nash_workloads.with_a_thousand, repeats=3),
    Side("1e6", nash_workloads.with_a_million, repeats=3),
    Side("tight, no cover", nash_workloads.tight_without_cover, repeats=1),
    Side("1e6, no cover", nash_workloads.a_million_without_cover, repeats=1),
)
NASH_CASES = (
    Case(
        "nash-trees",
        "the best Nash equilibria of 4 random trees with tight bounds, and with constants",
        partial(nash_workloads.write_trees, range(4), 6),
        partial(nash_workloads.write_trees, range(1), 3),
        _NASH_SIDES,
    ),
    Case(
        "nash-matrices",
        "the best Nash equilibria of 8 random matrix games with 10 actions each, likewise",
        partial(nash_workloads.write_matrices, range(8), 10),
        partial(nash_workloads.write_matrices, range(1), 3),
        _NASH_SIDES,
    ),
)
