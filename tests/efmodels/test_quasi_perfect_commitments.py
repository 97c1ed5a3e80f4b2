"""Quasi-perfect commitments: branch and bound against integers and enumeration."""

from __future__ import annotations

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
            assert found.commitment.infoset_regrets().max() < 1e-5


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
