"""Bayesian persuasion by geometry: the concave envelope of what the sender gets at each belief."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import ConvexHull

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NEARLY = 1e-9
"""How far rounding may move a belief, or a payoff."""


def concave_envelope(prior: Floats, sender: Floats, receiver: Floats) -> float:
    """Return the most that a sender reaches who commits himself to what he will say.

    Parameters
    ----------
    prior
        Probability of each state.
    sender, receiver
        Payoffs, shape ``(states, actions)``. The receiver, who believes in p, takes the action that
        is best for her, and of several such actions the one that is best for the sender.

    Notes
    -----
    The sender's payoff as a function of p is linear where one action is best, and its graph is
    closed from above; so the envelope is spanned by the corners of these regions, the beliefs at
    which several actions, or no possibility of a state, leave nothing free.
    """
    corners = np.array(list(_corners(receiver)))
    worth = np.array([_sender_payoff(p, sender, receiver) for p in corners])
    if len(prior) == 1:
        return float(worth[0])
    # Far below stand the pure beliefs once more, so that the hull has an inside.
    below = np.full(len(prior), worth.min() - 1.0)
    points = np.vstack([corners, np.eye(len(prior))])[:, 1:]
    hull = ConvexHull(np.column_stack([points, np.concatenate([worth, below])]))
    normal, offset = hull.equations[:, :-1], hull.equations[:, -1]
    upper = normal[:, -1] > NEARLY
    height = -(normal[upper, :-1] @ prior[1:] + offset[upper]) / normal[upper, -1]
    return float(height.min())


def _corners(receiver: Floats) -> Iterator[Floats]:
    """Yield the beliefs at which ties and impossible states leave nothing free."""
    states, actions = receiver.shape
    ties = [receiver[:, a] - receiver[:, b] for a, b in combinations(range(actions), 2)]
    for chosen in combinations([*np.eye(states), *ties], states - 1):
        rows = np.vstack([np.ones(states), *chosen])
        if abs(np.linalg.det(rows)) > NEARLY:
            belief = np.linalg.solve(rows, np.eye(states)[0])
            if belief.min() >= -NEARLY:
                yield np.clip(belief, 0.0, 1.0)


def _sender_payoff(belief: Floats, sender: Floats, receiver: Floats) -> float:
    hers, theirs = belief @ receiver, belief @ sender
    return float(theirs[hers >= hers.max() - NEARLY].max())
