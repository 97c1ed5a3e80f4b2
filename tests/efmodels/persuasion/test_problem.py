"""Persuasion problems: what they hold, trees to and from them, and what is refused."""

from __future__ import annotations

import copy
import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.persuasion import PersuasionProblem
from tests.random_persuasion import random_persuasion

GOOD: dict[str, Any] = {
    "prior": [0.5, 0.5],
    "sender_payoffs": np.zeros((2, 2, 3)),
    "receiver_payoffs": {"Ann": np.ones((2, 2, 3)), "Bob": np.zeros((2, 2, 3))},
}


def test_labels_and_arrays() -> None:
    """Labels come from mappings or are made; arrays cannot be changed."""
    problem = PersuasionProblem(
        **{**GOOD, "prior": {"good": "1/3", "bad": "2/3"}},
        actions={"Bob": ["x", "y", "z"], "Ann": ["a", "b"]},
    )
    assert problem.states == ("good", "bad")
    assert problem.receivers == ("Ann", "Bob")
    assert problem.actions == (("a", "b"), ("x", "y", "z"))
    assert problem.exact_prior == (Fraction(1, 3), Fraction(2, 3))
    assert problem.shape == (2, 2, 3)
    assert problem.receiver_payoffs[0].sum() == 12
    assert PersuasionProblem(**GOOD).actions[1] == ("A1", "A2", "A3")
    for one in (problem, pickle.loads(pickle.dumps(problem))):  # noqa: S301 - our own
        with pytest.raises(ValueError, match="read-only"):
            one.prior[0] = 1
        with pytest.raises(ValueError, match="read-only"):
            one.receiver_payoffs[0, 0, 0, 0] = 1
    assert copy.deepcopy(problem) is problem


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prior": [0.5, 0.6]}, "prior sums to 1.1"),
        ({"prior": [1.5, -0.5]}, r"prior\[1\] is -0.5: a probability is at least 0"),
        ({"prior": []}, r"prior has shape \(0,\)"),
        ({"prior": [0.5, "half"]}, r"prior\[1\] is 'half'"),
        ({"prior": [0.25] * 4}, r"sender_payoffs has shape \(2, 2, 3\); expected \(4, actions of"),
        ({"sender_payoffs": [[1, 2], [3]]}, "sender_payoffs has shape"),
        ({"sender_payoffs": np.full((2, 2, 3), np.nan)}, r"sender_payoffs\[0, 0, 0\] is nan"),
        ({"receiver_payoffs": []}, "somebody must be persuaded"),
        ({"receiver_payoffs": 3}, "a table for each receiver"),
        ({"receiver_payoffs": [np.ones((2, 3))] * 2}, r"receiver_payoffs\['R1'\] has shape"),
        ({"receiver_payoffs": [np.zeros((2, 2, 3))]}, r"expected \(2, actions of R1\)"),
        ({"states": ["good", "good"]}, "states has 'good' twice"),
        ({"states": ["good"]}, "states has 1 labels"),
        ({"states": "ab"}, "states is the text 'ab'"),
        ({"states": ["good", ""]}, r"states\[1\] is ''"),
        ({"actions": [["a", "b"]]}, "actions has 1 lists"),
        ({"actions": {"Ann": "ab", "Eve": "xyz"}}, "actions is for"),
        ({"actions": [["a", "a"], ["x", "y", "z"]]}, "actions of 'Ann' has 'a' twice"),
        ({"sender": "Ann"}, "both called 'Ann'"),
    ],
)
def test_bad_data(change: dict[str, Any], message: str) -> None:
    """What is no problem is refused, and the message says where."""
    with pytest.raises(GameError, match=message):
        PersuasionProblem(**{**GOOD, **change})


@pytest.mark.parametrize(
    "game",
    [ef.instances.car_sale(), ef.instances.prosecutor(), ef.instances.persuasion()],
    ids=lambda game: game.title,
)
def test_there_and_back(game: ef.Game) -> None:
    """A problem that was read off a tree makes the same tree, fractions and title included."""
    problem = PersuasionProblem.from_game(game)
    assert problem.to_game() == game
    assert problem.to_game().is_exact
    assert problem.title == problem.to_game().title == game.title


def test_several_receivers_from_a_tree() -> None:
    """Entries of the tables are the payoffs at the terminals."""
    for seed in range(5):
        game = random_persuasion(seed)
        problem = PersuasionProblem.from_game(game, sender="Sender")
        for z in game.terminals.tolist():
            state, *moves = game.history(z)
            labels = zip((state, *moves), (problem.states, *problem.actions), strict=True)
            place = tuple(names.index(label) for label, names in labels)
            row = [float(u) for u in game.exact_payoffs(z)]
            assert [*problem.receiver_payoffs[:, *place], problem.sender_payoffs[place]] == row
        assert problem.prior.tolist() == [float(p) for p in game.chance_probabilities]


def test_states_of_probability_zero_are_not_in_the_tree() -> None:
    """A tree has no moves of chance that are never made."""
    problem = PersuasionProblem([0, 1], [[0, 1], [0, 1]], [[[1, 0], [0, 1]]], title="sure")
    assert problem.to_game().nodes == 4
    assert problem.to_game(title="other").title == "other"


def test_trees_that_are_no_persuasion() -> None:
    """Who knows something, moves twice or not at all, or has no sender, is refused by name."""
    cases = [
        (ef.instances.kuhn(), None, "say who is the sender"),
        (ef.instances.prosecutor(), "Judge", "must be a player without a move"),
        (ef.instances.bayesian_game(), None, "0 players have no move"),
    ]
    leaf = {"payoffs": [0, 0, 0]}
    later = {"player": "B", "infoset": "b", "actions": {"x": leaf, "y": leaf}}
    trees = [
        ({"player": "A", "infoset": "a", "actions": {"stop": leaf, "go": later}}, "exactly once"),
        (
            {
                "player": "A",
                "infoset": "a",
                "actions": {"chance": {"chance": {"h": 1}}, "go": leaf},
            },
            "chance must move once",
        ),
        (
            {
                "chance": {"h": "1/2", "t": "1/2"},
                "actions": {
                    "h": {"player": "A", "infoset": "heads", "actions": {"x": leaf}},
                    "t": {"player": "A", "infoset": "tails", "actions": {"x": leaf}},
                },
            },
            "'A' has 2 infosets",
        ),
    ]
    trees[1][0]["actions"]["chance"] = {"chance": {"h": 1}, "actions": {"h": leaf}}
    cases += [
        (ef.Game.from_dict(tree, players=["A", "B", "S"]), "S", message) for tree, message in trees
    ]
    for game, sender, message in cases:
        with pytest.raises(GameError, match=message):
            PersuasionProblem.from_game(game, sender)


def test_events() -> None:
    """A table of ones and zeros picks what is asked for."""
    problem = PersuasionProblem(**GOOD, actions=[["a", "b"], ["x", "y", "z"]])
    assert problem.event().sum() == 12
    assert problem.event("S1", {"Bob": "y"}).sum() == 2
    assert problem.event(actions={"Ann": "b", "Bob": "z"})[1, 1, 2] == 1
    for state, actions, message in [
        ("S3", None, "no state is called 'S3'"),
        (None, {"Eve": "a"}, "no receiver is called 'Eve'"),
        (None, {"Ann": "c"}, "no action of 'Ann' is called 'c'"),
    ]:
        with pytest.raises(GameError, match=message):
            problem.event(state, actions)
