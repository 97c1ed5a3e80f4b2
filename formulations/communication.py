"""Communication equilibrium (COMM)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import COMMUNICATION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def communication_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Communication equilibrium: a mediator who hears everybody, and whom everybody can lie to.

    Whenever a player moves she reports her infoset to the mediator, who remembers all that
    everybody reported and recommends an action. She may report another infoset that agrees with
    what she reported before, and she may do something else than she is told.

    - *The mediator knows* what all players have said.
    - *Its power* is to recommend.
    - *Reports* may be lies.
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

    A deviator's decision points are pairs of an infoset and what was reported: in large games this
    is by far the largest of the concepts of polynomial size.

    A player reports where she moves. If types are to be reported before anybody is advised, as in
    Bayesian games, :func:`~efmodels.with_report_nodes` gives each player a move with one action
    right after she learns her type.

    Simultaneous moves are made one after another in a tree, and this mediator hears who is silent
    before it advises those who move later: which player moves first can make a difference.

    Of the optima of one objective, COMM lies between PCOMM
    (:func:`private_communication_equilibrium`) and CERT (:func:`certification_equilibrium`). It
    cannot be compared with EFCE (:func:`efce`). Auctions and other mechanisms are communication
    equilibria in which the seller is not among the ``obedient``: :func:`sequential_mechanism`.

    References
    ----------
    Forges, An approach to communication equilibria, Econometrica 54 (1986).

    Myerson, Multistage games with communication, Econometrica 54 (1986).

    Zhang and Sandholm, Polynomial-time optimal equilibria with a mediator in extensive-form games,
    NeurIPS (2022), arXiv:2206.15395.

    Examples
    --------
    In the signalling game of von Stengel and Forges a bad sender would claim to be good, so that no
    report is worth anything:

    >>> import efmodels as ef
    >>> game = ef.instances.von_stengel_forges_signaling()
    >>> for concept in ("comm", "efce"):
    ...     print(concept, round(ef.optimal_equilibrium(game, concept, "welfare").value, 6))
    comm 6.0
    efce 10.0
    >>> block = ef.formulations.communication_equilibrium(game)
    >>> block.problem.followers[0].polytope.names[1:5]
    ('good_report_good', 'good_report_bad', 'bad_report_good', 'bad_report_bad')
    """
    return mediated_block(game, COMMUNICATION, obedient=obedient, margin=margin, reduce=reduce)
