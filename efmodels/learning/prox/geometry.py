"""Local distances at a decision point: what keeps the next behaviour near an anchor.

Each answers, for all decision points of a level at once, what maximises

    worth @ b - temperature * distance(b, anchor)

over the behaviours ``b`` that give every choice its floor. An *anchor* is a behaviour in the form
that is numerically good for the distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints

TINY = 1e-300
"""Probabilities below this count as this where a logarithm is taken."""


class Simplices(NamedTuple):
    """Simplices with floors, their coordinates one after another.

    Attributes
    ----------
    first, width
        Where the coordinates of each begin, and how many they are.
    floor
        The least probability of each choice.
    free
        The probability at each that floors leave.
    """

    first: Ints
    width: Ints
    floor: Floats
    free: Floats

    def total(self, values: Floats) -> Floats:
        """Add up what each has."""
        total: Floats = np.add.reduceat(values, self.first)
        return total

    def most(self, values: Floats) -> Floats:
        """Return the largest that each has."""
        most: Floats = np.maximum.reduceat(values, self.first)
        return most

    def spread(self, values: Floats | Ints) -> Floats:
        """Give every choice the value of its decision point."""
        spread: Floats = np.repeat(values, self.width).astype(float)
        return spread


class Chosen(NamedTuple):
    """The maximum at each decision point, the behaviour that attains it, and that as an anchor."""

    value: Floats
    behaviour: Floats
    anchor: Floats


class Geometry(Protocol):
    """A local distance."""

    def centre(self, at: Simplices) -> Floats:
        """Return the anchor of the uniform behaviour (of what floors leave)."""

    def anchor(self, behaviour: Floats, at: Simplices) -> Floats:
        """Return a behaviour as an anchor."""

    def choose(self, worth: Floats, anchor: Floats, temperature: Floats, at: Simplices) -> Chosen:
        """Maximise at each decision point."""

    def distance(self, behaviour: Floats, anchor: Floats, other: Floats, at: Simplices) -> Floats:
        """Return the distance of each behaviour, which has the anchor given, from another one."""

    def radius(self, at: Simplices) -> Floats:
        """Return the largest distance from the centre at each decision point."""


@dataclass(frozen=True)
class Entropy:
    r"""The Kullback-Leibler divergence of what floors leave; anchors are logarithms.

    With floors ``l`` behaviour is :math:`b = l + (1 - \sum l) s` with a distribution ``s``, which
    is what the entropy is taken of, times :math:`1 - \sum l`. Then the distance grows no slower in
    ``b`` than without floors, so that weights keep their margin (Kroer, Farina and Sandholm,
    arXiv:1705.09326).

    Nothing overflows, whatever the temperature: the largest worth is subtracted before anything is
    divided by it, and logarithms are never made of rounded probabilities (the numerically friendly
    form of Kroer, Farina and Sandholm, arXiv:1810.03063).
    """

    def centre(self, at: Simplices) -> Floats:
        """Return the logarithms of the uniform distributions."""
        return -np.log(at.spread(at.width))

    def anchor(self, behaviour: Floats, at: Simplices) -> Floats:
        """Return the logarithms of what is above the floors; the centre's where nothing is."""
        free = at.spread(at.free)
        above = np.maximum(behaviour - at.floor, 0) / np.where(free > 0, free, 1)
        logarithm = np.log(np.maximum(above, TINY))
        return np.where(free > 0, logarithm, self.centre(at))

    def choose(self, worth: Floats, anchor: Floats, temperature: Floats, at: Simplices) -> Chosen:
        """Take the softmax, beginning from the anchor."""
        best = at.most(worth)
        raised = anchor + (worth - at.spread(best)) / at.spread(temperature)
        top = at.most(raised)
        share = np.exp(raised - at.spread(top))
        total = at.total(share)
        soft = best + temperature * (top + np.log(total))
        share /= at.spread(total)
        value = at.total(at.floor * worth) + at.free * soft
        behaviour = at.floor + at.spread(at.free) * share
        return Chosen(value, behaviour, raised - at.spread(top + np.log(total)))

    def distance(self, behaviour: Floats, anchor: Floats, other: Floats, at: Simplices) -> Floats:
        """Return the divergence of the distributions above the floors, times what they leave."""
        return at.total((behaviour - at.floor) * (anchor - other))

    def radius(self, at: Simplices) -> Floats:
        """Return the divergence of a pure choice from the uniform one."""
        return at.free * np.log(at.width)


@dataclass(frozen=True)
class Euclidean:
    """Half the squared Euclidean distance; an anchor is the behaviour itself."""

    def centre(self, at: Simplices) -> Floats:
        """Return the floors, and an even share of what they leave."""
        return at.floor + at.spread(at.free / at.width)

    def anchor(self, behaviour: Floats, at: Simplices) -> Floats:
        """Return the behaviour."""
        del at
        return behaviour

    def choose(self, worth: Floats, anchor: Floats, temperature: Floats, at: Simplices) -> Chosen:
        """Go from the anchor along the worth, and project."""
        step = (worth - at.spread(at.most(worth))) / at.spread(temperature)
        behaviour = at.floor + _projected(anchor + step - at.floor, at)
        away = at.total((behaviour - anchor) ** 2) / 2
        return Chosen(at.total(worth * behaviour) - temperature * away, behaviour, behaviour)

    def distance(self, behaviour: Floats, anchor: Floats, other: Floats, at: Simplices) -> Floats:
        """Return half the squared distance."""
        del anchor
        return at.total((behaviour - other) ** 2) / 2

    def radius(self, at: Simplices) -> Floats:
        """Return half the squared distance of a pure choice from the uniform one."""
        return at.free**2 * (1 - 1 / at.width) / 2


def _projected(point: Floats, at: Simplices) -> Floats:
    """Project onto ``{s >= 0 : sum s = free}`` at each decision point.

    What is subtracted is known from the largest coordinates: as many as stay above 0. Those too far
    below the largest one to matter are raised, so that sums are exact however long a step was.
    """
    free = at.spread(at.free)
    near = np.maximum(point - at.spread(at.most(point)), -free)
    order = np.lexsort((-near, at.spread(np.arange(len(at.first)))))
    falling = near[order]
    count = np.arange(1, len(point) + 1) - at.spread(at.first)
    running = np.cumsum(falling)
    before = at.spread(running[at.first] - falling[at.first])
    level = (running - before - free) / count
    stays = at.most(np.where(falling > level, count, 1)).astype(np.int64)
    above = np.maximum(near - at.spread(level[at.first + stays - 1]), 0)
    total = at.spread(at.total(above))
    result: Floats = above * np.where(total > 0, free / np.where(total > 0, total, 1), 0)
    return result
