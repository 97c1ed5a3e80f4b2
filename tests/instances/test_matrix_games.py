"""Normal forms: their payoffs as tables, what is known of them, and seeds."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.instances import (
    battle_of_the_sexes,
    chicken,
    commitment_game,
    matching_pennies,
    prisoners_dilemma,
    random_matrix_game,
    random_zero_sum_matrix_game,
    rock_paper_scissors,
    shapley,
)
from tests.oracles.row_programs import RowProgram
from tests.oracles.zero_sum import zero_sum_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game

TABLES = [
    (chicken(), [(0, 0), (0, 1), (1, 0), (-5, -5)]),
    (chicken(6, 2, 7, 0), [(6, 6), (2, 7), (7, 2), (0, 0)]),
    (prisoners_dilemma(), [(2, 2), (0, 3), (3, 0), (1, 1)]),
    (battle_of_the_sexes(), [(2, 1), (0, 0), (0, 0), (1, 2)]),
    (commitment_game(), [(1, 1), (11, 0), (0, 0), (10, 1)]),
    (matching_pennies(), [(1, -1), (-1, 1), (-1, 1), (1, -1)]),
    (
        shapley(5, 4, 0),
        [(0, 0), (5, 4), (4, 5), (4, 5), (0, 0), (5, 4), (5, 4), (4, 5), (0, 0)],
    ),
]


def cells(game: Game) -> list[tuple[object, ...]]:
    """Return the exact payoffs at the terminals, row by row."""
    return [game.exact_payoffs(node) for node in game.terminals.tolist()]


def cell(game: Game, *actions: str) -> tuple[object, ...]:
    """Return the exact payoffs of a profile of actions, given by label."""
    return dict(zip(map(game.history, game.terminals.tolist()), cells(game), strict=True))[actions]


@pytest.mark.parametrize(("game", "table"), TABLES, ids=[game.title for game, _ in TABLES])
def test_table(game: Game, table: list[tuple[int, int]]) -> None:
    """The payoffs are those of the textbooks, and everybody chooses once without seeing."""
    assert cells(game) == table
    assert [len(game.infosets_of(player)) for player in (0, 1, 2)] == [0, 1, 1]


def test_payoffs_may_be_texts() -> None:
    """A text is read exactly."""
    game = battle_of_the_sexes(favourite="3/2", other="1/3")

    assert cell(game, "Opera", "Opera") == (Fraction(3, 2), Fraction(1, 3))
    assert game.is_exact


@pytest.mark.parametrize(
    ("winner", "loser"), [("Paper", "Rock"), ("Scissors", "Paper"), ("Rock", "Scissors")]
)
def test_rock_paper_scissors(winner: str, loser: str) -> None:
    """Each beats one and loses to the other."""
    game = rock_paper_scissors()

    assert cell(game, winner, loser) == (1, -1)
    assert cell(game, loser, winner) == (-1, 1)
    assert cell(game, winner, winner) == (0, 0)


@pytest.mark.parametrize("game", [matching_pennies(), rock_paper_scissors()])
def test_fair_games(game: Game) -> None:
    """The symmetric zero-sum games are worth nothing."""
    assert zero_sum_value(game) == pytest.approx(0, abs=1e-12)


def test_shapley_is_the_original_game() -> None:
    """Up to a permutation of the columns it is the identity matrix against a shifted one."""
    table = np.array(cells(shapley())).reshape(3, 3, 2)[:, [1, 2, 0]]

    assert (table[..., 0] == np.eye(3)).all()
    assert (table[..., 1] == np.roll(np.eye(3), 1, axis=1)).all()


def test_commitment_pays() -> None:
    """X dominates Y for the leader; she gets 10 1/2 if she commits herself to one half of each."""
    leader, follower = np.array(cells(commitment_game())).reshape(2, 2, 2).transpose(2, 0, 1)
    half = np.array([0.5, 0.5])

    assert (leader[0] > leader[1]).all()
    assert follower[0].argmax() == 0
    assert leader[0, 0] == 1
    assert (half @ follower)[1] == (half @ follower).max()
    assert (half @ leader)[1] == 10.5


@pytest.mark.parametrize(
    ("game", "welfare"),
    [(chicken(), 1), (chicken(6, 2, 7, 0), 10.5), (shapley(5, 4, 0), 9), (prisoners_dilemma(), 2)],
    ids=lambda item: getattr(item, "title", ""),
)
def test_best_correlated_equilibrium(game: Game, welfare: float) -> None:
    """The most that both get together if nobody prefers another action to the recommended one."""
    table = np.array(cells(game), dtype=float).reshape(*[int(len(cells(game)) ** 0.5)] * 2, 2)
    lp = RowProgram()
    size = range(len(table))
    lp.equal.append(({(i, j): 1 for i in size for j in size}, 1))
    for told, other in product(size, repeat=2):
        lp.at_least.append(({(told, j): table[told, j, 0] - table[other, j, 0] for j in size}, 0))
        lp.at_least.append(({(i, told): table[i, told, 1] - table[i, other, 1] for i in size}, 0))

    best = lp.maximum({(i, j): table[i, j].sum() for i in size for j in size})

    assert best == pytest.approx(welfare, abs=1e-9)


def test_random_games_are_the_same_everywhere() -> None:
    """A seed stands for one game; these payoffs must never change."""
    assert cells(random_matrix_game(seed=7, actions=2)) == [(-3, 1), (-7, -3), (3, -8), (-8, 0)]
    assert [u for u, _ in cells(random_zero_sum_matrix_game(seed=7, actions=2))] == [-3, -7, 3, -8]
    assert random_matrix_game(1) != random_matrix_game(2)


@pytest.mark.parametrize("seed", range(5))
def test_random_payoffs_fill_their_range(seed: int) -> None:
    """Payoffs are integers from low to high, both ends included, one per player and profile."""
    game = random_matrix_game(seed, players=3, actions=(5, 4, 3), low=-1, high=2)

    assert game.payoffs.shape == (60, 3)
    assert {u for row in cells(game) for u in row} == {-1, 0, 1, 2}
    assert all(type(u) is int for row in cells(game) for u in row)


@pytest.mark.parametrize(("seed", "actions"), list(product(range(3), [1, 3, (2, 4)])))
def test_random_zero_sum(seed: int, actions: int | tuple[int, int]) -> None:
    """What one wins the other loses."""
    game = random_zero_sum_matrix_game(seed, actions)

    assert {sum(row) for row in cells(game)} == {0}
    assert len(cells(game)) == np.prod(actions if isinstance(actions, tuple) else (actions,) * 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: chicken(crash="worse"), "crash must be a number .*; got 'worse'"),
        (lambda: shapley(win=True), "win must be a number .*; got True"),
        (
            lambda: prisoners_dilemma(reward=float("nan")),
            "reward must be a number such .*; got nan",
        ),
        (lambda: random_matrix_game(seed=-1), "seed must be an integer of at least 0; got -1"),
        (lambda: random_matrix_game(actions=0), "actions must be an integer of at least 1; got 0"),
        (lambda: random_matrix_game(actions=(2,)), r"a list of 2, one per player; got \(2,\)"),
        (lambda: random_matrix_game(actions=(2, 0)), r"actions\[1\] must be an integer"),
        (lambda: random_matrix_game(players=0), "players must be an integer of at least 1; got 0"),
        (
            lambda: random_matrix_game(low=3, high=2),
            r"low, high must be two integers, the smaller one first; got \(3, 2\)",
        ),
        (lambda: random_zero_sum_matrix_game(high=1.5), "low, high must be two integers"),
    ],
)
def test_impossible_parameters(make: Callable[[], Game], message: str) -> None:
    """A parameter that makes no game is refused by name."""
    with pytest.raises(GameError, match=message):
        make()
