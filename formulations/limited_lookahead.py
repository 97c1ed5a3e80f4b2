"""Commitment to a strategy where the follower looks only a few moves ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.follower_reasoning import AdversarialTies, Lookahead, node_numbers
from efmodels.known_reply_blocks import KnownReasoning, known_reply_block
from efmodels.lookahead_forest import lookahead_windows
from efmodels.profile_blocks import require_two_players
from efmodels.worst_reply_blocks import IntervalReasoning, worst_reply_block

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def limited_lookahead_stackelberg(
    game: Game, *, leader: str | None = None, lookahead: Lookahead | None = None
) -> FormulationBlockData:
    r"""Commit against a follower who looks only a few moves ahead.

    At each of her infosets ``j`` the follower sees a window of the tree: what is at most ``depth``
    levels below it. She knows the leader's plan ``x``, plans her own moves in the window, and takes
    an action that leads to the greatest expected evaluation ``h`` of the nodes where it ends. At
    her next infoset she looks again, and may change her mind. All windows together are one flow
    polytope :math:`\Lambda`, with a decision point for each window and each infoset in it. Where
    ties are broken in the leader's favour:

    .. math::

        \max\ u_1^\top p \quad\text{s.t.}\quad
        F_1 x = f_1,\quad
        0 \le F_\Lambda^\top v - H^\top x \le M (1 - b),\quad
        \sum_{a} b_{ka} = 1 \text{ at each point } k \text{ of } \Lambda,

    .. math::

        F_2 y = f_2,\quad y_{ja} \le b_{(j, j) a},\quad
        p_{st} \le x_s,\; p_{st} \le y_t,\; \sum_{st} c_{st} p_{st} = 1,\quad
        b \text{ binary},

    where :math:`H` adds up chance probabilities times evaluations at the ends of windows. What is
    played in a window, ``b``, brings what the dual values ``v`` of its infosets say. The follower
    really does what she plays at the top of each window: her plan ``y`` is pure, and ``p``, the
    probability of what comes of it, is a product. The constants ``M`` are the least that are valid
    whatever the plan is; see :func:`efmodels.reply_slacks.slack_bounds`.

    Parameters
    ----------
    game
        Two players, perfect recall.
    leader
        Who commits; the first player by default.
    lookahead
        How far the follower looks, what she makes of the nodes there, and how ties are broken; see
        :class:`~efmodels.follower_reasoning.Lookahead`. With a depth of ``math.inf`` and her own
        payoffs as the evaluation this is the strong Stackelberg equilibrium.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of the leader (1) and the follower (2), ``P``
        decision points of windows with ``Q`` coordinates, and ``|Z|`` pairs of last sequences. If
        the follower looks one level ahead, or sees everything, ``P = |I2|`` and ``Q = |S2|``.

        =========================  ===============================================  ==========
        name                       meaning                                          size
        =========================  ===============================================  ==========
        ``leader.x``               the leader's realization plan                    ``|S1|``
        ``leader.flow``            its rows                                         ``|I1|+1``
        ``follower[i].v``          what each infoset in a window looks like         ``P+1``
        ``follower[i].reply``      nothing in a window looks better                 ``Q``
        ``follower[i].played``     what she plays in windows, binary                ``Q``
        ``follower[i].choice``     one action each                                  ``P+1``
        ``follower[i].tight``      it looks as good as ``v`` says                   ``Q``
        ``follower[i].x``          what she really does; ``flow``                   ``|S2|``
        ``follower[i].follow``     at the top of each window, what she plays there  ``|S2|``
        ``follower[i].order``      with `StaticTies` only: what she prefers to      ``|S2|-1``
                                   what she plays is worse by the margin
        ``mass``                   the probability of pairs of last sequences;      ``|Z|``
                                   ``mass_first``, ``mass_second``, ``mass_total``
        ``payoff[i]``              true payoffs; ``payoff_row``                     2
        ``value``                  the leader's, an expression                      1
        ``welfare``                their sum, an expression                         1
        =========================  ===============================================  ==========

        With `AdversarialTies` the block is that of
        :func:`robust_limited_lookahead_stackelberg`, with intervals of width 0.

        The `regrets()` of a solution are the follower's *by her own reasoning*: by how much, at
        most, an action that she takes looks worse to her than another, times the probability that
        the leader and chance let her get there. `solution().payoff_regrets()` says what her limits
        cost her in true payoffs.

    Raises
    ------
    GameError
        Not two players, imperfect recall, no `Lookahead`, or an evaluation that lacks a number.

    Notes
    -----
    Values ``v`` are exact at every point of every window, also where nobody gets: there all actions
    look alike, and the leader's favour decides nothing.

    References
    ----------
    Kroer and Sandholm, Limited lookahead in imperfect-information games, IJCAI 2015; Kroer, Farina
    and Sandholm, arXiv:1711.08080. Of the latter only the abstract was at hand: this program has
    been derived from the definition, and differs from theirs.

    Examples
    --------
    The follower thinks that the right column is worth 1 and the left one 0, whatever the row is:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[4, 0], [2, 1]], [[2, 1], [2, 0]])
    >>> m = pyo.ConcreteModel()
    >>> lookahead = ef.Lookahead(1, [0, 0, 0, 1, 0, 0, 1])
    >>> m.eq = ef.formulations.limited_lookahead_stackelberg(game, lookahead=lookahead)
    >>> for row in m.eq.follower["P2"].tight.values():
    ...     print(row.expr)
    eq.follower[P2].v[root] - eq.follower[P2].v[P2_1]  <=  0.0
    eq.follower[P2].v[P2_1] + eq.follower[P2].played[P2_1_1]  <=  1.0
    eq.follower[P2].v[P2_1] - eq.leader.x[P1_1_1] - eq.leader.x[P1_1_2]  <=  0.0
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> ef.solve(m).value, m.eq.regrets(), m.eq.solution().payoff_regrets()
    (1.0, {'P2': 0.0}, {'P2': 2.0})
    """
    asked_by = "limited_lookahead_stackelberg"
    require_two_players(game, asked_by)
    if not isinstance(lookahead, Lookahead):
        raise GameError(
            f"{asked_by} needs lookahead=Lookahead(depth, evaluation): how many levels of the tree "
            f"the follower looks ahead, and what she makes of the nodes there; got {lookahead!r}"
        )
    first = game.players[0] if leader is None else leader
    follower = game.players[2 - game.player_number(first)]
    windows = lookahead_windows(game, follower, lookahead.depth)
    needed = np.unique(windows.node[windows.ends])
    numbers = node_numbers(game, lookahead.evaluation, needed, asked_by)
    depth, ties = lookahead.depth, lookahead.ties
    if isinstance(ties, AdversarialTies):
        reasoning = IntervalReasoning(first, follower, depth, numbers, numbers, ties.margin)
        return worst_reply_block(game, reasoning)
    return known_reply_block(game, KnownReasoning(first, follower, depth, numbers, ties))
