"""What a mediator decides at its decision points: one infoset at each, or several at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import ranges

if TYPE_CHECKING:
    from efmodels.game import Ints


@dataclass(frozen=True, eq=False)
class Questions:
    """The infosets that are decided at each of a mediator's decision points.

    The choices at a point are the combinations of actions of its infosets; the action of the first
    one changes slowest.

    Attributes
    ----------
    start
        Where in ``infoset`` each decision point begins; shape ``(points + 1,)``.
    infoset
        The infosets, concatenated.
    width
        The number of actions of each of them.

    Examples
    --------
    Decision point 0 is about infoset 7 alone, decision point 1 about 4 and 5 at once:

    >>> questions = Questions(np.array([0, 1, 3]), np.array([7, 4, 5]), np.array([2, 2, 3]))
    >>> questions.choices.tolist()
    [2, 6]
    >>> questions.decided(0, 1), questions.decided(1, 5)
    ([(7, 1)], [(4, 1), (5, 2)])
    """

    start: Ints
    infoset: Ints
    width: Ints

    @classmethod
    def one_each(cls, infoset: Ints, width: Ints) -> Questions:
        """Return the questions of a mediator who decides one infoset at each point."""
        return cls(np.arange(len(infoset) + 1), infoset, width)

    @property
    def points(self) -> int:
        """Number of decision points."""
        return len(self.start) - 1

    @cached_property
    def stride(self) -> Ints:
        """How many choices in a row share the action of each infoset; shape of ``infoset``."""
        stride = np.ones_like(self.width)
        size = np.diff(self.start)
        for later in range(1, int(size.max(initial=1))):
            place = (self.start[:-1] + size - 1 - later)[size > later]
            stride[place] = stride[place + 1] * self.width[place + 1]
        return stride

    @cached_property
    def choices(self) -> Ints:
        """Number of choices at each point; shape ``(points,)``."""
        first = self.start[:-1]
        return self.stride[first] * self.width[first]

    def decided(self, point: int, choice: int) -> list[tuple[int, int]]:
        """Return pairs of an infoset and the action that a choice at a point gives it."""
        here = slice(*self.start[point : point + 2].tolist())
        action = choice // self.stride[here] % self.width[here]
        return list(zip(self.infoset[here].tolist(), action.tolist(), strict=True))

    def shifted(self, number: int) -> Questions:
        """Return the same with a number added to every infoset."""
        return Questions(self.start, self.infoset + number, self.width)

    def of(self, points: Ints) -> Questions:
        """Return the questions at some points, in the order given."""
        size = np.diff(self.start)[points]
        entries = ranges(self.start[points], self.start[points + 1])
        start = np.concatenate(([0], np.cumsum(size)))
        return Questions(start, self.infoset[entries], self.width[entries])
