"""Reading .efg: every feature of the format, compared with what the file says by eye."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from efmodels.files import dumps, loads, read
from efmodels.files import efg as efg_module

DATA = Path(__file__).parents[2] / "data"
EFG_FILES = sorted(DATA.glob("*.efg"))


def one_player(nodes: str) -> str:
    """Return the text of a game of one player from its nodes."""
    return f'EFG 2 R "" {{ "A" }} {nodes}'


class TestEveryFeature:
    """One file that uses everything the format allows."""

    game = read(DATA / "every_feature.efg")

    def test_header(self) -> None:
        r"""Texts may hold ``\"``, braces, backslashes and line ends; player labels may be empty."""
        assert self.game.title == 'Every "feature"\nof the format'
        assert self.game.comment == ("Labels hold {braces}, commas, a back\\slash\nand line ends.")
        assert self.game.player_labels == ("Ann", "Bob", "")

    def test_chance(self) -> None:
        """Probabilities are exact, and a chance infoset is shared by number."""
        assert self.game.chance_probabilities == (
            *(Fraction(1, 3), Fraction(1, 2), Fraction(1, 10)),
            Fraction("0.06666666"),
        )
        assert np.flatnonzero(self.game.owner == 0).tolist() == [0, 12]
        assert self.game.infoset[[0, 12]].tolist() == [0, 0]

    def test_infosets(self) -> None:
        """Later nodes repeat label and actions of their infoset, or leave them out."""
        assert self.game.infoset_labels == ("deal", "Ann {knows}", "")
        assert self.game.action_labels == ("a", "b", "c", "d", "left", "right", "only")
        assert np.flatnonzero(self.game.infoset == 1).tolist() == [1, 4, 8]
        assert np.flatnonzero(self.game.infoset == 2).tolist() == [5, 10]

    def test_outcomes(self) -> None:
        """Outcomes are shared by number and also stand at inner nodes; 0 is none."""
        assert self.game.outcome_labels == ('toll, paid by "Ann"', "", "named")
        assert self.game.outcome_payoffs == (
            (-1, Fraction(1, 4), Fraction(1, 3)),
            (1, 2, 3),
            (4, Fraction(-11, 2), 100),
        )
        assert self.game.outcome.tolist() == [-1, 0, 1, 2, 0, -1, 1, -1, -1, 2, -1, 1, *[-1] * 5]

    def test_payoffs_add_up(self) -> None:
        """Payoffs at inner nodes are added to those below; a terminal without any has 0."""
        assert self.game.exact_payoffs(2) == (0, Fraction(9, 4), Fraction(10, 3))
        assert self.game.exact_payoffs(7) == (-1, Fraction(1, 4), Fraction(1, 3))
        assert self.game.exact_payoffs(16) == (0, 0, 0)

    def test_node_labels(self) -> None:
        """A node's label may be empty."""
        assert [label for label in self.game.node_labels if label] == ["root", "first", "again"]


def test_terse() -> None:
    """Node labels, comment, blanks around braces and repeated definitions may be left out."""
    full = """EFG 2 R "Terse" { "A" "B" }
    ""
    p "" 1 1 "" { "x" "y" } 0
    c "" 1 "" { "h" 1/2 "t" 1/2 } 0
    t "" 1 "" { 1, -1 }
    t "" 2 "" { -1, 1 }
    c "" 1 "" { "h" 1/2 "t" 1/2 } 0
    t "" 2 "" { -1, 1 }
    t "" 1 "" { 1, -1 }
    """

    assert read(DATA / "terse.efg") == loads(full)


def test_imperfect_recall() -> None:
    """An infoset may be met twice on one path."""
    game = read(DATA / "absent_minded.efg")

    assert game.infoset.tolist() == [0, -1, 0, -1, -1]
    assert game.payoffs.ravel().tolist() == [0, 4, 1]
    assert not game.has_perfect_recall


@pytest.mark.parametrize(
    ("name", "nodes", "terminals", "sequences"),
    [("K23", 55, 30, [13, 13]), ("D22", 125, 60, [31, 31]), ("S_small", 29, 16, [13, 5])],
)
def test_benchmark_files(name: str, nodes: int, terminals: int, sequences: list[int]) -> None:
    """Kuhn poker, liar's dice and a small Sheriff have their known sizes."""
    game = read(DATA / f"{name}.efg")

    assert (game.nodes, len(game.terminals)) == (nodes, terminals)
    actions = np.diff(game.action_start)
    counts = [1 + int(actions[game.infoset_owner == owner].sum()) for owner in (1, 2)]
    assert counts == sequences


def test_one_node() -> None:
    """A game may be over before it begins."""
    game = loads(one_player('t "" 1 "won" { 7 }'))

    assert (game.nodes, game.payoffs.tolist()) == (1, [[7.0]])


def test_no_players() -> None:
    """A game may have no players: a lottery."""
    game = loads('EFG 2 R "" { } c "" 1 "" { "a" 1/2 "b" .5 } 0 t "" 1 "" { } t "" 0')

    assert game.payoffs.shape == (2, 0)


def test_missing_labels_agree() -> None:
    """A repeated definition without a label agrees with the first one."""
    game = loads(
        one_player('p "" 1 1 "j" { "a" } 1 "z" { 1 } p "" 1 1 "" { "a" } 1 "" { 1 } t "" 0')
    )

    assert (game.infoset_labels, game.outcome_labels) == (("j",), ("z",))


def test_line_ends_of_windows() -> None:
    """Line ends between tokens do not matter; in a text they are kept."""
    text = one_player('"a\ncomment"\np "" 1 1 "" { "x" } 0\nt "" 1 "" { 1 }\n')

    game = loads(text.replace("\n", "\r\n"))

    assert game.comment == "a\r\ncomment"
    assert game.nodes == 2


@pytest.mark.parametrize("path", EFG_FILES, ids=[path.stem for path in EFG_FILES])
def test_short_cuts_change_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking up text that was read before gives the game that reading every token gives."""
    game = read(path)
    monkeypatch.setattr(efg_module.__name__ + "._Reader._node", efg_module._Reader._scanned_node)  # noqa: SLF001 - the slow way is private

    assert read(path) == game
    assert loads(dumps(game)) == game


def test_deep_tree() -> None:
    """Depth is no limit: nothing here calls itself."""
    depth = 3000
    text = one_player('p "" 1 1 "" { "on" } 0 ' * depth + 't "" 1 "" { 1 }')

    game = loads(text)

    assert game.nodes == depth + 1
    assert loads(dumps(game, "json"), "json") == game
