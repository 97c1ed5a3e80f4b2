"""Normal-form coarse correlated equilibrium (NFCCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import NFCCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def nfcce(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Normal-form coarse correlated equilibrium: stay out before the game, or obey to its end.

    Plans for all players are drawn before the game. Each player decides once, before she knows
    anything, whether to follow hers: if so she is bound to it, if not she plays what she likes and
    is told nothing.

    - *The mediator knows* where a player moves; its agents do not tell each other.
    - *Its power* is to bind whoever takes part.
    - *Reports* are not needed.
    - *A deviation* is a plan for the whole game.

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
        ``mediator.x``         how likely the mediator is to give each answer  edges + 1
        ``mediator.flow``      the rows of its polytope                        beliefs + 1
        ``mediator.mu``        how likely a combination of answers is that     coordinates
                               several of ``x`` add up to; ``mediator.reach``
                               defines it
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
        The belief DAG is too large: it can be exponential in what chance tells players in private.

    Notes
    -----
    The mediator is a team of agents, one per player, who share what is drawn before the game and
    nothing else: it is one distribution over joint plans. Its polytope is a DAG of beliefs, of
    polynomial size for two players without chance, and exponential in what chance tells the players
    in private.

    Of the optima of one objective, NFCCE is the largest of NFCE, EFCE, EFCCE and NFCCE, and below
    NFCCERT (:func:`mediated_equilibrium`). It cannot be compared with CERT
    (:func:`certification_equilibrium`). On games in which all move once and at the same time it is
    :func:`coarse_correlated_equilibrium`.

    References
    ----------
    Moulin and Vial, Strategically zero-sum games: the class of games whose completely mixed
    equilibria cannot be improved upon, International Journal of Game Theory 7 (1978).

    Examples
    --------
    In Chicken staying out and going is what the other's recommendation is good against:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.nfcce(ef.instances.chicken())
    >>> for row in m.eq.deviator["P2"].reply.values():
    ...     print(row.expr)
    0.0  <=  eq.deviator[P2].v[root] - eq.deviator[P2].v[P2_1]
    0.0  <=  eq.deviator[P2].v[P2_1]
    0.0  <=  eq.deviator[P2].v[P2_1] - eq.mediator.x[b0_P1_1_Stop] + 5.0*eq.mediator.x[b0_P1_1_Go]
    """
    return mediated_block(game, NFCCE, obedient=obedient, margin=margin, reduce=reduce)
