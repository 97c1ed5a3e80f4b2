"""Pairs of sequences, one of them with floors: the rows that make masses products of plans."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.plan_floors import PlanFloors


@dataclass(frozen=True, eq=False)
class SequencePairs:
    r"""Masses :math:`p_{st} = x_s y_t` of a leader's and a follower's sequence.

    For each of the leader's sequences they are the follower's plan times a factor. They are needed
    where an outcome lies behind the pair, and before there; where :math:`t` is empty the mass is
    :math:`x_s` itself, and none of these.

    Attributes
    ----------
    ends
        The pairs with an outcome, the leader's sequence first; shape ``(outcomes, 2)``.
    floors
        Of the follower.
    """

    ends: Ints
    floors: PlanFloors

    @cached_property
    def _keys(self) -> Ints:
        """The leader's sequence times the number of the follower's, plus the follower's."""
        polytope, width = self.floors.polytope, self.floors.polytope.size
        found = [np.zeros(0, dtype=np.int64)]
        leader, follower = self.ends[:, 0].astype(np.int64), self.ends[:, 1].astype(np.int64)
        while (going := follower > 0).any():
            leader, follower = leader[going], follower[going]
            point = np.unique(leader * polytope.points + polytope.point[follower])
            leader, j = point // polytope.points, point % polytope.points
            wide = np.diff(polytope.start)[j]
            first = np.repeat(polytope.start[j] - np.cumsum(wide) + wide, wide)
            siblings = first + np.arange(wide.sum())
            found.append(np.repeat(leader, wide) * width + siblings)
            follower = polytope.incoming[j]
        return np.unique(np.concatenate(found))

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._keys)

    @property
    def leader(self) -> Ints:
        """The leader's sequence of each."""
        return self._keys // self.floors.polytope.size

    @property
    def follower(self) -> Ints:
        """The follower's sequence of each."""
        return self._keys % self.floors.polytope.size

    def _place(self, leader: Ints, follower: Ints) -> Ints:
        """Return where pairs are."""
        return np.searchsorted(self._keys, leader * self.floors.polytope.size + follower)

    def spread(self, worth: Floats, leaders: int) -> tuple[Floats, Floats]:
        """Return numbers per outcome as coefficients of the leader's plan and of the masses."""
        empty = self.ends[:, 1] == 0
        plan = np.bincount(self.ends[empty, 0], weights=worth[empty], minlength=leaders)
        place = self._place(self.ends[~empty, 0], self.ends[~empty, 1])
        masses = np.bincount(place, weights=worth[~empty], minlength=self.size)
        return plan.astype(float), masses.astype(float)

    def flow_rows(self, leaders: int) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Return the rows ``sum_a p_s(j,a) - p_sp(j) = 0``, of the masses and of the plan."""
        polytope = self.floors.polytope
        point = self.leader * polytope.points + polytope.point[self.follower]
        _, first, row = np.unique(point, return_index=True, return_inverse=True)
        ones = (np.ones(self.size), (row, np.arange(self.size)))
        total = sparse.csr_array(ones, shape=(len(first), self.size))
        masses, plan = self._before(first, leaders)
        return (total - masses).tocsr(), (-plan).tocsr()

    def added_rows(self, leaders: int) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Return the rows ``p_sq - share_q p_sp(q) - least_q x_s``, what is added to floors."""
        every = np.arange(self.size)
        share = sparse.diags_array(self.floors.share[self.follower])
        masses, plan = self._before(every, leaders)
        least = sparse.csr_array(
            (self.floors.least[self.follower], (every, self.leader)), shape=(self.size, leaders)
        )
        return (
            sparse.csr_array(sparse.eye_array(self.size) - share @ masses),
            sparse.csr_array(-(share @ plan) - least),
        )

    def pick_follower(self, weight: Floats) -> sparse.csr_array:
        """Return the matrix that picks the follower's sequence of each pair, times a weight."""
        entries = (weight, (np.arange(self.size), self.follower))
        return sparse.csr_array(entries, shape=(self.size, self.floors.polytope.size))

    def _before(self, pairs: Ints, leaders: int) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Return what picks the mass before the follower's last move: a mass, or the plan."""
        leader, before = self.leader[pairs], self.floors.before[self.follower[pairs]]
        rows = np.arange(len(pairs))
        inner = before > 0
        place = self._place(leader[inner], before[inner])
        ones = np.ones(len(pairs))
        masses = (ones[inner], (rows[inner], place))
        plan = (ones[~inner], (rows[~inner], leader[~inner]))
        return (
            sparse.csr_array(masses, shape=(len(pairs), self.size)),
            sparse.csr_array(plan, shape=(len(pairs), leaders)),
        )
