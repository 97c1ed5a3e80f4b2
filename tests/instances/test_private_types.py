"""Bayesian games: types, priors, functions and arrays of payoffs, and known equilibria."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from efmodels.instances import bayesian_game
from tests.oracles.normal_form import payoff_tables, pure_equilibria
from tests.oracles.zero_sum import zero_sum_value

if TYPE_CHECKING:
    from efmodels import Game


def infosets(game: Game) -> list[list[str]]:
    """Return the names of the infosets of every player."""
    seats = range(1, len(game.players) + 1)
    return [[game.infoset_names[j] for j in game.infosets_of(seat)] for seat in seats]


def test_infosets_of_the_default() -> None:
    """Everybody knows her own type, and nobody sees a move."""
    game = bayesian_game(types=[("low", "high"), ("only",)], payoffs=lambda _t, _a: (0, 0))

    assert infosets(game) == [["low", "high"], ["only"]]
    for node in range(game.nodes):
        if game.owner[node] > 0:
            types = game.history(node)[0].split()
            assert game.infoset_names[int(game.infoset[node])] == types[game.owner[node] - 1]


def test_dominant_contribution() -> None:
    """In the default game those of cost 1 give and those of cost 5 keep, and nothing else."""
    plan = {"1": "give", "5": "keep"}

    assert pure_equilibria(bayesian_game()) == [{"P1": plan, "P2": plan}]


def test_arrays_and_functions_agree() -> None:
    """Arrays have an axis per player for types, then one per player for actions."""
    random = np.random.default_rng(2)
    shape = (2, 1, 3, 2, 3, 2)
    tables = random.integers(-9, 9, size=(3, *shape))
    types = [range(size) for size in shape[:3]]
    actions = [[10 * a for a in range(size)] for size in shape[3:]]

    def function(kinds: tuple[Any, ...], moves: tuple[Any, ...]) -> list[int]:
        return [int(table[(*kinds, *(move // 10 for move in moves))]) for table in tables]

    by_arrays = bayesian_game(types, actions, list(tables))

    assert by_arrays == bayesian_game(types, actions, function)
    assert by_arrays.payoffs.tolist() == [list(row) for row in tables.reshape(3, -1).T.tolist()]
    assert by_arrays.nodes == 1 + 6 * (1 + 2 + 6 + 12)


def test_prior_may_be_correlated() -> None:
    """Profiles of probability 0 are left out; the others keep their exact probabilities."""
    game = bayesian_game(prior=[["1/3", 0], ["1/6", "1/2"]])

    assert game.action_names[:3] == ("1 1", "5 1", "5 5")
    assert game.chance_probabilities == (Fraction(1, 3), Fraction(1, 6), Fraction(1, 2))


def test_one_type_each_is_a_matrix_game() -> None:
    """Without private information the plans are the actions, and the payoffs the matrices."""
    matrices = np.array([[[3, 0], [5, 1]], [[3, 5], [0, 1]]])
    tables = [matrix[None, None] for matrix in matrices]
    game = bayesian_game([("t",), ("t",)], [("c", "d"), ("c", "d")], tables, players=["A", "B"])
    _, table = payoff_tables(game)

    assert np.array_equal(np.moveaxis(table, -1, 0), matrices)
    assert game.players == ("A", "B")


def test_informed_player_of_a_matching_game() -> None:
    """P1 alone knows which of two diagonals pays 4; P2 can hold her to 2 by mixing, not to less."""

    def diagonal(types: tuple[str, str], actions: tuple[int, int]) -> tuple[int, int]:
        pays = 4 if (actions[0] == actions[1]) == (types[0] == "same") else 0
        return pays, -pays

    game = bayesian_game([("same", "other"), ("-",)], [(0, 1), (0, 1)], diagonal)

    assert zero_sum_value(game) == pytest.approx(2, abs=1e-9)


def test_three_players() -> None:
    """The tree has a level per player, and profiles of types come in their order."""
    types = [("a", "b"), ("c",), ("d", "e")]
    game = bayesian_game(types, [("l", "r")] * 3, payoffs=lambda _t, _a: (1, 2, 3))

    assert game.nodes == 1 + 4 * 15
    assert list(game.action_names[:4]) == [" ".join(profile) for profile in product(*types)]
    assert infosets(game) == [["a", "b"], ["c"], ["d", "e"]]
