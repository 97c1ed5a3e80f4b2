"""The belief DAG with numpy: many beliefs at once, in the order in which they are found.

A chunk of beliefs gets its edges together: one pass chooses the infosets, one collects what is left
after every edge, and one call of scipy finds the connected components of all of it. Equal ones
become one belief through a table of sums of random 64-bit keys; equal sums are compared code by
code, and should different beliefs ever have one, everything is done again with other keys. Beliefs
with commitments go through :mod:`efmodels.mediator.belief_commitments`, one by one.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from efmodels.game import ranges
from efmodels.mediator.belief_commitments import CommittedBeliefs
from efmodels.mediator.belief_growth import Growth, require_room_for_beliefs
from efmodels.mediator.belief_store import BeliefStore, Collision, Parts

if TYPE_CHECKING:
    from efmodels.game import Bools, Ints
    from efmodels.mediator.belief_commitments import Step
    from efmodels.mediator.belief_tables import Tables
    from efmodels.memory_limits import MemoryBudget

_CHUNK = 1 << 19
"""Entries of reach lists per chunk."""

_DENSE = 1 << 24
"""Pairs of an edge (or belief) and an infoset per chunk that may have a place in an array each."""


def grow_by_generations(tables: Tables, budget: MemoryBudget) -> Growth:
    """Grow the belief DAG of a team with numpy.

    Raises
    ------
    SizeError
        There are more beliefs than the budget has memory for.
    """
    for seed in count():
        try:
            return _Generations(tables, budget, random_keys(tables.codes, seed)).grow()
        except Collision:
            continue
    raise AssertionError  # never reached: `count` has no end


def random_keys(size: int, seed: int) -> Ints:
    """Return a 64-bit key per element and commitment."""
    generator = np.random.default_rng(seed)
    return generator.integers(0, (1 << 64) - 1, size=size, dtype=np.uint64, endpoint=True)


class _Chunk(NamedTuple):
    """Some beliefs: their codes, and for each code its belief, counted from the first."""

    codes: Ints
    belief: Ints
    start: Ints
    plain: Bools  # per belief, whether it has no commitments


class _Left(NamedTuple):
    """What the edges of a chunk leave over (pairs of edge and element), and what they complete."""

    edge: Ints
    element: Ints
    completed_edge: Ints
    completed: Ints


class _Generations:
    def __init__(self, tables: Tables, budget: MemoryBudget, keys: Ints) -> None:
        self._tables = tables
        self._team = tables.team
        self._budget = budget
        self._committed = CommittedBeliefs(tables)
        self._beliefs = BeliefStore(keys)
        strict = np.flatnonzero(tables.reach != np.repeat(self._team.infoset, tables.reach_length))
        self._below = tables.reach[strict]
        self._below_start = np.searchsorted(strict, tables.reach_start)
        self._ask = np.append(tables.by_rank, -1)
        self._marked = np.zeros(_DENSE, dtype=np.bool_)
        self._place = np.zeros(_DENSE, dtype=np.int32)
        self._edges = 0
        self._entries = 0
        self._log: list[tuple[Ints, ...]] = [(np.zeros(0, dtype=np.int64),) * 6]

    def grow(self) -> Growth:
        """Expand beliefs, the oldest first, until there are no more."""
        frontier = np.arange(self._team.asked[1])
        roots = self._beliefs.numbers(self._split(np.zeros_like(frontier), frontier))
        done = 0
        while done < self._beliefs.count:
            last = self._end_of_chunk(done)
            self._expand(self._chunk(done, last))
            done = last
            require_room_for_beliefs(
                self._budget,
                beliefs=self._beliefs.count,
                expanded=done,
                elements=self._beliefs.used,
                entries=self._entries,
            )
        columns = [np.concatenate(column) for column in zip(*self._log, strict=True)]
        chosen, width, child_edge, child, completed_edge, completed = columns
        return Growth(
            chosen=chosen,
            open_infosets=self._beliefs.open_infosets,
            edge_start=np.concatenate(([0], np.cumsum(width))),
            roots=roots,
            child_edge=child_edge,
            child=child,
            completed_edge=completed_edge,
            completed=completed,
            largest=self._beliefs.largest(self._team.elements),
        )

    # Chunks -------------------------------------------------------------------------------------

    def _end_of_chunk(self, first: int) -> int:
        """Return where the next chunk ends: its memory is bounded, and it is not empty."""
        chunk = self._chunk(first, min(self._beliefs.count, first + 16_384))
        length = np.append(self._tables.reach_length, 0)
        size = length[np.minimum(chunk.codes, self._team.elements)]
        entries = self._tables.most_actions * np.cumsum(np.add.reduceat(size, chunk.start))
        return first + max(1, int(np.searchsorted(entries, _CHUNK)))

    def _chunk(self, first: int, last: int) -> _Chunk:
        codes, start = self._beliefs.between(first, last)
        belief = np.repeat(np.arange(last - first), np.diff(start))
        plain = codes[start[1:] - 1] < self._team.elements  # commitments are the last codes
        return _Chunk(codes.astype(np.int64), belief, start[:-1], plain)

    def _expand(self, chunk: _Chunk) -> None:
        """Give the beliefs of a chunk their edges."""
        chosen = self._choose(chunk)
        rest = (chosen >= 0)[chunk.belief]
        ends = np.append(chunk.start, len(chunk.codes))
        steps: dict[int, list[Step]] = {}
        for b in np.flatnonzero(chosen < 0).tolist():
            codes = chunk.codes[ends[b] : ends[b + 1]].tolist()
            chosen[b], steps[b] = self._committed.expand(codes)
        width = self._tables.width[chosen]
        edge = np.cumsum(width) - width
        left = self._follow(chunk.codes[rest], chunk.belief[rest], chosen, edge)
        parts = self._split(left.edge, left.element)
        if steps:
            numbered = {int(edge[b]) + a: s for b in steps for a, s in enumerate(steps[b])}
            left, parts = _with_steps(left, parts, numbered)
        child = self._beliefs.numbers(parts)
        here = self._edges
        self._log.append(
            (chosen, width, parts.edge + here, child, left.completed_edge + here, left.completed)
        )
        self._edges += int(width.sum())
        self._entries += len(child) + len(left.completed)

    # The three passes ---------------------------------------------------------------------------

    def _choose(self, chunk: _Chunk) -> Ints:
        """Return the first infoset of each belief that is not below it; -1 where none is."""
        team, belief = self._team, chunk.belief
        plain = chunk.plain[belief]
        element = np.where(plain, chunk.codes, 0)
        low = self._below_start[element]
        high = np.where(plain, self._below_start[element + 1], low)
        below = np.repeat(belief * team.infosets, high - low) + self._below[ranges(low, high)]
        infoset = team.infoset[element]
        free = plain & ~self._contained(belief * team.infosets + infoset, below)
        rank = np.where(free, self._tables.rank[infoset], team.infosets)
        return self._ask[np.minimum.reduceat(rank, chunk.start)]

    def _follow(self, element: Ints, belief: Ints, chosen: Ints, edge: Ints) -> _Left:
        """Follow all actions: keep the elements of other infosets, open what comes after."""
        team = self._team
        asked = team.infoset[element] == chosen[belief]
        kept, kept_in = element[~asked], belief[~asked]
        width = self._tables.width[chosen[kept_in]]
        kept_edge = ranges(edge[kept_in], edge[kept_in] + width)
        start, end = team.child_start[element[asked]], team.child_start[element[asked] + 1]
        child = team.child[ranges(start, end)]
        first = edge[belief[asked]]
        child_edge = ranges(first, first + end - start)
        start, end = team.asked[child], team.asked[child + 1]
        wanted = team.wanted[child]
        return _Left(
            edge=np.concatenate((kept_edge, np.repeat(child_edge, end - start))),
            element=np.concatenate((np.repeat(kept, width), ranges(start, end))),
            completed_edge=child_edge[wanted],
            completed=child[wanted],
        )

    def _split(self, edge: Ints, element: Ints) -> Parts:
        """Split what is left after each edge into parts that share no infoset."""
        size = self._team.elements
        if not len(edge):
            nothing = np.zeros(0, dtype=np.int64)
            return Parts(nothing, nothing, nothing, nothing, nothing)
        edge, element = np.divmod(np.sort(edge * size + element), size)
        length = self._tables.reach_length[element]
        low = self._tables.reach_start[element]
        infoset = self._tables.reach[ranges(low, low + length)]
        pair = np.repeat(np.arange(len(edge), dtype=np.int32), length)
        code = np.repeat(edge * self._team.infosets, length) + infoset
        meets = pair[self._representatives(code)]
        links = (np.ones(len(pair)), meets, np.concatenate(([0], np.cumsum(length))))
        graph = sparse.csr_array(links, shape=(len(edge), len(edge)))
        parts, label = connected_components(graph, directed=False)
        codes = np.sort(label.astype(np.int64) * size + element)
        start = np.searchsorted(codes, np.arange(parts) * size)
        return Parts(
            edge=edge[np.unique(label, return_index=True)[1]],
            start=start,
            length=np.diff(start, append=len(codes)),
            codes=codes % size,
            open_infosets=np.bincount(label[pair[meets == pair]], minlength=parts),
        )

    def _contained(self, codes: Ints, among: Ints) -> Bools:
        """Say which codes are among others."""
        if codes.max() >= _DENSE:
            return np.isin(codes, among)
        self._marked[among] = True
        found = self._marked[codes]
        self._marked[among] = False
        return found

    def _representatives(self, codes: Ints) -> Ints:
        """Return, for each code, a place at which it stands: one and the same for equal codes."""
        if codes.max() >= _DENSE:
            _, first, which = np.unique(codes, return_index=True, return_inverse=True)
            return first[which]
        self._place[codes] = np.arange(len(codes), dtype=np.int32)
        return self._place[codes]


def _with_steps(left: _Left, parts: Parts, steps: dict[int, Step]) -> tuple[_Left, Parts]:
    """Add the edges of beliefs with commitments; all parts in the order of edge and first code."""
    added = [(edge, part) for edge, step in steps.items() for part in step.components]
    length = np.concatenate((parts.length, [len(part.codes) for _, part in added])).astype(int)
    codes = np.concatenate((parts.codes, *(part.codes for _, part in added))).astype(int)
    edge = np.concatenate((parts.edge, [edge for edge, _ in added])).astype(int)
    infosets = np.concatenate((parts.open_infosets, [part.open_infosets for _, part in added]))
    start = np.cumsum(length) - length
    order = np.lexsort((codes[start], edge))
    done = [(edge, q) for edge, step in steps.items() for q in step.completed]
    return left._replace(
        completed_edge=np.concatenate((left.completed_edge, [edge for edge, _ in done])).astype(
            int
        ),
        completed=np.concatenate((left.completed, [q for _, q in done])).astype(int),
    ), Parts(
        edge=edge[order],
        start=np.cumsum(length[order]) - length[order],
        length=length[order],
        codes=codes[ranges(start[order], start[order] + length[order])],
        open_infosets=infosets[order].astype(int),
    )
