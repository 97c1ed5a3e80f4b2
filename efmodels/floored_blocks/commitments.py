"""A leader who commits, and a follower who replies, both with floors: a mixed-integer block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, FormulationBlock, replace_rows, sequence_form
from efmodels.floored_blocks.pairs import SequencePairs
from efmodels.floored_blocks.profiles import FlooredCommitment, plan_above
from efmodels.floored_blocks.replies import FlooredReplies, floor_rows
from efmodels.leader_and_follower import LeaderAndFollower
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels
from efmodels.profile_blocks import Outcomes, profile_of
from efmodels.reply_slacks import floored_slack_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from efmodels.blocks import FormulationBlockData, Parts
    from efmodels.game import Floats, Game
    from efmodels.plan_floors import PlanFloors

    FloorsOf = Callable[[Game], Mapping[str, PlanFloors]]


@dataclass(frozen=True, eq=False)
class FlooredSides(LeaderAndFollower):
    """A game of two players with floors, one of whom leads.

    Parameters
    ----------
    game
        With perfect recall.
    leader
        Who commits, by label.
    floors
        Of each player, by label.
    """

    floors: Mapping[str, PlanFloors]

    @cached_property
    def reply(self) -> FlooredReplies:
        """The follower's replies."""
        return FlooredReplies(self.floors[self.follower], self.payoffs(self.follower))

    @cached_property
    def outcomes(self) -> Outcomes:
        """The pairs of last sequences."""
        return Outcomes.of(self.game)

    @cached_property
    def pairs(self) -> SequencePairs:
        """The pairs of a leader's and a follower's sequence whose products are needed."""
        k = 0 if self.leads_first else 1
        ends = self.outcomes.sequences[:, [k, 1 - k]]
        return SequencePairs(ends, self.floors[self.follower])

    def expectation(self, numbers: Floats) -> tuple[Floats, Floats]:
        """Return the coefficients of the leader's plan and of the masses in an expectation."""
        return self.pairs.spread(self.outcomes.weights(numbers), self.leaders.size)

    def expected(self, block: Any, numbers: Floats) -> Parts:
        """Return matrix parts whose sum is the expectation of rows of numbers per terminal."""
        parts = [self.expectation(row) for row in np.atleast_2d(numbers)]
        plans, masses = (sparse.csr_array(np.array(rows)) for rows in zip(*parts, strict=True))
        return [(plans, block.leader.x), (masses, block.mass)]

    def payoff_rows(self, block: Any) -> MatrixConstraint:
        """Return the rows that define both players' payoffs."""
        minus = -sparse.eye_array(2).tocsr()
        parts = [*self.expected(block, self.game.payoffs.T.astype(float)), (minus, block.payoff)]
        return MatrixConstraint(parts, rhs=0.0, labels=list(self.game.players))

    def total_row(self, block: Any) -> MatrixConstraint:
        """Return the row that says that all outcomes together are certain."""
        ones = np.ones(len(self.game.terminals))
        return MatrixConstraint(self.expected(block, ones), rhs=1.0, labels=["total"])

    def reply_rows(self, block: Any) -> dict[str, MatrixConstraint]:
        """Return the rows that make what the follower means to play a best response."""
        part, x = block.follower[self.follower], block.leader.x
        M = floored_slack_bounds(self.game, self.follower, self.floors)
        weight = sparse.diags_array(M).tocsr()[:, 1:].tocsr()
        tight = [*self.reply.slacks(part.v, x), (weight, part.played)]
        minus = sparse.csr_array([[-1.0]])
        best = [*self.reply.payoff(part.v, x), (minus, [block.payoff[self.follower]])]
        return {
            "reply": self.reply.rows(part.v, x),
            "tight": MatrixConstraint(tight, ub=M, labels=self.followers),
            "best": MatrixConstraint(best, rhs=0.0, labels=["best"]),
        }


def commitment_block_above_floors(
    game: Game, leader: str, floors_of: FloorsOf
) -> FormulationBlockData:
    """Return the block; :func:`efmodels.formulations.floored_stackelberg` describes it.

    Parameters
    ----------
    game
        Two players, perfect recall.
    leader
        Who commits, by label.
    floors_of
        Makes the floors of a game on this tree.
    """
    sides = FlooredSides(game, leader, floors_of(game))
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.leader = sequence_form(sides.leaders)
    block.leader.floor = floor_rows(block.leader.x, sides.floors[leader])
    block.follower = pyo.Block([sides.follower])
    part = block.follower[sides.follower]
    _declare_follower(part, sides)
    _add_masses(block, part, sides)
    block.mass_total = sides.total_row(block)
    block.payoff = MatrixVar(2, labels=list(game.players))
    block.payoff_row = sides.payoff_rows(block)
    for name, rows in sides.reply_rows(block).items():
        part.add_component(name, rows)
    block.value = pyo.Expression(expr=block.payoff[leader])
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    block.remember(_formulation(sides, floors_of))
    return block


