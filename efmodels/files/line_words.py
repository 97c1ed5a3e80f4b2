"""A line of a file cut into words, which knows where it stands when something is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from efmodels.errors import FormatError
from efmodels.files.exact import exact_number

if TYPE_CHECKING:
    from fractions import Fraction

_WORD = re.compile(r"\S+")
_SHOWN = 40


class LineWords:
    """The words of one line from left to right.

    Every method takes the next word or raises a :class:`~efmodels.errors.FormatError` that says
    what was expected at which line and column.

    Parameters
    ----------
    text
        The line.
    number
        Its number, from 1.
    source
        The name of the file, for the errors.
    """

    def __init__(self, text: str, number: int, source: str | None = None) -> None:
        self._words = [(match.start() + 1, match[0]) for match in _WORD.finditer(text)]
        self._end = len(text.rstrip()) + 1
        self._number = number
        self._source = source
        self._next = 0

    def problem(self, message: str) -> FormatError:
        """Return an error at the word that was taken last."""
        return self._problem_at(message, self._next - 1)

    def problem_at_word(self, message: str, word: int) -> FormatError:
        """Return an error at a word given by its position, from 0."""
        return self._problem_at(message, word)

    def _problem_at(self, message: str, word: int) -> FormatError:
        column = self._words[word][0] if word < len(self._words) else self._end
        return FormatError(message, line=self._number, column=column, source=self._source)

    def __bool__(self) -> bool:
        """Whether there is another word."""
        return self._next < len(self._words)

    def word(self, what: str) -> str:
        """Take the next word."""
        self._next += 1
        if self._next > len(self._words):
            raise self.problem(f"expected {what}, got the end of the line")
        return self._words[self._next - 1][1]

    def keyword(self, *allowed: str) -> str:
        """Take one of the given words."""
        what = " or ".join(map(repr, allowed))
        word = self.word(what)
        if word not in allowed:
            raise self.problem(f"expected {what}, got {shown(word)}")
        return word

    def assigned(self, what: str) -> tuple[str, str]:
        """Take a word of the form ``name=number`` and return its two halves."""
        word = self.word(f"{what} as name=number")
        name, equals, number = word.partition("=")
        if not (name and equals and number):
            raise self.problem(f"expected {what} as name=number, got {shown(word)}")
        return name, number

    def number(self, text: str, what: str) -> int | Fraction:
        """Read a part of the word that was taken last as an exact number."""
        try:
            return exact_number(text)
        except ValueError as error:
            raise self.problem(f"expected {what}, got {shown(text)}: {error}") from None

    def player(self, text: str, players: int | None) -> int:
        """Read a part of the word that was taken last as a player's number."""
        upper = "" if players is None else f" to {players}"
        number = int(text) if text.isdecimal() and len(text) <= len(str(_MOST_PLAYERS)) else 0
        if not 1 <= number <= (players or _MOST_PLAYERS):
            raise self.problem(f"expected a player's number from 1{upper}, got {shown(text)}")
        return number


_MOST_PLAYERS = 1000
"""A player's number above it is a slip: every payoff vector has an entry per player."""


def shown(word: str) -> str:
    """Return a word in quotes, cut if it is long."""
    return repr(word if len(word) <= _SHOWN else f"{word[:_SHOWN]}...")
