"""A malformed .efg file: which line, which column, what was expected."""

from __future__ import annotations

import pytest

from efmodels.errors import FormatError, GameError
from efmodels.files import loads

HEADER = 'EFG 2 R "" { "A" "B" }\n'
LEAF = 't "" 1 "" { 1, 2 }\n'


def error_of(text: str) -> FormatError:
    """Return the error of a text that cannot be read."""
    with pytest.raises(FormatError) as caught:
        loads(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "expected 'EFG', with which every .efg file begins, got the end of the file"),
        ('NFG 1 R ""', 1, "expected 'EFG', with which every .efg file begins, got 'NFG'"),
        ('EFG 1 R ""', 5, "expected format version 2, got '1'"),
        ('EFG 2 X ""', 7, "expected 'R' or 'D', got 'X'"),
        ("EFG 2 R x", 9, "expected the title in quotes, got 'x'"),
        ('EFG 2 R "x', 9, "expected the title in quotes, got a text without a closing quote"),
        ('EFG 2 R "" "A"', 12, "expected '{', got '\"A\"'"),
        ('EFG 2 R "" { "A" 3 }', 18, "expected a player's label or '}', got '3'"),
    ],
)
def test_header(text: str, column: int, message: str) -> None:
    """The header says what the file is, who plays, and nothing else."""
    error = error_of(text)

    assert (error.line, error.column, error.expected) == (1, column, message)


@pytest.mark.parametrize(
    ("nodes", "column", "message"),
    [
        ("", 1, "expected a node ('c', 'p' or 't'), got the end of the file"),
        ("q", 1, "expected a node ('c', 'p' or 't'), got 'q'"),
        ('tt "" 0', 1, "expected a node ('c', 'p' or 't'), got 'tt'"),
        ('t "" x', 6, "expected an outcome number (0 for none), got 'x'"),
        ('t "" 1.5 { 1 2 }', 6, "expected an outcome number (0 for none), got '1.5'"),
        ('t "" 3', 7, "expected '{' and the payoffs of outcome 3, which is new here"),
        ('t "" 1 "o { 1 }', 8, "expected an outcome label, got a text without a closing quote"),
        ('t "" 0 "" { 0 0 }', 6, "outcome 0 means no outcome and has no payoffs"),
        ('p "" 3 1 "" { "x" } 0', 6, "expected a player's number from 1 to 2, got 3"),
        ('p "" 0 1 "" { "x" } 0', 6, "expected a player's number from 1 to 2, got 0"),
        ('p "" 1 7 "j" 0', 14, "expected '{' and the actions of infoset 7 of player 1"),
        ('p "" 1 1 "" { } 0', 13, "expected at least one action between the braces"),
        ('p "" 1 1 "" { "x" 1 } 0', 19, "expected an action label or '}', got '1'"),
        (f'p "" {10**19} 1 "" {{ "x" }} 0', 6, "of at most 18 digits, got 20"),
        (LEAF.strip() + " t", 20, "expected the end of the file (every action leads to a node)"),
    ],
)
def test_nodes(nodes: str, column: int, message: str) -> None:
    """Every field of a node has its place."""
    error = error_of(HEADER + nodes)

    assert (error.line, error.column) == (2, column)
    assert message in error.expected


@pytest.mark.parametrize(
    ("payoffs", "column", "message"),
    [
        ("{ 1 }", 9, "expected the payoff of player 2 ('B'), got '}'"),
        ("{ 1 2 3 }", 11, "expected '}' after 2 payoffs, one per player, got '3'"),
        ("{ 1,, 2 }", 9, "expected the payoff of player 2 ('B'), got ','"),
        ("{ 1 2", 10, "expected '}' after 2 payoffs, one per player, got the end of the file"),
        ("{ 1 0x2 }", 9, "got '0x2'"),
        ("{ 1 1_0 }", 9, "got '1_0'"),
        ("{ 1 \u0661 }", 9, "got '\u0661'"),
        ("{ nan 2 }", 7, "got 'nan'"),
        ("{ 1/0 2 }", 7, "its denominator is zero"),
        ("{ 1e400 2 }", 7, "it is larger than 1.798e+308"),
        ("{ 1e999999999 2 }", 7, "its exponent is not between -1000 and 1000"),
        ("{ 0e-99999999999999999999 2 }", 7, "its exponent is not between -1000 and 1000"),
        ("{ " + "9" * 5000 + " 2 }", 7, "it has 5000 characters; at most 1000 are read"),
    ],
)
def test_numbers(payoffs: str, column: int, message: str) -> None:
    """A payoff is a number of a sensible size, and every player has one."""
    error = error_of(f"{HEADER}t 1 {payoffs}")

    assert (error.line, error.column) == (2, column)
    assert message in error.expected


