"""Polytopes with least probabilities, against linear programs with a row for each floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

import efmodels as ef
from efmodels.errors import GameError
from efmodels.floored_polytope import FlooredPolytope, even_floors, floored, with_floors
from efmodels.learning import Ranges, learn
from efmodels.learning.engines import engine_for
from efmodels.learning.saddle import saddle_of
from efmodels.learning.state import State

if TYPE_CHECKING:
    from efmodels.game import Game
    from efmodels.polytope import FlowPolytope
    from efmodels.problem import EquilibriumProblem


def rows_of(polytope: FlowPolytope) -> sparse.csr_array:
    """Return ``x_q - floor_q * inflow`` of every coordinate but the root, as rows over ``x``."""
    into = np.repeat(np.arange(polytope.points), np.diff(polytope.incoming_start))
    shape = (polytope.points, polytope.size)
    flows = sparse.csr_array((np.ones(len(into)), (into, polytope.incoming)), shape=shape)
    floors = polytope.floors if isinstance(polytope, FlooredPolytope) else np.zeros(polytope.size)
    eye = sparse.eye_array(polytope.size, format="csr")[1:]
    scaled = sparse.diags_array(floors[1:]) @ flows[polytope.point[1:]]
    return sparse.csr_array(eye - scaled)


def best_by_program(polytope: FlowPolytope, gradient: np.ndarray) -> float:
    """Maximise over the polytope with HiGHS."""
    rows = rows_of(polytope)
    found = linprog(
        -gradient, A_ub=-rows, b_ub=np.zeros(rows.shape[0]), A_eq=polytope.F, b_eq=polytope.f
    )
    return float(-found.fun)


def value_by_program(problem: EquilibriumProblem) -> float:
    """Solve the perturbed zero-sum game with HiGHS.

    The dual of the follower's program ``max g y: F y = f, R y >= 0, y >= 0`` with
    ``g = A' x`` is ``min f v: F' v - R' u >= g, u >= 0``.
    """
    (other,) = problem.followers
    mine, theirs = problem.leader, other.polytope
    own, rows = rows_of(mine), rows_of(theirs)
    columns = (mine.size, theirs.points + 1, rows.shape[0])
    empty = sparse.csr_array
    reply = sparse.hstack([other.A.T, -theirs.F.T, rows.T], format="csr")
    above = sparse.hstack([-own, empty((own.shape[0], sum(columns[1:])))], format="csr")
    flow = sparse.hstack([mine.F, empty((mine.points + 1, sum(columns[1:])))], format="csr")
    found = linprog(
        np.concatenate((-problem.c, other.weight * theirs.f, np.zeros(columns[2]))),
        A_ub=sparse.vstack([reply, above]),
        b_ub=np.zeros(theirs.size + own.shape[0]),
        A_eq=flow,
        b_eq=mine.f,
        bounds=[(0, None)] * columns[0] + [(None, None)] * columns[1] + [(0, None)] * columns[2],
    )
    return float(-found.fun)


def perturbed(game: Game, mass: float, seed: int | None = None) -> EquilibriumProblem:
    """Return a zero-sum game's problem with floors, even ones or random ones."""
    problem = ef.formulations.nash_zero_sum(game).problem
    (other,) = problem.followers
    if seed is None:
        mine, theirs = (even_floors(one, mass) for one in (problem.leader, other.polytope))
    else:
        generator = np.random.default_rng(seed)
        mine, theirs = (random_floors(one, generator) for one in (problem.leader, other.polytope))
    return with_floors(problem, mine, {other.label: theirs})


def random_floors(polytope: FlowPolytope, generator: np.random.Generator) -> np.ndarray:
    """Return floors that differ from choice to choice; some are 0."""
    share = polytope.behaviour(polytope.random(generator))
    floors = 0.6 * share * (generator.random(polytope.size) < 0.7)
    floors[0] = 0
    return floors


@pytest.mark.parametrize("seed", range(6))
def test_best_responses_are_those_of_a_linear_program(seed: int) -> None:
    """On trees and on belief DAGs, and the plan attains the value within the floors."""
    generator = np.random.default_rng(seed)
    game = ef.instances.random_tree(seed, depth=4, chance_probability="1/4")
    problem = ef.formulations.nfcce(game).problem
    for one in (problem.leader, problem.followers[0].polytope):
        polytope = floored(one, random_floors(one, generator))
        gradient = generator.normal(size=polytope.size)
        value, plan = polytope.best_response(gradient)

        assert value == pytest.approx(best_by_program(polytope, gradient), abs=1e-7)
        assert gradient @ plan == pytest.approx(value)
        for x in (plan, polytope.uniform(), polytope.random(generator)):
            assert np.abs(polytope.F @ x - polytope.f).max() < 1e-12
            assert (rows_of(polytope) @ x).min() > -1e-12


def test_without_floors_nothing_changes() -> None:
    """Floors of 0 leave best responses, behaviour and the uniform plan as they are."""
    polytope = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem.leader
    trivial = floored(polytope, np.zeros(polytope.size))
    gradient = np.random.default_rng(0).normal(size=polytope.size)

    assert trivial.best_response(gradient)[0] == polytope.best_response(gradient)[0]
    assert trivial.uniform() == pytest.approx(polytope.uniform())


