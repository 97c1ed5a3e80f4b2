"""The best constant multiplier in hindsight, without a memory of all auctions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints

STEPS = 1000
"""How many multipliers are told apart, from `SMALLEST` to 1, each the same factor apart."""

SMALLEST = 1e-4


class Hindsight:
    """What each constant multiplier would have won and paid, for every bidder.

    A bidder with value ``v`` wins against the highest other bid ``q`` where her multiplier is at
    least ``q / v``. Auctions are counted by that ratio, so that memory does not grow with them.

    Parameters
    ----------
    bidders
        How many.

    Examples
    --------
    >>> import numpy as np
    >>> hindsight = Hindsight(1)
    >>> for bid in (1.0, 2.0, 5.0):
    ...     hindsight.add(np.array([0]), np.array([4.0]), np.array([bid]), np.ones(1))
    >>> hindsight.best(np.array([2.0]))
    array([4.])
    """

    def __init__(self, bidders: int) -> None:
        self._utility, self._cost = np.zeros((2, bidders * STEPS))

    def add(self, bidder: Ints, value: Floats, rival: Floats, supply: Floats) -> None:
        """Count auctions: who could have had which value, against which bid, of how many units."""
        worth = rival < value
        ratio = np.log(np.maximum(rival[worth] / value[worth], SMALLEST)) / -np.log(SMALLEST)
        place = np.minimum(((1 + ratio) * STEPS).astype(np.int64), STEPS - 1)
        place += bidder[worth] * STEPS
        size, units = len(self._cost), supply[worth]
        gain = (value - rival)[worth] * units
        self._utility += np.bincount(place, weights=gain, minlength=size)
        self._cost += np.bincount(place, weights=rival[worth] * units, minlength=size)

    def best(self, budgets: Floats) -> Floats:
        """Return the most that each bidder could have gained with these budgets for everything.

        The last step is taken in part, as by a bidder who draws lots between two multipliers.
        """
        utility, cost = (a.reshape(len(budgets), STEPS) for a in (self._utility, self._cost))
        before = np.cumsum(cost, axis=1) - cost
        left = np.maximum(budgets[:, None] - before, 0.0)
        share = np.divide(left, cost, out=np.ones_like(cost), where=cost > left)
        gained: Floats = (share * utility).sum(axis=1)
        return gained
