"""Branch and bound to the best commitment: known values, brute force, limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError, SolverError
from tests.commitment_cases import cases_of, game_of
from tests.oracles.commitment import strong_value
from tests.random_games import dealt_game, random_game


@pytest.mark.parametrize("case", cases_of("SSE"))
def test_known_values(case: dict[str, Any]) -> None:
    """The values that several algorithms agree on."""
    game = game_of(case)
    found = ef.stackelberg_by_bounds(game, game.players[case["params"]["leader"] - 1])

    assert found.status == "optimal"
    assert found.value == pytest.approx(case["value"], abs=case["tol"])


@pytest.mark.parametrize("case", cases_of("SEFCE"))
def test_first_bound_is_the_known_relaxation(case: dict[str, Any]) -> None:
    """The first program is that of correlated commitment, and more than the value."""
    game = game_of(case)
    found = ef.stackelberg_by_bounds(game, game.players[case["params"]["leader"] - 1])

    assert found.log[0].bound == pytest.approx(case["value"], abs=case["tol"])
    assert found.programs > 1
    assert found.value < case["value"] - 0.01


def assert_equals_brute_force(game: ef.Game) -> None:
    """Compare the value of either leader with that of a table of all plans."""
    for number, leader in enumerate(game.players, start=1):
        found = ef.stackelberg_by_bounds(game, leader)
        scale = float(np.ptp(game.payoffs))

        assert found.status == "optimal"
        assert found.value == pytest.approx(strong_value(game, number), abs=1e-5)
        assert found.value <= found.bound <= found.value + 1e-6 * scale
        assert found.value == pytest.approx(found.payoffs[leader])
        assert max(found.regrets.values()) <= 1e-6 * scale


@pytest.mark.parametrize("seed", [0, 2, 3, 4, 7])
def test_values_equal_brute_force(seed: int) -> None:
    """Whoever leads, the value is that of one linear program for each pure plan of the other."""
    assert_equals_brute_force(random_game(seed, nodes=10))
    assert_equals_brute_force(dealt_game(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 108))
def test_values_of_many_games_equal_brute_force(seed: int) -> None:
    """The same for two hundred games."""
    assert_equals_brute_force(random_game(seed, nodes=10))
    assert_equals_brute_force(dealt_game(seed))


@pytest.mark.parametrize("seed", [2, 4, 6, 7])
def test_values_of_larger_games_equal_the_integer_program(seed: int) -> None:
    """In games that have to be split the value is that of the mixed-integer form."""
    game = ef.instances.random_tree(seed, depth=6, payoffs=(-100, 100), chance_probability="2/5")
    found = ef.stackelberg_by_bounds(game)

    assert found.value == pytest.approx(ef.optimal_equilibrium(game, "SSE").value, abs=1e-2)


def hard_game() -> ef.Game:
    """Return a game whose first relaxation is no commitment."""
    return ef.instances.random_tree(6, depth=6, payoffs=(-100, 100), chance_probability="2/5")


def test_stopped_searches_keep_what_they_have() -> None:
    """Stopped after its first program, a search has a commitment and a bound around the value."""
    game = hard_game()
    whole = ef.stackelberg_by_bounds(game)
    found = ef.stackelberg_by_bounds(game, callback=lambda _: True)

    assert whole.programs > 1
    assert found.programs == 1
    assert found.value <= whole.value + 1e-6
    assert found.bound >= whole.value - 1e-6
    assert max(found.regrets.values()) < 1e-6
    assert found.frame().bound.tolist() == [found.bound]


def test_no_time_at_all_is_an_error() -> None:
    """Without a single program there is nothing to return."""
    with pytest.raises(SolverError, match="time limit") as caught:
        ef.stackelberg_by_bounds(hard_game(), time_limit=0)
    assert caught.value.status == "time_limit"


def test_shows_as_a_table() -> None:
    """What is found is shown with payoffs and regrets, as text and in notebooks."""
    found = ef.stackelberg_by_bounds(ef.instances.commitment_game())
    lines = str(found).splitlines()

    assert lines[0].split() == ["leader", "Leader"]
    assert [line.split()[0] for line in lines[-3:]] == ["payoff", "payoff", "regret"]
    assert "10.5" in found._repr_html_()
    assert found.plan == pytest.approx([1, 0.5, 0.5], abs=1e-6)
    assert set(found.strategy().player) == {"Leader", "Follower"}


def test_a_follower_without_moves() -> None:
    """Then the leader plays on her own."""
    tree = {
        "player": "A",
        "infoset": "a",
        "actions": {"l": {"payoffs": [1, 0]}, "r": {"payoffs": [3, 0]}},
    }
    game = ef.Game.from_dict(tree, players=["A", "B"])

    assert ef.stackelberg_by_bounds(game).value == 3
    assert ef.stackelberg_by_bounds(game, "B").value == 0


def test_refusals() -> None:
    """Three players and unknown leaders are refused in the caller's words."""
    with pytest.raises(GameError, match="stackelberg_by_bounds needs two players"):
        ef.stackelberg_by_bounds(random_game(1, players=3))
    with pytest.raises(GameError, match="Nobody"):
        ef.stackelberg_by_bounds(ef.instances.commitment_game(), "Nobody")
