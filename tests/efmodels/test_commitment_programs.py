"""The best commitment by one linear program for each reply: known values, several followers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import efmodels as ef
from efmodels import commitment_programs
from efmodels.errors import GameError, SizeError
from tests.commitment_cases import cases_of, game_of
from tests.oracles.commitment import strong_value, value_with_pure_followers
from tests.random_games import random_game


@pytest.mark.parametrize("case", cases_of("SSE"))
def test_known_values(case: dict[str, Any]) -> None:
    """The values that several algorithms agree on."""
    game = game_of(case)
    found = ef.stackelberg_by_programs(game, game.players[case["params"]["leader"] - 1])

    assert found.value == pytest.approx(case["value"], abs=case["tol"])
    assert max(found.regrets.values()) <= 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_values_equal_brute_force(seed: int) -> None:
    """Mixing plans of the tree is the same as mixing the rows of its table."""
    game = random_game(seed, nodes=8)
    for number, leader in enumerate(game.players, start=1):
        found = ef.stackelberg_by_programs(game, leader)

        assert found.value == pytest.approx(strong_value(game, number), abs=1e-6)
        assert found.value == pytest.approx(found.bound)


def assert_equals_brute_force_with_followers(seed: int) -> None:
    """Compare values with two followers, in a matrix game and in a tree, with those of tables."""
    table = np.random.default_rng(seed).integers(-4, 5, (3, 2, 3, 2)).astype(float)
    for game in (ef.Game.from_matrices(*table), random_game(seed, players=3, nodes=6)):
        expected = value_with_pure_followers(game, 2)
        if expected == -np.inf:
            with pytest.raises(GameError, match="equilibrium in pure plans"):
                ef.stackelberg_by_programs(game, "P2")
            continue
        found = ef.stackelberg_by_programs(game, "P2")
        advised = ef.optimal_equilibrium(game, "sefce", leader="P2")

        assert found.value == pytest.approx(expected, abs=1e-6)
        assert set(found.regrets) == {"P1", "P3"}
        assert max(found.regrets.values()) <= 1e-6
        assert advised.value >= found.value - 1e-6


@pytest.mark.parametrize("seed", range(6))
def test_two_followers_play_a_pure_equilibrium(seed: int) -> None:
    """The value is that of brute force, nobody regrets, and advice to them would do no worse."""
    assert_equals_brute_force_with_followers(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 106))
def test_two_followers_in_many_games(seed: int) -> None:
    """The same for two hundred games."""
    assert_equals_brute_force_with_followers(seed)


def test_followers_without_pure_equilibrium() -> None:
    """Where the followers play matching pennies, whatever the leader does, there is nothing."""
    win = [[1, -1], [-1, 1]]
    nothing = np.zeros((2, 2, 2))
    game = ef.Game.from_matrices(nothing, [win, win], -np.array([win, win]))

    with pytest.raises(GameError, match="sefce"):
        ef.stackelberg_by_programs(game)
    assert ef.optimal_equilibrium(game, "sefce").value == pytest.approx(0)


def test_few_programs_are_solved() -> None:
    """Replies that cannot be better than what was found are left out."""
    game = ef.instances.random_matrix_game(5, actions=(6, 40))

    assert ef.stackelberg_by_programs(game).programs < 40


def test_a_leader_on_her_own() -> None:
    """Without followers she takes what she likes best."""
    game = ef.Game.from_dict(
        {"player": "A", "infoset": "a", "actions": {"l": {"payoffs": [1]}, "r": {"payoffs": [3]}}},
        players=["A"],
    )
    found = ef.stackelberg_by_programs(game)

    assert (found.value, found.regrets, found.plan.tolist()) == (3.0, {}, [1.0, 0.0, 1.0])


def test_too_many_profiles_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message counts them, and names what to take instead."""
    monkeypatch.setattr(commitment_programs, "MOST_PROFILES", 5)

    with pytest.raises(SizeError, match=r"64 profiles .* stackelberg_by_bounds"):
        ef.stackelberg_by_programs(ef.instances.kuhn())
