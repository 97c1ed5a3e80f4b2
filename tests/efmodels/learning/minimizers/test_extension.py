"""Counterfactual regret minimization is a composition, and does what the engines do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.learning.algorithms import ALGORITHMS, schedule
from efmodels.learning.minimizers import (
    AffineImage,
    Ball,
    EuclideanMirrorDescent,
    Predictive,
    Product,
    RegretMinimizer,
    ScaledExtension,
    constant_step,
    counterfactual,
    local_minimizer,
    regret_matching,
    regret_matching_plus,
    self_play,
    sequential,
    with_floor,
)
from efmodels.learning.numpy_engine import NumpyEngine
from efmodels.learning.saddle import saddle_of
from efmodels.learning.state import State
from tests.efmodels.learning.minimizers.adversaries import ADVERSARIES, Recorded, recorded
from tests.efmodels.learning.minimizers.oracles import (
    constrained_value,
    floor_rows,
    no_rows,
    pure_plans,
)
from tests.efmodels.learning.saddles import priced_problem, zero_sum_problem

if TYPE_CHECKING:
    from efmodels.problem import EquilibriumProblem

PROBLEMS = [zero_sum_problem(), *map(priced_problem, range(1, 6))]


def composed(problem: EquilibriumProblem, name: str) -> tuple[RegretMinimizer, RegretMinimizer]:
    """Return both sides' counterfactual regret minimization, as compositions."""

    def local(size: int) -> RegretMinimizer:
        return local_minimizer(ALGORITHMS[name], size)

    followers = [counterfactual(one.polytope, local) for one in problem.followers]
    return counterfactual(problem.leader, local), Product(followers)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_composition_does_what_the_engine_does(
    problem: EquilibriumProblem, algorithm: str
) -> None:
    """Last plans and averages are the same, on trees and belief DAGs, with several followers."""
    saddle, rule = saddle_of(problem), ALGORITHMS[algorithm]
    state, plan = State.start(saddle), schedule(rule, 1, 8)
    NumpyEngine(saddle).run(state, plan, plan)
    played = self_play(problem, *composed(problem, algorithm), 8, averaging=rule.averaging)

    original = saddle.leader.original
    assert played.leader == pytest.approx(original(state.leader.average), abs=1e-12)
    assert played.last[0] == pytest.approx(original(state.leader.plan), abs=1e-12)
    sizes = [one.polytope.size for one in problem.followers]
    ends = np.cumsum(sizes)[:-1]
    averages, last = np.split(played.follower, ends), np.split(played.last[1], ends)
    for number, place in enumerate(saddle.places):
        priced = state.adversary.average[place] / saddle.weights[number]
        assert averages[number][1:] == pytest.approx(priced[1:], abs=1e-12)
        assert last[number][1:] == pytest.approx(state.adversary.plan[place][1:], abs=1e-12)


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_regret_of_a_plan_is_made_of_local_regrets(adversary: str) -> None:
    """It is at most that of the decision points that some pure plan reaches, and Blackwell's."""
    tree = zero_sum_problem().leader
    parts = [Recorded(regret_matching(width)) for width in np.diff(tree.start).tolist()]
    record = recorded(sequential(tree, parts), ADVERSARIES[adversary](0), 200)
    plans, utilities = pure_plans(tree), np.array(record.utilities)
    earned = np.einsum("ta,ta->", utilities, record.points)
    regret = float((plans @ utilities.sum(axis=0)).max() - earned)
    local = np.maximum([part.regret for part in parts], 0)
    bounds = [
        np.sqrt(np.square(np.array(p.utilities) - np.array(p.earned)[:, None]).sum()) for p in parts
    ]

    assert regret <= max(tree.inflow(plan) @ local for plan in plans) + 1e-9
    assert (local <= np.array(bounds) + 1e-9).all()
    assert record.regret == pytest.approx(regret)


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_a_convex_set_at_a_decision_point(adversary: str) -> None:
    """A ball may follow a choice: the regret is at most that of the choice and of the ball."""
    radius, rounds = 0.5, 200
    choice = Recorded(regret_matching_plus(2))
    ball = EuclideanMirrorDescent(Ball([0.0, 0.0], radius), constant_step(0.05))
    below = Recorded(ball)
    tree = ScaledExtension(choice, [[0.0, 1.0]], [below])
    record = recorded(tree, ADVERSARIES[adversary](2), rounds)
    total = np.sum(record.utilities, axis=0)
    most = max(total[0], total[1] + radius * float(np.linalg.norm(total[2:])))
    regret = most - np.einsum("ta,ta->", record.utilities, record.points)

    assert regret <= choice.regret + max(below.regret, 0.0) + 1e-9
    squares = np.square(below.utilities).sum()
    assert below.regret <= radius**2 / (2 * 0.05) + 0.05 / 2 * squares
    assert record.regret == pytest.approx(regret)


