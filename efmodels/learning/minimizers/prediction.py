"""Regret minimizers that expect what they saw last to come again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.minimizers.protocol import RegretMinimizer


class Predictive:
    """A regret minimizer that is told to expect the last utility again.

    Around RM+ it makes predictive RM+, around mirror descent its *optimistic* variant. Around a
    composition the prediction is passed down to its parts, each of which gets what the last utility
    would mean for it *now*; around the parts, each expects what it observed itself.

    Parameters
    ----------
    minimizer
        Who is told.
    share
        How much of the last utility is expected.

    Examples
    --------
    >>> from efmodels.learning.minimizers import regret_matching_plus
    >>> plain, predictive = regret_matching_plus(2), Predictive(regret_matching_plus(2))
    >>> for local in (plain, predictive):
    ...     for utility in ([0.0, 1.0], [0.8, 0.0]):
    ...         _ = local.next()
    ...         local.observe(np.array(utility))
    ...     print(local.next().round(3).tolist())
    [0.615, 0.385]
    [0.762, 0.238]
    """

    def __init__(self, minimizer: RegretMinimizer, share: float = 1.0) -> None:
        self.size = minimizer.size
        self._minimizer = minimizer
        self._share = share
        self._last = np.zeros(self.size)

    def next(self, prediction: Floats | None = None) -> Floats:
        """Return the next point, given a prediction or else the last utility."""
        return self._minimizer.next(self._last if prediction is None else prediction)

    def observe(self, utility: Floats) -> None:
        """Learn, and remember what was observed."""
        self._minimizer.observe(utility)
        self._last = self._share * utility

    def value(self, utility: Floats) -> float:
        """Return what the last point earns."""
        return self._minimizer.value(utility)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the most that any point earns, and the point."""
        return self._minimizer.best(utility)
