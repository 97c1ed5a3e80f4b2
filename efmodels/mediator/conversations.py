"""How the search for deviations talks to a mediator.

A state of the search keeps a *memory*, a number that stands for all that the mediator was told so
far, and a *weight*. With recall the weight grows by the probability of every answer; a private
mediator answers first, and at the end the weight is multiplied by the joint probability of all
answers. What is looked up is compared with itself: the probabilities of all answers to a question
must add up to that of the question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np

from efmodels.errors import SizeError
from efmodels.game import CHANCE, ranges
from efmodels.mediator.own_moves import START
from efmodels.mediator.witnessed_moves import WitnessedMoves

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.own_moves import OwnMoves


class Reaction(NamedTuple):
    """All that a mediator may do with messages, in any order.

    Attributes
    ----------
    row
        Which message each possibility belongs to.
    answer
        The number of the action that is recommended; 0 after silence, to which nobody answers.
    factor
        What it multiplies the weight of the play with.
    memory
        The memory after it. Several possibilities may have one answer: what the mediator does not
        tell.
    """

    row: Ints
    answer: Ints
    factor: Floats
    memory: Ints


class Recalled(Protocol):
    """What a mediator with recall is asked; see `efmodels.mediator.answers.RecalledAnswers`."""

    def answers(self, memory: Ints, infoset: Ints) -> Floats:
        """Return the probabilities of all answers to reports."""

    def told(self, memory: Ints, infoset: Ints, action: Ints) -> Ints:
        """Return the memories after reports and answers."""

    def silent(self, memory: Ints, player: int) -> Ints:
        """Return the memories after a player's silence."""

    def saw(self, memory: Ints, node: Ints) -> Ints:
        """Return the memories after having seen nodes.

        Who sees the moves of chance alone is shown, instead of each node, the first one before
        which chance has made the same moves.
        """


class Private(Protocol):
    """What a private mediator is asked; see `efmodels.mediator.answers.PrivateAnswers`."""

    def joint_probability(self, transcripts: Ints) -> Floats:
        """Return the probability of transcripts of all players."""


class Conversation(Protocol):
    """What the search does with either kind of mediator."""

    def answered(self, memory: Ints, infoset: Ints) -> Reaction:
        """Return what may follow reports."""

    def silent(self, memory: Ints, player: int) -> Reaction:
        """Return what may follow where a player says nothing."""

    def stays_out(self, memory: Ints, player: int) -> Ints:
        """Return the memories after a player said before the game that she takes no advice."""

    def saw(self, memory: Ints, node: Ints) -> Ints:
        """Return the memories after the mediator could see nodes."""

    def close(self, memory: Ints) -> Floats:
        """Return a factor for every play that has ended."""

    def inconsistency(self) -> float:
        """Return by how much the probabilities of answers fail to add up, at most."""


class RecallingConversation:
    """With a mediator that remembers every message.

    Parameters
    ----------
    game
        The game.
    mediator
        Its answers.
    hears_silence
        Whether it notices silence.
    observe
        What it sees: nothing, the moves of chance, or everything.
    """

    def __init__(
        self,
        game: Game,
        mediator: Recalled,
        *,
        hears_silence: bool,
        observe: Literal["nothing", "chance", "everything"],
    ) -> None:
        self._width = np.diff(game.action_start)
        self._mediator = mediator
        self._hears_silence = hears_silence
        self._shown = _shown(game, observe)
        self._worst = 0.0

    def answered(self, memory: Ints, infoset: Ints) -> Reaction:
        """Return every answer with its probability."""
        row, action = branches(self._width[infoset])
        if not len(row):
            return Reaction(row, action, np.zeros(0), row)
        answers = self._mediator.answers(memory, infoset)
        total = np.bincount(row, answers)
        worst = max(np.abs(total - 1).max(), -answers.min())
        self._worst = max(self._worst, float(worst))
        # What is never answered leads nowhere.
        given = np.flatnonzero(answers > 0)
        row, action = row[given], action[given]
        after = self._mediator.told(memory[row], infoset[row], action)
        return Reaction(row, action, answers[given], after)

    def silent(self, memory: Ints, player: int) -> Reaction:
        """Remember that a player said nothing."""
        after = self._mediator.silent(memory, player) if self._hears_silence else memory
        return unanswered(after)

    def stays_out(self, memory: Ints, player: int) -> Ints:
        """Return the memories after a player said before the game that she takes no advice."""
        return self._mediator.silent(memory, player)

    def saw(self, memory: Ints, node: Ints) -> Ints:
        """Return the memories after the mediator could see nodes."""
        return memory if self._shown is None else self._mediator.saw(memory, self._shown[node])

    def close(self, memory: Ints) -> Floats:
        """Return ones: all answers have been paid for."""
        return np.ones(len(memory))

    def inconsistency(self) -> float:
        """Return how far answers are from probabilities that sum to one."""
        return self._worst


