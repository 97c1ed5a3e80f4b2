"""The loops of the numba engine: from a belief to its edges and the beliefs after them.

Imported when it is used, since it loads numba. Every function but `expand`, `begin` and `fill` is
put into its caller as it is: a call would cost as much as what it does. Whatever is computed for
the elements that all edges of a belief keep is computed once: how they hang together, and which
beliefs those become that no edge adds to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numba
import numpy as np

from efmodels.mediator.belief_memory import (
    BELIEFS,
    CHILDREN,
    CODES,
    COMPLETED,
    EDGES,
    EXPANDED,
    ROOM,
    ROOM_FOR_CODES,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Ints
    from efmodels.mediator.belief_memory import Scratch, Store, Walks

Function = TypeVar("Function", bound="Callable[..., object]")

MANY = 500
"""From how many numbers on insertion alone, good for those nearly in order, is no good."""

NOBODY = 1 << 60
"""A mark of no belief."""


# The loops make no arrays, and whoever calls them holds those that they are given. Without its
# runtime, numba does not count the references to them: most of the time went there.
_OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False}


def compiled(function: Function) -> Function:
    """Let numba compile a function at its first call, and keep the result on disk."""
    loop: Any = numba.njit(**_OPTIONS)(function)
    result: Function = loop
    return result


def inlined(function: Function) -> Function:
    """Let numba put a function into the compiled ones that call it."""
    loop: Any = numba.njit(inline="always", error_model="numpy")(function)
    result: Function = loop
    return result


# Before the edges -------------------------------------------------------------------------------


@inlined
def choose(t: Walks, store: Store, x: Scratch, belief: int) -> tuple[int, bool]:
    """Return the infoset to decide in a belief, and whether it can be asked again below."""
    infoset, reach, reach_start, ranks = t.infoset, t.reach, t.reach_start, t.rank
    codes, below = store.codes, x.below
    elements, infosets, mark = len(infoset), len(ranks), belief + 1
    first, last = store.start[belief], store.start[belief + 1]
    while codes[last - 1] >= elements:
        last -= 1
    for i in range(first, last):
        e = codes[i]
        for r in range(reach_start[e], reach_start[e + 1]):
            if reach[r] != infoset[e]:
                below[reach[r]] = mark
    best = any_best = infosets
    for i in range(first, last):
        k = infoset[codes[i]]
        any_best = min(any_best, ranks[k])
        if below[k] != mark:
            best = min(best, ranks[k])
    if best < infosets:
        return t.by_rank[best], False
    return t.by_rank[any_best], True


@inlined
def has_room(
    t: Walks, store: Store, counts: Ints, belief: int, chosen: int, remembered: int
) -> bool:
    """Say whether the arrays have room for whatever the edges of a belief leave and complete."""
    infoset, child, child_start, asked = t.infoset, t.child, t.child_start, t.asked
    total, width, codes = 0, t.width[chosen], store.codes
    if remembered:
        total = width * (len(infoset) + len(t.wanted))
    else:
        for i in range(store.start[belief], store.start[belief + 1]):
            e = codes[i]
            if infoset[e] != chosen:
                total += width
                continue
            for c in range(child_start[e], child_start[e + 1]):
                total += 1 + asked[child[c] + 1] - asked[child[c]]
    counts[ROOM] = total
    counts[ROOM_FOR_CODES] = total * (1 + remembered)
    enough: bool = (
        counts[CODES] + counts[ROOM_FOR_CODES] <= len(store.codes)
        and counts[BELIEFS] + total < len(store.start)
        and counts[EDGES] + total < len(store.child_start)
        and counts[CHILDREN] + total <= len(store.child)
        and counts[COMPLETED] + total <= len(store.completed)
        and 2 * (counts[BELIEFS] + total) <= len(store.table)
    )
    return enough


@inlined
def recall(t: Walks, store: Store, x: Scratch, belief: int) -> int:
    """Note the commitments of a belief; return how many it has."""
    elements = len(t.infoset)
    first = i = store.start[belief + 1]
    while i > store.start[belief] and store.codes[i - 1] >= elements:
        i -= 1
        code = store.codes[i] - elements
        x.committed[code // t.most_actions] = code % t.most_actions
    commitments: int = first - i
    return commitments


@inlined
def forget(t: Walks, store: Store, x: Scratch, belief: int) -> None:
    """Undo what `recall` noted."""
    elements = len(t.infoset)
    i = store.start[belief + 1]
    while i > store.start[belief] and store.codes[i - 1] >= elements:
        i -= 1
        x.committed[(store.codes[i] - elements) // t.most_actions] = -1


# How elements hang together ---------------------------------------------------------------------


@inlined
def find(root: Ints, i: int) -> int:
    """Return the representative of an element's component."""
    while root[i] != i:
        root[i] = root[root[i]]
        i = root[i]
    return i


