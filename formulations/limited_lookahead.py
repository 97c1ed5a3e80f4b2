"""Commitment to a strategy where the follower looks only a few moves ahead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, FormulationBlock, replace_rows, sequence_form
from efmodels.bounded_replies import best_at_infoset, first_of, others_reach, window_values
from efmodels.bounded_reply_blocks import add_known_reply, known_reply_rows, order_rows
from efmodels.errors import GameError
from efmodels.follower_reasoning import AdversarialTies, Lookahead, StaticTies, node_numbers
from efmodels.lookahead_windows import lookahead_windows
from efmodels.matrix import MatrixConstraint
from efmodels.profile_blocks import (
    Outcomes,
    add_masses,
    plan_in,
    profile_of,
    require_two_players,
    total_row,
)
from efmodels.worst_reply_blocks import IntervalReasoning, replied, worst_reply_block

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData, Parts
    from efmodels.bounded_replies import BoundedReply
    from efmodels.game import Floats, Game
    from efmodels.lookahead_windows import LookaheadWindows


def limited_lookahead_stackelberg(
    game: Game, *, leader: str | None = None, lookahead: Lookahead | None = None
) -> FormulationBlockData:
    r"""Commit."""
    asked_by = "limited_lookahead_stackelberg"
    require_two_players(game, asked_by)
    if not isinstance(lookahead, Lookahead):
        raise GameError(
            f"{asked_by} needs lookahead=Lookahead(depth, evaluation): how many levels of the tree "
            f"the follower looks ahead, and what she makes of the nodes there; got {lookahead!r}"
        )
    first = game.players[0] if leader is None else leader
    follower = game.players[2 - game.player_number(first)]
    windows = lookahead_windows(game, follower, lookahead.depth)
    needed = np.unique(windows.node[windows.ends])
    numbers = node_numbers(game, lookahead.evaluation, needed, asked_by)
    if isinstance(lookahead.ties, AdversarialTies):
        margin = lookahead.ties.margin
        reasoning = IntervalReasoning(first, follower, lookahead.depth, numbers, numbers, margin)
        return worst_reply_block(game, reasoning)
    case = _Case(first, follower, replace(lookahead, evaluation=numbers))
    return case.block(game, windows)


@dataclass(frozen=True, eq=False)
class _Case:
    """Who leads, and how the follower reasons; ties are favourable or static."""

    leader: str
    follower: str
    lookahead: Lookahead

    @property
    def numbers(self) -> Floats:
        return np.asarray(self.lookahead.evaluation)

    def block(self, game: Game, windows: LookaheadWindows) -> FormulationBlockData:
        form = game.sequence_form()
        block: FormulationBlockData = FormulationBlock(concrete=True)
        block.leader = sequence_form(form.polytope(self.leader))
        block.follower = pyo.Block([self.follower])
        part, mine = block.follower[self.follower], form.polytope(self.follower)
        add_known_reply(part, block.leader.x, windows, self.numbers, mine)
        if isinstance(self.lookahead.ties, StaticTies):
            part.order = self._order_rows(block, game, windows)
        outcomes = Outcomes.of(game)
        add_masses(block, outcomes, self._plans(block, game))
        block.payoff = pyo.Var(list(game.players))
        block.payoff_row = self._payoff_rows(block, game)
        block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
        block.value = pyo.Expression(expr=block.payoff[self.leader])
        block.remember(self.formulation(game))
        return block

    def formulation(self, game: Game) -> Formulation:
        """Return the record of a game."""
        return Formulation(
            game, None, partial(self._decode, game), self._refit, partial(_expectation, game)
        )

    def _plans(self, block: FormulationBlockData, game: Game) -> list[object]:
        plans = {self.leader: block.leader.x, self.follower: block.follower[self.follower].x}
        return [plans[player] for player in game.players]

    def _order_rows(
        self, block: FormulationBlockData, game: Game, windows: LookaheadWindows
    ) -> MatrixConstraint:
        ties = self.lookahead.ties
        assert isinstance(ties, StaticTies)
        payoff = (windows.payoff_matrix(self.numbers), block.leader.x)
        rank = ties.ranks(game, self.follower)
        mine = game.sequence_form().polytope(self.follower)
        return order_rows(
            block.follower[self.follower], payoff, windows, mine, rank, ties.margin
        )

    def _payoff_rows(self, block: FormulationBlockData, game: Game) -> MatrixConstraint:
        outcomes = Outcomes.of(game)
        weights = [outcomes.weights(game.payoffs[:, k]) for k in range(len(game.players))]
        minus = -sparse.eye_array(len(weights)).tocsr()
        return MatrixConstraint(
            [(sparse.csr_array(np.array(weights)), block.mass), (minus, block.payoff)],
            rhs=0.0,
            labels=list(game.players),
        )

    def _refit(self, block: FormulationBlockData, game: Game) -> Formulation:
        windows = lookahead_windows(game, self.follower, self.lookahead.depth)
        part = block.follower[self.follower]
        rows = known_reply_rows(part, block.leader.x, windows, self.numbers)
        if isinstance(self.lookahead.ties, StaticTies):
            rows["order"] = self._order_rows(block, game, windows)
        for name, new in rows.items():
            replace_rows(part, name, new)
        replace_rows(block, "mass_total", total_row(block.mass, Outcomes.of(game)))
        replace_rows(block, "payoff_row", self._payoff_rows(block, game))
        return self.formulation(game)

    def _decode(self, game: Game, block: FormulationBlockData) -> BoundedReply:
        form, number = game.sequence_form(), game.player_number(self.follower)
        part = block.follower[self.follower]
        plans = {
            self.leader: plan_in(block.leader.x, form.polytope(self.leader)),
            self.follower: plan_in(part.x, form.polytope(self.follower)),
        }
        profile = profile_of(game, plans)
        reach = others_reach(profile, self.follower)
        values = window_values(game, number, reach, self.numbers, self.lookahead.depth)
        short = best_at_infoset(game, number, values) - values
        reply = profile.behaviour
        ties = self.lookahead.ties
        if isinstance(ties, StaticTies):
            rank = np.zeros(len(values), dtype=np.int64)
            start = game.action_start[game.infosets_of(number).start]
            ranks = ties.ranks(game, self.follower)[1:]
            rank[start : start + len(ranks)] = ranks
            reply = first_of(game, number, short <= ties.margin / 2, rank)
        return replied(profile, self.follower, reply, short)


def _expectation(game: Game, block: FormulationBlockData, numbers: Floats) -> Parts:
    weights = Outcomes.of(game).weights(numbers)
    return [(sparse.csr_array(weights[None, :]), block.mass)]
