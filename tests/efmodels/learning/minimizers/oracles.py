"""Linear programs and fixed points that say what self-play must find."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, sparse

from efmodels.learning.minimizers import bilinear

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.polytope import FlowPolytope
    from efmodels.problem import EquilibriumProblem

    Rows = tuple[np.ndarray, np.ndarray]


def no_rows(polytope: FlowPolytope) -> Rows:
    """Return no constraint at all."""
    return np.zeros((0, polytope.size)), np.zeros(0)


def floor_rows(polytope: FlowPolytope, floor: float) -> Rows:
    """Return rows by which each choice has at least some share of what flows in; for trees."""
    rows = floor * polytope.F[1:].toarray().clip(max=0)[polytope.point[1:]]
    return -rows - np.eye(polytope.size)[1:], np.zeros(polytope.size - 1)


def constrained_value(problem: EquilibriumProblem, ours: Rows, theirs: Rows | None = None) -> float:
    """Return the most that the leader can guarantee, with further rows on either side.

    The follower's best response ``max x'A y`` over ``{y >= 0 : F y = f, G y <= h}`` is dualized:
    ``min f'v + h's`` over ``F'v + G's >= A'x`` and ``s >= 0``.
    """
    game, leader = bilinear(problem), problem.leader
    (follower,) = (one.polytope for one in problem.followers)
    D, d = ours
    G, h = no_rows(follower) if theirs is None else theirs
    rows, points = len(h), follower.points + 1
    cost = np.concatenate([-game.c, follower.f, h])
    dual = sparse.hstack([game.A.T, -follower.F.T, -sparse.csr_array(G.T)])
    nothing = np.zeros((len(d), points + rows))
    upper = sparse.vstack([dual, sparse.csr_array(np.hstack([D, nothing]))])
    equal = sparse.hstack([leader.F, sparse.csr_array((leader.points + 1, points + rows))])
    bounds = [*[(0, None)] * leader.size, *[(None, None)] * points, *[(0, None)] * rows]
    limits = np.concatenate([np.zeros(follower.size), d])
    answer = optimize.linprog(cost, upper, limits, equal, leader.f, bounds, method="highs")
    assert answer.status == 0
    return -float(answer.fun)


def pure_plans(polytope: FlowPolytope) -> np.ndarray:
    """Return all reduced pure plans, one per row."""
    ways = [range(width) for width in np.diff(polytope.start).tolist()]
    plans = []
    for choices in product(*ways):
        behaviour = np.zeros(polytope.size)
        behaviour[polytope.start[:-1] + np.array(choices)] = 1.0
        plans.append(polytope.realization(behaviour))
    return np.unique(plans, axis=0)


def logit_equilibrium(payoffs: Floats, weight: float) -> tuple[Floats, Floats, float]:
    """Return the quantal response equilibrium of a zero-sum matrix game, by finding a root.

    Parameters
    ----------
    payoffs
        What the first player earns, and the second loses.
    weight
        One over the rationality; continued from a game in which only the entropy counts.

    Returns
    -------
    tuple
        Both mixtures, and the first player's payoff with the difference of the entropies.
    """
    rows, columns = payoffs.shape

    def missing(logits: Floats, weight: float) -> Floats:
        x, y = _mixtures(logits, rows)
        worth = np.concatenate([payoffs @ y, -(x @ payoffs)]) / weight
        one = np.concatenate([np.full(rows, worth[:rows].mean()), np.full(columns, 0.0)])
        one[rows:] = worth[rows:].mean()
        return logits - (worth - one)

    logits = np.zeros(rows + columns)
    for now in np.geomspace(max(weight, 10.0), weight, 12):
        answer = optimize.root(missing, logits, args=(now,), tol=1e-13)
        logits = answer.x
    assert np.abs(missing(logits, weight)).max() < 1e-9
    x, y = _mixtures(logits, rows)
    entropies = -(x @ np.log(x)) + y @ np.log(y)
    return x, y, float(x @ payoffs @ y + weight * entropies)


def _mixtures(logits: Floats, rows: int) -> tuple[Floats, Floats]:
    """Return the two mixtures of some logits."""
    parts = [np.exp(one - one.max()) for one in (logits[:rows], logits[rows:])]
    return parts[0] / parts[0].sum(), parts[1] / parts[1].sum()
