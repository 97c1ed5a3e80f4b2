"""Games by name, and the table of them."""

from __future__ import annotations

import inspect

import pytest

from efmodels import Game, GameBuilder, instances
from efmodels.errors import GameError
from efmodels.instances.data import CATALOG
from efmodels.instances.families import FAMILIES, GROUPS
from efmodels.instances.named import PUBLISHED, SHORTHANDS, catalog, is_abbreviation, load, measured

LARGE = 100_000


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("B2231", instances.battleship(height=2, width=3, shots=1)),
        ("D24", instances.liars_dice(players=2, faces=4)),
        ("GL2", instances.goofspiel(players=3, cards=2)),
        ("K36", instances.kuhn(players=3, ranks=6)),
        ("L2132", instances.leduc(players=2, raises=1, ranks=3, suits=2)),
        ("RS222", instances.ride_sharing(instances.EIGHT_PLACES, 2)),
        ("S2131", instances.sheriff(items=10, bribe=3, rounds=1, value=5, penalty=1)),
        ("TP1", instances.tricks(ranks=1)),
        ("leduc", instances.leduc()),
    ],
)
def test_name_is_a_call(name: str, same: object) -> None:
    """Every digit of an abbreviation is a parameter; a function's name is its default game."""
    assert load(name) == same


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("S3122", "the digit p of the name must be 2; got 3"),
        ("RS232", "the digit m of the name must be 1 or 2; got 3"),
        ("K1", "no game is called 'K1'"),
        ("K15", "players must be an integer of at least 2; got 1"),
        ("sherif", "no game is called 'sherif'; did you mean 'sheriff'?"),
        ("S212", r"an abbreviation: .*Spibr \(2 players, tens of items, bribe, rounds\)"),
    ],
)
def test_name_of_no_game(name: str, message: str) -> None:
    """What is wrong is said, and what names there are."""
    with pytest.raises(GameError, match=message.replace("?", r"\?")):
        load(name)


def test_no_name_has_two_meanings() -> None:
    """An abbreviation belongs to one pattern alone, and no function is called like one."""
    for name in PUBLISHED:
        assert sum(shorthand.digits(name) is not None for shorthand in SHORTHANDS) == 1
    assert not any(map(is_abbreviation, FAMILIES))


def test_every_function_that_makes_a_game_is_a_family() -> None:
    """Nothing that is exported is missing in the table."""
    functions = {
        name
        for name in instances.__all__
        if inspect.isfunction(getattr(instances, name))
        and getattr(instances, name).__annotations__["return"] == "Game"
    }

    assert functions - {"load"} == set(FAMILIES)


def test_groups_follow_each_other() -> None:
    """The families stand in the order of their groups."""
    groups = catalog().loc[list(FAMILIES), "group"]

    assert list(dict.fromkeys(groups)) == list(GROUPS)
    assert sorted(groups, key=list(GROUPS).index) == list(groups)


def test_catalog_makes_no_game(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is read from a file: it is there at once, however large the games are."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a game was made")

    for maker in ("from_rules", "from_level_rules", "from_matrices", "from_dict"):
        monkeypatch.setattr(Game, maker, refuse)
    monkeypatch.setattr(GameBuilder, "game", refuse)

    assert len(catalog()) == len(PUBLISHED) + len(FAMILIES)


def test_catalog_has_all_columns() -> None:
    """The table says how large each game is, where it comes from, and what is ours."""
    table = catalog()

    assert list(table.index) == [*PUBLISHED, *FAMILIES]
    assert table.loc["TP3", "differs"] == "the published TP3 has 910,737 nodes; ours has 1,062,741"
    assert (table["source"] != "").all()
    assert all(len(row.infosets) == len(row.sequences) == row.players for row in table.itertuples())


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if nodes > LARGE else ())
        for name, nodes in catalog()["nodes"].items()
    ],
)
def test_catalog_is_what_the_functions_make(name: str) -> None:
    """Each line of the shipped table is counted again."""
    header, *lines = CATALOG.read_text(encoding="utf-8").splitlines()
    shipped = next(line for line in lines if line.split(",")[0] == name)

    assert measured([name]).to_csv().splitlines() == [header, shipped]
