"""Many plays at once: what chance, the mediator and the honest do at the nodes of a game."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.game import CHANCE, TERMINAL
from efmodels.mediator.own_moves import START

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.conversations import Conversation

NOBODY = -2
"""Stands for the deviator where all are honest and obedient."""


class Plays(NamedTuple):
    """Plays up to a node each; arrays with an entry per play.

    Attributes
    ----------
    node
        Where the play is.
    weight
        Probability of chance's moves and, with recall, of the mediator's answers.
    memory
        What the mediator was told and answered.
    position
        What the deviator knows.
    said
        Her transcript: the last answer to her, as long as she was never silent.
    """

    node: Ints
    weight: Floats
    memory: Ints
    position: Ints
    said: Ints

    @staticmethod
    def start() -> Plays:
        """Return the play that has not begun."""
        zero = np.zeros(1, dtype=np.int64)
        return Plays(zero, np.ones(1), zero, zero, np.full(1, START))

    @staticmethod
    def joined(parts: list[Plays]) -> Plays:
        """Put plays one behind the other."""
        return Plays(
            np.concatenate([part.node for part in parts]),
            np.concatenate([part.weight for part in parts]),
            np.concatenate([part.memory for part in parts]),
            np.concatenate([part.position for part in parts]),
            np.concatenate([part.said for part in parts]),
        )

    def rows(self, which: Ints) -> Plays:
        """Return some of the plays."""
        return Plays(
            self.node[which],
            self.weight[which],
            self.memory[which],
            self.position[which],
            self.said[which],
        )


class Table:
    """Where plays are followed: the game and the mediator.

    Parameters
    ----------
    game
        The game.
    conversation
        With the mediator.

    Attributes
    ----------
    states
        How many states of plays were met so far.
    """

    def __init__(self, game: Game, conversation: Conversation) -> None:
        self.game = game
        self.conversation = conversation
        self.states = 0
        count = np.bincount(game.parent[1:], minlength=game.nodes)
        self._child_start = np.concatenate(([0], np.cumsum(count)))
        self._child = np.argsort(game.parent[1:], kind="stable") + 1

    def follow(self, plays: Plays, deviator: int = NOBODY) -> tuple[Plays, Plays]:
        """Follow plays until they end or the deviator moves; return those that wait and the ends.

        Chance deals, and all others report the truth and do what they are told.
        """
        waiting, ended = [plays.rows(np.zeros(0, dtype=np.int64))], []
        while len(plays.node):
            self.states += len(plays.node)
            owner = self.game.owner[plays.node]
            ended.append(plays.rows(np.flatnonzero(owner == TERMINAL)))
            waiting.append(plays.rows(np.flatnonzero(owner == deviator)))
            dealt = self._dealt(plays.rows(np.flatnonzero(owner == CHANCE)))
            honest = plays.rows(np.flatnonzero((owner > CHANCE) & (owner != deviator)))
            plays = Plays.joined([dealt, self._obeyed(honest)])
        return Plays.joined(waiting), Plays.joined(ended)

    def probability(self, ended: Plays) -> Floats:
        """Return the probabilities of plays that have ended."""
        return ended.weight * self.conversation.close(ended.memory)

    def _dealt(self, plays: Plays) -> Plays:
        row, action = _branches(np.diff(self._child_start)[plays.node])
        after = self.moved(plays.rows(row), action)
        return after._replace(weight=after.weight * self.game.probability[after.node])

    def _obeyed(self, plays: Plays) -> Plays:
        row, answer, told = self.answered(self.seen(plays), self.game.infoset[plays.node])
        return self.moved(told._replace(said=plays.said[row]), answer)

    def seen(self, plays: Plays) -> Plays:
        """Let the mediator see where somebody moves, if it sees anything."""
        return plays._replace(memory=self.conversation.saw(plays.memory, plays.node))

    def answered(self, plays: Plays, report: Ints) -> tuple[Ints, Ints, Plays]:
        """Report an infoset in each play; return the rows, the answers and what follows.

        What the mediator never answers is left out.
        """
        row, answer = _branches(np.diff(self.game.action_start)[report])
        factor = self.conversation.ask(plays.memory, report)
        possible = np.flatnonzero(factor > 0)
        row, answer, heard = row[possible], answer[possible], report[row[possible]]
        after = plays.rows(row)
        after = after._replace(
            weight=after.weight * factor[possible],
            memory=self.conversation.told(after.memory, heard, answer),
            said=self.game.action_start[heard] + answer,
        )
        return row, answer, after

    def moved(self, plays: Plays, action: Ints) -> Plays:
        """Play an action in each play, given by its number at the infoset."""
        return plays._replace(node=self._child[self._child_start[plays.node] + action])


def _branches(number: Ints) -> tuple[Ints, Ints]:
    """Return the row and the number of each branch, ``number`` of them from each row."""
    row = np.repeat(np.arange(len(number)), number)
    return row, np.arange(len(row)) - (np.cumsum(number) - number)[row]
