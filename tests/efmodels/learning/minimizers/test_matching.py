"""Regret matching regrets no more than theory allows, in all its variants."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.learning.algorithms import ALGORITHMS, Algorithm
from efmodels.learning.minimizers import (
    RegretMatching,
    RegretMinimizer,
    discounted_regret_matching,
    local_minimizer,
    predictive_discounted_regret_matching_plus,
    predictive_regret_matching_plus,
    regret_matching,
    regret_matching_plus,
)
from tests.efmodels.learning.minimizers.adversaries import (
    ADVERSARIES,
    FollowTheLeader,
    Recorded,
    recorded,
    regret_on_a_simplex,
)

ROUNDS = 400
WITHOUT_PREDICTIONS = [name for name, rule in ALGORITHMS.items() if not rule.prediction]


def local_regrets(record: Recorded) -> np.ndarray:
    """Return, for each round and choice, by how much it was better than the point played."""
    points, utilities = np.array(record.points), np.array(record.utilities)
    return utilities - np.einsum("ta,ta->t", utilities, points)[:, None]


def weighted_regret_and_bound(record: Recorded, rule: Algorithm) -> tuple[float, float]:
    """Return the regret with the weights that discounting gives to rounds, and its bound.

    The positive part of the regrets is at right angles to what is added, so that its square grows
    by no more than the square of that, after a discount.
    """
    regrets = local_regrets(record)
    kept = rule.discounts(np.arange(1.0, len(regrets) + 1))[0]
    weights = np.append(np.cumprod(kept[:0:-1])[::-1], 1.0)
    squares = np.square(regrets).sum(axis=1)
    return float((weights @ regrets).max()), float(np.sqrt(weights**2 @ squares))


@pytest.mark.parametrize("adversary", ADVERSARIES)
@pytest.mark.parametrize("name", WITHOUT_PREDICTIONS)
def test_weighted_regret_is_bounded(name: str, adversary: str) -> None:
    """With the weights that discounts amount to, by the root of the sum of squared regrets."""
    rule = ALGORITHMS[name]
    for seed in range(3):
        record = recorded(RegretMatching(4, rule), ADVERSARIES[adversary](seed), ROUNDS)
        regret, bound = weighted_regret_and_bound(record, rule)
        assert regret <= bound + 1e-9


@pytest.mark.parametrize("name", WITHOUT_PREDICTIONS)
def test_the_bound_excludes_who_follows_the_leader(name: str) -> None:
    """Following the leader regrets more than the bound under alternation: the test can fail."""
    record = recorded(FollowTheLeader(4), ADVERSARIES["alternation"](0), ROUNDS)
    regret, bound = weighted_regret_and_bound(record, ALGORITHMS[name])

    assert regret > bound


@pytest.mark.parametrize("adversary", ADVERSARIES)
def test_regret_with_predictions_is_bounded(adversary: str) -> None:
    """By the root of twice the squared errors of the predicted regrets."""
    for seed in range(3):
        minimizer = predictive_regret_matching_plus(4)
        record = recorded(minimizer, ADVERSARIES[adversary](seed), ROUNDS)
        regrets = local_regrets(record)
        errors = np.diff(regrets, axis=0, prepend=np.zeros((1, 4)))

        assert regret_on_a_simplex(record) <= np.sqrt(2 * np.square(errors).sum()) + 1e-9


def test_good_predictions_help() -> None:
    """Where utilities hardly change, predictive regret matching regrets less than a tenth."""
    plain = recorded(regret_matching_plus(4), slowly_turning, 2000)
    predictive = recorded(predictive_regret_matching_plus(4), slowly_turning, 2000)

    assert regret_on_a_simplex(predictive) < 0.1 * regret_on_a_simplex(plain)


def slowly_turning(t: int, point: np.ndarray) -> np.ndarray:
    """Return utilities that go around slowly, and do not mind the point."""
    return np.cos(t / 300 + np.arange(len(point)) * np.pi / 2)


def by_hand(utilities: list[list[float]], rule: Algorithm) -> list[list[float]]:
    """Return the points of regret matching, with loops over choices."""
    size, points = len(utilities[0]), []
    regret, last = [0.0] * size, [0.0] * size
    for t, utility in enumerate(utilities, start=1):
        hope = [max(r + rule.prediction * b, 0.0) for r, b in zip(regret, last, strict=True)]
        point = [h / sum(hope) if sum(hope) > 1e-13 else 1 / size for h in hope]
        points.append(point)
        earned = sum(u * p for u, p in zip(utility, point, strict=True))
        gains, losses = (float(one[0]) for one in rule.discounts(np.array([float(t)])))
        last = [u - earned for u in utility]
        regret = [
            (gains * r if r > 0 else losses * r) + b for r, b in zip(regret, last, strict=True)
        ]
        if losses == 0:
            regret = [max(r, 0.0) for r in regret]
    return points


@pytest.mark.parametrize("name", ALGORITHMS)
def test_points_are_those_of_regret_matching_by_hand(name: str) -> None:
    """Whatever the discounts and predictions are."""
    utilities = np.random.default_rng(7).normal(size=(30, 3))
    record = recorded(local_minimizer(ALGORITHMS[name], 3), lambda t, _: utilities[t], 30)

    expected = np.array(by_hand(utilities.tolist(), ALGORITHMS[name]))
    assert np.array(record.points) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", ["cfr", "cfr+", "dcfr+"])
def test_any_prediction_can_be_given(name: str) -> None:
    """What is expected to be regretted is added for the next point, and then forgotten."""
    generator, rule = np.random.default_rng(11), ALGORITHMS[name]
    minimizer = RegretMatching(3, rule)
    regret, before = np.zeros(3), np.full(3, 1 / 3)
    for t in range(1, 30):
        utility, prediction = generator.normal(size=(2, 3))
        hope = np.maximum(regret + prediction - prediction @ before, 0)
        point = minimizer.next(prediction)
        expected = hope / hope.sum() if hope.any() else np.full(3, 1 / 3)
        assert point == pytest.approx(expected, abs=1e-12)
        minimizer.observe(utility)
        gains, losses = (one[0] for one in rule.discounts(np.array([float(t)])))
        regret = gains * np.maximum(regret, 0) + losses * np.minimum(regret, 0)
        regret += utility - utility @ point
        if name != "cfr":
            regret = np.maximum(regret, 0)
        before = point


def test_names_are_those_of_the_algorithms() -> None:
    """Each function makes what the engines have under the name of the algorithm."""
    named: dict[str, RegretMinimizer] = {
        "cfr": regret_matching(3),
        "cfr+": regret_matching_plus(3),
        "dcfr": discounted_regret_matching(3),
        "pcfr+": predictive_regret_matching_plus(3),
        "pdcfr+": predictive_discounted_regret_matching_plus(3),
    }
    utilities = np.random.default_rng(8).normal(size=(20, 3))
    for name, minimizer in named.items():
        one = recorded(minimizer, lambda t, _: utilities[t], 20)
        other = recorded(local_minimizer(ALGORITHMS[name], 3), lambda t, _: utilities[t], 20)
        assert np.array_equal(one.points, other.points)


def test_utilities_of_another_size_are_refused() -> None:
    """The message says how many numbers are needed."""
    minimizer = regret_matching(3)
    for refuse in (minimizer.observe, minimizer.value, minimizer.best, minimizer.next):
        with pytest.raises(GameError, match=r"shape \(2,\).* need \(3,\)"):
            refuse(np.zeros(2))
    with pytest.raises(GameError, match="at least one choice"):
        regret_matching(0)
