"""From a file's suffix to its reader, and what can go wrong before the first token."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from efmodels.errors import EfmodelsError, FormatError, GameError
from efmodels.files import loads, read, write
from efmodels.game import Game

if TYPE_CHECKING:
    from pathlib import Path

TEXT = 'EFG 2 R "Zoë" { "A" } t "" 1 "" { 1 }'


@pytest.mark.parametrize("suffix", [".txt", "", ".gbt"])
def test_unknown_suffix(tmp_path: Path, suffix: str) -> None:
    """The message names the four suffixes, for reading and for writing."""
    path = tmp_path / f"game{suffix}"

    with pytest.raises(GameError, match=r"use \.efg, \.nfg, \.game, \.json") as caught:
        read(path)
    assert isinstance(caught.value, EfmodelsError)
    with pytest.raises(GameError, match=r"use \.efg, \.nfg, \.game, \.json"):
        write(Game.from_matrices([1]), path)
    assert not path.exists()


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is the ordinary error."""
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing.efg")


@pytest.mark.parametrize("name", ["game.efg", "game.EFG"])
def test_paths_and_suffixes(tmp_path: Path, name: str) -> None:
    """A path may be a text or a Path; capitals in the suffix do not matter; nor a mark of UTF-8."""
    path = tmp_path / name
    path.write_text(TEXT, encoding="utf-8-sig")

    assert read(path) == read(str(path)) == loads(TEXT)


def test_other_encoding(tmp_path: Path) -> None:
    """A file in another encoding than UTF-8 is an error at its first foreign byte."""
    path = tmp_path / "game.efg"
    path.write_bytes('EFG 2 R "é\n'.encode() + TEXT.encode("latin-1"))

    with pytest.raises(FormatError) as caught:
        read(path)

    assert (caught.value.line, caught.value.column, caught.value.source) == (2, 12, str(path))
    assert "expected UTF-8 text, got the byte 0xeb" in caught.value.expected


def test_error_in_a_file(tmp_path: Path) -> None:
    """An error names the file, and survives pickling as those of worker processes must."""
    path = tmp_path / "game.efg"
    path.write_text(TEXT.replace("1 }", "x }"), encoding="utf-8")

    with pytest.raises(FormatError) as caught:
        read(path)

    assert str(caught.value).startswith(f"{path}:1:35: expected the payoff of player 1")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - ours
