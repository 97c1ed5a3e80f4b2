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
    from efmodels.learning.arrangement import Arrangement
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import Side, State


_NONE = np.zeros(0)


class NumbaEngine:
    """Runs iterations on a saddle problem; the same as `.numpy_engine.NumpyEngine`.

    Parameters
    ----------
    saddle
        The problem.
    """

    def __init__(self, saddle: Saddle) -> None:
        self._leader = _points(saddle.leader)
        self._adversary = _points(saddle.adversary)
        self._c = saddle.c
        self._payment, self._income = _rows(saddle.W), _rows(-saddle.transposed)
        self._reach = None if saddle.reach is None else _rows(saddle.reach)
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
        weights = state.weights[self._follower]
        factor = _NONE if (weights == 1).all() else weights
        # States may run side by side: the room that a run needs is its own.
        iterate(
            self._leader,
            self._adversary,
            _memory(state.leader, _NONE),
            _memory(state.adversary, factor),
            Payoffs(self._c, self._payment, self._income, np.empty(len(self._c))),
            self._reach,
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
    choice = points.floors.copy() if len(points.floors) else np.zeros(len(gradient))
    best_response(points, worth, choice, plan)
    return worth, plan


def _points(arrangement: Arrangement) -> Points:
    polytope, floors = arrangement.polytope, arrangement.floors
    return Points(
        polytope.start.astype(np.uint32),
        polytope.incoming.astype(np.uint32),
        polytope.incoming_start.astype(np.uint32),
        _NONE if floors is None else floors,
    )


def _rows(matrix: sparse.csr_array) -> Rows:
    return Rows(
        matrix.indptr.astype(np.uint32), matrix.indices.astype(np.uint32), matrix.data.astype(float)
    )


def _memory(side: Side, factor: Floats) -> Memory:
    """Return the arrays of a side, and room for its gradient."""
    gradient = np.empty(len(side.plan))
    return Memory(side.behaviour, side.plan, side.average, side.regret, gradient, factor)


def _plan(schedule: Schedule) -> Plan:
    return Plan(schedule.positive, schedule.negative, schedule.weight, schedule.prediction)
