"""Checks of the parameters that the instances are called with."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Number
    from collections.abc import Callable


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
def require_real(expected: str, holds: Callable[[float], bool], **parameters: object) -> None:
    """Raise unless each of the named parameters is an ``int`` or a ``float`` in a range.

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
    >>> require_real("0 < density <= 1", lambda x: 0 < x <= 1, density=2)
    Traceback (most recent call last):
    efmodels.errors.GameError: density must be a number with 0 < density <= 1; got 2
    """
    for name, value in parameters.items():
        if not isinstance(value, int | float) or isinstance(value, bool) or not holds(value):
            raise GameError(f"{name} must be a number with {expected}; got {value!r}")
