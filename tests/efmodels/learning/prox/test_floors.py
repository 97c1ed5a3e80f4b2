"""Games in which no choice may be less likely than its floor: values, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

import efmodels as ef
from efmodels.floored_polytope import even_floors, floors_of, with_floors
from efmodels.learning.engines import engine_for
from efmodels.learning.prox import (
    Euclidean,
    ExcessiveGap,
    HeightWeights,
    OptimisticMirrorDescent,
)
from efmodels.learning.prox.sides import Sides
from efmodels.learning.saddle import saddle_of
from efmodels.learning.state import State
from tests.efmodels.learning.saddles import (
    random_zero_sum_game,
    zero_sum_problem,
)

if TYPE_CHECKING:
    from efmodels.learning.methods import Method
    from efmodels.polytope import FlowPolytope
    from efmodels.problem import EquilibriumProblem


def floor_rows(polytope: FlowPolytope, floor: np.ndarray) -> np.ndarray:
    """Return the rows ``x_a - floor_a * reach >= 0``, one per coordinate but the root."""
    rows = np.eye(polytope.size)
    for k in range(polytope.points):
        begin, end = polytope.incoming_start[k], polytope.incoming_start[k + 1]
        for a in range(polytope.start[k], polytope.start[k + 1]):
            for p in polytope.incoming[begin:end]:
                rows[a, p] -= floor[a]
    return rows[1:]


def perturbed_value(problem: EquilibriumProblem) -> float:
    """Return the value with floors, by HiGHS: dual of the follower's best response in x.

    ``max c'x - f'v`` with ``F'v - R'u >= A'x`` and ``u >= 0``: the follower's rows are
    ``F y = f`` and ``R y >= 0``, the leader's likewise.
    """
    leader, (follower,) = problem.leader, problem.followers
    theirs = follower.polytope
    ours_rows = floor_rows(leader, floors_of(leader))
    their_rows = floor_rows(theirs, floors_of(theirs))
    n, m, k = leader.size, theirs.points + 1, len(their_rows)
    A = np.asarray(follower.A.todense()) * follower.weight
    upper = np.block(
        [
            [A.T, -theirs.F.toarray().T, their_rows.T],
            [-ours_rows, np.zeros((len(ours_rows), m + k))],
        ]
    )
    solved = linprog(
        np.concatenate((-problem.c, theirs.f, np.zeros(k))),
        A_ub=sparse.csr_array(upper),
        b_ub=np.zeros(len(upper)),
        A_eq=sparse.csr_array(
            np.hstack([leader.F.toarray(), np.zeros((leader.points + 1, m + k))])
        ),
        b_eq=leader.f,
        bounds=[(0, None)] * n + [(None, None)] * m + [(0, None)] * k,
        method="highs",
    )
    return -float(solved.fun)


def with_random_floors(problem: EquilibriumProblem, seed: int) -> EquilibriumProblem:
    """Add floors that take up to a third of every decision point."""
    generator = np.random.default_rng(seed)

    def some(polytope: FlowPolytope) -> np.ndarray:
        width = np.concatenate(([1], np.repeat(np.diff(polytope.start), np.diff(polytope.start))))
        floors = generator.uniform(0, 1 / 3, polytope.size) / width
        floors[0] = 0
        return floors

    leader, (follower,) = some(problem.leader), problem.followers
    return with_floors(problem, leader, {follower.label: some(follower.polytope)})


def with_even_floors(problem: EquilibriumProblem, floor: float) -> EquilibriumProblem:
    """Add the same floor for every choice of a binary decision."""
    (follower,) = problem.followers
    mine, theirs = (even_floors(one, 2 * floor) for one in (problem.leader, follower.polytope))
    return with_floors(problem, mine, {follower.label: theirs})


def enclosed(problem: EquilibriumProblem, method: Method, iterations: int) -> tuple[float, float]:
    """Return what averages guarantee and limit in the game with floors, after some iterations."""
    saddle = saddle_of(problem)
    state = State.start(saddle)
    method.on(saddle, engine_for(saddle, "numpy")).run(state, iterations)
    sides = Sides(saddle, Euclidean(), HeightWeights())
    plans = state.leader.average, state.adversary.average
    for plan, one in zip(plans, sides.smoothings, strict=True):
        behaviour = one.arrangement.polytope.behaviour(plan)
        assert (behaviour >= one.floor - 1e-9).all()
    return sides.values(plans)


def methods() -> list[tuple[Method, float]]:
    """Return methods, with the gap that they are to reach."""
    euclidean, heights = Euclidean(), HeightWeights()
    return [
        (OptimisticMirrorDescent(), 1e-3),
        (OptimisticMirrorDescent(geometry=euclidean, weights=heights), 1e-3),
        (ExcessiveGap(), 1e-2),
    ]


@pytest.mark.parametrize(("floor", "value"), [(0.01, -0.052767), (0.05, -0.0414306)])
def test_kuhn_poker_in_which_everybody_errs(floor: float, value: float) -> None:
    """What averages guarantee and limit encloses the value of the linear program with floors."""
    problem = with_even_floors(zero_sum_problem(), floor)

    assert perturbed_value(problem) == pytest.approx(value, abs=1e-6)
    for method, gap in methods():
        low, high = enclosed(problem, method, 300)
        assert low - 1e-9 <= perturbed_value(problem) <= high + 1e-9
        assert high - low <= gap


@pytest.mark.parametrize("seed", range(2))
def test_random_games_with_random_floors(seed: int) -> None:
    """The same in random games with chance, forced moves among theirs."""
    game = random_zero_sum_game(seed)
    problem = with_random_floors(ef.formulations.nash_zero_sum(game).problem, seed)
    value = perturbed_value(problem)

    unit = float(np.ptp(game.payoffs))
    for method, gap in methods():
        low, high = enclosed(problem, method, 100)
        assert low - 1e-9 <= value <= high + 1e-9
        assert high - low <= gap * unit


def test_floors_that_leave_nothing() -> None:
    """Behaviour that is all floors is what is played, from the beginning."""
    problem = with_even_floors(zero_sum_problem(), 0.5)
    low, high = enclosed(problem, OptimisticMirrorDescent(), 1)

    x, y = problem.leader.uniform(), problem.followers[0].polytope.uniform()
    assert low == pytest.approx(problem.c @ x - x @ problem.followers[0].A @ y)
    assert high == pytest.approx(low)
