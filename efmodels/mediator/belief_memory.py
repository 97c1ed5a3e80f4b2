"""The memory of the numba engine's loops, as tuples of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Bools, Ints
    from efmodels.mediator.belief_tables import Tables

# What the loops count, by place in one array; and the room that they found missing.
BELIEFS, EXPANDED, CODES, EDGES, CHILDREN, COMPLETED, ROOM, ROOM_FOR_CODES = range(8)


class Walks(NamedTuple):
    """The tables of a team, as the loops read them."""

    infoset: Ints
    child: Ints
    child_start: Ints
    asked: Ints
    wanted: Bools
    reach: Ints
    reach_start: Ints
    rank: Ints
    by_rank: Ints
    width: Ints
    most_actions: int


class Store(NamedTuple):
    """What has been found: arrays that are filled from the left."""

    codes: Ints  # elements and commitments of the beliefs
    start: Ints  # per belief
    sums: Ints  # hash, per belief
    open_infosets: Ints  # per belief
    chosen: Ints  # per belief
    edge_start: Ints  # per belief
    child: Ints
    child_start: Ints  # per edge
    completed: Ints
    completed_start: Ints  # per edge
    table: Ints  # beliefs by hash, -1 where nothing is


class Scratch(NamedTuple):
    """Memory of the loops, per place in the frontier of an edge, per infoset and per coordinate.

    The frontier holds first the elements that all edges of the belief keep, then the new ones. A
    mark is valid if it is the one of the belief, edge or component at hand.
    """

    frontier: Ints
    kept_root: Ints  # the root of each kept element before anything is added
    root: Ints  # leads to the representative of the component
    fresh: Ints  # infosets that an element was the first to have
    following: Ints  # the next element of the component
    last: Ints  # per representative, the last element so far, or -1
    open_infosets: Ints  # per representative
    joined: Bools  # per representative, whether there is a new element
    head: Ints  # the first element of each component
    known: Ints  # per first element, the belief that its component is without new ones, or -1
    stack: Ints  # coordinates that are still to be opened
    below: Ints  # mark per infoset
    holder: Ints  # per infoset, who has it
    held: Ints  # mark per infoset
    noted: Ints  # mark per infoset
    committed: Ints  # per infoset, the action, or -1
    seen: Ints  # mark per coordinate


def walks_of(tables: Tables) -> Walks:
    """Return the tables of a team in the types that the loops are compiled for."""
    team = tables.team
    return Walks(
        infoset=team.infoset.astype(np.int32),
        child=team.child.astype(np.int32),
        child_start=team.child_start.astype(np.int64),
        asked=team.asked.astype(np.int64),
        wanted=team.wanted.astype(np.bool_),
        reach=tables.reach.astype(np.int32),
        reach_start=tables.reach_start.astype(np.int64),
        rank=tables.rank.astype(np.int32),
        by_rank=tables.by_rank.astype(np.int32),
        width=tables.width.astype(np.int32),
        most_actions=tables.most_actions,
    )


def scratch_for(tables: Tables) -> Scratch:
    """Return memory for the loops: every mark 0, nothing committed."""
    team = tables.team
    sizes = dict.fromkeys(Scratch.__annotations__, team.elements + 1)
    sizes |= dict.fromkeys(("below", "holder", "held", "noted", "committed"), team.infosets)
    sizes["seen"] = team.coordinates
    kinds = dict.fromkeys(("below", "held", "noted", "seen"), np.int64) | {"joined": np.bool_}
    arrays: dict[str, Any] = {
        name: np.zeros(size, kinds.get(name, np.int32)) for name, size in sizes.items()
    }
    arrays["committed"][:] = -1
    return Scratch(**arrays)


def empty_store() -> Store:
    """Return a store without room."""
    long = {"start", "sums", "edge_start", "child_start", "completed_start"}
    kinds = {name: np.int64 if name in long else np.int32 for name in Store.__annotations__}
    arrays: dict[str, Any] = {name: np.zeros(0, dtype=kind) for name, kind in kinds.items()}
    return Store(**arrays)
