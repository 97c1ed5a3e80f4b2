"""A leader who commits against one follower who replies by a pure plan, as a block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import (
    Formulation,
    FormulationBlock,
    best_response,
    replace_rows,
    reply_rows,
    sequence_form,
)
from efmodels.leader_and_follower import LeaderAndFollower
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels
from efmodels.profile_blocks import (
    Commitment,
    Outcomes,
    add_masses,
    plan_in,
    profile_of,
    total_row,
)
from efmodels.reply_slacks import slack_bounds
from efmodels.sequences import chance_reach, last_sequences

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.blocks import FormulationBlockData, Parts
    from efmodels.game import Floats, Game


class Masses(Protocol):
    """How the products of the two plans are written as linear rows."""

    def declare(self, block: Any, parts: CommitmentParts) -> None:
        """Declare ``mass``, the probabilities of pairs of last sequences, and its rows."""

    def refit(self, block: Any, parts: CommitmentParts) -> None:
        """Replace the rows that hold chances by those of another game on the same tree."""


class PairMasses:
    """Of any game: a mass is at most either plan, and all of them add up to one."""

    def declare(self, block: Any, parts: CommitmentParts) -> None:
        """Declare ``mass``, ``mass_first``, ``mass_second`` and ``mass_total``."""
        add_masses(block, parts.outcomes, parts.in_order(block))

    def refit(self, block: Any, parts: CommitmentParts) -> None:
        """Replace ``mass_total``."""
        replace_rows(block, "mass_total", total_row(block.mass, parts.outcomes))


def commitment_block(parts: CommitmentParts, masses: Masses) -> FormulationBlockData:
    """Return the block of a commitment.

    Parameters
    ----------
    parts
        Who commits in which game.
    masses
        How the probabilities of outcomes are written.
    """
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.leader = sequence_form(parts.leaders)
    block.follower = pyo.Block([parts.follower])
    _declare_follower(block, parts)
    masses.declare(block, parts)
    block.payoff = MatrixVar(2, labels=list(parts.game.players))
    block.payoff_row = parts.payoff_rows(block)
    for name, rows in parts.reply_rows(block).items():
        block.follower[parts.follower].add_component(name, rows)
    block.value = pyo.Expression(expr=block.payoff[parts.leader])
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    block.remember(_formulation(parts, masses))
    return block


@dataclass(frozen=True, eq=False)
class CommitmentParts(LeaderAndFollower):
    """What the block of a game is made of; its rows are written again for other payoffs.

    Parameters
    ----------
    game
        Two players, perfect recall.
    leader
        Who commits, by label.
    margin
        What a reply off the follower's plan must cost, times the probability of getting there.
    slacks
        Returns how much worse than a best response each sequence of a player of a game can be.
    """

    margin: float
    slacks: Callable[[Game, str], Floats]

    @cached_property
    def outcomes(self) -> Outcomes:
        """The pairs of last sequences."""
        return Outcomes.of(self.game)

    def in_order(self, block: Any) -> list[MatrixVar]:
        """Return the plans of the first and of the second player."""
        plans = {self.leader: block.leader.x, self.follower: block.follower[self.follower].x}
        return [plans[player] for player in self.game.players]

    def payoff_rows(self, block: Any) -> MatrixConstraint:
        """Return the rows that define both players' payoffs."""
        worth = sparse.csr_array(np.array([self.outcomes.weights(u) for u in self.game.payoffs.T]))
        minus = -sparse.eye_array(2).tocsr()
        parts = [(worth, block.mass), (minus, block.payoff)]
        return MatrixConstraint(parts, rhs=0.0, labels=list(self.game.players))

    def reply_rows(self, block: Any) -> dict[str, MatrixConstraint]:
        """Return the rows that make the follower's plan a best response, and the only one."""
        part, polytope = block.follower[self.follower], self.followers
        slack = [
            (polytope.F.T.tocsr(), part.v),
            (-self.payoffs(self.follower).T.tocsr(), block.leader.x),
        ]
        most = self.slacks(self.game, self.follower)
        played = sparse.diags_array(most).tocsr()
        pair = sparse.csr_array([[1.0, -1.0]])
        both = [block.payoff[self.follower], part.v[0]]
        rows = {
            "tight": MatrixConstraint([*slack, (played, part.x)], ub=most, labels=polytope),
            "best": MatrixConstraint([(pair, both)], rhs=0.0, labels=["best"]),
        }
        if self.margin:
            rows["strict"] = self._strict_rows(part.x, slack, block.leader.x)
        return rows

    def _strict_rows(self, y: MatrixVar, slack: Any, x: MatrixVar) -> MatrixConstraint:
        """Return the rows ``s >= margin (reach - 1 + y of the infoset - y of the action)``."""
        polytope = self.followers
        here = polytope.F[polytope.point[1:] + 1]  # the row of the infoset of each action
        entered = (abs(here) - here) / 2
        chosen = sparse.eye_array(polytope.size).tocsr()[1:]
        reach = self._reach()[polytope.point[1:]]
        return MatrixConstraint(
            [
                *((matrix[1:], variables) for matrix, variables in slack),
                (-self.margin * reach, x),
                (self.margin * sparse.csr_array(chosen - entered), y),
            ],
            lb=-self.margin,
            labels=list(polytope.names[1:]),
        )

    def _reach(self) -> sparse.csr_array:
        """Return how likely the leader and chance are to let the follower come to each infoset."""
        game, mine = self.game, self.game.infosets_of(self.game.player_number(self.follower))
        node = np.flatnonzero(game.owner == game.player_number(self.follower))
        last = last_sequences(game)[node, game.player_number(self.leader) - 1]
        where = (game.infoset[node] - mine.start, last)
        shape = (len(mine), self.leaders.size)
        return sparse.csr_array((chance_reach(game)[node], where), shape=shape)


