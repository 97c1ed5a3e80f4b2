"""Extensive-form correlated equilibrium (EFCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import EFCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def efce(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Extensive-form correlated equilibrium: recommendations come move by move.

    Before the game a mediator draws a plan for every player. Whenever a player comes to an infoset,
    she is told the action that her plan has there, and may do something else; from then on she is
    told nothing any more. Obedience must be a best response for each of them.

    - *The mediator knows* where a player moves, because she is asked for what is due there, and for
      each player no more than that: what one agent learns the others do not.
    - *Its power* is to recommend; a player decides after she has heard the recommendation.
    - *Reports* are not needed: the infoset is known, up to the first disobedience.
    - *A deviation* begins with any recommendation, and may use all that was heard.

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
        by deviating. Above 0 incentives are strict: to disobey a recommendation costs as much,
        times the probability of getting there, and nothing is reduced.
    reduce
        Whether to leave out what is of no use to anybody, see
        :mod:`efmodels.mediator.reductions`. The optimum stays; events within what was left out
        cannot be asked for.

    Returns
    -------
    FormulationBlock
        =====================  ==============================================  ===========
        name                   meaning                                         size
        =====================  ==============================================  ===========
        ``mediator.x``         how likely the mediator is to give each answer  edges + 1
        ``mediator.flow``      the rows of its polytope                        beliefs + 1
        ``mediator.mu``        how likely a combination of answers is that     coordinates
                               several of ``x`` add up to; ``mediator.reach``
                               defines it
        ``deviator[i].v``      what a deviator gets from each of her decision  points + 1
                               points on
        ``deviator[i].reply``  she cannot do better                            sequences
        ``deviator[i].obey``   obedience is no worse                           1
        ``payoff[i]``          expected payoff; ``payoff_row`` defines it      players
        ``welfare``            their sum, an expression                        1
        =====================  ==============================================  ===========

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

    A deviator has a decision point for each recommendation that she may disobey, and one for each
    infoset after it: of the order of her sequences, times her moves on a path, times actions.

    Of the optima of one objective, EFCE lies between PCOMM
    (:func:`private_communication_equilibrium`) and EFCCE (:func:`efcce`), and below CERT
    (:func:`certification_equilibrium`). It cannot be compared with COMM
    (:func:`communication_equilibrium`). On games in which all move once and at the same time it is
    :func:`correlated_equilibrium`.

    References
    ----------
    von Stengel and Forges, Extensive-form correlated equilibrium: definition and computational
    complexity, Mathematics of Operations Research 33 (2008).

    Examples
    --------
    In the signalling game of von Stengel and Forges the receiver will not believe a message that
    any sender could have planned to send:

    >>> import efmodels as ef
    >>> game = ef.instances.von_stengel_forges_signaling()
    >>> for concept in ("nfce", "efce"):
    ...     print(concept, round(ef.optimal_equilibrium(game, concept, "welfare").value, 6))
    nfce 6.0
    efce 10.0

    In Chicken, "if you are told to stop, go" and the other disobedience get a row each:

    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.efce(ef.instances.chicken())
    >>> rows = m.eq.deviator["P1"].reply
    >>> print(rows["P1_1_P1_1_Stop_Go"].expr.args[1])
    eq.deviator[P1].v[P1_1_P1_1_Stop] - eq.mediator.x[b1_P2_1_Stop] + 5.0*eq.mediator.x[b1_P2_1_Go]
    """
    return mediated_block(game, EFCE, obedient=obedient, margin=margin, reduce=reduce)
