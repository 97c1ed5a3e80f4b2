"""Commitment against a follower of unknown type: DOBSS, a mixed-integer program without a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from efmodels.commitment_blocks import CommitmentParts, commitment_block
from efmodels.errors import GameError
from efmodels.leader_and_follower import leader_of
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.reply_slacks import slack_bounds

if TYPE_CHECKING:
    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game, Ints


def stackelberg_bayesian(game: Game, *, leader: str | None = None) -> FormulationBlockData:
    r"""Strong Stackelberg equilibrium against a follower of several types, all moving once.

    The leader commits to a mixture ``x`` of her actions ``i`` without knowing the follower's type
    ``t``, each of whom replies with an action ``j``. With ``C_t`` and ``R_t`` the payoffs of the
    follower and of the leader, times the probability of the type, and ``p`` the probabilities of
    pairs of actions:

    .. math::

        & \sum_i p^t_{ij} = y^t_j,\quad \sum_j p^t_{ij} = x_i,\quad p \ge 0,\quad
          \sum_i x_i = 1,\quad \sum_j y^t_j = 1,\; y \text{ binary},\\
        & 0 \le v_t - C_t^\top x \le M_t (1 - y^t),\qquad
          \mathrm{payoff}_1 = \sum_{t i j} R^t_{ij}\, p^t_{ij} .

    The rows of ``p`` say more than those of :func:`stackelberg`, which is for trees, so that the
    program is easier; the equilibria are the same.

    Parameters
    ----------
    game
        Two players. Chance may draw what it likes; the leader has one infoset, and the follower one
        for each type, all of which come before every end of the game, and tell nothing of what the
        leader did. See :class:`efmodels.FollowerTypes` and :func:`efmodels.instances.bayesian_game`
        for ways to make one.
    leader
        Who commits, by label; the first player by default.

    Returns
    -------
    FormulationBlock
        With ``I`` actions of the leader, ``T`` types and ``J`` actions of each:

        =======================  ==================================================  ============
        name                     meaning                                             size
        =======================  ==================================================  ============
        ``leader.x``             the leader's plan; ``leader.flow`` its rows         ``I+1``
        ``follower[i].x``        the pure plan of all types; ``follower[i].flow``    ``T J+1``
        ``follower[i].v``        what each type gets                                 ``T+1``
        ``follower[i].reply``    no type can do better                               ``T J+1``
        ``follower[i].tight``    what is played is no worse                          ``T J+1``
        ``follower[i].best``     the follower's payoff is that of a best response    1
        ``mass``                 probability of a pair of actions, chance aside      ``T I J``
        ``mass_first``           over the replies of a type they make the plan       ``T I``
        ``mass_second``          over the leader's actions they make the reply       ``T J``
        ``payoff[i]``            expected payoff; ``payoff_row`` defines it          2
        ``value``                the leader's, an expression                         1
        ``welfare``              the sum, an expression                              1
        =======================  ==================================================  ============

    Raises
    ------
    GameError
        Not two players, no such leader, or a game of another form; :func:`stackelberg` takes those.

    References
    ----------
    Paruchuri, Pearce, Marecki, Tambe, Ordóñez and Kraus, Playing games for security: an efficient
    exact algorithm for solving Bayesian Stackelberg games, AAMAS (2008).

    Examples
    --------
    A guard watches one of two doors. Most thieves want what is behind the first, some what is
    behind the second:

    >>> import efmodels as ef
    >>> types = ef.FollowerTypes(
    ...     prior=[0.75, 0.25],
    ...     leader=[[[0, -1], [-4, 0]], [[0, -4], [-1, 0]]],
    ...     follower=[[[-2, 1], [4, -2]], [[-2, 4], [1, -2]]],
    ... )
    >>> block = stackelberg_bayesian(types.game())
    >>> for row in block.mass_first.values():
    ...     print(row.expr)
    - leader.x[Leader_1_1] + mass[0] + mass[1]  ==  0.0
    - leader.x[Leader_1_1] + mass[2] + mass[3]  ==  0.0
    - leader.x[Leader_1_2] + mass[4] + mass[5]  ==  0.0
    - leader.x[Leader_1_2] + mass[6] + mass[7]  ==  0.0
    >>> best = ef.optimal_equilibrium(types.game(), "stackelberg_bayesian")
    >>> round(best.value, 6), max(best.regrets.values()) < 1e-9
    (-1.166667, True)
    """
    first = leader_of(game, leader, "stackelberg_bayesian")
    parts = CommitmentParts(game, first, 0.0, slack_bounds)
    _require_one_move_each(parts)
    return commitment_block(parts, _TypeMasses())


class _TypeMasses:
    """Everybody moves once: the masses of a type add up to either plan."""

    def declare(self, block: Any, parts: CommitmentParts) -> None:
        """Declare ``mass``, ``mass_first`` and ``mass_second``."""
        first, second = _sequences(parts)
        actions, replies = parts.leaders.size - 1, parts.followers.size - 1
        types, pairs = parts.followers.points, np.arange(len(first))
        ones = np.ones(len(first))
        cell = (first - 1) * types + parts.followers.point[second]
        to_cell = sparse.csr_array((ones, (cell, pairs)), shape=(actions * types, len(pairs)))
        to_reply = sparse.csr_array((ones, (second - 1, pairs)), shape=(replies, len(pairs)))
        each = np.repeat(1 + np.arange(actions), types)
        of_action = _minus(each, parts.leaders.size)
        of_reply = _minus(1 + np.arange(replies), parts.followers.size)
        block.mass = MatrixVar(len(pairs), bounds=(0.0, 1.0))
        block.mass_first = MatrixConstraint(
            [(of_action, block.leader.x), (to_cell, block.mass)], rhs=0.0
        )
        block.mass_second = MatrixConstraint(
            [(of_reply, block.follower[parts.follower].x), (to_reply, block.mass)], rhs=0.0
        )

    def refit(self, block: Any, parts: CommitmentParts) -> None:
        """Do nothing: no row holds a chance."""


def _sequences(parts: CommitmentParts) -> tuple[Ints, Ints]:
    """Return the leader's and the follower's sequence of each pair."""
    first, second = parts.outcomes.sequences.astype(np.int64).T
    return (first, second) if parts.leads_first else (second, first)


def _minus(columns: Ints, size: int) -> sparse.csr_array:
    """Return the matrix that picks one coordinate per row, negated."""
    rows = np.arange(len(columns))
    return sparse.csr_array((-np.ones(len(columns)), (rows, columns)), shape=(len(columns), size))


def _require_one_move_each(parts: CommitmentParts) -> None:
    """Raise unless the leader moves once, and the follower once, not knowing what she did."""
    first, second = _sequences(parts)
    complete = len(first) == (parts.leaders.size - 1) * (parts.followers.size - 1)
    moved = bool(first.min() > 0 and second.min() > 0)
    if parts.leaders.points != 1 or not complete or not moved:
        raise GameError(
            "stackelberg_bayesian needs a leader with one infoset, and a follower with one for "
            "each type, who does not see what the leader does; every way through the game passes "
            f"both. Here {parts.leader} has {parts.leaders.points} infosets and {parts.follower} "
            f"{parts.followers.points}, with {len(first)} pairs of last actions. stackelberg takes "
            "any tree"
        )
