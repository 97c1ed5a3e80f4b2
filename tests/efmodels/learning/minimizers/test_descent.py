"""Mirror descent and conditional gradients regret no more than theory allows."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.learning.minimizers import (
    Ball,
    ConditionalGradient,
    EuclideanMirrorDescent,
    MultiplicativeWeights,
    Predictive,
    Simplex,
    constant_step,
    decreasing_step,
)
from tests.efmodels.learning.minimizers.adversaries import (
    ADVERSARIES,
    FollowTheLeader,
    Recorded,
    recorded,
    regret_on_a_simplex,
)

SIZE, ROUNDS = 4, 400
everybody = pytest.mark.parametrize("adversary", ADVERSARIES)


def changes(record: Recorded) -> np.ndarray:
    """Return how utilities changed from round to round, which is what predictions missed."""
    return np.diff(np.array(record.utilities), axis=0, prepend=np.zeros((1, record.size)))


@everybody
def test_regret_of_multiplicative_weights(adversary: str) -> None:
    """It is at most ln n / step + step T / 8, with constant steps and utilities in [0, 1]."""
    step = np.sqrt(8 * np.log(SIZE) / ROUNDS)
    for seed in range(3):
        minimizer = MultiplicativeWeights(SIZE, constant_step(step))
        record = recorded(minimizer, ADVERSARIES[adversary](seed), ROUNDS)
        assert regret_on_a_simplex(record) <= np.log(SIZE) / step + step * ROUNDS / 8


@everybody
def test_regret_of_multiplicative_weights_without_a_horizon(adversary: str) -> None:
    """With steps like 1 / sqrt t it is bounded in every round by their sum."""
    first = np.sqrt(8 * np.log(SIZE))
    minimizer = MultiplicativeWeights(SIZE, decreasing_step(first))
    record = recorded(minimizer, ADVERSARIES[adversary](0), ROUNDS)
    utilities, points = np.array(record.utilities), np.array(record.points)
    earned = np.cumsum(np.einsum("ta,ta->t", utilities, points))
    regrets = np.cumsum(utilities, axis=0).max(axis=1) - earned
    t = np.arange(1, ROUNDS + 1)

    bounds = np.log(SIZE) * np.sqrt(t) / first + first / 8 * np.cumsum(1 / np.sqrt(t))
    assert (regrets <= bounds).all()


@everybody
def test_regret_of_optimistic_multiplicative_weights(adversary: str) -> None:
    """It is at most ln n / step, plus step times the squared errors of predictions."""
    for seed, step in enumerate((0.05, 0.2, 0.5)):
        minimizer = Predictive(MultiplicativeWeights(SIZE, constant_step(step)))
        record = recorded(minimizer, ADVERSARIES[adversary](seed), ROUNDS)
        missed = np.square(np.abs(changes(record)).max(axis=1)).sum()
        assert regret_on_a_simplex(record) <= np.log(SIZE) / step + step * missed


@everybody
def test_regret_of_projected_steps(adversary: str) -> None:
    """It is at most D^2 / (2 step) plus half the step times the squared utilities."""
    for seed, step in enumerate((0.02, 0.05, 0.2)):
        minimizer = EuclideanMirrorDescent(Simplex(SIZE), constant_step(step))
        record = recorded(minimizer, ADVERSARIES[adversary](seed), ROUNDS)
        squares = np.square(record.utilities).sum()
        from_the_middle = 1 - 1 / SIZE
        bound = from_the_middle / (2 * step) + step / 2 * squares
        assert regret_on_a_simplex(record) <= bound + 1e-9


@everybody
def test_regret_of_optimistic_projected_steps(adversary: str) -> None:
    """It is at most D^2 / (2 step) plus the step times the squared errors of predictions."""
    for seed, step in enumerate((0.02, 0.05, 0.2)):
        minimizer = Predictive(EuclideanMirrorDescent(Simplex(SIZE), constant_step(step)))
        record = recorded(minimizer, ADVERSARIES[adversary](seed), ROUNDS)
        missed = np.square(changes(record)).sum()
        assert regret_on_a_simplex(record) <= (1 - 1 / SIZE) / (2 * step) + step * missed + 1e-9


def test_bounds_exclude_who_follows_the_leader() -> None:
    """It regrets more than the bounds under alternation: the tests above can fail."""
    record = recorded(FollowTheLeader(SIZE), ADVERSARIES["alternation"](0), ROUNDS)
    regret = regret_on_a_simplex(record)
    step = np.sqrt(8 * np.log(SIZE) / ROUNDS)

    assert regret > np.log(SIZE) / step + step * ROUNDS / 8
    assert regret > (1 - 1 / SIZE) / (2 * 0.05) + 0.05 / 2 * np.square(record.utilities).sum()


def test_steps_on_a_ball() -> None:
    """Against utilities that point away from the last point, the regret is that of theory."""
    ball, rounds = Ball([1.0, -1.0, 0.5], 2.0), 900
    generator = np.random.default_rng(4)

    def away(_: int, point: np.ndarray) -> np.ndarray:
        way = -(point - ball.centre) + 0.3 * generator.normal(size=3)
        return way / np.linalg.norm(way)

    step = 4.0 / np.sqrt(rounds)
    record = recorded(EuclideanMirrorDescent(ball, constant_step(step)), away, rounds)
    total = np.sum(record.utilities, axis=0)
    most = float(ball.centre @ total) + ball.radius * float(np.linalg.norm(total))
    earned = np.einsum("ta,ta->", record.utilities, record.points)

    assert max(np.linalg.norm(point - ball.centre) for point in record.points) <= 2 + 1e-12
    assert most - earned <= 16 / (2 * step) + step / 2 * rounds


def constant(_: int, point: np.ndarray) -> np.ndarray:
    """Pay for the last choice and charge for the first."""
    return np.eye(len(point))[-1] - np.eye(len(point))[0]


@pytest.mark.parametrize("adversary", [constant, ADVERSARIES["alternation"](0)])
def test_regret_of_conditional_gradients(adversary: object) -> None:
    """It is at most 8 D G T^(3/4), which excludes staying at the first choice."""
    assert callable(adversary)
    rounds, diameter, slope = 6000, np.sqrt(2), np.sqrt(2)
    minimizer = ConditionalGradient(Simplex(3), diameter=diameter, slope=slope, horizon=rounds)
    record = recorded(minimizer, adversary, rounds)
    bound = 8 * diameter * slope * rounds**0.75

    assert regret_on_a_simplex(record) <= bound
    staying = np.array(record.utilities)[:, 0].sum()
    if adversary is constant:
        assert np.sum(record.utilities, axis=0).max() - staying > bound
        assert record.points[-1][-1] > 0.9
