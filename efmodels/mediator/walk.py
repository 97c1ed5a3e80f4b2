"""The walk through the augmented game: what a mediator can do, and what deviators make of it.

The game is walked through once with everybody honest and obedient, and once for each player with
incentives, who does whatever the concept allows while the others stay honest and obedient. A state
is a node together with what the mediator remembers and what the deviator did and said.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from efmodels.game import CHANCE, TERMINAL, ranges
from efmodels.integer_sets import distinct_rows
from efmodels.mediator.memories import MessageTree, PrivateMemory
from efmodels.mediator.refined_infosets import first_of_equal_draws, own_infosets
from efmodels.mediator.reports import Reports
from efmodels.mediator.transcripts import Transcripts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Bools, Floats, Game, Ints
    from efmodels.mediator.concept import Concept

Columns = TypeVar("Columns", bound="tuple[Any, ...]")


class States(NamedTuple):
    """Many states of the augmented game; arrays with an entry each.

    Attributes
    ----------
    node
        Node of the game.
    chance
        Probability of chance's moves on the way.
    coordinate
        What the mediator answered so far: the coordinate whose probability the state has.
    memory
        What the mediator remembers; the coordinate unless it hears more than it answers.
    own
        The deviator's last sequence, of `Walk.own`: what she did, and what she saw and heard.
    said
        The deviator's transcript: what she said, and was told to do.
    """

    node: Ints
    chance: Floats
    coordinate: Ints
    memory: Ints
    own: Ints
    said: Ints

    def rows(self, which: Ints) -> States:
        """Return some of the states."""
        columns: list[Any] = [column[which] for column in self]
        return States(*columns)


class Asked(NamedTuple):
    """What the mediator was asked: memory, coordinate and the infoset it heard of."""

    memory: Ints
    coordinate: Ints
    infoset: Ints


class Spoken(NamedTuple):
    """Where a deviator could report what: her infoset, her transcript, the mediator's memory."""

    infoset: Ints
    said: Ints
    memory: Ints
    report: Ints


class Ends(NamedTuple):
    """The end of a walk: terminal nodes, and the deviator's last sequence as a pair."""

    node: Ints
    chance: Floats
    coordinate: Ints
    own: Ints
    said: Ints


