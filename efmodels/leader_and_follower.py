"""Two players, one of whom leads: who they are, what they can do, what they get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from efmodels.profile_blocks import require_two_players

if TYPE_CHECKING:
    from scipy import sparse

    from efmodels.game import Game
    from efmodels.polytope import FlowPolytope


@dataclass(frozen=True, eq=False)
class LeaderAndFollower:
    """A game of two players, seen from the side of one of them.

    Parameters
    ----------
    game
        With perfect recall.
    leader
        Who leads, by label.

    Examples
    --------
    >>> import efmodels as ef
    >>> sides = LeaderAndFollower(ef.instances.entry_game(), "Incumbent")
    >>> sides.follower, sides.payoffs("Entrant").toarray().tolist()
    ('Entrant', [[0.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 0.0, 1.0]])
    """

    game: Game
    leader: str

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

    @property
    def leads_first(self) -> bool:
        """Whether the leader is the first of the game's players."""
        return self.leader == self.game.players[0]

    def payoffs(self, player: str) -> sparse.csr_array:
        """Return what a player gets: a row per sequence of the leader, a column per follower's."""
        A = self.game.sequence_form().payoff_matrix(player)
        return A if self.leads_first else A.T.tocsr()


def leader_of(game: Any, leader: str | None, asked_by: str) -> str:
    """Return who leads a game of two players: the first one, if nobody is named.

    Raises
    ------
    GameError
        It is no game, does not have two players or perfect recall, or nobody is called so.
    """
    players = require_two_players(game, asked_by).players
    return players[0 if leader is None else game.player_number(leader) - 1]
