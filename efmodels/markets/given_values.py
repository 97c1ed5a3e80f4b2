"""Values as they are given: nested lists, arrays, sparse matrices and DataFrames become entries.

A pair of a bidder and a good that has no entry is excluded: the bidder does not take part in the
sale of the good. An entry of zero is kept: she takes part and values the good at nothing.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.markets.exact_numbers import Numbers, numbers_in_array, numbers_in_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from efmodels.game import Bools, Ints, Number

    Table = NDArray[Any] | sparse.sparray | sparse.spmatrix | pd.DataFrame
    # Entries are what has been read before, so that a market can be made from another one's parts.
    Values: TypeAlias = "Sequence[Sequence[Number | str | None]] | Table | Entries"

_NUMERIC = "iuf"
_is_there = np.frompyfunc(lambda item: item is not None, 1, 1)

HOW_TO_EXCLUDE = (
    "; a pair that is excluded is None in a list, masked in an array, NaN in a DataFrame, and not "
    "there in a sparse matrix"
)


@dataclass(frozen=True, eq=False)
class Entries:
    """The values in the order of the bidders and, for each, of the goods.

    Parameters
    ----------
    numbers
        The values.
    good
        The good of each value; ascending for each bidder.
    start
        The values of bidder ``i`` are ``start[i]`` up to ``start[i + 1]``.
    shape
        Numbers of bidders and of goods.
    bidders, goods
        Labels, where the table had some.
    """

    numbers: Numbers
    good: Ints
    start: Ints
    shape: tuple[int, int]
    bidders: tuple[str, ...] | None = None
    goods: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Forbid changes to the arrays: others share them."""
        read_only(self.good)
        read_only(self.start)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the parts, so that what is read back is read-only as well."""
        parts = (self.numbers, self.good, self.start, self.shape, self.bidders, self.goods)
        return Entries, parts

    @property
    def bidder(self) -> Ints:
        """The bidder of each value."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.start))

    def matrix(self) -> sparse.csr_array:
        """Return the floats as a sparse matrix that shares the read-only arrays."""
        return sparse.csr_array((self.numbers.floats, self.good, self.start), shape=self.shape)


def entries_given(values: Values) -> Entries:
    """Turn the values into entries, whatever they are given as.

    Raises
    ------
    GameError
        They are no table with a number or nothing in each place, or a sparse matrix has two
        entries in one place.

    Examples
    --------
    >>> entries = entries_given([[1, None], ["1/2", 0]])
    >>> entries.numbers.exact, entries.bidder.tolist(), entries.good.tolist()
    ((1, Fraction(1, 2), 0), [0, 1, 1], [0, 0, 1])
    """
    if isinstance(values, Entries):
        return values
    if sparse.issparse(values):
        return _from_sparse(values)
    # Whoever gives a DataFrame has loaded pandas.
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(values, pandas.DataFrame):
        return _from_frame(values)
    if isinstance(values, np.ma.MaskedArray):
        table = _require_table(values.data)
        return _from_table(table, ~np.ma.getmaskarray(values))
    if isinstance(values, np.ndarray):
        return _from_table(_require_table(values))
    return _from_table(_table_of_rows(values))


def entries_at(
    numbers: Numbers, bidder: Ints, good: Ints, shape: tuple[int, int], **labels: tuple[str, ...]
) -> Entries:
    """Return entries from the bidder and good of each number, in order and without repetition."""
    start = np.zeros(shape[0] + 1, dtype=np.int32)
    np.cumsum(np.bincount(bidder, minlength=shape[0]), out=start[1:])
    return Entries(numbers, good.astype(np.int32), start, shape, **labels)


def _from_table(
    table: NDArray[Any],
    here: Bools | None = None,
    bidders: tuple[str, ...] | None = None,
    goods: tuple[str, ...] | None = None,
) -> Entries:
    """Read a table with two axes; ``here`` tells numbers from what is missing."""
    numeric = table.dtype.kind in _NUMERIC
    if here is None:
        here = np.ones(table.shape, dtype=bool) if numeric else _is_there(table).astype(bool)
    bidder, good = np.nonzero(here)

    def place(k: int) -> str:
        row: object = bidders[bidder[k]] if bidders else int(bidder[k])
        column: object = goods[good[k]] if goods else int(good[k])
        return f"values[{row!r}, {column!r}]"

    items = table[here]
    numbers = numbers_in_array(items) if numeric else numbers_in_list(items.tolist(), place)
    start = np.concatenate(([0], np.cumsum(here.sum(axis=1)))).astype(np.int32)
    return Entries(numbers, good.astype(np.int32), start, table.shape, bidders, goods)


def _from_frame(frame: pd.DataFrame) -> Entries:
    labels = [tuple([str(label) for label in axis]) for axis in (frame.index, frame.columns)]
    table = frame.to_numpy()
    return _from_table(table, frame.notna().to_numpy(), *labels)


def _from_sparse(matrix: Any) -> Entries:
    if matrix.ndim != 2 or matrix.dtype.kind not in _NUMERIC:  # noqa: PLR2004 - rows and columns
        raise GameError(
            f"values is a sparse matrix of shape {matrix.shape} and type {matrix.dtype}: expected "
            "two axes, and integers or floats"
        )
    if matrix.format == "csr" and matrix.has_canonical_format:
        good, start = (np.array(a, dtype=np.int32) for a in (matrix.indices, matrix.indptr))
        return Entries(numbers_in_array(matrix.data), good, start, matrix.shape)
    entries = matrix.tocoo()
    order = np.lexsort((entries.col, entries.row))
    bidder, good = entries.row[order], entries.col[order]
    again = (np.diff(bidder) == 0) & (np.diff(good) == 0)
    if again.any():
        k = int(np.argmax(again))
        raise GameError(
            f"values has two entries in row {bidder[k]}, column {good[k]}: add them up "
            "(values.sum_duplicates()) or keep one of them first"
        )
    return entries_at(numbers_in_array(entries.data[order]), bidder, good, matrix.shape)


def _table_of_rows(values: Any) -> NDArray[Any]:
    """Return nested lists as an array of objects; their numbers may be exact."""
    try:
        rows = [list(row) if not isinstance(row, str) else None for row in values]
    except TypeError:
        rows = [None]
    if any(row is None for row in rows):
        raise GameError(
            f"values is a {type(values).__name__}, and no table: expected a list of rows (one per "
            "bidder), an array, a sparse matrix or a DataFrame"
        )
    lengths = [len(row or ()) for row in rows]
    if len(set(lengths)) > 1:
        k = next(k for k, length in enumerate(lengths) if length != lengths[0])
        raise GameError(
            f"values[0] has {lengths[0]} numbers and values[{k}] has {lengths[k]}: expected one "
            "per good, None where the bidder is excluded"
        )
    table = np.empty((len(rows), max(lengths, default=0)), dtype=object)
    for k, row in enumerate(rows):
        table[k, :] = row
    return table


def _require_table(array: NDArray[Any]) -> NDArray[Any]:
    if array.ndim != 2 or array.dtype.kind not in _NUMERIC + "O":  # noqa: PLR2004 - two axes
        raise GameError(
            f"values is an array of shape {array.shape} and type {array.dtype}: expected shape "
            "(bidders, goods), and integers, floats or objects"
        )
    return array
