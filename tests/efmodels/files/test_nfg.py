"""Normal forms: both kinds of .nfg file, the order of profiles, and what is not a normal form."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from efmodels.errors import FormatError, GameError
from efmodels.files import dumps, loads, read
from efmodels.game import Game

DATA = Path(__file__).parents[2] / "data"
HEADER = 'NFG 1 R "" { "A" "B" }'


def test_payoffs() -> None:
    """Player 1's strategy runs fastest; fractions and decimals are exact."""
    row = [[1, 4], [2, 5], [3, Fraction(1, 2)]]
    column = [[10, 40], [20, 50], [30, Fraction(-1, 4)]]

    game = read(DATA / "payoffs.nfg")

    assert game == Game.from_matrices(row, column, players=["Row", "Column"], title="Three by two")
    assert game.is_exact


def test_outcomes() -> None:
    """Outcomes are listed once and used by number; 0 is none; those not used are dropped."""
    game = read(DATA / "outcomes.nfg")

    assert (game.title, game.comment) == ("Outcomes", "a comment")
    assert game.action_labels == ("up", "down", "left", "middle", "right")
    assert game.outcome_labels == ("draw", "win")
    assert game.payoffs.tolist() == [[0, 0], [0, 0], [1, -1], [1, -1], [0, 0], [1, -1]]
    assert game.outcome[game.terminals].tolist() == [0, -1, 1, 1, 0, 1]


def test_three_players() -> None:
    """With three players the file counts first player, second, third; the tree the other way."""
    game = read(DATA / "three_players.nfg")

    payoffs = dict(zip(map(game.history, game.terminals), game.payoffs.tolist(), strict=True))
    assert payoffs["T", "H", "H"] == [2, -1, -1]
    assert payoffs["H", "T", "H"] == [-1, 2, -1]
    assert payoffs["H", "H", "T"] == [-1, -1, 2]
    assert payoffs["T", "T", "T"] == [0, 0, 0]


def test_one_player() -> None:
    """A choice is a normal form, too."""
    game = loads('NFG 1 R "" { "A" } { 3 } 1 2, 3', "nfg")

    assert game.payoffs.ravel().tolist() == [1, 2, 3]
    assert game.action_labels == ("1", "2", "3")


def test_many_players() -> None:
    """There is no limit on the number of players."""
    players, ones = '"A" ' * 80, "1 " * 80

    game = loads(f'NFG 1 R "" {{ {players} }} {{ {ones} }} {ones}', "nfg")

    assert (game.nodes, len(game.players)) == (81, 80)
    assert loads(dumps(game, "nfg"), "nfg") == game


@pytest.mark.parametrize(
    ("rest", "column", "message"),
    [
        ("2 2", 23, "expected '{', got '2'"),
        ("{ 2 }", 27, "expected the number of strategies of player 2, got '}'"),
        ("{ 2 2 2 }", 29, "expected '}' after the strategies of 2 players, got '2'"),
        ("{ 2 0 }", 27, "player 2 needs at least one strategy, got 0"),
        ('{ { "a" } { } } 1 2', 33, "player 2 needs at least one strategy"),
        ('{ { "a" } } 1 2', 33, "expected '{', got '}'"),
        ("{ 1000000000 9 } 1", 23, "these strategies need payoffs for 1000000000 x 9 profiles"),
        ("{ 1 2 } 1 2 3", 36, "expected player 2's payoff in profile 2 of 2, got the end of the"),
        ("{ 1 2 } 1 2 3 4 5", 39, "expected the end of the file after 2 profiles, got '5'"),
        ('{ 1 1 } { { "" 1 2 } } 2', 46, "expected an outcome from 1 to 1, or 0 for none, got 2"),
        ('{ 1 1 } { { "" 1 2 } }', 45, "expected the outcome of profile 1 of 1, got the end"),
        ('{ 1 1 } { { "" 1 } } 1', 40, "expected the payoff of player 2 ('B'), got '}'"),
        ("{ 1 1 } { 1 2 } 1", 33, "expected '{' and an outcome, or '}', got '1'"),
    ],
)
def test_errors(rest: str, column: int, message: str) -> None:
    """A malformed file names the place and what was expected there."""
    with pytest.raises(FormatError) as caught:
        loads(HEADER + rest, "nfg")

    assert (caught.value.line, caught.value.column) == (1, column)
    assert message in caught.value.expected


def test_nobody() -> None:
    """A normal form has players."""
    with pytest.raises(FormatError, match="1:12: expected at least one player"):
        loads('NFG 1 R "" { } { }', "nfg")


@pytest.mark.parametrize(
    ("text", "obstacle"),
    [
        ('c "" 1 "" { "x" 1 } 0 p "" 1 1 "" { "a" } 0 p "" 2 1 "" { "b" } 0 t "" 0', "chance"),
        ('p "" 1 1 "" { "a" } 0 t "" 0', "exactly one infoset"),
        ('p "" 2 1 "" { "a" } 0 p "" 1 1 "" { "b" } 0 t "" 0', "one after another"),
        ('p "" 1 1 "" { "a" "o" } 0 p "" 2 1 "" { "b" } 0 t "" 0 t "" 0', "one after another"),
        ('p "" 1 1 "" { "a" } 0 p "" 2 1 "" { "b" } 1 "" { 1 1 } t "" 0', "before the end"),
        ('p "" 1 1 "i" { "a" } 0 p "" 2 1 "" { "b" } 0 t "" 0', "have labels"),
        ('p "n" 1 1 "" { "a" } 0 p "" 2 1 "" { "b" } 0 t "" 0', "have labels"),
    ],
)
def test_not_a_normal_form(text: str, obstacle: str) -> None:
    """What .nfg has no place for is refused, with the reason and the way out."""
    game = loads(f'EFG 2 R "" {{ "A" "B" }} {text}')

    with pytest.raises(GameError, match=rf"{obstacle}.*; write \.efg or \.json"):
        dumps(game, "nfg")
