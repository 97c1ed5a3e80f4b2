"""Windows of the tree: what they show, and how much worse than a best reply anything in them is."""

from __future__ import annotations

import math

import numpy as np
import pytest

import efmodels as ef
from efmodels.lookahead_forest import lookahead_windows
from efmodels.reply_slacks import slack_bounds
from tests.oracles.bounded_followers import CommitmentTree
from tests.random_games import random_game


@pytest.mark.parametrize("seed", range(30))
def test_without_a_limit_windows_are_the_sequence_form(seed: int) -> None:
    """One decision point per infoset, with the same names, payoffs and slacks."""
    game = random_game(seed, nodes=14)
    form = game.sequence_form()
    for number, player in enumerate(game.players, start=1):
        windows = lookahead_windows(game, player, math.inf)
        payoffs = np.zeros(game.nodes)
        payoffs[game.terminals] = game.payoffs[:, number - 1]
        A = form.payoff_matrix(player)
        expected = (A if number == 2 else A.T).toarray()
        expected[:, 0] = 0.0  # what nothing of hers can change is in no window

        assert windows.polytope.names == form.polytope(player).names
        assert (windows.polytope.F.toarray() == form.polytope(player).F.toarray()).all()
        assert windows.payoff_matrix(payoffs).toarray() == pytest.approx(expected)
        assert windows.slack_bounds(payoffs) == pytest.approx(slack_bounds(game, player))
        assert windows.own.tolist() == list(range(form.polytope(player).size))


@pytest.mark.parametrize("depth", [1, 2, 3, math.inf])
@pytest.mark.parametrize("seed", range(12))
def test_values_at_the_top_are_those_of_a_walk(seed: int, depth: float) -> None:
    """Dual values in windows make each action worth what a walk through the tree makes it."""
    game = random_game(seed, nodes=14)
    generator = np.random.default_rng(seed)
    numbers = generator.normal(size=game.nodes)
    for leader in (1, 2):
        tree = CommitmentTree(game, leader)
        x = tree.plan(tree.random_behaviour(generator))
        windows = lookahead_windows(game, f"P{3 - leader}", depth)
        gradient = windows.payoff_matrix(numbers).T @ x
        v = windows.polytope.dual_values(gradient)
        slack = windows.polytope.F.T @ v - gradient
        worth = (v[windows.polytope.point + 1] - slack)[windows.own]
        expected = [
            q for _, values in sorted(tree.values(x, numbers, depth).items()) for q in values
        ]

        assert worth[1:] == pytest.approx(np.array(expected))
        assert (slack <= windows.slack_bounds(numbers) + 1e-9).all()
        low, high = numbers - numbers.min(), numbers - numbers.min()
        assert (windows.payoff_matrix(low).T @ x <= windows.greatest_values(high) + 1e-9).all()


@pytest.mark.parametrize("seed", range(12))
def test_constants_are_attained(seed: int) -> None:
    """One level ahead, some pure plan of the leader makes a slack as large as its bound.

    This holds where chance has nothing to do after the follower's move, and she has two actions: a
    game of one move each.
    """
    A, B = np.random.default_rng(seed).integers(-5, 6, (2, 3, 2)).astype(float)
    game = ef.Game.from_matrices(A, B)
    windows = lookahead_windows(game, "P2", 1)
    numbers = np.zeros(game.nodes)
    numbers[game.terminals] = game.payoffs[:, 1]
    most = [max((B.max(axis=1) - B[:, a]).max(), 0) for a in range(2)]

    assert windows.slack_bounds(numbers)[1:] == pytest.approx(most)


def test_windows_have_names_that_tell_them_apart() -> None:
    """An infoset in the window of another one says from where it is seen."""
    below = {
        "player": "F",
        "infoset": "late",
        "actions": {
            "x": {"payoffs": [0, 0]},
            "y": {"player": "L", "infoset": "l", "actions": {"u": {"payoffs": [0, 1]}}},
        },
    }
    first = {"in": below, "out": {"payoffs": [0, 2]}}
    game = ef.Game.from_dict(
        {"player": "F", "infoset": "early", "actions": first}, players=["L", "F"]
    )

    assert lookahead_windows(game, "F", 1).polytope.point_names == ("early", "late")
    assert lookahead_windows(game, "F", 2).polytope.point_names == (
        "early",
        "late seen from early",
        "late",
    )
    assert lookahead_windows(game, "F", 3).polytope.point_names == ("early", "late")


def test_the_number_of_copies_is_linear_without_a_limit() -> None:
    """Windows that show all that can follow are shared: no node is copied twice."""
    game = ef.instances.leduc()
    for depth in (math.inf, 100):
        windows = lookahead_windows(game, "P1", depth)
        assert len(np.unique(windows.node)) == len(windows.node) <= game.nodes
