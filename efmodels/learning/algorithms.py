"""The algorithms of regret minimization by name: how they weigh regrets, predictions and iterates.

All of them are counterfactual regret minimization: a local regret minimizer at every decision
point, fed with the counterfactual values there. They differ in how much of old regrets they keep,
whether they act on the regret that they expect next, and how they average.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Floats


class Algorithm(Protocol):
    """What tells one variant of counterfactual regret minimization from another."""

    @property
    def prediction(self) -> float:
        """How much of the last regret is expected to come again: 0, or 1 for predictive ones."""

    @property
    def averaging(self) -> float:
        """Iterate ``t`` has a weight of about ``t ** averaging`` in the average."""

    def discounts(self, iteration: Floats) -> tuple[Floats, Floats]:
        """Return what positive and negative regrets are multiplied with before each iteration."""


@dataclass(frozen=True)
class CFR:
    """Counterfactual regret minimization (Zinkevich, Johanson, Bowling and Piccione, NIPS 2007)."""

    prediction = 0.0
    averaging: float = 0.0

    def discounts(self, iteration: Floats) -> tuple[Floats, Floats]:
        """Keep all regrets."""
        return np.ones_like(iteration), np.ones_like(iteration)


@dataclass(frozen=True)
class CFRPlus:
    """CFR+ (Tammelin, arXiv:1407.5042): negative regrets are forgotten, later iterates weigh more.

    ``averaging=2`` is the quadratic variant, which is better at high accuracy.
    """

    prediction = 0.0
    averaging: float = 1.0

    def discounts(self, iteration: Floats) -> tuple[Floats, Floats]:
        """Keep positive regrets alone."""
        return np.ones_like(iteration), np.zeros_like(iteration)


@dataclass(frozen=True)
class DiscountedCFR:
    """Discounted CFR (Brown and Sandholm, arXiv:1809.04040), by default DCFR(1.5, 0, 2)."""

    positive: float = 1.5
    negative: float = 0.0
    averaging: float = 2.0
    prediction = 0.0

    def discounts(self, iteration: Floats) -> tuple[Floats, Floats]:
        """Multiply with ``t^a / (t^a + 1)``, with an exponent for either sign."""
        return _discount(iteration, self.positive), _discount(iteration, self.negative)


@dataclass(frozen=True)
class DiscountedCFRPlus:
    """DCFR+ (Xu et al., arXiv:2404.13891): CFR+ with old regrets discounted."""

    positive: float = 1.5
    averaging: float = 4.0
    prediction = 0.0

    def discounts(self, iteration: Floats) -> tuple[Floats, Floats]:
        """Discount positive regrets, forget negative ones."""
        return _discount(iteration, self.positive), np.zeros_like(iteration)


@dataclass(frozen=True)
class PredictiveCFRPlus:
    """PCFR+ (Farina, Kroer and Sandholm, arXiv:2007.14358): CFR+ that expects the last regret."""

    prediction = 1.0
    averaging: float = 2.0

    def discounts(self, iteration: Floats) -> tuple[Floats, Floats]:
        """Keep positive regrets alone."""
        return np.ones_like(iteration), np.zeros_like(iteration)


@dataclass(frozen=True)
class PredictiveDiscountedCFRPlus:
    """PDCFR+ (Xu et al., arXiv:2404.13891): predictive and discounted."""

    positive: float = 2.3
    averaging: float = 5.0
    prediction = 1.0

    def discounts(self, iteration: Floats) -> tuple[Floats, Floats]:
        """Discount positive regrets, forget negative ones."""
        return _discount(iteration, self.positive), np.zeros_like(iteration)


def _discount(iteration: Floats, exponent: float) -> Floats:
    """Return ``t^a / (t^a + 1)`` for the number of iterations before each; 0 before the first."""
    before = np.maximum(iteration - 1, 0)
    power = before**exponent
    result: Floats = power / (power + 1)
    return result


@dataclass(frozen=True)
class Schedule:
    """What some iterations do, as arrays with an entry for each.

    Attributes
    ----------
    positive, negative
        What the regrets are multiplied with before the new ones are added.
    weight
        How far the average moves towards the new iterate.
    prediction
        How much of the last regret is expected to come again.
    """

    positive: Floats
    negative: Floats
    weight: Floats
    prediction: float


def schedule(algorithm: Algorithm, first: int, number: int) -> Schedule:
    """Return the schedule of iterations ``first`` (from 1) and those after it.

    Examples
    --------
    >>> plus = schedule(CFRPlus(), 1, 3)
    >>> plus.weight.round(3).tolist(), plus.negative.tolist()
    ([1.0, 0.667, 0.5], [0.0, 0.0, 0.0])
    """
    iteration = np.arange(first, first + number, dtype=float)
    positive, negative = algorithm.discounts(iteration)
    weight = (algorithm.averaging + 1) / (iteration + algorithm.averaging)
    return Schedule(positive, negative, weight, algorithm.prediction)


ALGORITHMS: dict[str, Algorithm] = {
    "cfr": CFR(),
    "cfr+": CFRPlus(),
    "dcfr": DiscountedCFR(),
    "dcfr+": DiscountedCFRPlus(),
    "pcfr+": PredictiveCFRPlus(),
    "pdcfr+": PredictiveDiscountedCFRPlus(),
}
