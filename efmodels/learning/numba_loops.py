"""Compiled loops of counterfactual regret minimization: one iteration after another.

Four things make them fast. Indices are unsigned: with signed ones every access is checked for
negative numbers. Gradients add up the payoffs of what is played alone, since most of a plan is 0.
Sums keep their order: decision points are too small for what a vectorised loop prepares. And all is
one function in the end: a call hands over every array word by word, and counts who refers to it,
which takes longer than an iteration on a game of a dozen infosets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np

from efmodels.learning.numpy_engine import TINY

if TYPE_CHECKING:
    from numpy import ndarray

    from efmodels.game import Floats


class Points(NamedTuple):
    """The decision points of an arranged polytope; unsigned. `floors` is empty if all are 0."""

    start: ndarray
    incoming: ndarray
    incoming_start: ndarray
    floors: Floats


class Memory(NamedTuple):
    """What one side remembers, see `efmodels.learning.state.Side`, and room for its gradient.

    `factor` is what each coordinate of the plan counts; it is empty if that is 1 for all.
    """

    behaviour: Floats
    plan: Floats
    average: Floats
    regret: Floats
    gradient: Floats
    factor: Floats


class Rows(NamedTuple):
    """A sparse matrix by rows; unsigned indices."""

    start: ndarray
    column: ndarray
    value: Floats


class Payoffs(NamedTuple):
    """What the leader gets per coordinate of ``mu``, and what she pays.

    `payment` has a row for each coordinate of ``mu``, `income`, which is minus the same, one for
    each coordinate of the adversary. `net` is room for numbers per coordinate of ``mu``.
    """

    c: Floats
    payment: Rows
    income: Rows
    net: Floats


class Plan(NamedTuple):
    """The schedule of one side, see `efmodels.learning.algorithms.Schedule`."""

    positive: Floats
    negative: Floats
    weight: Floats
    prediction: float


LARGE = 500_000
"""Payoffs that have to come from the memory, where what lies in a row comes soonest."""

_compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz"})

_inlined = numba.njit(
    forceinline=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz"}
)


@_compiled
def iterate(  # noqa: PLR0917 - compiled functions take arrays, not objects
    leader: Points,
    adversary: Points,
    ours: Memory,
    theirs: Memory,
    payoffs: Payoffs,
    reach: Rows | None,
    leader_plan: Plan,
    adversary_plan: Plan,
) -> None:
    """Do some iterations.

    No `reach` stands for the identity, for which there are loops of its own.
    """
    c, payment, income, net = payoffs
    our_scale, their_scale = 1.0, 1.0
    for number in range(len(leader_plan.weight)):
        if reach is None:
            ours.gradient[:] = c
            _add_rows(income, theirs.plan, theirs.factor, ours.gradient)
        else:
            net[:] = c
            _add_rows(income, theirs.plan, theirs.factor, net)
            ours.gradient[:] = 0.0
            _add_rows(reach, net, ours.factor, ours.gradient)
        _learn(leader, ours, leader_plan, number)
        _realize(leader, ours.behaviour, ours.plan)
        our_scale = _average(ours, our_scale, leader_plan.weight[number])
        theirs.gradient[:] = 0.0
        if reach is None:
            _add_rows(payment, ours.plan, ours.factor, theirs.gradient)
        else:
            _multiply(reach, ours.plan, net)
            _add_rows(payment, net, ours.factor, theirs.gradient)
        _learn(adversary, theirs, adversary_plan, number)
        _realize(adversary, theirs.behaviour, theirs.plan)
        their_scale = _average(theirs, their_scale, adversary_plan.weight[number])
    ours.average[:] *= our_scale
    theirs.average[:] *= their_scale


@_inlined
def _average(side: Memory, scale: float, weight: float) -> float:
    """Add the plan to the average; return what the average is to be multiplied with in the end."""
    plan, average, factor = side.plan, side.average, side.factor
    if weight == 1.0:  # what was before is forgotten
        average[:] = 0.0
        scale, share = 1.0, 1.0
    else:
        scale *= 1.0 - weight
        share = weight / scale
    for a in range(len(plan)):
        average[a] += share * (factor[a] * plan[a] if len(factor) > 0 else plan[a])
    return scale


@_inlined
def _multiply(rows: Rows, x: Floats, product: Floats) -> None:
    """Make ``product`` what each row pays at ``x``."""
    start, column, value = rows.start, rows.column, rows.value
    for q in range(len(product)):
        total = 0.0
        for k in range(start[q], start[q + 1]):
            total += value[k] * x[column[k]]
        product[q] = total


@_inlined
def _add_rows(rows: Rows, x: Floats, factor: Floats, total: Floats) -> None:
    """Add ``(factor * x) @ rows`` and leave out what counts for nothing.

    But not where it is a large matrix, of which a third of the rows count: it is read ahead as long
    as nothing is skipped, and that is faster than to wait for the third.
    """
    start, column, value = rows.start, rows.column, rows.value
    streamed = len(column) > LARGE
    if streamed:
        played = 0
        for q in range(len(x)):
            played += x[q] != 0.0
        streamed = 3 * played > len(x)
    for q in range(len(x)):
        share = x[q]
        if streamed or share != 0.0:
            if len(factor) > 0:
                share *= factor[q]
            for k in range(start[q], start[q + 1]):
                total[column[k]] += share * value[k]


@_inlined
def _learn(points: Points, side: Memory, plan: Plan, number: int) -> None:
    """Update regrets and behaviour, from the last decision point up."""
    positive, negative, prediction = plan.positive[number], plan.negative[number], plan.prediction
    lowest = 0.0 if negative == 0.0 else -np.inf
    start, incoming, entry = points.start, points.incoming, points.incoming_start
    worth, behaviour, regret = side.gradient, side.behaviour, side.regret
    for j in range(len(start) - 2, -1, -1):
        first, last = start[j], start[j + 1]
        value, stake = 0.0, 0.0
        for a in range(first, last):
            value += behaviour[a] * worth[a]
            stake += abs(worth[a])
        if stake == 0.0 and prediction == 0.0:  # nobody gets here: behaviour stays
            if positive != 1.0 or negative != 0.0:
                for a in range(first, last):
                    regret[a] *= positive if regret[a] > 0.0 else negative
            continue
        for k in range(entry[j], entry[j + 1]):
            worth[incoming[k]] += value
        certain, spare = _certain(points.floors, worth, first, last)
        total = 0.0
        for a in range(first, last):
            new = certain + spare * worth[a] - value
            # No branches: whether a regret is positive cannot be foreseen.
            kept = positive * max(regret[a], 0.0) + negative * min(regret[a], 0.0)
            now = max(kept + new, lowest)
            expected = max(now + prediction * new, 0.0)
            regret[a] = now
            behaviour[a] = expected
            total += expected
        _normalise(behaviour, first, last, total)
        if spare != 1.0:
            for a in range(first, last):
                behaviour[a] = points.floors[a] + spare * behaviour[a]


@_inlined
def _certain(floors: Floats, worth: Floats, first: int, last: int) -> tuple[float, float]:
    """Return what the floors of a decision point are worth, and the probability that they leave."""
    certain, spare = 0.0, 1.0
    if len(floors) > 0:
        for a in range(first, last):
            certain += floors[a] * worth[a]
            spare -= floors[a]
    return certain, spare


@_inlined
def _normalise(behaviour: Floats, first: int, last: int, total: float) -> None:
    """Divide by the sum; be uniform if there is none but rounding errors."""
    if total > TINY:
        scale = 1.0 / total
        for a in range(first, last):
            behaviour[a] *= scale
    else:
        for a in range(first, last):
            behaviour[a] = 1.0 / (last - first)


@_inlined
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

    `worth` begins as the gradient and `choice` as the floors, or zeros.
    """
    start, incoming, entry = points.start, points.incoming, points.incoming_start
    for j in range(len(start) - 2, -1, -1):
        best = start[j]
        for a in range(start[j], start[j + 1]):
            if worth[a] > worth[best]:
                best = a
        certain, spare = _certain(points.floors, worth, start[j], start[j + 1])
        choice[best] += spare
        for k in range(entry[j], entry[j + 1]):
            worth[incoming[k]] += certain + spare * worth[best]
    _realize(points, choice, plan)