class Walk:
    """Walks through the augmented game of a concept.

    Parameters
    ----------
    game
        With perfect recall.
    concept
        Its switches.
    reports
        What a liar may say, with the transcripts of the game; by default, everything that agrees
        with what she said before.
    fold
        Where the walks need not go on, for each player; shape ``(nodes, players)``.

    Attributes
    ----------
    transcripts
        The infosets and sequences of the game.
    own
        The infosets and sequences of deviators: the game's, split by what they see beyond them.
    fold
        As given.
    asked
        For each walk, the questions that the mediator met, with repetitions.
    spoken
        For each walk, where the deviator could report what, if she may lie.
    tree
        The memories of a mediator with recall; ``None`` for a private one.
    visited
        Number of states of all walks so far.
    """

    def __init__(
        self,
        game: Game,
        concept: Concept,
        *,
        reports: Reports | None = None,
        fold: Bools | None = None,
    ) -> None:
        self.concept = concept
        self.reports = Reports(Transcripts(game)) if reports is None else reports
        self.transcripts = self.reports.transcripts
        self.own = own_infosets(self.transcripts, concept)
        self.fold = fold
        self.asked: list[Asked] = []
        self.spoken: list[Spoken] = []
        self._asked, self._spoken = [_NO_QUESTION], [_NOTHING_SAID]
        self.visited = 0
        self.tree: MessageTree | None = None
        if concept.memory == "recall":
            tokens = self.transcripts.sequences + len(game.players) + 1 + game.nodes
            self.tree = MessageTree(tokens)
        else:
            self.coordinates = PrivateMemory(self.transcripts)

    def play(self, deviator: int = 0) -> Ends:
        """Walk through the game with one deviator, or with everybody honest and obedient (0).

        How many states there will be is what :func:`.walk_size` tells.
        """
        zero = np.zeros(1, dtype=np.int64)
        states = States(zero, np.ones(1), zero, zero, zero, zero)
        if deviator and self.concept.deviate == "root":
            states = self._opted_out(states, deviator)
        movers, ends = self._movers(deviator), []
        while len(states.node):
            self.visited += len(states.node)
            owner = movers[states.node]
            over = owner == TERMINAL
            ends.append(states.rows(np.flatnonzero(over)))
            if over.all():
                break
            states = _joined(self._after(states, owner, deviator))
            if self.concept.report == "untimed" and len(states.node):
                states = _distinct(states)
        end = _joined(ends)
        self.asked.append(_joined(self._asked))
        self.spoken.append(_joined(self._spoken))
        self._asked, self._spoken = [_NO_QUESTION], [_NOTHING_SAID]
        return Ends(end.node, end.chance, end.coordinate, end.own, end.said)

    def _movers(self, deviator: int) -> Ints:
        """Return who moves at each node, nobody where the walk may stop."""
        owner = self.transcripts.game.owner
        if self.fold is None:
            return owner
        fold = self.fold[:, deviator - 1] if deviator else self.fold.all(axis=1)
        return np.where(fold, TERMINAL, owner)

    def _after(self, states: States, owner: Ints, deviator: int) -> list[States]:
        """Return what may follow states, in parts: after chance, the honest, and the deviator."""
        chance, hers = owner == CHANCE, (owner == deviator) & (owner > CHANCE)
        theirs = (owner > CHANCE) & ~hers
        parts = []
        if chance.any():
            parts.append(self._chance(states.rows(np.flatnonzero(chance))))
        if theirs.any():
            parts.append(self._obedient(self._observed(states.rows(np.flatnonzero(theirs)))))
        if hers.any():
            own = self._observed(states.rows(np.flatnonzero(hers)))
            parts += self._deviating(own, deviator)
        return parts

    def _opted_out(self, states: States, player: int) -> States:
        """Let a mediator with recall know before the game that somebody stays out."""
        if self.tree is None:
            return states
        out = np.array([self.transcripts.sequences + player])
        return states._replace(memory=self.tree.after(states.memory, out))

    # Moves of chance and of the honest ------------------------------------------------------------

    def _chance(self, states: States) -> States:
        row, action = self._branches(self.transcripts.children[states.node])
        after = self._moved(states.rows(row), action)
        return after._replace(chance=after.chance * self.transcripts.game.probability[after.node])

    def _obedient(self, states: States) -> States:
        """Let the mediator answer the truth, and play its answer."""
        infoset = self.transcripts.at_node[states.node]
        row, action = self._answered(states, infoset)
        heard = infoset[row]
        after = self._told(states.rows(row), self.transcripts.before[heard], heard, action)
        return self._moved(after, action)

    # Moves of the deviator ------------------------------------------------------------------------

    def _deviating(self, states: States, player: int) -> list[States]:
        """Return what may follow where the deviator moves."""
        infoset = self.transcripts.at_node[states.node]
        consistent = states.said == self.transcripts.before[infoset]
        deviate, report = self.concept.deviate, self.concept.report
        if deviate == "root":
            return [self._silent(states)]
        if deviate == "coarse":
            follows = states.rows(np.flatnonzero(consistent))
            return [self._silent(states), self._follow(follows)]
        if report == "untimed":
            return self._untimed(states, player)
        if report == "lie":
            return self._lie(states, player)
        honest = self._truth(states.rows(np.flatnonzero(consistent)))
        quiet = ~consistent if report == "forced" else np.ones_like(consistent)
        return [honest, self._silent(states.rows(np.flatnonzero(quiet)))]

    def _silent(self, states: States) -> States:
        """Say nothing and do anything."""
        infoset = self.transcripts.at_node[states.node]
        row, action = self._branches(self.transcripts.width[infoset])
        after = self._did(states.rows(row), action)
        if self.tree is None or not self.concept.hears_silence or not len(row):
            return after
        token = self.transcripts.sequences + self.transcripts.owner[infoset[row]]
        return after._replace(memory=self.tree.after(after.memory, token))

    def _follow(self, states: States) -> States:
        """Report the truth and do what is answered."""
        infoset = self.transcripts.at_node[states.node]
        row, action = self._answered(states, infoset)
        heard = infoset[row]
        after = self._told(states.rows(row), states.said[row], heard, action)
        after = after._replace(said=self.transcripts.first[heard] + action)
        return self._did(after, action)

    def _truth(self, states: States) -> States:
        """Report the truth, and do anything."""
        return self._reporting(states, self.transcripts.at_node[states.node])

    def _reporting(self, states: States, report: Ints) -> States:
        """Report an infoset, hear the answer, and do anything."""
        row, answer = self._answered(states, report)
        heard = report[row]
        after = self._told(states.rows(row), states.said[row], heard, answer)
        after = after._replace(said=self.transcripts.first[heard] + answer)
        row, action = self._branches(self.transcripts.width[self.transcripts.at_node[after.node]])
        return self._did(after.rows(row), action)

    def _lie(self, states: States, player: int) -> list[States]:
        """Report any infoset that agrees with what was said, or nothing where there is none."""
        infoset = self.transcripts.at_node[states.node]
        row, report = self.reports.options(player, infoset, states.said)
        liars = states.rows(row)
        self._spoken.append(Spoken(infoset[row], liars.said, liars.memory, report))
        speaking = self._reporting(liars, report)
        # Who can say something consistent gains nothing by silence if silence is heard.
        quiet = np.bincount(row, minlength=len(infoset)) == 0
        if not self._hears_all:
            quiet[:] = True
        return [speaking, self._silent(states.rows(np.flatnonzero(quiet)))]

    @property
    def _hears_all(self) -> bool:
        return self.tree is None or self.concept.hears_silence

    def _untimed(self, states: States, player: int) -> list[States]:
        """Ask about any number of infosets, as long as there are any, and do anything."""
        parts = []
        while len(states.node):
            parts.append(self._silent(states))
            key = self.transcripts.key(player, states.said)
            start, end = self.transcripts.after_start[key], self.transcripts.after_start[key + 1]
            report = self.transcripts.after[ranges(start, end)]
            asking = states.rows(np.repeat(np.arange(len(key)), end - start))
            row, answer = self._answered(asking, report)
            heard = report[row]
            states = self._told(asking.rows(row), asking.said[row], heard, answer)
            states = states._replace(said=self.transcripts.first[heard] + answer)
            self.visited += len(row)
        return parts

    # Steps ----------------------------------------------------------------------------------------

    def _branches(self, number: Ints) -> tuple[Ints, Ints]:
        """Return the row and the action of each branch, ``number`` of them from each row."""
        row = np.repeat(np.arange(len(number)), number)
        return row, np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)

    def _answered(self, states: States, report: Ints) -> tuple[Ints, Ints]:
        """Ask the mediator about an infoset each; return the rows and all its answers."""
        if len(report):
            self._asked.append(Asked(states.memory, states.coordinate, report))
        return self._branches(self.transcripts.width[report])

    def _told(self, states: States, old: Ints, heard: Ints, answer: Ints) -> States:
        """Let the mediator remember its answer to what it heard."""
        new = self.transcripts.first[heard] + answer
        if self.tree is None:
            coordinate = self.coordinates.answered(states.coordinate, old, new)
            return states._replace(coordinate=coordinate, memory=coordinate)
        memory = self.tree.after(states.memory, new) if len(new) else states.memory
        return states._replace(coordinate=memory, memory=memory)

    def _observed(self, states: States) -> States:
        """Let the mediator see where somebody moves, or what chance has drawn by then."""
        if self.tree is None or self.concept.observe == "nothing":
            return states
        seen = self.seen_at(states.node)
        return states._replace(memory=self.tree.after(states.memory, seen))

    def seen_at(self, node: Ints) -> Ints:
        """Return the messages of a mediator that sees something where somebody moves."""
        above = self.transcripts.sequences + len(self.transcripts.game.players) + 1
        if self.concept.observe == "chance":
            return above + self._same_draws[node]
        return above + node

    @cached_property
    def _same_draws(self) -> Ints:
        return first_of_equal_draws(self.transcripts.game)

    def _did(self, states: States, action: Ints) -> States:
        """Let the deviator act."""
        own = self.own.first[self.own.at_node[states.node]] + action
        return self._moved(states._replace(own=own), action)

    def _moved(self, states: States, action: Ints) -> States:
        """Go on to a child of every node."""
        return states._replace(
            node=self.transcripts.child[self.transcripts.child_start[states.node] + action]
        )


def _distinct(states: States) -> States:
    """Merge states that differ only in when the deviator asked what."""
    columns = np.column_stack([states.node, states.own, states.said])
    first, _ = distinct_rows(columns)
    return states.rows(first)


def _joined(parts: Sequence[Columns]) -> Columns:
    """Return named tuples of arrays one below the other."""
    return type(parts[0])(*(np.concatenate(column) for column in zip(*parts, strict=True)))


_NONE = np.zeros(0, dtype=np.int64)
_NO_QUESTION = Asked(_NONE, _NONE, _NONE)
_NOTHING_SAID = Spoken(_NONE, _NONE, _NONE, _NONE)
