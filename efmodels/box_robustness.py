"""Commitment against a follower whose payoffs are one unknown function in a box: cutting planes.

A reply of the follower is possible if it is best for some payoffs within the intervals: if it is
best where its own terminals have their upper numbers and all others their lower ones. Whether it is
depends on sums over the whole tree, so that no program of the size of the tree is known. A program
over the leader's plans knows the replies found so far; another one finds the worst possible reply
to its plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.blocks import sequence_form
from efmodels.errors import SolverError
from efmodels.follower_reasoning import MARGIN
from efmodels.possible_replies import PossibleReplies
from efmodels.profile_blocks import plan_in
from efmodels.solving import solve
from efmodels.worst_reply_blocks import payoff_reasoning, worst_reply_block

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.bounded_replies import BoundedReply
    from efmodels.follower_reasoning import Intervals
    from efmodels.game import Floats, Game
    from efmodels.worst_reply_blocks import IntervalReasoning

TOLERANCE = 1e-6
"""How far apart value and bound may be at the end, as a share of the leader's payoff range."""


@dataclass(frozen=True, eq=False)
class BoxRobustCommitment:
    """The leader's best plan against a follower whose payoffs are one function in a box.

    Attributes
    ----------
    value
        What the leader is sure to get with her plan, recomputed from the tree.
    bound
        No plan guarantees more, apart from what the margin forgoes.
    plan
        The leader's realization plan.
    worst
        The plan, and the worst possible reply to it.
    replies
        How many replies of the follower were looked at.
    """

    value: float
    bound: float
    plan: Floats
    worst: BoundedReply
    replies: int

    def payoffs(self) -> dict[str, float]:
        """Return what the players get if the follower's reply is the worst possible one."""
        return self.worst.payoffs()

    def regrets(self) -> dict[str, float]:
        """Return by how much the worst reply is no best one even for the payoffs that favour it."""
        return self.worst.regrets()

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret (in payoffs)."""
        return self.worst.strategy()


def box_robust_stackelberg(
    game: Game,
    *,
    leader: str | None = None,
    payoffs: Intervals | None = None,
    margin: float = MARGIN,
    solver: str = "auto",
) -> BoxRobustCommitment:
    r"""Commit against a follower whose payoffs are one unknown function in a box.

    A reply :math:`\pi` of the follower is possible if for *some* payoffs
    :math:`u \in \prod_z [\ell_z, h_z]` it is a best one: if it is best where its own terminals have
    :math:`h` and all others :math:`\ell`. With :math:`x` the leader's plan,

    .. math::

        \max_x\ \min \{\, u_1(x, \pi) \;:\;
        \sum_{z \in \pi \setminus \pi'} h_z x_z \ge
        \sum_{z \in \pi' \setminus \pi} \ell_z x_z \text{ for all } \pi' \,\}.

    The condition adds up over the whole tree, and cannot be said infoset by infoset. The algorithm
    alternates between two mixed-integer programs: one chooses the plan that is best if only the
    replies found so far exist, each of which is either suffered or excluded by a better one; the
    other finds the worst possible reply to that plan. It starts from
    :func:`~efmodels.formulations.robust_stackelberg`, which guarantees no more, and ends after at
    most as many rounds as the follower has plans.

    Parameters
    ----------
    game
        Two players, perfect recall. The follower's payoffs in it do not count.
    leader
        Who commits; the first player by default.
    payoffs
        Of the follower: an interval per terminal, in the order of ``game.terminals``.
    margin
        By how much a reply must be worse than another to be excluded, in expected payoff.
    solver
        Of mixed-integer linear programs, as for :func:`efmodels.solve`.

    Raises
    ------
    GameError
        Not two players, imperfect recall, no interval for each terminal, or a margin below 1e-5.
    SolverError
        The solver fails, or finds the same reply twice, which its tolerances should not allow.

    Notes
    -----
    The program grows by a binary per sequence of the follower with each reply that is found, and
    there may be exponentially many: this is for games in which the follower has few plans that
    matter.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[4, 0], [2, 1]], [[2, 1], [2, 0]])
    >>> found = box_robust_stackelberg(game, payoffs=ef.Intervals.around([2, 1, 2, 0], 0.75))
    >>> round(found.value, 4), found.replies
    (3.0, 2)
    """
    reasoning = payoff_reasoning(game, leader, payoffs, margin, "box_robust_stackelberg")
    return _CuttingPlanes(game, reasoning, solver).run()


class _CuttingPlanes:
    """The search: a program that grows by a block for each reply that is found."""

    def __init__(self, game: Game, reasoning: IntervalReasoning, solver: str) -> None:
        self.game, self.reasoning, self.solver = game, reasoning, solver
        self.replies = PossibleReplies(game, reasoning)
        payoffs = game.payoffs[:, game.player_number(reasoning.leader) - 1]
        self.tolerance = TOLERANCE * max(float(np.ptp(payoffs)), 1.0)
        self.polytope = game.sequence_form().polytope(reasoning.leader)
        self.model = pyo.ConcreteModel()
        self.model.leader = sequence_form(self.polytope)
        self.model.value = pyo.Var(bounds=(float(payoffs.min()), float(payoffs.max())))
        self.model.known = pyo.Block(pyo.NonNegativeIntegers)
        self.model.goal = pyo.Objective(expr=self.model.value, sense=pyo.maximize)

    def run(self) -> BoxRobustCommitment:
        """Alternate between plans and replies until the two programs agree."""
        plan, bound = self.first_plan(), float(self.model.value.ub)
        best, best_plan, known = None, plan, set()
        while True:
            reply = self.worst_reply(plan)
            worst = self.replies.outcome(plan, reply)
            if best is None or self.value_of(worst) > self.value_of(best):
                best, best_plan = worst, plan
            if bound - self.value_of(best) <= self.tolerance:
                break
            if reply.tobytes() in known:
                raise SolverError(
                    f"box_robust_stackelberg: {self.solver!r} found a reply again that its plan "
                    f"should exclude, with value {self.value_of(best):.6g} and bound {bound:.6g}. "
                    "Give a greater margin, or another solver",
                    status="inaccurate",
                    solver=self.solver,
                )
            known.add(reply.tobytes())
            block = self.replies.suffered_or_excluded(reply, self.model.leader.x, self.model.value)
            self.model.known[len(known)].transfer_attributes_from(block)
            bound = solve(self.model, self.solver, gap=0.0).bound
            plan = plan_in(self.model.leader.x, self.polytope)
        return BoxRobustCommitment(self.value_of(best), bound, best_plan, best, len(known))

    def value_of(self, outcome: BoundedReply) -> float:
        """Return what the leader gets."""
        return outcome.payoffs()[self.reasoning.leader]

    def first_plan(self) -> Floats:
        """Return the plan that is best where each infoset is looked at for itself."""
        model = pyo.ConcreteModel()
        model.eq = worst_reply_block(self.game, self.reasoning)
        model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
        solve(model, self.solver)
        return plan_in(model.eq.leader.x, self.polytope)

    def worst_reply(self, plan: Floats) -> Floats:
        """Return the worst possible reply to a plan, as 0 and 1 per sequence."""
        model = self.replies.worst_program(plan)
        solve(model, self.solver, gap=0.0)
        reply: Floats = np.round(model.x.array())
        return reply
