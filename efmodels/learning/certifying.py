"""Judging arranged plans between chunks of iterations, with the engine's own sweeps.

What is proved in the end does not depend on this: see :mod:`efmodels.certificates`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.learning.saddle import inner

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.engines import Learner
    from efmodels.learning.saddle import Saddle

TANGENTS = 4
"""Best responses that the search for the best mass of the replies may take beyond the first."""


class Judged(NamedTuple):
    """What is known of an arranged plan of the leader; ``regret`` is the largest one."""

    x: Floats
    value: float
    regret: float


@dataclass(frozen=True, eq=False)
class Certifier:
    """Judges arranged plans, with the engine's sweeps.

    Attributes
    ----------
    saddle, engine
        The problem with prices, and its engine.
    """

    saddle: Saddle
    engine: Learner

    def judge(self, x: Floats, weights: Floats) -> Judged:
        """Return objective and regret of a plan of the leader; all weights must be above 0."""
        saddle = self.saddle
        gradient = saddle.priced(saddle.adversary_gradient(x), weights)
        worth = self.engine.adversary_worth(gradient)
        prices = weights[saddle.constrained]
        regrets = np.maximum(worth[saddle.deviating] / prices, 0)
        # What is left of the root's worth is what the followers without constraints take.
        taken = float(worth[0] - prices @ regrets)
        value = inner(saddle.c, saddle.mu(x)) - taken
        return Judged(x, value, float(regrets.max(initial=0)))

    def bound(self, priced: Floats) -> tuple[float, Floats]:
        """Return the best bound that an adversary's plan times weights proves, with its multiples.

        The bound is convex in the mass of the constrained followers; tangents close in on its
        minimum.
        """
        scaled = np.isin(self.saddle.follower, self.saddle.constrained)
        fixed, moved = np.where(scaled, 0.0, priced), np.where(scaled, priced, 0.0)
        base, slope = self.saddle.leader_gradient(fixed), self._payments(moved)

        def tangent(mass: float) -> tuple[float, float, float]:
            value, x = self.engine.leader_best(base - mass * slope)
            return mass, value, -inner(slope, x)

        seen = [tangent(1.0)]
        if len(self.saddle.constrained) and seen[0][2] != 0:
            seen.append(tangent(0.5 if seen[0][2] > 0 else 2.0))
            for _ in range(TANGENTS - 1):
                mass = _lowest(seen)
                if mass is None:
                    break
                seen.append(tangent(mass))
        mass, value, _ = min(seen, key=lambda one: one[1])
        return value, fixed + mass * moved

    def _payments(self, priced: Floats) -> Floats:
        """Return what the leader pays for each of her arranged coordinates."""
        saddle = self.saddle
        paid = saddle.W @ priced
        return paid if saddle.reach is None else np.asarray(saddle.reach.T @ paid)


def _lowest(seen: list[tuple[float, float, float]]) -> float | None:
    """Return where the tangents to a convex function leave room for its minimum, if they do."""
    falling = max((one for one in seen if one[2] < 0), default=None)
    rising = min((one for one in seen if one[2] >= 0), default=None)
    if rising is None and falling is not None:
        return 2 * falling[0]
    if falling is None and rising is not None:
        return rising[0] / 2
    if falling is None or rising is None:
        return None
    (a, at_a, slope_a), (b, at_b, slope_b) = falling, rising
    return (at_b - slope_b * b - at_a + slope_a * a) / (slope_a - slope_b)
