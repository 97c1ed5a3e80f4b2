"""Find the reader and the writer of a format by its name or by a file's suffix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from efmodels.errors import FormatError, GameError
from efmodels.files.efg import parse_efg
from efmodels.files.efg_writer import efg_text
from efmodels.files.liteefg import parse_liteefg
from efmodels.files.liteefg_writer import liteefg_text
from efmodels.files.native import native_text, parse_native
from efmodels.files.nfg import parse_nfg
from efmodels.files.nfg_writer import nfg_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike

    from efmodels.game import Game


class _Format(NamedTuple):
    parse: Callable[[str, str | None], Game]
    text: Callable[[Game], str]


_FORMATS = {
    "efg": _Format(parse_efg, efg_text),
    "nfg": _Format(parse_nfg, nfg_text),
    "game": _Format(parse_liteefg, liteefg_text),
    "json": _Format(parse_native, native_text),
}


def read(path: str | PathLike[str]) -> Game:
    """Read a game from a file: Gambit's ``.efg`` and ``.nfg``, LiteEFG's ``.game``, or ``.json``.

    Integers, decimals and fractions are kept exactly. A normal form becomes a tree in which the
    players move one after another without seeing anything.

    Parameters
    ----------
    path
        The file; its suffix says which format it has.

    Raises
    ------
    FormatError
        The file is malformed: line, column and what was expected there.
    GameError
        The suffix is none of the four.
    FileNotFoundError
        There is no such file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import efmodels as ef
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "choice.efg")
    ...     _ = path.write_text('''EFG 2 R "A choice" { "Alice" }
    ... p "" 1 1 "" { "out" "in" } 0
    ... t "" 1 "" { 1 }
    ... t "" 2 "" { 3/2 }''')
    ...     read(path)
    Game('A choice', players=['Alice'], nodes=3, terminals=2, infosets=[1])
    """
    path = Path(path)
    parse = _by_suffix(path).parse
    return parse(utf8_text(path), str(path))


def utf8_text(path: Path) -> str:
    """Return the text of a file, without a byte order mark.

    Raises
    ------
    FormatError
        It is not UTF-8: line and column of the first wrong byte.
    """
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        raise FormatError(
            f"expected UTF-8 text, got the byte 0x{data[error.start]:02x}: save the file as UTF-8",
            line=data.count(b"\n", 0, error.start) + 1,
            column=len(data[start : error.start].decode("utf-8-sig")) + 1,
            source=path,
        ) from error


def loads(text: str, format: str = "efg") -> Game:  # noqa: A002 - the word every user expects
    """Read a game from a text.

    Parameters
    ----------
    text
        What a file would hold.
    format
        ``"efg"``, ``"nfg"``, ``"game"`` or ``"json"``.

    Raises
    ------
    FormatError
        The text is malformed: line, column and what was expected there.
    GameError
        The format is none of the four.

    Examples
    --------
    >>> game = loads('NFG 1 R "Pennies" { "A" "B" } { 2 2 } 1 -1 -1 1 -1 1 1 -1', format="nfg")
    >>> game
    Game('Pennies', players=['A', 'B'], nodes=7, terminals=4, infosets=[1, 1])
    """
    return _by_name(format).parse(text, None)


def write(game: Game, path: str | PathLike[str]) -> Path:
    """Write a game to a file and return its path; reading it gives an equal game.

    Only ``.game`` has no place for all that a game has; what is lost, the how-to page on game files
    tells.

    Parameters
    ----------
    game
        The game.
    path
        The file; its suffix says which format to write. An existing file is replaced.

    Raises
    ------
    GameError
        The suffix is none of the four, or the format cannot hold the game.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read(write(game, Path(folder, "battle.nfg"))) == game
    True
    """
    path = Path(path)
    text = _by_suffix(path).text(game)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise GameError(
            f"a label holds {text[error.start]!r}, half of a surrogate pair, "
            "which no file can hold: change the label"
        ) from error
    path.write_bytes(data)
    return path


def dumps(game: Game, format: str = "efg") -> str:  # noqa: A002 - the word every user expects
    r"""Return the text that :func:`write` would write.

    Parameters
    ----------
    game
        The game.
    format
        ``"efg"``, ``"nfg"``, ``"game"`` or ``"json"``.

    Raises
    ------
    GameError
        The format is none of the four, or cannot hold the game.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]], title="Battle")
    >>> print(dumps(game, format="nfg"))
    NFG 1 R "Battle" { "P1" "P2" }
    { { "1" "2" } { "1" "2" } }
    ""
    <BLANKLINE>
    2 1
    0 0
    0 0
    1 2
    <BLANKLINE>
    """
    return _by_name(format).text(game)


def _by_name(name: str) -> _Format:
    if name not in _FORMATS:
        raise GameError(f"no format is called {name!r}; the formats are {', '.join(_FORMATS)}")
    return _FORMATS[name]


def _by_suffix(path: Path) -> _Format:
    name = path.suffix.lower().removeprefix(".")
    if name not in _FORMATS:
        raise GameError(
            f"the suffix {path.suffix!r} of {str(path)!r} does not say which format it has; "
            f"use {', '.join('.' + known for known in _FORMATS)}"
        )
    return _FORMATS[name]
