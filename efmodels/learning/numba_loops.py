"""Compiled loops of counterfactual regret minimization: one iteration after another.

Three things make them fast. Indices are unsigned: with signed ones every access is checked for
negative numbers. Gradients add up the payoffs of what is played alone, since most of a plan is 0.
And sums keep their order: decision points are too small for what a vectorised loop prepares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numba

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
    """What one side remembers, see `efmodels.learning.state.Side`, and room for its gradient."""

    behaviour: Floats
    plan: Floats
    average: Floats
    regret: Floats
    gradient: Floats


class Rows(NamedTuple):
    """A sparse matrix by rows; unsigned indices."""

    start: ndarray
    column: ndarray
    value: Floats


class Payoffs(NamedTuple):
    """What the leader gets per coordinate of ``mu``, and what she pays, by rows and by columns.

    `net` is room for numbers per coordinate of ``mu``, `priced` for the adversary's plan times
    minus its weights.
    """

    c: Floats
    payment: Rows
    columns: Rows
    net: Floats
    priced: Floats


class Plan(NamedTuple):
    """The schedule of one side, see `efmodels.learning.algorithms.Schedule`."""

    positive: Floats
    negative: Floats
    weight: Floats
    prediction: float


LARGE = 100_000
"""Payoffs that do not fit into the caches next to a core."""

_compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz"})


@_compiled
def iterate(  # noqa: PLR0917 - compiled functions take arrays, not objects
    leader: Points,
    adversary: Points,
    ours: Memory,
    theirs: Memory,
    payoffs: Payoffs,
    reach: Rows | None,
    weights: Floats,
    leader_plan: Plan,
    adversary_plan: Plan,
) -> None:
    """Do some iterations; `weights` has one entry per coordinate of the adversary.

    No `reach` stands for the identity, for which there are loops of its own.
    """
    c, payment, columns, net, priced = payoffs
    for a in range(len(priced)):
        priced[a] = -weights[a] * theirs.plan[a]
    for number in range(len(leader_plan.weight)):
        if reach is None:
            ours.gradient[:] = c
            _add_rows(columns, priced, ours.gradient)
        else:
            net[:] = c
            _add_rows(columns, priced, net)
            ours.gradient[:] = 0.0
            _add_rows(reach, net, ours.gradient)
        _learn(leader, ours, leader_plan, number)
        _realize(leader, ours.behaviour, ours.plan)
        weight = leader_plan.weight[number]
        for a in range(len(ours.plan)):
            ours.average[a] += weight * (ours.plan[a] - ours.average[a])
        theirs.gradient[:] = 0.0
        if reach is None:
            _add_rows(payment, ours.plan, theirs.gradient)
        else:
            _multiply(reach, ours.plan, net)
            _add_rows(payment, net, theirs.gradient)
        _learn(adversary, theirs, adversary_plan, number)
        _realize(adversary, theirs.behaviour, theirs.plan)
        weight = adversary_plan.weight[number]
        for a in range(len(priced)):
            priced[a] = -weights[a] * theirs.plan[a]
            theirs.average[a] -= weight * (priced[a] + theirs.average[a])


@_compiled
def _multiply(rows: Rows, x: Floats, product: Floats) -> None:
    """Make ``product`` what each row pays at ``x``."""
    start, column, value = rows.start, rows.column, rows.value
    for q in range(len(product)):
        total = 0.0
        for k in range(start[q], start[q + 1]):
            total += value[k] * x[column[k]]
        product[q] = total


@_compiled
def _add_rows(rows: Rows, x: Floats, total: Floats) -> None:
    """Add ``x @ rows`` and leave out what counts for nothing.

    But not where it is a large matrix, of which most rows count: it is read ahead as long as
    nothing is skipped.
    """
    start, column, value = rows.start, rows.column, rows.value
    mostly = len(column) > LARGE
    if mostly:
        played = 0
        for q in range(len(x)):
            played += x[q] != 0.0
        mostly = 2 * played > len(x)
    for q in range(len(x)):
        share = x[q]
        if mostly or share != 0.0:
            for k in range(start[q], start[q + 1]):
                total[column[k]] += share * value[k]


@_compiled
def _learn(points: Points, side: Memory, plan: Plan, number: int) -> None:
    """Update regrets and behaviour, from the last decision point up."""
    positive, negative = plan.positive[number], plan.negative[number]
    start, incoming, entry = points.start, points.incoming, points.incoming_start
    worth, behaviour, regret = side.gradient, side.behaviour, side.regret
    for j in range(len(start) - 2, -1, -1):
        first, last = start[j], start[j + 1]
        value, stake = 0.0, 0.0
        for a in range(first, last):
            value += behaviour[a] * worth[a]
            stake += abs(worth[a])
        if stake == 0.0 and plan.prediction == 0.0:  # nobody gets here: behaviour stays
            for a in range(first, last):
                regret[a] *= positive if regret[a] > 0.0 else negative
            continue
        for k in range(entry[j], entry[j + 1]):
            worth[incoming[k]] += value
        certain, spare = _certain(points.floors, worth, first, last)
        total = 0.0
        for a in range(first, last):
            new = certain + spare * worth[a] - value
            old = regret[a]
            now = new + (positive * old if old > 0.0 else negative * old)
            if negative == 0.0:
                now = max(now, 0.0)
            regret[a] = now
            behaviour[a] = max(now + plan.prediction * new, 0.0)
            total += behaviour[a]
        _normalise(behaviour, first, last, total)
        if spare != 1.0:
            for a in range(first, last):
                behaviour[a] = points.floors[a] + spare * behaviour[a]


@_compiled
def _certain(floors: Floats, worth: Floats, first: int, last: int) -> tuple[float, float]:
    """Return what the floors of a decision point are worth, and the probability that they leave."""
    certain, spare = 0.0, 1.0
    if len(floors) > 0:
        for a in range(first, last):
            certain += floors[a] * worth[a]
            spare -= floors[a]
    return certain, spare


@_compiled
def _normalise(behaviour: Floats, first: int, last: int, total: float) -> None:
    """Divide by the sum; be uniform if there is none but rounding errors."""
    if total > TINY:
        scale = 1.0 / total
        for a in range(first, last):
            behaviour[a] *= scale
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
