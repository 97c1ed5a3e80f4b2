"""Which alternatives are never better than a mixture of two others, whatever counts how much.

Alternatives come in groups, of which one is chosen. Each has worths: numbers that count positively,
by keys that are those of its group. An alternative is dominated if a mixture of two others that are
kept is worth at least as much under every key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.integer_sets import distinct_integers, distinct_rows

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints

TOLERANCE = 1e-10
"""By how much a mixture may fall short, relative to the largest difference of the alternatives."""

_STEPS = 1 << 29
"""Worths between 0 and 1 under a key that differ by less than a step are one."""

_CLEAR = 4 / _STEPS
"""By how much a worth must be larger than others to be so whatever is rounded to a step."""


class Alternatives(NamedTuple):
    """Alternatives in groups; those of a group follow each other.

    Attributes
    ----------
    group
        The group of each, from 0, not decreasing.
    rank
        Which of its group each is, from 0.
    width
        How many alternatives each group has.
    """

    group: Ints
    rank: Ints
    width: Ints

    @staticmethod
    def of(group: Ints) -> Alternatives:
        """Return the alternatives of these groups."""
        width = np.bincount(group)
        return Alternatives(group, np.arange(len(group)) - (np.cumsum(width) - width)[group], width)


class Worths(NamedTuple):
    """The worths that are not zero.

    Attributes
    ----------
    group
        The group of each key.
    key, alternative, value
        Of each worth; the alternative by its place.
    """

    group: Ints
    key: Ints
    alternative: Ints
    value: Floats


def dominated(alternatives: Alternatives, worths: Worths) -> Bools:
    """Return which alternatives their groups do not need.

    Of equal ones, the last stays.

    Examples
    --------
    Three bets, the second of which is half-way between the others:

    >>> bets = Alternatives.of(np.array([0, 0, 0]))
    >>> zero, one = np.zeros(2, dtype=int), np.ones(2, dtype=int)
    >>> worths = Worths(np.array([0, 0]), np.array([0, 0, 1, 1]), np.array([1, 2, 1, 2]),
    ...     np.array([3.0, 6.0, -1.0, -2.0]))
    >>> dominated(bets, worths).tolist()
    [False, True, False]
    """
    group, key, alternative, value = worths
    result = np.zeros(len(alternatives.group), dtype=bool)
    place = np.empty(len(group), dtype=np.int64)
    number = np.empty(len(alternatives.width), dtype=np.int64)
    for width in np.unique(alternatives.width).tolist():
        groups = np.flatnonzero(alternatives.width == width)
        number[groups] = np.arange(len(groups))
        keys = np.flatnonzero(alternatives.width[group] == width)
        place[keys] = np.arange(len(keys))
        here = np.flatnonzero(alternatives.width[alternatives.group[alternative]] == width)
        # A row per alternative: numpy is fast along the long side.
        worth = np.zeros((width, len(keys)))
        worth[alternatives.rank[alternative[here]], place[key[here]]] = value[here]
        unneeded = _unneeded(number[group[keys]], worth, len(groups))
        result[alternatives.width[alternatives.group] == width] = unneeded.ravel()
    return result


def _unneeded(owner: Ints, worth: Floats, groups: int) -> Bools:
    """Return which alternatives of groups of one width are dominated; shape ``(groups, width)``.

    Only a group that has an alternative that is nowhere best alone is looked at closely. Keys whose
    worths differ by a constant or a positive factor say the same: many of these groups turn out to
    be one and are looked at once.
    """
    size = np.abs(worth).max(axis=0, initial=0.0)
    worth = worth - worth.min(axis=0, initial=np.inf)
    spread = worth.max(axis=0, initial=0.0)
    # Worths may be small because chance is: only what is small within its key is rounding.
    different = spread > TOLERANCE * size
    best = _best_alone(owner, worth, np.where(different, spread, np.inf), groups)
    doubtful = np.flatnonzero(~best.all(axis=1))
    number = np.full(groups, -1, dtype=np.int64)
    number[doubtful] = np.arange(len(doubtful))
    keys = np.flatnonzero(different & (number[owner] >= 0))
    worth = (worth[:, keys] / spread[keys]).T
    result = np.zeros(best.shape, dtype=bool)
    result[doubtful] = _mixed_by_group(number[owner[keys]], worth, len(doubtful))
    return result


def _best_alone(owner: Ints, worth: Floats, spread: Floats, groups: int) -> Bools:
    """Return which alternatives are, under some key, better than all others of their group.

    A mixture is worth less there. Worths are differences from the smallest one, `spread` is the
    largest; infinite for a key that does not count. What is better by little more than a step is
    not told apart from what is equal.
    """
    near = worth > spread * (1 - _CLEAR)
    alternative, key = np.nonzero(near & (near.sum(axis=0) == 1))
    best = np.zeros((groups, len(worth)), dtype=bool)
    best[owner[key], alternative] = True
    return best


def _mixed_by_group(owner: Ints, worth: Floats, groups: int) -> Bools:
    """Return which columns are mixtures of others in each group of rows of worths from 0 to 1."""
    first, which = owner, owner  # empty if there are no rows
    if len(worth):
        first, which = distinct_rows(np.rint(worth * _STEPS).astype(np.int64))
    pairs = distinct_integers(owner * (len(first) + 1) + which)
    having, had = np.divmod(pairs, len(first) + 1)
    start = np.searchsorted(having, np.arange(groups + 1))
    known: dict[bytes, Bools] = {}
    result = np.zeros((groups, worth.shape[1]), dtype=bool)
    for group in range(groups):
        rows = had[start[group] : start[group + 1]]
        code = rows.tobytes()
        if code not in known:
            known[code] = _mixed(worth[first[rows]])
        result[group] = known[code]
    return result


def _mixed(worth: Floats) -> Bools:
    """Return which columns are at most a mixture of two others that are kept.

    Column ``c`` is if some ``0 <= l <= 1`` has ``z_c - z_b <= l (z_a - z_b)`` in every row: an
    interval of ``l`` per row, and all of them meet.
    """
    width = worth.shape[1]
    kept = np.ones(width, dtype=bool)
    owner = np.zeros(len(worth), dtype=np.int64)
    best = _best_alone(owner, worth.T, np.ones(len(worth)), 1)[0]
    a, b = np.nonzero(np.arange(width)[:, None] <= np.arange(width))
    slope = worth[:, a] - worth[:, b]
    flat, rising, falling = np.abs(slope) <= TOLERANCE, slope > TOLERANCE, slope < -TOLERANCE
    slope[flat] = 1.0
    for c in np.flatnonzero(~best).tolist():
        rise = worth[:, [c]] - worth[:, b]
        ratio = rise / slope
        low = np.where(rising, ratio, 0.0).max(axis=0, initial=0.0)
        high = np.where(falling, ratio, 1.0).min(axis=0, initial=1.0)
        allowed = ~(flat & (rise > TOLERANCE)).any(axis=0)
        others = kept[a] & kept[b] & (a != c) & (b != c)
        kept[c] = not (others & allowed & (low <= high + TOLERANCE)).any()
    return ~kept
