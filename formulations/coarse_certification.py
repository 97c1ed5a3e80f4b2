"""Coarse certification equilibrium (CCERT)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import COARSE_CERTIFICATION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def coarse_certification_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Coarse certification equilibrium: prove where you are and be bound, or be silent.

    As in :func:`certification_equilibrium`, reports are true or missing, and the mediator remembers
    them all. But who reports is bound to the recommendation that she has not yet heard.

    - *The mediator knows* what all players have said, and who was silent where she moved.
    - *Its power* is to bind whoever reports.
    - *Reports* are true or missing.
    - *A deviation* begins at an infoset, with silence, whatever would be recommended there.

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
    The mediator is one decision maker who remembers every message, so that its polytope is a
    sequence form and the block a linear program of polynomial size.

    Simultaneous moves are made one after another in a tree, and this mediator hears who is silent
    before it advises those who move later: which player moves first can make a difference.

    The name and the acronym are of this package.

    Of the optima of one objective, CCERT lies between CERT (:func:`certification_equilibrium`) and
    NFCCERT (:func:`mediated_equilibrium`), above EFCCE (:func:`efcce`) and below CBCE
    (:func:`coarse_bayes_correlated_equilibrium`).

    References
    ----------
    Zhang and Sandholm, Polynomial-time optimal equilibria with a mediator in extensive-form games,
    NeurIPS (2022), arXiv:2206.15395.

    Examples
    --------
    In Chicken the second driver can be told who of the two has refused:

    >>> import efmodels as ef
    >>> game = ef.instances.chicken(6, 2, 7, 0)
    >>> for concept in ("cert", "ccert"):
    ...     print(concept, round(ef.optimal_equilibrium(game, concept, "welfare").value, 6))
    cert 10.5
    ccert 11.0
    >>> block = ef.formulations.coarse_certification_equilibrium(game)
    >>> block.problem.followers[0].polytope.names
    ('root', 'P1_1_Stop', 'P1_1_Go', 'P1_1_follow')
    """
    return mediated_block(
        game, COARSE_CERTIFICATION, obedient=obedient, margin=margin, reduce=reduce
    )
