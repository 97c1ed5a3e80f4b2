"""A game in a few figures, as a notebook shows it."""

from __future__ import annotations

import pytest
from hypothesis import given

from efmodels.game import Game
from efmodels.game_summary import about_player, node_counts
from efmodels.instances import kuhn
from tests.html_tables import read_tables
from tests.oracles.tree import tree_of
from tests.strategies import games


def test_tables_of_kuhn_poker() -> None:
    """Sizes, depth and recall in one table, and a row per player in another."""
    facts, players = read_tables(kuhn()._repr_html_())

    assert facts.caption == "Kuhn poker (players=2, ranks=3)"
    assert facts.rows == [
        ["nodes", "55: 1 chance, 24 decision, 30 terminal"],
        ["depth", "4"],
        ["perfect recall", "yes"],
    ]
    assert players.rows == [
        ["player", "infosets", "sequences", "lowest payoff", "highest payoff"],
        ["P1", "6", "13", "-2", "2"],
        ["P2", "6", "13", "-2", "2"],
    ]


def test_labels_are_no_markup() -> None:
    """A title or a label with ``<`` is shown as it is; a missing title is said to be missing."""
    facts, players = read_tables(
        Game.from_matrices([[1]], [[0.5]], players=["<b>", "&amp;"], title="a < b")._repr_html_()
    )

    assert facts.caption == "a < b"
    assert [row[0] for row in players.rows] == ["player", "<b>", "&amp;"]
    assert players.rows[2][3:] == ["0.5", "0.5"]
    assert "without a title" in Game.from_matrices([[1]], [[1]])._repr_html_()


def test_who_forgets_has_no_sequences() -> None:
    """Without perfect recall the message says who forgets, and there is no number of sequences."""
    later = {"player": "Ann", "infoset": "later", "actions": {"x": {"payoffs": [1]}}}
    game = Game.from_dict({"player": "Ann", "actions": {"l": later, "r": later}})
    facts, players = read_tables(game._repr_html_())

    assert facts.rows[2][1].startswith("no: Ann does not have perfect recall")
    assert players.rows[1] == ["Ann", "2", "-", "1", "1"]


@given(games())
def test_figures_are_those_of_the_tree(game: Game) -> None:
    """Counting nodes, infosets and actions one by one gives the same, whatever the game."""
    nodes = list(tree_of(game).descendants())
    ends = [node for node in nodes if node.owner < 0]

    assert node_counts(game) == {
        "chance": sum(node.owner == 0 for node in nodes),
        "decision": sum(node.owner > 0 for node in nodes),
        "terminal": len(ends),
    }
    for number in (1, 2):
        mine = {node.infoset: len(node.children) for node in nodes if node.owner == number}
        payoffs = [float(node.payoffs[number - 1]) for node in ends]
        about = about_player(game, number, recall=None)
        assert (about["infosets"], about["sequences"]) == (len(mine), 1 + sum(mine.values()))
        ends_of_range = (about["lowest_payoff"], about["highest_payoff"])
        assert ends_of_range == pytest.approx((min(payoffs), max(payoffs)))


@given(games())
def test_every_game_has_well_formed_tables(game: Game) -> None:
    """Labels may hold anything: each table has its caption and as many cells as heads."""
    facts, players = read_tables(game._repr_html_())

    assert facts.caption
    assert [row[0] for row in players.rows[1:]] == list(game.players)
    assert {len(row) for row in players.rows} == {5}
