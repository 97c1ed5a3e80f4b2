"""Commitment in bimatrix games: strong Stackelberg, by a linear program for each reply."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def strong_stackelberg_value(leader: Floats, follower: Floats) -> float:
    """Return the most that a leader gets who commits herself to a mixture of her actions.

    The follower takes a best reply, and of several the one that is best for the leader. The
    matrices have a row per action of the leader (Conitzer and Sandholm 2006).
    """
    values = []
    for reply in range(follower.shape[1]):
        better = (follower - follower[:, [reply]]).T
        total = np.ones((1, len(leader)))
        found = linprog(-leader[:, reply], better, np.zeros(len(better)), total, [1.0])
        if found.status == 0:
            values.append(-found.fun)
    return float(max(values))


def bayesian_stackelberg_value(prior: Floats, leader: Floats, follower: Floats) -> float:
    """Return the same against a follower of unknown type: a program for each product of replies.

    The tables have axes for types, the leader's actions and replies.
    """
    types, actions, replies = leader.shape
    total = np.ones((1, actions))
    values = []
    for reply in product(range(replies), repeat=types):
        worth = sum(q * leader[t, :, reply[t]] for t, q in enumerate(prior))
        better = np.concatenate(
            [(follower[t] - follower[t][:, [reply[t]]]).T for t in range(types)]
        )
        found = linprog(-worth, better, np.zeros(len(better)), total, [1.0])
        if found.status == 0:
            values.append(-found.fun)
    return float(max(values))
