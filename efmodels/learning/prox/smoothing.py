"""Smoothed best responses over a flow polytope, by one sweep up and one down."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.learning.levels import levels_of
from efmodels.learning.prox.geometry import Simplices

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.learning.arrangement import Arrangement
    from efmodels.learning.prox.geometry import Geometry
    from efmodels.learning.prox.weights import Weights


class Response(NamedTuple):
    """A smoothed best response.

    Attributes
    ----------
    value
        The maximum.
    plan, behaviour
        What attains it.
    anchor
        The behaviour in the form that the geometry computes with.
    """

    value: float
    plan: Floats
    behaviour: Floats
    anchor: Floats


class Smoothing:
    r"""A dilated distance on an arranged flow polytope, and what it makes of linear functions.

    .. math::
        D(x, z) = \sum_j \beta_j\, r_j(x)\, D_j(b_j(x), b_j(z)), \qquad
        \max_x \; g^\top x - \mu D(x, z)

    Sweeps find the maximum exactly, on trees and DAGs alike: given the behaviour below it, a
    decision point is worth the same whatever flows in, and more is always better.

    Parameters
    ----------
    arrangement
        The polytope.
    geometry
        The local distances :math:`D_j`.
    weights
        The rule for :math:`\beta`.
    floor
        The least probability of each choice, shape ``(size,)``; ``None`` for none.

    Examples
    --------
    The smoothed best response of Kuhn poker's first player to nothing is to play evenly:

    >>> import efmodels as ef
    >>> from efmodels.learning.arrangement import arranged_for_sweeps
    >>> from efmodels.learning.prox import Entropy, MassWeights
    >>> problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
    >>> leader = arranged_for_sweeps(problem.leader)
    >>> smoothing = Smoothing(leader, Entropy(), MassWeights())
    >>> smoothing.respond(np.zeros(13), 1.0, smoothing.centre).behaviour.tolist()[:3]
    [1.0, 0.5, 0.5]
    """

    def __init__(self, arrangement: Arrangement, geometry: Geometry, weights: Weights) -> None:
        self.arrangement, self.geometry = arrangement, geometry
        self.weights = weights.of(arrangement)
        polytope = arrangement.polytope
        floors = arrangement.floors
        self.floor = np.zeros(polytope.size) if floors is None else floors
        self._levels = [
            (level, _simplices(level.first, level.width, self.floor[level.choices]))
            for level in levels_of(arrangement)
        ]
        first, width = polytope.start[:-1] - 1, np.diff(polytope.start)
        self._all = _simplices(first, width, self.floor[1:])
        self.centre = np.concatenate(([0.0], geometry.centre(self._all)))

    def respond(self, gradient: Floats, mu: float, anchor: Floats) -> Response:
        """Maximise a linear function less ``mu`` times the distance from an anchor.

        Parameters
        ----------
        gradient
            The linear function, shape ``(size,)``.
        mu
            Above 0; small ones give nearly a best response.
        anchor
            Where the distance is taken from, such as `centre`.
        """
        worth, behaviour, marks = gradient.copy(), np.ones(len(gradient)), np.zeros(len(gradient))
        for level, at in reversed(self._levels):
            here = level.choices
            temperature = mu * self.weights[level.points]
            chosen = self.geometry.choose(worth[here], anchor[here], temperature, at)
            behaviour[here], marks[here] = chosen.behaviour, chosen.anchor
            level.add_to_parents(worth, chosen.value)
        return Response(float(worth[0]), self.plan(behaviour), behaviour, marks)

    def plan(self, behaviour: Floats) -> Floats:
        """Return the plan of a behaviour."""
        plan = np.ones(len(behaviour))
        for level, at in self._levels:
            inflow = level.inflow(plan)
            plan[level.choices] = behaviour[level.choices] * at.spread(inflow)
        return plan

    def at(self, plan: Floats) -> Response:
        """Return a plan as if it were a response, of value 0."""
        behaviour, anchor = self.arrangement.polytope.behaviour(plan), np.zeros(len(plan))
        anchor[1:] = self.geometry.anchor(behaviour[1:], self._all)
        return Response(0.0, plan, behaviour, anchor)

    def evenly(self) -> Response:
        """Return the plan at the centre."""
        return self.respond(np.zeros(len(self.centre)), 1.0, self.centre)

    def distance(self, response: Response, other: Floats) -> float:
        """Return the dilated distance of a response from an anchor."""
        local = self.geometry.distance(
            response.behaviour[1:], response.anchor[1:], other[1:], self._all
        )
        inflow = self.arrangement.polytope.inflow(response.plan)
        return float(np.sum(self.weights * inflow * local))

    def radius(self) -> float:
        """Return an upper bound on the distance of any plan from the centre."""
        worth = np.zeros(self.arrangement.polytope.size)
        for level, at in reversed(self._levels):
            own = self.weights[level.points] * self.geometry.radius(at)
            value = own + np.maximum.reduceat(worth[level.choices], level.first)
            level.add_to_parents(worth, value)
        return float(worth[0])

    def best_response(self, gradient: Floats) -> tuple[float, Floats]:
        """Maximise a linear function over the plans that heed the floors; ties go to the first."""
        worth, behaviour = gradient.copy(), np.ones(len(gradient))
        for level, at in reversed(self._levels):
            here = level.choices
            best = at.most(worth[here])
            ties = np.flatnonzero(worth[here] == at.spread(best))
            _, first = np.unique(at.spread(np.arange(len(best)))[ties], return_index=True)
            behaviour[here] = at.floor
            behaviour[level.choices.start + ties[first]] += at.free
            value = at.total(at.floor * worth[here]) + at.free * best
            level.add_to_parents(worth, value)
        return float(worth[0]), self.plan(behaviour)


def _simplices(first: Ints, width: Ints, floor: Floats) -> Simplices:
    taken = np.add.reduceat(floor, first) if len(first) else np.zeros(0)
    return Simplices(first, width, floor, np.maximum(1 - taken, 0))
