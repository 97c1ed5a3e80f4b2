"""Numbers as they were given: an array of floats, and the exact ones beside it where there are any.

A market of floats costs its array and nothing else; integers and fractions are kept as Python
objects as well, so that an equilibrium can be checked without rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.files.exact import exact_number
from efmodels.game import read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from numpy.typing import NDArray

    from efmodels.game import Bools, Floats, Number

    Place = Callable[[int], str]


@dataclass(frozen=True, eq=False)
class Numbers:
    """Floats, and the numbers as they were given.

    Parameters
    ----------
    floats
        One float per number.
    exact
        The numbers as given, or ``None`` where all of them were floats.

    Examples
    --------
    >>> from fractions import Fraction
    >>> Numbers(np.array([0.5, 0.25]), (Fraction(1, 2), 0.25)).as_given
    (Fraction(1, 2), 0.25)
    >>> Numbers(np.array([0.5, 0.25])).is_exact
    False
    """

    floats: Floats
    exact: tuple[Number, ...] | None = None

    def __post_init__(self) -> None:
        """Forbid changes to the array: others share it."""
        read_only(self.floats)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the parts, so that what is read back is read-only as well."""
        return Numbers, (self.floats, self.exact)

    @property
    def as_given(self) -> tuple[Number, ...]:
        """Integers and fractions where they were given, floats elsewhere."""
        return tuple(self.floats.tolist()) if self.exact is None else self.exact

    @property
    def is_exact(self) -> bool:
        """Whether every number is an integer or a fraction."""
        if self.exact is None:
            return not len(self.floats)
        return all(isinstance(number, Rational) for number in self.exact)

    def agrees_with(self, other: Numbers) -> bool:
        """Whether the numbers are the same; a float equals the fraction that rounds to it."""
        if not np.array_equal(self.floats, other.floats):
            return False
        if self.exact is None or other.exact is None or self.exact == other.exact:
            return True
        pairs = zip(self.exact, other.exact, strict=True)
        return all(isinstance(a, float) or isinstance(b, float) or a == b for a, b in pairs)


def numbers_in_array(array: NDArray[Any]) -> Numbers:
    """Copy an array of integers or floats.

    >>> numbers_in_array(np.array([1, 2])).exact
    (1, 2)
    """
    exact = tuple(array.tolist()) if array.dtype.kind in "iu" else None
    return Numbers(np.add(array, 0.0, dtype=float), exact)  # a copy, and never -0.0


def numbers_in_list(items: Iterable[object], place: Place) -> Numbers:
    """Read integers, fractions, floats and texts; ``place(k)`` says what item ``k`` is.

    Raises
    ------
    GameError
        An item is no number: the message begins with its place.

    Examples
    --------
    >>> numbers_in_list([1, "1/2", 0.25], place=str).exact
    (1, Fraction(1, 2), 0.25)
    >>> numbers_in_list([1, "two"], place=["the first", "the second"].__getitem__)
    Traceback (most recent call last):
    efmodels.errors.GameError: the second is 'two': it is not written like '3', '0.5', '1e-3' ...
    """
    numbers: list[Number] = []
    floats: list[float] = []
    item: object = None
    try:
        for item in items:
            number = number_given(item)
            floats.append(rounded(number))
            numbers.append(number)
    except ValueError as error:
        raise GameError(f"{place(len(numbers))} is {_shown(item)}: {error}") from error
    some_exact = any(not isinstance(number, float) for number in numbers)
    return Numbers(np.array(floats, dtype=float), tuple(numbers) if some_exact else None)


def number_given(item: object) -> Number:
    """Return a number as an ``int``, a ``Fraction`` or a ``float``; a text is read exactly.

    Raises
    ------
    ValueError
        It is no real number; the message says what was expected.

    Examples
    --------
    >>> number_given(np.int64(3)), number_given("0.5"), number_given(0.5)
    (3, Fraction(1, 2), 0.5)
    """
    if isinstance(item, str):
        return exact_number(item)
    if isinstance(item, np.generic):
        item = item.item()
    # An array of one number has a float, too.
    if isinstance(item, bool | complex | np.ndarray) or not hasattr(item, "__float__"):
        raise ValueError("expected an int, a float, a Fraction or a text such as '1/3'")
    if isinstance(item, int | Fraction):
        return item
    return Fraction(item) if isinstance(item, Rational) else float(item)


def rounded(number: Number) -> float:
    """Return the nearest float.

    Raises
    ------
    ValueError
        It is infinite, or zero although the number is not.

    Examples
    --------
    >>> rounded(Fraction(1, 4))
    0.25
    """
    try:
        nearest = float(number)
    except OverflowError:
        raise ValueError("it is larger than any float: choose a larger unit") from None
    if not nearest and number:
        raise ValueError("it is not zero, but its float is: choose a smaller unit")
    return nearest + 0.0  # never -0.0


def require_nonnegative(floats: Floats, place: Place, hint: str = "") -> None:
    """Raise a :class:`GameError` at the first number that is negative, infinite or no number."""
    _require(np.isfinite(floats) & (floats >= 0), floats, place, "a finite number >= 0" + hint)


def require_positive(floats: Floats, place: Place) -> None:
    """Raise a :class:`GameError` at the first number that is not positive and finite."""
    _require(np.isfinite(floats) & (floats > 0), floats, place, "a finite number > 0")


def _require(holds: Bools, floats: Floats, place: Place, expected: str) -> None:
    if not holds.all():
        k = int(np.argmin(holds))
        raise GameError(f"{place(k)} is {float(floats[k])}: expected {expected}")


def _shown(item: object) -> str:
    longest = 40
    if isinstance(item, int | Fraction) and abs(item) > 10**longest:
        return f"a number of more than {longest} digits"
    text = repr(item)
    return text if len(text) <= longest else f"{text[:longest]}..."
