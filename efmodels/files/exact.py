"""Numbers as game files write them: exact, and never larger than a machine number."""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from numbers import Rational
from typing import TYPE_CHECKING

from efmodels.errors import GameError

if TYPE_CHECKING:
    from efmodels.game import Number

LONGEST = 1000
"""Longest text of a number, and largest size of its exponent: ``1e999999999`` must not be tried."""

NUMBER = r"[+-]?(?:[0-9]++/[0-9]++|(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+)"
"""The pattern of a number: an integer, a decimal (with or without exponent) or a fraction."""

_NUMBER = re.compile(NUMBER)


def exact_number(text: str) -> int | Fraction:
    """Read an integer, a decimal or a fraction exactly.

    Raises
    ------
    ValueError
        The text is none of these, is very long, or is larger than any float.

    Examples
    --------
    >>> exact_number("-2"), exact_number("0.50"), exact_number("1/3"), exact_number("1e-3")
    (-2, Fraction(1, 2), Fraction(1, 3), Fraction(1, 1000))
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError("it is not written like '3', '0.5', '1e-3' or '1/3'")
    if len(text) > LONGEST:
        raise ValueError(f"it has {len(text)} characters; at most {LONGEST} are read")
    exponent = text.lower().partition("e")[2]
    if len(exponent.lstrip("+-0")) > len(str(LONGEST)) or abs(int(exponent or 0)) > LONGEST:
        raise ValueError(f"its exponent is not between -{LONGEST} and {LONGEST}")
    try:
        value = Fraction(text)
    except ZeroDivisionError:
        raise ValueError("its denominator is zero") from None
    if abs(value) > sys.float_info.max:
        raise ValueError(f"it is larger than {sys.float_info.max:.4}")
    return value.numerator if value.denominator == 1 else value


def number_text(value: Number) -> str:
    """Write a number so that :func:`exact_number` reads it back.

    A float becomes its shortest decimal, which rounds to the same float.

    Raises
    ------
    GameError
        The fraction is too long to be read again.

    Examples
    --------
    >>> number_text(Fraction(1, 3)), number_text(0.1), number_text(-2)
    ('1/3', '0.1', '-2')
    """
    if not isinstance(value, Rational):
        return repr(float(value))
    try:
        text = str(Fraction(value.numerator, value.denominator))
    except ValueError:  # Python writes no integer of more than some thousand digits
        text = " " * (LONGEST + 1)
    if len(text) > LONGEST:
        raise GameError(
            f"a number has more than {LONGEST} characters; files hold shorter ones: round it first"
        )
    return text
