"""Polytopes arranged for sweeps are the same polytopes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from efmodels.learning.arrangement import arranged_beside, arranged_for_sweeps
from efmodels.learning.saddle import saddle_of
from efmodels.polytope import FlowPolytope
from tests.efmodels.learning.saddles import CONCEPTS, mediated_problem_of, zero_sum_problem


@pytest.mark.parametrize("seed", range(12))
def test_an_arranged_polytope_is_the_same(seed: int) -> None:
    """Its points are points of the original, and linear functions have the same maximum."""
    problem = mediated_problem_of(seed, CONCEPTS[seed % len(CONCEPTS)])
    generator = np.random.default_rng(seed)
    for polytope in (problem.leader, *(one.polytope for one in problem.followers)):
        arranged = arranged_for_sweeps(polytope)
        x = arranged.original(arranged.polytope.random(generator))
        gradient = generator.normal(size=polytope.size)

        assert np.abs(polytope.F @ x - polytope.f).max() <= 1e-12
        assert x.min() >= 0
        best = arranged.polytope.best_response(arranged.gathered(gradient))[0]
        assert best == pytest.approx(polytope.best_response(gradient)[0])


@pytest.mark.parametrize("seed", range(6))
def test_nothing_forced_is_left_and_levels_are_in_order(seed: int) -> None:
    """Whatever flows into a point of a level comes from an earlier one."""
    leader = mediated_problem_of(seed, "EFCE").leader
    arranged = arranged_for_sweeps(leader)
    polytope = arranged.polytope

    width, entries = np.diff(polytope.start), np.diff(polytope.incoming_start)
    assert not ((width == 1) & (entries == 1)).any()
    first = polytope.start[arranged.levels[:-1]]
    level = np.searchsorted(arranged.levels, np.arange(polytope.points), side="right") - 1
    assert (polytope.incoming < np.repeat(first[level], entries)).all()


@pytest.mark.parametrize("seed", range(6))
def test_levels_are_lengths_of_ways(seed: int) -> None:
    """The level of a point is how many points the longest way to it passes, sorted or not."""
    leader = mediated_problem_of(seed, "EFCE").leader
    arranged = arranged_for_sweeps(leader).polytope
    partner = np.random.default_rng(seed).integers(0, 9, arranged.size)

    for polytope in (leader, arranged, arranged_beside(arranged, partner).polytope):
        lengths: list[int] = []
        for start, end in pairwise(polytope.incoming_start.tolist()):
            above = polytope.point[polytope.incoming[start:end]].tolist()
            lengths.append(max(lengths[k] + 1 if k >= 0 else 0 for k in above))
        assert polytope.level.tolist() == lengths


def test_neighbours_meet_neighbours() -> None:
    """Sorted by whom they meet, points of a level that share their partners lie together.

    Two levels of two points each; the second point of the first level leads to the first of the
    second, and meets the first partners through it alone.
    """
    names = (tuple("IJKL"), ("", *"abcdefgh"))
    tree = FlowPolytope([1, 3, 5, 7, 9], [0, 0, 3, 1], range(5), *names)
    partner = np.array([9, 9, 9, 9, 9, 1, 2, 5, 6])
    sorted_by = arranged_beside(tree, partner)

    assert sorted_by.place.tolist() == [0, 3, 4, 1, 2, 5, 6, 7, 8]
    assert sorted_by.polytope.incoming.tolist() == [0, 0, 1, 3]
    assert sorted_by.levels.tolist() == [0, 2, 4]


def test_sorted_payoffs_of_private_types_lie_together() -> None:
    """With private cards and public moves, rows of the payoffs become runs of columns."""
    saddle = saddle_of(zero_sum_problem("leduc"))
    rows = np.split(saddle.W.indices, saddle.W.indptr[1:-1])
    gaps = [np.diff(np.sort(row)) for row in rows if len(row) > 1]

    assert np.median(np.concatenate(gaps)) <= 3  # at most three choices at a point
