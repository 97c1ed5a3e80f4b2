"""Stackelberg equilibrium of two players with floors under their behaviour."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from efmodels.floored_blocks.commitments import commitment_block_above_floors
from efmodels.floored_blocks.given_floors import floors_given
from efmodels.leader_and_follower import leader_of

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.floored_blocks.given_floors import GivenFloors
    from efmodels.game import Game


def floored_stackelberg(
    game: Game, *, leader: str | None = None, floors: GivenFloors = 0.01
) -> FormulationBlockData:
    r"""Stackelberg equilibrium of players who do everything with a least probability.

    The leader commits to a plan ``x`` above her floors. The follower replies best above hers; of
    several best replies the one that the objective likes most. She means to play one action ``z``
    at every infoset, and adds all that her floors leave there to it. With floors :math:`e` of
    actions and :math:`\xi` of sequences, and ``p`` the product of both plans,

    .. math::

        & F_1 x = f_1,\; x_q \ge e_q x_{p(q)} + \xi_q,\qquad
          z \in \{0, 1\},\; \sum_a z_{ja} = 1, \\
        & 0 \le (F_2 R_2)^\top v - R_2^\top A_2^\top x \le M \circ (1 - z), \\
        & \sum_a p_{s,ja} = p_{s,p(j)},\quad
          p_{s\emptyset} = x_s,\quad
          0 \le p_{sq} - e_q\, p_{s,p(q)} - \xi_q x_s \le \bar x_s X_q z_q, \\
        & \mathrm{payoff}_i = \sum c_{st} u^i_{st} p_{st},\qquad
          \mathrm{payoff}_2 = (f_2 - F_2 l_2)^\top v + l_2^\top A_2^\top x .

    The rows of ``p`` say that for each sequence ``s`` of the leader it is a plan of the follower's,
    times :math:`x_s`. As she spends what is left at one action of each infoset there is only one.
    ``M`` is :func:`~efmodels.reply_slacks.floored_slack_bounds`; ``X`` is the most that can be
    added to a sequence, and :math:`\bar x_s` the most that the leader can do of one.

    Parameters
    ----------
    game
        Two players, perfect recall.
    leader
        Who commits, by label; the first player by default.
    floors
        The least probability of every action; or, for each player by label, a mapping from
        ``(infoset, action)`` to numbers, one number per sequence, 0 for the empty one, or the
        record that :meth:`.Perturbation.at` returns (who or what is left out has none).

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of the leader (1) and the follower (2), and
        ``P`` pairs of sequences with an outcome behind them:

        ========================  =================================================  ============
        name                      meaning                                            size
        ========================  =================================================  ============
        ``leader.x``              the leader's plan, floors included                 ``|S1|``
        ``leader.flow``           its rows; ``leader.floor``                         ``|I1|+1``
        ``follower[i].x``         the follower's plan, floors included               ``|S2|``
        ``follower[i].flow``      its rows; ``floor``                                ``|I2|+1``
        ``follower[i].played``    what she means to play, binary; ``choose``: one    ``|S2|-1``
                                  action at every infoset
        ``follower[i].support``   only this she plays more than floors say           ``|S2|-1``
        ``follower[i].v``         the best that she can get from each infoset on     ``|I2|+1``
        ``follower[i].reply``     she cannot do better; ``tight``: what she means    ``|S2|``
                                  to play is no worse
        ``follower[i].best``      her payoff is that of a best response              1
        ``mass``                  ``p``; ``mass_flow``, ``mass_floor``,              ``P``
                                  ``mass_support``, ``mass_follower``,
                                  ``mass_total``
        ``payoff[i]``             expected payoff; ``payoff_row`` defines it         2
        ``value``                 the leader's, an expression                        1
        ``welfare``               the sum, an expression                             1
        ========================  =================================================  ============

    Raises
    ------
    GameError
        Not two players, imperfect recall, or no game at all; there is no such player; the floors at
        an infoset are more than there is to choose; or floors of sequences leave nothing to choose,
        as the same floor on every sequence does, or are smaller than a solver can see.

    Notes
    -----
    ``regrets()`` are those of the follower within her floors, from the tree;
    ``solution().profile.regrets()`` are everybody's without floors. For trembles that vanish,
    :func:`quasi_perfect_stackelberg` scales its rows, and a solver sees what only trembles reach.

    References
    ----------
    Bošanský and Čermák, Sequence-form algorithm for computing Stackelberg equilibria in
    extensive-form games, AAAI (2015), for the program without floors; Farina, Kroer and Sandholm,
    "Regret minimization in behaviorally-constrained zero-sum games" (2017), arXiv:1711.03441, for
    the polytope. The program with floors is derived here.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> game = ef.instances.commitment_game()
    >>> for floor in (0, 0.01, 0.1):
    ...     found = ef.optimal_equilibrium(game, "floored_stackelberg", floors=floor)
    ...     print(f"{floor:4} {found.value:.3f} {max(found.regrets.values()):.6f}")
       0 10.500 0.000000
    0.01 10.400 0.000000
     0.1 9.500 0.000000
    >>> for row in list(found.model.eq.follower["Follower"].tight.values())[1:]:
    ...     print(str(row.expr).replace("eq.follower[Follower].", ""))
    v[Follower_1] - eq.leader.x[Leader_1_X] + 0.9*played[Follower_1_X]  <=  0.9
    v[Follower_1] - eq.leader.x[Leader_1_Y] + 0.9*played[Follower_1_Y]  <=  0.9
    """
    first = leader_of(game, leader, "floored_stackelberg")
    return commitment_block_above_floors(game, first, partial(floors_given, floors))