def test_points_are_plans() -> None:
    """They satisfy the rows of a belief DAG, and a plan's value is its utility."""
    for problem in PROBLEMS:
        tree, generator = problem.leader, np.random.default_rng(0)
        plans = counterfactual(tree, regret_matching_plus)
        for _ in range(5):
            x, utility = plans.next(), generator.normal(size=tree.size)
            assert np.abs(tree.F @ x - tree.f).max() <= 1e-12
            assert x.min() >= 0
            assert plans.value(utility) == pytest.approx(utility @ x)
            assert plans.best(utility)[0] == pytest.approx(tree.best_response(utility)[0])
            plans.observe(utility)


@pytest.mark.parametrize("floor", [0.01, 0.05])
def test_trembles_give_the_value_of_the_perturbed_game(floor: float) -> None:
    """With a lower bound for every action, self-play finds the value of the linear program."""
    kuhn = zero_sum_problem()
    (follower,) = kuhn.followers
    rows = floor_rows(kuhn.leader, floor), floor_rows(follower.polytope, floor)
    value = constrained_value(kuhn, *rows)

    def local(size: int) -> AffineImage:
        return with_floor(regret_matching_plus(size), floor)

    sides = counterfactual(kuhn.leader, local), counterfactual(follower.polytope, local)
    played = self_play(kuhn, *sides, 400, averaging=2)
    assert played.lower - 1e-9 <= value <= played.upper + 1e-9
    assert played.gap < 2e-3
    assert kuhn.leader.behaviour(played.leader).min() >= floor - 1e-12
    assert abs(value - constrained_value(kuhn, no_rows(kuhn.leader))) > 1e-3


def test_predicting_around_the_composition() -> None:
    """Predictive CFR+ with a prediction for the whole polytope converges as well."""
    kuhn = zero_sum_problem()
    (follower,) = kuhn.followers
    sides = [
        Predictive(counterfactual(one, regret_matching_plus))
        for one in (kuhn.leader, follower.polytope)
    ]
    played = self_play(kuhn, *sides, 500, averaging=2)

    assert played.lower <= -1 / 18 <= played.upper
    assert played.gap < 1e-3


def test_a_prediction_reaches_the_base_through_the_extensions() -> None:
    """The base expects what the next points of the extensions will earn, not the last ones."""
    last = np.array([0.0, 1.0])
    tree = ScaledExtension(regret_matching_plus(2), [[0.0, 1.0]], [regret_matching_plus(2)])
    assert tree.next() == pytest.approx([0.5, 0.5, 0.25, 0.25])
    # The second choice is worth 3 if what follows it is chosen well, and -1 if by halves.
    point = tree.next(np.array([0.0, 0.0, 3.0, -5.0]))

    assert point == pytest.approx([*last, 1.0, 0.0])


def test_scales_must_not_be_negative() -> None:
    """A negative entry is allowed where the scale cannot fall below 0, and refused elsewhere."""
    ScaledExtension(with_floor(regret_matching(2), 0.5), [[1.0, -1.0]], [regret_matching(2)])
    with pytest.raises(GameError, match="row 0 of the scales is -1"):
        ScaledExtension(regret_matching(2), [[1.0, -1.0]], [regret_matching(2)])


def test_arguments_that_do_not_fit() -> None:
    """They are refused in the caller's words."""
    with pytest.raises(GameError, match="1 extensions of 2 coordinates need"):
        ScaledExtension(regret_matching(2), [[1.0]], [regret_matching(2)])
    with pytest.raises(GameError, match="the decision points have"):
        sequential(zero_sum_problem().leader, [regret_matching(2)])
