"""Commitment against a follower whose reply is known: what she does is best by her own reasoning.

Of several best actions she takes the leader's favourite, or the first in a static order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import (
    Formulation,
    replace_rows,
    reply_rows,
    sequence_form,
)
from efmodels.bounded_replies import best_at_infoset, first_of, window_values
from efmodels.bounded_reply_blocks import add_missing, reasoning_block, tight_rows
from efmodels.follower_reasoning import StaticTies
from efmodels.lookahead_forest import LookaheadWindows, lookahead_windows
from efmodels.matrix import MatrixConstraint
from efmodels.profile_blocks import Outcomes, add_masses, plan_in, profile_of, total_row
from efmodels.worst_reply_blocks import replied

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData, Parts
    from efmodels.bounded_replies import BoundedReply
    from efmodels.follower_reasoning import FavourableTies
    from efmodels.game import Floats, Game
    from efmodels.polytope import FlowPolytope


@dataclass(frozen=True, eq=False)
class KnownReasoning:
    """How a follower evaluates positions, and what she does if several actions look best.

    Attributes
    ----------
    leader, follower
        By label.
    depth
        Levels that she looks ahead; ``math.inf`` for no limit.
    numbers
        Her evaluation, per node, of which those where a window ends count.
    ties
        Favourable or static.
    """

    leader: str
    follower: str
    depth: float
    numbers: Floats
    ties: FavourableTies | StaticTies


def known_reply_block(game: Game, reasoning: KnownReasoning) -> FormulationBlockData:
    """Return a block in which the follower's plan is best in every window, and the leader knows it.

    Its components are those of :func:`efmodels.formulations.limited_lookahead_stackelberg`.
    """
    form = game.sequence_form()
    mine = form.polytope(reasoning.follower)
    windows = lookahead_windows(game, reasoning.follower, reasoning.depth)
    block = reasoning_block(game, reasoning.leader, windows, reasoning.numbers)
    part = block.follower[reasoning.follower]
    part.transfer_attributes_from(sequence_form(mine))
    really = sparse.eye_array(windows.polytope.size).tocsr()[windows.own]
    identity = -sparse.eye_array(mine.size).tocsr()
    part.follow = MatrixConstraint([(really, part.played), (identity, part.x)], lb=0.0, labels=mine)
    add_missing(part, _rows(block, game, reasoning, windows))
    plans = {reasoning.leader: block.leader.x, reasoning.follower: part.x}
    add_masses(block, Outcomes.of(game), [plans[player] for player in game.players])
    block.payoff = pyo.Var(list(game.players))
    block.payoff_row = _payoff_rows(block, game)
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    block.value = pyo.Expression(expr=block.payoff[reasoning.leader])
    block.remember(_formulation(game, reasoning))
    return block


def _rows(
    block: FormulationBlockData, game: Game, reasoning: KnownReasoning, windows: LookaheadWindows
) -> dict[str, MatrixConstraint]:
    """Return the rows of the follower's block that hold numbers."""
    part, numbers, ties = block.follower[reasoning.follower], reasoning.numbers, reasoning.ties
    polytope, payoff = windows.polytope, (windows.payoff_matrix(numbers), block.leader.x)
    bound = windows.slack_bounds(numbers)
    rows = {
        "reply": reply_rows(part.v, polytope, [payoff]),
        "tight": tight_rows(part.v, part.played, polytope, payoff, bound),
    }
    if isinstance(ties, StaticTies):
        mine = game.sequence_form().polytope(reasoning.follower)
        rows["order"] = _order_rows(part, payoff, windows, mine, ties)
    return rows


def _order_rows(
    part: Any,
    payoff: tuple[Any, Any],
    windows: LookaheadWindows,
    mine: FlowPolytope,
    ties: StaticTies,
) -> MatrixConstraint:
    """Return rows for ties: what is preferred to the action played is worse by a margin.

    For each sequence of the follower, ``s >= margin * (sum of played that rank after it)``, with
    ``s`` the slack of its dual row.
    """
    rank = ties.ranks(mine)
    A, x = payoff
    polytope, own = windows.polytope, windows.own[1:]
    pairs = [
        (q - 1, windows.own[later])
        for q in range(1, mine.size)
        for later in range(*mine.start[mine.point[q] :][:2].tolist())
        if rank[later] > rank[q]
    ]
    row, column = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    shape = (mine.size - 1, polytope.size)
    after = sparse.csr_array((np.full(len(row), -ties.margin), (row, column)), shape=shape)
    parts = [
        (polytope.F.T.tocsr()[own], part.v),
        (-A.T.tocsr()[own], x),
        (after, part.played),
    ]
    return MatrixConstraint(parts, lb=0.0, labels=mine.names[1:])


def _payoff_rows(block: FormulationBlockData, game: Game) -> MatrixConstraint:
    """Return the rows that define what the players get."""
    outcomes = Outcomes.of(game)
    weights = [outcomes.weights(payoff) for payoff in game.payoffs.T]
    minus = -sparse.eye_array(len(weights)).tocsr()
    parts = [(sparse.csr_array(np.array(weights)), block.mass), (minus, block.payoff)]
    return MatrixConstraint(parts, rhs=0.0, labels=list(game.players))


def _formulation(game: Game, reasoning: KnownReasoning) -> Formulation:
    return Formulation(
        game,
        None,
        partial(_decode, game, reasoning),
        partial(_refit, reasoning),
        partial(_expectation, game),
        # To every plan there is a best reply in all windows. In a static order it must be better
        # by a margin than what is preferred to it, and that may hold for no plan.
        exists=not isinstance(reasoning.ties, StaticTies),
    )


def _refit(reasoning: KnownReasoning, block: FormulationBlockData, game: Game) -> Formulation:
    windows = lookahead_windows(game, reasoning.follower, reasoning.depth)
    for name, rows in _rows(block, game, reasoning, windows).items():
        replace_rows(block.follower[reasoning.follower], name, rows)
    replace_rows(block, "mass_total", total_row(block.mass, Outcomes.of(game)))
    replace_rows(block, "payoff_row", _payoff_rows(block, game))
    return _formulation(game, reasoning)


def _expectation(game: Game, block: FormulationBlockData, numbers: Floats) -> Parts:
    weights = Outcomes.of(game).weights(numbers)
    return [(sparse.csr_array(weights[None, :]), block.mass)]


def _decode(game: Game, reasoning: KnownReasoning, block: FormulationBlockData) -> BoundedReply:
    """Return the plans; with static ties the follower's is found in the tree."""
    form, follower, ties = game.sequence_form(), reasoning.follower, reasoning.ties
    plans = {
        reasoning.leader: plan_in(block.leader.x, form.polytope(reasoning.leader)),
        follower: plan_in(block.follower[follower].x, form.polytope(follower)),
    }
    profile, number = profile_of(game, plans), game.player_number(follower)
    reach = profile.reach_without(follower)
    values = window_values(game, number, reach, reasoning.numbers, reasoning.depth)
    short = best_at_infoset(game, number, values) - values
    if not isinstance(ties, StaticTies):
        return replied(profile, follower, profile.behaviour, short)
    ranks = ties.ranks(form.polytope(follower))[1:]
    mine = slice(
        *game.action_start[[game.infosets_of(number).start, game.infosets_of(number).stop]]
    )
    rank = np.zeros(len(short), dtype=np.int64)
    rank[mine] = ranks
    reply = first_of(game, number, short <= ties.margin / 2, rank)
    return replied(profile, follower, reply, short)
