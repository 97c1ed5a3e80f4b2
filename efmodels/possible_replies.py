"""Replies that are best for some payoffs in a box: which one is worst, and how to exclude it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import FormulationBlock
from efmodels.bounded_replies import BoundedReply
from efmodels.bounded_reply_blocks import add_choices, tight_rows
from efmodels.lookahead_forest import LookaheadWindows, lookahead_windows
from efmodels.matrix import LinearObjective, MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels
from efmodels.profile_blocks import profile_of
from efmodels.sequences import last_sequences
from efmodels.verifying import best_reply_value

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game
    from efmodels.polytope import FlowPolytope
    from efmodels.worst_reply_blocks import IntervalReasoning


@dataclass(frozen=True, eq=False)
class PossibleReplies:
    """A game, and the box in which the follower's payoffs lie.

    A pure reply, an array of 0 and 1 per sequence of the follower, is possible if it is best where
    its own terminals have their upper numbers and all others their lower ones: no other payoffs in
    the box favour it more.
    """

    game: Game
    reasoning: IntervalReasoning

    @cached_property
    def mine(self) -> FlowPolytope:
        """What the follower chooses from."""
        return self.game.sequence_form().polytope(self.reasoning.follower)

    @cached_property
    def windows(self) -> LookaheadWindows:
        """The follower's windows: she sees everything."""
        return lookahead_windows(self.game, self.reasoning.follower, math.inf)

    @cached_property
    def upper(self) -> sparse.csr_array:
        """The greatest that each pair of sequences can bring the follower."""
        return self.windows.payoff_matrix(self.reasoning.upper)

    @cached_property
    def gain(self) -> sparse.csr_array:
        """What each pair of sequences brings the leader."""
        A = self.game.sequence_form().payoff_matrix(self.reasoning.leader)
        return A if self._number == 2 else A.T.tocsr()  # noqa: PLR2004 - the second player

    @property
    def _number(self) -> int:
        return self.game.player_number(self.reasoning.follower)

    def favourable_numbers(self, reply: Floats) -> Floats:
        """Return the payoffs that favour a reply most, as a number per node."""
        last = last_sequences(self.game)[:, self._number - 1]
        played = reply[last] > 1 / 2
        return np.where(played, self.reasoning.upper, self.reasoning.lower)

    def worst_program(self, plan: Floats) -> pyo.ConcreteModel:
        r"""Return the program that finds the possible reply that is worst for the leader.

        With a binary :math:`y` per sequence, and :math:`g^\ell, g^h` what the sequences bring the
        follower at least and at most:

        .. math::

            \min\; {g^1}^\top y \quad\text{s.t.}\quad F y = f,\quad
            F^\top v \ge g^\ell + (g^h - g^\ell) \circ y,\quad {g^h}^\top y \ge v_0 - \delta / 2 .
        """
        least = self.windows.payoff_matrix(self.reasoning.lower).T @ plan
        most = self.upper.T @ plan
        mine = self.mine
        m = pyo.ConcreteModel()
        m.x = MatrixVar(mine.size, domain=pyo.Binary, labels=mine)
        m.flow = MatrixConstraint([(mine.F, m.x)], rhs=mine.f, labels=Labels.of_rows(mine))
        m.v = MatrixVar(mine.points + 1, labels=Labels.of_rows(mine))
        wider = sparse.diags_array(most - least).tocsr()
        m.reply = MatrixConstraint([(mine.F.T.tocsr(), m.v), (-wider, m.x)], lb=least, labels=mine)
        top = sparse.csr_array(([-1.0], ([0], [0])), shape=(1, mine.points + 1))
        m.possible = MatrixConstraint(
            [(sparse.csr_array(most[None, :]), m.x), (top, m.v)], lb=-self.reasoning.margin / 2
        )
        m.goal = LinearObjective([(self.gain.T @ plan, m.x)], sense=pyo.minimize)
        return m

    def suffered_or_excluded(self, reply: Floats, x: Any, value: Any) -> FormulationBlockData:
        r"""Return a block: the leader's value is what a reply brings, or another one is better.

        ``sure`` is what a reply of its own, ``played``, brings where the given reply's terminals
        have their upper numbers; where ``excluded`` is 1 that is more, by the margin, than the
        given reply brings. It can always be as much, so that no other constant is needed.
        """
        mine, margin = self.mine, self.reasoning.margin
        numbers = self.favourable_numbers(reply)
        block: FormulationBlockData = FormulationBlock(concrete=True)
        block.sure = MatrixVar(mine.points + 1, labels=Labels.of_rows(mine))
        add_choices(block, mine)
        bound = self.windows.slack_bounds(numbers)
        payoff = (self.windows.payoff_matrix(numbers), x)
        block.tight = tight_rows(block.sure, block.played, mine, payoff, bound)
        block.excluded = pyo.Var(domain=pyo.Binary)
        brings = self.upper @ reply
        block.exclude = MatrixConstraint(
            [
                (_row([1.0]), [block.sure[0]]),
                (_row(-brings), x),
                (_row([-margin]), [block.excluded]),
            ],
            lb=0.0,
        )
        suffered = self.gain @ reply
        leader = self.game.sequence_form().polytope(self.reasoning.leader)
        least = -leader.best_response(-suffered)[0]
        block.suffer = MatrixConstraint(
            [
                (_row([1.0]), [value]),
                (_row(-suffered), x),
                (_row([least - value.ub]), [block.excluded]),
            ],
            ub=0.0,
        )
        return block

    def outcome(self, plan: Floats, reply: Floats) -> BoundedReply:
        """Return what a plan and a reply lead to, and by how much it is not best, from the tree."""
        game, follower = self.game, self.reasoning.follower
        profile = profile_of(game, {self.reasoning.leader: plan, follower: reply})
        reach = profile.reach_without(follower)[game.terminals]
        worth = reach * self.favourable_numbers(reply)[game.terminals]
        last = last_sequences(game)[game.terminals, self._number - 1]
        short = best_reply_value(game, self._number, worth) - float(worth @ (reply[last] > 1 / 2))
        return BoundedReply(profile, follower, max(short, 0.0))


def _row(coefficients: Any) -> sparse.csr_array:
    return sparse.csr_array(np.atleast_2d(np.asarray(coefficients, dtype=float)))
