"""Two players with floors who reply best to each other: a mixed-integer block."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, FormulationBlock, sequence_form
from efmodels.floored_blocks.profiles import FlooredProfile, plan_above
from efmodels.floored_blocks.replies import FlooredReplies, floor_rows
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels
from efmodels.mutual_replies import refuse_outcomes
from efmodels.profile_blocks import profile_of
from efmodels.reply_slacks import floored_slack_bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game
    from efmodels.plan_floors import PlanFloors

    FloorsOf = Callable[[Game], Mapping[str, PlanFloors]]


@dataclass(frozen=True, eq=False)
class FlooredPair:
    """A game of two players with floors, and its rows.

    Attributes
    ----------
    game
        With perfect recall.
    floors
        Of each player, by label.
    """

    game: Game
    floors: Mapping[str, PlanFloors]

    @cached_property
    def replies(self) -> dict[str, FlooredReplies]:
        """Everybody's replies to the other's plan."""
        form = self.game.sequence_form()
        found = {}
        for one in self.game.players:
            A = form.payoff_matrix(one)
            turned = A.T.tocsr() if one == self.game.players[0] else A
            found[one] = FlooredReplies(self.floors[one], turned)
        return found

    def other(self, player: str) -> str:
        """Return the other player."""
        return next(one for one in self.game.players if one != player)

    def add_plans(self, block: Any) -> None:
        """Add what does not depend on payoffs."""
        for one in self.game.players:
            part, floors = block.player[one], self.floors[one]
            part.transfer_attributes_from(sequence_form(floors.polytope))
            part.floor = floor_rows(part.x, floors)
            part.v = MatrixVar(floors.polytope.points + 1, labels=Labels.of_rows(floors.polytope))
            _add_choice(part, floors)

    def add_replies(self, block: Any) -> None:
        """Add the rows that hold payoffs, in the place of others of these names."""
        for one in self.game.players:
            part, reply = block.player[one], self.replies[one]
            theirs = block.player[self.other(one)].x
            M = floored_slack_bounds(self.game, one, self.floors)
            part.played.setlb((M[1:] <= 0).astype(float))
            weight = sparse.diags_array(M).tocsr()[:, 1:]
            tight = [*reply.slacks(part.v, theirs), (weight.tocsr(), part.played)]
            for name, rows in (
                ("reply", reply.rows(part.v, theirs)),
                ("tight", MatrixConstraint(tight, ub=M, labels=self.floors[one].polytope)),
            ):
                _put(part, name, rows)
        _put(block, "payoff_row", self._payoff_rows(block))

    def _payoff_rows(self, block: Any) -> MatrixConstraint:
        """Return the rows that say that players get what their best replies are worth."""
        parts = []
        for k, one in enumerate(self.game.players):
            place = sparse.csr_array(np.eye(2)[:, [k]])
            theirs = block.player[self.other(one)].x
            for row, variables in self.replies[one].payoff(block.player[one].v, theirs):
                parts.append(((place @ row).tocsr(), variables))
        minus = -sparse.eye_array(2).tocsr()
        return MatrixConstraint(
            [*parts, (minus, block.payoff)], rhs=0.0, labels=list(self.game.players)
        )


def _put(block: Any, name: str, rows: MatrixConstraint) -> None:
    """Add a component, in the place of another one of this name."""
    if block.component(name) is not None:
        block.del_component(name)
    block.add_component(name, rows)


def _add_choice(part: Any, floors: PlanFloors) -> None:
    """Add which sequences may be played more than their floors say."""
    polytope = floors.polytope
    names = list(polytope.names[1:])
    part.played = MatrixVar(len(names), domain=pyo.Binary, labels=names)
    most = sparse.diags_array(-floors.room[1:]).tocsr()
    part.support = MatrixConstraint(
        [(floors.rows, part.x), (most, part.played)], ub=floors.least[1:], labels=names
    )
    ones = (np.ones(len(names)), (polytope.point[1:], np.arange(len(names))))
    cover = sparse.csr_array(ones, shape=(polytope.points, len(names)))
    part.cover = MatrixConstraint(
        [(cover, part.played)], lb=1.0, labels=list(polytope.row_names[1:])
    )


def mutual_block_above_floors(game: Game, floors_of: FloorsOf) -> FormulationBlockData:
    """Return the block; :func:`efmodels.formulations.floored_nash` describes it.

    Parameters
    ----------
    game
        Two players, perfect recall.
    floors_of
        Makes the floors of a game on this tree.
    """
    pair = FlooredPair(game, floors_of(game))
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.player = pyo.Block(list(game.players))
    pair.add_plans(block)
    block.payoff = MatrixVar(2, labels=list(game.players))
    pair.add_replies(block)
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    block.remember(_formulation(pair, floors_of))
    return block


def _formulation(pair: FlooredPair, floors_of: FloorsOf) -> Formulation:
    # Plans above floors are a polytope that is not empty: by Kakutani there is an equilibrium.
    return Formulation(
        pair.game,
        None,
        partial(_decode, pair),
        partial(_refit, floors_of),
        partial(refuse_outcomes, pair.game),
        exists=True,
    )


def _decode(pair: FlooredPair, block: FormulationBlockData) -> FlooredProfile:
    plans: dict[str, Floats] = {
        one: plan_above(block.player[one].x, pair.floors[one]) for one in pair.game.players
    }
    return FlooredProfile(profile_of(pair.game, plans), pair.floors)


def _refit(floors_of: FloorsOf, block: FormulationBlockData, game: Game) -> Formulation:
    pair = FlooredPair(game, floors_of(game))
    pair.add_replies(block)
    return _formulation(pair, floors_of)
