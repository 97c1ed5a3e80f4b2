"""The payoffs of the benchmark games, against their rules played again and their known values."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.equilibrium import optimal_equilibrium
from efmodels.instances import battleship, goofspiel, kj_poker, kuhn, leduc, liars_dice, sheriff
from efmodels.verifying import Profile
from tests.instances.table_games import TABLE_GAMES, path_to, table_game
from tests.oracles.deviation import best_response_value
from tests.oracles.expectation import expected_payoffs, uniform_profile
from tests.oracles.replays import replay_dice, replay_kuhn, replay_leduc
from tests.oracles.zero_sum import zero_sum_value, zero_sum_value_by_sequences

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game
    from tests.oracles.replays import Replay

REPLAYED = [
    (kuhn(), partial(replay_kuhn, ranks="JQK")),
    (kuhn(3, 4), partial(replay_kuhn, ranks="TJQK")),
    (kuhn(4, 4), partial(replay_kuhn, ranks="TJQK")),
    (leduc(), partial(replay_leduc, ranks="JQK")),
    (leduc(ranks=2, suits=3, raises=3), partial(replay_leduc, ranks="QK")),
    (kj_poker(), partial(replay_leduc, ranks="JK")),
    (leduc(3, ranks=3, suits=2, raises=1), partial(replay_leduc, ranks="JQK")),
    (liars_dice(faces=3), partial(replay_dice, highest_wild=3)),
    (liars_dice(faces=3, wild=False), partial(replay_dice, highest_wild=None)),
    (liars_dice(3, 2, bid_order="quantity"), partial(replay_dice, highest_wild=2)),
]


def movers(game: Game, node: int) -> list[int]:
    """Return who moves on the way from the root to a node."""
    return [int(game.owner[h]) for h in path_to(game, node)]


@pytest.mark.parametrize(("game", "replay"), REPLAYED, ids=[game.title for game, _ in REPLAYED])
def test_payoffs_and_turns(game: Game, replay: Callable[[tuple[str, ...]], Replay]) -> None:
    """At every terminal the turns and the exact payoffs are those of the rules."""
    for node in game.terminals.tolist():
        expected = replay(game.history(node))

        assert movers(game, node) == expected.movers
        assert list(game.exact_payoffs(node)) == expected.payoffs


@pytest.mark.parametrize("name", TABLE_GAMES)
def test_payoffs_and_turns_on_a_table(name: str) -> None:
    """So they are in the table games, whose rules also say when the game is over."""
    game, replays = table_game(name)

    for node, expected in replays.items():
        assert movers(game, node) == expected.movers
        assert list(game.exact_payoffs(node)) == expected.payoffs


@pytest.mark.parametrize("name", TABLE_GAMES)
def test_numbers_are_as_exact_as_the_parameters(name: str) -> None:
    """Payoffs are integers and fractions, unless a parameter is a float."""
    game, _ = table_game(name)
    floats = {"battleship 2x2, two ships", "sheriff, one round", "rides, eight places"}

    assert game.is_exact == (name not in floats)


@pytest.mark.parametrize("game", [game for game, _ in REPLAYED], ids=lambda game: game.title)
def test_games_are_exact_and_zero_sum(game: Game) -> None:
    """Probabilities are fractions that sum to one, and what one wins the others lose."""
    starts = [game.actions_of(j) for j in game.infosets_of(0)]

    assert game.is_exact
    assert all(sum(game.chance_probabilities[a] for a in actions) == 1 for actions in starts)
    assert {sum(row) for row in game.outcome_payoffs} == {0}


@pytest.mark.parametrize(
    ("game", "value"),
    [(kuhn(), -1 / 18), (liars_dice(faces=2), 0), (liars_dice(faces=2, wild=False), 0)],
    ids=lambda item: getattr(item, "title", ""),
)
def test_value_by_pure_plans(game: Game, value: float) -> None:
    """The smallest games have their known values as matrix games over pure plans."""
    assert zero_sum_value(game) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("game", "value"),
    [
        (kuhn(ranks=13), -5 / 78),
        (leduc(), -0.0856064),
        (leduc(raises=1), -0.0781063),
        (leduc(ranks=5), -0.1127689),
        (liars_dice(faces=3), 1 / 9),
        (liars_dice(faces=3, wild=False), -1 / 9),
        (liars_dice(faces=4), 0),
        (liars_dice(faces=4, wild=False), -1 / 8),
        (battleship(2, 2, 2, loss_multiplier=1), 1 / 8),
        (battleship(3, 2, 2, loss_multiplier=1), 1 / 18),
    ],
    ids=lambda item: getattr(item, "title", ""),
)
def test_value_by_sequences(game: Game, value: float) -> None:
    """Larger games have their known values, to the digits that are known."""
    assert zero_sum_value_by_sequences(game) == pytest.approx(value, abs=5e-8)


@pytest.mark.parametrize(
    "game",
    [
        goofspiel(),
        goofspiel(observed="bids"),
        goofspiel(cards=4, prizes="descending"),
        pytest.param(goofspiel(cards=4), marks=pytest.mark.slow),
    ],
    ids=lambda game: game.title,
)
def test_goofspiel_is_fair(game: Game) -> None:
    """By symmetry each of two players gets half of the prizes, although one is asked first."""
    half = sum(game.outcome_payoffs[0]) / 2
    equilibrium = optimal_equilibrium(game, "nash_zero_sum")

    assert equilibrium.value == pytest.approx(float(half))
    assert max(equilibrium.regrets.values()) <= 1e-7


def test_uniform_play_of_battleship() -> None:
    """On three cells uniform play is an equilibrium: 5/9 and 1/3 are the odds of sinking."""
    game = battleship(3, 1, shots=2)
    uniform = uniform_profile(game)
    first, second = Fraction(5, 9), Fraction(1, 3)

    assert expected_payoffs(game, uniform) == (first - 2 * second, second - 2 * first)
    assert best_response_value(game, 1, uniform) == Fraction(-1, 9)
    assert best_response_value(game, 2, uniform) == Fraction(-7, 9)


def test_regrets_of_uniform_play_of_battleship() -> None:
    """The verifier agrees."""
    game = battleship(3, 1, shots=2)
    actions = np.diff(game.action_start)
    profile = Profile(game, np.repeat(1 / actions, actions))

    assert profile.payoffs() == pytest.approx({"P1": -1 / 9, "P2": -7 / 9})
    assert profile.regrets() == pytest.approx({"P1": 0, "P2": 0}, abs=1e-12)


def test_battleship_with_several_ships_may_be_zero_sum() -> None:
    """With loss multiplier 1, what the one sinks the other loses."""
    game = battleship(2, 2, 2, ships=(1, 1), values=(1, Fraction(1, 3)), loss_multiplier=1)

    assert {sum(row) for row in game.outcome_payoffs} == {0}


@pytest.mark.parametrize(("players", "cards"), [(2, 3), (3, 2), (3, 3), (4, 2)])
@pytest.mark.parametrize("prizes", ["random", "ascending"])
def test_shared_prizes_add_up(players: int, cards: int, prizes: str) -> None:
    """If ties share a prize, all prizes go to somebody."""
    game = goofspiel(players, cards, prizes=prizes)

    assert {sum(row) for row in game.outcome_payoffs} == {cards * (cards + 1) // 2}


def test_welfare_of_sheriff() -> None:
    """Bribes and penalties go from hand to hand: only the value of what passes is created."""
    game = sheriff(items=4, bribe=2, rounds=1, value=3, penalty=2, compensation=5)

    for node in game.terminals.tolist():
        load, _, answer = game.history(node)
        assert sum(game.exact_payoffs(node)) == 3 * int(load[-1]) * (answer == "pass")
