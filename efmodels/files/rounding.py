"""Find the fractions that rounded probabilities stood for, where there is no doubt."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Number


class Precision(NamedTuple):
    """How a number was rounded, and how large the denominator of the fraction behind it may be.

    Two fractions with denominators up to ``largest`` differ by at least ``1 / largest**2``. That
    is more than twice ``relative``, so that at most one of them lies within the rounding error.
    """

    relative: float
    largest: int


DOUBLE = Precision(2.0**-52, 1_000_000)
"""Rounded to a machine number."""

SINGLE = Precision(2.0**-23, 1_000)
"""Rounded to a machine number of half the length, about seven decimal digits."""


def unrounded(probabilities: Sequence[Number], precision: Precision) -> tuple[Number, ...]:
    """Return the fractions behind all probabilities of a chance node, or these as they are.

    They are replaced only all together: every one lies within its rounding error of a fraction
    with a small denominator, and these fractions sum to exactly one, as probabilities must.

    Parameters
    ----------
    probabilities
        Of one chance node.
    precision
        How they were rounded.

    Examples
    --------
    >>> [str(p) for p in unrounded([1 / 3, 1 / 2, 1 / 6], DOUBLE)]
    ['1/3', '1/2', '1/6']
    >>> unrounded([0.33333, 0.66667], DOUBLE)
    (Fraction(33333, 100000), Fraction(66667, 100000))
    >>> unrounded([2**-0.5, 1 - 2**-0.5], DOUBLE)
    (0.7071067811865476, 0.2928932188134524)
    """
    fractions = [Fraction(p).limit_denominator(precision.largest) for p in probabilities]
    close = all(
        abs(fraction - Fraction(p)) <= precision.relative * p
        for fraction, p in zip(fractions, probabilities, strict=True)
    )
    if not close or sum(fractions) != 1:
        return tuple(probabilities)
    return tuple(f.numerator if f.denominator == 1 else f for f in fractions)
