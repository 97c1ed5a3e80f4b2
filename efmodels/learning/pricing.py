r"""Lagrangians: incentive constraints as a price in the leader's objective.

A follower with an incentive constraint becomes one who is *paid* for violations: she either stays
out, or deviates and takes what she gains by it, ``mu'A y - b'mu``, times her multiplier:

.. math:: \max_\mu \; c^\top \mu - \sum_i \lambda_i \max(0, \max_y \mu^\top A_i y - b_i^\top \mu).

With multipliers that are large enough its solutions are those of the constrained problem: it is
enough that each is at least the dual value of the constraint. To stay out is indispensable: without
it the leader would be paid for slack.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.floored_polytope import floored, floors_of
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from efmodels.problem import EquilibriumProblem, Follower

STAY_OUT, DEVIATE = 1, 2
"""Coordinates of a follower who may stay out."""


def lagrangian(problem: EquilibriumProblem, multipliers: Mapping[str, float]) -> EquilibriumProblem:
    """Price the incentive constraints of a problem.

    Parameters
    ----------
    problem
        With or without incentive constraints.
    multipliers
        One for each follower with an incentive constraint, by label; at least 0.

    Returns
    -------
    EquilibriumProblem
        The same leader; followers with incentive constraints have one more decision point, at
        which they stay out or deviate, no constraint, and their multiplier as weight.

    Examples
    --------
    >>> import efmodels as ef
    >>> problem = ef.formulations.efce(ef.instances.chicken(6, 2, 7, 0)).problem
    >>> priced = lagrangian(problem, {"P1": 1.0, "P2": 2.0})
    >>> [(one.weight, one.b, one.polytope.point_names[0]) for one in priced.followers]
    [(1.0, None, 'P1'), (2.0, None, 'P2')]
    """
    followers = tuple(
        one if one.b is None else _priced(one, multipliers[one.label]) for one in problem.followers
    )
    return replace(problem, followers=followers)


def _priced(follower: Follower, multiplier: float) -> Follower:
    """Let a follower stay out, or deviate and pay what she would have got."""
    old, size = follower.polytope, follower.A.shape[0]
    # Her old root is now to deviate; the other coordinates move up by two.
    polytope = FlowPolytope(
        np.concatenate(([1], old.start + 2)),
        np.concatenate(([0], np.where(old.incoming == 0, DEVIATE, old.incoming + 2))),
        np.concatenate(([0], old.incoming_start + 1)),
        MadeNames(old.points + 1, lambda k: old.point_names[k - 1] if k else follower.label),
        MadeNames(old.size + 2, lambda k: _choice(old, k)),
    )
    floors = floors_of(old)
    if floors is not None:
        polytope = floored(polytope, np.concatenate((np.zeros(2), floors)))
    A = sparse.csr_array(follower.A)
    b = np.asarray(follower.b, dtype=float), np.full(size, DEVIATE), np.arange(size + 1)
    paid, missed = (
        sparse.csr_array(entries, shape=(size, polytope.size))
        for entries in ((A.data, A.indices + 2, A.indptr), b)
    )
    return replace(follower, polytope=polytope, A=paid - missed, b=None, weight=multiplier)


def _choice(polytope: FlowPolytope, number: int) -> str:
    """Return the name of a coordinate of a follower who may stay out."""
    return (
        ("", "stay out", "deviate")[number]
        if number <= DEVIATE
        else (polytope.choice_names[number - 2])
    )
