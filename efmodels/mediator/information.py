"""What a deviator knows, as a tree that grows step by step, and her best plan in it.

A *position* is everything that she saw, said, heard and did up to a choice of hers, that choice
included; position 0 is the start. A *point* is a position and what she observed next: there she
chooses again. The tree grows by *steps*, all points at which she chooses for the same time
together, so that a point is recognised by comparing numbers within a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.game import ranges

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Bools, Floats, Ints

NOTHING = -1
"""Observing nothing, or saying nothing."""

NEVER = -2
"""Stands for the honest choice where there is none: she has not been honest before."""


class Options(NamedTuple):
    """The choices of some points: how many each has, all of them, and each point's honest one."""

    number: Ints
    choice: Ints
    honest: Ints


class Step(NamedTuple):
    """Points at which a deviator chooses at the same time.

    Attributes
    ----------
    acts
        Whether the choices are actions; else they are reports.
    after, observed
        The position before each point, and what was observed there.
    start
        The first position that each point leads to, and where those of the last end.
    choice
        What is chosen on the way to each of these positions.
    honest
        What the honest and obedient would choose at each point, or ``NEVER``.
    """

    acts: bool
    after: Ints
    observed: Ints
    start: Ints
    choice: Ints
    honest: Ints


class Worth(NamedTuple):
    """Payoff times probability, and probability, of plays; the former is maximised.

    Attributes
    ----------
    payoff, probability
        Of each position, if she plays towards it and then as well as she can.
    """

    payoff: Floats
    probability: Floats


class Information:
    """The tree of what a deviator may know."""

    def __init__(self) -> None:
        self.positions = 1
        self.steps: list[Step] = []
        self._payoff = np.zeros(1)
        self._probability = np.zeros(1)

    def choose(
        self, position: Ints, observed: Ints, options: Callable[[Ints], Options], *, acts: bool
    ) -> tuple[Ints, Ints, Ints]:
        """Add a step at which she chooses in many states.

        Parameters
        ----------
        position, observed
            What she knew in each state, and what she observed there, at least ``NOTHING``.
        options
            Takes one state for each point; returns what can be chosen at the points.
        acts
            Whether she chooses actions or reports.

        Returns
        -------
        tuple
            Of each state that may follow: the state before, the position, and what was chosen.
        """
        span = int(observed.max(initial=0)) + 2
        key = position.astype(np.int64) * span + (observed + 1)
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        number, choice, honest = options(first)
        start = self.positions + np.concatenate(([0], np.cumsum(number)))
        self.steps.append(Step(acts, position[first], observed[first], start, choice, honest))
        self.positions = int(start[-1])
        row = np.repeat(np.arange(len(position)), number[which])
        after = ranges(start[which], start[which + 1])
        return row, after, choice[after - start[0]]

    def end(self, position: Ints, payoff: Floats, probability: Floats) -> None:
        """Let plays end: add their payoffs, times their probabilities, and their probabilities."""
        self._payoff = _grown(self._payoff, np.bincount(position, payoff, self.positions))
        self._probability = _grown(
            self._probability, np.bincount(position, probability, self.positions)
        )

    def worth(self) -> Worth:
        """Go back from the ends: at every point the best choice, at every position the sum."""
        payoff = _grown(self._payoff, np.zeros(self.positions))
        probability = _grown(self._probability, np.zeros(self.positions))
        for step in reversed(self.steps):
            if not len(step.after):
                continue
            first = step.start[0]
            here, each = slice(first, step.start[-1]), step.start[:-1] - first
            # Whatever she chooses, the probability of what follows is that of the point.
            for worth in (payoff, probability):
                best = np.maximum.reduceat(worth[here], each)
                worth[:first] += np.bincount(step.after, best, first)
        return Worth(payoff, probability)

    def chosen(self, worth: Worth, tolerance: float) -> list[Ints]:
        """Return the position that she chooses at every point, for each step.

        Honesty and obedience are preferred to what is better by the tolerance at most.
        """
        result = []
        for step in self.steps:
            if not len(step.after):
                result.append(step.start[:0])
                continue
            width = np.diff(step.start)
            value = worth.payoff[step.start[0] : step.start[-1]]
            offset = step.start[:-1] - step.start[0]
            best = np.maximum.reduceat(value, offset)
            honest = step.choice == np.repeat(step.honest, width)
            honest &= value >= np.repeat(best - tolerance, width)
            rank = 2 * honest + (value == np.repeat(best, width))
            top = rank == np.repeat(np.maximum.reduceat(rank, offset), width)
            place = np.flatnonzero(top)
            point = np.repeat(np.arange(len(width)), width)[place]
            result.append(place[np.unique(point, return_index=True)[1]] + step.start[0])
        return result

    def reached(self, chosen: list[Ints]) -> list[Bools]:
        """Return which points of each step can be reached with given choices."""
        there = np.zeros(self.positions, dtype=bool)
        there[0] = True
        result = []
        for step, position in zip(self.steps, chosen, strict=True):
            result.append(there[step.after])
            there[position[result[-1]]] = True
        return result

    def path(self, position: int) -> list[tuple[Step, int, int]]:
        """Return how a position came about: steps, points and choices, the first one first."""
        path = []
        for step in reversed(self.steps):
            if len(step.after) and step.start[0] <= position < step.start[-1]:
                point = int(np.searchsorted(step.start, position, side="right")) - 1
                path.append((step, point, int(step.choice[position - step.start[0]])))
                position = int(step.after[point])
        return path[::-1]


def _grown(old: Floats, more: Floats | Ints) -> Floats:
    """Add two arrays, the second of which may be longer."""
    result = more.astype(float)  # what numpy counts of no plays is an integer
    result[: len(old)] += old
    return result
