"""A team that agrees on a plan before the game, against one adversary, as leader and follower."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.mediator.concept import NFCCE
from efmodels.mediator.deviator import deviations_of
from efmodels.mediator.mediation import mediation_of
from efmodels.mediator.problem import deviation_payoffs
from efmodels.mediator.walk import Ends, Walk
from efmodels.payoff_sums import constant_sum
from efmodels.problem import EquilibriumProblem, Follower

if TYPE_CHECKING:
    from efmodels.game import Game
    from efmodels.mediator.deviator import Deviations
    from efmodels.mediator.mediation import Mediation

FEWEST_PLAYERS = 2
"""A member and the adversary."""


@dataclass(frozen=True, eq=False)
class TeamProblem:
    """A team against an adversary as one leader against one follower.

    Attributes
    ----------
    game
        What it is about.
    problem
        The team, whose objective is what a best response leaves of the constant sum, against the
        adversary, of weight one. Coordinate 0 of ``mu`` is the start: its probability is one.
    mediation
        The team's decision points: a private mediator that everybody in the team obeys.
    deviations
        The adversary's decision problem.
    walk
        The walk that it came from, in which the adversary does what she likes.
    """

    game: Game
    problem: EquilibriumProblem
    mediation: Mediation
    deviations: Deviations
    walk: Walk

    @property
    def adversary(self) -> str:
        """The adversary's label."""
        return self.problem.followers[0].label

    @property
    def members(self) -> tuple[str, ...]:
        """The labels of the team's members."""
        return tuple(player for player in self.game.players if player != self.adversary)

    @property
    def team(self) -> str:
        """A label for the team: those of its members with plus signs between them."""
        return "+".join(self.members)

    def turned(self) -> EquilibriumProblem:
        """Return the same game with the adversary as the leader and the team as the follower."""
        problem = self.problem
        (adversary,) = problem.followers
        # What the team gets is the constant sum, which is its c, less the adversary's payoff.
        total = sparse.csr_array(([problem.c[0]], ([0], [0])), shape=adversary.A.T.shape)
        ours = total - adversary.A.T
        if problem.reach is not None:
            ours = ours @ problem.reach
        team = Follower(self.team, problem.leader, ours.tocsr(), weight=1.0)
        c = problem.c[0] * np.eye(1, adversary.polytope.size)[0]
        return EquilibriumProblem(adversary.polytope, c, (team,))


def team_problem(game: Game, adversary: str | None = None) -> TeamProblem:
    """Walk through the game with the adversary on her own and collect the team's problem.

    Parameters
    ----------
    game
        With perfect recall and payoffs of constant sum.
    adversary
        By label; the last player by default. All others are the team.

    Raises
    ------
    GameError
        There are fewer than two players, no such player, payoffs without a constant sum, or
        somebody who forgets.
    SizeError
        The game or the belief DAG is too large.

    Examples
    --------
    >>> import efmodels as ef
    >>> team = team_problem(ef.instances.kuhn(players=3, ranks=4))
    >>> team.team, team.adversary, team.mediation.polytope.points
    ('P1+P2', 'P3', 830)
    """
    if len(game.players) < FEWEST_PLAYERS:
        raise GameError(
            "tmecor needs a team and an adversary, two players at least; this game has "
            f"{len(game.players)}: {list(game.players)}"
        )
    number = game.player_number(game.players[-1] if adversary is None else adversary)
    total = constant_sum(game, "tmecor")
    # Who decides before the game to stay out hears nothing and does what she likes.
    walk = Walk(game, NFCCE)
    end = walk.play(number)
    mediation = mediation_of(walk, [_start(), end])
    deviations = deviations_of(walk, number, end)
    payoffs = deviation_payoffs(game, end, (mediation.ends[1], mediation.size), deviations)
    label = game.players[number - 1]
    follower = Follower(label, deviations.polytope, payoffs, weight=1.0)
    c = total * np.eye(1, mediation.size)[0]
    problem = EquilibriumProblem(mediation.polytope, c, (follower,), mediation.reach)
    return TeamProblem(game, problem, mediation, deviations, walk)


def _start() -> Ends:
    """Return the start of the game as the end of a walk, so that it has a coordinate."""
    zero = np.zeros(1, dtype=np.int64)
    return Ends(zero, np.ones(1), zero, zero, zero)
