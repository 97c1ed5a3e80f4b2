"""Certificates: how good a leader's plan is, and how good any plan could be, without a solver.

Two best responses say it all: that of each follower gives her regret, and that of the leader to
fixed followers bounds the optimum from above.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from efmodels.game import Floats
    from efmodels.polytope import FlowPolytope
    from efmodels.problem import EquilibriumProblem, Follower


@dataclass(frozen=True)
class Certificate:
    """What is proved about a leader's plan.

    Attributes
    ----------
    value
        The leader's objective, every follower replying with a best response.
    bound
        No plan that meets the incentive constraints has a larger objective.
    regrets
        By how much a best response is better for each follower with ``b`` than her payoff on the
        path; below zero where it is worse.
    violation
        The largest violation of a row or a bound of the leader's polytope.
    """

    value: float
    bound: float
    regrets: dict[str, float]
    violation: float

    @property
    def gap(self) -> float:
        """How far the objective may be from the optimum: ``bound - value``."""
        return self.bound - self.value

    @property
    def worst_regret(self) -> float:
        """The largest regret; 0 if there is none."""
        return max(self.regrets.values(), default=0.0)


def certificate(
    problem: EquilibriumProblem,
    x: ArrayLike,
    plans: Mapping[str, ArrayLike],
    multipliers: Mapping[str, float],
) -> Certificate:
    r"""Measure a leader's plan, and bound the optimum by weak duality.

    With any plan :math:`y_i` of each follower's polytope and any number :math:`\lambda_i \ge 0` for
    her incentive constraint, every feasible :math:`\mu` has

    .. math::

        c^\top \mu - \sum_i w_i f_i^\top v_i
        \le c^\top \mu - \sum_i w_i\, \mu^\top A_i y_i
        + \sum_i \lambda_i (b_i^\top \mu - \mu^\top A_i y_i) ,

    since :math:`f_i^\top v_i \ge \mu^\top A_i y_i`. The right-hand side is linear in :math:`\mu`.
    Its maximum over the leader's polytope alone is one best response, and the bound.

    No solver takes part: whatever the plans and multipliers are, the bound is one. It equals the
    optimum if they are optimal duals: :math:`\lambda_i` of the row ``obey``, and :math:`y_i`
    proportional to the duals of the rows ``reply``.

    Parameters
    ----------
    problem
        A leader against followers.
    x
        The leader's plan, a point of its polytope; shape ``(leader.size,)``.
    plans
        A plan for each follower, by label; shape ``(polytope.size,)``. What is given is turned into
        probabilities of choices, so that multiples of a plan and rounding do not matter.
    multipliers
        A number for each follower with ``b``, by label; below zero counts as zero.

    Returns
    -------
    Certificate
        Its numbers are exact but for rounding.

    Raises
    ------
    GameError
        A follower has no plan, or arrays have other shapes.

    Examples
    --------
    Chicken with the multipliers and plans that prove its best correlated equilibrium:

    >>> import efmodels as ef
    >>> m = ef.equilibrium.equilibrium_model(ef.instances.chicken(6, 2, 7, 0), "EFCE", "welfare")
    >>> result = ef.solve(m)
    >>> plans = {i: -m.eq.deviator[i].reply.dual_array() for i in m.eq.deviator}
    >>> multipliers = {i: -float(m.eq.deviator[i].obey.dual_array()[0]) for i in m.eq.deviator}
    >>> proof = certificate(m.eq.problem, m.eq.mediator.x.array(), plans, multipliers)
    >>> round(proof.value, 9), round(proof.bound, 9), proof.worst_regret < 1e-9
    (10.5, 10.5, True)
    """
    plan = np.asarray(x, dtype=float)
    if plan.shape != (problem.leader.size,):
        raise GameError(
            f"x has shape {plan.shape}; the leader's polytope needs ({problem.leader.size},)"
        )
    mu = problem.mu(plan)
    regrets = {
        follower.label: follower.best_response(mu)[0] - float(follower.b @ mu)
        for follower in problem.followers
        if follower.b is not None
    }
    gradient = np.array(problem.c, dtype=float)
    for follower in problem.followers:
        gradient += _relaxed(follower, plans, multipliers)
    if problem.reach is not None:
        gradient = np.asarray(problem.reach.T @ gradient)
    bound, _ = problem.leader.best_response(gradient)
    violation = max(_residual(problem.leader, plan), float(-plan.min()), 0.0)
    return Certificate(problem.value(plan), bound, regrets, violation)


def _residual(polytope: FlowPolytope, x: Floats) -> float:
    """Return the largest violation of a row of a polytope's matrix, without making the matrix."""
    root = abs(float(x[0]) - 1.0)
    if not polytope.points:
        return root
    outgoing = np.add.reduceat(x, polytope.start[:-1])
    return max(root, float(np.abs(outgoing - polytope.inflow(x)).max()))


def _relaxed(
    follower: Follower, plans: Mapping[str, ArrayLike], multipliers: Mapping[str, float]
) -> Floats:
    """Return what a follower's constraint adds to the leader's gradient if her plan is fixed."""
    if follower.label not in plans:
        raise GameError(f"no plan was given for {follower.label!r}; there are {list(plans)}")
    given = np.asarray(plans[follower.label], dtype=float)
    if given.shape != (follower.polytope.size,):
        raise GameError(
            f"the plan of {follower.label!r} has shape {given.shape}; her polytope needs "
            f"({follower.polytope.size},)"
        )
    choices = follower.polytope.behaviour(given)
    reply: Floats = follower.A @ follower.polytope.realization(choices)
    if follower.b is None:
        return -follower.weight * reply
    if follower.label not in multipliers:
        raise GameError(
            f"no multiplier was given for {follower.label!r}; there are {list(multipliers)}"
        )
    multiplier = max(float(multipliers[follower.label]), 0.0)
    return multiplier * (follower.b - reply) - follower.weight * reply
