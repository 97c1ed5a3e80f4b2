"""The arrays that learners see are those of the problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.learning.pricing import lagrangian
from efmodels.learning.saddle import saddle_of
from tests.efmodels.learning.saddles import (
    CONCEPTS,
    mediated_problem_of,
    priced_problem,
    zero_sum_problem,
)


@pytest.mark.parametrize("seed", range(12))
def test_payoffs_of_a_saddle_are_those_of_its_problem(seed: int) -> None:
    """For random plans of both sides, by the arrays of either."""
    problem = priced_problem(seed)
    saddle, generator = saddle_of(problem), np.random.default_rng(seed)
    x = saddle.leader.polytope.random(generator)
    y = saddle.adversary.polytope.random(generator)
    mu = problem.mu(saddle.leader.original(x))
    paid = sum(
        one.weight * (mu @ one.A @ y[place])
        for one, place in zip(problem.followers, saddle.places, strict=True)
    )

    by_leader = saddle.leader_gradient(saddle.priced(y, saddle.weights)) @ x
    assert by_leader == pytest.approx(problem.c @ mu - paid)
    ours = saddle.priced(saddle.adversary_gradient(x), saddle.weights) @ y
    assert ours == pytest.approx(saddle.c @ saddle.mu(x) - by_leader)


def test_what_a_follower_gets_anyway_is_no_payment() -> None:
    """A payoff at the root of a follower's polytope moves to the leader's objective."""
    problem = zero_sum_problem()
    follower = problem.followers[0]
    A = follower.A.tolil()
    A[0, 0] = 7.0
    shifted = replace(problem, followers=(replace(follower, A=A.tocsr()),))
    saddle = saddle_of(shifted)
    x = saddle.leader.polytope.uniform()

    assert saddle.W[:, [0]].nnz == 0
    worst = saddle.adversary.polytope.best_response(saddle.adversary_gradient(x))[0]
    expected = shifted.value(saddle.leader.original(x))
    assert saddle.c @ saddle.mu(x) - follower.weight * worst == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(12))
def test_a_lagrangian_charges_for_regrets_and_pays_nothing_for_slack(seed: int) -> None:
    """Its value at a plan is the objective less the multipliers times the regrets."""
    problem = mediated_problem_of(seed, CONCEPTS[seed % len(CONCEPTS)])
    multipliers = {one.label: 1.5 + k for k, one in enumerate(problem.followers)}
    x = problem.leader.random(np.random.default_rng(seed))
    mu = problem.mu(x)
    regrets = {one.label: one.best_response(mu)[0] - one.b @ mu for one in problem.followers}
    charged = sum(multipliers[label] * max(regrets[label], 0) for label in multipliers)

    priced = lagrangian(problem, multipliers)
    assert priced.value(x) == pytest.approx(problem.c @ mu - charged)


def test_incentive_constraints_are_refused() -> None:
    """A saddle problem has none; the message names whose there are."""
    with pytest.raises(GameError, match=r"\['P1', 'P2'\].*Lagrangian"):
        saddle_of(mediated_problem_of(0, "EFCE"))
