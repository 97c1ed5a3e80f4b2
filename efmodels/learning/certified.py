"""The best that is proved so far, whoever proved it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.game import Floats
    from efmodels.learning.certifying import Judged


class Certified:
    """The best plan and the best bound of all members, in units of the ranges.

    Members on several threads may offer what they have at the same time.

    Parameters
    ----------
    tolerance
        From which distance on the pair is a solution.
    first
        A plan to begin with.
    priced
        An adversary's plan times weights, which proves no bound yet.

    Attributes
    ----------
    best
        The plan.
    bound, priced
        The bound, and what proves it.
    """

    def __init__(self, tolerance: float, first: Judged, priced: Floats) -> None:
        self.tolerance = tolerance
        self.best = first
        self.bound, self.priced = np.inf, priced
        self._lock = Lock()

    def offer(self, judged: Iterable[Judged]) -> None:
        """Keep the best of some plans and the one that was best so far."""
        with self._lock:
            self.best = min(self.best, *judged, key=self.distance)

    def offer_bound(self, bound: float, priced: Floats) -> None:
        """Keep a bound if it is better."""
        with self._lock:
            if bound < self.bound:
                self.bound, self.priced = bound, priced

    @property
    def is_bounded(self) -> bool:
        """Whether anything has been proved at all."""
        return bool(np.isfinite(self.bound))

    @property
    def is_solved(self) -> bool:
        """Whether regrets and bound are within the tolerance."""
        return self.is_bounded and self.distance(self.best) <= self.tolerance

    def distance(self, judged: Judged) -> float:
        """Return how far a plan is from a solution, as far as known."""
        gap = abs(self.bound - judged.value) if self.is_bounded else 0.0
        return max(judged.regret, gap)
