"""Normal-form correlated equilibrium (NFCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediator_block
from efmodels.mediator.explicit_plans import explicit_plans_problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def nfce(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0
) -> FormulationBlockData:
    r"""Normal-form correlated equilibrium: everybody hears her whole plan before the game.

    A mediator draws a plan for every player and tells each hers. Then the game begins, and
    following the plan must be a best response whatever it is: a correlated equilibrium of the
    normal form.

    - *The mediator knows* nothing of what happens: all is said before the game.
    - *Its power* is to recommend.
    - *Reports* are not needed.
    - *A deviation* is a plan for the whole game for each plan that may be recommended.

    In the formula, ``x`` has the probability of each joint reduced plan, and ``v_i`` what player
    ``i`` can make of her part of it by deviating:

    .. math::

        \sum_{\pi} x_\pi = 1,\; x \ge 0,\quad F_i^\top v_i \ge A_i^\top x,\quad
        \mathrm{payoff}_i = b_i^\top x \ge v_i[\emptyset] + \mathrm{margin}.

    Parameters
    ----------
    game
        With perfect recall, and small.
    obedient
        The players with incentive constraints, by label; all of them by default. The others do as
        the mediator says.
    margin
        0 for equilibria; below 0 for approximate ones, in which nobody gains more than ``-margin``
        by deviating. Above 0 nothing is feasible: to obey is one of a deviator's plans.

    Returns
    -------
    FormulationBlock
        =====================  ==============================================  =====================
        name                   meaning                                         size
        =====================  ==============================================  =====================
        ``mediator.x``         probability of each joint plan, after a one     joint plans + 1
        ``mediator.flow``      the rows of its polytope, a simplex             2
        ``deviator[i].v``      what a deviator gets from each infoset on, for  plans x infosets + 1
                               each plan that she is told
        ``deviator[i].reply``  she cannot do better                            plans x actions + 1
        ``deviator[i].obey``   obedience is no worse                           1
        ``payoff[i]``          expected payoff; ``payoff_row`` defines it      players
        ``welfare``            their sum, an expression                        1
        =====================  ==============================================  =====================

    Raises
    ------
    GameError
        Recall is not perfect, a player is not known, the margin is not finite, or no game at all.
    SizeError
        There are too many joint plans: their number is exponential in the size of the game.

    Notes
    -----
    Of the optima of one objective, NFCE is the smallest of all mediated concepts here: below LCE
    (:func:`linear_correlated_equilibrium`). On games in which all move once and at the same time it
    is :func:`correlated_equilibrium`.

    References
    ----------
    Aumann, Subjectivity and correlation in randomized strategies, Journal of Mathematical
    Economics 1 (1974).

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.nfce(ef.instances.chicken(6, 2, 7, 0))
    >>> print(m.eq.deviator["P1"].reply["P1_1_P1_1_Stop_Go"].expr.args[1])
    eq.deviator[P1].v[P1_1_P1_1_Stop] - 7.0*eq.mediator.x[plan_P1_1_Stop_P2_1_Stop]
    >>> m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    >>> print(round(ef.solve(m).value, 6))
    10.5
    >>> m.eq.strategy().round(6)
              P1         P2  probability
    0  P1_1:Stop  P2_1:Stop         0.50
    1  P1_1:Stop    P2_1:Go         0.25
    2    P1_1:Go  P2_1:Stop         0.25
    """
    return mediator_block(game, explicit_plans_problem, obedient=obedient, margin=margin)
