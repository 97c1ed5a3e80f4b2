"""A player's deviations as linear maps of her own plans."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

import efmodels as ef
from efmodels.errors import GameError
from efmodels.mediator import concept as concepts
from efmodels.mediator.concept import Concept
from efmodels.mediator.problem import mediated_problem
from efmodels.self_play.linear_deviations import RESTART, deviation_maps
from tests.efmodels.self_play.mixed_behaviour import game_of

LINEAR_CONCEPTS = ("LINEAR", "PRIVATE_COMMUNICATION", "EFCE", "EFCCE", "NFCCE")


@pytest.mark.parametrize("name", LINEAR_CONCEPTS)
def test_plans_become_plans(name: str) -> None:
    """Every map makes a plan of every plan, and has a fixed point."""
    generator = np.random.default_rng(0)
    for seed in range(10):
        for plans in game_of(seed).sequence_form().polytopes:
            maps = deviation_maps(plans, getattr(concepts, name))
            for sparse_choices in (False, True):
                y = maps.polytope.random(generator)
                if sparse_choices:
                    _, y = maps.polytope.best_response(generator.standard_normal(y.size))
                x = maps.matrix(y) @ plans.random(generator)
                fixed = maps.fixed_point(y)

                assert x.min() >= 0
                assert plans.F @ x == pytest.approx(plans.f, abs=1e-12)
                assert plans.F @ fixed == pytest.approx(plans.f, abs=1e-12)
                assert maps.matrix(y) @ fixed == pytest.approx(fixed, abs=10 * RESTART)


@pytest.mark.parametrize("name", LINEAR_CONCEPTS)
def test_gradient_is_that_of_the_map(name: str) -> None:
    """What a deviation is worth is what the plan is worth that it makes."""
    generator = np.random.default_rng(1)
    for plans in ef.instances.kuhn(players=2, ranks=4).sequence_form().polytopes:
        maps = deviation_maps(plans, getattr(concepts, name))
        x, y = plans.random(generator), maps.polytope.random(generator)
        worth = generator.standard_normal(plans.size)

        assert maps.gradient(x, worth) @ y == pytest.approx(worth @ (maps.matrix(y) @ x))


@pytest.mark.parametrize("name", LINEAR_CONCEPTS)
def test_deviations_are_those_of_the_mediated_problem(name: str) -> None:
    """The deviator's problem is as large as in the linear program of the whole game."""
    for game in (ef.instances.kuhn(), ef.instances.sheriff(items=2, bribe=1, rounds=1)):
        concept = getattr(concepts, name)
        mediated = mediated_problem(game, concept)
        for plans, hers in zip(game.sequence_form().polytopes, mediated.deviations, strict=True):
            assert deviation_maps(plans, concept).polytope.size == hers.polytope.size


def test_linear_maps_are_all_there_are() -> None:
    """The best untimed liar does as well as the best linear map of plans to plans."""
    generator = np.random.default_rng(2)
    game = ef.instances.sheriff(items=2, bribe=1, rounds=1)
    for plans in game.sequence_form().polytopes:
        maps = deviation_maps(plans, concepts.LINEAR)
        for _ in range(5):
            told = [plans.random(generator) for _ in range(4)]
            worths = [generator.standard_normal(plans.size) for _ in range(4)]
            gradients = [maps.gradient(x, w) for x, w in zip(told, worths, strict=True)]
            best, _ = maps.polytope.best_response(np.sum(gradients, axis=0))
            reward = sum(np.outer(w, x) for x, w in zip(told, worths, strict=True))

            assert best == pytest.approx(best_linear_map(plans, reward), abs=1e-7)


def best_linear_map(plans: ef.polytope.FlowPolytope, reward: np.ndarray) -> float:
    """Return the most that a matrix gains that makes a plan of each of many vertices."""
    generator = np.random.default_rng(3)
    vertices = {
        tuple(plans.best_response(generator.standard_normal(plans.size))[1]) for _ in range(500)
    }
    rows = [np.array(vertex)[None] for vertex in sorted(vertices)]
    solved = linprog(
        -reward.ravel(),
        A_ub=-np.vstack([np.kron(np.eye(plans.size), row) for row in rows]),
        b_ub=np.zeros(plans.size * len(rows)),
        A_eq=np.vstack([np.kron(plans.F.toarray(), row) for row in rows]),
        b_eq=np.tile(plans.f, len(rows)),
        bounds=(None, None),
    )
    assert solved.status == 0, solved.message
    return -float(solved.fun)


def test_what_has_no_linear_maps() -> None:
    """Mediators with recall, whole plans, and deviators who see more are refused."""
    plans = ef.instances.chicken().sequence_form().polytopes[0]
    for concept in (concepts.COMMUNICATION, concepts.NFCE):
        with pytest.raises(GameError, match="are no linear maps"):
            deviation_maps(plans, concept)
    with pytest.raises(GameError, match="what she sees or hears of others"):
        deviation_maps(plans, Concept("private", "forced", "full", spies="chance"))
