"""Nash equilibrium of a two-player zero-sum game: a linear program in sequence form."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, equilibrium_block, replace_payoffs
from efmodels.matrix import MatrixConstraint
from efmodels.payoff_sums import constant_sum
from efmodels.problem import EquilibriumProblem, Follower
from efmodels.profile_blocks import profile_of, require_two_players
from efmodels.saddle_points import SaddlePointDecoder

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Floats, Game
    from efmodels.verifying import Profile


def nash_zero_sum(game: Game, *, leader: str | None = None) -> FormulationBlockData:
    r"""Nash equilibrium of a two-player zero-sum (or constant-sum) game with perfect recall.

    The leader's plan ``x`` maximises what is left of the constant sum ``s`` after the follower's
    best response, which is dualized:

    .. math::

        \max_{x, v}\; s - v_\emptyset \quad\text{s.t.}\quad
        F_1 x = f_1,\; x \ge 0,\quad F_2^\top v \ge A_2^\top x .

    Maximise ``value``, and ``x`` is an equilibrium plan; the duals of ``reply`` are one of the
    follower. Or require ``value`` to reach the value of the game (all equilibria pay the same) and
    maximise something else: ``x`` is the best equilibrium plan for that. If side constraints keep
    ``x`` from guaranteeing the value, the regrets of the two players add up to what is missing.

    Parameters
    ----------
    game
        Two players, payoffs of constant sum, perfect recall.
    leader
        Whose plan ``x`` is; the first player by default. The equilibrium does not depend on it.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of the leader (1) and the follower (2):

        =====================  ====================================================  ==========
        name                   meaning                                               size
        =====================  ====================================================  ==========
        ``leader.x``           the leader's realization plan                         ``|S1|``
        ``leader.flow``        its rows                                              ``|I1|+1``
        ``follower[i].v``      what the follower gets from each infoset on           ``|I2|+1``
        ``follower[i].reply``  the follower cannot do better                         ``|S2|``
        ``value``              what the leader is sure to get; ``value_row``         1
        ``payoff[i]``          the leader's is ``value``, the follower's an upper    2
                               bound on what is left; ``payoff_row`` defines them
        ``welfare``            their sum, an expression                              1
        =====================  ====================================================  ==========

    Raises
    ------
    GameError
        Not two players, payoffs without a constant sum, imperfect recall, or no game at all.

    Notes
    -----
    A floor on the follower's payoff cannot be written here: ``payoff`` bounds it from above, and
    would be raised without anything else changing. A floor on the leader's is a guarantee.

    References
    ----------
    Koller, Megiddo and von Stengel, Efficient computation of equilibria for extensive two-person
    games, Games and Economic Behavior 14 (1996).

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.nash_zero_sum(game)
    >>> for row in m.eq.follower["P2"].reply.values():
    ...     print(row.expr)
    0.0  <=  eq.follower[P2].v[root] - eq.follower[P2].v[P2_1]
    0.0  <=  eq.follower[P2].v[P2_1] + eq.leader.x[P1_1_1] - eq.leader.x[P1_1_2]
    0.0  <=  eq.follower[P2].v[P2_1] - eq.leader.x[P1_1_1] + eq.leader.x[P1_1_2]
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> result = ef.solve(m, solver="highs")
    >>> abs(result.value) < 1e-9, max(m.eq.regrets().values()) < 1e-9
    (True, True)
    """
    require_two_players(game, "nash_zero_sum")
    first = game.players[0] if leader is None else leader
    problem = _problem(game, first)
    (second,) = (follower.label for follower in problem.followers)
    block = equilibrium_block(problem)
    block.payoff = pyo.Var(list(game.players))
    block.payoff_row = MatrixConstraint(
        [
            (sparse.csr_array(np.eye(2)), [block.payoff[first], block.payoff[second]]),
            (-sparse.csr_array(np.eye(2)), [block.value, block.follower[second].v[0]]),
        ],
        rhs=0.0,
        labels=["leader", "follower"],
    )
    block.welfare = pyo.Expression(expr=block.payoff[first] + block.payoff[second])
    block.remember(_formulation(game, first, problem))
    return block


def _formulation(game: Game, leader: str, problem: EquilibriumProblem) -> Formulation:
    (follower,) = problem.followers
    decode = SaddlePointDecoder(
        partial(_problem, game, follower.label), partial(_profile, game, problem)
    )
    # Every plan has a best reply, whose values satisfy the rows.
    return Formulation(game, problem, decode, partial(_refit, leader), exists=True)


def _refit(leader: str, block: FormulationBlockData, game: Game) -> Formulation:
    problem = _problem(game, leader)
    replace_payoffs(block, problem)
    return _formulation(game, leader, problem)


def _problem(game: Game, leader: str) -> EquilibriumProblem:
    """Return the record: one follower, of weight one, who replies to the leader."""
    total = constant_sum(game, "nash_zero_sum")
    form = game.sequence_form()
    number = game.player_number(leader)
    follower = game.players[2 - number]
    A = form.payoff_matrix(follower)
    reply = Follower(
        follower, form.polytope(follower), A if number == 1 else A.T.tocsr(), weight=1.0
    )
    mine = form.polytope(leader)
    return EquilibriumProblem(mine, total * np.eye(1, mine.size)[0], (reply,))


def _profile(game: Game, problem: EquilibriumProblem, x: Floats, y: Floats) -> Profile:
    """Return the behaviour strategies of the leader's plan ``x`` and the follower's ``y``."""
    (follower,) = problem.followers
    (leader,) = (player for player in game.players if player != follower.label)
    return profile_of(game, {leader: x, follower.label: y})
