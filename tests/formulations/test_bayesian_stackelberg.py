"""Commitment against a follower of unknown type: brute force, the tree, and what is refused."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError
from tests.oracles.matrix_commitment import bayesian_stackelberg_value


def random_types(seed: int) -> ef.FollowerTypes:
    """Return two or three types with three replies each."""
    generator = np.random.default_rng(seed)
    shape = (int(generator.integers(2, 4)), int(generator.integers(2, 5)), 3)
    leader, follower = generator.integers(-5, 6, (2, *shape))
    return ef.FollowerTypes(generator.dirichlet(np.ones(shape[0])), leader, follower)


def assert_equals_type_products(seed: int) -> None:
    """Compare the value with that of a linear program for each product of replies."""
    types = random_types(seed)
    best = ef.optimal_equilibrium(types.game(), "stackelberg_bayesian", leader="Leader")
    expected = bayesian_stackelberg_value(types.prior, types.leader, types.follower)

    assert best.value == pytest.approx(expected, abs=1e-5)
    assert best.payoffs["Leader"] == pytest.approx(best.value, abs=1e-5)
    assert best.regrets["Follower"] <= 1e-6


@pytest.mark.parametrize("seed", range(15))
def test_values_equal_type_products(seed: int) -> None:
    """Whatever the types reply, together: the best program of all products."""
    assert_equals_type_products(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(15, 215))
def test_values_of_many_games_equal_type_products(seed: int) -> None:
    """The same for two hundred games."""
    assert_equals_type_products(seed)


@pytest.mark.parametrize("seed", range(6))
def test_values_are_those_of_the_tree(seed: int) -> None:
    """The forms for trees find the same in the game that the types make."""
    game = random_types(seed).game()
    value = ef.optimal_equilibrium(game, "stackelberg_bayesian").value

    assert ef.optimal_equilibrium(game, "SSE").value == pytest.approx(value, abs=1e-5)
    assert ef.stackelberg_by_bounds(game).value == pytest.approx(value, abs=1e-5)
    assert ef.stackelberg_by_programs(game).value == pytest.approx(value, abs=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_first_relaxation_is_no_weaker_than_that_for_trees(seed: int) -> None:
    """Without whole numbers the rows of types leave no more than those for trees do."""
    game = random_types(seed).game()
    optima = []
    for concept in (ef.formulations.stackelberg_bayesian, ef.formulations.stackelberg):
        m = pyo.ConcreteModel()
        m.eq = concept(game)
        m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
        pyo.TransformationFactory("core.relax_integer_vars").apply_to(m)
        optima.append(ef.solve(m).value)

    assert optima[0] <= optima[1] + 1e-6


def test_types_that_chance_hides_among_others() -> None:
    """Chance may draw more than the type: what nobody sees counts by its mean."""
    payoffs = np.random.default_rng(5).integers(-4, 5, (2, 1, 4, 3, 2))
    game = ef.instances.bayesian_game(
        [["only"], ["a", "b", "c", "d"]],
        [["x", "y", "z"], ["l", "r"]],
        list(payoffs),
        [[0.1, 0.2, 0.3, 0.4]],
    )
    best = ef.optimal_equilibrium(game, "stackelberg_bayesian")

    hers, his = payoffs[:, 0]
    expected = bayesian_stackelberg_value(np.array([0.1, 0.2, 0.3, 0.4]), hers, his)
    assert best.value == pytest.approx(expected, abs=1e-6)


def test_update_takes_other_payoffs() -> None:
    """A block with new payoffs and priors is the block that would have been built."""
    generator = np.random.default_rng(1)
    games = [
        ef.FollowerTypes(prior, *generator.integers(-5, 6, (2, 2, 3, 3))).game()
        for prior in ([0.5, 0.5], [0.2, 0.8])
    ]
    m = pyo.ConcreteModel()
    m.eq = ef.formulations.stackelberg_bayesian(games[0])
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    m.eq.update(games[1])

    expected = ef.stackelberg_by_programs(games[1]).value
    assert ef.solve(m).value == pytest.approx(expected, abs=1e-6)


def test_games_of_another_form_are_refused() -> None:
    """Two infosets of the leader, or a follower who sees her, are for the form for trees."""
    with pytest.raises(GameError, match="stackelberg takes"):
        ef.formulations.stackelberg_bayesian(ef.instances.kuhn())
    with pytest.raises(GameError, match="does not see what the leader does"):
        ef.formulations.stackelberg_bayesian(ef.instances.entry_game())


@pytest.mark.parametrize(
    ("prior", "leader", "follower", "message"),
    [
        ([0.5, 0.6], [[[1]], [[1]]], [[[1]], [[1]]], "add up to 1"),
        ([1.0, 0.0], [[[1]], [[1]]], [[[1]], [[1]]], "above 0"),
        ([1.0], [[1]], [[1]], "shape"),
        ([1.0], [[[1]]], [[[1, 2]]], "shape"),
        ([0.5, 0.5], [[[1]]], [[[1]]], "2 types"),
        ([1.0], [[["a"]]], [[[1]]], "array of numbers"),
        ([1.0], [[[np.nan]]], [[[1]]], "finite"),
    ],
)
def test_types_that_do_not_fit_are_refused(
    prior: object, leader: object, follower: object, message: str
) -> None:
    """The message names what was given and what was expected."""
    with pytest.raises(GameError, match=message):
        ef.FollowerTypes(prior, leader, follower)
