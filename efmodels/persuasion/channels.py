"""Who hears which part of what the sender says: each her own advice, or all everything."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.persuasion.problem import PersuasionProblem


@dataclass(frozen=True, eq=False)
class Channel:
    """Signals, what is recommended when one is sent, and who hears it.

    Attributes
    ----------
    name
        The listener's label, or ``"public"``.
    listeners
        Positions of the receivers who hear it.
    signal
        Which signal goes with each entry of the table, in row-major order; shape ``(size,)``.
    labels
        What each signal recommends.
    """

    name: str
    listeners: tuple[int, ...]
    signal: Ints
    labels: tuple[str, ...]

    def masses(self, states: int) -> sparse.csr_array:
        """Return the matrix from joint probabilities to those of each signal and state.

        A row for each signal and state, in this order; a column for each entry of the table.
        """
        columns = np.arange(len(self.signal))
        state = columns // (len(columns) // states)
        rows = self.signal * states + state
        shape = (len(self.labels) * states, len(columns))
        return sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=shape)


def private_channels(problem: PersuasionProblem) -> tuple[Channel, ...]:
    """Return a channel for each receiver, on which she hears what she should do."""
    return tuple(
        Channel(label, (k,), own_actions(problem, k), problem.actions[k])
        for k, label in enumerate(problem.receivers)
    )


def public_channels(problem: PersuasionProblem) -> tuple[Channel, ...]:
    """Return the one channel on which all hear what everybody should do."""
    profiles = problem.size // len(problem.states)
    everybody = tuple(range(len(problem.receivers)))
    labels = tuple(map(", ".join, product(*problem.actions)))
    return (Channel("public", everybody, np.arange(problem.size) % profiles, labels),)


def own_actions(problem: PersuasionProblem, receiver: int) -> Ints:
    """Return which action a receiver takes in each entry of the table; shape ``(size,)``."""
    numbers = np.arange(problem.shape[receiver + 1])
    rest = (1,) * (len(problem.shape) - receiver - 2)
    return np.broadcast_to(numbers.reshape(-1, *rest), problem.shape).ravel()
