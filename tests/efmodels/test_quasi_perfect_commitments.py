"""Quasi-perfect commitments: branch and bound against integers and enumeration."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

import efmodels as ef
from tests.commitment_cases import cases_of, game_of
from tests.oracles.trembling_commitment import trembling_commitment_value
from tests.random_games import random_game


@pytest.mark.parametrize("seed", range(25))
def test_bounds_meet_the_enumeration_of_intentions(seed: int) -> None:
    """Value and bound are those of the best pure strategy, found by a program for each."""
    _compare(seed, nodes=9)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200))
def test_bounds_meet_the_enumeration_in_two_hundred_games(seed: int) -> None:
    """So it is in larger games, for both players as leaders."""
    _compare(1000 + seed, nodes=12)


def _compare(seed: int, nodes: int) -> None:
    game = random_game(seed, nodes=nodes)
    for number, leader in enumerate(game.players, start=1):
        for epsilon in (0.1, 0.02):
            expected = trembling_commitment_value(game, number, lambda s, e=epsilon: e ** len(s))
            found = ef.quasi_perfect_commitment(game, leader=leader, epsilon=epsilon)
            assert found.value == pytest.approx(expected, abs=1e-6)
            assert found.bound == pytest.approx(expected, abs=1e-5)
            assert found.commitment.infoset_regrets().to_numpy().max(initial=0.0) < 1e-5


@pytest.mark.parametrize("seed", [60, 70, 73])
def test_somebody_never_moves(seed: int) -> None:
    """A player without infosets may lead or follow."""
    game = random_game(1000 + seed, nodes=12)
    assert not all(game.infosets_of(k) for k in (1, 2))
    _compare(1000 + seed, nodes=12)


@pytest.mark.parametrize("case", cases_of("perturbed-SSE"))
def test_known_values(case: dict) -> None:
    """Both ways agree with the known values."""
    game, params = game_of(case), case["params"]
    leader = game.players[params["leader"] - 1]
    found = ef.quasi_perfect_commitment(game, leader=leader, epsilon=params["eps"])
    optimum = ef.optimal_equilibrium(
        game, "quasi_perfect_stackelberg", None, leader=leader, epsilon=params["eps"]
    )

    assert found.value == pytest.approx(case["value"], abs=case["tol"])
    assert optimum.value == pytest.approx(case["value"], abs=case["tol"])
    assert optimum.regrets[next(p for p in game.players if p != leader)] < 1e-6


def test_a_limit_keeps_value_and_bound() -> None:
    """What was found until then is returned: a commitment that holds, and a bound above it."""
    game = ef.instances.random_tree(0, depth=9)
    stopped = ef.quasi_perfect_commitment(game, epsilon=0.1, node_limit=1)
    whole = ef.quasi_perfect_commitment(game, epsilon=0.1)

    assert stopped.status == "feasible"
    assert stopped.programs == len(stopped.frame()) == 1
    assert stopped.value < whole.value + 1e-9 < stopped.bound + 1e-6
    assert whole.status == "optimal"
    assert stopped.commitment.infoset_regrets().max() < 1e-6


def test_side_constraint_binds() -> None:
    """The block is an ordinary one: what the follower is promised costs the leader."""
    game = game_of(cases_of("perturbed-SSE")[0].values[0])
    first, second = game.players
    m = pyo.ConcreteModel()
    m.eq = ef.formulations.quasi_perfect_stackelberg(game, epsilon=0.1)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    free = ef.solve(m, solver="highs", gap=0.0).value
    promised = pyo.value(m.eq.payoff[second]) + 0.05
    m.floor = pyo.Constraint(expr=m.eq.payoff[second] >= promised)
    bound = ef.solve(m, solver="highs", gap=0.0).value

    payoffs = m.eq.solution().payoffs()
    assert bound < free - 1e-6
    assert payoffs[second] >= promised - 1e-6
    assert payoffs[first] == pytest.approx(bound, abs=1e-6)
    assert m.eq.regrets()[second] < 1e-6


def test_what_cannot_be_trusted_is_refused() -> None:
    """Trembles that no solver sees, floors of another kind, and games of three."""
    game = ef.instances.random_tree(0, depth=9)
    with pytest.raises(ef.CapabilityError, match=r"epsilon = 0\.001 .* below 1e-09"):
        ef.quasi_perfect_commitment(game, epsilon=0.001)
    with pytest.raises(ef.GameError, match="make it with trembling_sequences"):
        ef.quasi_perfect_commitment(game, perturbation=ef.trembling_actions(game))
    with pytest.raises(ef.GameError, match="needs two players"):
        ef.formulations.quasi_perfect_stackelberg(random_game(1, players=3))
