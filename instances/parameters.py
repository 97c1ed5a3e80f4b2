"""Checks of the parameters that the instances are called with."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from fractions import Fraction
from math import inf, isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.assembly import PROBABILITY_TOLERANCE
from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Number


def require_at_least(minimum: int, **parameters: int) -> None:
    """Raise unless each of the named parameters is an integer of at least ``minimum``.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> require_at_least(2, players=1)
    Traceback (most recent call last):
    efmodels.errors.GameError: players must be an integer of at least 2; got 1
    """
    for name, value in parameters.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            raise GameError(f"{name} must be an integer of at least {minimum}; got {value!r}")


def require_number(minimum: Number | None, maximum: Number | None, **parameters: Number) -> None:
    """Raise unless each of the named parameters is a finite number within the given range.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> require_number(0, 1, discount=1.5)
    Traceback (most recent call last):
    efmodels.errors.GameError: discount must be a number from 0 to 1; got 1.5
    """
    low = -math.inf if minimum is None else minimum
    high = math.inf if maximum is None else maximum
    if maximum is None:
        expected = "a finite number" if minimum is None else f"a number of at least {minimum}"
    else:
        expected = f"a number from {minimum} to {maximum}"
    for name, value in parameters.items():
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not (number and low <= value <= high and math.isfinite(value)):
            raise GameError(f"{name} must be {expected}; got {value!r}")


def require_one_of(allowed: Sequence[str], **parameters: str) -> None:
    """Raise unless each of the named parameters is one of the given texts.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it may be.

    Examples
    --------
    >>> require_one_of(("split", "discard"), ties="share")
    Traceback (most recent call last):
    efmodels.errors.GameError: ties must be one of 'split', 'discard'; got 'share'
    """
    for name, value in parameters.items():
        if value not in allowed:
            raise GameError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {value!r}")


def require_real(expected: str, holds: Callable[[float], bool], **parameters: object) -> None:
    """Raise unless each of the named parameters is an ``int`` or a ``float`` in a range.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> require_real("0 < density <= 1", lambda x: 0 < x <= 1, density=2)
    Traceback (most recent call last):
    efmodels.errors.GameError: density must be a number with 0 < density <= 1; got 2
    """
    for name, value in parameters.items():
        if not isinstance(value, int | float) or isinstance(value, bool) or not holds(value):
            raise GameError(f"{name} must be a number with {expected}; got {value!r}")


def number(name: str, value: Any, *, minimum: float = -inf, maximum: float = inf) -> Number:
    """Return a number between two bounds; a text such as ``"1/3"`` becomes a fraction.

    Integers, fractions and floats stay what they are.

    Parameters
    ----------
    name
        What the parameter is called in messages.
    value
        What it is.
    minimum, maximum
        The bounds, both allowed.

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
    """
    read = _read(value)
    # NaN compares with nothing.
    if read is not None and minimum <= read <= maximum and -inf < read < inf:
        return read
    bounds = {
        (True, True): f" between {minimum} and {maximum}",
        (True, False): f" of at least {minimum}",
        (False, True): f" of at most {maximum}",
    }.get((minimum > -inf, maximum < inf), "")
    raise GameError(f"{name} must be a number{bounds}; got {value!r}")


def distinct_numbers(name: str, values: Any, *, minimum: float = -inf) -> tuple[Number, ...]:
    """Return one or more different numbers, each as :func:`number` does, in the order given.

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
    listed = values_of(name, values)
    read = tuple(number(f"{name}[{k}]", value, minimum=minimum) for k, value in enumerate(listed))
    if not read or len(set(read)) < len(read):
        raise GameError(f"{name} must list one or more different numbers; got {values!r}")
    return read


def distribution(name: str, probabilities: Any, outcomes: int) -> tuple[Number, ...]:
    """Return probabilities, one per outcome, which must be nonnegative and sum to one.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> distribution("prior", ("1/3", "2/3"), 2)
    (Fraction(1, 3), Fraction(2, 3))
    >>> distribution("p", (1, 1), 2)
    Traceback (most recent call last):
    efmodels.errors.GameError: p must be 2 probabilities that sum to 1; got (1, 1) with the sum 2
    """
    listed = values_of(name, probabilities)
    read = tuple(number(f"{name}[{k}]", p, minimum=0, maximum=1) for k, p in enumerate(listed))
    total = sum(read)
    if len(read) != outcomes or abs(float(total) - 1) > PROBABILITY_TOLERANCE:
        raise GameError(
            f"{name} must be {outcomes} probabilities that sum to 1; got {shown(read)} with the "
            f"sum {total}"
        )
    return read


