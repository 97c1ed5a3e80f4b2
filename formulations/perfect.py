"""Extensive-form perfect equilibrium of a two-player zero-sum game, up to a visible tremble."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from efmodels.floored_saddles import floored_formulation
from efmodels.perturbations import trembling_actions
from efmodels.profile_blocks import require_two_players
from efmodels.visible_perturbations import visible_floors

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game, Number
    from efmodels.perturbations import Perturbation


def perfect_equilibrium(
    game: Game,
    *,
    epsilon: Number = 0.01,
    perturbation: Perturbation | None = None,
    leader: str | None = None,
) -> FormulationBlockData:
    r"""Equilibrium of a zero-sum game in which every action is a possible mistake.

    Wherever a player moves she takes each action with a probability of at least :math:`\epsilon`.
    As :math:`\epsilon \to 0` equilibria approach extensive-form perfect ones, which are reasonable
    even where they never get. With plans :math:`y = R y' + l`, :math:`y' \ge 0`, and the follower's
    best response among them dualized:

    .. math::

        \max_{x, v}\; s - (f_2 - F_2 l_2)^\top v - l_2^\top A_2^\top x \quad\text{s.t.}\quad
        F_1 x = f_1,\; x_{ja} \ge \epsilon\, x_{p(j)},\quad
        (F_2 R_2)^\top v \ge R_2^\top A_2^\top x .

    Here :math:`l = 0`, and :math:`R y'` adds to each action what its floor takes from the sequence
    before. Maximise ``value``. Regrets are those within the floors: zero is an equilibrium of the
    perturbed game. What is left of them without floors is of the order of :math:`\epsilon`.

    Parameters
    ----------
    game
        Two players, payoffs of constant sum, perfect recall.
    epsilon
        The least probability of an action.
    perturbation
        How actions tremble, if not all with epsilon; see
        :func:`~efmodels.perturbations.trembling_actions`.
    leader
        Whose plan ``x`` is; the first player by default. The value does not depend on it.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of the leader (1) and the follower (2):

        =====================  ====================================================  ==========
        name                   meaning                                               size
        =====================  ====================================================  ==========
        ``leader.x``           the leader's plan, trembles included                  ``|S1|``
        ``leader.flow``        its rows                                              ``|I1|+1``
        ``leader.floor``       the least that she does                               ``|S1|-1``
        ``follower[i].v``      what the follower gets from each infoset on           ``|I2|+1``
        ``follower[i].reply``  the follower cannot do better within his floors       ``|S2|``
        ``value``              what the leader is sure to get; ``value_row``         1
        ``payoff[i]``          the leader's is ``value``, the follower's what is     2
                               left; ``payoff_row`` defines them
        ``welfare``            their sum, an expression                              1
        =====================  ====================================================  ==========

    Raises
    ------
    GameError
        Not two players, payoffs without a constant sum, imperfect recall, or no game at all; or
        epsilon is so large that nothing is left to choose, or so small that a solver could not see
        the least probable sequence. Then :func:`~efmodels.perfect_equilibrium_by_pivoting` is
        exact, and it takes games that are not zero-sum.

    References
    ----------
    Selten (1975); Farina, Kroer and Sandholm, "Regret minimization in behaviorally-constrained
    zero-sum games" (2017), arXiv:1711.03441; Kroer, Farina and Sandholm, "Smoothing method for
    approximate extensive-form perfect equilibrium" (2017), arXiv:1705.09326.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.perfect_equilibrium(ef.instances.guess_the_ace(cards=4, prize=8))
    >>> for row in m.eq.follower["P2"].reply.values():
    ...     print(row.expr)
    0.0  <=  eq.follower[P2].v[root] - 0.98*eq.follower[P2].v[guess] - 0.08*eq.leader.x[play__play]
    0.0  <=  eq.follower[P2].v[guess] - 2.0*eq.leader.x[play__play]
    0.0  <=  eq.follower[P2].v[guess] - 6.0*eq.leader.x[play__play]
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> result = ef.solve(m)
    >>> table = m.eq.strategy().set_index(["infoset", "action"])["probability"]
    >>> print(round(table["guess", "not ace"], 9), max(m.eq.regrets().values()) < 1e-9)
    0.99 True
    """
    require_two_players(game, "perfect_equilibrium")
    chosen = trembling_actions(game) if perturbation is None else perturbation
    floors = partial(visible_floors, chosen, epsilon, "perfect_equilibrium")
    return floored_formulation(game, leader, floors)