def _declare_follower(part: Any, sides: FlooredSides) -> None:
    """Declare the follower's plan, and the action that she means to play at each infoset."""
    floors, polytope = sides.floors[sides.follower], sides.followers
    names, size = list(polytope.names[1:]), polytope.size - 1
    part.transfer_attributes_from(sequence_form(polytope))
    part.floor = floor_rows(part.x, floors)
    part.v = MatrixVar(polytope.points + 1, labels=Labels.of_rows(polytope))
    alone = (np.diff(polytope.start) == 1)[polytope.point[1:]]
    part.played = MatrixVar(size, domain=pyo.Binary, bounds=(alone.astype(float), 1), labels=names)
    ones = (np.ones(size), (polytope.point[1:], np.arange(size)))
    choose = sparse.csr_array(ones, shape=(polytope.points, size))
    rows = list(polytope.row_names[1:])
    part.choose = MatrixConstraint([(choose, part.played)], rhs=1.0, labels=rows)
    most = sparse.diags_array(-floors.room[1:]).tocsr()
    part.support = MatrixConstraint(
        [(floors.rows, part.x), (most, part.played)], ub=floors.least[1:], labels=names
    )


def _add_masses(block: Any, part: Any, sides: FlooredSides) -> None:
    """Add the products of the leader's sequences and the follower's plan.

    For every sequence of the leader they are the follower's plan times the probability of the
    sequence: a flow above floors, that adds only to what she means to play.
    """
    pairs, highest = sides.pairs, sides.floors[sides.leader].highest
    x = block.leader.x
    block.mass = MatrixVar(pairs.size, bounds=(0.0, 1.0))
    F, X = pairs.flow_rows(x.size)
    block.mass_flow = MatrixConstraint([(F, block.mass), (X, x)], rhs=0.0)
    added = pairs.added_rows(x.size)
    block.mass_floor = MatrixConstraint([(added[0], block.mass), (added[1], x)], lb=0.0)
    most = pairs.pick_follower(highest[pairs.leader] * pairs.floors.room[pairs.follower])
    block.mass_support = MatrixConstraint(
        [(added[0], block.mass), (added[1], x), (-most[:, 1:].tocsr(), part.played)], ub=0.0
    )
    within = pairs.pick_follower(highest[pairs.leader])
    minus = -sparse.eye_array(pairs.size).tocsr()
    block.mass_follower = MatrixConstraint([(within, part.x), (minus, block.mass)], lb=0.0)


def _formulation(sides: FlooredSides, floors_of: FloorsOf) -> Formulation:
    # For every plan the follower has a best response that means one action at each infoset, and
    # plans above floors are a polytope that is not empty.
    return Formulation(
        sides.game,
        None,
        partial(_decode, sides),
        partial(_refit, sides.leader, floors_of),
        partial(_expectation, sides),
        exists=True,
    )


def _decode(sides: FlooredSides, block: FormulationBlockData) -> FlooredCommitment:
    """Read the leader's plan, and the follower's from what she means to play."""
    part, mine = block.follower[sides.follower], sides.floors[sides.follower]
    plan_above(part.x, mine)
    played = np.concatenate(([0.0], np.rint(part.played.array())))
    plans = {
        sides.leader: plan_above(block.leader.x, sides.floors[sides.leader]),
        sides.follower: mine.extreme(played),
    }
    return FlooredCommitment(profile_of(sides.game, plans), sides.floors, (sides.follower,))


def _expectation(sides: FlooredSides, block: FormulationBlockData, numbers: Floats) -> Parts:
    return sides.expected(block, numbers)


def _refit(
    leader: str, floors_of: FloorsOf, block: FormulationBlockData, game: Game
) -> Formulation:
    sides = FlooredSides(game, leader, floors_of(game))
    for name, rows in sides.reply_rows(block).items():
        replace_rows(block.follower[sides.follower], name, rows)
    replace_rows(block, "payoff_row", sides.payoff_rows(block))
    replace_rows(block, "mass_total", sides.total_row(block))
    return _formulation(sides, floors_of)
