"""What the walk needs to know of a game: children, sequences, and what may follow a transcript."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import CHANCE

if TYPE_CHECKING:
    from efmodels.game import Game, Ints


@dataclass(frozen=True, eq=False)
class Transcripts:
    """The players' infosets and sequences, numbered for the walk.

    Infosets are those of the players alone, from 0. Sequences are numbered over all players: 0 is
    everybody's empty sequence, and those of infoset ``I`` are ``first[I]`` up to ``first[I + 1]``.
    A transcript is what somebody claims to have seen and done: a sequence, too.

    Parameters
    ----------
    game
        With perfect recall.
    """

    game: Game

    def __post_init__(self) -> None:
        """Insist on perfect recall."""
        self.game.require_perfect_recall()

    @cached_property
    def chance_infosets(self) -> int:
        """How many of the game's infosets are chance's."""
        return len(self.game.infosets_of(CHANCE))

    @cached_property
    def infosets(self) -> int:
        """Number of infosets of players."""
        return len(self.game.infoset_owner) - self.chance_infosets

    @cached_property
    def first(self) -> Ints:
        """First sequence of each infoset, and the number of sequences; ``(infosets + 1,)``."""
        start = self.game.action_start[self.chance_infosets :].astype(np.int64)
        first: Ints = start - start[0] + 1
        return first

    @property
    def sequences(self) -> int:
        """Number of sequences of all players, with one empty sequence."""
        return int(self.first[-1])

    @cached_property
    def width(self) -> Ints:
        """Number of actions of each infoset."""
        return np.diff(self.first)

    @cached_property
    def owner(self) -> Ints:
        """Player of each infoset, from 1."""
        return self.game.infoset_owner[self.chance_infosets :].astype(np.int64)

    @cached_property
    def infoset(self) -> Ints:
        """Infoset of each sequence, -1 for the empty one."""
        return np.concatenate(([-1], np.repeat(np.arange(self.infosets), self.width)))

    @cached_property
    def at_node(self) -> Ints:
        """Infoset of each node, negative where no player moves."""
        return np.where(self.game.owner > CHANCE, self.game.infoset - self.chance_infosets, -1)

    @cached_property
    def children(self) -> Ints:
        """Number of children of each node."""
        return np.bincount(self.game.parent[1:], minlength=self.game.nodes)

    @cached_property
    def child_start(self) -> Ints:
        """Where the children of each node begin in ``child``; ``(nodes + 1,)``."""
        return np.concatenate(([0], np.cumsum(self.children)))

    @cached_property
    def child(self) -> Ints:
        """The children of all nodes, by node and action."""
        return np.argsort(self.game.parent[1:], kind="stable") + 1

    @cached_property
    def before(self) -> Ints:
        """Last own sequence before each infoset."""
        last = np.zeros((self.game.nodes, len(self.game.players) + 1), dtype=np.int64)
        before = np.zeros(self.infosets, dtype=np.int64)
        for level in self.game.levels:
            if level[0] > 0:
                parent = self.game.parent[level]
                last[level] = last[parent]
                moved = self.at_node[parent]
                mine = np.flatnonzero(moved >= 0)
                chosen = self.first[moved[mine]] + self.game.action[level[mine]]
                last[level[mine], self.owner[moved[mine]]] = chosen
            here = level[self.at_node[level] >= 0]
            infoset = self.at_node[here]
            before[infoset] = last[here, self.owner[infoset]]
        return before

    @cached_property
    def moves(self) -> Ints:
        """How many own moves were made before each infoset."""
        moves = np.zeros(self.infosets, dtype=np.int64)
        while True:
            above = self.infoset[self.before]
            new = np.where(above >= 0, moves[above] + 1, 0)
            if (new == moves).all():
                return moves
            moves = new

    @cached_property
    def length(self) -> Ints:
        """How many moves each sequence consists of."""
        return np.concatenate(([0], self.moves[self.infoset[1:]] + 1))

    @cached_property
    def depth(self) -> Ints:
        """Depth in the tree of the first node of each infoset."""
        depth = np.full(self.infosets, self.game.nodes, dtype=np.int64)
        for number, level in enumerate(self.game.levels):
            here = self.at_node[level]
            np.minimum.at(depth, here[here >= 0], number)
        return depth

    def of_actions(self, actions: Ints) -> Ints:
        """Return the sequences that end with actions, given by their places in the game.

        Those are the places in ``game.action_labels``; what is negative stands for no action yet.
        """
        first = int(self.game.action_start[self.chance_infosets])
        return np.maximum(actions - first + 1, 0)

    # What each infoset is a part of ---------------------------------------------------------------

    @cached_property
    def base(self) -> Ints:
        """The infoset of the game that each infoset is a part of: here itself."""
        return np.arange(self.infosets)

    @cached_property
    def base_sequence(self) -> Ints:
        """The sequence of the game that each sequence is a part of: here itself."""
        return np.arange(self.sequences)

    # What may come next ---------------------------------------------------------------------------

    def key(self, player: int, transcript: Ints) -> Ints:
        """Return where the infosets after a player's transcript are found in ``after_start``."""
        return np.where(transcript > 0, transcript, self.sequences + player)

    @cached_property
    def _after(self) -> tuple[Ints, Ints]:
        keys = np.where(self.before > 0, self.before, self.sequences + self.owner)
        number = self.sequences + len(self.game.players) + 1
        start = np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=number))))
        return np.argsort(keys, kind="stable"), start

    @property
    def after(self) -> Ints:
        """The infosets that may come next after each transcript, by key."""
        return self._after[0]

    @property
    def after_start(self) -> Ints:
        """Where the infosets of each key begin in ``after``."""
        return self._after[1]
