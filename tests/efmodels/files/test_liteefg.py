"""LiteEFG's .game files: what they say, what they hold, and what is lost in them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from efmodels.errors import GameError
from efmodels.files import dumps, loads, read
from efmodels.game import TERMINAL, Game
from efmodels.instances import kuhn, leduc, liars_dice
from tests.strategies import games

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def coin() -> Game:
    """Return the game of a file in which every feature of the format occurs."""
    return read(DATA / "coin.game")


def test_tree(coin: Game) -> None:
    """Names of nodes are paths, in any order of lines; actions lead where they say."""
    assert coin.nodes == 11
    assert coin.history(4) == ("heads", "bet", "fold it")
    assert coin.owner.tolist() == [0, 1, 2, -1, -1, -1, 1, 2, -1, -1, -1]


def test_labels(coin: Game) -> None:
    """Comments may name the title and the players; codes such as %20 stand for a character."""
    assert coin.title == "A coin, 50% fair"
    assert coin.player_labels == ("Alice", "P2")
    assert coin.action_labels == ("heads", "tails", "bet", "pass", "bet", "pass", "call", "fold it")


def test_infosets(coin: Game) -> None:
    """A name loses its number, one without a number is kept; nodes that are not named are alone."""
    assert coin.infoset_labels == ("", "Alice_won", "", "unseen coin")
    assert coin.infoset.tolist() == [0, 1, 3, -1, -1, -1, 2, 3, -1, -1, -1]


def test_payoffs(coin: Game) -> None:
    """Decimals are exact but for those of machine length; who has no payoff gets 0."""
    expected = [
        (Fraction(5, 2), Fraction(-5, 2)),
        (1, -1),
        (Fraction(-1, 10), Fraction(1, 10)),
        (0.1 + 0.2, Fraction(-1, 3)),
        (-1, 0),
    ]

    assert list(coin.outcome_payoffs) == expected
    assert isinstance(coin.outcome_payoffs[3][0], float)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["0.3333333333333333", "0.6666666666666666"], ["1/3", "2/3"]),
        (["0.33333334", "0.6666667"], ["1/3", "2/3"]),
        (["0.06666667", "0.93333334"], ["1/15", "14/15"]),
        (["0.333333", "0.666667"], ["333333/1000000", "666667/1000000"]),
        (["1/3", "2/3"], ["1/3", "2/3"]),
        (["0", "1"], ["0", "1"]),
    ],
)
def test_probabilities(texts: list[str], expected: list[str]) -> None:
    """Fractions that were rounded to single or double precision are found again."""
    pairs = " ".join(f"{k}={p}" for k, p in enumerate(texts))
    leaves = "\n".join(f"node /C:{k} leaf payoffs 1=0" for k in range(len(texts)))

    game = loads(f"node / chance actions {pairs}\n{leaves}", "game")

    assert [str(p) for p in game.chance_probabilities] == expected


def test_other_probabilities_are_divided_by_their_sum() -> None:
    """As LiteEFG does it: what is no rounded fraction is scaled to a sum of one."""
    game = loads(
        "node / chance actions a=0.12345671 b=0.8765434\n"
        "node /C:a leaf payoffs 1=0\nnode /C:b leaf payoffs 1=1\n",
        "game",
    )

    total = 0.12345671 + 0.8765434
    assert game.chance_probabilities == pytest.approx([0.12345671 / total, 0.8765434 / total])
    assert sum(game.chance_probabilities) == pytest.approx(1, abs=1e-15)


def test_number_of_players() -> None:
    """Without a header there are as many players as occur; windows' line ends do not matter."""
    text = "node / player 2 actions x\r\nnode /P2:x leaf payoffs 3=1\r\n"

    assert loads(text, "game").players == ("P1", "P2", "P3")
    assert loads(f"# num_players: 4,\r\n{text}", "game").players == ("P1", "P2", "P3", "P4")


def test_text() -> None:
    """The whole text of a small game, as LiteEFG reads it."""
    game = Game.from_dict(
        {
            "player": "A",
            "infoset": "first move",
            "actions": {"a/b": {"payoffs": [1, -1]}, "c": {"payoffs": ["1/3", "-1/4"]}},
        },
        players=["A", "B"],
        title="Small",
    )

    assert dumps(game, "game").splitlines() == [
        "# title: Small",
        "# player 1: A",
        "# player 2: B",
        "# Opt {",
        "#     game_tree: true,",
        "#     num_players: 2,",
        "# }",
        "#",
        "node / player 1 actions a%2Fb c",
        "node /P1:a%2Fb leaf payoffs 1=1 2=-1",
        "node /P1:c leaf payoffs 1=0.3333333333333333 2=-0.25",
        "infoset pl1_0__first%20move nodes /",
    ]


@pytest.mark.parametrize(
    "game",
    [kuhn(), kuhn(players=3, ranks=4), leduc(ranks=2), liars_dice(faces=3)],
    ids=lambda game: game.title,
)
def test_instances_survive(game: Game) -> None:
    """A game with labelled actions, payoffs at its leaves and known odds is read back equal."""
    assert loads(dumps(game, "game"), "game") == game


@settings(derandomize=True, deadline=None, max_examples=150)
@given(game=games())
def test_random_games(game: Game) -> None:
    """Written and read back: tree, payoffs and infosets stay, up to the rounding of numbers."""
    again = loads(dumps(game, "game"), "game")

    assert again.parent.tolist() == game.parent.tolist()
    assert again.owner.tolist() == game.owner.tolist()
    assert again.title == game.title
    assert again.players == game.players
    np.testing.assert_allclose(again.payoffs, game.payoffs, rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(again.probability, game.probability, rtol=1e-15, atol=0)
    for player in range(1, len(game.players) + 1):
        pairs = list(zip(again.infosets_of(player), game.infosets_of(player), strict=True))
        assert labels_of(again, [j for j, _ in pairs]) == labels_of(game, [k for _, k in pairs])
        for j, k in pairs:
            assert (again.infoset == j).tolist() == (game.infoset == k).tolist()


def labels_of(game: Game, infosets: list[int]) -> list[tuple[str, list[str]]]:
    """Return each infoset's label and the names of its actions."""
    return [
        (game.infoset_labels[j], [game.action_names[a] for a in game.actions_of(j)])
        for j in infosets
    ]


def test_what_is_lost() -> None:
    """Labels of nodes and outcomes go, and payoffs before the end move to the leaves."""
    game = loads(
        'EFG 2 R "T" { "A" } "comment" p "n" 1 1 "j" { "x" } 1 "o" { 1/2 } t "m" 1 "o" { 1/2 }'
    )

    again = loads(dumps(game, "game"), "game")

    assert again.payoffs.tolist() == game.payoffs.tolist() == [[1]]
    assert (again.outcome[again.owner != TERMINAL] < 0).all()
    assert (again.comment, again.node_labels, again.outcome_labels) == ("", (), ("",))


def test_no_players() -> None:
    """A line of a leaf names a player's payoff, so that there must be one."""
    with pytest.raises(GameError, match="at least one player"):
        dumps(loads('EFG 2 R "" { } t "" 0'), "game")
