"""Strongly concave utilities: small regret, and quantal responses in self-play."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from efmodels.errors import CapabilityError, GameError
from efmodels.learning.minimizers import (
    Ball,
    Bilinear,
    ConcaveUtility,
    EntropyRegularized,
    QuadraticRegularized,
    RegretMinimizer,
    Simplex,
    bilinear,
    counterfactual,
    regret_matching_plus,
    self_play,
)
from tests.efmodels.learning.minimizers.adversaries import (
    ADVERSARIES,
    FollowTheLeader,
    Recorded,
    recorded,
)
from tests.efmodels.learning.minimizers.oracles import logit_equilibrium, pure_plans
from tests.efmodels.learning.saddles import zero_sum_problem

ROUNDS = 400
HARMONIC = 1 + np.log(ROUNDS)


def entropy(point: np.ndarray) -> float:
    """Return the entropy of a distribution without zeros."""
    return -float(point @ np.log(point))


def best_on_a_simplex(utility: np.ndarray, times: int, weight: float) -> float:
    """Return the most of ``utility @ x`` and the entropy, as often as said, by a numerical search.

    The logits are free, so that the search has no constraints.
    """

    def loss(logits: np.ndarray) -> float:
        point = np.exp(logits - logits.max())
        point /= point.sum()
        point = np.maximum(point, 1e-300)
        return -float(utility @ point) - times * weight * entropy(point)

    return -float(optimize.minimize(loss, np.zeros(len(utility)), tol=1e-12).fun)


@pytest.mark.parametrize("adversary", ADVERSARIES)
@pytest.mark.parametrize("weight", [0.1, 1.0])
def test_regret_with_entropy(adversary: str, weight: float) -> None:
    """With utilities in [0, 1] it is at most (1 + ln T) / (2 weight)."""
    record = recorded(EntropyRegularized(4, weight), ADVERSARIES[adversary](1), ROUNDS)
    utilities, points = np.array(record.utilities), np.array(record.points)
    earned = np.einsum("ta,ta->", utilities, points) + weight * sum(map(entropy, points))
    regret = best_on_a_simplex(utilities.sum(axis=0), ROUNDS, weight) - earned

    assert -1e-6 <= regret <= HARMONIC / (2 * weight)


@pytest.mark.parametrize("region", [Simplex(4), Ball([0.0, 0.5, 0.0, 0.0], 1.5)])
@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_regret_with_a_quadratic(adversary: str, region: Simplex | Ball) -> None:
    """It is at most 2 G^2 (1 + ln T) / weight, for utilities of length at most G."""
    weight = 0.5
    record = recorded(QuadraticRegularized(region, weight), ADVERSARIES[adversary](1), ROUNDS)
    utilities, points = np.array(record.utilities), np.array(record.points)
    squares = np.square(points).sum(axis=1)
    earned = np.einsum("ta,ta->", utilities, points) - weight / 2 * squares.sum()
    total = utilities.sum(axis=0)

    def loss(point: np.ndarray) -> float:
        return -float(total @ point) / ROUNDS + weight / 2 * float(point @ point)

    if isinstance(region, Simplex):
        rows = [
            {"type": "eq", "fun": lambda x: x.sum() - 1},
            {"type": "ineq", "fun": lambda x: x},
        ]
    else:
        rows = [
            {"type": "ineq", "fun": lambda x: 1.5**2 - np.square(x - region.centre).sum()},
        ]
    found = optimize.minimize(loss, points[0], method="SLSQP", constraints=rows, tol=1e-12)
    longest = np.linalg.norm(utilities, axis=1).max()
    assert -ROUNDS * found.fun - earned <= 2 * longest**2 * HARMONIC / weight


def test_bounds_exclude_who_follows_the_leader() -> None:
    """It regrets more than the bound with entropy under alternation: the test can fail."""
    record = recorded(FollowTheLeader(4), ADVERSARIES["alternation"](0), ROUNDS)

    assert record.regret > HARMONIC / (2 * 0.1)


@pytest.mark.parametrize("weight", [0.3, 2.0])
def test_a_prediction_counts_as_one_more_observation(weight: float) -> None:
    """The next point is the best for the mean of what was and what will be, as expected."""
    seen = np.random.default_rng(3).normal(size=(3, 4))
    for local in (EntropyRegularized(4, weight), QuadraticRegularized(Simplex(4), weight)):
        local.observe(seen[0])
        local.observe(seen[1])
        assert local.next(seen[2]) == pytest.approx(local.best(seen.mean(axis=0))[1])
        assert local.next() == pytest.approx(local.best(seen[:2].mean(axis=0))[1])


@pytest.mark.parametrize("weight", [0.3, 2.0])
def test_best_points_by_a_search(weight: float) -> None:
    """The maximum with entropy is that of a numerical search, and its point attains it."""
    utility = np.random.default_rng(5).normal(size=4)
    value, point = EntropyRegularized(4, weight).best(utility)

    assert value == pytest.approx(best_on_a_simplex(utility, 1, weight), abs=1e-7)
    assert value == pytest.approx(float(utility @ point) + weight * entropy(point))
    value, point = QuadraticRegularized(Simplex(4), weight).best(utility)
    others = np.random.default_rng(6).dirichlet(np.ones(4), size=500)
    assert value == pytest.approx(float(utility @ point) - weight / 2 * float(point @ point))
    assert (others @ utility - weight / 2 * np.square(others).sum(axis=1)).max() <= value


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("weight", [0.2, 1.0])
def test_logit_equilibrium_of_a_matrix_game(seed: int, weight: float) -> None:
    """Self-play with entropies finds the fixed point of the logit responses."""
    payoffs = np.random.default_rng(seed).normal(size=(3, 4))
    x, y, value = logit_equilibrium(payoffs, weight)
    sides = EntropyRegularized(3, weight), EntropyRegularized(4, weight)
    played = self_play(Bilinear(-payoffs), *sides, 1000)

    assert played.lower - 1e-9 <= value <= played.upper + 1e-9
    assert played.gap < 1e-4
    # Entropy is strongly concave in this distance, so that a small gap means a small distance.
    distance = np.abs(played.leader - x).sum() ** 2 + np.abs(played.follower - y).sum() ** 2
    assert distance <= 2 * played.gap / weight
    assert played.last[0] == pytest.approx(x, abs=2e-3)
    assert played.last[1] == pytest.approx(y, abs=2e-3)


@pytest.mark.parametrize("weight", [0.1, 0.5])
def test_quantal_response_equilibrium_of_kuhn(weight: float) -> None:
    """With entropy at every decision point, plans are those of the reduced normal form's logit."""
    kuhn = zero_sum_problem()
    game, (follower,) = bilinear(kuhn), kuhn.followers
    ours, theirs = pure_plans(kuhn.leader), pure_plans(follower.polytope)
    assert (len(ours), len(theirs)) == (27, 64)
    x, y, value = logit_equilibrium((ours @ game.c)[:, None] - ours @ (game.A @ theirs.T), weight)

    def local(size: int) -> EntropyRegularized:
        return EntropyRegularized(size, weight)

    sides = counterfactual(kuhn.leader, local), counterfactual(follower.polytope, local)
    played = self_play(kuhn, *sides, 800)
    assert played.last[0] == pytest.approx(x @ ours, abs=1e-3)
    assert played.last[1] == pytest.approx(y @ theirs, abs=1e-3)
    assert played.lower - 1e-9 <= value <= played.upper + 1e-9
    assert played.gap < 1e-4


