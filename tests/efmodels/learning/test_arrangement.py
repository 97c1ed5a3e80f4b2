"""Polytopes arranged for sweeps are the same polytopes."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.learning.arrangement import arranged_for_sweeps
from tests.efmodels.learning.saddles import CONCEPTS, mediated_problem_of


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
