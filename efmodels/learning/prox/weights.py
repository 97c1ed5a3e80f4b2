r"""Weights of decision points in a dilated distance: what makes it strongly convex.

A dilated distance of a flow polytope adds up local ones,

.. math:: d(x) = \sum_j \beta_j\, r_j(x)\, h_j(x_j / r_j(x)),

with the reach :math:`r_j`, the sum of what flows into point ``j``. In a tree that is one
coordinate; in a DAG there may be several, and what is said here holds there as well.

*Why.* For the entropy, the second derivative in a direction ``z`` of the flow is

.. math::
    \sum_j \beta_j \Bigl(\sum_{a \in j} \frac{z_a^2}{x_a} - \frac{r_j(z)^2}{r_j(x)}\Bigr)
    \ge \sum_a \frac{z_a^2}{x_a} \Bigl(\beta_{j(a)} - \sum_{k:\, a \to k} \beta_k\Bigr) ,

since :math:`(\sum_p z_p)^2 / \sum_p x_p \le \sum_p z_p^2 / x_p` over all that flows into a point;
where one coordinate flows in, as in a tree, the two are equal. If every bracket is at least ``m``,
then ``d`` is strongly convex with modulus ``m / M`` in the 1-norm, where ``M`` is the largest sum
of a plan's coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from efmodels.learning.levels import levels_of

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.arrangement import Arrangement


class Weights(Protocol):
    """A rule for the weights of the decision points."""

    def of(self, arrangement: Arrangement) -> Floats:
        """Return a positive weight per decision point; shape ``(points,)``."""


@dataclass(frozen=True)
class UnitWeights:
    """The same weight everywhere: what multiplicative weights over pure plans come to.

    Nothing is proved of its strong convexity in the 1-norm.
    """

    def of(self, arrangement: Arrangement) -> Floats:
        """Return 1 for each decision point."""
        return np.ones(arrangement.polytope.points)


@dataclass(frozen=True)
class HeightWeights:
    """One more than the number of decision points on the longest way down.

    Enough for strong convexity where no choice leads to several decision points.
    """

    def of(self, arrangement: Arrangement) -> Floats:
        """Return the height of each decision point, 1 for the last ones."""
        height, below = np.ones(arrangement.polytope.points), np.zeros(arrangement.polytope.size)
        for level in reversed(levels_of(arrangement)):
            height[level.points] += np.maximum.reduceat(below[level.choices], level.first)
            np.maximum.at(below, level.incoming, height[level.points][level.entered])
        return height


@dataclass(frozen=True)
class SumWeights:
    r"""One more than the largest sum of weights that a choice leads to; margin 1.

    .. math:: \beta_j = 1 + \max_{a \in j} \sum_{k:\, a \to k} \beta_k

    The least weights with that margin. Farina, Kroer and Sandholm use them in "Better
    regularization for sequential decision spaces" (2021).
    """

    def of(self, arrangement: Arrangement) -> Floats:
        """Return the weight of each decision point, 1 for the last ones."""
        weight, below = np.ones(arrangement.polytope.points), np.zeros(arrangement.polytope.size)
        for level in reversed(levels_of(arrangement)):
            weight[level.points] += np.maximum.reduceat(below[level.choices], level.first)
            np.add.at(below, level.incoming, weight[level.points][level.entered])
        return weight


@dataclass(frozen=True)
class MassWeights:
    r"""The weights of Kroer, Waugh, Kilinc-Karzan and Sandholm (arXiv:1702.04849); margin 2.

    .. math:: \beta_j = 2 + \sum_{r=1}^{d_j} 2^r (M_{j,r} - 1)

    with the height :math:`d_j` of point ``j`` above the last ones and the largest sum
    :math:`M_{j,r}` of coordinates at ``j`` and in the next ``r`` levels below, if ``j`` is reached
    for certain.
    """

    def of(self, arrangement: Arrangement) -> Floats:
        """Return the weight of each decision point, 2 for the last ones."""
        polytope = arrangement.polytope
        weight = np.full(polytope.points, 2.0)
        height, mass = HeightWeights().of(arrangement) - 1, np.ones(polytope.points)
        entries = np.diff(polytope.incoming_start)
        for r in range(1, int(height.max(initial=0)) + 1):
            below = np.bincount(polytope.incoming, np.repeat(mass, entries), polytope.size)
            mass = 1 + np.maximum.reduceat(below[1:], polytope.start[:-1] - 1)
            weight += np.where(r <= height, 2.0**r * (mass - 1), 0.0)
        return weight


def margin(arrangement: Arrangement, weights: Floats) -> float:
    """Return how much the weights exceed the sums of those below, at least.

    Above 0, the dilated entropy with these weights is strongly convex, with this margin over the
    largest sum of a plan's coordinates as modulus in the 1-norm.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.learning.arrangement import arranged_for_sweeps
    >>> problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
    >>> leader = arranged_for_sweeps(problem.leader)
    >>> for rule in (UnitWeights(), HeightWeights(), SumWeights(), MassWeights()):
    ...     weights = rule.of(leader)
    ...     print(weights.tolist(), margin(leader, weights))
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0] 0.0
    [2.0, 2.0, 2.0, 1.0, 1.0, 1.0] 1.0
    [2.0, 2.0, 2.0, 1.0, 1.0, 1.0] 1.0
    [4.0, 4.0, 4.0, 2.0, 2.0, 2.0] 2.0
    """
    polytope = arrangement.polytope
    entries = np.diff(polytope.incoming_start)
    below = np.bincount(polytope.incoming, np.repeat(weights, entries), polytope.size)
    return float(np.min(weights[polytope.point[1:]] - below[1:], initial=np.inf))
