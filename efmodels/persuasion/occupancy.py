"""How often each state is visited, what is seen there and what is done: rows of sparse matrices."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.names import distinct, model_name

if TYPE_CHECKING:
    from efmodels.game import Floats


@dataclass(frozen=True, eq=False)
class Occupancy:
    r"""A persuasion process as arrays: points, each a state (at a step), and how they are reached.

    With :math:`d(k)` how often point k is visited, and :math:`x(k, \theta, a)` how often outcome
    :math:`\theta` is seen and action a recommended there,

    .. math::

        d = \mathrm{outside} + \mathrm{inflow}\, x, \qquad
        \sum_a x(k, \theta, a) = \mu(\theta \mid k)\, d(k).

    Attributes
    ----------
    places
        Step (from 1; ``None`` where time does not matter) and state of each point.
    outcomes, actions
        Labels.
    outside
        How much of each point is there from the start, shape ``(points,)``.
    inflow
        Shape ``(points, points * outcomes * actions)``; discounted.
    prior
        Shape ``(points, outcomes)``.
    sender_payoffs, receiver_payoffs
        Shape ``(points, outcomes, actions)``.
    """

    places: tuple[tuple[int | None, str], ...]
    outcomes: tuple[str, ...]
    actions: tuple[str, ...]
    outside: Floats
    inflow: sparse.csr_array
    prior: Floats
    sender_payoffs: Floats
    receiver_payoffs: Floats

    def __deepcopy__(self, memo: object) -> Occupancy:
        """Return the record itself: nobody can change it."""
        return self

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of points, outcomes and actions."""
        return len(self.places), len(self.outcomes), len(self.actions)

    # Rows ---------------------------------------------------------------------------------------

    def prior_rows(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Return the matrices of x and d in the rows of the prior, one per point and outcome.

        >>> occupancy = _example()
        >>> [matrix.toarray().tolist() for matrix in occupancy.prior_rows()]
        [[[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]], [[-0.75], [-0.25]]]
        """
        points, outcomes, actions = self.shape
        pairs = points * outcomes
        sums = sparse.kron(sparse.eye_array(pairs), np.ones((1, actions)), format="csr")
        each = np.repeat(np.arange(points), outcomes)
        spread = sparse.csr_array((-self.prior.ravel(), (np.arange(pairs), each)))
        return sums, sparse.csr_array(spread, shape=(pairs, points))

    def obedience_rows(self, margin: float) -> sparse.csr_array:
        """Return a row for each point, recommended action and other action.

        >>> _example().obedience_rows(0.0).toarray().tolist()
        [[1.0, 0.0, -1.0, 0.0], [0.0, -1.0, 0.0, 1.0]]
        """
        points, outcomes, actions = self.shape
        own, other = (array.ravel() for array in np.indices((actions, actions)))
        own, other = own[own != other], other[own != other]
        # gain[point, pair, outcome]: of doing as one is told and not something else
        paid = self.receiver_payoffs.transpose(0, 2, 1)
        gain = paid[:, own] - paid[:, other] - margin
        point, pair, outcome = np.indices(gain.shape)
        rows = point * len(own) + pair
        columns = (point * outcomes + outcome) * actions + own[pair]
        shape = (points * len(own), points * outcomes * actions)
        return sparse.csr_array((gain.ravel(), (rows.ravel(), columns.ravel())), shape=shape)

    # Names --------------------------------------------------------------------------------------

    def point_names(self) -> tuple[str, ...]:
        """Return a model name for each point."""
        return distinct(
            model_name(state if step is None else f"{state}_step{step}")
            for step, state in self.places
        )

    def entry_names(self) -> tuple[str, ...]:
        """Return a model name for each point, outcome and action."""
        return self._names(self.outcomes, self.actions)

    def prior_names(self) -> tuple[str, ...]:
        """Return a model name for each point and outcome."""
        return self._names(self.outcomes)

    def obedience_names(self) -> tuple[str, ...]:
        """Return a model name for each row of obedience."""
        pairs = [f"{a}_{b}" for a, b in product(self.actions, repeat=2) if a != b]
        return self._names(pairs)

    def _names(self, *labels: tuple[str, ...] | list[str]) -> tuple[str, ...]:
        words = product(self.point_names(), *labels)
        return distinct(model_name("_".join(each)) for each in words)


def _example() -> Occupancy:
    """Return one point, at which a receiver guesses one of two outcomes."""
    return Occupancy(
        places=((None, "here"),),
        outcomes=("heads", "tails"),
        actions=("heads", "tails"),
        outside=np.ones(1),
        inflow=sparse.csr_array((1, 4)),
        prior=np.array([[0.75, 0.25]]),
        sender_payoffs=np.zeros((1, 2, 2)),
        receiver_payoffs=np.eye(2)[None],
    )
