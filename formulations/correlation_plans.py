"""Bounds on correlated equilibria of two players, from correlation plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.correlation_plan_blocks import correlation_plan_block

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game
    from efmodels.mediator.concept import Concept


def correlation_plan_bound(
    game: Game, concept: Concept, *, obedient: Iterable[str] | None = None, margin: float = 0.0
) -> FormulationBlockData:
    r"""EFCE, EFCCE or NFCCE of two players, or a bound on it, without a DAG of beliefs.

    The mediator's variables are the probabilities ``x`` of relevant pairs of sequences, one of each
    player: those of which one is empty, or whose infosets ``I``, ``J`` lie on one path. They
    satisfy the rows of von Stengel and Forges:

    .. math::

        x_{\emptyset\emptyset} = 1,\; x \ge 0,\quad
        \sum_a x_{I a, \tau} = x_{\sigma(I), \tau},\quad
        \sum_b x_{\sigma, J b} = x_{\sigma, \sigma(J)},\quad
        F_i^\top v_i \ge A_i^\top x,\quad
        \mathrm{payoff}_i = b_i^\top x \ge v_i[\emptyset] + \mathrm{margin}.

    Their number is at most the product of both players' numbers of sequences, whatever chance does,
    where a DAG of beliefs can be exponential. The price is that what satisfies these rows need not
    be a lottery over joint plans:

    - *Exact* is the block if the game is triangle-free, see
      :attr:`efmodels.mediator.correlation_plans.CorrelationPlans.exact`: without chance, or if both
      players see all its moves, and in some more games. It is then the concept itself, and regrets
      are recomputed from the tree.
    - *A bound* it is in all other games: the optimum of a maximisation is at least that of the
      concept, and may be more than anybody can bring about. ``block.is_bound`` is then true, there
      are no regrets, and :func:`efmodels.solve` reports none.

    Parameters
    ----------
    game
        With two players and perfect recall.
    concept
        ``EFCE``, ``EFCCE`` or ``NFCCE`` of `efmodels.mediator.concept`, or any other one with
        a private mediator and forced reports in which whole plans are not heard.
    obedient
        The players with incentive constraints, by label; both by default. The other one does as
        the mediator says.
    margin
        0 for equilibria; below 0 for approximate ones, in which nobody gains more than ``-margin``
        by deviating; above 0 deviating costs as much, which is feasible only where to obey is not
        one of a deviator's plans (``deviate="root"``).

    Returns
    -------
    FormulationBlock
        =====================  ==============================================  =================
        name                   meaning                                         size
        =====================  ==============================================  =================
        ``mediator.x``         how likely both sequences of a relevant pair    relevant pairs
                               are to be recommended
        ``mediator.flow``      a row per infoset and relevant sequence of the  of that order
                               other player
        ``deviator[i].v``      what a deviator gets from each of her decision  points + 1
                               points on
        ``deviator[i].reply``  she cannot do better                            sequences
        ``deviator[i].obey``   obedience is no worse                           1
        ``payoff[i]``          expected payoff; ``payoff_row`` defines it      2
        ``welfare``            their sum, an expression                        1
        =====================  ==============================================  =================

    Raises
    ------
    GameError
        There are not two players, recall is not perfect, a player is not known, the margin is not
        finite, the concept needs probabilities of other pairs, or no game at all.
    SizeError
        The augmented game is too large.

    Notes
    -----
    The polytope is not one of flows: ``block.problem`` says so, and what learns over a DAG has
    nothing to work with. Where the DAG is small it is also the smaller program; the sizes of the
    Sheriff game ``S2122`` are, rows by columns, 3134 x 3816 here and 916 x 1277 with the DAG for
    NFCCE, and 6490 x 4921 and 5271 x 4218 for EFCE.

    References
    ----------
    von Stengel and Forges, Extensive-form correlated equilibrium: definition and computational
    complexity, Mathematics of Operations Research 33 (2008).

    Farina and Sandholm, Polynomial-time computation of optimal correlated equilibria in two-player
    extensive-form games with public chance moves and beyond, NeurIPS (2020), arXiv:2009.04336.

    Examples
    --------
    Each of two players sees a coin of her own and answers 0 or 1. They win if the answers differ
    where both coins show heads, and are equal otherwise. No lottery over plans wins more than three
    times in four, but the bound is 1:

    >>> import efmodels as ef
    >>> import pyomo.environ as pyo
    >>> from efmodels.mediator.concept import NFCCE
    >>> builder = ef.GameBuilder(["Ann", "Bob"])
    >>> root = builder.chance({"hh": 0.25, "ht": 0.25, "th": 0.25, "tt": 0.25})
    >>> for coins in ("hh", "ht", "th", "tt"):
    ...     ann = builder.decision("Ann", "A" + coins[0], ["0", "1"], below=(root, coins))
    ...     for a in ("0", "1"):
    ...         bob = builder.decision("Bob", "B" + coins[1], ["0", "1"], below=(ann, a))
    ...         for b in ("0", "1"):
    ...             win = (a != b) == (coins == "hh")
    ...             _ = builder.terminal([int(win)] * 2, below=(bob, b))
    >>> game = builder.game()
    >>> for block in (ef.formulations.nfcce(game), correlation_plan_bound(game, NFCCE)):
    ...     m = pyo.ConcreteModel()
    ...     m.eq = block
    ...     m.goal = pyo.Objective(expr=m.eq.payoff["Ann"], sense=pyo.maximize)
    ...     print(round(ef.solve(m).value, 6), m.eq.is_bound)
    0.75 False
    1.0 True

    The rows of Ann's heads, alone and with each answer of Bob's to his:

    >>> for name in ("Ah", "Ah__Bh_0", "Ah__Bh_1"):
    ...     print(m.eq.mediator.flow[name].expr)
    - eq.mediator.x[root] + eq.mediator.x[Ah_0] + eq.mediator.x[Ah_1]  ==  0.0
    - eq.mediator.x[Bh_0] + eq.mediator.x[Ah_0__Bh_0] + eq.mediator.x[Ah_1__Bh_0]  ==  0.0
    - eq.mediator.x[Bh_1] + eq.mediator.x[Ah_0__Bh_1] + eq.mediator.x[Ah_1__Bh_1]  ==  0.0
    """
    return correlation_plan_block(game, concept, obedient=obedient, margin=margin)
