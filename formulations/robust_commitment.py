"""Commitment where the follower's payoffs are known up to intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.follower_reasoning import MARGIN
from efmodels.worst_reply_blocks import payoff_reasoning, worst_reply_block

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.follower_reasoning import Intervals
    from efmodels.game import Game


def robust_stackelberg(
    game: Game,
    *,
    leader: str | None = None,
    payoffs: Intervals | None = None,
    margin: float = MARGIN,
) -> FormulationBlockData:
    r"""Commit against a follower with interval payoffs, who may do all that is not excluded.

    The follower's payoff at terminal ``z`` is somewhere in :math:`[\ell_z, h_z]`. At her infoset
    ``j`` an action ``a`` surely brings at least what the best plan after it brings with the lower
    numbers, and at most what the best plan brings with the upper ones. It is excluded if another
    action is sure to bring more. Of the actions that are left at every infoset the leader expects
    those that are worst for her:

    .. math::

        \max_{x}\ w_\emptyset \quad\text{s.t.}\quad
        w_j \le g^1_{ja}(x) + \sum_{j' \text{ below } ja} w_{j'} + M_{ja} d_{ja},

    where :math:`g^1_{ja}(x)` is what the leader gets at terminals that come right after ``(j, a)``,
    and the binary :math:`d_{ja}` may be 1 only if ``a`` is excluded: with ``v`` the values of the
    infosets for the upper numbers, and ``s`` those for the lower ones,

    .. math::

        s_j \ge g^h_{ja}(x) + \sum_{j' \text{ below } ja} v_{j'} + \delta
            - (\delta + \Delta_{ja}) (1 - d_{ja}).

    Here ``v`` is bounded from below by dual rows, and ``s`` from above by the rows of a reply, one
    binary per action, which makes the follower sure of it. (That such an action is not excluded
    follows, and is said by rows of its own, which make the program easier.) The margin
    :math:`\delta > 0` is needed: the leader's optimum is a supremum that need not be attained.
    :math:`\Delta_{ja}` is the most that the intervals below an action can add up to.

    Parameters
    ----------
    game
        Two players, perfect recall. The follower's payoffs in it do not count.
    leader
        Who commits; the first player by default.
    payoffs
        Of the follower: an interval per terminal, in the order of ``game.terminals``.
    margin
        By how much an action must be worse to be excluded: in units of the payoff, times the
        probability that the leader and chance let the follower get to the infoset.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of the leader (1) and the follower (2):

        =========================  ================================================  ==========
        name                       meaning                                           size
        =========================  ================================================  ==========
        ``leader.x``               the leader's realization plan                     ``|S1|``
        ``leader.flow``            its rows                                          ``|I1|+1``
        ``follower[i].v``          the most that each infoset can bring her          ``|I2|+1``
        ``follower[i].reply``      nothing brings more                               ``|S2|``
        ``follower[i].sure``       what each infoset is sure to bring her            ``|I2|+1``
        ``follower[i].played``     the action that makes her sure, binary            ``|S2|``
        ``follower[i].choice``     one at each infoset                               ``|I2|+1``
        ``follower[i].tight``      ``sure`` is no more than that brings              ``|S2|``
        ``follower[i].excluded``   whether she surely avoids an action, binary       ``|S2|``
        ``follower[i].exclude``    only what is worse by the margin is excluded      ``|S2|-1``
        ``follower[i].keep``       what makes her sure is not excluded               ``|S2|-1``
        ``follower[i].worst``      the least that the leader gets from each infoset  ``|I2|+1``
        ``follower[i].worst_row``  no more than after each action that is left       ``|S2|``
        ``payoff[leader]``         what she is sure of; ``payoff_row``               1
        ``value``                  the same, an expression                           1
        =========================  ================================================  ==========

        `solution()` finds the worst of the follower's possible replies in the tree. Its
        `regrets()` say by how much an action that she then takes is worse than another, whatever
        the payoffs are: at most the margin.

    Raises
    ------
    GameError
        Not two players, imperfect recall, no interval for each terminal, or a margin below 1e-5.

    Notes
    -----
    This is one of two readings of "interval uncertainty", and the more cautious: each infoset is
    looked at for itself, so that an action counts as possible if *some* payoffs make it best,
    and other payoffs may make another action possible elsewhere. Where one and the same payoff
    function must explain all that the follower does, see :func:`efmodels.box_robust_stackelberg`;
    its optimum is at least as large. Which of the two the program of the source has, of which only
    the abstract was at hand, has not been verified; the size of this one agrees with what the
    abstract says.

    References
    ----------
    Kroer, Farina and Sandholm, Robust Stackelberg equilibria in extensive-form games and extension
    to limited lookahead, arXiv:1711.08080.

    Examples
    --------
    In the middle of the intervals the follower always prefers the left column. She surely does so
    only if the leader plays the lower row often enough:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[4, 0], [2, 1]], [[2, 1], [2, 0]])
    >>> m = pyo.ConcreteModel()
    >>> payoffs = ef.Intervals.around([2, 1, 2, 0], 0.75)
    >>> m.eq = ef.formulations.robust_stackelberg(game, payoffs=payoffs)
    >>> for row in m.eq.follower["P2"].exclude.values():
    ...     print(str(row.expr).replace("eq.follower[P2].", "").replace("eq.leader.", ""))
    -1.5  <=  sure[P2_1] - 2.75*x[P1_1_1] - 2.75*x[P1_1_2] - 1.50001*excluded[P2_1_1]
    -1.5  <=  sure[P2_1] - 1.75*x[P1_1_1] - 0.75*x[P1_1_2] - 1.50001*excluded[P2_1_2]
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> round(ef.solve(m).value, 4), m.eq.regrets()
    (3.0, {'P2': 0.0})
    """
    return worst_reply_block(
        game, payoff_reasoning(game, leader, payoffs, margin, "robust_stackelberg")
    )
