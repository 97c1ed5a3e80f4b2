"""Many lines at a time: the entries of a compressed matrix in chunks, and numbers as texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from efmodels.game import Floats

Texts = np.ndarray[Any, np.dtype[np.object_]]

_LINES = 2**14  # of a chunk: enough for numpy to pay, few enough for their texts to be small


@dataclass(frozen=True)
class Chunk:
    """Consecutive entries of a compressed matrix, none of whose rows (columns) is empty.

    Attributes
    ----------
    entries
        Which ones.
    started, starts
        The rows that have their first entry in the chunk, and where it stands in the chunk.
    ended, ends
        The rows that have their last entry in the chunk, and where it stands in the chunk.
    """

    entries: slice
    started: slice
    starts: NDArray[np.integer[Any]]
    ended: slice
    ends: NDArray[np.integer[Any]]


def ranges(size: int) -> Iterator[slice]:
    """Cut ``range(size)`` into pieces of as many lines as are written at once."""
    for start in range(0, size, _LINES):
        yield slice(start, min(start + _LINES, size))


def chunks(indptr: NDArray[np.integer[Any]]) -> Iterator[Chunk]:
    """Cut the entries of a compressed matrix into chunks, also within long rows."""
    first, last = indptr[:-1], indptr[1:] - 1
    for entries in ranges(int(indptr[-1])):
        limits = (entries.start, entries.stop)
        started = slice(*np.searchsorted(first, limits).tolist())
        ended = slice(*np.searchsorted(last, limits).tolist())
        yield Chunk(
            entries, started, first[started] - entries.start, ended, last[ended] - entries.start
        )


def number_texts(values: Floats) -> Texts:
    """Return the shortest texts that are read back as the same numbers.

    Examples
    --------
    >>> number_texts(np.array([0.1, -0.0, 1e20])).tolist()
    ['0.1', '0.0', '1e+20']
    """
    values = values + 0.0  # turns -0.0 into 0.0
    distinct, places = np.unique(values, return_inverse=True)
    if 2 * distinct.size > values.size:  # too few are alike for that to pay
        return texts(list(map(repr, values.tolist())))
    return texts(list(map(repr, distinct.tolist())))[places]


def texts(values: Sequence[str]) -> Texts:
    """Return texts as an array that can be indexed with arrays."""
    return np.array(values, dtype=np.object_)


def joined(*parts: Any) -> str:
    r"""Join the texts of arrays that run side by side; a lone text is repeated.

    Examples
    --------
    >>> joined(texts(["1.0", "2.0"]), " x\n")
    '1.0 x\n2.0 x\n'
    """
    lines = np.stack(np.broadcast_arrays(*(np.asarray(part, np.object_) for part in parts)), -1)
    return "".join(lines.ravel().tolist())