def values_of(name: str, values: Any) -> tuple[Any, ...]:
    """Return the members of a list that is a parameter.

    Raises
    ------
    GameError
        It is no list, tuple or array; a text is none, either.

    Examples
    --------
    >>> values_of("values", 3)
    Traceback (most recent call last):
    efmodels.errors.GameError: values must be a list; got 3
    """
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise GameError(f"{name} must be a list; got {values!r}")
    return tuple(values)


def shown(value: Any) -> str:
    """Write a number, or lists and mappings of numbers, as a title shows them.

    >>> shown(([0, Fraction(1, 2)], (1,)))
    '((0, 1/2), (1,))'
    >>> shown({(1, 2): "1/3"})
    '{(1, 2): 1/3}'
    """
    if isinstance(value, Mapping):
        entries = ", ".join(f"{shown(key)}: {shown(entry)}" for key, entry in value.items())
        return f"{{{entries}}}"
    if not isinstance(value, (tuple, list)):
        return str(value)
    members = ", ".join(shown(member) for member in value)
    return f"({members}{',' * (len(value) == 1)})"


def _read(value: Any) -> Number | None:
    """Return what a value says, or nothing if it is no number."""
    if isinstance(value, str):
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            return None
    # Of a numpy scalar the Python number inside.
    plain = value.item() if hasattr(value, "item") and hasattr(value, "dtype") else value
    if isinstance(plain, (int, float, Fraction)) and not isinstance(plain, bool):
        return plain
    return None


def require_list(**parameters: object) -> None:
    """Raise unless each of the named parameters is a list, a tuple or something like it.

    Raises
    ------
    GameError
        Naming the parameter and what it was.

    Examples
    --------
    >>> require_list(pool=3)
    Traceback (most recent call last):
    efmodels.errors.GameError: pool must be a list or a tuple; got 3
    """
    for name, value in parameters.items():
        if not isinstance(value, Collection) or isinstance(value, str | Mapping):
            raise GameError(f"{name} must be a list or a tuple; got {value!r}")


def require_mapping(**parameters: object) -> None:
    """Raise unless each of the named parameters is a dict or something like it.

    Raises
    ------
    GameError
        Naming the parameter and what it was.

    Examples
    --------
    >>> require_mapping(graph=["S"])
    Traceback (most recent call last):
    efmodels.errors.GameError: graph must be a dict; got ['S']
    """
    for name, value in parameters.items():
        if not isinstance(value, Mapping):
            raise GameError(f"{name} must be a dict; got {value!r}")


def require_different(**parameters: Iterable[Hashable]) -> None:
    """Raise if one of the named parameters holds something twice.

    Things are the same if their texts are: the texts become labels.

    Raises
    ------
    GameError
        Naming the parameter and what it holds twice.

    Examples
    --------
    >>> require_different(messages=["beer", "beer"])
    Traceback (most recent call last):
    efmodels.errors.GameError: messages must all be different; 'beer' is there twice
    """
    for name, values in parameters.items():
        seen: set[str] = set()
        for label in map(str, values):
            if label in seen:
                raise GameError(f"{name} must all be different; {label!r} is there twice")
            seen.add(label)


def require_number_at_least(minimum: int, **parameters: Number | str) -> Number:
    """Return the one named parameter as a number; raise unless it is at least ``minimum``.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> require_number_at_least(0, prize="-1/2")
    Traceback (most recent call last):
    efmodels.errors.GameError: prize must be a number of at least 0; got '-1/2'
    """
    ((name, value),) = parameters.items()
    number = exact_number(**parameters)
    if number < minimum:
        raise GameError(f"{name} must be a number of at least {minimum}; got {value!r}")
    return number


def require_positive(**parameters: Number | str) -> Number:
    """Return the one named parameter as a number; raise unless it is positive.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> require_positive(stack=0)
    Traceback (most recent call last):
    efmodels.errors.GameError: stack must be a number above 0; got 0
    """
    ((name, value),) = parameters.items()
    number = exact_number(**parameters)
    if number <= 0:
        raise GameError(f"{name} must be a number above 0; got {value!r}")
    return number


