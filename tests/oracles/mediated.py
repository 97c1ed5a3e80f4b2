"""The optimum of one leader against linear followers, as one linear program of arrays.

Nothing of Pyomo takes part: the rows are written down from the record as its docstring states them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from tests.oracles.row_programs import INFEASIBLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Floats
    from efmodels.problem import EquilibriumProblem, Follower


def optima(problem: EquilibriumProblem, objectives: list[Floats]) -> list[float]:
    """Return the largest value of each objective, given per coordinate of ``mu``."""
    solve = _solver(problem)
    found = [solve(objective)[0] for objective in objectives]
    assert np.isfinite(found).all(), "there is no equilibrium"
    return found


def optima_or_nothing(problem: EquilibriumProblem, objectives: list[Floats]) -> list[float]:
    """Return the largest value of each objective, minus infinity if there is no equilibrium."""
    solve = _solver(problem)
    return [solve(objective)[0] for objective in objectives]


def optimum(problem: EquilibriumProblem, objective: Floats) -> tuple[float, Floats]:
    """Return the largest value of an objective, and where the leader's polytope attains it."""
    value, x, _ = _solver(problem)(objective)
    return value, x


def optimum_and_prices(problem: EquilibriumProblem, objective: Floats) -> tuple[float, list[float]]:
    """Return the largest value of an objective, and the dual values of the incentive rows."""
    value, _, prices = _solver(problem)(objective)
    return value, prices


def _solver(problem: EquilibriumProblem) -> Callable[[Floats], tuple[float, Floats, list[float]]]:
    """Write down the rows once; return what maximises objectives over them."""
    leader, followers = problem.leader, problem.followers
    reach = sparse.eye_array(problem.size) if problem.reach is None else problem.reach
    values = sum(follower.polytope.points + 1 for follower in followers)
    equal = sparse.hstack([leader.F, sparse.csr_array((leader.points + 1, values))])
    first = [_reply_rows(follower, reach) for follower in followers]
    second = sparse.block_diag([_value_rows(follower) for follower in followers])
    below = sparse.hstack([sparse.vstack(first), second])
    bounds = [(0, None)] * leader.size + [(None, None)] * values
    program = {"A_ub": below, "b_ub": np.zeros(below.shape[0]), "A_eq": equal, "b_eq": leader.f}

    def solve(objective: Floats) -> tuple[float, Floats, list[float]]:
        cost = np.concatenate((reach.T @ objective, np.zeros(values)))
        solved = linprog(-cost, **program, bounds=bounds)
        assert solved.status in {0, INFEASIBLE}, solved.message
        if solved.status == INFEASIBLE:
            return -np.inf, np.full(leader.size, np.nan), []
        last = np.cumsum([follower.polytope.size + 1 for follower in followers]) - 1
        return -solved.fun, solved.x[: leader.size], (-solved.ineqlin.marginals[last]).tolist()

    return solve


def _reply_rows(follower: Follower, reach: sparse.csr_array) -> sparse.csr_array:
    """Return the flows' part of ``A' T x - F' v <= 0`` and of ``v[root] - b' T x <= 0``."""
    on_path = sparse.csr_array(follower.b[None])
    return sparse.vstack([follower.A.T, -on_path]) @ reach


def _value_rows(follower: Follower) -> sparse.csr_array:
    """Return the values' part of the same rows."""
    root = sparse.csr_array(([1.0], ([0], [0])), shape=(1, follower.polytope.points + 1))
    return sparse.vstack([-follower.polytope.F.T, root])


def lagrangian_value(problem: EquilibriumProblem, multipliers: list[float]) -> float:
    """Return the most of the objective less what gains of followers cost, each at its price."""
    leader, followers = problem.leader, problem.followers
    reach = sparse.eye_array(problem.size) if problem.reach is None else problem.reach
    first = sparse.vstack([_reply_rows(follower, reach) for follower in followers])
    second = sparse.block_diag([_value_rows(follower) for follower in followers])
    last = np.cumsum([follower.polytope.size + 1 for follower in followers]) - 1
    place = (np.ones(len(followers)), (last, np.arange(len(followers))))
    gains = sparse.csr_array(place, shape=(first.shape[0], len(followers)))
    solved = linprog(
        np.concatenate((-(reach.T @ problem.c), np.zeros(second.shape[1]), multipliers)),
        A_ub=sparse.hstack([first, second, -gains]),
        b_ub=np.zeros(first.shape[0]),
        A_eq=sparse.hstack(
            [leader.F, sparse.csr_array((leader.points + 1, second.shape[1] + len(followers)))]
        ),
        b_eq=leader.f,
        bounds=[(0, None)] * leader.size
        + [(None, None)] * second.shape[1]
        + [(0, None)] * len(followers),
    )
    assert solved.status == 0, solved.message
    return -float(solved.fun)
