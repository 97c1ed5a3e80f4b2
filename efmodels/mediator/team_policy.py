"""What a team and its adversary do, what that leads to, and what either side could gain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.mediator.answers import PrivateAnswers
from efmodels.mediator.concept import NFCCE
from efmodels.mediator.conversations import PrivateConversation
from efmodels.mediator.deviation import best_deviation
from efmodels.mediator.honest_play import Beliefs, Stage, drawn
from efmodels.mediator.own_moves import START, OwnMoves
from efmodels.mediator.words import NOTHING_YET, draw_names
from efmodels.sequences import chance_reach, last_sequences
from efmodels.verifying import product_down

if TYPE_CHECKING:
    import pandas as pd

    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.deviation import Deviation
    from efmodels.mediator.honest_play import Play
    from efmodels.mediator.team_and_adversary import TeamProblem
    from efmodels.polytope import FlowPolytope


@dataclass(frozen=True, eq=False)
class TeamPolicy:
    """A lottery over joint plans of a team, and a strategy of the adversary.

    Parameters
    ----------
    team
        The problem that it solves.
    x
        A point of the team's polytope.
    y
        A plan of the adversary.

    Examples
    --------
    Two who want to meet where the third is not, and all of whom toss coins of their own:

    >>> import efmodels as ef
    >>> from efmodels.mediator.team_and_adversary import team_problem
    >>> meet = [[[1, 0], [0, 0]], [[0, 0], [0, 1]]]
    >>> U = [[[u / 2 for u in row] for row in table] for table in meet]
    >>> game = ef.Game.from_matrices(U, U, [[[-u for u in row] for row in t] for t in meet])
    >>> team = team_problem(game)
    >>> policy = TeamPolicy(
    ...     team, team.problem.leader.uniform(), team.problem.followers[0].polytope.uniform()
    ... )
    >>> policy.payoffs(), policy.regrets()
    ({'P1': 0.125, 'P2': 0.125, 'P3': -0.25}, {'P1+P2': 0.25, 'P3': 0.0})
    """

    team: TeamProblem
    x: Floats
    y: Floats

    @cached_property
    def behaviour(self) -> Floats:
        """Probability of each answer in each of the team's beliefs."""
        return self.team.problem.leader.behaviour(self.x)

    @cached_property
    def answers(self) -> PrivateAnswers:
        """The probabilities of joint plans."""
        problem = self.team.problem
        mu = problem.mu(problem.leader.realization(self.behaviour))
        return PrivateAnswers(self.team.walk, self.team.mediation, mu)

    @cached_property
    def action_probabilities(self) -> Floats:
        """Probability of each of the adversary's actions at its infoset.

        In the order of ``game.action_labels``; the other players' and chance's are not a number.
        """
        probability = np.full(len(self.team.game.action_labels), np.nan)
        probability[self._adversary_actions] = self._adversary.behaviour(self.y)[1:]
        return probability

    @property
    def _adversary(self) -> FlowPolytope:
        return self.team.problem.followers[0].polytope

    @cached_property
    def _adversary_actions(self) -> Ints:
        """The place in ``game.action_labels`` of each of the adversary's sequences."""
        transcripts = self.team.walk.transcripts
        first = int(self.team.game.action_start[transcripts.chance_infosets])
        places: Ints = self.team.deviations.sequences.what - 1 + first
        return places

    # What it leads to, from the game tree ---------------------------------------------------------

    @cached_property
    def outcome(self) -> Floats:
        """Probability of each terminal; shape ``(terminals,)``."""
        joint = self.answers.joint_probability(self._transcripts)
        outcome: Floats = joint * self._reach_of_others
        return outcome

    @cached_property
    def _transcripts(self) -> Ints:
        """The members' last actions before each terminal; the adversary has no transcript."""
        game = self.team.game
        last = last_sequences(game)[game.terminals].astype(np.int64)
        for k, player in enumerate(game.players):
            infosets = game.infosets_of(k + 1)
            first = int(game.action_start[infosets.start])
            moved = (last[:, k] > 0) & (player != self.team.adversary)
            last[:, k] = np.where(moved, last[:, k] - 1 + first, START)
        return last

    @cached_property
    def _reach_of_others(self) -> Floats:
        """Probability that chance and the adversary move to each terminal."""
        game = self.team.game
        above = game.parent[1:]
        mine = game.owner[above] == game.player_number(self.team.adversary)
        chosen = self.action_probabilities[game.action_start[game.infoset[above]] + game.action[1:]]
        edge = np.concatenate(([1.0], np.where(mine, chosen, 1.0)))
        reach: Floats = (product_down(game, edge) * chance_reach(game))[game.terminals]
        return reach

    def payoffs(self) -> dict[str, float]:
        """Return each player's expected payoff."""
        expected = self.outcome @ self.team.game.payoffs
        return dict(zip(self.team.game.players, expected.tolist(), strict=True))

    def regrets(self) -> dict[str, float]:
        """Return what the team could gain by another joint plan, and the adversary by another.

        The adversary's best reply is searched for in the game tree. The team's comes from its DAG
        of beliefs, for payoffs that were collected in the tree.
        """
        return dict(self._regrets)

    @cached_property
    def _regrets(self) -> dict[str, float]:
        team = self.team
        paid = self.payoffs()
        ours = sum(paid[member] for member in team.members)
        return {
            team.team: max(self.best_joint_value() - ours, 0.0),
            team.adversary: max(self.best_deviation(team.adversary).gain, 0.0),
        }

    def exploitability(self) -> float:
        """Return the sum of both regrets."""
        return sum(self.regrets().values())

    def best_joint_value(self) -> float:
        """Return the most that any joint plan of the team gets against the adversary's strategy."""
        game, problem = self.team.game, self.team.problem
        members = [game.player_number(member) - 1 for member in self.team.members]
        worth = self._reach_of_others * game.payoffs[:, members].sum(axis=1)
        at = self.answers.coordinate(self._transcripts)
        gain = np.bincount(at, worth, minlength=problem.size)
        flows = gain if problem.reach is None else problem.reach.T @ gain
        return problem.leader.best_response(flows)[0]

    def best_deviation(self, player: str) -> Deviation:
        """Return the adversary's best reply to the team's lottery, found in the game tree.

        Parameters
        ----------
        player
            The adversary's label.

        Raises
        ------
        GameError
            There is no such player, or she is of the team, whose members deviate together.
        """
        game, team = self.team.game, self.team
        number = game.player_number(player)
        if player != team.adversary:
            raise GameError(
                f"{player!r} is of the team {team.team!r}, which deviates together: regrets() says "
                f"what it could gain. Who deviates alone is the adversary, {team.adversary!r}"
            )
        moves = OwnMoves(game)
        conversation = PrivateConversation(moves, self.answers)
        return best_deviation(moves, NFCCE, conversation, number, self.payoffs()[player])

    def play(self, generator: np.random.Generator) -> Play:
        """Play the game once: draw a joint plan, and the moves of chance and of the adversary.

        Parameters
        ----------
        generator
            Draws.
        """
        questions = self.team.mediation.questions.shifted(
            self.team.walk.transcripts.chance_infosets
        )
        beliefs = Beliefs(self.team.problem.leader, questions, self.behaviour)
        plan = beliefs.plan(generator)
        game = self.team.game
        return Stage(game).play(
            _Players(game, plan, self.action_probabilities, generator), generator
        )

    # The table ------------------------------------------------------------------------------------

    def strategy(self) -> pd.DataFrame:
        """Return what the team draws before the game, and what the adversary does in it.

        Columns: ``memory``, what the team has drawn before, see
        :func:`efmodels.mediator.words.memory_names`; ``player``, ``infoset`` and ``action``; its
        ``probability``; and ``reach``, the probability that it comes to drawing it: that the plan
        of the team, or of the adversary, allows her to come to the infoset.
        """
        team = self.team
        polytope = team.problem.leader
        point = polytope.point[1:]
        infoset = team.mediation.infoset[point] + team.walk.transcripts.chance_infosets
        action = np.arange(1, polytope.size) - polytope.start[point]
        ours = team.game.action_start[infoset] + action
        names = draw_names(team.walk.transcripts, team.mediation)
        theirs = self._adversary
        realized = polytope.inflow(self.x)[point], theirs.inflow(self.y)[theirs.point[1:]]
        frame = _named(team.game, np.concatenate([ours, self._adversary_actions]))
        memory = [names[k] for k in point.tolist()]
        frame.insert(0, "memory", [*memory, *[NOTHING_YET] * (theirs.size - 1)])
        probability = [self.behaviour[1:], theirs.behaviour(self.y)[1:]]
        added: pd.DataFrame = frame.assign(
            probability=np.concatenate(probability), reach=np.concatenate(realized)
        )
        return added


def _named(game: Game, flat: Ints) -> pd.DataFrame:
    """Return player, infoset and action of places in ``game.action_labels``."""
    import pandas as pd

    infoset = np.searchsorted(game.action_start, flat, side="right") - 1
    return pd.DataFrame(
        {
            "player": [game.players[game.infoset_owner[j] - 1] for j in infoset],
            "infoset": [game.infoset_names[j] for j in infoset],
            "action": [game.action_names[k] for k in flat],
        }
    )


class _Players:
    """The members of the team, who know their plan, and the adversary, who draws her actions."""

    def __init__(
        self,
        game: Game,
        plan: dict[int, int],
        probabilities: Floats,
        generator: np.random.Generator,
    ) -> None:
        self._game = game
        self._plan = plan
        self._probabilities = probabilities
        self._generator = generator

    def advise(self, node: int, infoset: int) -> int:  # noqa: ARG002 - nobody sees the node
        """Return the action at an infoset."""
        if infoset in self._plan:
            return self._plan[infoset]
        flat = self._game.actions_of(infoset)
        return drawn(self._probabilities[flat.start : flat.stop], self._generator)