def require_probability(**parameters: Number | str) -> Number:
    """Return the one named parameter as a number; raise unless it lies between 0 and 1.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> require_probability(discount="9/10")
    Fraction(9, 10)
    >>> require_probability(discount=2)
    Traceback (most recent call last):
    efmodels.errors.GameError: discount must be a number between 0 and 1; got 2
    """
    ((name, value),) = parameters.items()
    number = exact_number(**parameters)
    if not 0 <= number <= 1:
        raise GameError(f"{name} must be a number between 0 and 1; got {value!r}")
    return number


def require_probabilities(**parameters: Iterable[Number | str]) -> tuple[Number, ...]:
    """Return the one named parameter as numbers; raise unless they are a distribution.

    Raises
    ------
    GameError
        Naming the parameter: a number is negative, or they do not sum to one.

    Examples
    --------
    >>> require_probabilities(prior=["1/3", "1/3"])
    Traceback (most recent call last):
    efmodels.errors.GameError: prior must sum to 1; it sums to 2/3
    """
    ((name, values),) = parameters.items()
    numbers = tuple(exact_number(**{name: value}) for value in values)
    negative = [number for number in numbers if number < 0]
    if negative:
        raise GameError(f"{name} must hold probabilities of at least 0; got {negative[0]}")
    if abs(float(sum(numbers)) - 1) > PROBABILITY_TOLERANCE:
        raise GameError(f"{name} must sum to 1; it sums to {sum(numbers)}")
    return numbers


def exact_number(**parameters: Number | str) -> Number:
    """Return the one named parameter as a finite number; a text such as ``"1/3"`` is read exactly.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> exact_number(prize="1/3")
    Fraction(1, 3)
    >>> exact_number(prize="much")
    Traceback (most recent call last):
    efmodels.errors.GameError: prize must be a number such as 3, 0.5 or '1/3'; got 'much'
    """
    ((name, value),) = parameters.items()
    number: Any = value.item() if isinstance(value, np.generic) else value
    try:
        number = Fraction(number) if isinstance(number, str) else number
        known = isinstance(number, int | float | Fraction) and not isinstance(number, bool)
        good = known and isfinite(number)
    except (ValueError, ZeroDivisionError, OverflowError):
        good = False
    if not good:
        raise GameError(f"{name} must be a number such as 3, 0.5 or '1/3'; got {value!r}")
    exact: Number = number
    return exact


def exact_array(shape: Sequence[int], **parameters: ArrayLike) -> Any:
    """Return the one named parameter as an array of exact numbers; raise unless it has the shape.

    Raises
    ------
    GameError
        Naming the parameter, its shape and the one it must have, or what is no number.

    Examples
    --------
    >>> exact_array((2,), prior=["1/3", "2/3"]).tolist()
    [Fraction(1, 3), Fraction(2, 3)]
    >>> exact_array((2, 2), sender=[[1, 2]])
    Traceback (most recent call last):
    efmodels.errors.GameError: sender must be an array of shape (2, 2); got one of shape (1, 2)
    """
    ((name, value),) = parameters.items()
    wanted = tuple(shape)
    try:
        array = np.array(value, dtype=object)
    except ValueError as error:
        raise GameError(f"{name} must be an array of shape {wanted}; its rows differ") from error
    if array.shape != wanted:
        raise GameError(
            f"{name} must be an array of shape {wanted}; got one of shape {array.shape}"
        )
    numbers = np.empty(array.size, dtype=object)
    numbers[:] = [exact_number(**{name: entry}) for entry in array.ravel().tolist()]
    return numbers.reshape(wanted)


def require_sequence(**parameters: object) -> None:
    """Raise unless each of the named parameters has entries that can be counted.

    Raises
    ------
    GameError
        Naming the parameter and what it was.

    Examples
    --------
    >>> require_sequence(values=3)
    Traceback (most recent call last):
    efmodels.errors.GameError: values must be a sequence; got 3
    """
    for name, value in parameters.items():
        if not isinstance(value, Collection):
            raise GameError(f"{name} must be a sequence; got {value!r}")