def _declare_follower(block: Any, one: CommitmentParts) -> None:
    """Declare the follower's plan, and what she could get."""
    part, polytope = block.follower[one.follower], one.followers
    part.x = MatrixVar(polytope.size, domain=pyo.Binary, labels=polytope)
    width = np.concatenate(([1], np.diff(polytope.start)[polytope.point[1:]]))
    for q in np.flatnonzero(width == 1).tolist():  # what leads there decides
        part.x[q].domain = pyo.UnitInterval
    rows = Labels.of_rows(polytope)
    part.flow = MatrixConstraint([(polytope.F, part.x)], rhs=polytope.f, labels=rows)
    reply = best_response(polytope, [(one.payoffs(one.follower), block.leader.x)])
    part.transfer_attributes_from(reply)


def _formulation(one: CommitmentParts, masses: Masses) -> Formulation:
    return Formulation(
        one.game,
        None,
        partial(_decoded, one),
        partial(_refit, one, masses),
        partial(_expectation, one),
        # To every plan there is a best reply in pure plans. That others are worse by a margin may
        # hold for no plan, and constants of somebody else may cut off what there is.
        exists=not one.margin and one.slacks is slack_bounds,
    )


def _decoded(one: CommitmentParts, block: FormulationBlockData) -> Commitment:
    """Read both plans; the follower's is pure up to the solver's tolerance for integers."""
    plans = {
        one.leader: plan_in(block.leader.x, one.leaders),
        one.follower: plan_in(block.follower[one.follower].x, one.followers).round(),
    }
    return Commitment(profile_of(one.game, plans), (one.follower,))


def _expectation(one: CommitmentParts, block: FormulationBlockData, numbers: Floats) -> Parts:
    return [(sparse.csr_array(one.outcomes.weights(numbers)[None, :]), block.mass)]


def _refit(
    before: CommitmentParts, masses: Masses, block: FormulationBlockData, game: Game
) -> Formulation:
    """Replace the rows with payoffs and chances by those of another game on the same tree."""
    one = replace(before, game=game)
    part = block.follower[one.follower]
    replace_rows(
        part,
        "reply",
        reply_rows(part.v, one.followers, [(one.payoffs(one.follower), block.leader.x)]),
    )
    for name, rows in one.reply_rows(block).items():
        replace_rows(part, name, rows)
    replace_rows(block, "payoff_row", one.payoff_rows(block))
    masses.refit(block, one)
    return _formulation(one, masses)
