"""What can be witnessed on the way to a node, by those who see or hear of some players' moves.

For those who check a policy from the tree; the walk that makes the linear program has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from efmodels.game import Game, Ints


@dataclass(frozen=True, eq=False)
class WitnessedMoves:
    """The moves of some owners before each node: who moved, and the name of the action.

    Where an action was taken is not witnessed, nor what its owner knew.

    Parameters
    ----------
    game
        The game.
    owners
        Whose moves are witnessed; 0 is chance.

    Examples
    --------
    >>> import efmodels as ef
    >>> drawn = WitnessedMoves(ef.instances.car_sale(), [0])
    >>> drawn.number.tolist(), drawn.names(2)
    ([0, 1, 1, 1, 2, 2, 2], ('bad',))
    """

    game: Game
    owners: Collection[int]

    @cached_property
    def number(self) -> Ints:
        """A number for each node that tells apart what was witnessed before it; ``(nodes,)``."""
        number, _ = self._numbered
        return number

    @cached_property
    def first(self) -> Ints:
        """For each node, the first one before which the same was witnessed; shape ``(nodes,)``."""
        _, first = np.unique(self.number, return_index=True)
        return first[self.number]

    def names(self, number: int) -> tuple[str, ...]:
        """Return the names of the moves that a number stands for, the first one first."""
        _, known = self._numbered
        names = []
        while number:
            number, _, name = known[number - 1]
            names.append(name)
        return tuple(reversed(names))

    @cached_property
    def _numbered(self) -> tuple[Ints, list[tuple[int, int, str]]]:
        """Return the numbers, and what each of them from 1 on adds to which earlier one."""
        game = self.game
        number = np.zeros(game.nodes, dtype=np.int64)
        known: dict[tuple[int, int, str], int] = {}
        for node, above in enumerate(game.parent[1:].tolist(), start=1):
            number[node] = number[above]
            owner = int(game.owner[above])
            if owner in self.owners:
                name = game.action_names[game.action_start[game.infoset[above]] + game.action[node]]
                move = (int(number[above]), owner, name)
                number[node] = known.setdefault(move, len(known) + 1)
        return number, list(known)
