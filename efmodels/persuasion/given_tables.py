"""Tables of numbers and lists of labels as they are given, checked and named in every error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.assembly import PROBABILITY_TOLERANCE
from efmodels.errors import GameError
from efmodels.markets.exact_numbers import Numbers, numbers_in_array, numbers_in_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from efmodels.game import Floats


def table_given(name: str, given: Any, shape: Sequence[int | str]) -> tuple[Numbers, Shape]:
    """Return finite numbers in row-major order, and their shape.

    Parameters
    ----------
    name
        What messages call the table.
    given
        Nested lists, or an array; texts such as ``"1/3"`` are exact.
    shape
        The length of each axis. A text stands for any length of at least 1, and says what it
        counts.

    Raises
    ------
    GameError
        The shape is another one, or an entry is no finite number; the message names its place.

    Examples
    --------
    >>> table_given("prior", ["1/3", "2/3"], ("states",))[0].as_given
    (Fraction(1, 3), Fraction(2, 3))
    >>> table_given("sender_payoffs", [[1, 2]], (2, "actions"))
    Traceback (most recent call last):
    efmodels.errors.GameError: sender_payoffs has shape (1, 2); expected (2, actions)
    """
    array = _array(given)
    fits = array.ndim == len(shape) and all(
        length == wanted if isinstance(wanted, int) else length > 0
        for length, wanted in zip(array.shape, shape, strict=True)
    )
    if not fits:
        wanted = ", ".join(map(str, shape)) + "," * (len(shape) == 1)
        raise GameError(f"{name} has shape {array.shape}; expected ({wanted})")

    def place(k: int) -> str:
        indices = ", ".join(map(str, np.unravel_index(k, array.shape)))
        return f"{name}[{indices}]"

    if array.dtype.kind in "iuf":
        numbers = numbers_in_array(array.ravel())
    else:
        numbers = numbers_in_list(array.ravel().tolist(), place)
    strange = np.flatnonzero(~np.isfinite(numbers.floats))
    if len(strange):
        k = int(strange[0])
        raise GameError(f"{place(k)} is {numbers.floats[k]}: expected a finite number")
    return numbers, array.shape


def _array(given: Any) -> Any:
    if isinstance(given, np.ndarray) and given.dtype.kind in "iuf":
        return given
    try:
        return np.array(given, dtype=object)
    except ValueError:  # rows of different lengths
        return np.array(None, dtype=object)


def require_distributions(name: str, probabilities: Floats) -> None:
    """Raise a `GameError` unless nothing is negative and the last axis sums to 1 everywhere.

    >>> require_distributions("prior", np.array([0.5, 0.6]))
    Traceback (most recent call last):
    efmodels.errors.GameError: prior sums to 1.1: expected probabilities that sum to 1
    """
    if (probabilities < 0).any():
        place = tuple(np.argwhere(probabilities < 0)[0].tolist())
        indices = ", ".join(map(str, place))
        raise GameError(
            f"{name}[{indices}] is {float(probabilities[place])}: a probability is at least 0"
        )
    totals = probabilities.sum(axis=-1)
    off = np.abs(totals - 1) > PROBABILITY_TOLERANCE
    if np.any(off):
        place = tuple(np.argwhere(off)[0].tolist())
        where = f"[{', '.join(map(str, place))}]" if place else ""
        total = f"{float(totals[place]):.6g}"
        raise GameError(f"{name}{where} sums to {total}: expected probabilities that sum to 1")


def labels_given(
    name: str, given: Iterable[str] | None, count: int, letter: str
) -> tuple[str, ...]:
    """Return distinct labels; by default a letter with a number from 1.

    Raises
    ------
    GameError
        There are too many or too few, one stands twice, or one is no text or an empty one.

    Examples
    --------
    >>> labels_given("states", None, 2, "S")
    ('S1', 'S2')
    >>> labels_given("states", ["good", "good"], 2, "S")
    Traceback (most recent call last):
    efmodels.errors.GameError: states has 'good' twice: labels must be different
    """
    if given is None:
        return tuple(f"{letter}{k + 1}" for k in range(count))
    if isinstance(given, str):
        raise GameError(f"{name} is the text {given!r}: give a list of labels")
    labels = tuple(given)
    if len(labels) != count:
        raise GameError(f"{name} has {len(labels)} labels; the tables have {count}")
    for k, label in enumerate(labels):
        if not isinstance(label, str) or not label.strip():
            raise GameError(f"{name}[{k}] is {label!r}: expected a text that is not empty")
        if label in labels[:k]:
            raise GameError(f"{name} has {label!r} twice: labels must be different")
    return labels


Shape = tuple[int, ...]
