"""What a sender says in each state of a process, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.persuasion.signal_scheme import NEVER, TOLERANCE

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats
    from efmodels.persuasion.occupancy import Occupancy

RECEIVER, SENDER = "Receiver", "Sender"
"""What the two sides are called."""


@dataclass(frozen=True, eq=False, repr=False)
class MarkovScheme:
    r"""Recommendations for each state and outcome of a process, and how often states are visited.

    Attributes
    ----------
    occupancy
        The process as arrays.
    advice
        Probability of each recommendation given point and outcome, shape ``(points, outcomes,
        actions)``. What is below 0 by a solver's rounding is put right.

    Raises
    ------
    GameError
        The shape is another one, or it holds no probabilities.

    Examples
    --------
    >>> from efmodels.persuasion.occupancy import _example
    >>> MarkovScheme(_example(), [[[1, 0], [0, 1]]]).payoffs()
    {'Receiver': 1.0, 'Sender': 0.0}
    """

    occupancy: Occupancy
    advice: Floats

    def __post_init__(self) -> None:
        """Check the probabilities."""
        given = np.array(self.advice, dtype=float)
        if given.shape != self.occupancy.shape:
            raise GameError(f"advice has shape {given.shape}; expected {self.occupancy.shape}")
        totals = given.sum(axis=2, keepdims=True)
        if not (given.min() >= -TOLERANCE and np.abs(totals - 1).max() <= TOLERANCE):
            raise GameError(
                "the recommendations at a point and outcome must sum to 1, none below 0"
            )
        advice = np.maximum(given, 0.0)
        object.__setattr__(self, "advice", read_only(advice / advice.sum(axis=2, keepdims=True)))

    @classmethod
    def from_occupancy(cls, occupancy: Occupancy, x: Floats) -> MarkovScheme:
        """Return the scheme that a measure of visits stands for.

        Where nobody comes, and an outcome that is never seen, the first action is recommended.
        """
        measure = np.maximum(x.reshape(occupancy.shape), 0.0)
        total = measure.sum(axis=2, keepdims=True)
        first = np.broadcast_to(np.eye(1, occupancy.shape[2]), measure.shape)
        rate = np.divide(measure, total, out=np.zeros_like(measure), where=total > NEVER)
        return cls(occupancy, np.where(total > NEVER, rate, first))

    @cached_property
    def visits(self) -> Floats:
        """How often each point is visited, from the process and the advice; shape ``(points,)``."""
        occupancy = self.occupancy
        points, outcomes, actions = occupancy.shape
        there = (occupancy.prior[:, :, None] * self.advice).ravel()
        each = np.repeat(np.arange(points), outcomes * actions)
        policy = sparse.csr_array((there, (np.arange(len(there)), each)))
        leads = sparse.csc_array(sparse.eye_array(points) - occupancy.inflow @ policy)
        return np.atleast_1d(spsolve(leads, occupancy.outside))

    @cached_property
    def joint(self) -> Floats:
        """How often each outcome and recommendation are met; shape as `advice`."""
        seen = self.visits[:, None] * self.occupancy.prior
        return seen[:, :, None] * self.advice

    def payoffs(self) -> dict[str, float]:
        """Return what the receivers get together, and the sender, if all obey."""
        occupancy = self.occupancy
        return {
            RECEIVER: float((self.joint * occupancy.receiver_payoffs).sum()),
            SENDER: float((self.joint * occupancy.sender_payoffs).sum()),
        }

    def regrets(self) -> dict[str, float]:
        """Return what the receivers could gain together, each thinking of her own step alone."""
        # By point, by what she is told, and by what she does.
        worth = np.einsum("kta,ktb->kab", self.joint, self.occupancy.receiver_payoffs)
        told = np.einsum("kaa->ka", worth)
        return {RECEIVER: float(np.maximum(worth.max(axis=2) - told, 0.0).sum())}

    def strategy(self) -> pd.DataFrame:
        """Return what is said: a row for each point, outcome and recommendation that is given.

        Columns: ``step`` where there are steps, ``state``, ``outcome``, ``recommendation``,
        ``probability`` of it given state and outcome, ``posterior`` of the outcome given the
        recommendation, and ``visits``, how often the state is visited.
        """
        import pandas as pd

        occupancy = self.occupancy
        mass = self.joint.sum(axis=1, keepdims=True)
        posterior = np.divide(self.joint, mass, out=np.zeros(occupancy.shape), where=mass > NEVER)
        rows = np.argwhere(self.joint > NEVER)
        table = pd.DataFrame(
            [
                [
                    *occupancy.places[k],
                    occupancy.outcomes[t],
                    occupancy.actions[a],
                    self.advice[k, t, a],
                    posterior[k, t, a],
                    self.visits[k],
                ]
                for k, t, a in rows.tolist()
            ],
            columns=[
                *("step", "state", "outcome", "recommendation"),
                *("probability", "posterior", "visits"),
            ],
        )
        stationary = all(step is None for step, _ in occupancy.places)
        return table.drop(columns="step") if stationary else table
