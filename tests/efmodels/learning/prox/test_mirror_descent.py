"""Optimistic mirror descent is what it says, and its averages and last plans converge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import efmodels as ef
from efmodels.learning import FixedMultipliers, Ranges, learn
from efmodels.learning.engines import engine_for
from efmodels.learning.methods import METHODS
from efmodels.learning.prox import (
    AdaptiveStep,
    ConstantStep,
    Entropy,
    Euclidean,
    Geometry,
    HeightWeights,
    OptimisticMirrorDescent,
)
from efmodels.learning.saddle import Saddle, saddle_of
from efmodels.learning.state import State
from tests.efmodels.learning.prox.gaps import enclosure
from tests.efmodels.learning.saddles import (
    CONCEPTS,
    mediated_problem_of,
    random_zero_sum_game,
    zero_sum_problem,
)
from tests.oracles.mediated import optimum_and_prices
from tests.oracles.zero_sum import zero_sum_value_by_sequences

KUHN = -1 / 18
PLAIN = OptimisticMirrorDescent(step=ConstantStep(1.0), restarts=None)


def after(saddle: Saddle, method: OptimisticMirrorDescent, iterations: int) -> State:
    """Return the state after some iterations."""
    state = State.start(saddle)
    method.on(saddle, engine_for(saddle, "numpy")).run(state, iterations)
    return state


def matrix_saddle(payoffs: np.ndarray) -> Saddle:
    """Return the saddle problem of a matrix game."""
    game = ef.Game.from_matrices(payoffs.tolist(), (-payoffs).tolist())
    return saddle_of(ef.formulations.nash_zero_sum(game).problem)


def weights_by_hand(payoffs: np.ndarray, iterations: int, step: float) -> np.ndarray:
    """Return the last strategies of optimistic multiplicative weights, written down simply."""
    x, y = (np.full(n, 1 / n) for n in payoffs.shape)
    before = payoffs @ y, -(x @ payoffs)
    for _ in range(iterations):
        now = payoffs @ y, -(x @ payoffs)
        x = x * np.exp(step * (2 * now[0] - before[0]))
        y = y * np.exp(step * (2 * now[1] - before[1]))
        x, y, before = x / x.sum(), y / y.sum(), now
    return np.concatenate([x, y])


def test_multiplicative_weights_in_a_matrix_game() -> None:
    """In a matrix game the last plans are those of the rule written by hand."""
    payoffs = np.random.default_rng(3).normal(size=(3, 4))
    saddle = matrix_saddle(payoffs)
    state = after(saddle, OptimisticMirrorDescent(step=ConstantStep(0.3), restarts=None), 40)

    plans = np.concatenate([state.leader.plan[1:], state.adversary.plan[1:]])
    assert plans == pytest.approx(weights_by_hand(payoffs, 40, 0.3))


def test_the_last_plans_converge() -> None:
    """With a constant step and no restart the last plans get to Kuhn poker's value; linearly."""
    problem = zero_sum_problem()
    saddle = saddle_of(problem)
    gaps = []
    for iterations in (250, 500, 1000):
        state = after(
            saddle, OptimisticMirrorDescent(step=ConstantStep(3.0), restarts=None), iterations
        )
        low, high = enclosure(problem, saddle, state.leader.plan, state.adversary.plan)
        assert low - 1e-12 <= KUHN <= high + 1e-12
        gaps.append(high - low)

    assert gaps[1] < gaps[0] / 10
    assert gaps[2] < 1e-10


def test_averages_converge_as_one_over_the_iterations() -> None:
    """With a constant step, twice the iterations halve the gap of the averages, about."""
    problem = zero_sum_problem()
    saddle = saddle_of(problem)
    gaps = []
    for iterations in (250, 500, 1000):
        state = after(saddle, PLAIN, iterations)
        low, high = enclosure(problem, saddle, state.leader.average, state.adversary.average)
        gaps.append(high - low)

    assert gaps[1] < 0.6 * gaps[0]
    assert gaps[2] < 0.6 * gaps[1]


@pytest.mark.parametrize("name", ["omwu", "ogda"])
def test_restarts_and_tested_steps_find_the_value(name: str) -> None:
    """The usual parameters reach a gap of 1e-9 in a few hundred iterations."""
    learned = learn(zero_sum_problem(), Ranges(4, 4), method=name, tolerance=1e-9)

    assert learned.status == "solved"
    assert learned.value - 1e-12 <= KUHN <= learned.bound + 1e-12
    assert learned.iterations < 1000


