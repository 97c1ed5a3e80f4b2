"""The comparison of trees sees differences that matter, and no others."""

from __future__ import annotations

from efmodels.game import Game
from efmodels.instances import liars_dice
from tests.same_tree import tree_facts


def test_chance_may_be_arranged_in_another_way() -> None:
    """One draw of three, or two draws one after another, are the same."""
    a, b, c = ({"payoffs": {"A": u}} for u in (1, 2, 3))
    once = {
        "chance": {"a": "1/3", "b": "1/3", "c": "1/3"},
        "actions": {"a": a, "b": b, "c": c},
    }
    later = {"chance": {"b": "1/2", "a": "1/2"}, "actions": {"b": b, "a": a}}
    twice = {"chance": {"c": "1/3", "or": "2/3"}, "actions": {"c": c, "or": later}}

    games = [Game.from_dict(tree, players=["A"]) for tree in (once, twice)]
    assert tree_facts(games[0]) == tree_facts(games[1])


def test_rules_matter() -> None:
    """Two orders of bids give trees of one shape, and one multiset of payoffs, but other games."""
    face, quantity = (tree_facts(liars_dice(faces=3, bid_order=o)) for o in ("face", "quantity"))

    assert face[:2] == quantity[:2]
    assert face != quantity


def test_forced_moves() -> None:
    """Infosets with one action can be left out."""
    leaves = {"x": {"payoffs": {"A": 1}}, "y": {"payoffs": {"A": 2}}}
    choice = {"player": "A", "actions": leaves}
    forced = {"player": "A", "infoset": "forced", "actions": {"go": choice}}

    game, longer = Game.from_dict(choice), Game.from_dict(forced)
    assert tree_facts(game) != tree_facts(longer)
    assert tree_facts(game, 2) == tree_facts(longer, 2)
    assert tree_facts(longer).sequences == (4,)
