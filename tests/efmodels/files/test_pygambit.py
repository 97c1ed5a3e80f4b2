"""Games go over to pygambit and come back: numbers exactly, labels where both have them."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings

from efmodels.errors import GameError, MissingPackageError
from efmodels.files import from_pygambit, loads, to_pygambit
from efmodels.game import Game
from efmodels.instances import kuhn, leduc, liars_dice
from tests.strategies import games

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.game import Number

pygambit = pytest.importorskip("pygambit", reason="pygambit is not installed")


def plain(game: Game) -> Game:
    """Return a game with labels that pygambit takes as they are, and none that is missing."""

    def numbered(word: str, labels: Iterable[object]) -> tuple[str, ...]:
        return tuple(f"{word} {k}" for k, _ in enumerate(labels))

    return replace(
        game,
        title="A game",
        comment="Two lines\nof text",
        player_labels=numbered("player", game.player_labels),
        infoset_labels=numbered("infoset", game.infoset_labels),
        action_labels=numbered("action", game.action_labels),
        node_labels=numbered("node", game.node_labels),
        outcome_labels=numbered("outcome", game.outcome_labels),
    )


@pytest.mark.parametrize(
    "game",
    [kuhn(), kuhn(players=3, ranks=3), leduc(), liars_dice(faces=3)],
    ids=lambda game: game.title,
)
def test_instances(game: Game) -> None:
    """Our instances come back equal."""
    assert from_pygambit(to_pygambit(game)) == game


@settings(derandomize=True, deadline=None, max_examples=150)
@given(game=games())
def test_random_games(game: Game) -> None:
    """A game with plain labels comes back equal: tree, labels, outcomes and numbers."""
    game = plain(game)

    assert from_pygambit(to_pygambit(game)) == game


@settings(derandomize=True, deadline=None, max_examples=150)
@given(game=games())
def test_odd_labels(game: Game) -> None:
    """With any labels that pygambit takes, tree and numbers stay; others are refused."""
    try:
        again = from_pygambit(to_pygambit(game))
    except GameError as error:
        assert "pygambit" in str(error)  # noqa: PT017 - what is refused depends on the version
        return

    assert again.parent.tolist() == game.parent.tolist()
    assert again.infoset.tolist() == game.infoset.tolist()
    assert again.payoffs.tolist() == game.payoffs.tolist()
    np.testing.assert_allclose(again.probability, game.probability, rtol=1e-15, atol=0)


def test_numbers_are_exact() -> None:
    """Decimals and fractions of pygambit become fractions; ours become its rationals."""
    text = (
        'EFG 2 R "" { "A" "B" } c "" 1 "" { "x" 1/3 "y" 2/3 } 0 '
        't "" 1 "win" { 0.1 1/7 } t "" 2 "loss" { 1e-3 -2 }'
    )

    game = from_pygambit(pygambit.read_efg(io.StringIO(text)))

    assert game == loads(text)
    assert game.is_exact
    assert '"win" { 1/10, 1/7 }' in to_pygambit(game).to_efg()


@pytest.mark.parametrize("label", ['the "red" card', "a\\b", "{ 1, 2 }", "x\\y\\z"])
def test_quotes_and_backslashes(label: str) -> None:
    """The escapes of pygambit, which differ from ours, are undone."""
    game = Game.from_matrices(
        [[1, 2]], [[0, 1]], players=["A", label], actions=[["t"], [label, "b"]]
    )

    assert from_pygambit(to_pygambit(game)) == game


def test_labels_are_fitted() -> None:
    """Blanks are reduced, repeated labels are numbered, missing ones are missing afterwards."""
    game = Game.from_dict(
        {
            "player": "A",
            "infoset": "hand:  1\n2",
            "actions": {" x": {"payoffs": [1]}, "x": {"payoffs": [2]}, "": {"payoffs": [3]}},
        }
    )

    again = from_pygambit(to_pygambit(game))

    assert again.action_labels == ("x", "x_2", "")
    assert again.infoset_labels == ("hand: 1 2",)
    assert again.payoffs.tolist() == game.payoffs.tolist()


def draw(odds: tuple[Number, ...]) -> Game:
    """Return a game in which only chance moves."""
    labels = [f"draw {k}" for k, _ in enumerate(odds)]
    return Game.from_dict(
        {
            "chance": dict(zip(labels, odds, strict=True)),
            "actions": {label: {"payoffs": [1]} for label in labels},
        },
        players=["A"],
    )


@pytest.mark.parametrize(
    ("odds", "expected"),
    [
        ((1 / 3, 1 / 3, 1 / 3), [Fraction(1, 3)] * 3),
        ((0.1, 0.2, 0.7), [Fraction(1, 10), Fraction(1, 5), Fraction(7, 10)]),
        ((Fraction(3333333, 10**7),) * 3, [Fraction(1, 3)] * 3),
    ],
)
def test_probabilities_sum_to_one(odds: tuple[Any, ...], expected: list[Fraction]) -> None:
    """Floats, and decimals that nearly sum to one, are handed over as fractions that do."""
    game = draw(odds)

    assert list(from_pygambit(to_pygambit(game)).chance_probabilities) == expected


def test_probabilities_that_are_no_fractions() -> None:
    """What cannot be guessed is divided by its sum; the floats stay the same."""
    odds = (0.1234567890123456, 0.3, 0.5765432109876543)
    game = draw(odds)

    again = from_pygambit(to_pygambit(game)).chance_probabilities

    assert sum(again) == 1
    assert [float(p) for p in again] == pytest.approx(odds, rel=1e-15)


# Tables ------------------------------------------------------------------------------------------


def tables(*arrays: Any) -> Any:
    """Return a strategic game of pygambit, as its version builds one."""
    kind = getattr(pygambit, "StrategicGame", pygambit.Game)
    return kind.from_arrays(*map(np.array, arrays))


def test_table_from_arrays() -> None:
    """A table becomes the tree that our own arrays give, without labels of outcomes."""
    row, column = [[1, 2], [3, 4], [5, 6]], [[0, 0], [1, 0], [0, 7]]

    game = from_pygambit(tables(row, column))

    expected = Game.from_matrices(
        row, column, players=["1", "2"], actions=[["1", "2", "3"], ["1", "2"]]
    )
    assert replace(game, title="") == expected


def test_table_and_back() -> None:
    """A normal form goes over as a table, if one asks for it, and comes back equal."""
    shape = (2, 3, 2)
    values = np.arange(12).reshape(shape)
    game = Game.from_matrices(values, values % 5, -values, title="Cube", players=["A", "B", "C"])

    table = to_pygambit(game, form="table")

    assert len(table.players) == 3
    assert from_pygambit(table) == game
    assert from_pygambit(to_pygambit(game)) == game


def test_table_of_a_tree() -> None:
    """A tree that is no normal form is no table."""
    with pytest.raises(GameError, match="it has a chance move"):
        to_pygambit(kuhn(), form="table")


def test_solved_by_pygambit() -> None:
    """Its solver finds the value of Kuhn's poker in the game that we hand over."""
    result = pygambit.nash.lp_solve(to_pygambit(kuhn()), rational=True)

    # Versions 17 and 16 name things differently.
    if hasattr(result, "equilibrium"):
        value = result.equilibrium.payoffs["P1"]
    else:
        value = result.equilibria[0].payoff("P1")
    assert value == Fraction(-1, 18)


