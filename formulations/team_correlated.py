"""Team-maxmin equilibrium with a correlation device (TMECOR)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import Formulation, equilibrium_block, replace_payoffs
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.mediation_blocks import require_game
from efmodels.mediator.team_and_adversary import team_problem
from efmodels.mediator.team_policy import TeamPolicy
from efmodels.saddle_points import SaddlePointDecoder

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game
    from efmodels.mediator.team_and_adversary import TeamProblem


def tmecor(game: Game, *, adversary: str | None = None) -> FormulationBlockData:
    r"""Team-maxmin equilibrium with a correlation device: a team against one adversary.

    All players but the adversary are a team with one payoff, the sum of theirs. Before the game
    they draw a joint plan, a plan for each of them; during it they cannot talk. What the team gets
    is what the adversary's best reply to their lottery leaves of the constant sum ``s``; the reply
    is dualized:

    .. math::

        \max_{x, v}\; s - v_\emptyset \quad\text{s.t.}\quad
        F x = f,\; x \ge 0,\quad \mu = T x,\quad F_a^\top v \ge A^\top \mu .

    Maximise ``value``, and ``x`` is the team's equilibrium lottery. Or require ``value`` to reach
    the value of the game and maximise something else. If side constraints keep ``x`` from
    guaranteeing the value, the regrets of the two sides add up to what is missing.

    Parameters
    ----------
    game
        At least two players, payoffs of constant sum, perfect recall.
    adversary
        Who plays against all others, by label; the last player by default.

    Returns
    -------
    FormulationBlock
        =====================  ==============================================  =================
        name                   meaning                                         size
        =====================  ==============================================  =================
        ``leader.x``           how likely the team is to draw each action in   edges + 1
                               each of its beliefs
        ``leader.flow``        the rows of its polytope                        beliefs + 1
        ``leader.mu``          how likely a combination of sequences of the    coordinates
                               members is that several of ``x`` add up to;
                               ``leader.reach`` defines it
        ``follower[a].v``      what the adversary gets from each infoset on    infosets of a + 1
        ``follower[a].reply``  she cannot do better                            sequences of a
        ``value``              what the team is sure to get; ``value_row``     1
        ``payoff[a]``          the adversary's, an upper bound on what is      1
                               left; ``payoff_row`` defines it
        ``welfare``            the sum of both, an expression                  1
        =====================  ==============================================  =================

    Raises
    ------
    GameError
        Fewer than two players, payoffs without a constant sum, imperfect recall, an unknown
        adversary, or no game at all.
    SizeError
        The game or the team's belief DAG is too large.

    Notes
    -----
    The team is a private mediator whom everybody in it obeys, and its polytope is the DAG of its
    beliefs. To find the best lottery is NP-hard. The DAG can be exponential in what chance or the
    adversary lets one member see and another not; it stays small where all members see the same of
    them.

    The members' own payoffs, expectations and probabilities of outcomes depend on what both sides
    do, and are not linear in these variables; the solution knows the payoffs. A pure joint plan
    decides an infoset at most once, so that how often the plan comes to an infoset and takes an
    action there is the sum of all ``leader.x`` with that infoset and action.

    With one member this is :func:`nash_zero_sum`. Members who cannot draw together, each for
    herself, may be able to guarantee less, which takes products of variables to say.

    References
    ----------
    von Stengel and Koller, Team-maxmin equilibria, Games and Economic Behavior 21 (1997).

    Celli and Gatti, Computational results for extensive-form adversarial team games, AAAI (2018),
    arXiv:1711.06930.

    Zhang, Farina and Sandholm, Team belief DAG: generalizing the sequence form to team games for
    fast computation of correlated team max-min equilibria via regret minimization, ICML (2023),
    arXiv:2202.00789.

    Examples
    --------
    Two meet, left or right, where the third does not look. They toss one coin together:

    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> meet = [[[0, 1], [0, 0]], [[0, 0], [1, 0]]]
    >>> against = [[[0, -2], [0, 0]], [[0, 0], [-2, 0]]]
    >>> game = ef.Game.from_matrices(meet, meet, against)
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.tmecor(game)
    >>> for row in m.eq.follower["P3"].reply.values():
    ...     print(row.expr)
    0.0  <=  eq.follower[P3].v[root] - eq.follower[P3].v[P3_1]
    0.0  <=  eq.follower[P3].v[P3_1] + 2.0*eq.leader.x[b2_P2_1_2]
    0.0  <=  eq.follower[P3].v[P3_1] + 2.0*eq.leader.x[b1_P2_1_1]
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> print(round(ef.solve(m).value, 6))
    1.0
    >>> {side: round(regret, 6) for side, regret in m.eq.regrets().items()}
    {'P1+P2': 0.0, 'P3': 0.0}
    """
    require_game(game)
    team = team_problem(game, adversary)
    block = equilibrium_block(team.problem)
    block.payoff = MatrixVar(1, labels=[team.adversary])
    one = sparse.csr_array([[1.0]])
    reply = block.follower[team.adversary]
    block.payoff_row = MatrixConstraint(
        [(one, block.payoff), (-one, [reply.v[0]])], rhs=0.0, labels=[team.adversary]
    )
    block.welfare = pyo.Expression(expr=block.value + block.payoff[team.adversary])
    block.remember(_formulation(team))
    return block


def _formulation(team: TeamProblem) -> Formulation:
    decode = SaddlePointDecoder(team.turned, partial(TeamPolicy, team))
    return Formulation(team.game, team.problem, decode, partial(_refit, team.adversary))


def _refit(adversary: str, block: FormulationBlockData, game: Game) -> Formulation:
    team = team_problem(game, adversary)
    replace_payoffs(block, team.problem)
    return _formulation(team)
