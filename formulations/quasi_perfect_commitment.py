"""Quasi-perfect Stackelberg equilibrium: commitment where hands tremble."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.trembling_commitment_blocks import trembling_commitment_block
from efmodels.trembling_commitments import trembling_pair

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game, Number
    from efmodels.perturbations import Perturbation


def quasi_perfect_stackelberg(
    game: Game,
    *,
    leader: str | None = None,
    epsilon: Number = 0.01,
    perturbation: Perturbation | None = None,
) -> FormulationBlockData:
    r"""Stackelberg equilibrium of two players whose hands tremble: near a quasi-perfect one.

    Every sequence of either player has a least probability :math:`\xi_q(\epsilon)`. The leader
    commits to a plan ``x`` above her floors. What is left for the follower at infoset ``j``,
    :math:`\eta_j = \xi_{\sigma(j)} - \sum_a \xi_{ja}`, she spends as she likes, as if the game
    started there: so she means to play a best reply at every infoset, reached or not. With ``z``
    the actions that she means to play, and :math:`w^i` the plan of the subtree that starts ``i``
    infosets above,

    .. math::

        & x \ge \xi,\; F x = f,\qquad
          z \in \{0, 1\},\; \sum_a z_{ja} = 1,\qquad
          0 \le (F_2^\top v - A^\top x)_q \le M_q (1 - z_q), \\
        & \sum_a w^i_{ja} = w^{i-1}_{\sigma(j)}\; (= 1 \text{ where } i = 0),\quad 0 \le w^i \le z,
          \qquad 0 \le p^i_{st} \le x_s,\; p^i_{st} \le w^i_t,\quad
          \sum_{st} c_{st}\, p^i_{st} = \mathrm{reach}_j(x), \\
        & \mathrm{value} = \sum_{st} c_{st} u_{st}
          \bigl(\xi_t x_s + \sum_i \eta_{j(t,i)} p^i_{st}\bigr).

    Its limits as :math:`\epsilon \to 0` are quasi-perfect Stackelberg equilibria. They need not be
    Stackelberg equilibria of the game without trembles; ``block.solution()`` tells the payoffs with
    trembles, ``payoffs()``, and without the follower's, ``unperturbed.payoffs()``.

    Parameters
    ----------
    game
        Two players with perfect recall.
    leader
        Who commits, by label; the first player by default.
    epsilon
        How strongly hands tremble.
    perturbation
        The least probabilities of sequences as polynomials in ``epsilon``; by default a sequence of
        ``n`` moves has ``epsilon**n``, see :func:`efmodels.perturbations.trembling_sequences`.

    Returns
    -------
    FormulationBlock
        ===========================  =================================================  ============
        name                         meaning                                            size
        ===========================  =================================================  ============
        ``leader.x``                 the leader's plan, at least her floors             sequences
        ``leader.flow``              its rows                                           infosets + 1
        ``follower[i].played``       what the follower means to play, binary            sequences
        ``follower[i].choose``       one action at every infoset                        infosets
        ``follower[i].intended``     ``w``, the plans of all subtrees                   pairs
        ``follower[i].restart``      their rows, at most what is ``as_played``          pairs
        ``follower[i].v``            what she gets from each infoset on                 infosets + 1
        ``follower[i].reply``        she cannot do better; ``tight``: what she means    sequences
                                     to play has no slack
        ``mass``                     ``p``; rows ``mass_leader``, ``mass_follower``,    outcomes
                                     ``mass_total``                                     times depth
        ``payoff[i]``                trembles included; ``payoff_row``                  2
        ``value``, ``welfare``       the leader's, the sum; expressions                 1
        ===========================  =================================================  ============

    Raises
    ------
    GameError
        Not two players, imperfect recall, no such player, floors on actions instead of sequences,
        or floors that leave an infoset nothing.
    CapabilityError
        A floor is below what a solver's tolerance can see; the message names it.

    Notes
    -----
    That limits of these programs are quasi-perfect Stackelberg equilibria is the paper's theorem
    for its class of perturbations, stated here from memory. The decomposition into subtrees and the
    program are derived here, and tested against the enumeration of all strategies.

    Rows of the follower's incentives are divided by the least probability of getting to their
    infoset: else tolerances would swallow what only trembles reach.

    References
    ----------
    Marchesi, Farina, Kroer, Gatti and Sandholm, Quasi-perfect Stackelberg equilibrium (2018),
    arXiv:1811.03871.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> game = ef.instances.commitment_game()
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.quasi_perfect_stackelberg(game, epsilon=0.01)
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> round(ef.solve(m, solver="highs").value, 6)
    10.4
    >>> for row in m.eq.follower["Follower"].choose.values():
    ...     print(row.expr)
    eq.follower[Follower].played[Follower_1_X] + eq.follower[Follower].played[Follower_1_Y]  ==  1.0
    """
    return trembling_commitment_block(
        trembling_pair(game, leader, epsilon, perturbation, "quasi_perfect_stackelberg")
    )
