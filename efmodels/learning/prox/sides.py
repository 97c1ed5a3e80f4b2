"""The two sides of a saddle problem as first-order methods see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.learning.prox.smoothing import Smoothing

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.prox.geometry import Geometry
    from efmodels.learning.prox.weights import Weights
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import State

    Pair = tuple[Floats, Floats]

LEADER, ADVERSARY = 0, 1


class Sides:
    r"""The leader and her adversary, each with a dilated distance, in a symmetric form.

    Of plans ``x`` and ``y`` the leader gets :math:`a^\top x - x^\top B y`, which the adversary
    minimises. Gradients are of what a side maximises. They are affine in the other side's plan, so
    that mixtures of plans have mixtures of gradients.

    Parameters
    ----------
    saddle
        The problem.
    geometry, weights
        The dilated distances.
    """

    def __init__(self, saddle: Saddle, geometry: Geometry, weights: Weights) -> None:
        self.saddle = saddle
        self.smoothings = (
            Smoothing(saddle.leader, geometry, weights),
            Smoothing(saddle.adversary, geometry, weights),
        )
        self.prices = saddle.weights.copy()

    def gradient(self, side: int, other: Floats) -> Floats:
        """Return the gradient of a side at the other side's plan."""
        if side == LEADER:
            return self.saddle.leader_gradient(self.saddle.priced(other, self.prices))
        return self.saddle.priced(self.saddle.adversary_gradient(other), self.prices)

    def gradients(self, plans: Pair) -> Pair:
        """Return the gradients of both sides at each other's plan."""
        return self.gradient(LEADER, plans[ADVERSARY]), self.gradient(ADVERSARY, plans[LEADER])

    def certain(self, x: Floats) -> float:
        """Return what the leader gets whatever the adversary does."""
        return float(self.saddle.c @ self.saddle.mu(x))

    def values(self, plans: Pair) -> tuple[float, float]:
        """Return what the leader's plan guarantees, and what the adversary's plan lets her get.

        Best responses heed the floors.
        """
        leader, adversary = self.smoothings
        for_leader, for_adversary = self.gradients(plans)
        paid, _ = adversary.best_response(for_adversary)
        most, _ = leader.best_response(for_leader)
        return self.certain(plans[LEADER]) - paid, most

    def write(self, state: State, averages: Pair, last: Pair) -> None:
        """Put averages and last plans into the state."""
        state.leader.average = averages[LEADER].copy()
        state.adversary.average = self.saddle.priced(averages[ADVERSARY], self.prices)
        for side, plan, one in zip(
            (state.leader, state.adversary), last, self.smoothings, strict=True
        ):
            side.plan = plan.copy()
            side.behaviour = one.arrangement.polytope.behaviour(plan)
