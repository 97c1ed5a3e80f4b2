"""Strong Stackelberg equilibrium of two players: a mixed-integer program in sequence form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import (
    Formulation,
    FormulationBlock,
    best_response,
    replace_rows,
    reply_rows,
    sequence_form,
)
from efmodels.errors import GameError
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels
from efmodels.profile_blocks import (
    Commitment,
    Outcomes,
    add_masses,
    plan_in,
    profile_of,
    require_two_players,
    total_row,
)
from efmodels.reply_slacks import slack_bounds
from efmodels.sequences import chance_reach, last_sequences

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.blocks import FormulationBlockData, Parts
    from efmodels.game import Floats, Game
    from efmodels.polytope import FlowPolytope


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
        & p_{st} \le x_s,\; p_{st} \le y_t,\; p \ge 0,\; \textstyle\sum c_{st} p_{st} = 1,\\
        & \mathrm{payoff}_i = \textstyle\sum c_{st} u^i_{st} p_{st},\qquad
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
    require_two_players(game, "stackelberg")
    first = game.players[0 if leader is None else game.player_number(leader) - 1]
    if not 0 <= margin < np.inf:
        raise GameError(f"margin must be a finite number of at least 0; got {margin}")
    one = _Parts(game, first, margin, slacks)
    block: FormulationBlockData = FormulationBlock(concrete=True)
    block.leader = sequence_form(one.leaders)
    block.follower = pyo.Block([one.follower])
    _declare_follower(block, one)
    add_masses(block, one.outcomes, one.in_order(block))
    block.payoff = MatrixVar(2, labels=list(game.players))
    block.payoff_row = one.payoff_rows(block)
    for name, rows in one.reply_rows(block).items():
        block.follower[one.follower].add_component(name, rows)
    block.value = pyo.Expression(expr=block.payoff[first])
    block.welfare = pyo.Expression(expr=sum(block.payoff.values()))
    block.remember(_formulation(one))
    return block


@dataclass(frozen=True)
class _Parts:
    """What the block of a game is made of; its rows are written again for other payoffs."""

    game: Game
    leader: str
    margin: float
    slacks: Callable[[Game, str], Floats]

    @property
    def follower(self) -> str:
        """The other player."""
        return self.game.players[2 - self.game.player_number(self.leader)]

    @property
    def leaders(self) -> FlowPolytope:
        """The leader's plans."""
        return self.game.sequence_form().polytope(self.leader)

    @property
    def followers(self) -> FlowPolytope:
        """The follower's plans."""
        return self.game.sequence_form().polytope(self.follower)

    @cached_property
    def outcomes(self) -> Outcomes:
        """The pairs of last sequences."""
        return Outcomes.of(self.game)

    @property
    def payoffs(self) -> sparse.csr_array:
        """The follower's payoffs: a row per sequence of the leader, a column per her own."""
        A = self.game.sequence_form().payoff_matrix(self.follower)
        return A if self.leader == self.game.players[0] else A.T.tocsr()

    def in_order(self, block: Any) -> list[MatrixVar]:
        """Return the plans of the first and of the second player."""
        plans = {self.leader: block.leader.x, self.follower: block.follower[self.follower].x}
        return [plans[player] for player in self.game.players]

    def payoff_rows(self, block: Any) -> MatrixConstraint:
        """Return the rows that define both players' payoffs."""
        worth = sparse.csr_array(np.array([self.outcomes.weights(u) for u in self.game.payoffs.T]))
        minus = -sparse.eye_array(2).tocsr()
        parts = [(worth, block.mass), (minus, block.payoff)]
        return MatrixConstraint(parts, rhs=0.0, labels=list(self.game.players))

    def reply_rows(self, block: Any) -> dict[str, MatrixConstraint]:
        """Return the rows that make the follower's plan a best response, and the only one."""
        part, polytope = block.follower[self.follower], self.followers
        slack = [(polytope.F.T.tocsr(), part.v), (-self.payoffs.T.tocsr(), block.leader.x)]
        most = self.slacks(self.game, self.follower)
        played = sparse.diags_array(most).tocsr()
        pair = sparse.csr_array([[1.0, -1.0]])
        both = [block.payoff[self.follower], part.v[0]]
        rows = {
            "tight": MatrixConstraint([*slack, (played, part.x)], ub=most, labels=polytope),
            "best": MatrixConstraint([(pair, both)], rhs=0.0, labels=["best"]),
        }
        if self.margin:
            rows["strict"] = self._strict_rows(part.x, slack, block.leader.x)
        return rows

    def _strict_rows(self, y: MatrixVar, slack: Any, x: MatrixVar) -> MatrixConstraint:
        """Return the rows ``s >= margin (reach - 1 + y of the infoset - y of the action)``."""
        polytope = self.followers
        here = polytope.F[polytope.point[1:] + 1]  # the row of the infoset of each action
        entered = (abs(here) - here) / 2
        chosen = sparse.eye_array(polytope.size).tocsr()[1:]
        reach = self._reach()[polytope.point[1:]]
        return MatrixConstraint(
            [
                *((matrix[1:], variables) for matrix, variables in slack),
                (-self.margin * reach, x),
                (self.margin * sparse.csr_array(chosen - entered), y),
            ],
            lb=-self.margin,
            labels=list(polytope.names[1:]),
        )

    def _reach(self) -> sparse.csr_array:
        """Return how likely the leader and chance are to let the follower come to each infoset."""
        game, mine = self.game, self.game.infosets_of(self.game.player_number(self.follower))
        node = np.flatnonzero(game.owner == game.player_number(self.follower))
        last = last_sequences(game)[node, game.player_number(self.leader) - 1]
        where = (game.infoset[node] - mine.start, last)
        shape = (len(mine), self.leaders.size)
        return sparse.csr_array((chance_reach(game)[node], where), shape=shape)


