"""Tables with a header from comma-separated text: each record knows where it stands."""

from __future__ import annotations

import csv
import io
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from efmodels.errors import FormatError
from efmodels.files.exact import NUMBER, exact_number
from efmodels.files.formats import utf8_text
from efmodels.markets.exact_numbers import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

    from efmodels.game import Number

_NUMBER = re.compile(NUMBER)
_INTEGER = re.compile("[+-]?[0-9]++")


class Record(NamedTuple):
    """The fields of a record in the order in which they were asked for, and its first line."""

    line: int
    fields: list[str]


class CsvTable:
    """A file whose first record names its columns, in any order.

    Parameters
    ----------
    path
        The file, in UTF-8.
    columns
        The columns that it must have.
    optional
        Columns that it may have; they are empty where it does not.

    Raises
    ------
    FormatError
        It is not UTF-8, or the first record does not name these columns.
    """

    def __init__(
        self, path: str | PathLike[str], columns: Sequence[str], optional: Sequence[str] = ()
    ) -> None:
        self.path = Path(path)
        self.names = (*columns, *optional)
        # Split as editors count lines, and as the csv module does.
        self._lines = list(io.StringIO(utf8_text(self.path), newline=""))
        self._records = self._raw_records()
        header = next(self._records, Record(1, []))
        found = [name.strip() for name in header.fields]
        complete = set(columns) <= set(found) <= set(self.names)
        if not complete or len(set(found)) < len(found):
            allowed = f", and perhaps {', '.join(optional)}" * bool(optional)
            raise FormatError(
                f"expected a header with the columns {', '.join(columns)}{allowed}; "
                f"got {', '.join(found) or 'nothing'}",
                line=header.line,
                column=1,
                source=self.path,
            )
        self._width = len(found)
        self._positions = [found.index(name) if name in found else None for name in self.names]

    def records(self) -> Iterator[Record]:
        """Yield the records below the header, empty lines left out.

        Raises
        ------
        FormatError
            A record has too many or too few fields, or a quote is not closed.
        """
        for line, raw in self._records:
            if len(raw) != self._width:
                raise FormatError(
                    f"expected {self._width} fields, got {len(raw)}",
                    line=line,
                    column=1,
                    source=self.path,
                )
            yield Record(line, ["" if k is None else raw[k].strip() for k in self._positions])

    def problem(self, message: str, record: Record, name: str) -> FormatError:
        """Return an error at a field of a record."""
        position = self._positions[self.names.index(name)] or 0
        line, column = self._place(record.line, position)
        return FormatError(message, line=line, column=column, source=self.path)

    def nothing(self, what: str) -> FormatError:
        """Return the error that the file ends without a single record."""
        return FormatError(
            f"expected at least one {what}, got the end of the file",
            line=len(self._lines) + 1,
            column=1,
            source=self.path,
        )

    def label(self, record: Record, name: str) -> str:
        """Return a field that must not be empty."""
        label = record.fields[self.names.index(name)]
        if not label:
            raise self.problem(f"expected a {name}, got an empty field", record, name)
        return label

    def number(self, record: Record, name: str, default: int | None = None) -> Number:
        """Return a field that must be a number of at least zero, or the default if it is empty."""
        text = record.fields[self.names.index(name)]
        if not text and default is not None:
            return default
        try:
            return number_from(text)
        except ValueError as error:
            raise self.problem(f"expected a {name}, got {text!r}: {error}", record, name) from error

    def _raw_records(self) -> Iterator[Record]:
        reader = csv.reader(self._lines, strict=True)
        line = 1
        while True:
            try:
                fields = next(reader, None)
            except csv.Error as error:
                raise FormatError(
                    f"expected comma-separated fields: {error}",
                    line=line,
                    column=1,
                    source=self.path,
                ) from error
            if fields is None:
                return
            if len(fields) > 1 or "".join(fields).strip():
                yield Record(line, fields)
            line = reader.line_num + 1

    def _place(self, line: int, position: int) -> tuple[int, int]:
        """Return line and column, from 1, of a field of the record that begins at a line."""
        column, quoted, begins = 0, False, True
        while position:
            character = self._lines[line - 1][column]
            if character == '"' and (quoted or begins):
                quoted = not quoted
            begins = character == "," and not quoted
            position -= begins
            column += 1
            if position and column == len(self._lines[line - 1]):
                line, column = line + 1, 0
        return line, column + 1


def number_from(text: str) -> Number:
    """Read an integer or a fraction exactly, and a decimal as a float.

    Raises
    ------
    ValueError
        The text is none of these, is negative, or is too large.

    Examples
    --------
    >>> number_from("2"), number_from("1/3"), number_from("0.5")
    (2, Fraction(1, 3), 0.5)
    """
    number: Number
    if not _NUMBER.fullmatch(text) or "/" in text or _INTEGER.fullmatch(text):
        number = exact_number(text)
    else:
        number = float(text)
    if number < 0 or math.isinf(rounded(number)):
        raise ValueError("it is not a finite number of at least zero")
    return number
