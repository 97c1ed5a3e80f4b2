"""The tables of the benchmark games in the reference say what the functions make."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from efmodels import instances
from efmodels.instances.families import GROUPS
from efmodels.instances.named import SHORTHANDS
from tests.conftest import ROOT

if TYPE_CHECKING:
    from efmodels import Game

PAGE = ROOT / "docs" / "reference" / "instances.md"
TEXT = PAGE.read_text(encoding="utf-8")
PLAYERS = r"(\d+)( or more)?(, one without a move)?"
ROW = rf"^\| `(\w+)` \| {PLAYERS} \| ([^|]+) \| (yes|no|by parameters) \| (\d+) nodes \|$"
ABBREVIATION = r"^\| `([A-Z]+[a-z]+)` \| ([^|]+) \| `(\w+)` \|$"
TABLE = {row[0]: row[1:] for row in re.findall(ROW, TEXT, re.MULTILINE)}


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
    players, more, idle, chance, zero_sum, nodes = TABLE[name]
    sums = {sum(row) for row in game.outcome_payoffs}

    assert game.nodes == int(nodes)
    assert len(game.players) == int(players) or (more and len(game.players) > int(players))
    assert bool(idle) == any(not game.infosets_of(k + 1) for k in range(len(game.players)))
    assert (chance == "none") == (not (game.owner == 0).any())
    assert zero_sum == "by parameters" or (zero_sum == "yes") == (sums == {0})


def test_every_family_has_a_row_in_its_group() -> None:
    """Headings are the groups, and below each one stand its functions, in their order."""
    sections = dict(re.findall(r"^### ([^\n]+)\n(.*?)(?=^##)", TEXT, re.MULTILINE | re.DOTALL))
    rows = {head.lower(): re.findall(ROW, text, re.MULTILINE) for head, text in sections.items()}

    assert {group: [row[0] for row in found] for group, found in rows.items()} == {
        group: [family.function.__name__ for family in families]
        for group, families in GROUPS.items()
    }


def test_abbreviations() -> None:
    """The table of names is that by which games are loaded."""
    assert re.findall(ABBREVIATION, TEXT, re.MULTILINE) == [
        (shorthand.pattern, shorthand.meaning, shorthand.family) for shorthand in SHORTHANDS
    ]


def test_small_games_by_name_alone(game: Game) -> None:
    """Every default is exact, remembers, and says what it is."""
    game.require_perfect_recall()

    assert game.is_exact
    assert game.title
