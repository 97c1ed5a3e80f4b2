"""Nash equilibrium of any number of players: a nonlinear program whose minimum is 0."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.blocks import (
    Formulation,
    FormulationBlock,
    add_replies,
    best_response,
    sequence_form,
)
from efmodels.payoff_expressions import PlanProducts, expected_payoff, reply_payoff
from efmodels.profile_blocks import plan_in, profile_of, require_game

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game
    from efmodels.verifying import Profile

ROUNDING = 1e-12


def nash_nlp(game: Game) -> FormulationBlockData:
    r"""Nash equilibrium of any number of players, as the zeros of a nonlinear program.

    Every player has a plan and the dual of her best response to the others. With the slack
    :math:`s_q = v_j - \sum v - g_q(x_{-i}) \ge 0` of each sequence,

    .. math::

        \mathrm{gap} = \sum_i \sum_q s_{iq} x_{iq}
            = \sum_i \bigl(v_{i\emptyset} - u_i(x)\bigr) \ge 0,

    the sum of what everybody could gain, and 0 exactly at the Nash equilibria. The second form,
    which is what is written, holds because :math:`x' F' v = f' v`: one product of plans per
    terminal instead of one per terminal and player. Minimise the gap, that is, maximise ``value``;
    or require ``gap <= 1e-8`` and choose among the equilibria.

    Parameters
    ----------
    game
        Any number of players, perfect recall.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of each player ``i``:

        ===================  ==================================================  ==========
        name                 meaning                                             size
        ===================  ==================================================  ==========
        ``player[i].x``      the realization plan                                ``|S|``
        ``player[i].flow``   its rows                                            ``|I|+1``
        ``player[i].v``      what the player gets from each infoset on           ``|I|+1``
        ``player[i].reply``  nothing is better; linear with two players          ``|S|``
        ``payoff[i]``        ``v`` of the root, an expression: what a best       players
                             response earns, and the payoff where the gap is 0
        ``welfare``          their sum, an expression                            1
        ``gap``              the sum of all regrets, an expression               1
        ``value``            ``-gap``, an expression                             1
        ``product``          products of plans that several terminals share,
                             expressions
        ===================  ==================================================  ==========

    Raises
    ------
    GameError
        No game, or imperfect recall.

    Notes
    -----
    The program is not convex. A local solver may end where the gap is positive, and its status says
    nothing of that: look at the regrets, which are recomputed from the tree.
    :func:`efmodels.nash_equilibrium` tries several starts. SCIP and Gurobi search everywhere, and
    prove the minimum, in small games. With two players and a linear objective, a mixed-integer
    program is the better choice.

    References
    ----------
    Mangasarian and Stone, Two-person nonzero-sum games and quadratic programming, Journal of
    Mathematical Analysis and Applications 9 (1964), for two players in normal form.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> block = ef.formulations.nash_nlp(game)
    >>> for row in block.player["P2"].reply.values():
    ...     print(row.expr)
    0.0  <=  player[P2].v[root] - player[P2].v[P2_1]
    0.0  <=  player[P2].v[P2_1] - player[P1].x[P1_1_2]
    0.0  <=  player[P2].v[P2_1] - player[P1].x[P1_1_1]
    """
    game = require_game(game, "nash_nlp")
    form = game.sequence_form()
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.player = pyo.Block(list(game.players))
    for player in game.players:
        block.player[player].transfer_attributes_from(sequence_form(form.polytope(player)))
    block.gap = pyo.Expression(expr=0.0)
    products = PlanProducts(block, [block.player[one].x for one in game.players])
    for player in game.players:
        payoff = reply_payoff(products, form, player)
        block.player[player].transfer_attributes_from(best_response(form.polytope(player), payoff))
    _set_gap(block, game, products)
    values = {player: block.player[player].v[0] for player in game.players}
    block.payoff = pyo.Expression(list(game.players), initialize=values)
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    block.value = pyo.Expression(expr=-block.gap)
    block.remember(_formulation(game))
    return block


def _set_gap(block: FormulationBlockData, game: Game, products: PlanProducts) -> None:
    """Write the gap: what best responses earn, less what is earned."""
    form = game.sequence_form()
    replies = pyo.quicksum([block.player[player].v[0] for player in game.players])
    total = form.payoffs.sum(axis=1)
    # Where payoffs cancel, what rounding leaves of them would be one more product.
    total[np.abs(total) <= ROUNDING * np.abs(form.payoffs).sum(axis=1)] = 0.0
    earned = expected_payoff(products, form, total)
    block.gap.set_value(replies - earned)


def _formulation(game: Game) -> Formulation:
    # Not only equilibria: all plans, with values that are large enough, are points of the block.
    return Formulation(
        game, None, partial(_decode, game), _refit, exists=True, equations=("reply",)
    )


def _refit(block: FormulationBlockData, game: Game) -> Formulation:
    form = game.sequence_form()
    block.del_component("product")
    products = PlanProducts(block, [block.player[one].x for one in game.players])
    for player in game.players:
        part = block.player[player]
        part.del_component("reply")
        add_replies(part, form.polytope(player), reply_payoff(products, form, player))
    _set_gap(block, game, products)
    return _formulation(game)


def _decode(game: Game, block: FormulationBlockData) -> Profile:
    form = game.sequence_form()
    plans = {one: plan_in(block.player[one].x, form.polytope(one)) for one in game.players}
    return profile_of(game, {one: np.maximum(plan, 0.0) for one, plan in plans.items()})
