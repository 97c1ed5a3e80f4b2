"""How the instances read numbers: integers, fractions and floats, and exactly where it is a text.

Every function takes the name of a parameter and what was given, and returns it as the instances
use it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.assembly import PROBABILITY_TOLERANCE
from efmodels.errors import GameError
from efmodels.instances.parameters import members
from efmodels.markets.exact_numbers import number_given, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from efmodels.game import Number

    Exact = NDArray[np.object_]


def number(
    name: str,
    value: Any,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> Number:
    """Return a finite number in a range; a text such as ``"1/3"`` is read exactly.

    Integers, fractions and floats stay what they are, numbers of numpy become those of Python.

    Parameters
    ----------
    name
        What the parameter is called in messages.
    value
        What it is.
    minimum, maximum
        Bounds that are allowed themselves.
    above, below
        Bounds that are not.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> number("prior", "1/3", minimum=0, maximum=1)
    Fraction(1, 3)
    >>> number("budget", -1, minimum=0)
    Traceback (most recent call last):
    efmodels.errors.GameError: budget must be a number of at least 0; got -1
    >>> number("density", 0, above=0, maximum=1)
    Traceback (most recent call last):
    efmodels.errors.GameError: density must be a number above 0 and of at most 1; got 0
    """
    read = _read(value)
    if (
        read is not None
        and (minimum is None or read >= minimum)
        and (maximum is None or read <= maximum)
        and (above is None or read > above)
        and (below is None or read < below)
    ):
        return read
    if minimum is not None and maximum is not None:
        allowed = f"from {minimum} to {maximum}"
    else:
        bounds = {"of at least": minimum, "above": above, "of at most": maximum, "below": below}
        given = [f"{words} {bound}" for words, bound in bounds.items() if bound is not None]
        allowed = " and ".join(given) or "such as 3, 0.5 or '1/3'"
    raise GameError(f"{name} must be a number {allowed}; got {value!r}")


def probability(name: str, value: Any) -> Number:
    """Return a number that is a probability.

    Raises
    ------
    GameError
        Naming the parameter and what it was.

    Examples
    --------
    >>> probability("discount", 2)
    Traceback (most recent call last):
    efmodels.errors.GameError: discount must be a number from 0 to 1; got 2
    """
    return number(name, value, minimum=0, maximum=1)


def numbers(name: str, values: Any, *, minimum: float | None = None) -> tuple[Number, ...]:
    """Return the numbers of a list, each read as by :func:`number`, in the order given.

    Raises
    ------
    GameError
        It is no list, or one of its members is no number in the range.

    Examples
    --------
    >>> numbers("budgets", (1, -1), minimum=0)
    Traceback (most recent call last):
    efmodels.errors.GameError: budgets[1] must be a number of at least 0; got -1
    """
    listed = enumerate(members(name, values))
    return tuple(number(f"{name}[{k}]", value, minimum=minimum) for k, value in listed)


def distinct_numbers(name: str, values: Any, *, minimum: float | None = None) -> tuple[Number, ...]:
    """Return one or more different numbers, in the order given.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> distinct_numbers("values", (0, "1/2", 1), minimum=0)
    (0, Fraction(1, 2), 1)
    >>> distinct_numbers("values", ())
    Traceback (most recent call last):
    efmodels.errors.GameError: values must list one or more different numbers; got ()
    """
    read = numbers(name, values, minimum=minimum)
    if not read or len(set(read)) < len(read):
        raise GameError(f"{name} must list one or more different numbers; got {values!r}")
    return read


def distribution(name: str, values: Any, outcomes: int | None = None) -> tuple[Number, ...]:
    """Return probabilities, which are nonnegative and sum to one.

    Parameters
    ----------
    name
        What the parameter is called in messages.
    values
        The probabilities.
    outcomes
        How many there must be, if that is known.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> distribution("prior", ("1/3", "2/3"), 2)
    (Fraction(1, 3), Fraction(2, 3))
    >>> distribution("prior", (1, 1))
    Traceback (most recent call last):
    efmodels.errors.GameError: prior must be probabilities that sum to 1; these 2 sum to 2
    """
    read = tuple(probability(f"{name}[{k}]", p) for k, p in enumerate(members(name, values)))
    total = sum(read)
    wrong_number = outcomes is not None and len(read) != outcomes
    if wrong_number or abs(float(total) - 1) > PROBABILITY_TOLERANCE:
        number_of = "" if outcomes is None else f"{outcomes} "
        raise GameError(
            f"{name} must be {number_of}probabilities that sum to 1; "
            f"these {len(read)} sum to {total}"
        )
    return read


def number_array(name: str, values: Any, shape: Sequence[int | str]) -> Exact:
    """Return an array of numbers, each read as by :func:`number`.

    Parameters
    ----------
    name
        What the parameter is called in messages.
    values
        Nested lists, or an array.
    shape
        The length of each axis. A text stands for a length of at least 1 that is read off, and
        says what it counts.

    Raises
    ------
    GameError
        Naming the parameter, its shape and the one it must have, or what is no number.

    Examples
    --------
    >>> number_array("prior", ["1/3", "2/3"], (2,)).tolist()
    [Fraction(1, 3), Fraction(2, 3)]
    >>> number_array("u", [[1, 2]], (2, "actions"))
    Traceback (most recent call last):
    efmodels.errors.GameError: u must be an array of shape (2, actions); got one of shape (1, 2)
    """
    try:
        array = np.array(values, dtype=object)
    except ValueError:  # rows of different lengths, for some of them
        array = np.array([], dtype=object)
    fits = len(array.shape) == len(shape) and all(
        length == wanted if isinstance(wanted, int) else length > 0
        for length, wanted in zip(array.shape, shape, strict=True)
    )
    if not fits:
        wanted = f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
        raise GameError(
            f"{name} must be an array of shape {wanted}; got one of shape {array.shape}"
        )
    read = np.empty_like(array)
    for place in np.ndindex(*array.shape):
        read[place] = number(f"{name}[{', '.join(map(str, place))}]", array[place])
    return read


def _read(value: Any) -> Number | None:
    """Return what a value says, or nothing if it is no number, or none that is finite."""
    try:
        read = number_given(value)
        return read if np.isfinite(rounded(read)) else None
    except ValueError:
        return None
