"""Extensive-form coarse correlated equilibrium (EFCCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import EFCCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def efcce(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Extensive-form coarse correlated equilibrium: accept each recommendation before hearing it.

    As in :func:`efce`, plans are drawn before the game and released move by move. But at each
    infoset a player decides *before* she hears the recommendation whether to follow it. If she
    accepts, she is bound to it; if she declines, she hears nothing any more.

    - *The mediator knows* where a player moves; its agents do not tell each other.
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

    A deviator has at most as many sequences as in the game, times her moves on a path.

    Of the optima of one objective, EFCCE lies between EFCE (:func:`efce`) and NFCCE
    (:func:`nfcce`), and below CCERT (:func:`coarse_certification_equilibrium`).

    References
    ----------
    Farina, Bianchi and Sandholm, Coarse correlation in extensive-form games, AAAI (2020).

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.von_stengel_forges_signaling()
    >>> print(round(ef.optimal_equilibrium(game, "efcce", "welfare").value, 6))
    10.0
    >>> ef.formulations.efcce(game).problem.followers[0].polytope.names
    ('root', 'good_X', 'good_Y', 'good_follow', 'bad_X', 'bad_Y', 'bad_follow')
    """
    return mediated_block(game, EFCCE, obedient=obedient, margin=margin, reduce=reduce)
