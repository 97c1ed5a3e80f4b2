"""The coordinates of a leader's problem, with those that rows of the model need besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats
    from efmodels.problem import EquilibriumProblem


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Coordinates ``mu``: the block's, then flows that no coordinate of the block stands for.

    Attributes
    ----------
    reach
        The matrix ``T`` with a row for each of them; ``None`` where flows are the coordinates.
    of_flows, of_variables
        Flows, and the coordinates that are variables of the block, in terms of ``mu``.
    """

    reach: sparse.csr_array | None
    of_flows: sparse.csr_array
    of_variables: sparse.csr_array

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return int(self.of_flows.shape[1])

    def of(self, flows: Floats, mu: Floats) -> Floats:
        """Return the coefficients of ``mu`` for those of flows and of variables."""
        return np.asarray(flows @ self.of_flows + mu @ self.of_variables)


def coordinates_of(problem: EquilibriumProblem, flows: int, used: Bools) -> Coordinates:
    """Return the coordinates of a problem.

    Parameters
    ----------
    problem
        Of the block.
    flows
        How many flows there are, choices beyond the problem's leader among them.
    used
        Which flows have to be in terms of coordinates; shape ``(flows,)``.

    Examples
    --------
    The first coordinate is twice a flow; another flow, which is asked for, becomes the third:

    >>> from efmodels.polytope import FlowPolytope
    >>> from efmodels.problem import EquilibriumProblem
    >>> leader = FlowPolytope([1, 3], [0], [0, 1], ("I",), ("", "l", "r"))
    >>> T = sparse.csr_array(np.array([[0.0, 2.0, 0.0], [0.0, 1.0, 1.0]]))
    >>> problem = EquilibriumProblem(leader, np.zeros(2), (), T)
    >>> coordinates_of(problem, 3, np.array([False, True, True])).reach.toarray()
    array([[0., 2., 0.],
           [0., 1., 1.],
           [0., 0., 1.]])
    """
    if problem.reach is None:
        identity = sparse.eye_array(flows).tocsr()
        return Coordinates(None, identity, sparse.csr_array((0, flows), dtype=float))
    T = problem.reach
    rows, terms = T.shape[0], np.diff(T.indptr)
    single = np.flatnonzero(terms == 1)
    place = np.full(flows, -1)
    place[T.indices[T.indptr[single]]] = single
    factor = np.zeros(flows)
    factor[T.indices[T.indptr[single]]] = 1.0 / T.data[T.indptr[single]]
    more = np.flatnonzero(used & (place < 0))
    place[more], factor[more] = rows + np.arange(len(more)), 1.0
    there = np.flatnonzero(place >= 0)
    shape = (flows, rows + len(more))
    several = np.flatnonzero(terms > 1)
    ones = (np.ones(len(several)), (np.arange(len(several)), several))
    wide = enlarged(T, (rows, flows))
    return Coordinates(
        sparse.csr_array(sparse.vstack([wide, sparse.eye_array(flows).tocsr()[more]])),
        sparse.csr_array((factor[there], (there, place[there])), shape=shape),
        sparse.csr_array(ones, shape=(len(several), shape[1])),
    )


def enlarged(matrix: sparse.csr_array, shape: tuple[int, int]) -> sparse.csr_array:
    """Return a matrix with further rows and columns, which are empty.

    >>> enlarged(sparse.csr_array(np.array([[1.0]])), (2, 2)).toarray()
    array([[1., 0.],
           [0., 0.]])
    """
    more = np.full(shape[0] - matrix.shape[0], matrix.indptr[-1], dtype=matrix.indptr.dtype)
    indptr = np.concatenate((matrix.indptr, more))
    return sparse.csr_array((matrix.data, matrix.indices, indptr), shape=shape)
