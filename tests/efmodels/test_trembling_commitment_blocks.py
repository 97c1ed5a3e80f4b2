"""Commitment against a follower whose hand trembles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.restart_correlation import RestartCorrelation
from efmodels.trembling_commitment_blocks import (
    trembling_commitment_block,
    trembling_correlation_block,
)
from efmodels.trembling_commitments import TremblingPair
from tests.oracles.trembling_commitment import trembling_commitment_value
from tests.random_games import random_game

if TYPE_CHECKING:
    from efmodels import Game


def powers(game: Game, epsilon: float) -> dict[str, np.ndarray]:
    """Return the floors ``epsilon ** (number of own moves)`` of both players."""
    form = game.sequence_form()
    floors = {}
    for player in game.players:
        polytope = form.polytope(player)
        depth = np.concatenate(([0], polytope.level[polytope.point[1:]] + 1))
        floors[player] = epsilon ** depth.astype(float)
    return floors


def solved(game: Game, leader: str, epsilon: float) -> Any:
    """Return the model with the block, solved for the leader's best."""
    model = pyo.ConcreteModel()
    model.eq = trembling_commitment_block(TremblingPair(game, leader, powers(game, epsilon)))
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    ef.solve(model, solver="highs", gap=0.0)
    return model


@pytest.mark.parametrize("seed", range(25))
def test_value_is_that_of_the_best_pure_intentions(seed: int) -> None:
    """All full pure strategies of the follower, a program each, give the same value."""
    game = random_game(seed, nodes=9)
    for number, leader in enumerate(game.players, start=1):
        for epsilon in (0.1, 0.02):
            expected = trembling_commitment_value(game, number, lambda s, e=epsilon: e ** len(s))
            model = solved(game, leader, epsilon)
            assert pyo.value(model.eq.value) == pytest.approx(expected, abs=1e-6)
            solution = model.eq.solution()
            assert solution.payoffs()[leader] == pytest.approx(expected, abs=1e-6)
            assert max(solution.regrets().values()) < 1e-6


@pytest.mark.parametrize("seed", range(25))
def test_correlated_value_bounds_the_pure_one(seed: int) -> None:
    """The linear program is a bound; with the best intentions fixed it is exact."""
    game = random_game(seed, nodes=10)
    for leader in game.players:
        pair = TremblingPair(game, leader, powers(game, 0.1))
        pure = solved(game, leader, 0.1)
        model = pyo.ConcreteModel()
        model.eq = trembling_correlation_block(pair)
        model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
        bound = ef.solve(model, solver="highs").value
        assert bound >= pyo.value(pure.eq.value) - 1e-6

        played = np.rint(pure.eq.follower[pair.follower].played.array())
        _, e = RestartCorrelation(pair).coordinates
        model.eq.mass.setub(played[pair.restarts.sequence[e]])
        assert ef.solve(model, solver="highs").value == pytest.approx(
            pyo.value(pure.eq.value), abs=1e-6
        )
