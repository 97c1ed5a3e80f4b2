"""What the words of the command line stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer

from efmodels import instances
from efmodels.cli.arguments import (
    game_from,
    instance_from,
    instance_functions,
    objective_from,
    signature_of,
)
from efmodels.errors import GameError
from efmodels.files import write
from efmodels.game import Game

if TYPE_CHECKING:
    from pathlib import Path


class TestGame:
    """A game is a file or an instance."""

    @pytest.mark.parametrize("text", ["leduc(ranks=2, raises=1)", " leduc( raises = 1,ranks=2 ) "])
    def test_instance_with_arguments(self, text: str) -> None:
        """An instance takes literal arguments by name."""
        assert instance_from(text) == instances.leduc(ranks=2, raises=1)

    def test_text_as_an_argument(self) -> None:
        """A literal may be a text or a truth value."""
        game = instance_from("liars_dice(faces=2, bid_order='quantity', wild=False)")

        assert game == instances.liars_dice(faces=2, bid_order="quantity", wild=False)

    def test_only_games_are_instances(self) -> None:
        """What else ``efmodels.instances`` has to offer makes no game."""
        assert "kuhn" in instance_functions()
        assert "data_file" not in instance_functions()

    def test_long_defaults_are_not_written_out(self) -> None:
        """So that a list of all functions stays narrow; short ones are shown as they are."""
        shown = {name: signature_of(f) for name, f in instance_functions().items()}

        assert max(map(len, shown.values())) <= 120
        assert shown["sheriff"].startswith("(items=10, bribe=2, rounds=2, value=5,")
        assert shown["ride_sharing"] == "(roads=..., times=2, rewards=())"
        assert shown["pursuit_evasion"] == (
            "(graph=..., start='S', targets=..., zones=..., steps=3, caught=(-1, 1))"
        )

    def test_shipped_file(self) -> None:
        """A path is read by its suffix."""
        assert game_from(str(instances.data_file("kuhn.efg"))).nodes > 50

    @pytest.mark.parametrize("suffix", ["efg", "nfg", "game", "json"])
    def test_every_format(self, tmp_path: Path, suffix: str) -> None:
        """Files of all formats are read."""
        game = Game.from_matrices([[1, 2]], [[3, 4]], title="A file")

        assert game_from(str(write(game, tmp_path / f"game.{suffix}"))) == game

    def test_folder_does_not_hide_an_instance(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A folder that is called like an instance is no game file."""
        (tmp_path / "kuhn").mkdir()
        monkeypatch.chdir(tmp_path)

        assert game_from("kuhn") == instances.kuhn()

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("kuhn(3)", "by name"),
            ("kuhn(ranks=1 + 2)", "no literal"),
            ("kuhn(ranks=__import__('os').getpid())", "no literal"),
            ("kuhn(**{'ranks': 3})", "unexpected keyword argument"),
            ("kuhn(ranks=3, ranks=4)", "twice"),
            ("kuhn(cards=3)", r"expected kuhn\(players=2, ranks=3\)"),
            ("kuhn(ranks='three')", "at least 1"),
            ("kuhn().__class__", "no such file"),
            ("kuhn(", "no such file"),
            ("", "no such file"),
        ],
    )
    def test_what_is_refused(self, text: str, message: str) -> None:
        """Nothing is evaluated but a known name with literal arguments."""
        with pytest.raises((GameError, FileNotFoundError), match=message):
            game_from(text)


class TestObjective:
    """An objective is a word, a label, or weights."""

    @pytest.mark.parametrize(
        ("text", "objective"),
        [
            (None, None),
            ("welfare", "welfare"),
            ("Ann", "Ann"),
            ("A=1", "A=1"),
            ("Ann=1, A=1=-2", {"Ann": 1.0, "A=1": -2.0}),
        ],
    )
    def test_forms(self, text: str | None, objective: object) -> None:
        """A player's label wins over weights, and may have an equals sign itself."""
        assert objective_from(text, ("Ann", "A=1")) == objective

    @pytest.mark.parametrize("text", ["Ann=", "Ann=1,Bob", "Ann=1,Ann=2"])
    def test_what_is_refused(self, text: str) -> None:
        """A weight is a number, and each player has one at most."""
        with pytest.raises(typer.BadParameter):
            objective_from(text, ("Ann", "Bob"))