def _declare_follower(block: Any, one: _Parts) -> None:
    """Declare the follower's plan, and what she could get."""
    part, polytope = block.follower[one.follower], one.followers
    part.x = MatrixVar(polytope.size, domain=pyo.Binary, labels=polytope)
    width = np.concatenate(([1], np.diff(polytope.start)[polytope.point[1:]]))
    for q in np.flatnonzero(width == 1).tolist():  # what leads there decides
        part.x[q].domain = pyo.UnitInterval
    rows = Labels.of_rows(polytope)
    part.flow = MatrixConstraint([(polytope.F, part.x)], rhs=polytope.f, labels=rows)
    reply = best_response(polytope, [(one.payoffs, block.leader.x)])
    part.transfer_attributes_from(reply)


def _formulation(one: _Parts) -> Formulation:
    return Formulation(
        one.game,
        None,
        partial(_decoded, one),
        partial(_refit, one),
        partial(_expectation, one),
        exists=not one.margin,
    )


def _decoded(one: _Parts, block: FormulationBlockData) -> Commitment:
    """Read both plans; the follower's is pure up to the solver's tolerance for integers."""
    plans = {
        one.leader: plan_in(block.leader.x, one.leaders),
        one.follower: plan_in(block.follower[one.follower].x, one.followers).round(),
    }
    return Commitment(profile_of(one.game, plans), (one.follower,))


def _expectation(one: _Parts, block: FormulationBlockData, numbers: Floats) -> Parts:
    return [(sparse.csr_array(one.outcomes.weights(numbers)[None, :]), block.mass)]


def _refit(before: _Parts, block: FormulationBlockData, game: Game) -> Formulation:
    """Replace the rows with payoffs and chances by those of another game on the same tree."""
    one = replace(before, game=game)
    part = block.follower[one.follower]
    replace_rows(part, "reply", reply_rows(part.v, one.followers, [(one.payoffs, block.leader.x)]))
    for name, rows in one.reply_rows(block).items():
        replace_rows(part, name, rows)
    replace_rows(block, "payoff_row", one.payoff_rows(block))
    replace_rows(block, "mass_total", total_row(block.mass, one.outcomes))
    return _formulation(one)
