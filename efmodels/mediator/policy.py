"""What a mediator does: its policy, what it leads to, and what anybody gains by deviating."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import SolverError

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats
    from efmodels.mediator.problem import MediatedProblem

PLAN_TOLERANCE = 1e-5
"""How far a solver may violate a row or a bound of the mediator's polytope."""


@dataclass(frozen=True, eq=False)
class Policy:
    """The policy of a mediator.

    Parameters
    ----------
    mediated
        The problem that it solves.
    x
        A point of the mediator's polytope.

    Raises
    ------
    SolverError
        The point is not in the polytope, up to a tolerance.
    """

    mediated: MediatedProblem
    x: Floats

    def __post_init__(self) -> None:
        """Check that the flows are flows."""
        polytope = self.mediated.problem.leader
        residual = polytope.F @ self.x - polytope.f
        violation = max(float(np.abs(residual).max()), float(-self.x.min()))
        if violation > PLAN_TOLERANCE:
            raise SolverError(
                f"the mediator's flows violate the rows of its polytope by {violation:.1e}; "
                f"expected {PLAN_TOLERANCE:g} at most. Were they set by hand, or by a solver that "
                "did not finish?",
                status="no plan",
                solver="",
            )

    @cached_property
    def behaviour(self) -> Floats:
        """Probability of each answer where the mediator is asked."""
        return self.mediated.problem.leader.behaviour(self.x)

    @cached_property
    def mu(self) -> Floats:
        """Probability of each coordinate if the mediator behaves like this."""
        plan = self.mediated.problem.leader.realization(self.behaviour)
        return self.mediated.problem.mu(plan)

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff if all are honest and obedient."""
        expected = self.mediated.payoffs @ self.mu
        return dict(zip(self.mediated.game.players, expected.tolist(), strict=True))

    def regrets(self) -> dict[str, float]:
        """Return what each player with incentive constraints gains by her best deviation."""
        payoffs = self.payoffs()
        return {
            follower.label: max(follower.best_response(self.mu)[0] - payoffs[follower.label], 0.0)
            for follower in self.mediated.problem.followers
        }

    def strategy(self) -> pd.DataFrame:
        """Return the policy as a table.

        Columns: ``memory``, what the mediator remembers; ``player`` and ``infoset`` that are
        reported; ``action`` that is recommended; its ``probability``; and ``reach``, the
        probability that the mediator is asked this if all are honest and obedient or not: the
        flow into the decision point.
        """
        import pandas as pd

        mediated = self.mediated
        polytope, transcripts = mediated.problem.leader, mediated.walk.transcripts
        game = mediated.game
        infoset = mediated.mediation.infoset + transcripts.chance_infosets
        width = np.diff(polytope.start)
        point = np.repeat(np.arange(polytope.points), width)
        flat = np.arange(polytope.size - 1) - np.repeat(polytope.start[:-1] - 1, width)
        flat += game.action_start[infoset][point]
        return pd.DataFrame(
            {
                "memory": [polytope.point_names[k] for k in point.tolist()],
                "player": [game.players[game.infoset_owner[j] - 1] for j in infoset[point]],
                "infoset": [game.infoset_names[j] for j in infoset[point]],
                "action": [game.action_names[k] for k in flat],
                "probability": self.behaviour[1:],
                "reach": polytope.inflow(self.x)[point],
            }
        )
