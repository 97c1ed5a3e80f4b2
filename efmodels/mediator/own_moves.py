"""What players remember of their own moves, and what they may claim to see next.

For those who check a policy from the tree; the walk that makes the linear program has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import CHANCE, ranges

if TYPE_CHECKING:
    from efmodels.game import Game, Ints

START = -1
"""The transcript of a player who has not moved yet."""

VOID = -2
"""The transcript of a player who has fallen silent."""


@dataclass(frozen=True, eq=False)
class OwnMoves:
    """Own moves before infosets; an action is its place in ``game.action_labels``.

    Parameters
    ----------
    game
        With perfect recall.
    """

    game: Game

    @cached_property
    def before(self) -> Ints:
        """The mover's last own action before each infoset, or ``START``; always that for chance.

        Chance may come to one infoset more than once, and would then move before itself.
        """
        game = self.game
        last = np.full((len(game.players) + 1, game.nodes), START, dtype=np.int64)
        for level in game.levels[1:]:
            above = game.parent[level]
            last[:, level] = last[:, above]
            taken = game.action_start[game.infoset[above]] + game.action[level]
            last[game.owner[above], level] = taken
        inner = np.flatnonzero(game.owner > CHANCE)
        before = np.full(len(game.infoset_owner), START, dtype=np.int64)
        before[game.infoset[inner]] = last[game.owner[inner], inner]
        return before

    @cached_property
    def infoset_of(self) -> Ints:
        """The infoset of each action."""
        return np.repeat(np.arange(len(self.game.infoset_owner)), np.diff(self.game.action_start))

    @cached_property
    def length(self) -> Ints:
        """How many own moves end with each action; the last entry is 0, for ``START``."""
        above = self.before[self.infoset_of]
        length = np.zeros(len(above) + 1, dtype=np.int64)
        while (longer := length[above] + 1).tolist() != length[:-1].tolist():
            length[:-1] = longer
        return length

    def next_infosets(self, player: int) -> tuple[Ints, Ints]:
        """Return a player's infosets by the transcript before them, and where each one's begin.

        Those after transcript ``t`` (an action or ``START``) stand at ``start[t + 1]`` up to
        ``start[t + 2]``.
        """
        mine = np.array(self.game.infosets_of(player), dtype=np.int64)
        before = self.before[mine]
        start = np.searchsorted(np.sort(before), np.arange(START, len(self.infoset_of) + 1))
        return mine[np.argsort(before, kind="stable")], start

    def claims(self, player: int, transcript: Ints) -> tuple[Ints, Ints]:
        """Return rows and infosets: what a player with each of the transcripts may claim to see."""
        infosets, start = self.next_infosets(player)
        place = np.maximum(transcript + 1, 0)
        first, last = start[place], np.where(transcript == VOID, start[place], start[place + 1])
        return np.repeat(np.arange(len(transcript)), last - first), infosets[ranges(first, last)]
