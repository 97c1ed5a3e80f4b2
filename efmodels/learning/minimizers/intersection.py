"""Constraints that cut across a set: regret minimization on an intersection, without constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import CapabilityError, GameError
from efmodels.learning.minimizers.arguments import checked

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.minimizers.protocol import RegretMinimizer
    from efmodels.learning.minimizers.sets import ConvexSet


class Intersection:
    r"""A part of a set, chosen from by a regret minimizer of the whole set.

    The point :math:`x_t` of the whole set is projected, :math:`y_t = \Pi(x_t)`, and :math:`y_t` is
    played. The regret minimizer inside observes the utilities with a reward for going where it was
    pushed to,

    .. math:: u_t + \alpha_t (y_t - x_t), \qquad \alpha_t
              = \max\Bigl(0,\; \frac{\langle u_t, x_t - y_t \rangle}{\|x_t - y_t\|^2}\Bigr) ,

    just large enough for :math:`x_t` to earn no more than :math:`y_t`. Since
    :math:`\langle y_t - x_t, z - x_t \rangle \ge \|y_t - x_t\|^2` for all ``z`` of the part, the
    regret is at most that of the regret minimizer inside: there is no multiplier, and no constant
    to be guessed. Every point that is played satisfies the constraints.

    Parameters
    ----------
    minimizer
        Chooses from the whole set, under linear utilities.
    region
        The part: a subset of the set, with its projection; for plans, see `constrained`.

    Raises
    ------
    GameError
        Sizes differ.
    CapabilityError
        The minimizer inside has a regularizer, whose value at a projection is not known.

    References
    ----------
    Farina, Kroer and Sandholm, arXiv:1811.02540.

    Examples
    --------
    >>> from efmodels.learning.minimizers import Polyhedron, regret_matching_plus
    >>> part = Polyhedron([[1, 0], [-1, 0]], [0.25, 0], [[1, 1]], [1])
    >>> rare = Intersection(regret_matching_plus(2), part)
    >>> rare.next().round(12).tolist()
    [0.25, 0.75]
    >>> rare.best(np.array([1.0, 0.0]))[0]
    0.25
    """

    def __init__(self, minimizer: RegretMinimizer, region: ConvexSet) -> None:
        if minimizer.size != region.size:
            raise GameError(
                f"the set has {minimizer.size} coordinates, the part of it {region.size}"
            )
        if minimizer.value(np.zeros(minimizer.size)):
            raise CapabilityError(
                "an intersection needs a regret minimizer under linear utilities; put the "
                "regularizer outside: ConcaveUtility(Intersection(...), ...)"
            )
        self.size = minimizer.size
        self._minimizer = minimizer
        self._region = region
        self._whole = minimizer.next()
        self._point = region.project(self._whole)

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the projection of the next point; a prediction is passed on as it is."""
        self._whole = self._minimizer.next(prediction)
        self._point = self._region.project(self._whole)
        return self._point

    def observe(self, utility: Floats) -> None:
        """Let the minimizer observe the utilities and the reward."""
        given = checked(utility, self.size)
        way = self._point - self._whole
        length = float(way @ way)
        if length > 0:
            given = given + max(0.0, -float(given @ way) / length) * way
        self._minimizer.observe(given)

    def value(self, utility: Floats) -> float:
        """Return what the last projection earns."""
        return float(checked(utility, self.size) @ self._point)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the best point of the part."""
        return self._region.best(checked(utility, self.size))
