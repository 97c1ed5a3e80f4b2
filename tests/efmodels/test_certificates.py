"""Certificates: exact regrets, and bounds that hold whatever plans and multipliers are given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import efmodels as ef
from efmodels.certificates import certificate
from efmodels.errors import GameError
from efmodels.mediator import concept as concepts
from efmodels.mediator.policy import Policy
from efmodels.mediator.problem import mediated_problem
from tests.oracles.mediated import optimum
from tests.random_games import dealt_game

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.mediator.problem import MediatedProblem
    from efmodels.problem import EquilibriumProblem

CONCEPTS = {
    "EFCE": concepts.EFCE,
    "EFCCE": concepts.EFCCE,
    "COMM": concepts.COMMUNICATION,
    "CERT": concepts.CERTIFICATION,
    "NFCBCE": concepts.OPTOUT_BAYES_CORRELATED,
}


def random_problem(name: str, seed: int) -> MediatedProblem:
    """Return the problem of a small random game, for a random player's payoff."""
    mediated = mediated_problem(dealt_game(seed, players=2 + seed % 2), CONCEPTS[name])
    goal = mediated.payoffs[seed % len(mediated.payoffs)]
    return replace(mediated, problem=replace(mediated.problem, c=goal))


def random_duals(
    problem: EquilibriumProblem, generator: np.random.Generator
) -> tuple[dict[str, Floats], dict[str, float]]:
    """Return plans and multipliers that prove nothing in particular."""
    plans = {one.label: one.polytope.random(generator) for one in problem.followers}
    return plans, {label: float(generator.exponential()) for label in plans}


@pytest.mark.parametrize("name", CONCEPTS)
def test_violation_is_what_the_matrix_says(name: str) -> None:
    """Of any vector, the largest violation of a row ``F x = f`` or of ``x >= 0``."""
    problem = random_problem(name, 1).problem
    leader = problem.leader
    for draw in range(5):
        generator = np.random.default_rng(draw)
        x = leader.random(generator) + 0.1 * draw * generator.standard_normal(leader.size)
        rows = np.abs(leader.F.toarray() @ x - leader.f).max()
        proof = certificate(problem, x, *random_duals(problem, generator))

        assert proof.violation == pytest.approx(max(rows, -x.min(), 0), abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", CONCEPTS)
class TestMediators:
    """Problems of mediators."""

    def test_bounds_hold(self, name: str, seed: int) -> None:
        """No plans and multipliers bound the objective by less than its optimum."""
        problem = random_problem(name, seed).problem
        best, x = optimum(problem, problem.c)
        for draw in range(5):
            duals = random_duals(problem, np.random.default_rng([seed, draw]))
            proof = certificate(problem, x, *duals)

            assert proof.bound >= best - 1e-9
            assert proof.value == pytest.approx(best, abs=1e-9)
            assert proof.worst_regret < 1e-9
            assert proof.violation < 1e-9

    def test_regrets_are_those_of_the_tree(self, name: str, seed: int) -> None:
        """At any plan of the mediator, the regrets are what the search in the tree finds."""
        mediated = random_problem(name, seed)
        x = mediated.problem.leader.random(np.random.default_rng(seed))
        policy = Policy(mediated, x)
        proof = certificate(
            mediated.problem, x, *random_duals(mediated.problem, np.random.default_rng(seed))
        )

        assert proof.regrets == pytest.approx(
            {player: policy.best_deviation(player).gain for player in proof.regrets}
        )
        assert proof.value == pytest.approx(mediated.problem.c @ policy.mu)

    def test_duals_of_an_optimum(self, name: str, seed: int) -> None:
        """With the duals of a solver, the bound is the optimum."""
        mediated = random_problem(name, seed)
        model = ef.equilibrium.equilibrium_model(mediated.game, name, mediated.game.players[0])
        value = ef.solve(model, "highs").value
        deviators = model.eq.deviator
        plans = {i: -deviators[i].reply.dual_array() for i in deviators}
        multipliers = {i: -float(deviators[i].obey.dual_array()[0]) for i in deviators}
        problem = replace(model.eq.problem, c=mediated.payoffs[0])
        proof = certificate(problem, model.eq.mediator.x.array(), plans, multipliers)

        assert proof.value == pytest.approx(value, abs=1e-9)
        assert proof.bound == pytest.approx(value, abs=1e-9)
        assert proof.gap == proof.bound - proof.value


class TestZeroSum:
    """A leader whose follower's payoff is taken from hers."""

    def test_bound_and_value_meet_at_an_equilibrium(self) -> None:
        """Her value, and what the other's plan leaves her, are Kuhn poker's -1/18."""
        model = ef.equilibrium.equilibrium_model(ef.instances.kuhn(), "nash_zero_sum")
        ef.solve(model, "highs")
        plan = np.abs(model.eq.follower["P2"].reply.dual_array())
        proof = certificate(model.eq.problem, model.eq.leader.x.array(), {"P2": plan}, {})

        assert (proof.value, proof.bound) == pytest.approx((-1 / 18, -1 / 18))
        assert proof.regrets == {}
        assert proof.worst_regret == 0.0

    def test_other_plans(self) -> None:
        """Uniform plans leave both sides something: the value lies between."""
        problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
        plans = {one.label: one.polytope.uniform() for one in problem.followers}
        proof = certificate(problem, problem.leader.uniform(), plans, {})

        assert proof.value < -1 / 18 < proof.bound


class TestErrors:
    """What is missing is named."""

    def problem(self) -> EquilibriumProblem:
        """Return a problem of two followers."""
        return mediated_problem(ef.instances.prisoners_dilemma(), concepts.EFCE).problem

    def test_missing(self) -> None:
        """Plans and multipliers are asked for by name."""
        problem = self.problem()
        x = problem.leader.uniform()
        plans = {one.label: one.polytope.uniform() for one in problem.followers}
        with pytest.raises(GameError, match="no plan was given for 'P2'; there are"):
            certificate(problem, x, {"P1": plans["P1"]}, {"P1": 1, "P2": 1})
        with pytest.raises(GameError, match="no multiplier was given for 'P1'"):
            certificate(problem, x, plans, {"P2": 1})

    def test_shapes(self) -> None:
        """Arrays of other shapes are refused."""
        problem = self.problem()
        plans = {one.label: one.polytope.uniform() for one in problem.followers}
        with pytest.raises(GameError, match=r"x has shape \(3,\)"):
            certificate(problem, np.zeros(3), plans, {"P1": 1, "P2": 1})
        with pytest.raises(GameError, match=r"plan of 'P1' has shape \(2,\)"):
            certificate(
                problem, problem.leader.uniform(), plans | {"P1": [1, 0]}, {"P1": 1, "P2": 1}
            )

    def test_no_plan_of_the_leader(self) -> None:
        """A point outside of the polytope is told by how much it violates."""
        problem = self.problem()
        plans = {one.label: one.polytope.uniform() for one in problem.followers}
        proof = certificate(problem, 2 * problem.leader.uniform(), plans, {"P1": 1, "P2": 1})

        assert proof.violation == pytest.approx(1)
