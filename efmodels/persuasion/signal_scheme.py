"""What a sender says in each state, and what becomes of it: beliefs, payoffs and regrets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import read_only
from efmodels.names import distinct

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats
    from efmodels.persuasion.channels import Channel
    from efmodels.persuasion.problem import PersuasionProblem

TOLERANCE = 1e-6
"""How far the joint probabilities of a state may be from its prior."""

NEVER = 1e-12
"""A signal that is less likely is not sent: there is no belief after it."""


@dataclass(frozen=True, eq=False, repr=False)
class SignalScheme:
    r"""Recommendations in each state, and who hears them.

    Attributes
    ----------
    problem
        The data.
    channels
        Who hears what.
    joint
        :math:`x(\theta, a)`, the probability of a state and recommendations; shape as the tables of
        the problem. What is below 0 or does not add up to the prior, by a solver's rounding, is put
        right: joint probabilities are those of the prior and of what is said given each state.

    Raises
    ------
    GameError
        The shape is another one, or the probabilities are not those of the prior.

    Examples
    --------
    >>> from efmodels.persuasion.channels import private_channels
    >>> from efmodels.persuasion.problem import PersuasionProblem
    >>> judge = PersuasionProblem([0.7, 0.3], [[0, 1], [0, 1]], {"Judge": [[1, 0], [0, 1]]})
    >>> scheme = SignalScheme(judge, private_channels(judge), [[0.3, 0.4], [0, 0.3]])
    >>> scheme.payoffs()
    {'Judge': 0.6, 'Sender': 0.7}
    >>> print(round(scheme.regrets()["Judge"], 9))  # too often told to convict
    0.1
    """

    problem: PersuasionProblem
    channels: tuple[Channel, ...]
    joint: Floats

    def __post_init__(self) -> None:
        """Check the probabilities, and make them exactly those of the prior."""
        shape, prior = self.problem.shape, self.problem.prior
        given = np.array(self.joint, dtype=float)
        if given.shape != shape:
            raise GameError(f"joint has shape {given.shape}; expected {shape}")
        flat = given.reshape(len(prior), -1)
        off = np.abs(flat.sum(axis=1) - prior).max()
        if not (off <= TOLERANCE and flat.min() >= -TOLERANCE):
            raise GameError(
                f"the joint probabilities of a state differ by {max(off, -flat.min()):.3g} from "
                f"its prior {prior.tolist()}, or are below 0"
            )
        flat = np.maximum(flat, 0.0)
        total = flat.sum(axis=1)
        scale = np.divide(prior, total, out=np.zeros_like(prior), where=total > 0)
        # Nothing was said in a state of tiny probability: say what is said first.
        flat = flat * scale[:, None]
        flat[total <= 0, 0] = prior[total <= 0]
        object.__setattr__(self, "joint", read_only(flat.reshape(shape)))

    def payoffs(self) -> dict[str, float]:
        """Return each receiver's expected payoff, and the sender's, if all obey."""
        problem = self.problem
        tables = zip(
            (*problem.receivers, problem.sender),
            (*problem.receiver_payoffs, problem.sender_payoffs),
            strict=True,
        )
        return {label: float((self.joint * table).sum()) for label, table in tables}

    def regrets(self) -> dict[str, float]:
        """Return what each receiver could gain by doing what is best after each signal she hears.

        From the data, by comparing what her actions are worth; the rows of no program are used.
        """
        gains = dict.fromkeys(self.problem.receivers, 0.0)
        for channel in self.channels:
            for receiver in channel.listeners:
                label = self.problem.receivers[receiver]
                worth = self._worth(channel, receiver)
                told = np.zeros(len(channel.labels))
                own = self.problem.receiver_payoffs[receiver] * self.joint
                np.add.at(told, channel.signal, own.ravel())
                gains[label] += float(np.maximum(worth.max(axis=1) - told, 0.0).sum())
        return gains

    def _worth(self, channel: Channel, receiver: int) -> Floats:
        """Return what each action is worth after each signal, times its probability."""
        payoff = self.problem.receiver_payoffs[receiver]
        worth = np.zeros((len(channel.labels), payoff.shape[receiver + 1]))
        for action in range(worth.shape[1]):
            instead = np.take(payoff, [action], axis=receiver + 1)
            np.add.at(worth[:, action], channel.signal, (self.joint * instead).ravel())
        return worth

    def strategy(self) -> pd.DataFrame:
        """Return what is said: a row for each state and recommendations that are given in it.

        Columns: ``state``; for each receiver what she is told; ``probability``, of that in the
        state; ``posterior``, the probability of the state given all that is said, to everybody.
        What a receiver believes who hears her own part alone is in :meth:`posteriors`.
        """
        import pandas as pd

        problem = self.problem
        mass = self.joint.sum(axis=0)
        posterior = np.divide(self.joint, mass, out=np.zeros(problem.shape), where=mass > NEVER)
        prior = problem.prior.reshape(-1, *(1,) * len(problem.receivers))
        rate = np.divide(self.joint, prior, out=np.zeros(problem.shape), where=prior > 0)
        rows = np.flatnonzero(self.joint.ravel() > NEVER)
        words = list(product(problem.states, *problem.actions))
        columns = distinct(["state", "probability", "posterior", *problem.receivers])
        table = pd.DataFrame([words[k] for k in rows], columns=[columns[0], *columns[3:]])
        return table.assign(**{columns[1]: rate.ravel()[rows], columns[2]: posterior.ravel()[rows]})

    def posteriors(self) -> pd.DataFrame:
        """Return what is believed after each signal that is sent.

        Columns: ``listener`` (``public`` where all hear the same), ``signal``, ``probability``, and
        the belief in each state.
        """
        import pandas as pd

        states = distinct(["listener", "signal", "probability", *self.problem.states])[3:]
        rows = [
            [channel.name, channel.labels[k], float(mass), *belief]
            for channel in self.channels
            for k, mass, belief in zip(*self.beliefs(channel), strict=True)
        ]
        return pd.DataFrame(rows, columns=["listener", "signal", "probability", *states])

    def beliefs(self, channel: Channel) -> tuple[list[int], Floats, Floats]:
        """Return the signals of a channel that are sent, their probabilities, and the beliefs.

        Beliefs have shape ``(signals sent, states)``.
        """
        states = len(self.problem.states)
        masses = (channel.masses(states) @ self.joint.ravel()).reshape(-1, states)
        total = masses.sum(axis=1)
        sent = np.flatnonzero(total > NEVER)
        return sent.tolist(), total[sent], masses[sent] / total[sent, None]

    @cached_property
    def value(self) -> float:
        """The sender's expected payoff."""
        return self.payoffs()[self.problem.sender]

    def __repr__(self) -> str:
        channels = [f"{c.name}: {len(self.beliefs(c)[0])} signals" for c in self.channels]
        return f"SignalScheme(value={self.value:.6g}, {', '.join(channels)})"
