"""Zero-sum games in which plans have floors: the linear program, and both sides of its solution.

The leader's plan stays visible, with a row for each floor. The follower's best response is
dualized over plans with floors: ``y = R y' + l`` is put into his program, and ``y' >= 0`` remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, FormulationBlock, replace_rows, sequence_form
from efmodels.floored_blocks.profiles import FlooredProfile, plan_above
from efmodels.floored_blocks.replies import FlooredReplies, as_row, floor_rows
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels
from efmodels.payoff_sums import constant_sum
from efmodels.profile_blocks import profile_of
from efmodels.saddle_points import EQUILIBRIUM_TOLERANCE, dual_plan
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game
    from efmodels.plan_floors import PlanFloors


@dataclass(frozen=True, eq=False)
class FlooredSaddle:
    """A zero-sum game with floors, seen by a leader.

    Attributes
    ----------
    game
        Two players, constant sum.
    leader
        By label.
    floors
        Of each player, by label.
    """

    game: Game
    leader: str
    floors: Mapping[str, PlanFloors]

    @property
    def follower(self) -> str:
        """The other one."""
        return next(player for player in self.game.players if player != self.leader)

    @cached_property
    def total(self) -> float:
        """What all payoffs add up to."""
        return constant_sum(self.game, "a zero-sum equilibrium with floors")

    @cached_property
    def A(self) -> sparse.csr_array:  # noqa: N802 - its name in the formulas
        """The follower's payoffs; rows are the leader's sequences."""
        A = self.game.sequence_form().payoff_matrix(self.follower)
        return A if self.game.player_number(self.leader) == 1 else sparse.csr_array(A.T)

    @cached_property
    def reply(self) -> FlooredReplies:
        """The follower's replies."""
        return FlooredReplies(self.floors[self.follower], self.A)

    def replies(self, block: Any) -> MatrixConstraint:
        """Return the rows ``(F R)' v - R' A' x >= 0``."""
        return self.reply.rows(block.follower[self.follower].v, block.leader.x)

    def value_row(self, block: Any) -> MatrixConstraint:
        """Return the row ``s - (f - F l)' v - l' A' x - value = 0``."""
        gained = -self.reply.certain
        gained[0] += self.total
        v = block.follower[self.follower].v
        parts = [
            (as_row(-self.reply.left), v),
            (as_row(gained), block.leader.x),
            (as_row([-1.0]), block.value),
        ]
        return MatrixConstraint(parts, rhs=0.0, labels=["value"])

    def payoff_rows(self, block: Any) -> MatrixConstraint:
        """Return the rows that give the value to the leader, and what is left to the follower."""
        payoffs = [block.payoff[self.leader], block.payoff[self.follower]]
        shared = sparse.csr_array(np.array([[-1.0], [1.0]]))
        return MatrixConstraint(
            [(sparse.csr_array(np.eye(2)), payoffs), (shared, block.value)],
            rhs=[0.0, self.total],
            labels=["leader", "follower"],
        )

    def turned(self) -> FlooredSaddle:
        """Return the game as the follower sees it."""
        return FlooredSaddle(self.game, self.follower, self.floors)


@dataclass
class FlooredDecoder:
    """Reads both plans of a solved block; see `efmodels.saddle_points.SaddlePointDecoder`."""

    saddle: FlooredSaddle

    def __call__(self, block: FormulationBlockData) -> FlooredProfile:
        """Read the leader's plan from ``x``, and the follower's from the duals of ``reply``.

        Where these are no equilibrium, because a side constraint binds or nobody has left any, the
        game is solved with the follower as the leader.

        Raises
        ------
        SolverError
            The model has not been solved, or the values are no plan above its floors.
        """
        x = plan_above(block.leader.x, self.saddle.floors[self.saddle.leader])
        added = dual_plan(block.follower[self.saddle.follower].reply)
        if added is not None:
            floors = self.saddle.floors[self.saddle.follower]
            pair = self._pair(x, floors.R @ added + floors.offset)
            scale = float(np.ptp(self.saddle.game.payoffs))
            if pair.exploitability() <= EQUILIBRIUM_TOLERANCE * scale:
                return pair
        return self._pair(x, self._own_optimum)

    @cached_property
    def _own_optimum(self) -> Floats:
        model = pyo.ConcreteModel()
        model.eq = floored_block(self.saddle.turned())
        model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
        solve(model)
        plan: Floats = model.eq.leader.x.array()
        return plan

    def _pair(self, x: Floats, y: Floats) -> FlooredProfile:
        saddle = self.saddle
        plans = {saddle.leader: x, saddle.follower: y}
        return FlooredProfile(profile_of(saddle.game, plans), saddle.floors)


def floored_block(saddle: FlooredSaddle) -> FormulationBlockData:
    r"""Return the linear program of a zero-sum game with floors.

    .. math::

        \mathrm{value} = s - (f_2 - F_2 l_2)^\top v - l_2^\top A_2^\top x
        \quad\text{s.t.}\quad F_1 x = f_1,\; x_q \ge \ell_q + e_q x_{p(q)},\quad
        (F_2 R_2)^\top v \ge R_2^\top A_2^\top x .
    """
    game, leader, follower = saddle.game, saddle.leader, saddle.follower
    mine, theirs = saddle.floors[leader], saddle.floors[follower]
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.leader = sequence_form(mine.polytope)
    block.leader.floor = floor_rows(block.leader.x, mine)
    block.follower = pyo.Block([follower])
    part = block.follower[follower]
    part.v = MatrixVar(theirs.polytope.points + 1, labels=Labels.of_rows(theirs.polytope))
    part.reply = saddle.replies(block)
    block.value = pyo.Var()
    block.value_row = saddle.value_row(block)
    block.payoff = pyo.Var(list(game.players))
    block.payoff_row = saddle.payoff_rows(block)
    block.welfare = pyo.Expression(expr=block.payoff[leader] + block.payoff[follower])
    return block


def floored_formulation(
    game: Game, leader: str | None, floors_of: Callable[[Game], Mapping[str, PlanFloors]]
) -> FormulationBlockData:
    """Return the block of a game with all that it remembers.

    Parameters
    ----------
    game
        Two players, constant sum, perfect recall.
    leader
        By label; the first player if it is left out.
    floors_of
        Makes the floors of a game on this tree.

    Raises
    ------
    GameError
        The payoffs have no constant sum, there is no such player, or what the function raises.
    """
    first = game.players[0] if leader is None else leader
    game.player_number(first)
    saddle = FlooredSaddle(game, first, floors_of(game))
    block = floored_block(saddle)
    block.remember(_formulation(saddle, floors_of))
    return block


def _formulation(
    saddle: FlooredSaddle, floors_of: Callable[[Game], Mapping[str, PlanFloors]]
) -> Formulation:
    refit = partial(_refit, saddle.leader, floors_of)
    # Floors leave plans, and every plan has a best reply, whose values satisfy the rows.
    return Formulation(
        saddle.game, None, FlooredDecoder(saddle), refit, saddle_point=True, exists=True
    )


def _refit(
    leader: str,
    floors_of: Callable[[Game], Mapping[str, PlanFloors]],
    block: FormulationBlockData,
    game: Game,
) -> Formulation:
    saddle = FlooredSaddle(game, leader, floors_of(game))
    replace_rows(block.follower[saddle.follower], "reply", saddle.replies(block))
    replace_rows(block, "value_row", saddle.value_row(block))
    replace_rows(block, "payoff_row", saddle.payoff_rows(block))
    return _formulation(saddle, floors_of)
