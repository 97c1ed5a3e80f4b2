"""Nash equilibrium of a two-player zero-sum game: a linear program in sequence form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, FormulationBlockData, equilibrium_block, refit
from efmodels.errors import GameError, SolverError
from efmodels.game import Game
from efmodels.matrix import MatrixConstraint
from efmodels.problem import EquilibriumProblem, Follower
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from efmodels.game import Floats

CONSTANT_SUM_TOLERANCE = 1e-9
"""How much the sum of payoffs may vary, relative to the payoff range."""


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
    if not isinstance(game, Game):
        raise GameError(
            f"nash_zero_sum needs a Game; got {game!r}. Make one with efmodels.read(path), "
            "efmodels.GameBuilder or efmodels.instances"
        )
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
    problem_of = partial(_problem, leader=first)
    block.remember(Formulation(game, problem, _Decoder(), partial(refit, problem_of)))
    return block


def _problem(game: Game, leader: str) -> EquilibriumProblem:
    """Return the record: one follower, of weight one, who replies to the leader."""
    total = _constant_sum(game)
    form = game.sequence_form()
    number = game.player_number(leader)
    follower = game.players[2 - number]
    A = form.payoff_matrix(follower)
    reply = Follower(
        follower, form.polytope(follower), A if number == 1 else A.T.tocsr(), weight=1.0
    )
    mine = form.polytope(leader)
    return EquilibriumProblem(mine, total * np.eye(1, mine.size)[0], (reply,))


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


@dataclass
class _Decoder:
    """Reads the plans of a solved block.

    The follower's equilibrium plan, where it has to be solved for, depends on the game alone: it is
    kept, so that a sweep over side constraints solves for it once.
    """

    own: tuple[Game, Floats] | None = None

    def __call__(self, block: FormulationBlockData) -> Profile:
        """Read the leader's plan from ``x``, and find the follower's that regrets least with it.

        For any plan ``y`` of the follower the two regrets add up to what the leader would get from
        a best response to ``y`` less what ``x`` guarantees. That is smallest, the value of the game
        less what ``x`` guarantees, if ``y`` is an equilibrium plan. The duals of ``reply`` are one
        unless a side constraint binds or something else than ``value`` is maximised.
        """
        x = block.leader.x.array()
        if np.isnan(x).any():
            raise SolverError(
                f"block {block.name!r} has no solution yet: solve the model first",
                status="not solved",
                solver="",
            )
        _require_plan(block, x)
        duals = _dual_plan(block)
        if duals is not None:
            profile = _profile(block, x, duals)
            scale = float(np.ptp(block.game.payoffs))
            if profile.exploitability() <= EQUILIBRIUM_TOLERANCE * scale:
                return profile
        return _profile(block, x, self._own_optimum(block))

    def _own_optimum(self, block: FormulationBlockData) -> Floats:
        if self.own is None or self.own[0] is not block.game:
            (follower,) = block.problem.followers
            self.own = block.game, _own_optimum(block.game, follower.label)
        return self.own[1]


def _require_plan(block: FormulationBlockData, x: Floats) -> None:
    """Raise unless ``x`` is a plan up to a solver's tolerance: more would be repaired unseen."""
    polytope = block.problem.leader
    violation = max(float(np.abs(polytope.F @ x - polytope.f).max()), float(-x.min()))
    if violation > PLAN_TOLERANCE:
        raise SolverError(
            f"the values of {block.leader.x.name} violate the rows of a plan by {violation:.1e}; "
            f"expected {PLAN_TOLERANCE:g} at most. Were they set by hand, or by a solver that did "
            "not finish?",
            status="no plan",
            solver="",
        )


PLAN_TOLERANCE = 1e-5
"""How far a solver may violate a row or a bound of the leader's plan."""

EQUILIBRIUM_TOLERANCE = 1e-7
"""Up to this sum of regrets, relative to the payoff range, a pair of plans is an equilibrium."""

DUAL_FLOOR = 1e-9
"""Below this the dual of the follower's empty sequence counts as zero."""


def _profile(block: FormulationBlockData, x: Floats, y: Floats) -> Profile:
    """Return the behaviour strategies of the leader's plan ``x`` and the follower's ``y``."""
    game, problem = block.game, block.problem
    (follower,) = problem.followers
    behaviour = {
        follower.label: follower.polytope.behaviour(y)[1:],
        **{
            player: problem.leader.behaviour(x)[1:]
            for player in game.players
            if player != follower.label
        },
    }
    chance = np.zeros(len(game.chance_probabilities))
    return Profile(game, np.concatenate([chance, *(behaviour[p] for p in game.players)]))


def _dual_plan(block: FormulationBlockData) -> Floats | None:
    """Return the duals of ``reply`` as a plan, or ``None`` where the model holds none.

    They are a plan times the weight of ``value`` in the objective, and their sign depends on its
    sense; dividing by the root's removes both.
    """
    (follower,) = block.problem.followers
    try:
        duals = block.follower[follower.label].reply.dual_array()
    except SolverError:
        return None
    if not np.isfinite(duals).all() or abs(duals[0]) <= DUAL_FLOOR:
        return None
    plan: Floats = duals / duals[0]
    return plan


def _own_optimum(game: Game, player: str) -> Floats:
    """Return an equilibrium plan of a player by solving the game with her as the leader."""
    from efmodels.solving import solve

    model = pyo.ConcreteModel()
    model.eq = equilibrium_block(_problem(game, player))
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    solve(model)
    plan: Floats = model.eq.leader.x.array()
    return plan
