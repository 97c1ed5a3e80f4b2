"""Changed trees: what is added stands where it should, and the rest is what it was."""

from __future__ import annotations

from fractions import Fraction

import pytest

import efmodels as ef
from efmodels.assembly import Infoset, Outcome
from efmodels.tree_changes import ChangedTree
from tests.random_games import random_game

COIN = {
    "chance": {"h": "1/3", "t": "2/3"},
    "actions": {
        "h": {"payoffs": {"A": 1}},
        "t": {"player": "A", "infoset": "I", "actions": {"l": {"payoffs": {"A": 2}}}},
    },
}


@pytest.mark.parametrize("seed", range(20))
def test_nothing_changed(seed: int) -> None:
    """What is put together as it was taken apart is the same game."""
    game = random_game(seed, players=2 + seed % 2)

    assert ChangedTree(game).game() == game


def test_labels_stay() -> None:
    """Titles, labels of nodes and outcomes, and exact numbers survive; a title can be given."""
    game = ef.loads(ef.dumps(ef.instances.kuhn(), format="efg"), format="efg")
    changed = ChangedTree(game)

    assert changed.game() == game
    assert changed.game(title="other").title == "other"
    assert ChangedTree(ef.Game.from_dict(COIN)).game().chance_probabilities[0] == Fraction(1, 3)


def test_nodes_above_and_below() -> None:
    """A node above leads to the old one; a terminal can become a move, with nodes below."""
    game = ef.Game.from_dict(COIN, players=["A"])
    tree = ChangedTree(game)
    move = tree.add_infoset(Infoset(1, "J", ("x", "y")))
    paid = tree.add_outcome(Outcome("bonus", (Fraction(1, 2),)))
    tree.set_infoset(1, move)
    for action in (1, 0):
        tree.add_below(1, action, outcome=paid if action else -1)
    above = tree.add_infoset(Infoset(1, "K", ("go",)))
    tree.add_above(2, above)
    changed = tree.game()

    assert [changed.history(z) for z in changed.terminals.tolist()] == [
        ("h", "x"),
        ("h", "y"),
        ("t", "go", "l"),
    ]
    assert changed.payoffs[:, 0].tolist() == [1, 1.5, 2]
    assert changed.exact_payoffs(int(changed.terminals[1])) == (Fraction(3, 2),)


def test_outcomes_can_be_exchanged() -> None:
    """A node gets another outcome."""
    tree = ChangedTree(ef.Game.from_dict(COIN, players=["A"]))
    tree.set_outcome(1, tree.add_outcome(Outcome("", (7,))))

    assert tree.game().payoffs[:, 0].tolist() == [7, 2]


def test_what_makes_no_tree_is_refused() -> None:
    """A move without nodes below is no game."""
    tree = ChangedTree(ef.Game.from_dict(COIN, players=["A"]))
    tree.set_infoset(1, tree.add_infoset(Infoset(1, "J", ("x", "y"))))

    with pytest.raises(ef.GameError, match="every action of a node must lead to exactly one child"):
        tree.game()
