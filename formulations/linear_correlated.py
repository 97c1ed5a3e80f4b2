"""Linear correlated equilibrium (LCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import LINEAR

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def linear_correlated_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Linear correlated equilibrium: ask the mediator what and when you like.

    Plans are drawn before the game. A player may ask her agent about any of her infosets that
    agrees with what she has asked and heard, whether or not she is there, also several in advance,
    and do anything with the answers.

    - *The mediator knows* what a player says; its agents do not tell each other.
    - *Its power* is to recommend.
    - *Reports* may be lies, and need not keep step with the game.
    - *A deviation* is any plan of asking and acting. What a deviator can achieve in this way is
      what linear maps of her sequence form can.

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
        times the probability of getting there; a question costs nothing. Nothing is reduced then.
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

    A deviator's decision points are pairs of an infoset and a transcript: of the order of her
    sequences squared.

    Of the optima of one objective, LCE lies between NFCE (:func:`nfce`) and PCOMM
    (:func:`private_communication_equilibrium`).

    References
    ----------
    Zhang, Farina and Sandholm, Mediator interpretation and faster learning algorithms for linear
    correlated equilibria in general extensive-form games, ICLR (2024), arXiv:2310.15935.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.von_stengel_forges_signaling()
    >>> print(round(ef.optimal_equilibrium(game, "lce", "welfare").value, 6))
    6.0
    >>> linear = ef.formulations.linear_correlated_equilibrium(game)
    >>> linear.problem.followers[0].polytope.names[1:5]
    ('good_X', 'good_Y', 'good_good', 'good_bad')

    Where a sender is good she can send X or Y, or ask first about either of her infosets.
    """
    return mediated_block(game, LINEAR, obedient=obedient, margin=margin, reduce=reduce)