@pytest.mark.parametrize("mass", [1e-3, 1e-1])
def test_learning_finds_the_value_of_perturbed_kuhn_poker(mass: float) -> None:
    """Value and bound enclose that of the linear program, and the plan keeps to the floors."""
    problem = perturbed(ef.instances.kuhn(), mass)
    learned = learn(problem, Ranges(4, 4), tolerance=1e-4, engine="numpy", method="cfr+")
    value = value_by_program(problem)

    assert learned.status == "solved"
    assert learned.value - 1e-8 <= value <= learned.bound + 1e-8
    assert abs(value + 1 / 18) > 1e-5  # the floors bind
    assert (rows_of(problem.leader) @ learned.x).min() > -1e-12


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("seed", range(3))
def test_learning_in_perturbed_random_games(seed: int, engine: str) -> None:
    """Floors that differ from choice to choice, with either engine."""
    if engine == "numba":
        pytest.importorskip("numba")
    problem = perturbed(ef.instances.random_zero_sum_tree(seed, depth=5), 0, seed)
    learned = learn(problem, Ranges(10, 10), tolerance=1e-4, engine=engine, method="dcfr+")
    value = value_by_program(problem)

    assert learned.status == "solved"
    assert learned.value - 1e-7 <= value <= learned.bound + 1e-7


def test_both_engines_respond_within_floors() -> None:
    """The engines' sweeps give the values of the polytopes' own best responses."""
    pytest.importorskip("numba")
    saddle = saddle_of(perturbed(ef.instances.random_zero_sum_tree(5, depth=5), 0, 5))
    generator = np.random.default_rng(5)
    for name in ("numpy", "numba"):
        engine = engine_for(saddle, name)
        gradient = generator.normal(size=saddle.leader.polytope.size)
        assert engine.leader_best(gradient)[0] == pytest.approx(
            saddle.leader.polytope.best_response(gradient)[0]
        )
        gradient = generator.normal(size=saddle.adversary.polytope.size)
        assert engine.adversary_worth(gradient)[0] == pytest.approx(
            saddle.adversary.polytope.best_response(gradient)[0]
        )


@pytest.mark.slow
@pytest.mark.parametrize("mass", [1e-3, 1e-2, 1e-1])
def test_floors_do_not_slow_learning_down_in_leduc(mass: float) -> None:
    """The gap after 1000 iterations of CFR+ is at most a tenth above that without floors."""
    game = ef.instances.leduc(ranks=3)
    gaps = []
    for share in (0.0, mass):
        problem = perturbed(game, share)
        learned = learn(problem, Ranges(1, 1), tolerance=1e-12, iteration_limit=1000, method="cfr+")
        assert learned.value - 1e-8 <= value_by_program(problem) <= learned.bound + 1e-8
        gaps.append(learned.bound - learned.value)

    assert gaps[1] <= 1.1 * gaps[0]


def test_a_priced_deviator_keeps_her_floors() -> None:
    """Learning on a mediated problem whose deviators tremble: the regrets are within floors."""
    problem = ef.formulations.efce(ef.instances.random_tree(1, depth=4)).problem
    floors = {one.label: even_floors(one.polytope, 0.2) for one in problem.followers}
    trembling = with_floors(problem, np.zeros(problem.leader.size), floors)
    learned = learn(trembling, Ranges(10, 10), tolerance=1e-3, engine="numpy")
    mu = problem.mu(learned.x)

    assert learned.status == "solved"
    for one in trembling.followers:
        gain = best_by_program(one.polytope, one.A.T @ mu) - float(one.b @ mu)
        assert learned.regrets[one.label] == pytest.approx(max(gain, 0), abs=1e-7)


def test_floors_that_are_none_are_refused() -> None:
    """The message says what they should be."""
    problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
    size = problem.leader.size
    with pytest.raises(GameError, match=r"add up to 1.2; at most 1"):
        floored(problem.leader, np.concatenate(([0], np.full(size - 1, 0.6))))
    with pytest.raises(GameError, match=r"shape \(3,\); expected \(13,\)"):
        floored(problem.leader, np.zeros(3))
    with pytest.raises(GameError, match="at least 0, and 0 for the root"):
        floored(problem.leader, np.full(size, 0.1))
    with pytest.raises(GameError, match="no follower 'me'"):
        with_floors(problem, np.zeros(size), {"me": np.zeros(size)})
    with pytest.raises(GameError, match="between 0 and 1; got 2"):
        even_floors(problem.leader, 2)


def test_a_state_begins_within_the_floors() -> None:
    """The first plans and behaviours are even above the floors."""
    saddle = saddle_of(perturbed(ef.instances.kuhn(), 0, 1))
    state = State.start(saddle)

    for side, arranged in ((state.leader, saddle.leader), (state.adversary, saddle.adversary)):
        assert (rows_of(arranged.polytope) @ side.plan).min() > -1e-12
        assert arranged.polytope.realization(side.behaviour) == pytest.approx(side.plan)