def test_a_concave_utility_by_its_gradient() -> None:
    """Regret matching with the gradients of the entropy finds the same logit response."""
    utility = np.array([1.0, 0.5, 0.0])

    def gradient(point: np.ndarray) -> np.ndarray:
        return -0.5 * (np.log(np.maximum(point, 1e-6)) + 1)

    def earned(point: np.ndarray) -> float:
        return 0.5 * entropy(np.maximum(point, 1e-12))

    regularized = EntropyRegularized(3, 0.5)
    inside = regret_matching_plus(3)
    local = ConcaveUtility(inside, earned, gradient, maximum=regularized.best)
    record = Recorded(local)
    for _ in range(5000):
        record.next()
        record.observe(utility)
    expected = np.exp(utility / 0.5) / np.exp(utility / 0.5).sum()

    assert np.mean(record.points[1:], axis=0) == pytest.approx(expected, abs=0.02)
    assert local.best(utility)[1] == pytest.approx(expected)


def test_regret_under_a_concave_utility_is_no_larger() -> None:
    """It is at most that of the regret minimizer inside, which observes gradients."""
    inside = Recorded(regret_matching_plus(3))
    local = ConcaveUtility(inside, lambda x: -float(x @ x), lambda x: -2 * x)
    record = recorded(local, ADVERSARIES["drift"](3), ROUNDS)
    total = np.sum(record.utilities, axis=0)
    others = np.random.default_rng(1).dirichlet(np.ones(3), size=2000)
    most = (others @ total - ROUNDS * np.square(others).sum(axis=1)).max()

    assert most - sum(record.earned) <= inside.regret + 1e-9
    assert inside.regret <= np.sqrt(np.square(np.array(inside.utilities) + 2).sum())


def test_what_cannot_be_asked() -> None:
    """Weights must be above 0, and an unknown maximum is no answer."""
    with pytest.raises(GameError, match="entropy must be above 0"):
        EntropyRegularized(3, 0.0)
    with pytest.raises(GameError, match="regularizer must be above 0"):
        QuadraticRegularized(Simplex(3), -1.0)
    local: RegretMinimizer = ConcaveUtility(regret_matching_plus(2), lambda _: 0.0, np.zeros_like)
    with pytest.raises(CapabilityError, match="needs maximum="):
        local.best(np.zeros(2))
