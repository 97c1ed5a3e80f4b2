"""Commitment against a follower of whom intervals are known: what she surely will not do.

At each of her infosets an action is excluded if, whatever the numbers in the intervals are, another
one is better. Of what is left the leader expects the worst.
"""

from __future__ import annotations

import math
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
)
from efmodels.bounded_replies import (
    BoundedReply,
    best_at_infoset,
    window_values,
    worst_reply,
)
from efmodels.bounded_reply_blocks import add_missing, reasoning_block, tight_rows
from efmodels.errors import GameError
from efmodels.follower_reasoning import Intervals, require_margin, terminal_numbers
from efmodels.lookahead_forest import LookaheadWindows, lookahead_windows
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels
from efmodels.profile_blocks import plan_in, profile_of, require_two_players
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game


@dataclass(frozen=True, eq=False)
class IntervalReasoning:
    """What is known of how a follower evaluates positions.

    Attributes
    ----------
    leader, follower
        By label.
    depth
        Levels that she looks ahead; ``math.inf`` for no limit.
    lower, upper
        A number per node, of which those where a window ends count.
    margin
        By how much an action must be worse to be excluded, times the probability that the leader
        and chance let her get there.
    """

    leader: str
    follower: str
    depth: float
    lower: Floats
    upper: Floats
    margin: float


def payoff_reasoning(
    game: Game, leader: str | None, payoffs: Intervals | None, margin: float, asked_by: str
) -> IntervalReasoning:
    """Return what is known of a follower whose payoffs have intervals, all checked.

    Raises
    ------
    GameError
        See :func:`efmodels.formulations.robust_stackelberg`.
    """
    require_two_players(game, asked_by)
    require_margin(margin)
    if not isinstance(payoffs, Intervals):
        raise GameError(
            f"{asked_by} needs payoffs=Intervals(lower, upper), the least and the greatest payoff "
            f"of the follower at each terminal; got {payoffs!r}"
        )
    payoffs.require_one_for_each(len(game.terminals), "terminals", asked_by)
    first = game.players[0] if leader is None else leader
    follower = game.players[2 - game.player_number(first)]
    lower, upper = (terminal_numbers(game, side) for side in (payoffs.lower, payoffs.upper))
    return IntervalReasoning(first, follower, math.inf, lower, upper, margin)


def worst_reply_block(game: Game, reasoning: IntervalReasoning) -> FormulationBlockData:
    """Return a block in which the leader gets the worst that is not excluded.

    ======================  ============================================================
    name                    meaning
    ======================  ============================================================
    ``leader``              the leader's ``x`` and ``flow``
    ``follower[i].v``       what she can make of each infoset, with the upper numbers;
                            ``reply``
    ``follower[i].sure``    what she is sure of, with the lower numbers; ``tight``
    ``follower[i].played``  what makes her sure; ``choice``: one action each
    ``excluded``            whether she surely does not take an action; ``exclude``,
                            and ``keep``: what makes her sure is not excluded
    ``worst``               what the leader gets after each infoset; ``worst_row``
    ``value``               what she gets in all, an expression; ``payoff``
    ======================  ============================================================
    """
    mine = game.sequence_form().polytope(reasoning.follower)
    windows = lookahead_windows(game, reasoning.follower, reasoning.depth)
    block = reasoning_block(game, reasoning.leader, windows, reasoning.upper)
    part = block.follower[reasoning.follower]
    part.sure = MatrixVar(windows.polytope.points + 1, labels=Labels.of_rows(windows.polytope))
    part.excluded = MatrixVar(
        mine.size, domain=pyo.Binary, labels=mine, bounds=(0.0, np.minimum(np.arange(mine.size), 1))
    )
    part.keep = _keep_rows(part, windows)
    part.worst = MatrixVar(mine.points + 1, labels=Labels.of_rows(mine))
    block.payoff = pyo.Var([reasoning.leader])
    block.value = pyo.Expression(expr=block.payoff[reasoning.leader])
    one = sparse.csr_array([[1.0]])
    block.payoff_row = MatrixConstraint(
        [(one, [part.worst[0]]), (-one, [block.payoff[reasoning.leader]])],
        rhs=0.0,
        labels=[reasoning.leader],
    )
    add_missing(part, _rows(block, game, reasoning, windows))
    block.remember(_formulation(game, reasoning))
    return block


def _rows(
    block: FormulationBlockData, game: Game, reasoning: IntervalReasoning, windows: LookaheadWindows
) -> dict[str, MatrixConstraint]:
    """Return the rows of the follower's block that hold numbers."""
    part, x = block.follower[reasoning.follower], block.leader.x
    polytope = windows.polytope
    upper, lower = map(windows.payoff_matrix, (reasoning.upper, reasoning.lower))
    bound = windows.slack_bounds(reasoning.lower)
    return {
        "reply": reply_rows(part.v, polytope, [(upper, x)]),
        "tight": tight_rows(part.sure, part.played, polytope, (lower, x), bound),
        "exclude": _exclude_rows(part, x, upper, windows, reasoning),
        "worst_row": _worst_rows(part, x, game, reasoning),
    }


