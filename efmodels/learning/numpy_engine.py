"""Counterfactual regret minimization in numpy, level by level."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.learning.algorithms import Schedule
    from efmodels.learning.arrangement import Arrangement
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import Side, State

TINY = 1e-13
"""Regrets whose sum is below this are rounding errors: they do not say what to play."""


class Level(NamedTuple):
    """Decision points that can be handled at once: slices of coordinates and incoming ones."""

    choices: slice
    first: Ints
    width: Ints
    incoming: Ints
    entry: Ints
    entries: Ints


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
        for number in range(len(leader.weight)):
            gradient = saddle.leader_gradient(saddle.priced(theirs.plan, state.weights))
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
            value = np.maximum.reduceat(worth[level.choices], level.first)
            np.add.at(worth, level.incoming, np.repeat(value, level.entries))
        return worth


def levels_of(arrangement: Arrangement) -> list[Level]:
    """Return the slices of an arranged polytope, for `step`."""
    polytope, levels = arrangement.polytope, arrangement.levels
    result = []
    for begin, end in pairwise(levels.tolist()):
        start = polytope.start[begin : end + 1]
        entry = polytope.incoming_start[begin : end + 1]
        result.append(
            Level(
                slice(int(start[0]), int(start[-1])),
                start[:-1] - start[0],
                np.diff(start),
                polytope.incoming[entry[0] : entry[-1]],
                entry[:-1] - entry[0],
                np.diff(entry),
            )
        )
    return result


def step(levels: list[Level], side: Side, worth: Floats, plan: Schedule, number: int) -> None:
    """Learn from the worth of each coordinate, from the last level up, and make the next plan."""
    positive, negative = plan.positive[number], plan.negative[number]
    for level in reversed(levels):
        here = level.choices
        value = np.add.reduceat(side.behaviour[here] * worth[here], level.first)
        np.add.at(worth, level.incoming, np.repeat(value, level.entries))
        new = worth[here] - np.repeat(value, level.width)
        old = side.regret[here]
        regret = np.where(old > 0, positive * old, negative * old) + new
        if negative == 0:
            np.maximum(regret, 0, out=regret)
        side.regret[here] = regret
        expected = np.maximum(regret + plan.prediction * new, 0)
        total = np.add.reduceat(expected, level.first)
        matters = total > TINY
        share = np.where(matters, total, level.width)
        chosen = np.where(np.repeat(matters, level.width), expected, 1.0)
        side.behaviour[here] = chosen / np.repeat(share, level.width)
    for level in levels:
        inflow = np.add.reduceat(side.plan[level.incoming], level.entry)
        side.plan[level.choices] = side.behaviour[level.choices] * np.repeat(inflow, level.width)


def _average(side: Side, plan: Floats, weight: float) -> None:
    side.average += weight * (plan - side.average)
