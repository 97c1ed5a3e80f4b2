r"""First-order regret minimizers: steps in the direction of the utilities.

Step sizes are functions of the round, counted from 1; a constant one in proportion to
:math:`1/\sqrt T` is best for ``T`` rounds, :math:`\eta/\sqrt t` for rounds without end.
Around any of them, `Predictive` makes the optimistic variant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from efmodels.learning.minimizers.arguments import checked
from efmodels.learning.minimizers.sets import Simplex

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.minimizers.sets import ConvexSet

Steps = Callable[[int], float]
"""The step size of each round."""


def constant_step(size: float) -> Steps:
    """Return one step size for all rounds."""
    return lambda _: size


def decreasing_step(first: float) -> Steps:
    r"""Return step sizes in proportion to :math:`1 / \sqrt t`."""
    return lambda t: first / t**0.5


class MultiplicativeWeights:
    r"""Entropic mirror descent on a simplex: multiplicative weights, or Hedge.

    With accumulated utilities ``U`` and a prediction ``m`` (0 by default), the next point is
    proportional to :math:`\exp(\eta_t (U + m))`. With a constant step and utilities whose ranges
    are at most ``r``, the regret is at most :math:`\ln n / \eta + \eta T r^2 / 8`.

    Parameters
    ----------
    size
        Number of choices.
    steps
        The step sizes, which must not increase.

    References
    ----------
    Freund and Schapire, A decision-theoretic generalization of on-line learning and an application
    to boosting, JCSS 55 (1997); with predictions, Rakhlin and Sridharan, arXiv:1311.1869.

    Examples
    --------
    >>> hedge = MultiplicativeWeights(2, constant_step(1.0))
    >>> hedge.observe(np.array([np.log(3.0), 0.0]))
    >>> hedge.next().round(12).tolist()
    [0.75, 0.25]
    """

    def __init__(self, size: int, steps: Steps) -> None:
        self.size = size
        self._simplex = Simplex(size)
        self._steps = steps
        self._total = np.zeros(size)
        self._point = np.full(size, 1 / size)
        self._round = 1

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the distribution that prefers what has earned more, exponentially."""
        total = self._total if prediction is None else self._total + checked(prediction, self.size)
        self._point = softmax(self._steps(self._round) * total)
        return self._point

    def observe(self, utility: Floats) -> None:
        """Add up what each choice earns."""
        self._total = self._total + checked(utility, self.size)
        self._round += 1

    def value(self, utility: Floats) -> float:
        """Return what the last distribution earns."""
        return float(checked(utility, self.size) @ self._point)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the largest utility and its choice."""
        return self._simplex.best(checked(utility, self.size))


class EuclideanMirrorDescent:
    r"""Projected steps in the direction of the utilities, on any set that can be projected on.

    .. math:: z_{t+1} = \Pi(z_t + \eta_t u_t), \qquad x_{t+1} = \Pi(z_{t+1} + \eta_{t+1} m),

    where ``m`` is a prediction; without one, :math:`x = z`. With a constant step, the regret is at
    most :math:`D^2 / (2 \eta) + \eta/2 \sum_t \|u_t\|^2` for a set of diameter ``D``.

    Parameters
    ----------
    region
        The set, for instance `Simplex`, `Ball` or `Polyhedron`.
    steps
        The step sizes, which must not increase.

    References
    ----------
    Zinkevich, Online convex programming and generalized infinitesimal gradient ascent, ICML (2003);
    with predictions, Rakhlin and Sridharan, arXiv:1311.1869.

    Examples
    --------
    >>> ascent = EuclideanMirrorDescent(Simplex(2), constant_step(0.5))
    >>> ascent.observe(np.array([0.5, 0.0]))
    >>> ascent.next().tolist()
    [0.625, 0.375]
    """

    def __init__(self, region: ConvexSet, steps: Steps) -> None:
        self.size = region.size
        self._region = region
        self._steps = steps
        self._state = region.project(np.full(self.size, 1 / self.size))
        self._point = self._state
        self._round = 1

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return where the steps have led, one step further for a prediction."""
        self._point = self._state
        if prediction is not None:
            step = self._steps(self._round) * checked(prediction, self.size)
            self._point = self._region.project(self._state + step)
        return self._point

    def observe(self, utility: Floats) -> None:
        """Make a step."""
        step = self._steps(self._round) * checked(utility, self.size)
        self._state = self._region.project(self._state + step)
        self._round += 1

    def value(self, utility: Floats) -> float:
        """Return what the last point earns."""
        return float(checked(utility, self.size) @ self._point)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the best point of the set."""
        return self._region.best(checked(utility, self.size))


class ConditionalGradient:
    r"""Steps towards best points, on sets that are too hard to be projected on (Frank-Wolfe).

    With :math:`\eta = D / (2 G T^{3/4})`, each round goes the share :math:`\min(1, 2/\sqrt t)` of
    the way to the point that is best for the gradient of
    :math:`\eta \langle U, x \rangle - \|x - x_1\|^2`. The regret is at most :math:`8 D G T^{3/4}`.
    Predictions are not used.

    Parameters
    ----------
    region
        The set; only its best points are asked for.
    diameter
        No two points of the set are farther from each other (``D``).
    slope
        No utility vector is longer (``G``).
    horizon
        For how many rounds it is to be good (``T``).

    References
    ----------
    Hazan, Introduction to Online Convex Optimization, arXiv:1909.05207, chapter 7.

    Examples
    --------
    >>> towards = ConditionalGradient(Simplex(2), diameter=2**0.5, slope=1.0, horizon=100)
    >>> towards.observe(np.array([0.0, 1.0]))
    >>> towards.next().tolist()
    [0.0, 1.0]
    """

    def __init__(self, region: ConvexSet, *, diameter: float, slope: float, horizon: int) -> None:
        self.size = region.size
        self._region = region
        self._step = diameter / (2 * slope * horizon**0.75)
        self._total = np.zeros(self.size)
        self._first = self._point = region.best(np.ones(self.size))[1]
        self._round = 1

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return where the steps have led."""
        del prediction
        return self._point

    def observe(self, utility: Floats) -> None:
        """Go some way to the best point for what has been earned so far."""
        self._total = self._total + checked(utility, self.size)
        gradient = self._step * self._total - 2 * (self._point - self._first)
        share = min(1.0, 2 / self._round**0.5)
        self._point = self._point + share * (self._region.best(gradient)[1] - self._point)
        self._round += 1

    def value(self, utility: Floats) -> float:
        """Return what the last point earns."""
        return float(checked(utility, self.size) @ self._point)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the best point of the set."""
        return self._region.best(checked(utility, self.size))


def softmax(exponent: Floats) -> Floats:
    """Return the distribution in proportion to exponentials, without overflow."""
    weight = np.exp(exponent - exponent.max())
    result: Floats = weight / weight.sum()
    return result
