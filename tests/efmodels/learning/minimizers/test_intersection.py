"""Constraints across decision points: never violated, and the value is the linear program's."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import CapabilityError, GameError
from efmodels.learning.minimizers import (
    Bilinear,
    EntropyRegularized,
    EuclideanMirrorDescent,
    Intersection,
    MultiplicativeWeights,
    Polyhedron,
    RegretMinimizer,
    Simplex,
    constant_step,
    constrained,
    counterfactual,
    predictive_regret_matching_plus,
    regret_matching,
    regret_matching_plus,
    self_play,
)
from tests.efmodels.learning.minimizers.adversaries import ADVERSARIES, Recorded, recorded
from tests.efmodels.learning.minimizers.oracles import constrained_value, no_rows
from tests.efmodels.learning.saddles import zero_sum_problem

PART = Polyhedron(
    np.vstack([-np.eye(4), [[1, 2, 0, 0], [0, 1, -1, 0]]]),
    [0, 0, 0, 0, 0.7, 0.1],
    np.ones((1, 4)),
    [1],
)


def bluffing() -> tuple[np.ndarray, np.ndarray]:
    """Return the row by which the first player of Kuhn poker bets a Jack in 6 cases of 10."""
    tree = zero_sum_problem().leader
    D = np.zeros((1, tree.size))
    D[0, tree.coordinate("J", "bet")] = -1
    return D, np.array([-0.6])


@pytest.mark.parametrize("adversary", ADVERSARIES)
@pytest.mark.parametrize(
    "inside",
    [
        regret_matching(4),
        MultiplicativeWeights(4, constant_step(0.1)),
        EuclideanMirrorDescent(Simplex(4), constant_step(0.05)),
    ],
)
def test_regret_is_no_larger_than_inside(inside: RegretMinimizer, adversary: str) -> None:
    """The part of a simplex is regretted no more than the simplex; points satisfy the rows."""
    record = Recorded(inside)
    part = Intersection(record, PART)
    outside = recorded(part, ADVERSARIES[adversary](1), 300)
    utilities, points = np.array(outside.utilities), np.array(outside.points)
    regret = PART.best(utilities.sum(axis=0))[0] - np.einsum("ta,ta->", utilities, points)

    # What the projections are compared with is the part, a subset of what is compared inside.
    inner, moved = np.array(record.utilities), np.array(record.points)
    target = PART.best(inner.sum(axis=0))[0] - np.einsum("ta,ta->", inner, moved)
    assert regret <= target + 1e-8
    assert target <= record.regret + 1e-8
    assert (points[:, 0] + 2 * points[:, 1]).max() <= 0.7 + 1e-10
    assert (points[:, 1] - points[:, 2]).max() <= 0.1 + 1e-10
    assert points.min() >= -1e-10
    assert points.sum(axis=1) == pytest.approx(np.ones(300), abs=1e-10)


def test_value_of_kuhn_with_a_constraint() -> None:
    """Who must bet a Jack in 6 cases of 10 gets -13/90, and never bets it less often."""
    kuhn, rows = zero_sum_problem(), bluffing()
    tree, (follower,) = kuhn.leader, kuhn.followers
    value = constrained_value(kuhn, rows)
    assert value == pytest.approx(-13 / 90)

    whole = counterfactual(tree, predictive_regret_matching_plus)
    leader = Recorded(Intersection(whole, constrained(tree, *rows)))
    replies = counterfactual(follower.polytope, predictive_regret_matching_plus)
    played = self_play(kuhn, leader, replies, 500, averaging=2)

    assert played.lower - 1e-9 <= -13 / 90 <= played.upper + 1e-9
    assert played.gap < 1e-5
    points = np.array(leader.points)
    assert points[:, tree.coordinate("J", "bet")].min() >= 0.6 - 1e-10
    assert np.abs(tree.F @ points.T - tree.f[:, None]).max() <= 1e-10
    assert points.min() >= -1e-10


def random_rows(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return rows across decision points that bind, and that the uniform plan satisfies."""
    tree, generator = zero_sum_problem().leader, np.random.default_rng(seed)
    D = generator.normal(size=(3, tree.size))
    return D, D @ tree.uniform() + 0.05


@pytest.mark.parametrize("seed", range(1, 4))
def test_random_constraints(seed: int) -> None:
    """Self-play of CFR+ under random rows meets the linear program, with rows on either side."""
    kuhn, rows = zero_sum_problem(), random_rows(seed)
    tree, (follower,) = kuhn.leader, kuhn.followers
    generator = np.random.default_rng(100 + seed)
    G = generator.normal(size=(2, follower.polytope.size))
    theirs = G, G @ follower.polytope.uniform() + 0.05
    value = constrained_value(kuhn, rows, theirs)
    assert abs(value - constrained_value(kuhn, no_rows(tree))) > 1e-3

    leader, replies = (
        Intersection(counterfactual(one, regret_matching_plus), constrained(one, *given))
        for one, given in ((tree, rows), (follower.polytope, theirs))
    )
    played = self_play(kuhn, leader, replies, 600, averaging=2)
    assert played.lower - 1e-8 <= value <= played.upper + 1e-8
    assert played.gap < 6e-3
    assert (rows[0] @ played.leader - rows[1]).max() <= 1e-9


def test_a_constraint_in_a_matrix_game() -> None:
    """The value of rock, paper, scissors for one who plays rock most of the time."""
    payoffs = np.array([[0.0, 1.0, -1.0], [-1.0, 0.0, 1.0], [1.0, -1.0, 0.0]])
    part = Polyhedron(np.vstack([-np.eye(3), [-1, 0, 0]]), [0, 0, 0, -0.6], np.ones((1, 3)), [1])
    leader = Intersection(regret_matching_plus(3), part)
    played = self_play(Bilinear(payoffs), leader, regret_matching_plus(3), 1000)

    # With p for paper and 0.4 - p for scissors, paper wins 0.2 + p and rock 0.4 - 2p: p is 1/15.
    assert played.lower <= -4 / 15 <= played.upper
    assert played.gap < 1e-3
    assert played.leader == pytest.approx([0.6, 1 / 15, 1 / 3], abs=1e-3)


def test_predictions_are_passed_on() -> None:
    """The minimizer inside gets the prediction as it is."""
    part = Polyhedron([[1, 0], [-1, 0]], [0.25, 0], [[1, 1]], [1])

    assert Intersection(regret_matching_plus(2), part).next(np.array([1.0, 0.0])) == pytest.approx(
        [0.25, 0.75]
    )
    assert Intersection(regret_matching_plus(2), part).next(np.array([0.0, 1.0])) == pytest.approx(
        [0.0, 1.0]
    )


def test_what_cannot_be_intersected() -> None:
    """Sets of other sizes, and regularized utilities."""
    with pytest.raises(GameError, match="3 coordinates, the part of it 4"):
        Intersection(regret_matching(3), PART)
    with pytest.raises(CapabilityError, match="ConcaveUtility"):
        Intersection(EntropyRegularized(4, 1.0), PART)
