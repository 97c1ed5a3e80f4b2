"""How high the price of a violated incentive constraint is, from chunk to chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Floats


class Multipliers(Protocol):
    """A rule for the multipliers of followers with incentive constraints."""

    @property
    def start(self) -> float:
        """The multiplier to begin with, in units of objective range per payoff range."""

    def next(self, weights: Floats, staying_out: Floats, regret: float, target: float) -> Floats:
        """Return the next multipliers.

        Parameters
        ----------
        weights
            The multipliers now.
        staying_out
            How likely each follower was to stay out, on average.
        regret, target
            The largest regret of the leader's average, and what is asked for.
        """


@dataclass(frozen=True)
class SmoothMultipliers:
    """Raise the price for whom it does not deter; lower it where nobody deviates any more.

    A follower who hardly ever stays out while regrets are too large pays too little; one who stays
    out most of the time pays more than needed. Regrets and averages need no restart: the followers
    learn from what they are paid before prices.
    """

    start: float = 3.0
    growth: float = 1.5
    decline: float = 1.3
    seldom: float = 0.1
    mostly: float = 0.7

    def next(self, weights: Floats, staying_out: Floats, regret: float, target: float) -> Floats:
        """Return the next multipliers."""
        if regret > target:
            return np.where(staying_out < self.seldom, weights * self.growth, weights)
        return np.where(staying_out > self.mostly, weights / self.decline, weights)


@dataclass(frozen=True)
class FixedMultipliers:
    """The same price all the time, for everybody."""

    start: float

    def next(self, weights: Floats, staying_out: Floats, regret: float, target: float) -> Floats:
        """Return the multipliers that are."""
        del staying_out, regret, target
        return weights
