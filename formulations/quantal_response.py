"""Logit quantal response equilibrium of the reduced normal form, any number of players."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo

from efmodels.matrix import MatrixConstraint, Part
from efmodels.matrix.parts import linear_expression
from efmodels.payoff_expressions import reply_payoff
from efmodels.quantal_blocks import (
    ResponseRule,
    log_ratio_matrix,
    quantal_block,
    set_payoffs,
    uniform_over_plans,
)
from efmodels.quantal_responses import logit_response

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game
    from efmodels.polytope import FlowPolytope


def quantal_response_equilibrium(game: Game, precision: float) -> FormulationBlockData:
    r"""Logit quantal response equilibrium in plans: better plans are likelier, none is impossible.

    Every player plays each of her reduced pure plans with a probability proportional to
    :math:`\exp(\lambda\, u)`, where ``u`` is its payoff against the others and :math:`\lambda` the
    precision. Over the sequence form this is the best response to a payoff with the dilated entropy
    added, and needs no list of plans. With :math:`\ell = \log x`, for every sequence ``(j, a)``

    .. math::

        \ell_{ja} - \ell_{p(j)} = \lambda\, g_{ja}(x_{-i})
            + \sum_{j' \text{ below } (j, a)} v_{j'} - v_j,

    where :math:`v_j` is the logarithm of the sum of :math:`\exp(\lambda u)` over the plans from
    ``j`` on, and for the empty sequence :math:`0 = \lambda g_\emptyset + \sum v - v_\emptyset`.
    As many equations as variables: solve it with any objective, a constant or something to choose
    among several equilibria. At precision 0 all plans are equally likely; that is where the block
    starts. For larger ones follow the path: :func:`efmodels.quantal_response_path`.

    Parameters
    ----------
    game
        Any number of players, perfect recall.
    precision
        :math:`\lambda`, from 0 on; the reciprocal of the weight of the entropy.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of each player ``i``:

        =======================  =================================================  =========
        name                     meaning                                            size
        =======================  =================================================  =========
        ``player[i].x``          the realization plan                               ``|S|``
        ``player[i].log_x``      its logarithm                                      ``|S|``
        ``player[i].logarithm``  ``x = exp(log_x)``                                 ``|S|``
        ``player[i].flow``       probabilities at each infoset sum to 1             ``|I|+1``
        ``player[i].v``          logarithm of the sum over the plans from there on  ``|I|+1``
        ``player[i].logit``      the logit response; linear with two players        ``|S|``
        ``payoff[i]``            expected payoff, an expression                     players
        ``welfare``              their sum, an expression                           1
        =======================  =================================================  =========

        Further expressions: ``product`` of plans, which payoffs and, with more than two players,
        the responses share.

    Raises
    ------
    GameError
        No game, imperfect recall, or a precision that is no number from 0 on.

    Notes
    -----
    ``block.solution().residuals()`` recomputes the responses from the tree. The regrets are what
    the noise costs, and not zero. Ipopt (``solver="ipopt"``) is the solver for this; SCIP and
    Gurobi take the model, too, and search everywhere, for tiny games.

    References
    ----------
    McKelvey and Palfrey, Quantal response equilibria for normal form games, Games and Economic
    Behavior 10 (1995). That the dilated entropy gives the reduced normal form: Ling, Fang and
    Kolter, arXiv 1805.02777, for two-player zero-sum games.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.quantal_response_equilibrium(game, precision=0.5)
    >>> for row in m.eq.player["P1"].logit.values():
    ...     print(row.expr)
    eq.player[P1].log_x[root] + eq.player[P1].v[root] - eq.player[P1].v[P1_1]  ==  0.0
    - eq.player[P1].log_x[root] + eq.player[P1].log_x[P1_1_1] + eq.player[P1].v[P1_1] - 4.5*eq...
    - eq.player[P1].log_x[root] + eq.player[P1].log_x[P1_1_2] + eq.player[P1].v[P1_1] - 0.5*eq...
    """
    return quantal_block(game, precision, _RULE)


def _add_payoffs(block: FormulationBlockData, game: Game, precision: float) -> None:
    """Add what depends on payoffs: the logit rows and the expected payoffs."""
    form = game.sequence_form()
    products = set_payoffs(block, game)
    for player in game.players:
        payoff = reply_payoff(products, form, player)
        _add_logit(block.player[player], form.polytope(player), payoff, precision)


def _add_logit(part: Any, polytope: FlowPolytope, payoff: Any, precision: float) -> None:
    """Add the rows that say that a player responds with noise."""
    linear = [(log_ratio_matrix(polytope), part.log_x), (polytope.F.T, part.v)]
    if not hasattr(payoff, "keys"):
        minus = [(-precision * A.T, mu) for A, mu in payoff]
        part.logit = MatrixConstraint([*linear, *minus], rhs=0.0, labels=polytope)
        return
    parts = [Part.of(matrix, variables) for matrix, variables in linear]
    part.logit = pyo.Constraint(list(polytope.names))
    for q, name in enumerate(polytope.names):
        part.logit[name] = linear_expression(parts, q) == precision * payoff[name]


_RULE = ResponseRule(
    name="quantal_response_equilibrium",
    start=uniform_over_plans,
    response=logit_response,
    add_payoffs=_add_payoffs,
    of_block=("product",),
    of_players=("logit",),
)
