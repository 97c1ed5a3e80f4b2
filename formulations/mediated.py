"""Mediated equilibrium, or normal-form coarse certification equilibrium (NFCCERT)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import MEDIATED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def mediated_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Mediated equilibrium: let the mediator play for you, or stay out from the beginning.

    Before the game each player hands her moves over to the mediator, who then knows where she is
    and plays for her, or stays out and is told nothing. The mediator knows who takes part, and can
    answer to somebody's staying out.

    - *The mediator knows* where those are who take part, and who does not.
    - *Its power* is to play for those who take part.
    - *Reports* are made by all who take part.
    - *A deviation* is to stay out, with any plan for the whole game.

    In the formula, ``x`` is what the mediator does, ``mu`` how likely each combination of answers
    is that somebody may get, and ``v_i`` what player ``i`` can make of that by deviating:

    .. math::

        F x = f,\; x \ge 0,\quad \mu = T x,\quad F_i^\top v_i \ge A_i^\top \mu,\quad
        \mathrm{payoff}_i = b_i^\top \mu \ge v_i[\emptyset] + \mathrm{margin}.

    Parameters
    ----------
    game
        With perfect recall.
    obedient
        The players with incentive constraints, by label; all of them by default. The others do as
        the mediator says.
    margin
        0 for equilibria; below 0 for approximate ones, in which nobody gains more than ``-margin``
        by staying out; above 0 for strict ones, in which staying out costs as much.
    reduce
        Whether to leave out what is of no use to anybody, see
        :mod:`efmodels.mediator.reductions`. The optimum stays; events within what was left out
        cannot be asked for.

    Returns
    -------
    FormulationBlock
        =====================  ==============================================  =================
        name                   meaning                                         size
        =====================  ==============================================  =================
        ``mediator.x``         how likely the mediator is to give each answer  answers + 1
        ``mediator.flow``      the rows of its polytope                        questions + 1
        ``deviator[i].v``      what a deviator gets from each of her decision  infosets of i + 1
                               points on
        ``deviator[i].reply``  she cannot do better                            sequences of i
        ``deviator[i].obey``   obedience is no worse                           1
        ``payoff[i]``          expected payoff; ``payoff_row`` defines it      players
        ``welfare``            their sum, an expression                        1
        =====================  ==============================================  =================

    Raises
    ------
    GameError
        Recall is not perfect, a player is not known, the margin is not finite, or no game at all.
    SizeError
        The augmented game is too large.

    Notes
    -----
    The mediator is one decision maker who remembers every message, so that its polytope is a
    sequence form and the block a linear program of polynomial size.

    On a normal form these are the payoffs of correlated play in which each player gets at least
    what the others cannot keep her from: her correlated minmax.

    Of the optima of one objective, NFCCERT is above NFCCE (:func:`nfcce`) and CCERT
    (:func:`coarse_certification_equilibrium`), and below NFCBCE
    (:func:`optout_bayes_correlated_equilibrium`).

    References
    ----------
    Monderer and Tennenholtz, Strong mediated equilibrium, Artificial Intelligence 173 (2009), for
    normal forms.

    Zhang and Sandholm, Polynomial-time optimal equilibria with a mediator in extensive-form games,
    NeurIPS (2022), arXiv:2206.15395.

    Examples
    --------
    Prisoners cooperate if the mediator defects for the one who takes part alone:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.mediated_equilibrium(ef.instances.prisoners_dilemma())
    >>> m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    >>> print(round(ef.solve(m).value, 6))
    4.0

    What the first can get alone depends on what the second is told in that case:

    >>> for row in m.eq.deviator["P1"].reply.values():
    ...     print(row.expr)
    0.0  <=  eq.deviator[P1].v[root] - eq.deviator[P1].v[P1_1]
    0.0  <=  eq.deviator[P1].v[P1_1] - 2.0*eq.mediator.x[m3_P2_1_C]
    0.0  <=  eq.deviator[P1].v[P1_1] - 3.0*eq.mediator.x[m3_P2_1_C] - eq.mediator.x[m3_P2_1_D]
    """
    return mediated_block(game, MEDIATED, obedient=obedient, margin=margin, reduce=reduce)
