"""What the instances ask of their parameters: integers, truth values, texts and lists.

Every function takes the name of a parameter and what was given, and returns it as the instances
use it. Numbers that need not be integers are read by :mod:`efmodels.instances.exact_numbers`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Sequence

Text = TypeVar("Text", bound=str)


def integer(name: str, value: Any, *, minimum: int, maximum: int | None = None) -> int:
    """Return an integer in a range, both ends of which are allowed.

    An integer of numpy becomes one of Python; a truth value is no integer.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it must be.

    Examples
    --------
    >>> integer("players", np.int64(3), minimum=2)
    3
    >>> integer("players", 1, minimum=2)
    Traceback (most recent call last):
    efmodels.errors.GameError: players must be an integer of at least 2; got 1
    """
    known = _is_integer(value)
    if not known or value < minimum or (maximum is not None and value > maximum):
        allowed = f"of at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        raise GameError(f"{name} must be an integer {allowed}; got {value!r}")
    return int(value)


def integer_range(name: str, ends: tuple[Any, ...]) -> tuple[int, int]:
    """Return the ends of a range of integers.

    Raises
    ------
    GameError
        They are not two integers, or the second one is smaller.

    Examples
    --------
    >>> integer_range("low, high", (9, 1))
    Traceback (most recent call last):
    efmodels.errors.GameError: low, high must be two integers, the smaller one first; got (9, 1)
    """
    match ends:
        case (low, high) if _is_integer(low) and _is_integer(high) and low <= high:
            return int(low), int(high)
    raise GameError(f"{name} must be two integers, the smaller one first; got {ends!r}")


def truth(name: str, value: Any) -> bool:
    """Return whether a rule holds.

    Raises
    ------
    GameError
        It is neither true nor false; 0, 1 and texts are none of the two.

    Examples
    --------
    >>> truth("wild", "no")
    Traceback (most recent call last):
    efmodels.errors.GameError: wild must be True or False; got 'no'
    """
    if not isinstance(value, bool | np.bool_):
        raise GameError(f"{name} must be True or False; got {value!r}")
    return bool(value)


def one_of(name: str, value: Text, allowed: Sequence[str]) -> Text:
    """Return one of the texts that a parameter may be.

    Raises
    ------
    GameError
        Naming the parameter, what it was and what it may be.

    Examples
    --------
    >>> one_of("ties", "share", ("split", "discard"))
    Traceback (most recent call last):
    efmodels.errors.GameError: ties must be one of 'split', 'discard'; got 'share'
    """
    if not isinstance(value, str) or value not in allowed:
        raise GameError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {value!r}")
    return value


def members(name: str, values: Any) -> tuple[Any, ...]:
    """Return what a list, a tuple or an array holds.

    Raises
    ------
    GameError
        It is none of these; texts, dicts and sets are none, either.

    Examples
    --------
    >>> members("pool", [2, 1])
    (2, 1)
    >>> members("pool", 3)
    Traceback (most recent call last):
    efmodels.errors.GameError: pool must be a list; got 3
    """
    no_list = isinstance(values, str | Mapping | AbstractSet) or not isinstance(values, Collection)
    if no_list or (isinstance(values, np.ndarray) and values.ndim == 0):
        raise GameError(f"{name} must be a list; got {values!r}")
    return tuple(values)


def different(name: str, values: Any) -> tuple[Any, ...]:
    """Return what a list holds, which must all be different.

    Things are the same if their texts are: the texts become labels.

    Raises
    ------
    GameError
        It is no list, or holds something twice.

    Examples
    --------
    >>> different("messages", ["beer", "beer"])
    Traceback (most recent call last):
    efmodels.errors.GameError: messages must all be different; 'beer' is there twice
    """
    listed = members(name, values)
    seen: set[str] = set()
    for label in map(str, listed):
        if label in seen:
            raise GameError(f"{name} must all be different; {label!r} is there twice")
        seen.add(label)
    return listed


def mapping(name: str, value: Any) -> Mapping[Any, Any]:
    """Return a dict or something like it.

    Raises
    ------
    GameError
        Naming the parameter and what it was.

    Examples
    --------
    >>> mapping("graph", ["S"])
    Traceback (most recent call last):
    efmodels.errors.GameError: graph must be a dict; got ['S']
    """
    if not isinstance(value, Mapping):
        raise GameError(f"{name} must be a dict; got {value!r}")
    return value


def titled(family: str, usual: Mapping[str, Any] | None = None, /, **parameters: Any) -> str:
    """Return a title that repeats the call.

    Parameters
    ----------
    family
        What the games are called.
    usual
        Values that are not worth mentioning, by the name of their parameter.
    **parameters
        The parameters as they were read.

    Examples
    --------
    >>> titled("Sheriff", {"value": 5, "penalty": 1}, items=10, value=5, penalty=2)
    'Sheriff (items=10, penalty=2)'
    >>> titled("Sheriff", {"value": 5}, value=5)
    'Sheriff'
    """
    usual = usual or {}
    told = {n: v for n, v in parameters.items() if n not in usual or _shown(v) != _shown(usual[n])}
    if not told:
        return family
    return f"{family} ({', '.join(f'{name}={_shown(value)}' for name, value in told.items())})"


def _shown(value: Any) -> str:
    """Write a value, or lists and mappings of values, as a title shows them.

    >>> from fractions import Fraction
    >>> _shown(([0, Fraction(1, 2)], (1,), "ab"))
    '((0, 1/2), (1,), ab)'
    >>> _shown({(1, 2): "1/3"})
    '{(1, 2): 1/3}'
    """
    if isinstance(value, np.ndarray):
        return _shown(value.tolist())
    if isinstance(value, Mapping):
        entries = ", ".join(f"{_shown(key)}: {_shown(entry)}" for key, entry in value.items())
        return f"{{{entries}}}"
    if not isinstance(value, tuple | list):
        return str(value)
    parts = ", ".join(map(_shown, value))
    return f"({parts}{',' * (len(value) == 1)})"


def _is_integer(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
