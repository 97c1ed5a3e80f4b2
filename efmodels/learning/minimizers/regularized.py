r"""Strongly concave utilities at a decision point: ``u @ x`` less a regularizer.

Chained along the decision points of a tree, they are the *laminar regret decomposition*: the value
of a decision point, regularizer included, is a part of what the choices before it earn. In
self-play this leads to regularized equilibria; with entropy of weight :math:`1/\lambda`, to logit
quantal response equilibria of the reduced normal form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp, xlogy

from efmodels.errors import CapabilityError, GameError
from efmodels.learning.minimizers.arguments import checked
from efmodels.learning.minimizers.descent import softmax

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Floats
    from efmodels.learning.minimizers.protocol import RegretMinimizer
    from efmodels.learning.minimizers.sets import ConvexSet


class EntropyRegularized:
    r"""A simplex on which a distribution earns ``u @ x`` and the entropy, times a weight.

    .. math:: \langle u, x \rangle - \tau \sum_a x_a \ln x_a .

    The next point is the best for the mean :math:`\bar u` of what was observed: the *logit
    response* in proportion to :math:`\exp(\bar u / \tau)`; a prediction counts as one more
    observation. If no utility's range exceeds ``r``, the regret is at most
    :math:`r^2 (1 + \ln T) / (2 \tau)`.

    Parameters
    ----------
    size
        Number of choices.
    weight
        The weight :math:`\tau` of the entropy, above 0.

    Raises
    ------
    GameError
        The weight is not above 0.

    References
    ----------
    Farina, Kroer and Sandholm, arXiv:1809.03075; the bound is that of following the leader under
    strongly concave utilities.

    Examples
    --------
    >>> logit = EntropyRegularized(2, weight=0.5)
    >>> logit.observe(np.array([np.log(2.0), 0.0]))
    >>> logit.next().round(12).tolist()
    [0.8, 0.2]
    """

    def __init__(self, size: int, weight: float) -> None:
        if not weight > 0:
            raise GameError(f"the weight of an entropy must be above 0; got {weight}")
        self.size = size
        self._weight = weight
        self._mean = _Mean(size)
        self._point = np.full(size, 1 / size)

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the logit response to the mean of the utilities."""
        self._point = softmax(self._mean.with_one_more(prediction) / self._weight)
        return self._point

    def observe(self, utility: Floats) -> None:
        """Count a utility in."""
        self._mean.add(utility)

    def value(self, utility: Floats) -> float:
        """Return what the last point earns, entropy included."""
        entropy = -float(xlogy(self._point, self._point).sum())
        return float(checked(utility, self.size) @ self._point) + self._weight * entropy

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the most that any distribution earns, entropy included: the logit response."""
        exponent = checked(utility, self.size) / self._weight
        return self._weight * float(logsumexp(exponent)), softmax(exponent)


class QuadraticRegularized:
    r"""A convex set on which a point earns ``u @ x`` less its squared length, times a weight.

    .. math:: \langle u, x \rangle - \tfrac{\tau}{2} \|x\|^2 .

    The next point is the best for the mean :math:`\bar u` of what was observed, the projection of
    :math:`\bar u / \tau`; a prediction counts as one more observation. If no utility vector is
    longer than ``G``, the regret is at most :math:`2 G^2 (1 + \ln T) / \tau`.

    Parameters
    ----------
    region
        The set, for instance a `Simplex`.
    weight
        The weight :math:`\tau`, above 0.

    Raises
    ------
    GameError
        The weight is not above 0.

    Examples
    --------
    >>> from efmodels.learning.minimizers import Simplex
    >>> local = QuadraticRegularized(Simplex(2), weight=2.0)
    >>> local.observe(np.array([1.0, 0.0]))
    >>> local.next().tolist()
    [0.75, 0.25]
    """

    def __init__(self, region: ConvexSet, weight: float) -> None:
        if not weight > 0:
            raise GameError(f"the weight of a regularizer must be above 0; got {weight}")
        self.size = region.size
        self._region = region
        self._weight = weight
        self._mean = _Mean(region.size)
        self._point = region.project(np.zeros(region.size))

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the best point for the mean of the utilities."""
        self._point = self._region.project(self._mean.with_one_more(prediction) / self._weight)
        return self._point

    def observe(self, utility: Floats) -> None:
        """Count a utility in."""
        self._mean.add(utility)

    def value(self, utility: Floats) -> float:
        """Return what the last point earns, regularizer included."""
        return self._earned(checked(utility, self.size), self._point)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the most that any point earns, regularizer included."""
        given = checked(utility, self.size)
        point = self._region.project(given / self._weight)
        return self._earned(given, point), point

    def _earned(self, utility: Floats, point: Floats) -> float:
        return float(utility @ point) - self._weight / 2 * float(point @ point)


class ConcaveUtility:
    r"""A regret minimizer on whose set a concave function is earned on top of the utilities.

    A point earns :math:`\langle u, x \rangle + \varphi(x)`; the regret minimizer inside observes
    :math:`u + \nabla \varphi(x)` at the point ``x`` that was played, and its regret is at least as
    large. It need know nothing of the function, which may be merely concave; where the function is
    strongly so, the minimizers above regret less.

    Parameters
    ----------
    minimizer
        Who chooses.
    function, gradient
        The function and a supergradient of it at a point.
    maximum
        Maximises ``u @ x`` plus the function over the set, and returns the maximum and a point;
        only `best` asks for it.

    Examples
    --------
    Two choices, and a penalty on being far from even:

    >>> from efmodels.learning.minimizers import regret_matching_plus
    >>> local = ConcaveUtility(
    ...     regret_matching_plus(2), lambda x: -((x[0] - x[1]) ** 2), lambda x: -2 * (x @ [1, -1])
    ...     * np.array([1.0, -1.0])
    ... )
    >>> total = np.zeros(2)
    >>> for _ in range(1000):
    ...     total += local.next()
    ...     local.observe(np.array([1.0, 0.0]))
    >>> (total / 1000).round(2).tolist()
    [0.62, 0.38]
    """

    def __init__(
        self,
        minimizer: RegretMinimizer,
        function: Callable[[Floats], float],
        gradient: Callable[[Floats], Floats],
        maximum: Callable[[Floats], tuple[float, Floats]] | None = None,
    ) -> None:
        self.size = minimizer.size
        self._minimizer = minimizer
        self._function = function
        self._gradient = gradient
        self._maximum = maximum
        self._point = minimizer.next()

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the next point; a prediction is one of the linear utilities alone."""
        if prediction is not None:
            prediction = checked(prediction, self.size) + self._gradient(self._point)
        self._point = self._minimizer.next(prediction)
        return self._point

    def observe(self, utility: Floats) -> None:
        """Learn the gradient at the point that was played."""
        self._minimizer.observe(checked(utility, self.size) + self._gradient(self._point))

    def value(self, utility: Floats) -> float:
        """Return what the last point earns, the concave function included."""
        return self._minimizer.value(checked(utility, self.size)) + self._function(self._point)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the most that any point earns, the concave function included.

        Raises
        ------
        CapabilityError
            Nobody has said how to maximise the function.
        """
        if self._maximum is None:
            raise CapabilityError(
                "the best point under a concave utility needs maximum=, which returns the maximum "
                "of u @ x plus the function, and a point"
            )
        return self._maximum(checked(utility, self.size))


class _Mean:
    """The mean of utilities."""

    def __init__(self, size: int) -> None:
        self._total = np.zeros(size)
        self._number = 0

    def add(self, utility: Floats) -> None:
        """Count one more in."""
        self._total = self._total + checked(utility, len(self._total))
        self._number += 1

    def with_one_more(self, prediction: Floats | None) -> Floats:
        """Return the mean, as if a prediction had been observed; 0 if there is nothing."""
        if prediction is None:
            return self._total / max(self._number, 1)
        return (self._total + checked(prediction, len(self._total))) / (self._number + 1)
