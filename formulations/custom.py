"""Mediated equilibria of a concept of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.formulations.normal_form_correlated import nfce
from efmodels.mediation_blocks import mediated_block
from efmodels.mediator.concept import Concept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def from_concept(
    game: Game,
    concept: Concept,
    *,
    obedient: Iterable[str] | None = None,
    margin: float = 0.0,
    reduce: bool = False,
) -> FormulationBlockData:
    r"""Mediated equilibrium of any concept: what the mediator knows and can, what players may do.

    All mediated concepts of this package are a choice of the switches of
    :class:`~efmodels.mediator.concept.Concept`. This function takes any other choice:

    .. math::

        F x = f,\; x \ge 0,\quad \mu = T x,\quad F_i^\top v_i \ge A_i^\top \mu,\quad
        \mathrm{payoff}_i = b_i^\top \mu \ge v_i[\emptyset] + \mathrm{margin}.

    Parameters
    ----------
    game
        With perfect recall.
    concept
        The switches.
    obedient
        The players with incentive constraints, by label; all of them by default. The others do as
        the mediator says.
    margin
        0 for equilibria; below 0 for approximate ones, in which nobody gains more than ``-margin``
        by deviating. Above 0 incentives are strict: to disobey (with ``deviate="coarse"``, not to
        accept) costs as much, times the probability of getting there, and nothing is reduced; with
        ``deviate="root"``, to stay out costs as much. Nothing is feasible with ``"plan"``.
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
        ``mediator.x``         how likely the mediator is to give each answer  answers + 1
        ``mediator.flow``      the rows of its polytope                        points + 1
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
        No concept was given, the game has no perfect recall, a player is not known, or the margin
        is not finite.
    SizeError
        The augmented game, the belief DAG or the list of joint plans is too large.

    Notes
    -----
    Whatever lets the mediator see or remember more, or a deviator do less, can only raise the
    optimum of an objective.

    Examples
    --------
    A mediator with recall who is told the truth, but does not see more than that:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> from efmodels.mediator.concept import Concept
    >>> game = ef.instances.von_stengel_forges_signaling()
    >>> truthful = Concept(memory="recall", report="forced", deviate="full")
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.from_concept(game, truthful)
    >>> m.eq.problem.followers[0].polytope.names[1:3]
    ('good_good_X_X', 'good_good_X_Y')
    >>> m.goal = pyo.Objective(expr=m.eq.payoff["Receiver"], sense=pyo.maximize)
    >>> print(round(ef.solve(m).value, 6))
    8.0
    """
    if not isinstance(concept, Concept):
        raise GameError(
            f"concept must be an efmodels.mediator.concept.Concept; got {concept!r}. For a concept "
            "by its name use efmodels.optimal_equilibrium"
        )
    if concept.deviate == "plan":
        return nfce(game, obedient=obedient, margin=margin)
    return mediated_block(game, concept, obedient=obedient, margin=margin, reduce=reduce)