@pytest.mark.parametrize(
    ("odds", "column", "message"),
    [
        ('"x" 1/2 "y" 1/3', 11, "the probabilities sum to 5/6; they must sum to 1"),
        ('"x" 1/2 "y" 0.49999', 11, "they must sum to 1"),
        ('"x" 1/2 "y"', 25, "expected the probability of action 'y', got '}'"),
        ('"x" 3/2 "y" -1/2', 17, "expected a probability from 0 to 1, got 3/2"),
        ("1/2 1/2", 13, "expected an action label or '}', got '1/2'"),
        ("", 11, "they must sum to 1"),
    ],
)
def test_chance(odds: str, column: int, message: str) -> None:
    """Chance has a probability for each action, and they sum to one."""
    error = error_of(f'{HEADER}c "" 1 "" {{ {odds} }} 0\n{LEAF}{LEAF}')

    assert (error.line, error.column) == (2, column)
    assert message in error.expected


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ('p "" 1 1 "j" { "x" "y" } 0', "'j' with actions ['x']; here it is 'j' with actions"),
        ('p "" 1 1 "j" { "y" } 0', "here it is 'j' with actions ['y']"),
        ('p "" 1 1 "k" { "x" } 0', "here it is 'k' with actions ['x']"),
        ('p "" 1 1 "k" 0', "here it is 'k' with actions ['x']"),
        ('p "" 2 1 "" { "x" } 5 "o" { 3, 5 }', "with payoffs ['3', '4']; here it is 'o' with"),
        ('p "" 2 1 "" { "x" } 5 "q" { 3, 4 }', "'o' with payoffs ['3', '4']; here it is 'q'"),
    ],
)
def test_repeated_definition(second: str, message: str) -> None:
    """A repeated definition that disagrees names the line of both."""
    error = error_of(f'{HEADER}p "" 1 1 "j" {{ "x" }} 5 "o" {{ 3, 4 }}\n{second}\n{LEAF}')

    assert error.line == 3
    assert "was defined at line 2 as" in error.expected
    assert message in error.expected


def test_repeated_probabilities() -> None:
    """Probabilities are compared as numbers, not as texts."""
    first = f'{HEADER}c "" 1 "" {{ "x" 1/2 "y" 1/2 }} 0\n{LEAF}'

    error = error_of(f'{first}c "" 1 "" {{ "x" 0.50 "y" .5 }} 0\n{LEAF}t "" 2')
    assert (error.line, error.column) == (6, 7)
    error = error_of(f'{first}c "" 1 "" {{ "x" 1/3 "y" 2/3 }} 0\n{LEAF}{LEAF}')
    assert "infoset 1 of chance was defined at line 2" in error.expected


def test_missing_child() -> None:
    """The end of the file comes too early: the message names the action that leads nowhere."""
    error = error_of(f'{HEADER}p "" 2 4 "" {{ "x" "y" }} 0\n{LEAF}')

    assert (error.line, error.column) == (4, 1)
    assert error.expected == (
        "expected a node ('c', 'p' or 't') for action 'y' of infoset 4 of player 2, "
        "got the end of the file"
    )


def test_nothing_after_the_tree() -> None:
    """What follows the last node is shown, cut if it is long."""
    error = error_of(HEADER + LEAF + "\n\n  " + "x" * 100)

    assert (error.line, error.column) == (5, 3)
    assert error.expected.endswith(f"got '{'x' * 40}...'")


def test_unknown_format() -> None:
    """A format is one of four."""
    with pytest.raises(
        GameError, match="no format is called 'gbt'; the formats are efg, nfg, game, json"
    ):
        loads("", "gbt")
