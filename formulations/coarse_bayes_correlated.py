"""Coarse Bayes correlated equilibrium (CBCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import COARSE_BAYES_CORRELATED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def coarse_bayes_correlated_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Coarse Bayes correlated equilibrium: the mediator sees everything, and binds who accepts.

    As in :func:`bayes_correlated_equilibrium`, the mediator sees all that happens. But at each
    infoset a player decides before she hears the recommendation whether to follow it, and is bound
    if so.

    - *The mediator knows* everything.
    - *Its power* is to bind whoever accepts a recommendation.
    - *Reports* are not needed.
    - *A deviation* begins at an infoset, whatever would be recommended there.

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
        by deviating. Above 0 incentives are strict: not to accept costs as much, times the
        probability of getting there, and nothing is reduced.
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
    before it advises those who move later: which player moves first can make a difference.

    The name and the acronym are of this package.

    Of the optima of one objective, CBCE lies between BCE (:func:`bayes_correlated_equilibrium`) and
    NFCBCE (:func:`optout_bayes_correlated_equilibrium`), and above CCERT
    (:func:`coarse_certification_equilibrium`).

    References
    ----------
    Kamenica and Gentzkow, Bayesian persuasion, American Economic Review 101 (2011), for one
    receiver.

    Bergemann and Morris, Bayes correlated equilibrium and the comparison of information structures
    in games, Theoretical Economics 11 (2016).

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.prosecutor()
    >>> print(round(ef.optimal_equilibrium(game, "cbce", "Prosecutor").value, 6))
    0.6
    >>> block = ef.formulations.coarse_bayes_correlated_equilibrium(game)
    >>> block.problem.followers[0].polytope.names
    ('root', 'judge_acquit', 'judge_convict', 'judge_follow')
    """
    return mediated_block(
        game, COARSE_BAYES_CORRELATED, obedient=obedient, margin=margin, reduce=reduce
    )
