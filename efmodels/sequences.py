"""The sequence form of a game: sequences, perfect recall, payoff and constraint matrices.

A *sequence* of a player is a path of her own actions; with perfect recall it is given by its last
infoset and action. Sequence 0 is the empty one, then come the actions of her infosets in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.game import Game, ranges
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats, Ints


@dataclass(frozen=True, eq=False)
class SequenceForm:
    """The sequence form of a game with perfect recall.

    Attributes
    ----------
    players
        The players' keys.
    polytopes
        The strategy polytope of each player: ``F``, ``f``, labels.
    sequences
        The distinct tuples of sequences that lead to terminals, one column per player;
        shape ``(tuples, players)``.
    payoffs
        Sum over the terminals of a tuple of chance probability times payoff; the same shape.
    chance
        Sum of the chance probabilities of these terminals; shape ``(tuples,)``.

    Examples
    --------
    >>> import efmodels as ef
    >>> form = ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]]).sequence_form()
    >>> form.payoff_matrix("P1").toarray()
    array([[0., 0., 0.],
           [0., 3., 0.],
           [0., 5., 1.]])
    >>> form.constraint_matrix("P1").toarray().astype(int)
    array([[ 1,  0,  0],
           [-1,  1,  1]])
    >>> form.polytope("P1").names
    ('root', 'P1_1_1', 'P1_1_2')
    """

    players: tuple[str, ...]
    polytopes: tuple[FlowPolytope, ...]
    sequences: Ints
    payoffs: Floats
    chance: Floats

    def polytope(self, player: str) -> FlowPolytope:
        """Return the strategy polytope of a player, given by label."""
        return self.polytopes[self._index(player)]

    def constraint_matrix(self, player: str) -> sparse.csr_array:
        """Return ``F`` of ``F x = f``; rows are the root and the infosets, columns sequences."""
        return self.polytope(player).F

    def payoff_matrix(self, player: str) -> sparse.csr_array:
        """Return the payoffs of a player in a two-player game, chance folded in.

        Rows are the first player's sequences, columns the second's: with plans ``x`` and ``y`` the
        expected payoff is ``x @ A @ y``.

        Raises
        ------
        GameError
            The game does not have two players; use ``sequences`` and ``payoffs``.
        """
        if len(self.players) != 2:  # noqa: PLR2004 - a matrix has two sides
            raise GameError(
                f"the game has {len(self.players)} players and so no payoff matrix; use the arrays "
                "`sequences` (one column per player) and `payoffs`"
            )
        rows, columns = self.sequences.T
        values = self.payoffs[:, self._index(player)]
        here = np.flatnonzero(values)
        shape = (self.polytopes[0].size, self.polytopes[1].size)
        return sparse.csr_array((values[here], (rows[here], columns[here])), shape=shape)

    def payoff_frame(self, player: str) -> pd.DataFrame:
        """Return the payoff matrix of a player as a labelled table (dense: small games only).

        Raises
        ------
        GameError
            The game does not have two players; use ``sequences`` and ``payoffs``.
        """
        import pandas as pd

        matrix = self.payoff_matrix(player).toarray()
        first, second = self.polytopes
        return pd.DataFrame(matrix, index=list(first.names), columns=list(second.names))

    def constraint_frame(self, player: str) -> pd.DataFrame:
        """Return ``F`` as a labelled table (dense: small games only).

        Examples
        --------
        >>> import efmodels as ef
        >>> form = ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]]).sequence_form()
        >>> form.constraint_frame("P1")
              root  P1_1_1  P1_1_2
        root   1.0     0.0     0.0
        P1_1  -1.0     1.0     1.0
        """
        import pandas as pd

        polytope = self.polytope(player)
        return pd.DataFrame(
            polytope.F.toarray(), index=list(polytope.row_names), columns=list(polytope.names)
        )

    def _index(self, player: str) -> int:
        if player not in self.players:
            raise GameError(f"no player is called {player!r}; the players are {list(self.players)}")
        return self.players.index(player)


def sequence_form_of(game: Game) -> SequenceForm:
    """Compute the sequence form of a game.

    Raises
    ------
    GameError
        A player forgets something.
    """
    game.require_perfect_recall()
    last = last_sequences(game)
    polytopes = tuple(_polytope(game, last, k + 1) for k in range(len(game.players)))
    tuples = last[game.terminals]
    reach = chance_reach(game)[game.terminals]
    order = np.lexsort(tuples.T[::-1])
    tuples = tuples[order]
    new = np.concatenate(([True], (tuples[1:] != tuples[:-1]).any(axis=1)))
    first = np.flatnonzero(new)
    return SequenceForm(
        players=game.players,
        polytopes=polytopes,
        sequences=tuples[first],
        payoffs=np.add.reduceat(game.payoffs[order] * reach[order, None], first, axis=0),
        chance=np.add.reduceat(reach[order], first),
    )


def last_sequences(game: Game) -> Ints:
    """Return each player's last sequence before each node; shape ``(nodes, players)``."""
    last = np.zeros((game.nodes, len(game.players)), dtype=np.int32)
    number = _sequence_numbers(game)
    for level in game.levels[1:]:
        parent = game.parent[level]
        last[level] = last[parent]
        mine = np.flatnonzero(game.owner[parent] > 0)
        node, above = level[mine], parent[mine]
        last[node, game.owner[above] - 1] = number[game.infoset[above]] + game.action[node]
    return last


