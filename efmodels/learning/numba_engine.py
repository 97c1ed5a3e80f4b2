"""Counterfactual regret minimization in compiled loops (extra ``fast``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.learning.numba_loops import (
    Memory,
    Payoffs,
    Plan,
    Points,
    Rows,
    best_response,
    iterate,
)

if TYPE_CHECKING:
    from scipy import sparse

    from efmodels.game import Floats
    from efmodels.learning.algorithms import Schedule
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import Side, State
    from efmodels.polytope import FlowPolytope


class NumbaEngine:
    """Runs iterations on a saddle problem; the same as `.numpy_engine.NumpyEngine`.

    Parameters
    ----------
    saddle
        The problem.
    """

    def __init__(self, saddle: Saddle) -> None:
        self._leader = _points(saddle.leader.polytope)
        self._adversary = _points(saddle.adversary.polytope)
        self._payoffs = Payoffs(saddle.c, _rows(saddle.W), _rows(saddle.reach))
        self._follower = saddle.follower

    def run(self, state: State, leader: Schedule, adversary: Schedule) -> None:
        """Do as many iterations as the schedules have; both sides in turn, the leader first.

        Parameters
        ----------
        state
            Is changed.
        leader, adversary
            The schedules of the two sides.
        """
        iterate(
            self._leader,
            self._adversary,
            _memory(state.leader),
            _memory(state.adversary),
            self._payoffs,
            state.weights[self._follower],
            _plan(leader),
            _plan(adversary),
        )
        state.iterations += len(leader.weight)

    def leader_best(self, gradient: Floats) -> tuple[float, Floats]:
        """Return the most that the leader can get of a gradient, and the plan."""
        worth, plan = _best(self._leader, gradient)
        return float(worth[0]), plan

    def adversary_worth(self, gradient: Floats) -> Floats:
        """Return what each coordinate of the adversary is worth with all that follows."""
        return _best(self._adversary, gradient)[0]


def _best(points: Points, gradient: Floats) -> tuple[Floats, Floats]:
    worth, plan = gradient.copy(), np.zeros(len(gradient))
    best_response(points, worth, np.zeros(len(gradient)), plan)
    return worth, plan


def _points(polytope: FlowPolytope) -> Points:
    arrays = (polytope.start, polytope.incoming, polytope.incoming_start)
    return Points(*(array.astype(np.uint32) for array in arrays))


def _rows(matrix: sparse.csr_array | None) -> Rows:
    if matrix is None:
        nothing = np.zeros(0, dtype=np.uint32)
        return Rows(nothing, nothing, np.zeros(0))
    return Rows(
        matrix.indptr.astype(np.uint32), matrix.indices.astype(np.uint32), matrix.data.astype(float)
    )


def _memory(side: Side) -> Memory:
    """Return the arrays of a side, and room for its gradient: states may run side by side."""
    return Memory(side.behaviour, side.plan, side.average, side.regret, np.empty(len(side.plan)))


def _plan(schedule: Schedule) -> Plan:
    return Plan(schedule.positive, schedule.negative, schedule.weight, schedule.prediction)