class PrivateConversation:
    r"""With a team of agents, one per player, that share what is drawn before the game.

    A memory is the tuple of all players' last answers as one number in a mixed radix.

    Parameters
    ----------
    moves
        Of the game.
    mediator
        Its joint probabilities.

    Raises
    ------
    SizeError
        There are too many tuples to number.
    """

    def __init__(self, moves: OwnMoves, mediator: Private) -> None:
        self._moves = moves
        self._mediator = mediator
        game = moves.game
        players = range(1, len(game.players) + 1)
        infosets = [game.infosets_of(player) for player in players]
        starts = [int(game.action_start[mine.start]) for mine in infosets]
        ends = [int(game.action_start[mine.stop]) for mine in infosets]
        self._first = np.array(starts, dtype=np.int64)
        self._radix = np.array([e - s + 1 for s, e in zip(starts, ends, strict=True)])
        self._unit = np.concatenate(([1], np.cumprod(self._radix)[:-1]))
        if np.prod(self._radix.astype(float)) > 2.0**62:
            raise SizeError(
                f"the players have {(self._radix - 1).tolist()} actions at all their infosets; the "
                "tuples of one per player are more than 2^62"
            )
        self._questions: list[tuple[Ints, Ints]] = []
        self._ends: list[tuple[Ints, Floats]] = []

    def answered(self, memory: Ints, infoset: Ints) -> Reaction:
        """Return every answer with a factor of one, and remember what was asked."""
        if len(memory):
            self._questions.append(_distinct(memory, infoset))
        row, action = branches(np.diff(self._moves.game.action_start)[infoset])
        after = self._told(memory[row], infoset[row], action)
        return Reaction(row, action, np.ones(len(row)), after)

    def _told(self, memory: Ints, infoset: Ints, action: Ints) -> Ints:
        """Return the memories after reports, which agree with what was said before, and answers."""
        game, before = self._moves.game, self._moves.before[infoset]
        mover = game.infoset_owner[infoset] - 1
        answer = game.action_start[infoset] + action
        # START counts as the place just before the player's first action.
        old = np.where(before == START, self._first[mover] - 1, before)
        after: Ints = memory + self._unit[mover] * (answer - old)
        return after

    def silent(self, memory: Ints, player: int) -> Reaction:  # noqa: ARG002 - nobody hears it
        """Change nothing."""
        return unanswered(memory)

    def stays_out(self, memory: Ints, player: int) -> Ints:  # noqa: ARG002 - the others hear nothing
        """Return the same memories."""
        return memory

    def saw(self, memory: Ints, node: Ints) -> Ints:  # noqa: ARG002 - nobody sees them
        """Return the same memories."""
        return memory

    def close(self, memory: Ints) -> Floats:
        """Return the joint probability of all answers."""
        if not len(memory):
            return np.zeros(0)
        distinct, which = np.unique(memory, return_inverse=True)
        probability = self._mediator.joint_probability(self._transcripts(distinct))
        self._ends.append((distinct, probability))
        return probability[which]

    def _transcripts(self, memory: Ints) -> Ints:
        """Return every player's last answer, or ``START``; shape ``(memories, players)``."""
        local = memory[:, None] // self._unit % self._radix
        return np.where(local > 0, local - 1 + self._first, START)

    # Do the probabilities belong to one distribution over plans? ----------------------------------

    def inconsistency(self) -> float:
        """Return by how much joint probabilities fail to add up, or are negative, at most.

        From the longest transcripts down: those after the answers to one question must sum to that
        before it, the same for all questions there and for a play that ends there; nothing asked
        has probability one.
        """
        memory, infoset = self._distinct_questions()
        child, first = self._children(memory, infoset)
        ends = [np.concatenate(column) for column in zip(*self._ends, strict=True)]
        known = np.unique(np.concatenate([[0], memory, child, ends[0]]))
        low, high = np.full(len(known), np.inf), np.full(len(known), -np.inf)
        low[0] = high[0] = 1.0
        place = np.searchsorted(known, ends[0])
        np.minimum.at(low, place, ends[1])
        np.maximum.at(high, place, ends[1])
        above, below = np.searchsorted(known, memory), np.searchsorted(known, child)
        length = self._moves.length[self._transcripts(memory)].sum(axis=1)
        width = np.diff(np.append(first, len(child)))
        for answered in range(int(length.max(initial=-1)), -1, -1):
            here = np.flatnonzero(length == answered)
            if not len(here):
                continue
            rows = np.repeat(np.arange(len(here)), width[here])
            children = below[ranges(first[here], first[here] + width[here])]
            np.minimum.at(low, above[here], np.bincount(rows, low[children]))
            np.maximum.at(high, above[here], np.bincount(rows, high[children]))
        return float(max((high - low).max(), -low.min(), 0.0))

    def _distinct_questions(self) -> tuple[Ints, Ints]:
        if not self._questions:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        memory, infoset = (np.concatenate(column) for column in zip(*self._questions, strict=True))
        return _distinct(memory, infoset)

    def _children(self, memory: Ints, infoset: Ints) -> tuple[Ints, Ints]:
        """Return the memories after all answers to questions, and where each question's begin."""
        width = np.diff(self._moves.game.action_start)[infoset]
        row, action = branches(width)
        return self._told(memory[row], infoset[row], action), np.cumsum(width) - width


def branches(number: Ints) -> tuple[Ints, Ints]:
    """Return the row and the number of each branch, ``number`` of them from each row."""
    row = np.repeat(np.arange(len(number)), number)
    return row, np.arange(len(row)) - (np.cumsum(number) - number)[row]


def unanswered(memory: Ints) -> Reaction:
    """Return the reaction of a mediator who says nothing and has these memories then."""
    row = np.arange(len(memory))
    return Reaction(row, np.zeros_like(row), np.ones(len(row)), memory)


def _shown(game: Game, observe: str) -> Ints | None:
    """Return the node that a mediator is shown at each node, if it sees anything."""
    if observe == "nothing":
        return None
    return (
        np.arange(game.nodes) if observe == "everything" else WitnessedMoves(game, [CHANCE]).first
    )


def _distinct(memory: Ints, infoset: Ints) -> tuple[Ints, Ints]:
    """Return each pair once."""
    order = np.lexsort((infoset, memory))
    memory, infoset = memory[order], infoset[order]
    new = np.append(True, (np.diff(memory) != 0) | (np.diff(infoset) != 0))
    return memory[new], infoset[new]