def check_perfect_recall(game: Game) -> None:
    """Raise unless all nodes of each infoset have one history of the mover's own moves.

    Raises
    ------
    GameError
        Naming the infoset and two histories that its owner cannot tell apart but should.
    """
    last = last_sequences(game)
    deciding = np.flatnonzero(game.owner > 0)
    own = last[deciding, game.owner[deciding] - 1]
    infoset = game.infoset[deciding]
    used, first = np.unique(infoset, return_index=True)
    expected = np.zeros(len(game.infoset_owner), dtype=np.int64)
    expected[used] = own[first]
    broken = np.flatnonzero(own != expected[infoset])
    if len(broken) == 0:
        return
    bad = infoset[broken[0]]
    one, other = deciding[first[np.searchsorted(used, bad)]], deciding[broken[0]]
    raise GameError(
        f"{game.players[game.infoset_owner[bad] - 1]} does not have perfect recall: infoset "
        f"{game.infoset_names[bad]!r} contains the histories {list(game.history(int(one)))} and "
        f"{list(game.history(int(other)))}, before which her own moves differ. Split the infoset, "
        "or use what does not need perfect recall (reading, writing, the tree itself)"
    )


def _sequence_numbers(game: Game) -> Ints:
    """Return the number of the first sequence of each infoset, among its owner's."""
    number = np.zeros(len(game.infoset_owner), dtype=np.int64)
    for owner in range(1, len(game.players) + 1):
        mine = game.infosets_of(owner)
        if mine:
            number[mine] = game.action_start[mine] - game.action_start[mine.start] + 1
    return number


def _polytope(game: Game, last: Ints, owner: int) -> FlowPolytope:
    """Return the strategy polytope of a player: a tree of infosets."""
    mine = np.array(game.infosets_of(owner), dtype=np.int64)
    nodes = np.flatnonzero(game.owner == owner)
    parents = np.zeros(len(mine), dtype=np.int64)
    if len(mine):
        parents[game.infoset[nodes] - mine[0]] = last[nodes, owner - 1]
    actions = ranges(game.action_start[mine], game.action_start[mine + 1])
    return FlowPolytope(
        start=np.cumsum([1, *np.diff(game.action_start)[mine]]),
        incoming=parents,
        incoming_start=np.arange(len(mine) + 1),
        point_names=tuple(game.infoset_names[j] for j in mine),
        choice_names=("", *(game.action_names[a] for a in actions)),
    )


def chance_reach(game: Game) -> Floats:
    """Return the product of the chance probabilities on the path to each node."""
    reach = game.probability.copy()
    for level in game.levels[1:]:
        reach[level] *= reach[game.parent[level]]
    return reach
