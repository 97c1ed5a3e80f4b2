"""What is written is read back: random games in every format that can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from efmodels.errors import GameError
from efmodels.files import dumps, loads, read, write
from efmodels.game import Game
from tests.strategies import games, labels, numbers

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import DrawFn

random_game = st.one_of(games(players=2), games(players=3), games(players=1, max_nodes=9), games(3))


@st.composite
def normal_forms(draw: DrawFn) -> Game:
    """Draw a normal form of one to three players, built from payoff arrays."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    tables = []
    for _ in sizes:
        table = np.empty(int(np.prod(sizes)), dtype=object)
        table[:] = draw(st.lists(numbers, min_size=table.size, max_size=table.size))
        tables.append(table.reshape(sizes))
    return Game.from_matrices(
        *tables,
        players=draw(st.lists(labels, min_size=len(sizes), max_size=len(sizes))),
        actions=[draw(st.lists(labels, min_size=n, max_size=n)) for n in sizes],
        title=draw(labels),
    )


def floats(game: Game) -> list[bool]:
    """Say of every number of a game whether it is a float."""
    payoffs = [u for row in game.outcome_payoffs for u in row]
    return [isinstance(u, float) for u in (*game.chance_probabilities, *payoffs)]


@settings(derandomize=True, deadline=None, max_examples=150)
@given(game=random_game)
def test_efg(game: Game) -> None:
    """A game written as .efg and read back is equal: tree, labels, outcomes and numbers."""
    assert loads(dumps(game, "efg"), "efg") == game


@settings(derandomize=True, deadline=None, max_examples=150)
@given(game=random_game)
def test_json(game: Game) -> None:
    """A game written as .json and read back is equal, and floats are floats again."""
    again = loads(dumps(game, "json"), "json")

    assert again == game
    assert floats(again) == floats(game)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(game=normal_forms())
def test_nfg(game: Game) -> None:
    """A normal form written as .nfg and read back is equal, whatever its labels and payoffs."""
    assert loads(dumps(game, "nfg"), "nfg") == game


@settings(derandomize=True, deadline=None, max_examples=50)
@given(game=normal_forms())
def test_formats_agree(game: Game) -> None:
    """A normal form is the same game in all three formats."""
    assert loads(dumps(game, "nfg"), "nfg") == loads(dumps(game, "efg")) == game


@settings(derandomize=True, deadline=None, max_examples=50)
@given(game=games(max_nodes=40, players=2, perfect_recall=True))
def test_perfect_recall_survives(game: Game) -> None:
    """A drawn game of perfect recall has it, before and after it was written."""
    assert game.has_perfect_recall
    assert loads(dumps(game)).has_perfect_recall


@pytest.mark.parametrize("suffix", ["efg", "nfg", "json"])
def test_files(tmp_path: Path, suffix: str) -> None:
    """Writing a file returns its path, and reading it gives an equal game with its line ends."""
    game = Game.from_matrices([[1, 0.1]], [[0, 2]], players=["Zoë", "a\r\nb"], title="Märkte")

    path = write(game, tmp_path / f"game.{suffix}")

    assert path == tmp_path / f"game.{suffix}"
    assert read(path) == game


def test_all_numbers_are_written_shortest() -> None:
    """Floats are written as Python's shortest decimals, fractions as fractions."""
    game = loads('EFG 2 R "" { "A" } t "" 1 "" { 0.1 }')

    assert 't "" 1 "" { 1/10 }' in dumps(game)
    assert 't "" 1 "" { 0.1 }' in dumps(Game.from_dict({"payoffs": {"A": 0.1}}))


@pytest.mark.parametrize("format_", ["efg", "nfg"])
def test_trailing_backslash(format_: str) -> None:
    """Gambit's formats have no way to end a text in a backslash; .json has."""
    game = Game.from_matrices([[1]], [[1]], title="C:\\")

    with pytest.raises(GameError, match="ends in a backslash"):
        dumps(game, format_)
    assert loads(dumps(game, "json"), "json") == game


def test_float_and_fraction_of_one_text() -> None:
    """0.1 and 1/10 are two payoffs, which only .json can tell apart."""
    third = loads('EFG 2 R "" { "A" } t "" 1 "" { 1/10 }').outcome_payoffs[0][0]
    game = Game.from_dict(
        {
            "player": "A",
            "actions": {"x": {"payoffs": {"A": 0.1}}, "y": {"payoffs": {"A": third}}},
        }
    )

    with pytest.raises(GameError, match="cannot tell apart"):
        dumps(game, "efg")
    assert loads(dumps(game, "json"), "json") == game


def test_long_fraction() -> None:
    """A fraction too long to be read again is not written."""
    game = Game.from_dict({"payoffs": {"A": f"1/{7**2000}"}})

    for format_ in ("efg", "json"):
        with pytest.raises(GameError, match="more than 1000 characters"):
            dumps(game, format_)


def test_half_a_surrogate_pair(tmp_path: Path) -> None:
    """A label that no encoding can write is refused, and no half file is left."""
    game = Game.from_matrices([1], title="\ud800")

    with pytest.raises(GameError, match="surrogate"):
        write(game, tmp_path / "game.json")
    assert not (tmp_path / "game.json").exists()
