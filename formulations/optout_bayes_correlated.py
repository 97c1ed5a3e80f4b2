"""Bayes correlated equilibrium with opting out (NFCBCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import OPTOUT_BAYES_CORRELATED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def optout_bayes_correlated_equilibrium(
    game: Game, *, obedient: Iterable[str] | None = None, margin: float = 0.0, reduce: bool = False
) -> FormulationBlockData:
    r"""Bayes correlated equilibrium with opting out: stay out before the game, or obey to its end.

    As in :func:`bayes_correlated_equilibrium`, the mediator sees all that happens. But each player
    decides once, before the game, whether to follow it, and is bound if so.

    - *The mediator knows* everything, and who takes part.
    - *Its power* is to play for those who take part.
    - *Reports* are not needed.
    - *A deviation* is to stay out, with any plan for the whole game.

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
        ``mediator.x``         how likely the mediator is to give each answer  answers + 1
        ``mediator.flow``      the rows of its polytope                        questions + 1
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
        The augmented game is too large.

    Notes
    -----
    The mediator sees everything that happens, so that its polytope is a sequence form with a
    question for each history, and the block a linear program of polynomial size.

    The name and the acronym are of this package.

    Of the optima of one objective, NFCBCE is the largest of all concepts here.

    References
    ----------
    Kamenica and Gentzkow, Bayesian persuasion, American Economic Review 101 (2011), for one
    receiver.

    Bergemann and Morris, Bayes correlated equilibrium and the comparison of information structures
    in games, Theoretical Economics 11 (2016).

    Examples
    --------
    With a single decision it makes no difference when the judge decides whether to obey:

    >>> import efmodels as ef
    >>> game = ef.instances.prosecutor()
    >>> print(round(ef.optimal_equilibrium(game, "nfcbce", "Prosecutor").value, 6))
    0.6
    >>> block = ef.formulations.optout_bayes_correlated_equilibrium(game)
    >>> block.problem.followers[0].polytope.names
    ('root', 'judge_acquit', 'judge_convict')
    """
    return mediated_block(
        game, OPTOUT_BAYES_CORRELATED, obedient=obedient, margin=margin, reduce=reduce
    )
