"""Regret matching on a simplex: play each choice in proportion to how much it is regretted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from efmodels.learning.algorithms import (
    CFR,
    CFRPlus,
    DiscountedCFR,
    PredictiveCFRPlus,
    PredictiveDiscountedCFRPlus,
)
from efmodels.learning.minimizers.arguments import checked
from efmodels.learning.minimizers.prediction import Predictive
from efmodels.learning.minimizers.sets import Simplex
from efmodels.learning.numpy_engine import TINY

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.algorithms import Algorithm
    from efmodels.learning.minimizers.protocol import RegretMinimizer


class Discounts(Protocol):
    """How much of old regrets is kept; every `Algorithm` says it."""

    def discounts(self, iteration: Floats) -> tuple[Floats, Floats]:
        """Return what positive and negative regrets are multiplied with before each iteration."""


class RegretMatching:
    r"""Regret matching, with old regrets kept, forgotten or discounted.

    With accumulated regrets ``R``, the next point is proportional to :math:`[R]^+`, or uniform
    where nothing is regretted. Then

    .. math:: R \leftarrow \alpha_t [R]^+ - \beta_t [-R]^+ + u - \langle u, x \rangle 1 ,

    where :math:`\beta_t = 0` also forgets what is negative afterwards (RM+). With a prediction
    ``m``, the point is proportional to :math:`[R + m - \langle m, x \rangle 1]^+`, ``x`` being the
    one before.

    Parameters
    ----------
    size
        Number of choices.
    rule
        What is kept of old regrets: any `Algorithm`; its averages and predictions are not used.

    References
    ----------
    Hart and Mas-Colell, A simple adaptive procedure leading to correlated equilibrium, Econometrica
    68 (2000); arXiv:1407.5042 (RM+), arXiv:1809.04040 (discounted), arXiv:2007.14358 (predictive).

    Examples
    --------
    >>> local = RegretMatching(3, CFRPlus())
    >>> local.next().round(3).tolist()
    [0.333, 0.333, 0.333]
    >>> local.observe(np.array([1.0, 0.0, 0.5]))
    >>> local.next().round(3).tolist()
    [1.0, 0.0, 0.0]
    """

    def __init__(self, size: int, rule: Discounts) -> None:
        self.size = size
        self._simplex = Simplex(size)
        self._rule = rule
        self._regret = np.zeros(size)
        self._point = np.full(size, 1 / size)
        self._before = self._point
        self._observed = 0

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the distribution in proportion to positive regrets."""
        expected = self._regret
        if prediction is not None:
            expected = expected + _regrets(checked(prediction, self.size), self._before)
        self._point = _proportional(np.maximum(expected, 0))
        return self._point

    def observe(self, utility: Floats) -> None:
        """Add the regret of not having played each choice."""
        self._observed += 1
        positive, negative = self._rule.discounts(np.array([float(self._observed)]))
        old = np.where(self._regret > 0, positive[0] * self._regret, negative[0] * self._regret)
        self._regret = old + _regrets(checked(utility, self.size), self._point)
        if negative[0] == 0:
            self._regret = np.maximum(self._regret, 0)
        self._before = self._point

    def value(self, utility: Floats) -> float:
        """Return what the last distribution earns."""
        return float(checked(utility, self.size) @ self._point)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the largest utility and its choice."""
        return self._simplex.best(checked(utility, self.size))


def regret_matching(size: int) -> RegretMatching:
    """Return regret matching, which keeps all regrets."""
    return RegretMatching(size, CFR())


def regret_matching_plus(size: int) -> RegretMatching:
    """Return RM+, which forgets negative regrets."""
    return RegretMatching(size, CFRPlus())


def discounted_regret_matching(size: int) -> RegretMatching:
    """Return discounted regret matching, with the exponents 1.5 and 0."""
    return RegretMatching(size, DiscountedCFR())


def predictive_regret_matching_plus(size: int) -> Predictive:
    """Return RM+ that expects the last utility to come again."""
    return Predictive(RegretMatching(size, PredictiveCFRPlus()))


def predictive_discounted_regret_matching_plus(size: int) -> Predictive:
    """Return discounted RM+ that expects the last utility to come again."""
    return Predictive(RegretMatching(size, PredictiveDiscountedCFRPlus()))


def local_minimizer(algorithm: Algorithm, size: int) -> RegretMinimizer:
    """Return what an algorithm of the engines has at a decision point with so many choices."""
    matching = RegretMatching(size, algorithm)
    return Predictive(matching, algorithm.prediction) if algorithm.prediction else matching


def _regrets(utility: Floats, point: Floats) -> Floats:
    """Return by how much each choice earns more than a distribution."""
    return utility - float(utility @ point)


def _proportional(weight: Floats) -> Floats:
    """Return the distribution in proportion to weights; uniform if there are none."""
    total = float(weight.sum())
    if total <= TINY:
        return np.full(len(weight), 1 / len(weight))
    return weight / total
