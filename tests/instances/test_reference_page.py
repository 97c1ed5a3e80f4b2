"""The table of the benchmark games in the reference says what the functions make."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from efmodels import instances
from tests.conftest import ROOT

if TYPE_CHECKING:
    from efmodels import Game

PAGE = ROOT / "docs" / "reference" / "instances.md"
ROW = r"^\| `(\w+)` \| (\d+)( or more)? \| ([^|]+) \| (yes|no|by parameters) \| (\d+) nodes \|$"
TABLE = {row[0]: row[1:] for row in re.findall(ROW, PAGE.read_text(encoding="utf-8"), re.MULTILINE)}


@pytest.fixture(params=TABLE)
def name(request: pytest.FixtureRequest) -> str:
    """Return the name of a function in the table."""
    chosen: str = request.param
    return chosen


@cache
def make(name: str) -> Game:
    """Return what a function makes without arguments, once for all tests."""
    made: Game = getattr(instances, name)()
    return made


@pytest.fixture
def game(name: str) -> Game:
    """Return what the function makes without arguments."""
    return make(name)


def test_row_of_the_table(name: str, game: Game) -> None:
    """Players, chance, the sum of payoffs and the size by default are as the page says."""
    players, more, chance, zero_sum, nodes = TABLE[name]
    sums = {sum(row) for row in game.outcome_payoffs}

    assert game.nodes == int(nodes)
    assert len(game.players) == int(players) or (more and len(game.players) > int(players))
    assert (chance == "none") == (not (game.owner == 0).any())
    assert zero_sum == "by parameters" or (zero_sum == "yes") == (sums == {0})


def test_small_games_by_name_alone(game: Game) -> None:
    """Every default is exact, remembers, and says what it is."""
    game.require_perfect_recall()

    assert game.is_exact
    assert game.title
