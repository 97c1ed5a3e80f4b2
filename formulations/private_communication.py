"""Communication equilibrium with a private mediator (PCOMM)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import PRIVATE_COMMUNICATION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def private_communication_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Private communication equilibrium: lies are possible, and every player has her own agent.

    As in :func:`communication_equilibrium`, a player reports where she is and may lie. But she
    reports to an agent of her own, and the agents share what was drawn before the game and nothing
    else.

    - *The mediator knows* what a player says; its agents do not tell each other.
    - *Its power* is to recommend.
    - *Reports* may be lies, one at each move, that agree with what was said before.
    - *A deviation* is any plan of reporting and acting.

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
        times the probability of getting there; a lie costs nothing. Nothing is reduced then.
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

    The name and the acronym are of this package.

    Of the optima of one objective, PCOMM lies between LCE (:func:`linear_correlated_equilibrium`)
    and EFCE (:func:`efce`), and below COMM (:func:`communication_equilibrium`).

    References
    ----------
    For mediators who hear everybody see Forges, An approach to communication equilibria,
    Econometrica 54 (1986).

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.von_stengel_forges_signaling()
    >>> print(round(ef.optimal_equilibrium(game, "pcomm", "welfare").value, 6))
    6.0
    >>> private = ef.formulations.private_communication_equilibrium(game)
    >>> private.problem.followers[0].polytope.names[1:5]
    ('good_report_good', 'good_report_bad', 'bad_report_good', 'bad_report_bad')
    """
    return mediated_block(
        game, PRIVATE_COMMUNICATION, obedient=obedient, margin=margin, reduce=reduce
    )
