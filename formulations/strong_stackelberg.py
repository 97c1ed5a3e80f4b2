"""Strong Stackelberg equilibrium of two players: a mixed-integer program in sequence form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.commitment_blocks import CommitmentParts, PairMasses, commitment_block
from efmodels.errors import GameError
from efmodels.leader_and_follower import leader_of
from efmodels.reply_slacks import slack_bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game


def stackelberg(
    game: Game,
    *,
    leader: str | None = None,
    margin: float = 0.0,
    slacks: Callable[[Game, str], Floats] = slack_bounds,
) -> FormulationBlockData:
    r"""Strong Stackelberg equilibrium: a leader commits to a plan, and a follower replies best.

    The leader's plan ``x`` is mixed, the follower's ``y`` pure; where several are best, the one
    that the objective likes most is played. A sequence that is played has no slack in its row of
    the dual best response, and ``p`` are the probabilities of pairs of last sequences:

    .. math::

        & F_1 x = f_1,\; x \ge 0,\qquad F_2 y = f_2,\; y \text{ binary},\\
        & 0 \le F_2^\top v - A_2^\top x \le M (1 - y),\\
        & p_{st} \le x_s,\; p_{st} \le y_t,\; p \ge 0,\; \sum c_{st} p_{st} = 1,\\
        & \mathrm{payoff}_i = \sum c_{st} u^i_{st} p_{st},\qquad
          \mathrm{payoff}_2 = v_\emptyset .

    The row with the sum makes ``p`` the product of the two plans. The last row follows from the
    others where ``y`` is binary, and helps where it is not yet.

    Parameters
    ----------
    game
        Two players, perfect recall: a tree, or a matrix game.
    leader
        Who commits, by label; the first player by default.
    margin
        0, or what any other reply must cost at least: each action off the follower's plan, at an
        infoset on it, costs ``margin`` times the probability of getting there. The reply is then
        the only best one up to what makes no difference, and the leader need not count on
        anybody's favour. There may be no such commitment.
    slacks
        Returns the constants ``M`` for a game and a player: how much worse than a best response a
        sequence can be. Larger ones than these make the program harder, and less exact.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of the leader (1) and the follower (2), and
        ``Z`` pairs of last sequences at terminals:

        =======================  ==================================================  ============
        name                     meaning                                             size
        =======================  ==================================================  ============
        ``leader.x``             the leader's realization plan                       ``|S1|``
        ``leader.flow``          its rows                                            ``|I1|+1``
        ``follower[i].x``        the follower's pure plan; no binary variable where  ``|S2|``
                                 there is nothing to choose
        ``follower[i].flow``     its rows                                            ``|I2|+1``
        ``follower[i].v``        what she gets from each infoset on                  ``|I2|+1``
        ``follower[i].reply``    she cannot do better                                ``|S2|``
        ``follower[i].tight``    what she plays is no worse                          ``|S2|``
        ``follower[i].best``     her payoff is that of a best response               1
        ``follower[i].strict``   what she does not play costs; only with a margin    ``|S2|-1``
        ``mass``                 probability of a pair, chance aside;                ``Z``
                                 ``mass_first``, ``mass_second``, ``mass_total``
        ``payoff[i]``            expected payoff; ``payoff_row`` defines it          2
        ``value``                the leader's, an expression                         1
        ``welfare``              the sum, an expression                              1
        =======================  ==================================================  ============

    Raises
    ------
    GameError
        Not two players, imperfect recall, no such leader, or a margin that is negative or not
        finite.

    Notes
    -----
    ``regrets()`` are those of the follower: the leader would often like to do something else once
    the follower has replied, which is the point of a commitment.

    This form takes any linear objective and side constraint. Where there is neither,
    :func:`efmodels.stackelberg_by_bounds` is faster, and :func:`efmodels.stackelberg_by_programs`
    needs no integers in small games.

    References
    ----------
    Bošanský and Čermák, Sequence-form algorithm for computing Stackelberg equilibria in
    extensive-form games, AAAI (2015).

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.stackelberg(ef.instances.commitment_game())
    >>> for row in m.eq.follower["Follower"].tight.values():
    ...     print(str(row.expr).replace("eq.follower[Follower].", ""))
    v[root] - v[Follower_1]  <=  0.0
    v[Follower_1] - eq.leader.x[Leader_1_X] + x[Follower_1_X]  <=  1.0
    v[Follower_1] - eq.leader.x[Leader_1_Y] + x[Follower_1_Y]  <=  1.0
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> result = ef.solve(m)
    >>> round(result.value, 6), max(m.eq.regrets().values()) < 1e-9
    (10.5, True)

    A follower who cannot be counted on has to be paid for:

    >>> for margin in (0.1, 0.5):
    ...     best = ef.optimal_equilibrium(m.eq.game, "SSE", margin=margin)
    ...     print(margin, round(best.value, 6))
    0.1 10.45
    0.5 10.25
    """
    first = leader_of(game, leader, "stackelberg")
    if not 0 <= margin < np.inf:
        raise GameError(f"margin must be a finite number of at least 0; got {margin}")
    parts = CommitmentParts(game, first, margin, slacks)
    return commitment_block(parts, PairMasses())
