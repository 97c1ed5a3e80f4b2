"""Bytes that an iteration has to move, and that all sides move as many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.bench import CASES, bandwidth_workloads
from efmodels.bench.bandwidth_workloads import least_bytes, played_bytes
from efmodels.learning import CFRPlus
from efmodels.learning.algorithms import schedule
from efmodels.learning.numpy_engine import NumpyEngine
from efmodels.learning.saddle import saddle_of
from efmodels.learning.state import State
from tests.efmodels.learning.saddles import zero_sum_problem

if TYPE_CHECKING:
    from pathlib import Path


def test_bytes_are_those_of_the_arrays() -> None:
    """Both matrices with unsigned indices, and twelve passes over plans and their like."""
    saddle = saddle_of(zero_sum_problem("leduc"))
    matrices = 0
    for matrix in (saddle.W, saddle.transposed):
        matrices += matrix.data.nbytes + matrix.indices.astype(np.uint32).nbytes
        matrices += matrix.indptr[1:].astype(np.uint32).nbytes
    state = State.start(saddle)
    vectors = state.leader.plan.nbytes + state.adversary.plan.nbytes

    # Four bytes more for the place of each coordinate's decision point.
    assert least_bytes(saddle) == matrices + 4 * sum(saddle.W.shape) + 12 * vectors
    assert played_bytes(saddle, state) == least_bytes(saddle)  # uniform: all is played


def test_what_is_not_played_is_not_counted() -> None:
    """After some iterations it is the payoffs of rows and columns with a positive plan."""
    saddle = saddle_of(zero_sum_problem())
    state, plan = State.start(saddle), schedule(CFRPlus(), 1, 20)
    NumpyEngine(saddle).run(state, plan, plan)
    dense = saddle.W.toarray() != 0
    ours = dense[state.leader.plan > 0].sum()
    theirs = dense[:, state.adversary.plan > 0].sum()

    assert 0 < ours + theirs < 2 * dense.sum()
    missing = 12 * (2 * dense.sum() - ours - theirs)
    assert played_bytes(saddle, state) == least_bytes(saddle) - missing


@pytest.mark.slow
def test_all_sides_move_the_same_number_of_bytes(tmp_path: Path) -> None:
    """On the small input engines do as many iterations, and the loop moves what they have to."""
    pytest.importorskip("numba")
    CASES["learning-bandwidth-leduc20"].write_small(tmp_path)
    ours, others = (
        work(tmp_path)()()
        for work in (
            bandwidth_workloads.iterate_with_numba,
            bandwidth_workloads.iterate_with_numpy,
        )
    )
    streamed = bandwidth_workloads.stream(tmp_path)()

    assert ours == others
    moved = ours["iterations"] * ours["megabytes_each"] / 1e3
    assert streamed == {"gigabytes": pytest.approx(moved)}
