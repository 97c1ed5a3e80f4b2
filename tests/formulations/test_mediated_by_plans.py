"""Concepts with a private mediator, against a linear program with a variable per joint plan."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

import efmodels as ef
from tests.formulations.test_mediated_concepts import SWITCHES
from tests.oracles.plan_distributions import joint_plans
from tests.oracles.private_mediators import best_correlation_plan, best_lottery
from tests.random_games import (
    dealt_game,
    random_bayesian_tables,
    random_game,
    random_signaling_game,
    small_tree,
)
from tests.solved_blocks import obedient_of, optimum, weights_of

if TYPE_CHECKING:
    from collections.abc import Sequence

PRIVATE = {name: SWITCHES[name] for name in ("NFCE", "LCE", "PCOMM", "EFCE", "EFCCE", "NFCCE")}
MOST_PLANS = 400
SEEDS = [
    pytest.param(range(24), id="24 games"),
    pytest.param(range(24, 300), marks=pytest.mark.slow, id="276 games"),
]


@cache
def game_of(seed: int) -> ef.Game:
    """Return a game with few joint plans, of one of eight kinds in turn."""
    kinds = [
        small_tree,
        lambda k: small_tree(k, players=3),
        lambda k: small_tree(k, branching=3),
        lambda k: random_game(k, nodes=9),
        lambda k: random_game(k, players=3, nodes=9),
        dealt_game,
        lambda k: random_bayesian_tables(k, players=2 + k % 2).game(),
        random_signaling_game,
    ]
    candidates = (kinds[seed % len(kinds)](k) for k in range(seed, seed + 100_000, 1000))
    return next(game for game in candidates if joint_plans(game) <= MOST_PLANS)


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("name", PRIVATE)
def test_optima_are_those_of_joint_plans(name: str, seeds: Sequence[int]) -> None:
    """The belief DAG finds the best lottery over joint plans; in many games incentives bind."""
    binding = 0
    for seed in seeds:
        game = game_of(seed)
        weights, obedient = weights_of(game, seed), obedient_of(game, seed)
        expected = best_lottery(game, PRIVATE[name], weights, obedient)

        tolerance = 1e-6 * np.ptp(game.payoffs)
        found = optimum(game, name, weights, obedient)
        assert found == pytest.approx(expected, abs=tolerance), seed
        binding += expected < best_lottery(game, PRIVATE[name], weights, []) - tolerance
    assert binding > len(seeds) / 4


@pytest.mark.parametrize(
    "seeds",
    [range(10), pytest.param(range(10, 300), marks=pytest.mark.slow)],
    ids=["10 games", "290 games"],
)
@pytest.mark.parametrize("name", ["EFCE", "EFCCE", "NFCCE"])
def test_correlation_plans_are_enough_without_chance(name: str, seeds: Sequence[int]) -> None:
    """For two players the polytope of von Stengel and Forges gives the same."""
    for seed in seeds:
        game = ef.instances.random_tree(seed, depth=3 + seed % 2, chance_probability=0)
        weights = weights_of(game, seed)
        expected = best_correlation_plan(game, PRIVATE[name], weights)

        assert optimum(game, name, weights) == pytest.approx(
            expected, abs=1e-6 * np.ptp(game.payoffs)
        ), seed
