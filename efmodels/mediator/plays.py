"""Many plays at once: what chance, the mediator and the honest do at the nodes of a game."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.game import CHANCE, TERMINAL
from efmodels.mediator.conversations import branches
from efmodels.mediator.own_moves import START, VOID

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Game, Ints
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
    over
        At which nodes plays need not go on; by default, at terminals alone.

    Attributes
    ----------
    states
        How many states of plays were met so far.
    """

    def __init__(self, game: Game, conversation: Conversation, over: Bools | None = None) -> None:
        self.game = game
        self.conversation = conversation
        self._owner = game.owner if over is None else np.where(over, TERMINAL, game.owner)
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
            owner = self._owner[plays.node]
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
        row, action = branches(np.diff(self._child_start)[plays.node])
        after = self.moved(plays.rows(row), action)
        return after._replace(weight=after.weight * self.game.probability[after.node])

    def _obeyed(self, plays: Plays) -> Plays:
        row, answer, told = self.answered(self.seen(plays), self.game.infoset[plays.node])
        return self.moved(told._replace(said=plays.said[row]), answer)

    def seen(self, plays: Plays) -> Plays:
        """Let the mediator see where somebody moves, if it sees anything."""
        return plays._replace(memory=self.conversation.saw(plays.memory, plays.node))

    def answered(self, plays: Plays, report: Ints) -> tuple[Ints, Ints, Plays]:
        """Report an infoset in each play; return the rows, the answers and what follows."""
        row, answer, factor, memory = self.conversation.answered(plays.memory, report)
        after = plays.rows(row)
        said = self.game.action_start[report[row]] + answer
        after = after._replace(weight=after.weight * factor, memory=memory, said=said)
        return row, answer, after

    def silent(self, plays: Plays, player: int) -> Plays:
        """Return what may follow where a player says nothing, from now on."""
        row, _, factor, memory = self.conversation.silent(plays.memory, player)
        after = plays.rows(row)
        return after._replace(
            weight=after.weight * factor, memory=memory, said=np.full(len(row), VOID)
        )

    def moved(self, plays: Plays, action: Ints) -> Plays:
        """Play an action in each play, given by its number at the infoset."""
        return plays._replace(node=self._child[self._child_start[plays.node] + action])


def decided(game: Game, payoffs: Floats) -> Bools:
    """Return where payoffs are the same at all terminals below a node.

    Whatever anybody does from such a node on, the mediator included, makes no difference to them.

    Parameters
    ----------
    game
        The game.
    payoffs
        A row per terminal, a column per payoff that matters.

    Returns
    -------
    numpy.ndarray
        Shape ``(nodes,)``.
    """
    low, high = least_below(game, payoffs), -least_below(game, -payoffs)
    over: Bools = (low == high).all(axis=1)
    return over


def least_below(game: Game, payoffs: Floats) -> Floats:
    """Return the least payoffs at terminals below each node; shape ``(nodes, columns)``."""
    least = np.full((game.nodes, payoffs.shape[1]), np.inf)
    least[game.terminals] = payoffs
    for level in reversed(game.levels[1:]):
        np.minimum.at(least, game.parent[level], least[level])
    return least
