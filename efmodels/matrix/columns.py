"""A number for every variable or row: as many as there are, or one for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import ArrayLike, NDArray

    from efmodels.game import Floats


def column(numbers: ArrayLike | None, size: int, what: str, missing: float = np.nan) -> Floats:
    """Return numbers as a read-only array, of shape ``()`` if one stands for all.

    Raises
    ------
    GameError
        There are neither one nor ``size`` of them.

    Examples
    --------
    >>> column(None, 3, "lower bounds", missing=-np.inf)
    array(-inf)
    """
    array = np.array(missing if numbers is None else numbers, dtype=float)
    if array.shape not in {(), (size,)}:
        raise GameError(f"got {what} of shape {array.shape}; give one number or {size}")
    array.flags.writeable = False
    return array


def entry(array: NDArray[Any], position: int) -> Any:
    """Return the number at a position, as Python's own type."""
    return array.item(position) if array.ndim else array.item()


def overlaid(
    array: NDArray[Any], size: int, data: Mapping[int, Any], read: Callable[[Any], Any]
) -> NDArray[Any]:
    """Return the numbers of all, those of the objects that exist read from them.

    Examples
    --------
    >>> overlaid(np.array(1.0), 3, {1: "seven"}, len)
    array([1., 5., 1.])
    """
    result = np.array(np.broadcast_to(array, (size,)))
    if data:
        result[_positions(data)] = np.fromiter(map(read, data.values()), array.dtype, len(data))
    return result


def _positions(data: Collection[int]) -> NDArray[np.int64]:
    return np.fromiter(data, np.int64, len(data))
