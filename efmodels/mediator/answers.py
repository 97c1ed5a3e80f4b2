"""What a solved policy offers to those who check it or play it: probabilities of its answers.

Infosets and actions are those of the game, so that nobody else has to know how the walk numbers
things.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import ranges

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.mediator.mediation import Mediation
    from efmodels.mediator.memories import MessageTree
    from efmodels.mediator.policy import Policy
    from efmodels.mediator.walk import Walk


@dataclass(frozen=True, eq=False)
class RecalledAnswers:
    """The answers of a mediator with recall.

    A memory is a number: 0 before the game, and whatever the methods return later. All arguments
    and results are arrays with an entry per memory.

    Parameters
    ----------
    policy
        With recall.
    """

    policy: Policy

    def answers(self, memory: Ints, infoset: Ints) -> Floats:
        """Return the probabilities of all answers to reports of infosets, one after the other.

        Raises
        ------
        GameError
            The policy has no answer to that.
        """
        transcripts = self.policy.mediated.walk.transcripts
        wanted = memory * transcripts.infosets + infoset - transcripts.chance_infosets
        keys = self._keys
        point = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        _require_known(keys[point] == wanted, "is asked what it has no answer to")
        start = self.policy.mediated.problem.leader.start
        return self.policy.behaviour[ranges(start[point], start[point + 1])]

    @cached_property
    def _keys(self) -> Ints:
        mediation = self.policy.mediated.mediation
        keys = mediation.memory * self.policy.mediated.walk.transcripts.infosets
        return np.asarray(keys + mediation.infoset)

    def told(self, memory: Ints, infoset: Ints, action: Ints) -> Ints:
        """Return the memories after the report of infosets and an answer each."""
        transcripts = self.policy.mediated.walk.transcripts
        return self._after(
            memory, transcripts.first[infoset - transcripts.chance_infosets] + action
        )

    def silent(self, memory: Ints, player: int) -> Ints:
        """Return the memories after a player has been noticed to say nothing."""
        token = self.policy.mediated.walk.transcripts.sequences + player
        return self._after(memory, np.full(len(memory), token))

    def saw(self, memory: Ints, node: Ints) -> Ints:
        """Return the memories after having seen nodes of the game, or chance's moves up to them."""
        return self._after(memory, self.policy.mediated.walk.seen_at(node))

    def _after(self, memory: Ints, token: Ints) -> Ints:
        after = self._tree.find(memory, token)
        _require_known(after >= 0, "hears what it does not expect")
        return after

    @cached_property
    def _tree(self) -> MessageTree:
        tree = self.policy.mediated.walk.tree
        if tree is None:
            raise GameError("a private mediator recalls no messages; ask for its joint probability")
        return tree


@dataclass(frozen=True, eq=False)
class PrivateAnswers:
    """The answers of a private mediator, or of a team.

    Parameters
    ----------
    walk, mediation
        What it was made from.
    mu
        Probability of each coordinate.
    """

    walk: Walk
    mediation: Mediation
    mu: Floats

    def joint_probability(self, transcripts: Ints) -> Floats:
        """Return the probability that the mediator's plan agrees with transcripts of all players.

        Parameters
        ----------
        transcripts
            Each player's last answer, as its place in ``game.action_labels``, or -1 before the
            first; shape ``(number, players)``. Known are those at the ends of plays, honest or not.

        Raises
        ------
        GameError
            There are no such plays.
        """
        return self.mu[self.coordinate(transcripts)]

    def coordinate(self, transcripts: Ints) -> Ints:
        """Return the coordinates of transcripts of all players, as for `joint_probability`."""
        walk, sequence = self.walk, self.walk.transcripts.of_actions(transcripts)
        code: Ints = np.zeros(len(sequence), dtype=np.int64)
        for column in sequence.T:
            code = walk.coordinates.answered(code, np.zeros_like(column), column)
        known = self.mediation.coordinates
        row = np.minimum(np.searchsorted(known, code), len(known) - 1)
        _require_known(known[row] == code, "is asked for answers that no play leads to")
        return row


def _require_known(known: Bools, what: str) -> None:
    if not known.all():
        raise GameError(
            f"the policy {what}, in {int((~known).sum())} of {len(known)} cases: it was made for "
            "another game or concept, or for other players with incentive constraints"
        )
