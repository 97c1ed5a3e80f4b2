"""Certification equilibrium (CERT)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import CERTIFICATION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def certification_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Certification equilibrium: reports can be proved, or left out.

    As in :func:`communication_equilibrium`, a mediator remembers what everybody reports. But
    reports are proved: a player tells the truth or says nothing. Who has been silent, or has
    disobeyed, gets no more advice.

    - *The mediator knows* what all players have said, and who was silent where she moved.
    - *Its power* is to recommend.
    - *Reports* are true or missing.
    - *A deviation* is any plan of reporting or not, and acting.

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
        times the probability of getting there; silence costs nothing. Nothing is reduced then.
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
    The mediator is one decision maker who remembers every message, so that its polytope is a
    sequence form and the block a linear program of polynomial size.

    Simultaneous moves are made one after another in a tree, and this mediator hears who is silent
    before it advises those who move later: which player moves first can make a difference.

    Of the optima of one objective, CERT lies between COMM (:func:`communication_equilibrium`) and
    CCERT (:func:`coarse_certification_equilibrium`), above EFCE (:func:`efce`) and below BCE
    (:func:`bayes_correlated_equilibrium`). It cannot be compared with EFCCE (:func:`efcce`) or
    NFCCE (:func:`nfcce`).

    References
    ----------
    Forges and Koessler, Communication equilibria with partially verifiable types, Journal of
    Mathematical Economics 41 (2005).

    Zhang and Sandholm, Polynomial-time optimal equilibria with a mediator in extensive-form games,
    NeurIPS (2022), arXiv:2206.15395.

    Examples
    --------
    A good sender can prove that she is good:

    >>> import efmodels as ef
    >>> game = ef.instances.von_stengel_forges_signaling()
    >>> print(round(ef.optimal_equilibrium(game, "cert", "Receiver").value, 6))
    8.0
    >>> block = ef.formulations.certification_equilibrium(game)
    >>> block.problem.followers[0].polytope.names[1:5]
    ('good_report_silence', 'good_report_good', 'bad_report_silence', 'bad_report_bad')
    """
    return mediated_block(game, CERTIFICATION, obedient=obedient, margin=margin, reduce=reduce)
