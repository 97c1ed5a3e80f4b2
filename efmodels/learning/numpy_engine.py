"""Counterfactual regret minimization in numpy, level by level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.learning.levels import levels_of

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.algorithms import Schedule
    from efmodels.learning.levels import Level
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import Side, State

TINY = 1e-13
"""Regrets whose sum is below this are rounding errors: they do not say what to play."""


class NumpyEngine:
    """Runs iterations on a saddle problem.

    Parameters
    ----------
    saddle
        The problem.
    """

    def __init__(self, saddle: Saddle) -> None:
        self._saddle = saddle
        self._leader = levels_of(saddle.leader)
        self._adversary = levels_of(saddle.adversary)

    def run(self, state: State, leader: Schedule, adversary: Schedule) -> None:
        """Do as many iterations as the schedules have; both sides in turn, the leader first.

        Parameters
        ----------
        state
            Is changed.
        leader, adversary
            The schedules of the two sides.
        """
        saddle, ours, theirs = self._saddle, state.leader, state.adversary
        priced = saddle.priced(theirs.plan, state.weights)
        for number in range(len(leader.weight)):
            gradient = saddle.leader_gradient(priced)
            step(self._leader, ours, gradient, leader, number)
            _average(ours, ours.plan, leader.weight[number])
            gradient = saddle.adversary_gradient(ours.plan)
            step(self._adversary, theirs, gradient, adversary, number)
            priced = saddle.priced(theirs.plan, state.weights)
            _average(theirs, priced, adversary.weight[number])
            state.iterations += 1

    def leader_best(self, gradient: Floats) -> tuple[float, Floats]:
        """Return the most that the leader can get of a gradient, and the plan."""
        return self._saddle.leader.polytope.best_response(gradient)

    def adversary_worth(self, gradient: Floats) -> Floats:
        """Return what each coordinate of the adversary is worth with all that follows."""
        worth = gradient.copy()
        for level in reversed(self._adversary):
            offered = _offered(level, worth[level.choices])
            value = np.maximum.reduceat(offered, level.first)
            level.add_to_parents(worth, value)
        return worth


def _offered(level: Level, worth: Floats) -> Floats:
    """Return what each choice is worth if all is played on it that the floors leave."""
    if level.floors is None or level.spare is None:
        return worth
    certain = np.add.reduceat(level.floors * worth, level.first)
    result: Floats = certain[level.point] + level.spare * worth
    return result


def step(levels: list[Level], side: Side, worth: Floats, plan: Schedule, number: int) -> None:
    """Learn from the worth of each coordinate, from the last level up, and make the next plan."""
    positive, negative = plan.positive[number], plan.negative[number]
    for level in reversed(levels):
        here = level.choices
        value = np.add.reduceat(side.behaviour[here] * worth[here], level.first)
        level.add_to_parents(worth, value)
        new = _offered(level, worth[here]) - value[level.point]
        regret = side.regret[here]  # a view
        if negative == 0:  # then there are no negative ones
            regret *= positive
            regret += new
            np.maximum(regret, 0, out=regret)
        else:
            regret *= np.where(regret > 0, positive, negative)
            regret += new
        expected = np.maximum(regret + plan.prediction * new if plan.prediction else regret, 0)
        side.behaviour[here] = _matched(level, expected)
    for level in levels:
        inflow = level.inflow(side.plan)
        side.plan[level.choices] = side.behaviour[level.choices] * inflow[level.point]


def _matched(level: Level, expected: Floats) -> Floats:
    """Return behaviour in proportion to regrets, above the floors."""
    total = np.add.reduceat(expected, level.first)
    nothing = total <= TINY
    if nothing.any():
        expected[nothing[level.point]] = 1.0
        total = np.where(nothing, level.width, total)
    expected *= (1 / total)[level.point]
    if level.floors is None or level.spare is None:
        return expected
    result: Floats = level.floors + level.spare * expected
    return result


def _average(side: Side, plan: Floats, weight: float) -> None:
    side.average += weight * (plan - side.average)
