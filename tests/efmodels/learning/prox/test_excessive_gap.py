"""The excessive gap is there at every step, and closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import CapabilityError, GameError
from efmodels.learning import FixedMultipliers, Ranges, learn
from efmodels.learning.engines import engine_for
from efmodels.learning.prox import (
    Entropy,
    Euclidean,
    ExcessiveGap,
    Geometry,
    MassWeights,
    SumWeights,
    Weights,
)
from efmodels.learning.saddle import saddle_of
from efmodels.learning.state import State
from tests.efmodels.learning.prox.gaps import enclosure
from tests.efmodels.learning.saddles import (
    mediated_problem_of,
    priced_problem,
    random_zero_sum_game,
    zero_sum_problem,
)
from tests.oracles.mediated import optima
from tests.oracles.zero_sum import zero_sum_value_by_sequences

if TYPE_CHECKING:
    from efmodels.learning.prox.excessive_gap import Shrinking
    from efmodels.problem import EquilibriumProblem


def at_work(problem: EquilibriumProblem, method: ExcessiveGap) -> tuple[Shrinking, State]:
    """Return the method at work on a problem, and the state before it begins."""
    saddle = saddle_of(problem)
    return method.on(saddle, engine_for(saddle, "numpy")), State.start(saddle)


@pytest.mark.parametrize("geometry", [Entropy(), Euclidean()])
@pytest.mark.parametrize("weights", [MassWeights(), SumWeights()])
@pytest.mark.parametrize("seed", [None, 3])
def test_the_excessive_gap_is_kept(geometry: Geometry, weights: Weights, seed: int | None) -> None:
    """At each step; and the gap, by the problem's arrays, is no more than smoothing explains."""
    problem = zero_sum_problem() if seed is None else priced_problem(seed)
    run, state = at_work(problem, ExcessiveGap(geometry=geometry, weights=weights))
    radii = [one.radius() for one in run.sides.smoothings]
    before = np.inf
    for _ in range(30):
        assert run.pair.excess >= -1e-12
        low, high = enclosure(problem, run.sides.saddle, *run.pair.plans)
        explained = float(np.dot(run.pair.mu, radii))
        assert -1e-12 <= high - low <= explained + 1e-12
        assert explained < before
        before = explained
        run.run(state, 1)


def test_smoothed_values_are_those_of_the_definition() -> None:
    """The excess is the smoothed guarantee less the smoothed limit, from the problem's arrays."""
    problem = zero_sum_problem()
    run, state = at_work(problem, ExcessiveGap())
    run.run(state, 7)
    (x, y), mu, (leader, adversary) = run.pair.plans, run.pair.mu, run.sides.smoothings
    saddle, follower = run.sides.saddle, problem.followers[0]
    payments = np.asarray(follower.A.todense()) * follower.weight
    original, reply = saddle.leader.original(x), y[saddle.places[0]]

    # Payoffs are linear and distances convex, so that no plan does better than the replies.
    generator = np.random.default_rng(0)
    guarantee = run.pair.excess + run.pair.replies[0].value
    for _ in range(50):
        z = adversary.arrangement.polytope.random(generator)
        there = adversary.distance(adversary.at(z), adversary.centre)
        worth = problem.c @ original - original @ payments @ z[saddle.places[0]]
        assert guarantee <= worth + mu[1] * there + 1e-12
        w = leader.arrangement.polytope.random(generator)
        here = leader.distance(leader.at(w), leader.centre)
        own = saddle.leader.original(w)
        worth = problem.c @ own - own @ payments @ reply
        assert run.pair.replies[0].value >= worth - mu[0] * here - 1e-12


def test_kuhn_poker_from_smoothing_of_one() -> None:
    """The gap falls as in an independent implementation, within a factor of about two.

    The two need not agree more closely: which side shrinks first, and the first pair, may differ.
    """
    problem = zero_sum_problem()
    run, state = at_work(problem, ExcessiveGap(smoothing=1.0))
    gaps = []
    for iterations in (10, 50, 100, 1000):
        run.run(state, iterations - state.iterations)
        low, high = enclosure(problem, run.sides.saddle, *run.pair.plans)
        gaps.append(high - low)

    ratios = np.array(gaps) / [0.140, 0.0060, 0.0018, 0.00037]
    assert ratios.min() > 1 / 2.1
    assert ratios.max() < 2.1


@pytest.mark.parametrize("seed", range(3))
def test_values_of_random_games(seed: int) -> None:
    """They are those of a linear program that another code writes down."""
    game = random_zero_sum_game(seed)
    value = zero_sum_value_by_sequences(game)
    unit = float(np.ptp(game.payoffs)) or 1.0
    problem = ef.formulations.nash_zero_sum(game).problem
    learned = learn(problem, Ranges(unit, unit), method="egt", tolerance=1e-3)

    assert learned.status == "solved"
    assert learned.value - 1e-9 <= value <= learned.bound + 1e-9


def test_multipliers_must_stay() -> None:
    """Where they change it refuses and says what to do; fixed ones do."""
    problem, ranges = mediated_problem_of(3, "EFCE"), Ranges(20, 10)
    with pytest.raises(CapabilityError, match=r"FixedMultipliers.*'omwu'"):
        learn(problem, ranges, method="egt", tolerance=1e-6, iteration_limit=5000)
    learned = learn(
        problem, ranges, method="egt", multipliers=FixedMultipliers(10.0), tolerance=1e-2
    )

    assert learned.status == "solved"
    assert learned.bound >= optima(problem, [problem.c])[0] - 1e-9


def test_numbers_out_of_range() -> None:
    """Steps and smoothing that make no sense are refused; and smoothing that is too little."""
    with pytest.raises(GameError, match=r"above 0 and below 1; got 1\.5"):
        ExcessiveGap(step=1.5)
    with pytest.raises(GameError, match="smoothing must be above 0; got 0"):
        ExcessiveGap(smoothing=0.0)
    with pytest.raises(GameError, match="1e-06 there is no excessive gap"):
        at_work(zero_sum_problem(), ExcessiveGap(smoothing=1e-6))


def test_a_game_in_which_nothing_matters() -> None:
    """Payoffs that are all 0 need no smoothing, and everything is solved at once."""
    game = ef.Game.from_matrices([[0, 0], [0, 0]], [[0, 0], [0, 0]])
    problem = ef.formulations.nash_zero_sum(game).problem
    for method in ("egt", "omwu", "ogda"):
        learned = learn(problem, Ranges(1, 1), method=method, tolerance=1e-9)
        assert (learned.value, learned.bound, learned.status) == (0, 0, "solved")