@inlined
def connect(t: Walks, x: Scratch, first: int, last: int, base: int, mark: int) -> None:
    """Connect elements of the frontier with those that have an undecided infoset in common."""
    reach, reach_start, committed = t.reach, t.reach_start, x.committed
    frontier, root, fresh, held, holder = x.frontier, x.root, x.fresh, x.held, x.holder
    for i in range(first, last):
        root[i] = i
        fresh[i] = 0
        for r in range(reach_start[frontier[i]], reach_start[frontier[i] + 1]):
            k = reach[r]
            if committed[k] >= 0:
                continue
            if held[k] != mark and held[k] != base:
                held[k] = mark
                holder[k] = i
                fresh[i] += 1
            else:
                one, other = find(root, holder[k]), find(root, i)
                root[max(one, other)] = min(one, other)


@inlined
def keep(t: Walks, store: Store, x: Scratch, belief: int, chosen: int) -> int:
    """Begin the frontier with the elements that all edges keep; return how many these are."""
    infoset, codes, elements, size = t.infoset, store.codes, len(t.infoset), 0
    for i in range(store.start[belief], store.start[belief + 1]):
        e = codes[i]
        if e < elements and infoset[e] != chosen:
            x.frontier[size] = e
            size += 1
    connect(t, x, 0, size, NOBODY, -belief - 1)
    for i in range(size):
        x.kept_root[i] = find(x.root, i)
        x.known[i] = -1
    return size


@inlined
def link(x: Scratch, kept: int, size: int) -> int:
    """Chain the elements of each component in their order; return how many components there are."""
    frontier, root, following, last = x.frontier, x.root, x.following, x.last
    i, j, components = 0, kept, 0
    for p in range(size):
        last[p] = -1
    while i < kept or j < size:
        if j == size or (i < kept and frontier[i] < frontier[j]):
            p = i
            i += 1
        else:
            p = j
            j += 1
        r = find(root, p)
        if last[r] < 0:
            x.head[components] = p
            components += 1
            x.open_infosets[r] = 0
            x.joined[r] = False
        else:
            following[last[r]] = p
        following[p] = -1
        last[r] = p
        x.open_infosets[r] += x.fresh[p]
        x.joined[r] |= p >= kept
    return components


# The edges --------------------------------------------------------------------------------------


@inlined
def sort(numbers: Ints, first: int, last: int) -> None:
    """Sort some numbers in their place, by insertion; many of them at gaps first (Shell)."""
    gap = 1
    if last - first > MANY:
        while 3 * gap + 1 < last - first:
            gap = 3 * gap + 1
    while gap > 0:
        for i in range(first + gap, last):
            number = numbers[i]
            j = i
            while j >= first + gap and numbers[j - gap] > number:
                numbers[j] = numbers[j - gap]
                j -= gap
            numbers[j] = number
        gap //= 3


@inlined
def open_answer(
    t: Walks, store: Store, counts: Ints, x: Scratch, q: int, size: int, mark: int
) -> int:
    """Add to the frontier what is asked at a coordinate, or after it where that is committed."""
    infoset, asked, stack = t.infoset, t.asked, x.stack
    stack[0] = q
    waiting = 1
    while waiting:
        waiting -= 1
        here = stack[waiting]
        if x.seen[here] == mark:
            continue
        x.seen[here] = mark
        if t.wanted[here]:
            store.completed[counts[COMPLETED]] = here
            counts[COMPLETED] += 1
        for e in range(asked[here], asked[here + 1]):
            action = x.committed[infoset[e]]
            if action >= 0:
                stack[waiting] = t.child[t.child_start[e] + action]
                waiting += 1
            else:
                x.frontier[size] = e
                size += 1
    return size


@inlined
def follow(
    t: Walks,
    store: Store,
    counts: Ints,
    x: Scratch,
    belief: int,
    chosen: int,
    action: int,
    kept: int,
) -> int:
    """Add to the frontier what comes after an action; return the size that it has then."""
    infoset, codes, elements, size = t.infoset, store.codes, len(t.infoset), kept
    for i in range(store.start[belief], store.start[belief + 1]):
        e = codes[i]
        if e < elements and infoset[e] == chosen:
            q = t.child[t.child_start[e] + action]
            size = open_answer(t, store, counts, x, q, size, counts[EDGES] + 1)
    sort(x.frontier, kept, size)
    for i in range(kept):
        x.root[i] = x.kept_root[i]
    return size


