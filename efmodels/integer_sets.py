"""Distinct integers and distinct rows of integers, in sorted order.

``np.unique`` without further results hashes, which takes seconds on the packed codes that are used
here; sorting them takes a fraction of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from efmodels.game import Bools, Ints

    Array = NDArray[Any]


def distinct_integers(numbers: Ints) -> Ints:
    """Return the distinct numbers, increasing.

    >>> distinct_integers(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    result: Ints = ordered[first]
    return result


def is_among(numbers: Ints, others: Ints) -> Bools:
    """Return which of the numbers are among the others, which are distinct and increasing.

    >>> is_among(np.array([1, 2, 5]), np.array([2, 4])).tolist()
    [False, True, False]
    """
    if not len(others):
        return np.zeros(len(numbers), dtype=bool)
    place = np.minimum(np.searchsorted(others, numbers), len(others) - 1)
    result: Bools = others[place] == numbers
    return result


def distinct_rows(table: Array) -> tuple[Ints, Ints]:
    """Return where each distinct row of integers occurs first, and which of them each row is.

    >>> first, which = distinct_rows(np.array([[1, 2], [0, 5], [1, 2]]))
    >>> first.tolist(), which.tolist()
    ([1, 0], [1, 0, 1])
    """
    _, first, which = np.unique(_codes(len(table), table.T), return_index=True, return_inverse=True)
    return first, which


def row_numbers(*columns: Array) -> Ints:
    """Return which of the distinct rows of some columns each row is; faster than `distinct_rows`.

    >>> row_numbers(np.array([1, 0, 1]), np.array([2, 5, 2])).tolist()
    [1, 0, 1]
    """
    which: Ints = np.unique(_codes(len(columns[0]), columns), return_inverse=True)[1]
    return which


def _codes(rows: int, columns: Iterable[Array]) -> Ints:
    """Return a number for each row, in the order of the rows, equal ones for equal rows."""
    code = np.zeros(rows, dtype=np.int64)
    codes = 1
    for column in columns:
        digit, digits = _digits(column)
        if codes * digits >= 1 << 62:
            _, code = np.unique(code, return_inverse=True)
            codes = int(code.max()) + 1
        if digits > 1:
            code = code * digits + digit
            codes *= digits
    return code


def _digits(column: Array) -> tuple[Ints, int]:
    """Return numbers from 0 that tell the same entries apart, and their number, less than 2^32."""
    low, high = int(column.min()), int(column.max())
    if low < -(1 << 30) or high > 1 << 30:
        distinct, rank = np.unique(column, return_inverse=True)
        return rank, len(distinct)
    # Small types are widened first: the difference of two of their numbers may not fit.
    return column.astype(np.int64, copy=False) - low, high - low + 1
