r"""Rows that say that players want to take part in a mechanism.

All players are honest and obedient. Let :math:`E` be an event, :math:`u_i` the payoff of player i
and :math:`o_i` her payoff outside. As both sides of a conditional expectation can be multiplied by
the probability of the event,

.. math::

    \mathbb{E}[u_i \mid E] \ge o_i \text{ or } P(E) = 0
    \quad\Longleftrightarrow\quad \mathbb{E}[(u_i - o_i) 1_E] \ge 0 ,

and the right-hand side is linear in :math:`\mu`, the probabilities of the coordinates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.game import TERMINAL
from efmodels.mediator.words import names_after
from efmodels.names import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Game, Ints
    from efmodels.mediator.incentives import Incentives
    from efmodels.mediator.problem import MediatedProblem


class ParticipationRows(NamedTuple):
    """Rows over the coordinates of ``mu`` that shall not be negative, and their labels."""

    matrix: sparse.csr_array
    labels: tuple[str, ...]


def participation_rows(
    mediated: MediatedProblem,
    incentives: Incentives,
    players: Sequence[str],
    money: Ints,
) -> ParticipationRows:
    """Return what participation asks of a mediator with recall.

    Parameters
    ----------
    mediated
        The mediator's problem.
    incentives
        When players are asked, and what they get outside.
    players
        Who is asked, by label.
    money
        The infosets of the game at which money is decided about.

    Raises
    ------
    GameError
        Somebody is to take part once she knows her type, but never moves; or an outside payoff is
        that of nobody.
    CapabilityError
        A reduced problem has left out what the rows are about.
    """
    game = mediated.game
    incentives.require_known(game.players)
    number = [game.player_number(player) for player in players]
    rows = [sparse.csr_array((0, mediated.mediation.size))]
    labels: list[str] = []
    for who, player in zip(number, players, strict=True):
        outside = incentives.outside_of(player)
        if incentives.participation == "interim":
            found = _interim(mediated, who, outside)
        elif incentives.participation == "ex post":
            found = _ex_post(mediated, who, outside, money)
        else:
            continue
        rows.append(found.matrix)
        labels += [f"{player}: {label}" for label in found.labels]
    return ParticipationRows(sparse.vstack(rows, format="csr"), distinct(labels))


def _interim(mediated: MediatedProblem, player: int, outside: float) -> ParticipationRows:
    """Return a row for each infoset at which a player may move first."""
    game = mediated.game
    if not len(game.infosets_of(player)):
        raise GameError(
            f"{game.players[player - 1]!r} never moves, and so never learns a type after which she "
            "could stay out; leave her out of obedient=, or bound her payoff by a constraint"
        )
    first = first_infosets(game, player)[game.terminals]
    gain = game.payoffs[:, player - 1] - outside
    infosets = np.unique(first[first >= 0]).tolist()
    rows = [mediated.expectation(np.where(first == infoset, gain, 0.0)) for infoset in infosets]
    labels = tuple(game.infoset_names[infoset] for infoset in infosets)
    return ParticipationRows(sparse.csr_array(np.array(rows)), labels)


def _ex_post(
    mediated: MediatedProblem, player: int, outside: float, money: Ints
) -> ParticipationRows:
    """Return a row for each memory of the mediator at the end, before money is decided about."""
    reach = mediated.expectation(np.ones(len(mediated.game.terminals)))
    gain = mediated.payoffs[player - 1] - outside * reach
    ends = np.flatnonzero(reach)
    memory = _before_money(mediated, ends, money)
    memories, row = np.unique(memory, return_inverse=True)
    matrix = sparse.csr_array(
        (gain[ends], (row, ends)), shape=(len(memories), mediated.mediation.size)
    )
    return ParticipationRows(matrix, tuple(names_after(mediated, memories.tolist())))


def _before_money(mediated: MediatedProblem, coordinate: Ints, money: Ints) -> Ints:
    """Return the coordinates before the last answers, as far as those are about money."""
    polytope, infoset = mediated.mediation.polytope, mediated.mediation.infoset
    about_money = np.isin(infoset + mediated.walk.transcripts.chance_infosets, money)
    before = coordinate.copy()
    while True:
        point = polytope.point[before]
        later = (point >= 0) & about_money[point]
        if not later.any():
            return before
        before[later] = polytope.incoming[point[later]]


def first_infosets(game: Game, player: int) -> Ints:
    """Return the first infoset of a player on the way to each node, or ``TERMINAL`` for none.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.kuhn()
    >>> first = first_infosets(game, 1)[game.terminals]
    >>> sorted({game.infoset_names[infoset] for infoset in first})
    ['J', 'K', 'Q']
    """
    first = np.where(game.owner == player, game.infoset, TERMINAL)
    for level in game.levels[1:]:
        above = first[game.parent[level]]
        first[level] = np.where(above >= 0, above, first[level])
    return first