# Errors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["a\\\\b", 'a\\"b', "ab\\"])
def test_misread_texts_are_refused(title: str) -> None:
    """Backslashes that pygambit would turn into others are refused."""
    with pytest.raises(GameError, match="pygambit misreads"):
        to_pygambit(Game.from_matrices([1], title=title))


def test_refused_by_pygambit() -> None:
    """Its own message is passed on."""
    game = Game.from_matrices([1, 1], actions=[["a\x00b", "c"]])

    with pytest.raises(GameError, match=r"pygambit does not take the game '': .*label"):
        to_pygambit(game)


def test_no_game() -> None:
    """Only games of pygambit are games of pygambit, and there are two forms."""
    with pytest.raises(GameError, match="expected a game of pygambit, got Game"):
        from_pygambit(kuhn())
    with pytest.raises(GameError, match="form must be 'tree' or 'table'; got 'nfg'"):
        to_pygambit(kuhn(), form="nfg")  # type: ignore[arg-type] - that is the point


def test_unreadable_label() -> None:
    """A label that ends in a backslash has no place in our formats."""
    game = tables([[1]], [[1]])
    game.title = "a\\"

    with pytest.raises(GameError, match="ends in a backslash"):
        from_pygambit(game)


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pygambit the message names the extra."""
    monkeypatch.setitem(sys.modules, "pygambit", None)

    with pytest.raises(MissingPackageError, match=r'pip install "efmodels\[interop\]"'):
        to_pygambit(kuhn())
