"""The linear program of one leader against followers, with some of the leader's choices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.linear_program import LinearProgram

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.linear_program import LinearSolution
    from efmodels.polytope import FlowPolytope
    from efmodels.problem import EquilibriumProblem, Follower


def playable(leader: FlowPolytope, allowed: Bools, behaviour: Floats) -> Bools:
    """Return what can be reached if only some choices may be made.

    Parameters
    ----------
    leader
        The polytope.
    allowed
        Which choices may be made; shape ``(size,)``.
    behaviour
        How likely each choice is at its decision point: where none is allowed, the most likely one
        is, so that every decision point has a choice.

    Returns
    -------
    numpy.ndarray
        Which coordinates are positive in some plan that makes these choices alone.

    Examples
    --------
    >>> from efmodels.polytope import FlowPolytope
    >>> tree = FlowPolytope([1, 3, 5], [0, 2], [0, 1, 2], ("I", "J"), ("", *"lrab"))
    >>> behaviour = np.array([1, 0.5, 0.5, 0.3, 0.7])
    >>> playable(tree, behaviour >= 0.5, behaviour).tolist()
    [True, True, True, False, True]
    >>> playable(tree, np.array([True, True, False, True, False]), behaviour).tolist()
    [True, True, False, False, False]
    """
    first, width = leader.start[:-1] - 1, np.diff(leader.start)
    none = ~np.logical_or.reduceat(allowed[1:], first)
    most = np.repeat(np.maximum.reduceat(behaviour[1:], first), width)
    instead = 1 + np.flatnonzero(np.repeat(none, width) & (behaviour[1:] == most))
    _, one = np.unique(leader.point[instead], return_index=True)
    choices = allowed.astype(float)
    choices[instead[one]] = 1.0
    reached: Bools = leader.realization(leader.behaviour(choices)) > 0
    return reached


@dataclass(frozen=True, eq=False)
class RestrictedProgram:
    """The problem as a linear program over some coordinates of the leader; the others are 0.

    The columns are the flows and each follower's dual values ``v``. The rows are those of the flows
    and of each follower ``A' T x <= F' v`` and, if she has an incentive constraint,
    ``f'v <= b' T x``.

    Attributes
    ----------
    problem
        The whole problem.
    kept
        Which coordinates there are; decision points that are reached have a choice.
    """

    problem: EquilibriumProblem
    kept: Bools

    @cached_property
    def columns(self) -> Ints:
        """The coordinates that there are."""
        return np.flatnonzero(self.kept)

    @cached_property
    def program(self) -> LinearProgram:
        """The linear program."""
        problem, kept = self.problem, self.columns
        reach = sparse.eye_array(problem.size) if problem.reach is None else problem.reach
        flows = sparse.csr_array(sparse.csc_array(reach)[:, kept])
        parts = [_rows_of(follower, flows) for follower in problem.followers]
        flow = sparse.csc_array(problem.leader.F)[:, kept]
        left = sparse.vstack([flow, *(part for part, _ in parts)])
        replies = sparse.block_diag([part for _, part in parts], format="csr")
        right = sparse.vstack([sparse.csr_array((flow.shape[0], replies.shape[1])), replies])
        A = sparse.csr_array(sparse.hstack([left, right]))
        A.eliminate_zeros()
        values = np.zeros(replies.shape[1])
        roots = np.cumsum([0, *(one.polytope.points + 1 for one in problem.followers)])[:-1]
        values[roots] = [-one.weight for one in problem.followers]
        f, below = problem.leader.f, np.zeros(replies.shape[0])
        return LinearProgram(
            A,
            np.concatenate([flows.T @ problem.c, values]),
            np.concatenate([f, np.full(len(below), -np.inf)]),
            np.concatenate([f, below]),
            np.concatenate([np.zeros(len(kept)), np.full(len(values), -np.inf)]),
            np.full(A.shape[1], np.inf),
            np.zeros(A.shape[1], dtype=bool),
            maximize=True,
        )

    def plan(self, solution: LinearSolution) -> Floats:
        """Return the leader's plan; what rounding has left of the flows' rows is removed."""
        leader = self.problem.leader
        x = np.zeros(leader.size)
        x[self.columns] = solution.x[: len(self.columns)]
        return leader.realization(leader.behaviour(x))

    def duals(self, solution: LinearSolution) -> tuple[dict[str, Floats], dict[str, float]]:
        """Return each follower's plan, up to a factor, and the multiplier of her constraint."""
        assert solution.duals is not None  # noqa: S101 - the program is continuous
        plans, multipliers = {}, {}
        at = self.problem.leader.points + 1
        for follower in self.problem.followers:
            size = follower.polytope.size
            plans[follower.label] = np.maximum(solution.duals[at : at + size], 0.0)
            at += size
            if follower.b is not None:
                multipliers[follower.label] = max(float(solution.duals[at]), 0.0)
                at += 1
        return plans, multipliers


def _rows_of(
    follower: Follower, flows: sparse.csr_array
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return a follower's rows: the part of the flows, and that of her dual values."""
    left = sparse.csr_array(follower.A.T @ flows)
    right = sparse.csr_array(-follower.polytope.F.T)
    if follower.b is None:
        return left, right
    on_path = sparse.csr_array((flows.T @ follower.b)[None])
    root = sparse.csr_array(([1.0], ([0], [0])), shape=(1, right.shape[1]))
    return sparse.vstack([left, -on_path]), sparse.vstack([right, root])
