"""Both sides of a solved saddle point: the leader's plan, and one of the follower's to match it.

In a block with one follower of weight one the leader maximises what a best response leaves her.
Her plan is in the variables; the follower's is in the duals, or has to be solved for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np
import pyomo.environ as pyo

from efmodels.blocks import equilibrium_block
from efmodels.errors import SolverError
from efmodels.profile_blocks import plan_in
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats
    from efmodels.problem import EquilibriumProblem

EQUILIBRIUM_TOLERANCE = 1e-7
"""Up to this sum of regrets, relative to the payoff range, a pair of plans is an equilibrium."""

DUAL_FLOOR = 1e-9
"""Below this the dual of the follower's empty sequence counts as zero."""


class Pair(Protocol):
    """What both sides do, as a solution of the block."""

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff, from the tree."""

    def regrets(self) -> dict[str, float]:
        """Return what each side could gain by deviating, from the tree."""

    def exploitability(self) -> float:
        """Return the sum of all regrets."""

    def strategy(self) -> pd.DataFrame:
        """Return a table of what is done."""


AnyPair = TypeVar("AnyPair", bound=Pair)


@dataclass
class SaddlePointDecoder(Generic[AnyPair]):
    """Reads the plans of a solved block.

    The follower's equilibrium plan, where it has to be solved for, depends on the game alone: it is
    kept, so that a sweep over side constraints solves for it once.

    Parameters
    ----------
    turned
        Makes the problem in which the follower leads and the leader follows.
    pair
        What to make of the leader's plan and the follower's.
    """

    turned: Callable[[], EquilibriumProblem]
    pair: Callable[[Floats, Floats], AnyPair]

    def __call__(self, block: FormulationBlockData) -> AnyPair:
        """Read the leader's plan from ``x``, and find the follower's that regrets least with it.

        For any plan ``y`` of the follower the two regrets add up to what the leader would get from
        a best response to ``y`` less what ``x`` guarantees. That is smallest, the value of the game
        less what ``x`` guarantees, if ``y`` is an equilibrium plan. The duals of ``reply`` are one
        unless a side constraint binds or something else than ``value`` is maximised; learned ones
        are one up to the gap that they prove.

        Raises
        ------
        SolverError
            The model has not been solved, or the values are no plan.
        """
        x = plan_in(block.leader.x, block.problem.leader)
        (follower,) = block.problem.followers
        duals = dual_plan(block.follower[follower.label].reply)
        if duals is not None:
            pair = self.pair(x, duals)
            scale = float(np.ptp(block.game.payoffs))
            if pair.exploitability() <= _dual_gap(block) + EQUILIBRIUM_TOLERANCE * scale:
                return pair
        return self.pair(x, self._own_optimum)

    @cached_property
    def _own_optimum(self) -> Floats:
        """An equilibrium plan of the follower, from solving the game with her as the leader."""
        model = pyo.ConcreteModel()
        model.eq = equilibrium_block(self.turned())
        model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
        solve(model)
        plan: Floats = model.eq.leader.x.array()
        return plan


def _dual_gap(block: FormulationBlockData) -> float:
    """Return how far the duals are from proving the leader's plan optimal, as their solver says."""
    (follower,) = block.problem.followers
    gap: float = block.follower[follower.label].reply.dual_gap()
    return gap


def dual_plan(reply: Any) -> Floats | None:
    """Return the duals of the rows ``reply`` as a plan, or ``None`` where the model holds none.

    They are a plan times the weight of ``value`` in the objective, and their sign depends on its
    sense; dividing by the root's removes both.
    """
    try:
        duals = reply.dual_array()
    except SolverError:
        return None
    if not np.isfinite(duals).all() or abs(duals[0]) <= DUAL_FLOOR:
        return None
    plan: Floats = duals / duals[0]
    return plan
