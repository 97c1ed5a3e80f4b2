"""Damaged files: whatever is done to a text, reading it gives a game or a FormatError."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from efmodels.errors import FormatError
from efmodels.files import dumps, loads, read
from efmodels.files import efg as efg_module
from efmodels.game import Game

DATA = Path(__file__).parents[2] / "data"
SEED = 20240229


def texts(suffix: str) -> list[bytes]:
    """Return files of one format."""
    if suffix == "json":
        return [dumps(read(path), "json").encode() for path in sorted(DATA.glob("*.?fg"))]
    return [path.read_bytes() for path in sorted(DATA.glob(f"*.{suffix}"))]


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return a text with one to three things done to it."""
    for _ in range(rng.randint(1, 3)):
        start, end = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        near = min(end, start + rng.randint(1, 12))
        piece = data[start:near]
        data = rng.choice(
            [
                data[:start] + data[near:],
                data[:end] + piece + data[end:],
                data[:start] + piece[::-1] + data[near:],
                data[:start] + data[end : end + 8] + data[near:end] + piece + data[end + 8 :],
                data[:start] + rng.choice(STRANGE) + data[near:],
                data[:start] + rng.randbytes(rng.randint(1, 4)) + data[start:],
                data[:end] if rng.random() < 0.2 else data,
            ]
        )
    return data


STRANGE = [
    *(b"{", b"}", b'"', b"\\", b",", b"\x00", b" 0 ", b" -1 ", b" 1e999 ", b" 1/0 ", b"1e-400"),
    *(b" 999999999 ", b" 99999999999999999999999 ", b"c", b"p", b"t", b" ", b"", b"\xff"),
    *(b'"', b"{ }", b'{ "x" }', b' "" ', b" { 1000000 1000000 } ", b"\xc2\xa0", "\u0663".encode()),
    b"7" * 5000,
]


def outcome_of(path: Path, data: bytes) -> Game | FormatError:
    """Read a damaged file; anything but a game or a FormatError fails the test."""
    path.write_bytes(data)
    try:
        return read(path)
    except FormatError as error:
        return error


def check(suffix: str, count: int, folder: Path) -> None:
    """Read many damaged files; some are still games, most are not, and places are real."""
    rng = random.Random(SEED)  # noqa: S311 - no secret
    originals = texts(suffix)
    kinds: Counter[type] = Counter()
    for _ in range(count):
        data = damaged(rng.choice(originals), rng)
        result = outcome_of(folder / f"game.{suffix}", data)
        kinds[type(result)] += 1
        if isinstance(result, FormatError):
            lines = data.split(b"\n")
            assert 1 <= result.line <= len(lines)
            assert 1 <= result.column <= len(lines[result.line - 1]) + 1
    assert set(kinds) == {Game, FormatError}


@pytest.mark.parametrize("suffix", ["efg", "nfg", "game", "json"])
def test_damaged_files(suffix: str, tmp_path: Path) -> None:
    """500 damaged files of each format."""
    check(suffix, 500, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["efg", "nfg", "game", "json"])
def test_many_damaged_files(suffix: str, tmp_path: Path) -> None:
    """10,000 damaged files of each format."""
    check(suffix, 10_000, tmp_path)


def test_short_cuts_accept_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Damaged files are accepted and refused alike with and without the reader's short cuts."""
    rng = random.Random(SEED + 1)  # noqa: S311 - no secret
    originals = texts("efg")
    damages = [
        damaged(rng.choice(originals), rng).decode("utf-8", errors="replace") for _ in range(300)
    ]
    fast = [result_of(text) for text in damages]
    slow_node = efg_module._Reader._scanned_node  # noqa: SLF001 - the slow way is private
    monkeypatch.setattr(efg_module._Reader, "_node", slow_node)  # noqa: SLF001 - likewise

    assert [result_of(text) for text in damages] == fast


def result_of(text: str) -> Game | str:
    """Return the game, or the message of the error."""
    try:
        return loads(text)
    except FormatError as error:
        return str(error)
