"""Agent logit quantal response equilibrium: noise at every infoset, any number of players."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from efmodels.quantal_blocks import (
    ResponseRule,
    parents,
    quantal_block,
    set_payoffs,
    uniform_behaviour,
)
from efmodels.quantal_responses import agent_logit_response
from efmodels.sequences import chance_reach, last_sequences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.blocks import FormulationBlockData
    from efmodels.game import Game


def agent_quantal_response_equilibrium(game: Game, precision: float) -> FormulationBlockData:
    r"""Logit quantal response equilibrium in which an agent plays at each infoset for its player.

    The agent at ``j`` plays ``a`` with a probability proportional to
    :math:`\exp(\lambda\, \bar q_{ja})`, where :math:`\bar q_{ja}` is what ``a`` brings the player
    from here on, given that play has come here and that everybody else, the player's other agents
    included, does what they do. With :math:`\ell = \log x`,

    .. math::

        \ell_{ja} - \ell_{p(j)} + v_j = \lambda\, \frac{w_{ja}}{r_j}, \qquad
        w_{ja} = g_{ja}(x_{-i}) + \sum_{j' \text{ below } (j, a)} \sum_{a'} b_{j'a'} w_{j'a'},
        \qquad r_j = \sum_{h \in j} c(h)\, x_{-i}(h),

    where ``b`` is behaviour, ``w`` the counterfactual payoff of an action, ``r`` the probability
    that the others and chance let play come to ``j``, and :math:`v_j` the logarithm of the sum of
    :math:`\exp(\lambda \bar q)` over the actions. As many equations as variables: solve it with any
    objective. At precision 0 all actions are equally likely; that is where the block starts. For
    larger ones follow the path: :func:`efmodels.quantal_response_path`.

    Parameters
    ----------
    game
        Any number of players, perfect recall.
    precision
        :math:`\lambda`, from 0 on.

    Returns
    -------
    FormulationBlock
        With ``|S|`` sequences and ``|I|`` infosets of each player ``i``:

        =======================  =================================================  =========
        name                     meaning                                            size
        =======================  =================================================  =========
        ``player[i].x``          the realization plan                               ``|S|``
        ``player[i].log_x``      its logarithm                                      ``|S|``
        ``player[i].logarithm``  ``x = exp(log_x)``                                 ``|S|``
        ``player[i].flow``       probabilities at each infoset sum to 1             ``|I|+1``
        ``player[i].v``          logarithm of the sum over actions                  ``|I|``
        ``player[i].reach``      ``r``, expressions                                 ``|I|``
        ``player[i].worth``      ``w``, expressions                                 ``|S|-1``
        ``player[i].logit``      the logit response                                 ``|S|-1``
        ``payoff[i]``            expected payoff, an expression                     players
        ``welfare``              their sum, an expression                           1
        =======================  =================================================  =========

        Further expressions: ``product`` of plans, ``others``, the probability that the others play
        their parts.

    Raises
    ------
    GameError
        No game, imperfect recall, or a precision that is no number from 0 on.

    Notes
    -----
    An infoset that chance never lets play come to has no average to respond to, and is played
    uniformly. ``block.solution().residuals()`` recomputes the responses from the tree. The regrets
    are what the noise costs, and not zero.

    References
    ----------
    McKelvey and Palfrey, Quantal response equilibria for extensive form games, Experimental
    Economics 1 (1998).

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])
    >>> block = ef.formulations.agent_quantal_response_equilibrium(game, precision=0.5)
    >>> for row in block.player["P2"].flow.values():
    ...     print(row.expr)
    player[P2].log_x[root]  ==  0.0
    exp(player[P2].log_x[P2_1_1] - player[P2].log_x[root]) + exp(player[P2].log_x[P2_1_2] - pl...
    """
    return quantal_block(game, precision, _RULE)


def _add_payoffs(block: FormulationBlockData, game: Game, precision: float) -> None:
    """Add what depends on payoffs and chance: the logit rows and the expected payoffs."""
    set_payoffs(block, game)
    block.others = pyo.Expression(pyo.Any)
    for player in game.players:
        _Agents(block, game, player).add_logit(precision)


class _Agents:
    """The agents of a player: what they are reached with, and what their actions bring."""

    def __init__(self, block: FormulationBlockData, game: Game, player: str) -> None:
        self._block, self._game, self._player = block, game, player
        self._number = game.player_number(player)
        self._part = block.player[player]
        self._polytope = game.sequence_form().polytope(player)
        self._logs = [block.player[one].log_x for one in game.players]

    def add_logit(self, precision: float) -> None:
        """Add the rows, and the expressions in them."""
        part, polytope = self._part, self._polytope
        rows, names = polytope.row_names[1:], polytope.names
        part.reach, part.worth = pyo.Expression(list(rows)), pyo.Expression(list(names[1:]))
        part.logit = pyo.Constraint(list(names[1:]))
        terms = self._payoff_terms()
        reach = self._reach_terms()
        above = parents(polytope)
        for k in range(polytope.points - 1, -1, -1):
            own = range(int(polytope.start[k]), int(polytope.start[k + 1]))
            part.reach[rows[k]] = pyo.quicksum(reach[k])
            for q in own:
                part.worth[names[q]] = pyo.quicksum(terms[q])
            value = pyo.quicksum([part.behaviour[names[q]] * part.worth[names[q]] for q in own])
            terms[int(above[own[0]])].append(value)
            for q in own:
                log = part.log_x[q] - part.log_x[int(above[q])] + part.v[k]
                quality = part.worth[names[q]] / part.reach[rows[k]] if reach[k] else 0.0
                part.logit[names[q]] = log == precision * quality

    def _payoff_terms(self) -> list[list[Any]]:
        """Return for each sequence chance times payoff times the others' part of each terminal."""
        k = self._number - 1
        form = self._game.sequence_form()
        terms: list[list[Any]] = [[] for _ in range(self._polytope.size)]
        for sequences, payoffs in zip(
            form.sequences.tolist(), form.payoffs[:, k].tolist(), strict=True
        ):
            if payoffs:
                terms[sequences[k]].append(payoffs * self._of_the_others(sequences))
        return terms

    def _reach_terms(self) -> list[list[Any]]:
        """Return for each infoset chance times the others' part of what leads to its nodes."""
        game, k = self._game, self._number - 1
        nodes = np.flatnonzero(game.owner == self._number)
        last = last_sequences(game)[nodes]
        chance = chance_reach(game)[nodes]
        first = game.infosets_of(self._number).start
        keys = np.column_stack((game.infoset[nodes] - first, np.delete(last, k, axis=1)))
        distinct, place, where = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        weight = np.bincount(where.ravel(), weights=chance, minlength=len(distinct))
        terms: list[list[Any]] = [[] for _ in range(self._polytope.points)]
        for row, node, c in zip(distinct[:, 0].tolist(), place, weight.tolist(), strict=True):
            if c:
                terms[row].append(c * self._of_the_others(last[node].tolist()))
        return terms

    def _of_the_others(self, sequences: Sequence[int]) -> Any:
        """Return the probability that all others play these sequences, made once."""
        k = self._number - 1
        key = tuple((i, q) for i, q in enumerate(sequences) if i != k and q)
        if not key:
            return 1.0
        name = ", ".join(f"{self._game.players[i]} {q}" for i, q in key)
        others = self._block.others
        if name not in others:
            others[name] = pyo.exp(pyo.quicksum([self._logs[i][q] for i, q in key]))
        return others[name]


_RULE = ResponseRule(
    name="agent_quantal_response_equilibrium",
    start=uniform_behaviour,
    response=agent_logit_response,
    add_payoffs=_add_payoffs,
    of_block=("product", "others"),
    of_players=("logit", "worth", "reach"),
)
