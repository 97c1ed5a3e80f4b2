"""The package's own .json: its schema, and errors that name the field and its place."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from efmodels.errors import FormatError
from efmodels.files import dumps, loads
from efmodels.game import Game

TEXT = """{
"format": "efmodels-game",
"version": 1,
"title": "A coin",
"comment": "",
"players": ["Ann", "Bob"],
"infosets": [
{"owner": 0, "label": "toss", "actions": ["heads", "tails"], "probabilities": ["1/3", "2/3"]},
{"owner": 1, "label": "", "actions": ["bet"]}
],
"outcomes": [
{"label": "win", "payoffs": [1, -0.5]},
{"label": "", "payoffs": ["1/7", 0]}
],
"nodes": {
"parent": [-1, 0, 1, 0],
"action": [-1, 0, 0, 1],
"infoset": [0, 1, -1, -1],
"outcome": [-1, -1, 0, 1]
}
}
"""


def changed(value: Any, *path: str | int) -> str:
    """Return the text with one field replaced, one field per line."""
    document = json.loads(TEXT)
    inside = document
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return json.dumps(document, indent=0)


def error_of(text: str) -> FormatError:
    """Return the error of a text that cannot be read."""
    with pytest.raises(FormatError) as caught:
        loads(text, "json")
    return caught.value


def test_schema() -> None:
    """The text of a game is documented, line for line."""
    game = loads(TEXT, "json")

    assert dumps(game, "json") == TEXT
    assert game.chance_probabilities == (Fraction(1, 3), Fraction(2, 3))
    assert game.outcome_payoffs == ((1, -0.5), (Fraction(1, 7), 0))
    assert loads(dumps(game)).payoffs.tolist() == [[1, -0.5], [1 / 7, 0]]


def test_node_labels() -> None:
    """Nodes have a fifth list where any of them has a label."""
    game = loads(changed(["", "a", "é", ""], "nodes", "labels"), "json")

    assert game.node_labels == ("", "a", "é", "")
    assert '"labels": ["", "a", "é", ""]' in dumps(game, "json")


def test_order_of_nodes() -> None:
    """Nodes and infosets may stand in any order."""
    game = Game.from_matrices([[1, 2]], [[3, 4]])
    document = json.loads(dumps(game, "json"))
    document["infosets"].reverse()
    document["nodes"] = {
        "parent": [1, 3, 1, -1],
        "action": [1, 0, 0, -1],
        "infoset": [-1, 0, -1, 1],
        "outcome": [1, -1, 0, -1],
    }

    assert loads(json.dumps(document), "json") == game


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ("gambit", ("format",), "format: expected 'efmodels-game', got 'gambit'"),
        (2, ("version",), "version: expected version 1, got 2"),
        (True, ("version",), "version: expected an integer, got True"),
        (None, ("title",), "title: expected a text, got None"),
        ({}, ("players",), "players: expected a list, got {}"),
        (3, ("players", 1), "players[1]: expected a text, got 3"),
        (7, ("infosets", 1), "infosets[1]: expected an object, got 7"),
        (3, ("infosets", 1, "owner"), "expected a player from 1 to 2, or 0 for chance, got 3"),
        ([], ("infosets", 1, "actions"), "infosets[1].actions: expected at least one action"),
        ([1], ("infosets", 1, "probabilities"), "only chance has probabilities"),
        (["1/3", "1/3"], ("infosets", 0, "probabilities"), "they must sum to 1"),
        ([1], ("infosets", 0, "probabilities"), "2 actions and 1 probabilities"),
        (1.5, ("infosets", 0, "probabilities", 0), "expected a probability from 0 to 1, got 1.5"),
        (1e999, ("infosets", 0, "probabilities", 0), "expected a finite number"),
        ("x", ("outcomes", 0, "payoffs", 1), "outcomes[0].payoffs[1]: 'x' is not a number"),
        ("1e9999999", ("outcomes", 0, "payoffs", 1), "its exponent is not between"),
        (10**400, ("outcomes", 0, "payoffs", 1), "expected a finite number"),
        (False, ("outcomes", 0, "payoffs", 1), "expected a finite number"),
        ([1], ("outcomes", 0, "payoffs"), "expected 2 payoffs, one per player, got 1"),
        ([0], ("nodes", "action"), "nodes.action: has 1 entries, but 'parent' has 4"),
        ([""], ("nodes", "labels"), "nodes.labels: has 1 entries, but 'parent' has 4"),
        (2, ("nodes", "infoset", 3), "nodes.infoset[3]: expected a number from -1 to 1, got 2"),
        (10**30, ("nodes", "outcome", 3), "expected a number from -1 to 1, got 1000"),
        (0.0, ("nodes", "parent", 3), "nodes.parent[3]: expected an integer, got 0.0"),
    ],
)
def test_wrong_field(value: Any, path: tuple[str | int, ...], message: str) -> None:
    """The message names the field, and line and column are those of its content."""
    text = changed(value, *path)

    error = error_of(text)

    assert message in error.expected
    rest = text.split("\n")[error.line - 1][error.column - 1 :]
    assert rest.startswith(json.dumps(value)[:1])


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ([-1, 0, 1, 1], ("nodes", "parent"), "every action of a node must lead to exactly one"),
        ([-1, 2, 1, 0], ("nodes", "parent"), "do not form one tree"),
        ([-1, 0, 0, 0], ("nodes", "action"), "every action of a node must lead to exactly one"),
    ],
)
def test_no_tree(value: Any, path: tuple[str, ...], message: str) -> None:
    """Lists that are no tree are an error of the nodes."""
    error = error_of(changed(value, *path))

    assert error.expected.startswith("nodes: ")
    assert message in error.expected


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "not JSON: Expecting value"),
        ('{\n "a": }', 2, 7, "not JSON: Expecting value"),
        ("[" * 100_000, 1, 1, "brackets are nested too deeply"),
        ("\n" + "9" * 5000, 2, 1, "expected a number of at most 1000 characters"),
        ("[]", 1, 1, "the document: expected an object, got []"),
        (' {"a": 1}', 1, 2, "the document: the field 'format' is missing"),
    ],
)
def test_not_a_document(text: str, line: int, column: int, message: str) -> None:
    """What is not JSON, or not an object, has a place as well."""
    error = error_of(text)

    assert (error.line, error.column) == (line, column)
    assert message in error.expected
