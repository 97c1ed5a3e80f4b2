"""Commitment in bimatrix games: strong Stackelberg, by a linear program for each reply."""

from __future__ import annotations

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
