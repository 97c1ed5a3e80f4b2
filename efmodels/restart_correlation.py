r"""Correlated commitment against a trembling follower: a linear program that bounds the pure one.

For each infoset at which the follower may start afresh there is a plan that correlates what the
leader does with what the follower is told, over pairs of sequences whose infosets lie on one path.
All of them share the leader's own plan ``x``:

.. math::

    \sum_a p_{s,ja}^{i} = p_{s,\sigma(j)}^{i}\;(= x_s \text{ where the subtree starts}),\quad
    \sum_a p_{ka,q}^{i} = p_{\sigma(k),q}^{i},\quad
    p_{s,q}^{i} \ge \xi_s\, p_{\emptyset,q}^{i} .

Whoever is told to play ``b`` gets at least what she would by any plan from another action on:

.. math::

    w_{b}^i &= \sum_s U_{s b}\, p_{s b}^i + \sum_{j \text{ below } b} \sum_a w_{ja}^{i}, \\
    w_{b}^i &\ge \sum_s U_{s q}\, p_{s b}^i + \sum_{j \text{ below } q} d_{b j}^i
        \quad\text{for } q \text{ beside } b, \\
    d_{bj}^i &\ge \sum_s U_{s,ja}\, p_{s b}^i + \sum_{j' \text{ below } ja} d_{b j'}^i .
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from efmodels.game import ranges
from efmodels.mediator.correlation_plans import correlation_polytope

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.trembling_commitments import TremblingPair


class Triples(NamedTuple):
    """The entries of a matrix: rows, columns, values."""

    rows: Ints
    columns: Ints
    values: np.ndarray

    def matrix(self, shape: tuple[int, int]) -> sparse.csr_array:
        """Return the matrix; what stands twice adds up."""
        return sparse.csr_array((self.values, (self.rows, self.columns)), shape=shape)


@dataclass(frozen=True, eq=False)
class RestartCorrelation:
    """The coordinates and rows of the program.

    Coordinates are pairs of a leader's sequence and a pair of
    :class:`~efmodels.restarts.Restarts`.
    """

    pair: TremblingPair

    # Coordinates ----------------------------------------------------------------------------------

    @cached_property
    def connected(self) -> tuple[Ints, Ints]:
        """Pairs of infosets, the leader's and the follower's, that lie on one path."""
        plans = correlation_polytope(self.pair.game)
        first, second = plans.connected
        second = second - len(self.pair.game.infosets_of(1))
        return (first, second) if self.pair.side == 0 else (second, first)

    @cached_property
    def coordinates(self) -> tuple[Ints, Ints]:
        """The leader's sequence, and the pair of restarts, of each coordinate."""
        restarts, theirs = self.pair.restarts, self.pair.restarts.polytope
        leader, follower = self.connected
        row, s = _spread(self.pair.leaders.start, leader)
        again, q = _spread(theirs.start, follower[row])
        mine = np.concatenate((np.zeros(theirs.size - 1, dtype=np.int64), s[again]))
        yours = np.concatenate((np.arange(1, theirs.size), q))
        row, e = _spread(restarts.first, yours)
        return mine[row], e

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return len(self.coordinates[0])

    @cached_property
    def _codes(self) -> tuple[Ints, Ints]:
        s, e = self.coordinates
        code = s * self.pair.restarts.size + e
        order = np.argsort(code)
        return code[order], order

    def place(self, s: Ints, e: Ints) -> Ints:
        """Return the coordinates of relevant pairs."""
        codes, order = self._codes
        wanted = s.astype(np.int64) * self.pair.restarts.size + e
        found: Ints = order[np.searchsorted(codes, wanted)]
        return found

    # Rows of plans --------------------------------------------------------------------------------

    def follower_rows(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Return the coefficients of ``p`` and of ``x`` in the follower's rows, which are 0."""
        pair, restarts = self.pair, self.pair.restarts
        theirs = restarts.polytope
        leader, follower = self.connected
        row, s = _spread(pair.leaders.start, leader)
        s = np.concatenate((np.zeros(theirs.points, dtype=np.int64), s))
        j = np.concatenate((np.arange(theirs.points), follower[row]))
        # One row per sequence, infoset and infoset above it at which the subtree may start.
        depth = restarts.depth[theirs.start[:-1]]
        which = np.repeat(np.arange(len(j)), depth[j])
        above = ranges(np.zeros_like(j), depth[j])
        s, j = s[which], j[which]
        rows = np.arange(len(j))
        out, q = _spread(theirs.start, j)
        chosen = self.place(s[out], restarts.first[q] + above[out])
        inner = above > 0
        came = restarts.first[restarts.before[j[inner]]] + above[inner] - 1
        before = self.place(s[inner], came)
        ones = np.concatenate((np.ones(len(q)), -np.ones(len(before))))
        P = Triples(
            np.concatenate((out, rows[inner])), np.concatenate((chosen, before)), ones
        ).matrix((len(j), self.size))
        X = Triples(rows[~inner], s[~inner], -np.ones(int((~inner).sum()))).matrix(
            (len(j), pair.leaders.size)
        )
        return P, X

    def leader_rows(self) -> sparse.csr_array:
        """Return the coefficients of ``p`` in the leader's rows, which are 0."""
        pair, restarts = self.pair, self.pair.restarts
        leader, follower = self.connected
        row, q = _spread(restarts.polytope.start, follower)
        again, e = _spread(restarts.first, q)
        k = leader[row][again]
        out, s = _spread(pair.leaders.start, k)
        before = pair.leaders.incoming[pair.leaders.incoming_start[:-1]][k]
        columns = np.concatenate((self.place(s, e[out]), self.place(before, e)))
        values = np.concatenate((np.ones(len(s)), -np.ones(len(k))))
        rows = np.concatenate((out, np.arange(len(k))))
        return Triples(rows, columns, values).matrix((len(k), self.size))

    def tremble_rows(self) -> sparse.csr_array:
        """Return the coefficients of ``p`` in the rows of the leader's trembles, at least 0."""
        s, e = self.coordinates
        here = np.flatnonzero(s > 0)
        rows = np.arange(len(here))
        alone = self.place(np.zeros_like(here), e[here])
        values = np.concatenate((np.ones(len(here)), -self.pair.floor[s[here]]))
        columns = np.concatenate((here, alone))
        return Triples(np.concatenate((rows, rows)), columns, values).matrix((len(here), self.size))

    # Rows of incentives ---------------------------------------------------------------------------

    @cached_property
    def deviations(self) -> Disobedience:
        """Who is told what, and does what instead."""
        return Disobedience.of(self)

    def worth_rows(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Return the coefficients of ``w`` and ``p`` in the definition of ``w``, which is 0."""
        restarts = self.pair.restarts
        pairs = np.arange(restarts.size)
        below = np.flatnonzero(restarts.parent >= 0)
        rows = np.concatenate((pairs, restarts.parent[below]))
        columns = np.concatenate((pairs, below))
        values = np.concatenate((np.ones(len(pairs)), -np.ones(len(below))))
        scale = self._scale(restarts.sequence)
        W = Triples(rows, columns, values * scale[rows]).matrix((len(pairs), len(pairs)))
        P = self.payoffs(pairs, restarts.sequence, scale)
        return W, -P

    def payoffs(self, e: Ints, q: Ints, scale: np.ndarray) -> sparse.csr_array:
        """Return rows that weigh the coordinates of ``e`` by the payoffs of sequences ``q``."""
        U = self.pair.payoffs(self.pair.follower).tocsc()
        row, entry = _spread(U.indptr.astype(np.int64), q)
        s = U.indices[entry].astype(np.int64)
        columns = self.place(s, e[row])
        return Triples(row, columns, U.data[entry] * scale[row]).matrix((len(e), self.size))

    def _scale(self, q: Ints) -> np.ndarray:
        """Return for sequences 1 over the least probability of the leader to get to their infoset.

        A solver's tolerance would swallow what only trembles reach.
        """
        least = self.pair.reach() @ self.pair.floor
        scale: np.ndarray = 1 / least[self.pair.restarts.polytope.point[q]]
        return scale


@dataclass(frozen=True, eq=False)
class Disobedience:
    """Plans of a follower who was told to play ``b`` and plays another action there.

    Attributes
    ----------
    told, plays
        The sequence ``b``, and one of those of the plan; a row of `rows` per copy.
    holder
        Which value the plan's part is compared with: -1 for that of obeying, else the number of a
        value ``d``.
    above
        The number of the deviation below which a value ``d`` lies; one per value.
    copy
        The first of the copies of each value, one per subtree that ``b`` lies in; and their number.
    """

    of_program: RestartCorrelation
    told: Ints
    plays: Ints
    holder: Ints
    above: Ints
    copy: Ints

    @classmethod
    def of(cls, program: RestartCorrelation) -> Disobedience:
        """Walk from the actions beside those that may be told down to the ends of the plans."""
        restarts = program.pair.restarts
        theirs = restarts.polytope
        order = np.argsort(restarts.before, kind="stable")
        first = np.searchsorted(restarts.before[order], np.arange(theirs.size + 1))
        row, other = _spread(theirs.start, theirs.point[1:])
        beside = row + 1 != other
        told, plays = row[beside] + 1, other[beside]
        holder = np.full(len(told), -1)
        found, above, values = [(told, plays, holder)], [], 0
        done = 0
        while len(told):
            pair, place = _spread(first, plays)
            number = values + np.arange(len(pair))
            above.append(done + pair)
            values += len(pair)
            done += len(told)
            choice, q = _spread(theirs.start, order[place])
            told, plays, holder = told[pair][choice], q, number[choice]
            found.append((told, plays, holder))
        told, plays, holder = (np.concatenate(part) for part in zip(*found, strict=True))
        above_all = np.concatenate([*above, np.zeros(0, dtype=np.int64)])
        copies = restarts.depth[told[above_all]]
        return cls(
            program, told, plays, holder, above_all, np.concatenate(([0], np.cumsum(copies)))
        )

    @property
    def size(self) -> int:
        """Number of values ``d``, all copies counted."""
        return int(self.copy[-1])

    def rows(self) -> tuple[sparse.csr_array, sparse.csr_array, sparse.csr_array]:
        """Return the coefficients of ``w``, ``d`` and ``p`` in the rows, which are at least 0."""
        program = self.of_program
        restarts = program.pair.restarts
        row, e = _spread(restarts.first, self.told)
        rows = np.arange(len(row))
        copy = e - restarts.first[self.told[row]]
        holder = self.holder[row]
        scale = program._scale(self.told[row])  # noqa: SLF001 - of the same program
        obeying = holder < 0
        W = Triples(rows[obeying], e[obeying], scale[obeying]).matrix((len(rows), restarts.size))
        start = np.concatenate(([0], np.cumsum(restarts.depth[self.told])))
        value, place = _spread(self.copy, np.arange(len(self.above)))
        under = start[self.above[value]] + place - self.copy[value]
        D = Triples(
            np.concatenate((rows[~obeying], under)),
            np.concatenate((self.copy[holder[~obeying]] + copy[~obeying], place)),
            np.concatenate((scale[~obeying], -scale[under])),
        ).matrix((len(rows), self.size))
        return W, D, -program.payoffs(e, self.plays[row], scale)


def _spread(start: Ints, which: Ints) -> tuple[Ints, Ints]:
    """Return for each of several ranges, by number, its place in ``which`` and all its members."""
    first, end = start[which], start[which + 1]
    return np.repeat(np.arange(len(which)), end - first), ranges(first, end)