@inlined
def write(
    t: Walks, store: Store, x: Scratch, head: int, end: int, mark: int, remembered: int
) -> int:
    """Write a component and its commitments behind the beliefs; return where it ends."""
    codes, frontier, following = store.codes, x.frontier, x.following
    i = head
    while i >= 0:
        codes[end] = frontier[i]
        end += 1
        i = following[i]
    if not remembered:
        return end
    first, i = end, head
    while i >= 0:
        for r in range(t.reach_start[frontier[i]], t.reach_start[frontier[i] + 1]):
            k = t.reach[r]
            if x.committed[k] >= 0 and x.noted[k] != mark:
                x.noted[k] = mark
                codes[end] = len(t.infoset) + k * t.most_actions + x.committed[k]
                end += 1
        i = following[i]
    sort(codes, first, end)
    return end


@inlined
def mixed(codes: Ints, start: int, end: int) -> int:
    """Return a 63-bit hash of some codes: the mixer of splitmix64, chained."""
    h = np.uint64(0x9E3779B97F4A7C15)
    for i in range(start, end):
        h += np.uint64(codes[i]) + np.uint64(0x9E3779B97F4A7C15)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        h ^= h >> np.uint64(31)
    return np.int64(h >> np.uint64(1))  # type: ignore[return-value] # what numba calls int


@inlined
def number(store: Store, counts: Ints, end: int) -> int:
    """Return the number of the belief that was written last, and keep it if it is new."""
    codes, table, sums, starts = store.codes, store.table, store.sums, store.start
    start = counts[CODES]
    h = mixed(codes, start, end)
    slot = h & (len(table) - 1)
    while table[slot] >= 0:
        b: int = table[slot]
        first = starts[b]
        if sums[b] == h and starts[b + 1] - first == end - start:
            i = 0
            while i < end - start and codes[first + i] == codes[start + i]:
                i += 1
            if i == end - start:
                return b
        slot = (slot + 1) & (len(table) - 1)
    b = counts[BELIEFS]
    table[slot] = b
    sums[b] = h
    starts[b + 1] = end
    counts[CODES] = end
    counts[BELIEFS] += 1
    return b


@inlined
def close(
    t: Walks, store: Store, counts: Ints, x: Scratch, kept: int, size: int, remembered: int
) -> None:
    """Turn the frontier of an edge into beliefs, the edge's children."""
    for c in range(link(x, kept, size)):
        head = x.head[c]
        r = find(x.root, head)
        b = -1 if x.joined[r] else x.known[head]
        if b < 0:
            mark = counts[CHILDREN] + 1
            b = number(store, counts, write(t, store, x, head, counts[CODES], mark, remembered))
            store.open_infosets[b] = x.open_infosets[r]
            if not x.joined[r]:
                x.known[head] = b
        store.child[counts[CHILDREN]] = b
        counts[CHILDREN] += 1
    counts[EDGES] += 1
    store.child_start[counts[EDGES]] = counts[CHILDREN]
    store.completed_start[counts[EDGES]] = counts[COMPLETED]


# What Python calls ------------------------------------------------------------------------------


@compiled
def begin(t: Walks, store: Store, counts: Ints, x: Scratch) -> None:
    """Let edge 0 lead to the beliefs at the start."""
    size = t.asked[1]
    for e in range(size):
        x.frontier[e] = e
    connect(t, x, 0, size, NOBODY, 1)
    close(t, store, counts, x, 0, size, 0)


@compiled
def expand(t: Walks, store: Store, counts: Ints, x: Scratch, batch: int) -> None:
    """Expand up to so many beliefs, as long as there are some and the arrays have room."""
    while batch > 0 and counts[EXPANDED] < counts[BELIEFS]:
        batch -= 1
        belief = counts[EXPANDED]
        remembered = recall(t, store, x, belief)
        chosen, again = choose(t, store, x, belief)
        if again:
            remembered += 1
            x.committed[chosen] = 0
        if not has_room(t, store, counts, belief, chosen, remembered):
            batch = 0
        else:
            kept = keep(t, store, x, belief, chosen)
            store.chosen[belief] = chosen
            store.edge_start[belief] = counts[EDGES]
            for action in range(t.width[chosen]):
                if again:
                    x.committed[chosen] = action
                    x.known[:kept] = -1
                size = follow(t, store, counts, x, belief, chosen, action, kept)
                connect(t, x, kept, size, -belief - 1, counts[EDGES] + 1)
                close(t, store, counts, x, kept, size, remembered)
            counts[EXPANDED] += 1
            counts[ROOM] = counts[ROOM_FOR_CODES] = 0
        x.committed[chosen] = -1
        forget(t, store, x, belief)


@compiled
def fill(table: Ints, sums: Ints, beliefs: int) -> None:
    """Put the first beliefs into an empty table."""
    for b in range(beliefs):
        slot = sums[b] & (len(table) - 1)
        while table[slot] >= 0:
            slot = (slot + 1) & (len(table) - 1)
        table[slot] = b
