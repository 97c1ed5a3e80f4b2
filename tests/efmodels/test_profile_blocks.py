"""Profiles of plans in blocks: reading them, and the probabilities of what they lead to."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.blocks import sequence_form
from efmodels.errors import GameError, SolverError
from efmodels.profile_blocks import (
    Commitment,
    Outcomes,
    add_masses,
    plan_in,
    profile_of,
    require_two_players,
)
from tests.random_games import random_game


@pytest.mark.parametrize("seed", range(15))
def test_masses_are_products_where_a_plan_is_pure(seed: int) -> None:
    """With the second plan fixed and pure, every feasible mass is the product of the plans."""
    game = random_game(seed, nodes=12)
    form, outcomes = game.sequence_form(), Outcomes.of(game)
    generator = np.random.default_rng(seed)
    x = form.polytopes[0].random(generator)
    _, y = form.polytopes[1].best_response(generator.normal(size=form.polytopes[1].size))
    goal = generator.normal(size=len(outcomes.sequences))
    model = pyo.ConcreteModel()
    model.plan = pyo.Block([1, 2])
    for number, (polytope, plan) in enumerate(zip(form.polytopes, (x, y), strict=True), start=1):
        model.plan[number].transfer_attributes_from(sequence_form(polytope))
        for variable, value in zip(model.plan[number].x.values(), plan, strict=True):
            variable.fix(float(value))
    add_masses(model, outcomes, [model.plan[1].x, model.plan[2].x])
    masses = list(model.mass.values())
    model.goal = pyo.Objective(expr=sum(w * p for w, p in zip(goal, masses, strict=True)))
    ef.solve(model, solver="highs")

    reached = outcomes.weights(np.ones(len(game.terminals))) > 0
    expected = x[outcomes.sequences[:, 0]] * y[outcomes.sequences[:, 1]]
    assert model.mass.array()[reached] == pytest.approx(expected[reached], abs=1e-7)


@pytest.mark.parametrize("seed", range(10))
def test_weights_of_pairs_give_payoffs(seed: int) -> None:
    """Weighted by the product of plans they add up to the payoff that the tree gives."""
    game = random_game(seed, nodes=12)
    form, outcomes = game.sequence_form(), Outcomes.of(game)
    generator = np.random.default_rng(seed)
    plans = {p: form.polytope(p).random(generator) for p in game.players}
    first, second = (plans[p] for p in game.players)
    product = first[outcomes.sequences[:, 0]] * second[outcomes.sequences[:, 1]]

    payoffs = profile_of(game, plans).payoffs()
    for k, player in enumerate(game.players):
        assert outcomes.weights(game.payoffs[:, k]) @ product == pytest.approx(payoffs[player])


def test_plans_that_were_not_solved_for_are_refused() -> None:
    """Variables without values, or with values that are no plan, raise and say so."""
    polytope = ef.instances.kuhn().sequence_form().polytopes[0]
    block = sequence_form(polytope)
    with pytest.raises(SolverError, match="solve the model first"):
        plan_in(block.x, polytope)
    block.x.set_array(0.7)
    with pytest.raises(SolverError, match="violate the rows"):
        plan_in(block.x, polytope)
    block.x.set_array(polytope.uniform())
    assert plan_in(block.x, polytope).tolist() == polytope.uniform().tolist()


def test_commitment_counts_regrets_of_followers_alone() -> None:
    """Who has committed herself regrets nothing, whatever she might have done instead."""
    game = ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    profile = profile_of(game, {"P1": [1, 1, 0], "P2": [1, 1, 0]})

    committed = Commitment(profile, ("P2",))
    assert profile.regrets() == {"P1": 2.0, "P2": 2.0}
    assert committed.regrets() == {"P2": 2.0}
    assert committed.payoffs() == {"P1": 3.0, "P2": 3.0}


def test_two_players_are_asked_for_by_the_caller() -> None:
    """The message names the function that was called, and what it was given."""
    with pytest.raises(GameError, match="nash needs a Game; got 3"):
        require_two_players(3, "nash")
    with pytest.raises(GameError, match="nash needs two players; this game has 3"):
        require_two_players(random_game(1, players=3), "nash")