def _exclude_rows(
    part: Any,
    x: Any,
    upper: sparse.csr_array,
    windows: LookaheadWindows,
    reasoning: IntervalReasoning,
) -> MatrixConstraint:
    """Return the rows ``sure[j] - (most that q can bring) >= margin - M (1 - excluded[q])``.

    What ``q`` can bring is ``v[j]`` less its slack: ``A'x`` plus ``v`` below. It is above what is
    sure by no more than the intervals below ``q`` are wide, which is ``M`` less the margin.
    """
    polytope, own = windows.polytope, windows.own[1:]
    flows = polytope.F.T.tocsr()[own]
    here, below = flows.maximum(0).tocsr(), flows.minimum(0).tocsr()
    width = windows.greatest_values(reasoning.upper - reasoning.lower)[own]
    most = sparse.diags_array(width + reasoning.margin).tocsr()
    none = sparse.csr_array((len(own), 1))
    parts = [
        (here, part.sure),
        (below, part.v),
        (-upper.T.tocsr()[own], x),
        (-sparse.hstack([none, most]).tocsr(), part.excluded),
    ]
    names = windows.game.sequence_form().polytope(reasoning.follower).names
    return MatrixConstraint(parts, lb=-width, labels=names[1:])


def _keep_rows(part: Any, windows: LookaheadWindows) -> MatrixConstraint:
    """Return the rows ``excluded + played <= 1``.

    With whole numbers they follow from the others: what makes the follower sure can bring no less
    than that. They are much of what relaxations know of it.
    """
    names = windows.game.sequence_form().polytopes[windows.number - 1].names[1:]
    each, own = np.arange(len(names)), windows.own[1:]
    ones = np.ones(len(names))
    excluded = sparse.csr_array((ones, (each, each + 1)), shape=(len(names), len(names) + 1))
    played = sparse.csr_array((ones, (each, own)), shape=(len(names), windows.polytope.size))
    return MatrixConstraint(
        [(excluded, part.excluded), (played, part.played)], ub=1.0, labels=names
    )


def _worst_rows(part: Any, x: Any, game: Game, reasoning: IntervalReasoning) -> MatrixConstraint:
    """Return the rows ``worst[j] <= (what q brings the leader) + M excluded[q]``."""
    mine = game.sequence_form().polytope(reasoning.follower)
    number = game.player_number(reasoning.leader)
    A = game.sequence_form().payoff_matrix(reasoning.leader)
    theirs = A if number == 1 else A.T.tocsr()
    bound = _leader_bounds(game, reasoning)
    parts = [
        (mine.F.T.tocsr(), part.worst),
        (-theirs.T.tocsr(), x),
        (-sparse.diags_array(bound).tocsr(), part.excluded),
    ]
    return MatrixConstraint(parts, ub=0.0, labels=mine)


def _leader_bounds(game: Game, reasoning: IntervalReasoning) -> Floats:
    """Return by how much more the leader can get from an infoset than after each action there."""
    payoffs = game.payoffs[:, game.player_number(reasoning.leader) - 1]
    windows = lookahead_windows(game, reasoning.follower, math.inf)
    return windows.slack_bounds(terminal_numbers(game, payoffs))


def _formulation(game: Game, reasoning: IntervalReasoning) -> Formulation:
    decode = partial(_decode, game, reasoning)
    # Whatever the leader does, nothing need be excluded; then the other rows have a solution.
    return Formulation(game, None, decode, partial(_refit, reasoning), exists=True)


def _refit(reasoning: IntervalReasoning, block: FormulationBlockData, game: Game) -> Formulation:
    windows = lookahead_windows(game, reasoning.follower, reasoning.depth)
    part = block.follower[reasoning.follower]
    for name, rows in _rows(block, game, reasoning, windows).items():
        replace_rows(part, name, rows)
    return _formulation(game, reasoning)


def _decode(game: Game, reasoning: IntervalReasoning, block: FormulationBlockData) -> BoundedReply:
    plan = plan_in(block.leader.x, game.sequence_form().polytope(reasoning.leader))
    return worst_commitment(game, reasoning, plan)


def worst_commitment(game: Game, reasoning: IntervalReasoning, plan: Floats) -> BoundedReply:
    """Return what a leader's plan leads to if the follower does the worst that is not excluded.

    Found in the tree. An action counts as excluded if it is worse than another by more than half
    the margin, so that the rounding of a solver does not matter.

    Parameters
    ----------
    game
        The game.
    reasoning
        What is known of the follower.
    plan
        The leader's realization plan.
    """
    form, number = game.sequence_form(), game.player_number(reasoning.follower)
    plans = {
        reasoning.leader: plan,
        reasoning.follower: form.polytope(reasoning.follower).uniform(),
    }
    profile = profile_of(game, plans)
    reach = profile.reach_without(reasoning.follower)
    most, least = (
        window_values(game, number, reach, numbers, reasoning.depth)
        for numbers in (reasoning.upper, reasoning.lower)
    )
    short = best_at_infoset(game, number, least) - most
    payoffs = game.payoffs[:, game.player_number(reasoning.leader) - 1]
    reply = worst_reply(game, number, reach, payoffs, short <= reasoning.margin / 2)
    return replied(profile, reasoning.follower, reply, short)


def replied(profile: Profile, follower: str, reply: Floats, short: Floats) -> BoundedReply:
    """Return a profile with the follower's behaviour replaced, and how good it is to her.

    Parameters
    ----------
    profile
        Everybody's strategy but hers.
    follower
        By label.
    reply
        Her probability of each action, in the order of ``game.action_labels``.
    short
        By how much each action is worse than another by her own reasoning; negative if it is none.
    """
    game, number = profile.game, profile.game.player_number(follower)
    mine = np.zeros(len(reply), dtype=bool)
    for infoset in game.infosets_of(number):
        mine[game.actions_of(infoset)] = True
    whole = Profile(game, np.where(mine, reply, profile.behaviour))
    table = whole.strategy()
    played = (table["probability"] * table["reach"]).to_numpy()[table["player"] == follower]
    taken = short[mine] * (played > TAKEN)
    return BoundedReply(whole, follower, max(float(taken.max(initial=0.0)), 0.0) + 0.0)


TAKEN = 1e-6
"""An action that is less likely than this is none that is taken."""
