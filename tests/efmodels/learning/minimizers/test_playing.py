"""Self-play proves what it says."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.certificates import certificate
from efmodels.errors import GameError
from efmodels.learning.minimizers import (
    Bilinear,
    Product,
    bilinear,
    counterfactual,
    regret_matching,
    regret_matching_plus,
    self_play,
)
from efmodels.learning.saddle import saddle_of
from tests.efmodels.learning.saddles import mediated_problem_of, priced_problem, zero_sum_problem


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bounds_are_those_of_certificates(seed: int) -> None:
    """Lower and upper bound are the value and the bound that best responses prove."""
    problem = priced_problem(seed)
    sides = [counterfactual(one.polytope, regret_matching_plus) for one in problem.followers]
    leader = counterfactual(problem.leader, regret_matching_plus)
    played = self_play(problem, leader, Product(sides), 30)
    ends = np.cumsum([one.polytope.size for one in problem.followers])[:-1]
    labels = [one.label for one in problem.followers]
    plans = dict(zip(labels, np.split(played.follower, ends), strict=True))
    proved = certificate(problem, played.leader, plans, {})

    assert (played.lower, played.upper) == pytest.approx((proved.value, proved.bound))
    assert proved.violation <= 1e-12


def test_payoffs_are_those_of_the_saddle() -> None:
    """For any two plans, leader and followers earn what the engines' arrays say."""
    problem = priced_problem(3)
    saddle, game = saddle_of(problem), bilinear(problem)
    generator = np.random.default_rng(1)
    x = saddle.leader.polytope.random(generator)
    y = saddle.adversary.polytope.random(generator)
    plans = [y[place] for place in saddle.places]
    for one in plans:
        one[0] = 1.0
    net = saddle.mu(x) @ (saddle.c - saddle.W @ saddle.priced(y, saddle.weights))

    ours = saddle.leader.original(x)
    assert ours @ game.leader_utility(np.concatenate(plans)) == pytest.approx(net)
    assert game.c @ ours - game.follower_utility(ours) @ np.concatenate(plans) == pytest.approx(net)


def test_averages_of_matching_pennies() -> None:
    """Weights grow as said: by hand, the averages are those of the points."""
    payoffs = np.array([[-2.0, 1.0], [1.0, -1.0]])
    played = self_play(Bilinear(payoffs), regret_matching(2), regret_matching(2), 40, averaging=2)
    x, y = np.full(2, 0.5), np.full(2, 0.5)
    regrets = np.zeros(2), np.zeros(2)
    average = np.zeros(2)
    for t in range(1, 41):
        regrets[0][:] += -payoffs @ y + x @ payoffs @ y
        x = np.maximum(regrets[0], 0) / np.maximum(regrets[0], 0).sum()
        regrets[1][:] += x @ payoffs - x @ payoffs @ y
        hope = np.maximum(regrets[1], 0)
        y = hope / hope.sum() if hope.sum() > 0 else np.full(2, 0.5)
        average += 3 / (t + 2) * (x - average)

    assert played.leader == pytest.approx(average)
    assert played.gap == pytest.approx(played.upper - played.lower)


def test_arguments_that_do_not_fit() -> None:
    """They are refused in the caller's words."""
    with pytest.raises(GameError, match="take the Lagrangian"):
        bilinear(mediated_problem_of(2, "EFCE"))
    with pytest.raises(GameError, match="regret minimizers have 2 and 3"):
        self_play(zero_sum_problem(), regret_matching(2), regret_matching(3), 1)
    with pytest.raises(GameError, match="iterations must be at least 1"):
        self_play(Bilinear(np.eye(2)), regret_matching(2), regret_matching(2), 0)
    with pytest.raises(GameError, match="A has 2 rows"):
        Bilinear(np.eye(2), [1.0])
