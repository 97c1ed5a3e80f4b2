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
from efmodels.integer_sets import distinct_integers
from efmodels.mediator.belief_commitments import CommittedBeliefs
from efmodels.mediator.belief_growth import Growth, require_room_for_beliefs
from efmodels.mediator.belief_store import BeliefStore, Collision, Parts
from efmodels.mediator.questions import Questions

if TYPE_CHECKING:
    from efmodels.game import Bools, Ints
    from efmodels.mediator.belief_commitments import Step
    from efmodels.mediator.belief_tables import Tables
    from efmodels.memory_limits import MemoryBudget

_CHUNK = 1 << 19
"""Entries of reach lists per chunk."""

_COMBINATIONS = 1000
"""Infosets are decided at once only if their actions have no more combinations than these."""

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
        self._marked = np.zeros(_DENSE, dtype=np.bool_)
        self._place = np.zeros(_DENSE, dtype=np.int32)
        self._edges = 0
        self._entries = 0
        self._log: list[tuple[Ints, ...]] = [(np.zeros(0, dtype=np.int64),) * 7]

    def grow(self) -> Growth:
        """Expand beliefs, the oldest first, until there are no more."""
        frontier = np.arange(self._team.asked[1])
        roots = self._beliefs.numbers(self._split(np.zeros_like(frontier), frontier))
        done = 0
        while done < self._beliefs.count:
            last = self._end_of_chunk(done)
            done += self._expand(done, last)
            require_room_for_beliefs(
                self._budget,
                beliefs=self._beliefs.count,
                expanded=done,
                elements=self._beliefs.used,
                entries=self._entries,
            )
        columns = [np.concatenate(column) for column in zip(*self._log, strict=True)]
        size, infoset, choices, child_edge, child, completed_edge, completed = columns
        start = np.concatenate(([0], np.cumsum(size)))
        return Growth(
            questions=Questions(start, infoset, self._tables.width[infoset]),
            open_infosets=self._beliefs.open_infosets,
            edge_start=np.concatenate(([0], np.cumsum(choices))),
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
        entries = self._tables.most_actions * np.cumsum(self._lengths(chunk))
        return first + max(1, int(np.searchsorted(entries, _CHUNK)))

    def _lengths(self, chunk: _Chunk) -> Ints:
        """Return how long the reach lists of the elements of each belief are together."""
        length = np.append(self._tables.reach_length, 0)
        size = length[np.minimum(chunk.codes, self._team.elements)]
        total: Ints = np.add.reduceat(size, chunk.start)
        return total

    def _chunk(self, first: int, last: int) -> _Chunk:
        codes, start = self._beliefs.between(first, last)
        belief = np.repeat(np.arange(last - first), np.diff(start))
        plain = codes[start[1:] - 1] < self._team.elements  # commitments are the last codes
        return _Chunk(codes.astype(np.int64), belief, start[:-1], plain)

    def _expand(self, first: int, last: int) -> int:
        """Give some beliefs their edges, at least the first of them, and return how many."""
        chunk = self._chunk(first, last)
        free = self._free(chunk)
        least = self._least(chunk, free)
        rest = (least < self._team.infosets)[chunk.belief]
        ends = np.append(chunk.start, len(chunk.codes))
        steps: dict[int, list[Step]] = {}
        for b in np.flatnonzero(least == self._team.infosets).tolist():
            codes = chunk.codes[ends[b] : ends[b + 1]].tolist()
            chosen, steps[b] = self._committed.expand(codes)
            least[b] = self._tables.rank[chosen]  # it is decided alone: nothing there is free
        questions = self._questions(chunk, free, self._tables.by_rank[least])
        choices = questions.choices
        room = int(np.searchsorted(np.cumsum(choices * self._lengths(chunk)), _CHUNK))
        if room < last - first > 1:  # several infosets at once have more edges than one has
            return self._expand(first, first + max(1, room))
        edge = np.cumsum(choices) - choices
        left = self._follow(chunk.codes[rest], chunk.belief[rest], questions, edge)
        parts = self._split(left.edge, left.element)
        if steps:
            numbered = {int(edge[b]) + a: s for b in steps for a, s in enumerate(steps[b])}
            left, parts = _with_steps(left, parts, numbered)
        child = self._beliefs.numbers(parts)
        here = self._edges
        asked = np.diff(questions.start), questions.infoset, choices
        completed = left.completed_edge + here, left.completed
        self._log.append((*asked, parts.edge + here, child, *completed))
        self._edges += int(choices.sum())
        self._entries += len(child) + len(left.completed)
        return last - first

    # The three passes ---------------------------------------------------------------------------

    def _free(self, chunk: _Chunk) -> Bools:
        """Say of which codes the infoset is not below its belief."""
        team, belief = self._team, chunk.belief
        plain = chunk.plain[belief]
        element = np.where(plain, chunk.codes, 0)
        low = self._below_start[element]
        high = np.where(plain, self._below_start[element + 1], low)
        below = np.repeat(belief * team.infosets, high - low) + self._below[ranges(low, high)]
        infoset = team.infoset[element]
        free: Bools = plain & ~self._contained(belief * team.infosets + infoset, below)
        return free

    def _least(self, chunk: _Chunk, free: Bools) -> Ints:
        """Return the least rank of a free infoset in each belief; all infosets where none is."""
        rank = np.full(len(free), self._team.infosets)
        rank[free] = self._tables.rank[self._team.infoset[chunk.codes[free]]]
        least: Ints = np.minimum.reduceat(rank, chunk.start)
        return least

    def _questions(self, chunk: _Chunk, free: Bools, first: Ints) -> Questions:
        """Return what is decided in each belief: an infoset, or all free ones of its depth.

        It is the one alone where the actions of all have too many combinations.
        """
        width, depth = self._tables.width, self._team.depth
        if not self._tables.together:
            return Questions.one_each(first, width[first])
        belief, infoset = chunk.belief[free], self._team.infoset[chunk.codes[free]]
        alike = depth[infoset] == depth[first[belief]]
        codes = np.concatenate(
            (np.arange(len(first)) * len(depth) + first, (belief * len(depth) + infoset)[alike])
        )
        belief, infoset = np.divmod(distinct_integers(codes), len(depth))
        combinations = np.bincount(belief, np.log(width[infoset]))
        alone = combinations > np.log(_COMBINATIONS)
        kept = ~alone[belief] | (infoset == first[belief])
        belief, infoset = belief[kept], infoset[kept]
        start = np.searchsorted(belief, np.arange(len(first) + 1))
        return Questions(start, infoset, width[infoset])

    def _follow(self, element: Ints, belief: Ints, questions: Questions, edge: Ints) -> _Left:
        """Follow all choices: keep the elements of other infosets, open what comes after."""
        team, choices = self._team, questions.choices
        about = self._asked_about(belief, team.infoset[element], questions)
        asked = about >= 0
        kept, kept_in = element[~asked], belief[~asked]
        width = choices[kept_in]
        kept_edge = ranges(edge[kept_in], edge[kept_in] + width)
        number, first = choices[belief[asked]], edge[belief[asked]]
        choice = ranges(np.zeros_like(number), number)
        about = np.repeat(about[asked], number)
        action = choice // questions.stride[about] % questions.width[about]
        child = team.child[np.repeat(team.child_start[element[asked]], number) + action]
        child_edge = ranges(first, first + number)
        start, end = team.asked[child], team.asked[child + 1]
        wanted = team.wanted[child]
        return _Left(
            edge=np.concatenate((kept_edge, np.repeat(child_edge, end - start))),
            element=np.concatenate((np.repeat(kept, width), ranges(start, end))),
            completed_edge=child_edge[wanted],
            completed=child[wanted],
        )

    def _asked_about(self, belief: Ints, infoset: Ints, questions: Questions) -> Ints:
        """Return which of the questions is about each infoset in a belief; -1 for none."""
        if len(questions.infoset) == questions.points:
            return np.where(infoset == questions.infoset[belief], belief, -1)
        infosets = self._team.infosets
        about = np.repeat(np.arange(questions.points), np.diff(questions.start))
        codes, wanted = about * infosets + questions.infoset, belief * infosets + infoset
        place = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        return np.where(codes[place] == wanted, place, -1)

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
