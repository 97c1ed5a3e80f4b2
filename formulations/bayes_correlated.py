"""Bayes correlated equilibrium (BCE), or information design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import BAYES_CORRELATED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def bayes_correlated_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Bayes correlated equilibrium: a mediator who sees everything recommends actions.

    The mediator sees all that happens, the moves of chance and those of the players, and recommends
    an action to each player who moves. She may do something else. This is information design: the
    recommendation is all that is told about what the mediator sees, and persuasion is the case of
    one player who moves.

    - *The mediator knows* everything.
    - *Its power* is to recommend.
    - *Reports* are not needed.
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
        =====================  ==============================================  =============
        name                   meaning                                         size
        =====================  ==============================================  =============
        ``mediator.x``         how likely the mediator is to give each answer  answers + 1
        ``mediator.flow``      the rows of its polytope                        questions + 1
        ``deviator[i].v``      what a deviator gets from each of her decision  points + 1
                               points on
        ``deviator[i].reply``  she cannot do better                            sequences
        ``deviator[i].obey``   obedience is no worse                           1
        ``payoff[i]``          expected payoff; ``payoff_row`` defines it      players
        ``welfare``            their sum, an expression                        1
        =====================  ==============================================  =============

    Raises
    ------
    GameError
        Recall is not perfect, a player is not known, the margin is not finite, or no game at all.
    SizeError
        The augmented game is too large.

    Notes
    -----
    The mediator sees everything that happens, so that its polytope is a sequence form with a
    question for each history, and the block a linear program of polynomial size.

    Simultaneous moves are made one after another in a tree, and this mediator hears who is silent
    before it advises those who move later: which player moves first can make a difference. Where
    it should see the state and not the moves, give :func:`from_concept` a concept with
    ``observe="chance"``.

    Of the optima of one objective, BCE lies between CERT (:func:`certification_equilibrium`) and
    CBCE (:func:`coarse_bayes_correlated_equilibrium`).

    References
    ----------
    Kamenica and Gentzkow, Bayesian persuasion, American Economic Review 101 (2011), for one
    receiver.

    Bergemann and Morris, Bayes correlated equilibrium and the comparison of information structures
    in games, Theoretical Economics 11 (2016).

    Examples
    --------
    A prosecutor who shows evidence at her discretion gets 60 percent convicted, although no more
    than 30 percent are guilty:

    >>> import efmodels as ef
    >>> game = ef.instances.prosecutor()
    >>> print(round(ef.optimal_equilibrium(game, "bce", "Prosecutor").value, 6))
    0.6

    The judge may acquit who is to be convicted, which pays where the defendant is innocent (``m1``,
    and not ``m0``):

    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.bayes_correlated_equilibrium(game)
    >>> print(m.eq.deviator["Judge"].reply["judge_judge_convict_acquit"].expr.args[1])
    eq.deviator[Judge].v[judge_judge_convict] - 0.7*eq.mediator.x[m1_judge_convict]
    """
    return mediated_block(game, BAYES_CORRELATED, obedient=obedient, margin=margin, reduce=reduce)
