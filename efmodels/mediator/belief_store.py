"""Beliefs with their numbers, for the numpy engine: equal beliefs are stored once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.game import ranges

if TYPE_CHECKING:
    from efmodels.game import Ints


class Parts(NamedTuple):
    """Components of the frontiers of edges: candidates for beliefs.

    ``codes`` holds their sorted elements and commitments, concatenated without gaps; ``edge`` and
    ``open_infosets`` have a number per part, ``start`` and ``length`` say where its codes are.
    """

    edge: Ints
    start: Ints
    length: Ints
    codes: Ints
    open_infosets: Ints


class Collision(Exception):  # noqa: N818 - no error: it makes the work start again
    """Two different beliefs have the same sum of keys."""


class BeliefStore:
    """Numbers beliefs in the order in which they come.

    Parameters
    ----------
    keys
        A random 64-bit key per element and commitment; a belief is found by the sum of its keys,
        and then compared with the one that was found.
    """

    def __init__(self, keys: Ints) -> None:
        self._keys = keys
        self._known = np.zeros(0, dtype=np.uint64)  # sums of keys, sorted
        self._number = np.zeros(0, dtype=np.int64)  # which belief has each sum
        self._codes: Ints = np.zeros(1024, dtype=np.int32)
        self._start: Ints = np.zeros(1024, dtype=np.int64)
        self._open: Ints = np.zeros(1024, dtype=np.int64)
        self.count = 0

    @property
    def used(self) -> int:
        """The sum of the beliefs' sizes."""
        return int(self._start[self.count])

    @property
    def open_infosets(self) -> Ints:
        """The number of undecided infosets at or below each belief."""
        return self._open[: self.count]

    def between(self, first: int, last: int) -> tuple[Ints, Ints]:
        """Return the codes of some beliefs, concatenated, and where each begins."""
        start = self._start[first : last + 1]
        return self._codes[start[0] : start[-1]], start - start[0]

    def largest(self, elements: int) -> int:
        """Return the largest number of codes below ``elements`` in one belief."""
        if not self.count:
            return 0
        plain = self._codes[: self.used] < elements
        return int(np.add.reduceat(plain, self._start[: self.count], dtype=np.int64).max())

    def numbers(self, parts: Parts) -> Ints:
        """Return the number of each part, as a belief; new ones are stored in their order.

        Raises
        ------
        Collision
            The keys cannot tell two of them apart.
        """
        if not len(parts.start):
            return np.zeros(0, dtype=np.int64)
        sums = np.add.reduceat(self._keys[parts.codes], parts.start)
        distinct, first, which = np.unique(sums, return_index=True, return_inverse=True)
        self._require_equal(
            parts, parts.codes, parts.start[first[which]], parts.length[first[which]]
        )
        place = np.searchsorted(self._known, distinct)
        old = np.zeros(len(distinct), dtype=np.bool_)
        inside = place < len(self._known)
        old[inside] = self._known[place[inside]] == distinct[inside]
        number = np.empty(len(distinct), dtype=np.int64)
        number[old] = self._number[place[old]]
        new = np.flatnonzero(~old)
        number[new[np.argsort(first[new])]] = self.count + np.arange(len(new))
        again = np.flatnonzero(old[which])
        stored = number[which[again]]
        self._require_equal(
            _some(parts, again), self._codes, self._start[stored], np.diff(self._start)[stored]
        )
        self._store(_some(parts, np.sort(first[new])))
        self._known = np.insert(self._known, place[new], distinct[new])
        self._number = np.insert(self._number, place[new], number[new])
        return number[which]

    @staticmethod
    def _require_equal(parts: Parts, codes: Ints, start: Ints, length: Ints) -> None:
        if (parts.length != length).any() or (
            parts.codes != codes[ranges(start, start + length)]
        ).any():
            raise Collision

    def _store(self, parts: Parts) -> None:
        last = self.count + len(parts.start)
        end = self.used + np.cumsum(parts.length)
        self._codes = _enlarged(self._codes, self.used + len(parts.codes))
        self._start = _enlarged(self._start, last + 1)
        self._open = _enlarged(self._open, last)
        self._codes[self.used : self.used + len(parts.codes)] = parts.codes
        self._open[self.count : last] = parts.open_infosets
        self._start[self.count + 1 : last + 1] = end
        self.count = last


def _some(parts: Parts, which: Ints) -> Parts:
    """Return some of the parts."""
    length = parts.length[which]
    codes = parts.codes[ranges(parts.start[which], parts.start[which] + length)]
    start = np.cumsum(length) - length
    return Parts(parts.edge[which], start, length, codes, parts.open_infosets[which])


def _enlarged(array: Ints, size: int) -> Ints:
    """Return an array with room for more; what it holds stays at its beginning."""
    if size <= len(array):
        return array
    larger = np.zeros(2 * size, dtype=array.dtype)
    larger[: len(array)] = array
    return larger
