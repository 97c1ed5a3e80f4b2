"""A malformed .game file: which line, which column, what was expected."""

from __future__ import annotations

import pytest

from efmodels.errors import FormatError
from efmodels.files import loads

HEADER = "#     num_players: 2,\n"
LEAVES = "\nnode /P1:x leaf payoffs 1=1\nnode /P1:y leaf payoffs 1=2"


def error_of(text: str) -> FormatError:
    """Return the error of a text that cannot be read."""
    with pytest.raises(FormatError) as caught:
        loads(text, "game")
    return caught.value


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("leaf", 1, "expected 'node' or 'infoset', got 'leaf'"),
        ("node", 5, "expected the node's name, got the end of the line"),
        ("node /", 7, "expected 'chance' or 'player' or 'leaf', got the end of the line"),
        ("node / move", 8, "expected 'chance' or 'player' or 'leaf', got 'move'"),
        ("node / player 1 moves x", 17, "expected 'actions', got 'moves'"),
        ("node / player 1 actions", 24, "expected an action, got the end of the line"),
        ("node / player 3 actions x", 15, "expected a player's number from 1 to 2, got '3'"),
        ("node / player 0 actions x", 15, "expected a player's number from 1 to 2, got '0'"),
        ("node / player 1 actions x y x", 29, "the action 'x' stands twice"),
        ("node / leaf payoff 1=1", 13, "expected 'payoffs', got 'payoff'"),
        ("node / leaf payoffs", 20, "expected a payoff as name=number, got the end of the line"),
        ("node / leaf payoffs 1", 21, "expected a payoff as name=number, got '1'"),
        ("node / leaf payoffs 1=", 21, "expected a payoff as name=number, got '1='"),
        ("node / leaf payoffs 1=x", 21, "expected the payoff of player 1, got 'x': it is not"),
        ("node / leaf payoffs 1=1e9999", 21, "expected the payoff of player 1, got '1e9999'"),
        ("node / leaf payoffs 1=1 1=2", 25, "player 1 has two payoffs"),
        ("node / leaf payoffs P1=1", 21, "expected a player's number from 1 to 2, got 'P1'"),
        ("node / chance actions x", 23, "expected an action and its probability as name=number"),
        ("node / chance actions x=1 x=0", 27, "the action 'x' stands twice"),
        ("node / chance actions x=2 y=-1", 23, "expected a probability from 0 to 1, got '2'"),
        ("node / chance actions x=0.5 y=0.4", 23, "the probabilities sum to 9/10"),
        ("infoset j nodes /", 17, "expected a node that stands above, got '/'"),
    ],
)
def test_line(line: str, column: int, message: str) -> None:
    """Each word of a line is what its place asks for."""
    error = error_of(HEADER + line)

    assert (error.line, error.column) == (2, column)
    assert message in error.expected


@pytest.mark.parametrize("text", ["", HEADER, "\n\n"])
def test_no_node(text: str) -> None:
    """A game has a root."""
    assert error_of(text).expected == "expected at least one node, got the end of the file"


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("infoset j", 10, "expected 'nodes', got the end of the line"),
        ("infoset j nodes", 16, "expected a node, got the end of the line"),
        ("infoset j nodes /P1:x", 17, "expected a player's node, got '/P1:x', where nobody moves"),
        ("infoset j nodes / /", 19, "the node '/' cannot be in 'j': it is in an infoset already"),
        ("node / leaf payoffs 1=1", 6, "the node '/' stands already on line 1"),
        ("node /P2:x leaf payoffs 1=1", 6, "no action leads to this node"),
    ],
)
def test_line_and_tree(line: str, column: int, message: str) -> None:
    """A line fits those above it."""
    error = error_of(f"node / player 1 actions x y{LEAVES}\n{line}")

    assert (error.line, error.column) == (4, column)
    assert message in error.expected


def test_missing_child() -> None:
    """The error stands at the action that leads nowhere."""
    error = error_of("node / chance actions x=0.5 y=0.5\nnode /C:x leaf payoffs 1=1")

    assert (error.line, error.column) == (1, 29)
    assert error.expected == "this action leads to the node '/C:y', which is not there"


def test_two_ways_to_a_node() -> None:
    """Only a name in which an action has a slash can be reached in two ways."""
    error = error_of(
        "node / player 1 actions x x/P2:y\n"
        "node /P1:x player 2 actions y\n"
        "node /P1:x/P2:y leaf payoffs 1=1"
    )

    assert (error.line, error.column) == (2, 29)
    assert "to which another action leads" in error.expected


def test_unequal_nodes_in_an_infoset() -> None:
    """All nodes of an infoset have the same actions in the same order."""
    error = error_of(
        "node / chance actions a=0.5 b=0.5\n"
        "node /C:a player 1 actions x y\nnode /C:b player 1 actions y x\n"
        + "".join(f"node /C:{c}/P1:{a} leaf payoffs 1=1\n" for c in "ab" for a in "xy")
        + "infoset j nodes /C:a /C:b"
    )

    assert (error.line, error.column) == (8, 22)
    assert "player 1 and ['x', 'y'], this one player 1 and ['y', 'x']" in error.expected


@pytest.mark.parametrize("number", ["0", "two", "99999"])
def test_number_of_players(number: str) -> None:
    """The header's number of players is one."""
    error = error_of(f"# num_players: {number},\nnode / leaf payoffs 1=1")

    assert (error.line, error.column) == (1, 16)
    assert f"expected a player's number from 1, got '{number}'" in error.expected


def test_copies_of_openspiel_games() -> None:
    """LiteEFG's other kind of file is recognised, and the message says what to do."""
    error = error_of("# Opt {\n#     openspiel,\n# }\nnode node_ leaf payoffs 1=1")

    assert (error.line, error.column) == (2, 7)
    assert "from_openspiel" in error.expected
