"""Nash equilibrium of a two-player zero-sum game: a linear program in sequence form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, FormulationBlockData, equilibrium_block
from efmodels.errors import GameError, SolverError
from efmodels.matrix import MatrixConstraint
from efmodels.problem import EquilibriumProblem, Follower
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from efmodels.game import Floats, Game

CONSTANT_SUM_TOLERANCE = 1e-9
"""How much the sum of payoffs may vary, relative to the payoff range."""


def nash_zero_sum(game: Game, *, leader: str | None = None) -> FormulationBlockData:
    r"""Nash equilibrium of a two-player zero-sum (or constant-sum) game with perfect recall.

    The leader's plan ``x`` maximises what is left of the constant sum ``s`` after the follower's
    best response, which is dualized:

    .. math::

        \max_{x, v}\; s - v_\emptyset \quad\text{s.t.}\quad
        F_1 x = f_1,\; x \ge 0,\quad F_2^\top v \ge A_2^\top x .

    The duals of ``reply`` are the follower's plan. Maximise ``value``: only then is the solution an
    equilibrium (all equilibria pay the same). Side constraints on ``leader.x`` give the best plan
    among those allowed; the leader's regret is then what she could gain, against this very reply,
    if she broke them.

    Parameters
    ----------
    game
        Two players, payoffs of constant sum, perfect recall.
    leader
        Whose plan ``x`` is; the first player by default. The equilibrium does not depend on it.

    Returns
    -------
    FormulationBlock
        =====================  ====================================================  ==========
        name                   meaning                                               size
        =====================  ====================================================  ==========
        ``leader.x``           the leader's realization plan                         ``|S1|``
        ``leader.flow``        its rows                                              ``|I1|+1``
        ``follower[i].v``      what the follower gets from each infoset on           ``|I2|+1``
        ``follower[i].reply``  the follower cannot do better; duals: her plan        ``|S2|``
        ``value``              what the leader is sure to get; ``value_row``         1
        ``payoff[i]``          payoffs; ``payoff_row`` defines them                  2
        ``welfare``            their sum, an expression                              1
        =====================  ====================================================  ==========

    Raises
    ------
    GameError
        Not two players, payoffs without a constant sum, or imperfect recall.

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
    total = _constant_sum(game)
    form = game.sequence_form()
    first = game.players[0] if leader is None else leader
    second = game.players[2 - game.player_number(first)]
    A = form.payoff_matrix(second)
    reply = Follower(
        second, form.polytope(second), A if first == game.players[0] else A.T.tocsr(), weight=1.0
    )
    mine = form.polytope(first)
    problem = EquilibriumProblem(mine, total * np.eye(1, mine.size)[0], (reply,))
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
    block.remember(Formulation(game, problem, _decode))
    return block


def _constant_sum(game: Game) -> float:
    """Return the constant to which the two players' payoffs add up."""
    if len(game.players) != 2:  # noqa: PLR2004 - the theorem is about two
        raise GameError(
            f"nash_zero_sum needs two players; this game has {len(game.players)}: "
            f"{list(game.players)}"
        )
    total = game.payoffs.sum(axis=1)
    spread = float(np.ptp(total))
    if spread > CONSTANT_SUM_TOLERANCE * max(float(np.ptp(game.payoffs)), 1e-300):
        low, high = (game.terminals[int(pick)] for pick in (np.argmin(total), np.argmax(total)))
        raise GameError(
            "nash_zero_sum needs payoffs of constant sum; here they add up to "
            f"{total.min():g} after {list(game.history(int(low)))} and to {total.max():g} after "
            f"{list(game.history(int(high)))}"
        )
    return float(total.mean())


def _decode(block: FormulationBlockData) -> Profile:
    """Read the leader's plan from ``x`` and the follower's from the duals of ``reply``."""
    game, problem = block.game, block.problem
    x = block.leader.x.array()
    if np.isnan(x).any():
        raise SolverError(
            f"block {block.name!r} has no solution yet: solve the model first",
            status="not solved",
            solver="",
        )
    (follower,) = problem.followers
    plans = {follower.label: _reply_plan(block)}
    behaviour = [np.zeros(len(game.chance_probabilities))]
    for player in game.players:
        polytope, plan = (
            (follower.polytope, plans[player]) if player in plans else (problem.leader, x)
        )
        behaviour.append(polytope.behaviour(plan)[1:])
    return Profile(game, np.concatenate(behaviour))


def _reply_plan(block: FormulationBlockData) -> Floats:
    """Return the follower's plan: the duals of ``reply``, or her own optimum if there are none.

    The duals are a plan times the weight of ``value`` in the objective, and their sign depends on
    its sense; dividing by the root's removes both. A solver that gives no duals (or a model in
    which ``value`` plays no part) leaves the follower's side open: it is solved for directly.
    """
    (follower,) = block.problem.followers
    try:
        duals = block.follower[follower.label].reply.dual_array()
    except SolverError:
        duals = np.zeros(follower.polytope.size)
    if np.isfinite(duals).all() and abs(duals[0]) > DUAL_FLOOR:
        plan: Floats = duals / duals[0]
        return plan
    return _own_optimum(block.game, follower.label)


DUAL_FLOOR = 1e-9
"""Below this the dual of the follower's empty sequence counts as zero."""


def _own_optimum(game: Game, player: str) -> Floats:
    """Return an equilibrium plan of a player by solving the game with her as the leader."""
    from efmodels.solving import solve

    model = pyo.ConcreteModel()
    model.eq = nash_zero_sum(game, leader=player)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    solve(model, solver="highs")
    plan: Floats = model.eq.leader.x.array()
    return plan
