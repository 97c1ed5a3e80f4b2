"""Checks of the parameters that the instances are called with."""

from __future__ import annotations

from efmodels.errors import GameError


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
