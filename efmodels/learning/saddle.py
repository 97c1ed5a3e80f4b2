r"""A leader against an adversary, as arrays for learners.

The followers of a problem without incentive constraints choose independently of each other, so that
they are one adversary whose polytope is the product of theirs:

.. math:: \max_x \min_y \; c^\top T x - (T x)^\top W (w \circ y),

where each coordinate of ``y`` has the weight ``w`` of its follower.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.floored_polytope import floored, floors_of
from efmodels.learning.arrangement import Arrangement, arranged_beside, arranged_for_sweeps
from efmodels.learning.pricing import DEVIATE
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Floats, Ints
    from efmodels.problem import EquilibriumProblem


@dataclass(frozen=True, eq=False)
class Saddle:
    """A leader who maximises against an adversary who minimises.

    Attributes
    ----------
    leader, adversary
        Their polytopes, arranged for sweeps.
    reach
        The matrix ``T`` over the arranged coordinates of the leader; ``None`` for the identity.
    c
        The leader's payoff per coordinate of ``mu``.
    W
        What the leader pays, per coordinate of ``mu`` and of the adversary; the root's column is
        empty.
    follower
        Which follower each coordinate of the adversary belongs to; 0 for the root.
    weights
        The weight of each follower.
    places
        For each follower, the coordinates of the adversary that her own ones have become.
    constrained
        Which followers stand for incentive constraints, and may stay out: see `.pricing`.

    Examples
    --------
    >>> import efmodels as ef
    >>> block = ef.formulations.nash_zero_sum(ef.instances.kuhn())
    >>> saddle = saddle_of(block.problem)
    >>> saddle.W.shape, saddle.leader.levels.tolist()
    ((13, 13), [0, 3, 6])
    """

    leader: Arrangement
    adversary: Arrangement
    reach: sparse.csr_array | None
    c: Floats
    W: sparse.csr_array
    follower: Ints
    weights: Floats
    places: tuple[Ints, ...]
    constrained: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @cached_property
    def deviating(self) -> Ints:
        """The coordinate of each constrained follower that stands for deviating."""
        return np.array([self.places[k][DEVIATE] for k in self.constrained], dtype=np.int64)

    @cached_property
    def transposed(self) -> sparse.csr_array:
        """``W'``, for the adversary's gradients."""
        return self.W.T.tocsr()

    def mu(self, x: Floats) -> Floats:
        """Return the reach of an arranged plan of the leader."""
        return x if self.reach is None else np.asarray(self.reach @ x)

    def leader_gradient(self, priced: Floats) -> Floats:
        """Return the leader's gradient, given the adversary's plan times its weights."""
        net = self.c - self.W @ priced
        return net if self.reach is None else np.asarray(self.reach.T @ net)

    def adversary_gradient(self, x: Floats) -> Floats:
        """Return the gradient of what the leader pays, without weights, at the leader's plan."""
        return np.asarray(self.transposed @ self.mu(x))

    def priced(self, y: Floats, weights: Floats) -> Floats:
        """Return the adversary's plan times the weights of the followers."""
        result: Floats = y * weights[self.follower]
        return result


def inner(one: Floats, other: Floats) -> float:
    """Return an inner product, summed in this thread.

    BLAS would wake other threads for vectors of ten thousand numbers, and waiting for them takes
    many times as long as the sum where the cores have other work.

    Examples
    --------
    >>> inner(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float(np.einsum("i,i->", one, other))


def saddle_of(problem: EquilibriumProblem) -> Saddle:
    """Return the arrays of a problem whose followers have no incentive constraints.

    Raises
    ------
    GameError
        A follower has an incentive constraint: price it first, see `lagrangian`.
    """
    bound = [one.label for one in problem.followers if one.b is not None]
    if bound:
        raise GameError(f"{bound} have incentive constraints; take the Lagrangian of the problem")
    leader = arranged_for_sweeps(problem.leader)
    followers = [one.polytope for one in problem.followers]
    adversary = arranged_for_sweeps(_product(followers))
    first = np.cumsum([0, *(one.size - 1 for one in followers)])
    own = [_own(one, at) for one, at in zip(followers, first, strict=False)]
    c = np.array(problem.c, dtype=float)
    parts = []
    for one, place in zip(problem.followers, own, strict=True):
        A = sparse.csr_array(one.A)
        # What is paid whatever the follower does is no payment to an adversary who may choose.
        c -= one.weight * A[:, [0]].toarray().ravel()
        of_her = Arrangement(adversary.polytope, adversary.place[place])
        parts.append(of_her.columns(_without_first_column(A)))
    shape = (problem.size, adversary.polytope.size)
    W = sum(parts, start=sparse.csr_array(shape, dtype=float))
    if problem.reach is None:
        leader, columns = _beside(leader, leader.columns(W.T.tocsr()))
        W, c, reach = columns.T.tocsr(), leader.gathered(c), None
    else:
        leader, reach = _beside(leader, leader.columns(problem.reach))
    adversary, W = _beside(adversary, W)
    places = tuple(adversary.place[place] for place in own)
    follower = np.zeros(adversary.polytope.size, dtype=np.int64)
    for number, place in enumerate(places):
        follower[place[1:]] = number
    weights = np.array([one.weight for one in problem.followers])
    return Saddle(leader, adversary, reach, c, W, follower, weights, places)


def _beside(
    arrangement: Arrangement, matrix: sparse.csr_array
) -> tuple[Arrangement, sparse.csr_array]:
    """Sort what the columns of a matrix stand for by its rows, and the columns with it."""
    rows, size = matrix.shape
    first = np.full(size, rows)
    np.minimum.at(first, matrix.indices, np.repeat(np.arange(rows), np.diff(matrix.indptr)))
    better = arranged_beside(arrangement.polytope, first)
    place = better.place[arrangement.place]
    return Arrangement(better.polytope, place), better.columns(matrix)


def _own(polytope: FlowPolytope, first: int) -> Ints:
    """Return where the coordinates of a factor stand in a product."""
    return np.concatenate(([0], first + np.arange(1, polytope.size)))


def _without_first_column(matrix: sparse.csr_array) -> sparse.csr_array:
    kept = (matrix.indices > 0) & (matrix.data != 0)
    start = np.concatenate(([0], np.cumsum(kept)))[matrix.indptr]
    return sparse.csr_array((matrix.data[kept], matrix.indices[kept], start), shape=matrix.shape)


def _product(polytopes: Sequence[FlowPolytope]) -> FlowPolytope:
    """Return the product of polytopes: their coordinates one after another, with one root."""
    start, incoming, incoming_start = [np.array([1])], [], [np.array([0])]
    before, entered = 0, 0
    for one in polytopes:
        start.append(one.start[1:] + before)
        incoming.append(np.where(one.incoming == 0, 0, one.incoming + before))
        incoming_start.append(one.incoming_start[1:] + entered)
        before += one.size - 1
        entered += len(one.incoming)
    points = sum(one.points for one in polytopes)
    product = FlowPolytope(
        np.concatenate(start),
        np.concatenate([np.zeros(0, dtype=np.int64), *incoming]),
        np.concatenate(incoming_start),
        MadeNames(points, "{}".format),
        MadeNames(before + 1, "{}".format),
    )
    floors = [floors_of(one) for one in polytopes]
    if all(one is None for one in floors):
        return product
    parts = [
        np.zeros(one.size) if own is None else own
        for one, own in zip(polytopes, floors, strict=True)
    ]
    return floored(product, np.concatenate([[0.0], *(part[1:] for part in parts)]))
