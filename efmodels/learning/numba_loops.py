"""Compiled loops of counterfactual regret minimization: one iteration after another.

Indices are unsigned: with signed ones every access is checked for negative numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba

from efmodels.learning.numpy_engine import TINY

if TYPE_CHECKING:
    from numpy import ndarray

    from efmodels.game import Floats


class Points(NamedTuple):
    """The decision points of an arranged polytope; unsigned."""

    start: ndarray
    incoming: ndarray
    incoming_start: ndarray


class Memory(NamedTuple):
    """What one side remembers, see `efmodels.learning.state.Side`, and room for its gradient."""

    behaviour: Floats
    plan: Floats
    average: Floats
    regret: Floats
    gradient: Floats


class Rows(NamedTuple):
    """A sparse matrix by rows; unsigned indices. No rows at all stand for the identity."""

    start: ndarray
    column: ndarray
    value: Floats


class Payoffs(NamedTuple):
    """What the leader gets per coordinate of ``mu``, and what she pays."""

    c: Floats
    payment: Rows
    reach: Rows


class Plan(NamedTuple):
    """The schedule of one side, see `efmodels.learning.algorithms.Schedule`."""

    positive: Floats
    negative: Floats
    weight: Floats
    prediction: float


_compiled = numba.njit(
    cache=True, nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"}
)


@_compiled
def iterate(  # noqa: PLR0917 - compiled functions take arrays, not objects
    leader: Points,
    adversary: Points,
    ours: Memory,
    theirs: Memory,
    payoffs: Payoffs,
    weights: Floats,
    leader_plan: Plan,
    adversary_plan: Plan,
) -> None:
    """Do some iterations; `weights` has one entry per coordinate of the adversary."""
    for number in range(len(leader_plan.weight)):
        _leader_gradient(ours.gradient, theirs.plan, payoffs, weights)
        _step(leader, ours, leader_plan, number)
        weight = leader_plan.weight[number]
        for a in range(len(ours.plan)):
            ours.average[a] += weight * (ours.plan[a] - ours.average[a])
        _adversary_gradient(theirs.gradient, ours.plan, payoffs)
        _step(adversary, theirs, adversary_plan, number)
        weight = adversary_plan.weight[number]
        for a in range(len(theirs.plan)):
            theirs.average[a] += weight * (weights[a] * theirs.plan[a] - theirs.average[a])


@_compiled
def _leader_gradient(gradient: Floats, y: Floats, payoffs: Payoffs, weights: Floats) -> None:
    c, payment, reach = payoffs.c, payoffs.payment, payoffs.reach
    identity = len(reach.start) == 0
    if not identity:
        gradient[:] = 0.0
    for q in range(len(c)):
        net = c[q]
        for k in range(payment.start[q], payment.start[q + 1]):
            b = payment.column[k]
            net -= payment.value[k] * (weights[b] * y[b])
        if identity:
            gradient[q] = net
        else:
            for k in range(reach.start[q], reach.start[q + 1]):
                gradient[reach.column[k]] += net * reach.value[k]


@_compiled
def _adversary_gradient(gradient: Floats, x: Floats, payoffs: Payoffs) -> None:
    payment, reach = payoffs.payment, payoffs.reach
    identity = len(reach.start) == 0
    gradient[:] = 0.0
    for q in range(len(payment.start) - 1):
        mu = 0.0
        if identity:
            mu = x[q]
        else:
            for k in range(reach.start[q], reach.start[q + 1]):
                mu += reach.value[k] * x[reach.column[k]]
        if mu != 0.0:
            for k in range(payment.start[q], payment.start[q + 1]):
                gradient[payment.column[k]] += mu * payment.value[k]


@_compiled
def _step(points: Points, side: Memory, plan: Plan, number: int) -> None:
    """Learn from the gradient, and make the next plan."""
    _learn(points, side, plan, number)
    _realize(points, side.behaviour, side.plan)


@_compiled
def _learn(points: Points, side: Memory, plan: Plan, number: int) -> None:
    """Update regrets and behaviour, from the last decision point up."""
    positive, negative = plan.positive[number], plan.negative[number]
    start, incoming, entry = points.start, points.incoming, points.incoming_start
    worth, behaviour, regret = side.gradient, side.behaviour, side.regret
    for j in range(len(start) - 2, -1, -1):
        value = 0.0
        for a in range(start[j], start[j + 1]):
            value += behaviour[a] * worth[a]
        for k in range(entry[j], entry[j + 1]):
            worth[incoming[k]] += value
        total = 0.0
        for a in range(start[j], start[j + 1]):
            new = worth[a] - value
            old = regret[a]
            now = new + (positive * old if old > 0.0 else negative * old)
            if negative == 0.0:
                now = max(now, 0.0)
            regret[a] = now
            expected = max(now + plan.prediction * new, 0.0)
            behaviour[a] = expected
            total += expected
        _normalise(behaviour, start[j], start[j + 1], total)


@_compiled
def _normalise(behaviour: Floats, first: int, last: int, total: float) -> None:
    """Divide by the sum; be uniform if there is none but rounding errors."""
    if total > TINY:
        for a in range(first, last):
            behaviour[a] /= total
    else:
        for a in range(first, last):
            behaviour[a] = 1.0 / (last - first)


@_compiled
def _realize(points: Points, behaviour: Floats, plan: Floats) -> None:
    """Make the plan that follows from behaviour."""
    start, incoming, entry = points.start, points.incoming, points.incoming_start
    plan[0] = 1.0
    for j in range(len(start) - 1):
        inflow = 0.0
        for k in range(entry[j], entry[j + 1]):
            inflow += plan[incoming[k]]
        for a in range(start[j], start[j + 1]):
            plan[a] = inflow * behaviour[a]


@_compiled
def best_response(points: Points, worth: Floats, choice: Floats, plan: Floats) -> None:
    """Make `worth` that of each coordinate with what follows, and `plan` a best response.

    `worth` begins as the gradient and `choice` as zeros.
    """
    start, incoming, entry = points.start, points.incoming, points.incoming_start
    for j in range(len(start) - 2, -1, -1):
        best = start[j]
        for a in range(start[j], start[j + 1]):
            if worth[a] > worth[best]:
                best = a
        choice[best] = 1.0
        for k in range(entry[j], entry[j + 1]):
            worth[incoming[k]] += worth[best]
    _realize(points, choice, plan)
