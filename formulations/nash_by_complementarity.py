"""Nash equilibria of a two-player game as complementarity conditions, of Pyomo's own kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import replace_rows
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.mutual_replies import (
    mutual_block,
    mutual_formulation,
    payoff_parts,
    replace_replies,
)
from efmodels.profile_blocks import require_two_players
from efmodels.reply_slacks import slack_bounds

if TYPE_CHECKING:
    from efmodels.blocks import Formulation, FormulationBlockData
    from efmodels.game import Game


def nash_complementarity(game: Game) -> FormulationBlockData:
    r"""All Nash equilibria of a two-player game, by ``pyomo.mpec``: choose a transformation.

    Both players ``i`` have a plan ``x`` and reply best to the other's, ``x_k``: what is played has
    no slack.

    .. math::

        F_i x_i = f_i,\qquad s_i = F_i^\top v_i - A_i x_k,\qquad
        0 \le s_i \perp x_i \ge 0 .

    The conditions are :class:`pyomo.mpec.Complementarity` components, which no solver takes as they
    stand. A transformation of Pyomo's makes of them what the solver at hand can do with:

    ==============================================  ================================================
    transformations                                 what becomes of it
    ==============================================  ================================================
    ``mpec.simple_disjunction``, then ``gdp.bigm``  a mixed-integer program, for HiGHS and others:
                                                    the best of all equilibria
    ``mpec.simple_disjunction``, then ``gdp.hull``  the same with a tighter relaxation, and larger
    ``mpec.simple_nonlinear``                       a nonlinear program: a global solver such as
                                                    SCIP finds the best equilibrium, a local one
                                                    another, if any
    ==============================================  ================================================

    Slacks have their tight bounds, :func:`~efmodels.reply_slacks.slack_bounds`, so that no constant
    has to be given to ``gdp.bigm``.

    Parameters
    ----------
    game
        Two players, perfect recall.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of a player:

        ========================  =================================================  ===============
        name                      meaning                                            size per player
        ========================  =================================================  ===============
        ``player[i].x``           realization plan                                   ``|S|``
        ``player[i].flow``        its rows                                           ``|I|+1``
        ``player[i].v``           what she gets from each infoset on                 ``|I|+1``
        ``player[i].reply``       she cannot do better                               ``|S|``
        ``player[i].slack``       by how much a sequence is worse than a best one    ``|S|``
        ``player[i].slack_row``   defines it                                         ``|S|``
        ``player[i].complement``  what is played has no slack                        ``|S|``
        ``payoff[i]``             what she gets; ``payoff_row`` defines it           1
        ``welfare``               the sum of the payoffs, an expression              (one in all)
        ========================  =================================================  ===============

    Raises
    ------
    GameError
        Not two players, imperfect recall, or no game at all.

    Notes
    -----
    :func:`nash` is the mixed-integer program written down at once, with fewer binaries and rows
    that a solver cannot find by itself. The probability of an outcome is a product of the two
    plans: ``expected`` and ``probability`` raise a `CapabilityError`. ``update`` keeps the
    conditions; transform a model after it, and not before.

    References
    ----------
    Koller, Megiddo and von Stengel, Efficient computation of equilibria for extensive two-person
    games, Games and Economic Behavior 14 (1996).

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.nash_complementarity(ef.instances.chicken(6, 2, 7, 0))
    >>> for row in ("root", "P1_1_Go"):
    ...     print(m.eq.player["P1"].slack_row[row].expr)
    eq.player[P1].v[root] - eq.player[P1].v[P1_1] - eq.player[P1].slack[root]  ==  0.0
    eq.player[P1].v[P1_1] - 7.0*eq.player[P2].x[P2_1_Stop] - eq.player[P1].slack[P1_1_Go]  ==  0.0
    >>> m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)
    >>> for step in ("mpec.simple_disjunction", "gdp.bigm"):
    ...     pyo.TransformationFactory(step).apply_to(m)
    >>> result = ef.solve(m, solver="highs")
    >>> round(result.value, 6), max(m.eq.regrets().values()) < 1e-6
    (7.0, True)
    """
    require_two_players(game, "nash_complementarity")
    block = mutual_block(game)
    for one in game.players:
        size = game.sequence_form().polytope(one).size
        block.player[one].slack = MatrixVar(
            size, domain=pyo.NonNegativeReals, labels=game.sequence_form().polytope(one)
        )
        block.player[one].x.setub(1.0)  # it is a probability; gdp.bigm has to be told
        _add_conditions(block.player[one])
    _fill(block, game)
    block.remember(mutual_formulation(game, _refit))
    return block


def _add_conditions(part: Any) -> None:
    """Add that of each sequence the probability or the slack is zero."""
    from pyomo.mpec import Complementarity, complements

    def condition(_: Any, name: str) -> Any:  # Pyomo takes no partial here, nor defaults
        return complements(part.slack[name] >= 0, part.x[name] >= 0)

    part.complement = Complementarity(list(part.x), rule=condition)


def _fill(block: FormulationBlockData, game: Game) -> None:
    """Add the rows and bounds that depend on payoffs."""
    for one in game.players:
        part, polytope = block.player[one], game.sequence_form().polytope(one)
        part.slack.setub(slack_bounds(game, one))
        minus = [(-A.T, x) for A, x in payoff_parts(block, game, one)]
        slack = (-sparse.eye_array(polytope.size).tocsr(), part.slack)
        rows = MatrixConstraint([(polytope.F.T, part.v), *minus, slack], rhs=0.0, labels=polytope)
        if part.component("slack_row") is None:
            part.slack_row = rows
        else:
            replace_rows(part, "slack_row", rows)


def _refit(block: FormulationBlockData, game: Game) -> Formulation:
    replace_replies(block, game)
    _fill(block, game)
    return mutual_formulation(game, _refit)
