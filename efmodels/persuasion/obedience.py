"""Obedience as rows of a sparse matrix: nobody gains by doing something else than she is told."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.names import distinct, model_name
from efmodels.persuasion.channels import own_actions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from efmodels.game import Floats, Ints
    from efmodels.persuasion.channels import Channel
    from efmodels.persuasion.problem import PersuasionProblem


def obedience_rows(
    problem: PersuasionProblem, channels: Sequence[Channel], margin: float
) -> sparse.csr_array:
    r"""Return a row for each listener, signal and other action; obedience is ``rows @ x >= 0``.

    With :math:`x(\theta, a)` the joint probability of a state and recommendations, the row of
    receiver i, signal k and action b is

    .. math::

        \sum_{(\theta, a) \in k} x(\theta, a)
        \bigl(u_i(\theta, a) - u_i(\theta, b, a_{-i}) - \mathrm{margin}\bigr).

    Shape ``(rows, size)``, in the order of :func:`obedience_names`.
    """
    blocks = [
        _rows_of(problem, channel, receiver, margin)
        for channel in channels
        for receiver in channel.listeners
    ]
    return sparse.csr_array(sparse.vstack(blocks))


def _rows_of(
    problem: PersuasionProblem, channel: Channel, receiver: int, margin: float
) -> sparse.csr_array:
    own, others = own_actions(problem, receiver), problem.shape[receiver + 1] - 1
    columns = np.arange(problem.size)
    rows: list[Ints] = []
    entries: list[Floats] = []
    places: list[Ints] = []
    for action, gain in enumerate(gains_of_obedience(problem, receiver)):
        advised = own != action  # to do as one is told is no deviation
        rank = action - (action > own[advised])
        rows.append(channel.signal[advised] * others + rank)
        entries.append(gain[advised] - margin)
        places.append(columns[advised])
    shape = (len(channel.labels) * others, problem.size)
    return sparse.csr_array(
        (np.concatenate(entries), (np.concatenate(rows), np.concatenate(places))), shape=shape
    )


def gains_of_obedience(problem: PersuasionProblem, receiver: int) -> Iterator[Floats]:
    """Yield, for each of her actions, what she loses by it everywhere in the table.

    Each has shape ``(size,)``: her payoff in an entry less that with her action replaced.
    """
    payoff = problem.receiver_payoffs[receiver]
    for action in range(problem.shape[receiver + 1]):
        yield (payoff - np.take(payoff, [action], axis=receiver + 1)).ravel()


def obedience_names(problem: PersuasionProblem, channels: Sequence[Channel]) -> tuple[str, ...]:
    """Return a model name for each row: listener, signal, other action."""
    names = []
    for channel in channels:
        for receiver in channel.listeners:
            label, actions = problem.receivers[receiver], problem.actions[receiver]
            own = np.zeros(len(channel.labels), dtype=int)
            own[channel.signal] = own_actions(problem, receiver)
            names += [
                model_name(f"{label}_{signal}_{other}")
                for signal, told in zip(channel.labels, own.tolist(), strict=True)
                for k, other in enumerate(actions)
                if k != told
            ]
    return distinct(names)


def entry_names(problem: PersuasionProblem) -> tuple[str, ...]:
    """Return a model name for each entry of the table: state and actions."""
    return distinct(model_name("_".join(one)) for one in product(problem.states, *problem.actions))