@pytest.mark.parametrize("seed", range(4))
def test_values_of_random_games(seed: int) -> None:
    """They are those of a linear program that another code writes down."""
    game = random_zero_sum_game(seed)
    value = zero_sum_value_by_sequences(game)
    unit = float(np.ptp(game.payoffs)) or 1.0
    problem = ef.formulations.nash_zero_sum(game).problem
    learned = learn(problem, Ranges(unit, unit), method="omwu", tolerance=1e-6)

    assert learned.status == "solved"
    assert learned.value - 1e-9 <= value <= learned.bound + 1e-9


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 5])
def test_mediated_equilibria_on_belief_dags(seed: int) -> None:
    """The adaptive multipliers work with it as they do with regrets."""
    problem = mediated_problem_of(seed, CONCEPTS[seed % len(CONCEPTS)])
    optimum, prices = optimum_and_prices(problem, problem.c)
    learned = learn(problem, Ranges(20, 10), method="omwu", tolerance=2e-3)

    assert learned.status == "solved"
    assert optimum - 1e-8 <= learned.bound
    explained = sum(np.array(prices) * list(learned.regrets.values()))
    assert learned.value <= optimum + explained + 1e-8


@pytest.mark.parametrize("geometry", [Entropy(), Euclidean()])
@pytest.mark.parametrize("name", ["kuhn", "goofspiel"])
def test_what_is_proved_of_steps_that_fit(geometry: Geometry, name: str) -> None:
    """The gap of the averages is no more than the largest distance over the way travelled."""
    problem = zero_sum_problem(name)
    saddle, state = saddle_of(problem), State.start(saddle_of(problem))
    method = OptimisticMirrorDescent(geometry=geometry, restarts=None)
    run = method.on(saddle, engine_for(saddle, "numpy"))
    radii = sum(one.radius() for one in run.sides.smoothings)
    for _ in range(20):
        run.run(state, 10)
        low, high = enclosure(problem, saddle, state.leader.average, state.adversary.average)
        assert high - low <= radii / run.travelled


def test_a_step_that_is_tested_stays_within_what_is_proved() -> None:
    """Sizes settle where a constant step converges, from far too large and far too small ones."""
    saddle = saddle_of(zero_sum_problem())
    for first in (1e-3, 1e3):
        method = OptimisticMirrorDescent(step=AdaptiveStep(first=first), restarts=None)
        run = method.on(saddle, engine_for(saddle, "numpy"))
        run.run(State.start(saddle), 60)
        assert 0.5 < run.size < 20


def test_averages_that_are_left_behind_begin_anew() -> None:
    """After a restart they have half the gap at most; plans go on as they do without restarts."""
    problem = zero_sum_problem("goofspiel")
    saddle = saddle_of(problem)
    method = OptimisticMirrorDescent(geometry=Euclidean(), weights=HeightWeights())
    run, state = method.on(saddle, engine_for(saddle, "numpy")), State.start(saddle)
    gaps = []
    for _ in range(150):
        before, restarts = state.leader.average, run.restarted
        mixed = state.adversary.average
        run.run(state, 1)
        if run.restarted > restarts:
            old, new = (
                enclosure(problem, saddle, x, y)
                for x, y in ((before, mixed), (state.leader.average, state.adversary.average))
            )
            gaps.append((old[1] - old[0], new[1] - new[0]))

    assert gaps
    assert all(new <= 0.6 * old for old, new in gaps)
    never = after(saddle, replace(method, restarts=None), 150)
    assert state.leader.plan == pytest.approx(never.leader.plan, abs=1e-12)


def test_fixed_multipliers() -> None:
    """With multipliers that stay, it solves a mediated problem as well."""
    problem = mediated_problem_of(3, "EFCE")
    learned = learn(
        problem, Ranges(20, 10), method="omwu", multipliers=FixedMultipliers(10.0), tolerance=2e-3
    )
    assert learned.status == "solved"


def test_names() -> None:
    """The methods by name are records of their own."""
    assert METHODS["omwu"] == OptimisticMirrorDescent()
    assert METHODS["ogda"] != METHODS["omwu"]
