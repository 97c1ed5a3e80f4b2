"""The belief DAG with numba: the same as with numpy, belief by belief in compiled loops.

Beliefs are expanded in the order in which they are found; equal ones are found through an open hash
table and compared code by code. Between two runs of the loops this module looks at the budget and
makes room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.mediator.belief_growth import Growth, require_room_for_beliefs
from efmodels.mediator.belief_loops import begin, expand, fill
from efmodels.mediator.belief_memory import (
    BELIEFS,
    CHILDREN,
    CODES,
    COMPLETED,
    EDGES,
    EXPANDED,
    ROOM,
    ROOM_FOR_CODES,
    Store,
    empty_store,
    scratch_for,
    walks_of,
)
from efmodels.mediator.questions import Questions

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.mediator.belief_tables import Tables
    from efmodels.memory_limits import MemoryBudget

_BATCH = 50_000
"""Beliefs between two looks at the budget (and at the keyboard)."""


def grow_compiled(tables: Tables, budget: MemoryBudget) -> Growth:
    """Grow the belief DAG of a team with numba.

    Raises
    ------
    SizeError
        There are more beliefs than the budget has memory for.
    """
    walks, scratch, counts = walks_of(tables), scratch_for(tables), np.zeros(8, dtype=np.int64)
    counts[[ROOM, ROOM_FOR_CODES]] = tables.team.elements + 1024
    store = _with_room(empty_store(), counts)
    begin(walks, store, counts, scratch)
    while counts[EXPANDED] < counts[BELIEFS]:
        expand(walks, store, counts, scratch, _BATCH)
        require_room_for_beliefs(
            budget,
            beliefs=int(counts[BELIEFS]),
            expanded=int(counts[EXPANDED]),
            elements=int(counts[CODES]),
            entries=int(counts[CHILDREN] + counts[COMPLETED]),
        )
        store = _with_room(store, counts)
    return _growth(tables, store, counts)


def _with_room(store: Store, counts: Ints) -> Store:
    """Return the store with as much room as the loops asked for, and twice that."""
    beliefs, edges, room = int(counts[BELIEFS]), int(counts[EDGES]), int(counts[ROOM])
    used = {
        "codes": int(counts[CODES]) + int(counts[ROOM_FOR_CODES]) - room,
        "child": int(counts[CHILDREN]),
        "completed": int(counts[COMPLETED]),
        "child_start": edges + 1,
        "completed_start": edges + 1,
        **dict.fromkeys(("start", "sums", "open_infosets", "chosen", "edge_start"), beliefs + 1),
    }
    larger = {name: _enlarged(getattr(store, name), size + room) for name, size in used.items()}
    table = store.table
    if 2 * (beliefs + room) > len(table):
        table = np.full(1 << (4 * (beliefs + room)).bit_length(), -1, dtype=np.int32)
        fill(table, larger["sums"], beliefs)
    return Store(table=table, **larger)


def _enlarged(array: Ints, size: int) -> Ints:
    """Return an array with room for more; what it holds stays at its beginning."""
    if size <= len(array):
        return array
    larger = np.zeros(2 * size, dtype=array.dtype)  # the system hands it out as it is written to
    larger[: len(array)] = array
    return larger


def _growth(tables: Tables, store: Store, counts: Ints) -> Growth:
    """Return what was found. Edge 0, which leads to the roots, is none: the others move up."""
    beliefs, edges = int(counts[BELIEFS]), int(counts[EDGES])
    children = np.diff(store.child_start[: edges + 1])
    completions = np.diff(store.completed_start[: edges + 1])
    edge = np.arange(-1, edges - 1)
    child = store.child[: counts[CHILDREN]].astype(np.int64)
    plain = store.codes[: counts[CODES]] < tables.team.elements
    sizes = np.add.reduceat(plain, store.start[:beliefs], dtype=np.int64) if beliefs else children
    chosen = store.chosen[:beliefs].astype(np.int64)
    return Growth(
        questions=Questions.one_each(chosen, tables.width[chosen]),
        open_infosets=store.open_infosets[:beliefs].astype(np.int64),
        edge_start=np.append(store.edge_start[:beliefs], edges) - 1,
        roots=child[: children[0]],
        child_edge=np.repeat(edge, children)[children[0] :],
        child=child[children[0] :],
        completed_edge=np.repeat(edge, completions),
        completed=store.completed[: counts[COMPLETED]].astype(np.int64),
        largest=int(sizes.max(initial=0)),
    )
