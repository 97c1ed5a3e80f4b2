"""Where a learner stands: regrets, behaviour and averages of both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.saddle import Saddle
    from efmodels.polytope import FlowPolytope


@dataclass(eq=False)
class Side:
    """What one side remembers; arrays over the coordinates of its arranged polytope.

    Attributes
    ----------
    behaviour
        Probability of each choice at its decision point.
    plan
        The flow that follows from it.
    average
        Weighted average of the plans so far; of the adversary, times the weights of the followers.
    regret
        Accumulated regret of each choice.
    """

    behaviour: Floats
    plan: Floats
    average: Floats
    regret: Floats


def beginning(polytope: FlowPolytope) -> Side:
    """Start with uniform behaviour and no regrets."""
    plan = polytope.uniform()
    zeros = np.zeros(polytope.size)
    return Side(polytope.behaviour(zeros), plan, plan.copy(), zeros)


@dataclass(eq=False)
class State:
    """Where a learner stands.

    Attributes
    ----------
    leader, adversary
        The two sides.
    weights
        The weight of each follower; may be changed between iterations.
    iterations
        How many have been done.
    """

    leader: Side
    adversary: Side
    weights: Floats
    iterations: int = field(default=0)

    @classmethod
    def start(cls, saddle: Saddle) -> State:
        """Return the state before the first iteration."""
        leader = beginning(saddle.leader.polytope)
        adversary = beginning(saddle.adversary.polytope)
        return cls(leader, adversary, saddle.weights.copy())
