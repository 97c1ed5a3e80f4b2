"""From lists in any order to the canonical arrays, and what is refused on the way."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from efmodels.assembly import Infoset, Outcome, assemble_game
from efmodels.errors import GameError
from efmodels.game import Game
from efmodels.instances import kuhn, leduc, liars_dice

if TYPE_CHECKING:
    from random import Random

GAMES = [
    kuhn(),
    leduc(ranks=3, suits=1, raises=1),
    liars_dice(2, 2),
    Game.from_matrices([[1, 2, 3]] * 2, [[0, 0, 0.5]] * 2),
]

# A chance node, and below its second branch a decision; both ends pay.
COIN = Infoset(0, "coin", ("heads", "tails"), (Fraction(1, 2), Fraction(1, 2)))
MOVE = Infoset(1, "move", ("left", "right"))
TREE: dict[str, Any] = {
    "players": ["Ann"],
    "infosets": [COIN, MOVE],
    "outcomes": [Outcome("one", (1,)), Outcome("two", (2,)), Outcome("three", (3,))],
    "parent": [-1, 0, 0, 2, 2],
    "action": [-1, 0, 1, 0, 1],
    "infoset": [0, -1, 1, -1, -1],
    "outcome": [-1, 0, -1, 1, 2],
}


def lists_of(game: Game) -> dict[str, Any]:
    """Take a game apart into what :func:`assemble_game` is called with."""
    chances = iter(game.chance_probabilities)
    infosets = []
    for j, (owner, label) in enumerate(
        zip(game.infoset_owner.tolist(), game.infoset_labels, strict=True)
    ):
        labels = tuple(game.action_labels[a] for a in game.actions_of(j))
        exact = tuple(next(chances) for _ in labels) if owner == 0 else ()
        infosets.append(Infoset(owner, label, labels, exact))
    return {
        "players": game.player_labels,
        "infosets": infosets,
        "outcomes": [
            Outcome(*row) for row in zip(game.outcome_labels, game.outcome_payoffs, strict=True)
        ],
        **{name: getattr(game, name).tolist() for name in ("parent", "action", "infoset")},
        "outcome": game.outcome.tolist(),
        "title": game.title,
    }


def shuffled(game: Game, random: Random) -> dict[str, Any]:
    """Take a game apart and write nodes, infosets and outcomes down in a random order."""
    lists = lists_of(game)
    nodes = random.sample(range(game.nodes), game.nodes)
    places = {
        "parent": {node: place for place, node in enumerate(nodes)},
        "infoset": renumber(lists, "infosets", random),
        "outcome": renumber(lists, "outcomes", random),
    }
    for column in ("parent", "action", "infoset", "outcome"):
        old = [lists[column][node] for node in nodes]
        lists[column] = [places.get(column, {}).get(value, value) for value in old]
    return lists


def renumber(lists: dict[str, Any], key: str, random: Random) -> dict[int, int]:
    """Put one of the lists into random order; return the new place of each entry."""
    order = random.sample(range(len(lists[key])), len(lists[key]))
    lists[key] = [lists[key][old] for old in order]
    return {old: new for new, old in enumerate(order)}


@given(game=st.sampled_from(GAMES), random=st.randoms(use_true_random=False))
def test_any_order_gives_one_game(game: Game, random: Random) -> None:
    """Whatever order the lists are in, the game is the same, array by array."""
    assert assemble_game(**shuffled(game, random)) == game


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.title)
def test_nodes_are_in_preorder(game: Game) -> None:
    """Each subtree is a stretch of nodes that begins with its root."""
    last = np.arange(game.nodes)
    for level in reversed(game.levels[1:]):
        np.maximum.at(last, game.parent[level], last[level])

    for node in range(1, game.nodes):
        above = game.parent[node]
        assert above < node <= last[above]
        if game.action[node] == 0:
            assert node == above + 1
        else:
            sibling = np.flatnonzero(
                (game.parent == above) & (game.action == game.action[node] - 1)
            )
            assert [node] == (last[sibling] + 1).tolist()


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.title)
def test_infosets_are_numbered_by_owner_and_appearance(game: Game) -> None:
    """Chance comes first, then player 1, ...; within an owner, who appears first in preorder."""
    appearance = [int(np.argmax(game.infoset == j)) for j in range(len(game.infoset_owner))]
    keys = list(zip(game.infoset_owner.tolist(), appearance, strict=True))

    assert keys == sorted(keys)
    assert (
        game.infoset_owner[game.infoset[game.infoset >= 0]] == game.owner[game.owner >= 0]
    ).all()


def test_equal_outcomes_become_one() -> None:
    """Outcomes with one label and one payoff are merged; a different label keeps them apart."""
    outcomes = [Outcome("win", (1,)), Outcome("draw", (1,)), Outcome("win", (1,))]

    game = assemble_game(**TREE | {"outcomes": outcomes})

    assert game.outcome_labels == ("win", "draw")
    assert game.outcome.tolist() == [-1, 0, -1, 1, 0]


def test_what_no_node_uses_is_dropped() -> None:
    """Infosets and outcomes that do not occur in the tree leave no trace."""
    unused = {
        "infosets": [*TREE["infosets"], Infoset(1, "never", ("a",))],
        "outcomes": [*TREE["outcomes"], Outcome("never", (0,))],
    }

    assert assemble_game(**TREE | unused) == assemble_game(**TREE)


def test_node_labels_move_with_the_nodes() -> None:
    """Labels of nodes follow the nodes into preorder; if all are empty there are none."""
    late = {
        "parent": [1, -1, 1],
        "action": [1, -1, 0],
        "infoset": [-1, 1, -1],
        "outcome": [0, -1, 1],
    }

    labelled = assemble_game(**TREE | late, node_labels=["b", "root", "a"])

    assert labelled.node_labels == ("root", "a", "b")
    assert assemble_game(**TREE | late, node_labels=["", "", ""]).node_labels == ()


def test_probabilities_may_be_rounded() -> None:
    """Six digits, as many files have them, are enough for a sum of one."""
    thirds = Infoset(0, "coin", ("heads", "tails"), (0.333333, 0.666667))

    assert assemble_game(**TREE | {"infosets": [thirds, MOVE]}).chance_probabilities == (
        0.333333,
        0.666667,
    )


def test_actions_of_an_infoset_are_contiguous() -> None:
    """``action_start`` cuts the flat list of labels into the infosets' actions."""
    game = assemble_game(**TREE)
    pieces = [game.action_labels[start:end] for start, end in pairwise(game.action_start.tolist())]

    assert pieces == [("heads", "tails"), ("left", "right")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"infosets": [COIN, Infoset(2, "move", ("l", "r"))]}, "'move' belongs to player number 2"),
        ({"infosets": [COIN, Infoset(1, "move", ())]}, "'move' has no actions"),
        (
            {"infosets": [COIN._replace(probabilities=(1,)), MOVE]},
            "'coin' has 2 actions and 1 probabilities",
        ),
        (
            {"infosets": [COIN._replace(probabilities=(1.5, -0.5)), MOVE]},
            "'coin': every probability must lie between 0 and 1",
        ),
        (
            {"infosets": [COIN._replace(probabilities=(math.nan, 1)), MOVE]},
            "'coin': every probability must lie between 0 and 1",
        ),
        (
            {"infosets": [COIN._replace(probabilities=(0.5, 0.4)), MOVE]},
            "'coin': the probabilities sum to 0.9; they must sum to 1",
        ),
        (
            {"infosets": [COIN._replace(probabilities=(Fraction(1, 2), Fraction(1, 3))), MOVE]},
            "'coin': the probabilities sum to 5/6; they must sum to 1",
        ),
        (
            {"infosets": [COIN._replace(label="", probabilities=(1, 1)), MOVE]},
            "^the chance node with actions 'heads', 'tails': the probabilities sum to 2;",
        ),
        (
            {"infosets": [Infoset(0, "", tuple("abcde"), (1,) * 5), MOVE]},
            "^the chance node with actions 'a', 'b', 'c', 'd', ...: the probabilities sum to 5;",
        ),
        ({"infosets": [Infoset(0, "", ()), MOVE]}, "^a chance node has no actions"),
        ({"infosets": [COIN, Infoset(1, "", ())]}, "^an infoset of player 1 has no actions"),
        (
            {"infosets": [COIN, MOVE._replace(probabilities=(1, 0))]},
            "'move' is a player's: it takes no probabilities",
        ),
        ({"outcomes": [Outcome("two", (1, 2))] * 3}, "'two' has 2 payoffs; the game has 1 players"),
        ({"outcomes": [Outcome("", (1, 2))] * 3}, r"outcome \['1', '2'\] has 2 payoffs; the game"),
        ({"outcomes": [Outcome("huge", (math.inf,))] * 3}, "'huge': payoffs must be finite"),
        ({"outcomes": [Outcome("huge", (10**400,))] * 3}, "'huge': payoffs must be finite"),
        ({"parent": [-1, 0]}, r"have \[2, 5, 5, 5\] entries, node_labels 0"),
        ({"node_labels": ["root"]}, "node_labels 1; give one of each per node"),
        ({"infoset": [0, -1, 2, -1, -1]}, "infoset that is not among the 2 given"),
        ({"infoset": [0, -1, -2, -1, -1]}, "infoset that is not among the 2 given"),
        ({"outcome": [-1, 0, -1, 1, 3]}, "outcome that is not among the 3 given"),
        ({"parent": [-1, 0, 0, 2, -1]}, "there must be one root"),
        ({"parent": [-1, 0, 0, 4, 3]}, "the nodes do not form one tree"),
        ({"parent": [-1, 0, 0, 2, 9]}, "the nodes do not form one tree"),
        ({"parent": [-1, 0, 0, 2, 0]}, "node 0 has 3 children, 2 actions"),
        ({"action": [-1, 0, 1, 1, 1]}, "every action of a node must lead to exactly one child"),
        ({"action": [-1, 0, 1, 0, 2]}, "every action of a node must lead to exactly one child"),
    ],
)
def test_refused_lists(change: dict[str, Any], message: str) -> None:
    """The message says which infoset, outcome or node is wrong, and how."""
    with pytest.raises(GameError, match=message):
        assemble_game(**TREE | change)


def test_no_nodes() -> None:
    """A game has at least one node."""
    empty: dict[str, Any] = {key: [] for key in ("parent", "action", "infoset", "outcome")}

    with pytest.raises(GameError, match="there must be one root"):
        assemble_game(**TREE | empty)


def test_every_label_is_checked() -> None:
    """Of infosets that share their actions, each must have a text as its label."""
    wrong = MOVE._replace(label=7)
    tree = TREE | {"infosets": [COIN, MOVE, wrong]}

    with pytest.raises(GameError, match="labels of infosets and actions are texts"):
        assemble_game(**tree)
