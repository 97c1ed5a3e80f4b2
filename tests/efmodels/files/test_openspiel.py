"""Games of OpenSpiel become trees, and what is no tree is refused.

That they equal our instances is checked in ``tests/instances/test_against_openspiel.py``.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from efmodels.errors import GameError, MissingPackageError
from efmodels.files import from_openspiel, write
from efmodels.instances import kuhn, leduc, liars_dice
from tests.same_tree import tree_facts

if TYPE_CHECKING:
    from pathlib import Path

    from efmodels.game import Game

pyspiel = pytest.importorskip("pyspiel", reason="OpenSpiel is not installed")

SHERIFF = (
    "sheriff(max_items=10,max_bribe=2,num_rounds=2,item_value=5.0,item_penalty=1.0,"
    "sheriff_penalty=1.0)"
)
BATTLESHIP = (
    "battleship(board_width=2,board_height=2,ship_sizes=[1],ship_values=[1.0],num_shots=2,"
    "allow_repeated_shots=false,loss_multiplier=2.0)"
)


@pytest.mark.parametrize(
    "name",
    ["kuhn_poker(players=3)", "leduc_poker(suit_isomorphism=True)", "liars_dice(dice_sides=4)"],
)
def test_cards_and_dice_are_exact(name: str) -> None:
    """Floats of a deal or a roll become fractions, and nobody forgets anything."""
    game = from_openspiel(name)

    assert game.is_exact
    assert game.has_perfect_recall


@pytest.mark.parametrize(
    ("name", "infosets", "sequences", "terminals"),
    [
        (SHERIFF, (78, 21), (243, 43), 396),
        (BATTLESHIP, (53, 109), (165, 341), 1072),
    ],
    ids=["sheriff", "battleship"],
)
def test_known_sizes(
    name: str, infosets: tuple[int, ...], sequences: tuple[int, ...], terminals: int
) -> None:
    """The walk finds what is known of two benchmark games."""
    facts = tree_facts(from_openspiel(name))

    assert (facts.infosets, facts.sequences) == (infosets, sequences)
    assert facts.leaves.total() == terminals


def test_suits_apart() -> None:
    """Leduc as it is by default tells suits apart: known counts of nodes and infosets."""
    game = from_openspiel("leduc_poker")

    assert game.nodes == 9457
    assert tree_facts(game).infosets == (468, 468)


@pytest.mark.parametrize("game", [kuhn(), leduc(), liars_dice(faces=3)], ids=lambda g: g.title)
def test_there_and_back(game: Game, tmp_path: Path) -> None:
    """OpenSpiel reads the .efg file that we write, and the tree comes back the same."""
    path = write(game, tmp_path / "game.efg")

    again = from_openspiel(f"efg_game(filename={path})")

    assert tree_facts(again) == tree_facts(game)
    assert again.chance_probabilities == game.chance_probabilities


def test_labels() -> None:
    """Labels are OpenSpiel's own; an object and its name give the same game."""
    game = from_openspiel("kuhn_poker(players=2)")

    assert game == from_openspiel(pyspiel.load_game("kuhn_poker(players=2)"))
    assert game.title == "kuhn_poker(players=2)"
    assert game.players == ("P1", "P2")
    assert game.infoset_labels[game.infosets_of(1)[0]] == "0"
    assert game.history(3) == ("Deal:0", "Deal:1", "Pass")
    assert game.chance_probabilities[:3] == (Fraction(1, 3),) * 3


@pytest.mark.parametrize(
    "name", ["matrix_bos", "blotto(coins=3,fields=2)", "goofspiel(num_cards=3)"]
)
def test_moves_at_once(name: str) -> None:
    """Nobody sees what is chosen at the same time: one infoset holds all choices of the first."""
    game = from_openspiel(name)
    first = int(np.flatnonzero(game.owner == 1)[0])
    answers = np.flatnonzero(game.parent == first)

    assert len(answers) > 1
    assert (game.owner[answers] == 2).all()
    assert len(set(game.infoset[answers].tolist())) == 1


def test_table() -> None:
    """The payoffs of a matrix game are those of its tables, as integers."""
    theirs = pyspiel.load_matrix_game("matrix_bos")
    tables = theirs.row_utilities(), theirs.col_utilities()

    game = from_openspiel(theirs)

    assert game.payoffs.T.tolist() == [list(np.ravel(table)) for table in tables]
    assert game.is_exact


def test_numbers_that_are_no_integers_stay_floats() -> None:
    """Payoffs are not guessed: a third is the float that OpenSpiel has."""
    theirs = pyspiel.create_matrix_game("x", "x", ["a"], ["b"], [[1 / 3]], [[0.0]])

    game = from_openspiel(theirs)

    assert [*map(repr, game.outcome_payoffs[0])] == [repr(1 / 3), "0"]


def test_forgetful_game() -> None:
    """With four cards in view, goofspiel's strings forget who played what when."""
    game = from_openspiel("goofspiel(num_cards=4,points_order=descending)")

    with pytest.raises(GameError, match="infoset"):
        game.require_perfect_recall()


@pytest.mark.parametrize(
    ("game", "message"),
    [
        ("no_such_game", "does not load 'no_such_game': Unknown game"),
        ("kuhn_poker(ranks=3)", "does not load .*Unknown parameter 'ranks'"),
        ("kuhn_poker(", "does not load 'kuhn_poker\\('"),
        ("pig", "'pig' does not tell what a player knows"),
        ("negotiation", "'negotiation' samples its chance moves"),
        ("mfg_garnet", "'mfg_garnet' is a mean-field game"),
        (17, "expected a game of pyspiel or its name, such as 'kuhn_poker'; got int"),
    ],
)
def test_refused(game: Any, message: str) -> None:
    """What is no game, or no game on a tree, is an error that says why."""
    with pytest.raises(GameError, match=message):
        from_openspiel(game, max_nodes=10_000)


def test_size_is_limited() -> None:
    """A large game stops at the limit, and one that just fits is read."""
    assert from_openspiel("kuhn_poker", max_nodes=58).nodes == 58
    with pytest.raises(GameError, match="more than max_nodes=57 nodes: give smaller parameters"):
        from_openspiel("kuhn_poker", max_nodes=57)
    with pytest.raises(GameError, match="max_nodes must be at least 1; got 0"):
        from_openspiel("kuhn_poker", max_nodes=0)


def test_states_of_one_infoset_have_the_same_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A game whose information states say too little is refused, with the state in question."""
    monkeypatch.setattr(pyspiel.State, "information_state_string", lambda _: "somewhere")

    with pytest.raises(GameError, match=r"gives player 1 other actions at nodes .* 'somewhere'"):
        from_openspiel("liars_dice(dice_sides=2)")


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OpenSpiel the message names the extra."""
    monkeypatch.setitem(sys.modules, "pyspiel", None)

    with pytest.raises(MissingPackageError, match=r'pip install "efmodels\[interop\]"'):
        from_openspiel("kuhn_poker")
