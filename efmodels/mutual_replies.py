"""Two players who reply best to each other: their plans, the duals of both replies, the payoffs.

What makes the replies best, that a sequence is not played or has no slack, is not linear. A
formulation adds it in its own way.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

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
from efmodels.errors import CapabilityError
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.profile_blocks import plan_in, profile_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.blocks import FormulationBlockData, Parts
    from efmodels.game import Floats, Game
    from efmodels.verifying import Profile


def mutual_block(game: Game) -> FormulationBlockData:
    r"""Return a block in which both players have a plan and a bound on what they can get.

    For each player ``i``, with ``A_i`` her payoffs per pair of sequences and ``x_k`` the other's
    plan,

    .. math::

        F_i x_i = f_i,\; x_i \ge 0,\qquad F_i^\top v_i \ge A_i x_k .

    Parameters
    ----------
    game
        With two players and perfect recall.

    Returns
    -------
    FormulationBlock
        ``player[label]`` with ``x``, ``flow``, ``v``, ``reply`` and ``value``; ``payoff[label]``,
        which ``payoff_row`` defines as ``v`` at the root; ``welfare``.
    """
    form = game.sequence_form()
    block: FormulationBlockData = FormulationBlock(concrete=True)
    players = list(game.players)
    block.player = pyo.Block(players)
    for one in players:
        block.player[one].transfer_attributes_from(sequence_form(form.polytope(one)))
    for one in players:
        reply = best_response(form.polytope(one), payoff_parts(block, game, one))
        block.player[one].transfer_attributes_from(reply)
    block.payoff = MatrixVar(len(players), labels=players)
    identity = sparse.csr_array(np.eye(len(players)))
    values = [block.player[one].v[0] for one in players]
    block.payoff_row = MatrixConstraint(
        [(identity, values), (-identity, block.payoff)], rhs=0.0, labels=players
    )
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    return block


def payoff_parts(block: Any, game: Game, player: str) -> Parts:
    """Return what each sequence of a player is worth: her payoffs, and the other's plan."""
    (other,) = (one for one in game.players if one != player)
    A = game.sequence_form().payoff_matrix(player)
    return [(A.T.tocsr() if player == game.players[0] else A, block.player[other].x)]


def replace_replies(block: FormulationBlockData, game: Game) -> None:
    """Replace the rows ``reply`` of both players by those of another game on the same tree."""
    for one in game.players:
        part = block.player[one]
        polytope = game.sequence_form().polytope(one)
        rows = reply_rows(part.v, polytope, payoff_parts(block, game, one))
        replace_rows(part, "reply", rows)


def mutual_formulation(
    game: Game, refit: Callable[[FormulationBlockData, Game], Formulation], *, exists: bool = True
) -> Formulation:
    """Return what such a block remembers.

    Parameters
    ----------
    game
        What it models.
    refit
        Takes another game's payoffs.
    exists
        Whether no equilibrium of the game is cut off, so that there is one for certain.
    """
    return Formulation(
        game, None, partial(_profile, game), refit, partial(refuse_outcomes, game), exists=exists
    )


def _profile(game: Game, block: FormulationBlockData) -> Profile:
    form = game.sequence_form()
    return profile_of(
        game, {one: plan_in(block.player[one].x, form.polytope(one)) for one in game.players}
    )


def refuse_outcomes(game: Game, block: FormulationBlockData, numbers: Floats) -> Parts:  # noqa: ARG001 - of any block and numbers the same is said
    """Say what is linear where both players have plans, instead of an expectation.

    Raises
    ------
    CapabilityError
        Always.
    """
    raise CapabilityError(
        "the probability of an outcome is a product of both players' plans, and no variable of "
        f"this formulation. What is linear in it: payoff[label] of {list(game.players)}, which may "
        "be weighted, and player[label].x, the probability with which a player does her part of a "
        "sequence. Other expectations are nonlinear expressions in the two plans, for a nonlinear "
        "solver"
    )
