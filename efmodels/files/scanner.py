"""Read a game text token by token and say exactly where it stops making sense."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from efmodels.errors import FormatError
from efmodels.files.exact import NUMBER, exact_number

if TYPE_CHECKING:
    from re import Pattern

    from efmodels.game import Number

BLANK = r"[ \t\r\n\f\v]*+"
END = r"(?![^ \t\r\n\f\v{},\"])"
QUOTED = r'"[^"\\]*+(?:\\"?+[^"\\]*+)*+"'
WHOLE = rf"[+-]?[0-9]++{END}"

_LONGEST_WHOLE = 18


def _token(pattern: str) -> Pattern[str]:
    return re.compile(rf"{BLANK}({pattern})")


_BLANK = re.compile(BLANK)
_QUOTED = _token(QUOTED)
_WHOLE = _token(WHOLE)
_NUMBER = _token(NUMBER + END)
_WORD = _token(r'[^ \t\r\n\f\v{},"]++')
_SYMBOLS = {symbol: _token(re.escape(symbol)) for symbol in "{},"}

_SHOWN = 40


def unquoted(token: str) -> str:
    r"""Return the text between the quotes; ``\"`` is a quote, any other backslash is itself.

    >>> unquoted(r'"a \"b\" \c"')
    'a "b" \\c'
    """
    return token[1:-1].replace('\\"', '"')


class Scanner:
    """Tokens of a text from left to right.

    Blanks between tokens do not matter. Every method takes the next token, or raises a
    :class:`~efmodels.errors.FormatError` that says what was expected at which line and column.

    Parameters
    ----------
    text
        The whole file.
    source
        Its name, for the errors.
    """

    def __init__(self, text: str, source: str | None = None) -> None:
        self.text = text
        self.source = source
        self.position = 0
        self._numbers: dict[str, Number] = {}

    # Errors -------------------------------------------------------------------------------------

    def problem(self, message: str, at: int | None = None) -> FormatError:
        """Return an error at an offset, by default at the next token."""
        at = self.skip_blanks() if at is None else at
        line_start = self.text.rfind("\n", 0, at) + 1
        return FormatError(
            message, line=self.line(at), column=at - line_start + 1, source=self.source
        )

    def expected(self, what: str) -> FormatError:
        """Return the error that something else stands where ``what`` was expected."""
        if _QUOTED.match(self.text, self.position) is None and self.sees('"'):
            return self.problem(f"expected {what}, got a text without a closing quote")
        return self.problem(f"expected {what}, got {self._next_token()}")

    def line(self, at: int) -> int:
        """Return the number, from 1, of the line of an offset."""
        return self.text.count("\n", 0, at) + 1

    def _next_token(self) -> str:
        if self.at_end():
            return "the end of the file"
        for pattern in (_QUOTED, _WORD):
            match = pattern.match(self.text, self.position)
            if match is not None:
                token = match[1]
                break
        else:
            token = self.text[self.position]
        return repr(token if len(token) <= _SHOWN else f"{token[:_SHOWN]}...")

    # What comes next ----------------------------------------------------------------------------

    def skip_blanks(self) -> int:
        """Go to the next token and return its offset."""
        match = _BLANK.match(self.text, self.position)
        if match is not None:  # pragma: no branch - the pattern matches everywhere
            self.position = match.end()
        return self.position

    def sees(self, character: str) -> bool:
        """Whether the next token starts with a character."""
        return self.text.startswith(character, self.skip_blanks())

    def at_end(self) -> bool:
        """Whether nothing but blanks is left."""
        return self.skip_blanks() == len(self.text)

    # Tokens -------------------------------------------------------------------------------------

    def _take(self, pattern: Pattern[str], what: str) -> str:
        match = pattern.match(self.text, self.position)
        if match is None:
            raise self.expected(what)
        self.position = match.end()
        return match[1]

    def symbol(self, symbol: str, what: str = "") -> None:
        """Take a brace or a comma."""
        self._take(_SYMBOLS[symbol], what or repr(symbol))

    def takes_symbol(self, symbol: str) -> bool:
        """Take a brace or a comma if it is next, and say whether it was."""
        seen = self.sees(symbol)
        self.position += seen
        return seen

    def keyword(self, *allowed: str, what: str = "") -> str:
        """Take one of the given words."""
        at = self.skip_blanks()
        what = what or " or ".join([", ".join(map(repr, allowed[:-1])), repr(allowed[-1])])
        word = self._take(_WORD, what)
        if word not in allowed:
            self.position = at
            raise self.expected(what)
        return word

    def word(self, what: str) -> str:
        """Take a run of characters other than blanks, braces, commas and quotes."""
        return self._take(_WORD, what)

    def quoted(self, what: str) -> str:
        """Take a text in quotes and return it without them."""
        return unquoted(self._take(_QUOTED, what))

    def whole_number(self, what: str) -> int:
        """Take an integer."""
        token = self._take(_WHOLE, what)
        if len(token) > _LONGEST_WHOLE:
            raise self.problem(
                f"expected {what} of at most {_LONGEST_WHOLE} digits, got {len(token)}",
                self.position - len(token),
            )
        return int(token)

    def number(self, what: str) -> Number:
        """Take an integer, a decimal or a fraction, and return it exactly."""
        token = self._take(_NUMBER, what)
        if token not in self._numbers:
            try:
                self._numbers[token] = exact_number(token)
            except ValueError as error:
                shown = token if len(token) <= _SHOWN else f"{token[:_SHOWN]}..."
                raise self.problem(
                    f"expected {what}, got {shown!r}: {error}", self.position - len(token)
                ) from None
        return self._numbers[token]

    # Lists --------------------------------------------------------------------------------------

    def quoted_list(self, what: str) -> tuple[str, ...]:
        """Take texts between braces."""
        self.symbol("{")
        texts: list[str] = []
        while not self.takes_symbol("}"):
            texts.append(self.quoted(f"{what} or '}}'"))
        return tuple(texts)

    def payoffs(self, players: tuple[str, ...]) -> tuple[Number, ...]:
        """Take one number per player, each with or without a comma, and the brace after them."""
        payoffs: list[Number] = []
        for number, label in enumerate(players, start=1):
            payoffs.append(self.number(f"the payoff of player {number} ({label!r})"))
            self.takes_symbol(",")
        self.symbol("}", f"'}}' after {len(players)} payoffs, one per player")
        return tuple(payoffs)
