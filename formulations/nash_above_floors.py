"""Nash equilibria of a two-player general-sum game with floors under the players' behaviour."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from efmodels.floored_blocks.given_floors import floors_given
from efmodels.floored_blocks.mutual import mutual_block_above_floors
from efmodels.profile_blocks import require_two_players

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.floored_blocks.given_floors import GivenFloors
    from efmodels.game import Game


def floored_nash(game: Game, *, floors: GivenFloors = 0.01) -> FormulationBlockData:
    r"""All Nash equilibria of players who do everything with a least probability.

    Rules, habits or mistakes put floors under what players do. Their plans are
    :math:`x_i = R_i x_i' + l_i`, where :math:`x_i' \ge 0` is what they add to the floors; and they
    add only to sequences that are best replies to the other's plan :math:`x_k`:

    .. math::

        & F_i x_i = f_i,\qquad 0 \le x_q - e_q x_{p(q)} - \xi_q \le X_q b_q, \\
        & 0 \le (F_i R_i)^\top v_i - R_i^\top A_i x_k \le M_i \circ (1 - b_i),
        \qquad b_i \in \{0, 1\}, \\
        & \mathrm{payoff}_i = (f_i - F_i l_i)^\top v_i + l_i^\top A_i x_k .

    Every point of the block is an equilibrium of the game with floors, and each of them is one.
    With floors of actions, :math:`e`, that are small these are near extensive-form perfect
    equilibria; with floors of sequences, :math:`\xi`, near quasi-perfect ones. ``M`` is
    :func:`~efmodels.reply_slacks.floored_slack_bounds`, the most that a slack can be while the
    other one keeps to her floors, and ``X`` the most that can be added to a sequence.

    Parameters
    ----------
    game
        Two players, perfect recall.
    floors
        The least probability of every action; or, for each player by label, a mapping from
        ``(infoset, action)`` to numbers, one number per sequence, 0 for the empty one, or the
        record that :meth:`.Perturbation.at` returns (who or what is left out has none).

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of a player:

        =====================  ====================================================  =============
        name                   meaning                                               size per player
        =====================  ====================================================  =============
        ``player[i].x``        realization plan, floors included                     ``|S|``
        ``player[i].flow``     its rows                                              ``|I|+1``
        ``player[i].floor``    the least that she does                               ``|S|-1``
        ``player[i].v``        the best that she can get from each infoset on        ``|I|+1``
        ``player[i].reply``    she cannot do better                                  ``|S|``
        ``player[i].played``   binary: the sequence is a best reply; fixed at 1 by   ``|S|-1``
                               its lower bound where it cannot be worse
        ``player[i].support``  only these are played more than the floors say        ``|S|-1``
        ``player[i].tight``    these have no slack                                   ``|S|``
        ``player[i].cover``    at each infoset some action is a best reply           ``|I|``
        ``payoff[i]``          what she gets; ``payoff_row`` defines it              1
        ``welfare``            the sum of the payoffs, an expression                 (one in all)
        =====================  ====================================================  =============

    Raises
    ------
    GameError
        Not two players, imperfect recall, or no game at all; there is no such player; the floors at
        an infoset are more than there is to choose; or floors of sequences leave nothing to choose,
        as the same floor on every sequence does, or are smaller than a solver can see.

    Notes
    -----
    ``regrets()`` are those within the floors, from the tree; ``solution().profile.regrets()`` are
    what players without floors could gain. What players do at an infoset that is reached with a
    probability below a solver's tolerance is as good as arbitrary.

    References
    ----------
    Farina, Kroer and Sandholm, "Regret minimization in behaviorally-constrained zero-sum games"
    (2017), arXiv:1711.03441, for the polytope. The program is derived here.

    Examples
    --------
    Without floors there is a second equilibrium, in which a threat keeps the entrant out:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> game = ef.instances.entry_game()
    >>> for name, arguments in (("nash", {}), ("floored_nash", {"floors": 0.01})):
    ...     m = pyo.ConcreteModel()
    ...     m.eq = getattr(ef.formulations, name)(game, **arguments)
    ...     m.goal = pyo.Objective(expr=m.eq.payoff["Incumbent"], sense=pyo.maximize)
    ...     result = ef.solve(m, solver="highs")
    ...     print(round(result.value, 6), max(m.eq.regrets().values()) < 1e-6)
    2.0 True
    0.9902 True
    >>> for row in m.eq.player["Entrant"].floor.values():
    ...     print(str(row.expr).replace("eq.player[Entrant].", ""))
    0.0  <=  -0.01*x[root] + x[entry_out]
    0.0  <=  -0.01*x[root] + x[entry_in]
    """
    require_two_players(game, "floored_nash")
    return mutual_block_above_floors(game, partial(floors_given, floors))
