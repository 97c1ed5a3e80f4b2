"""What a mediator may draw before a game: joint plans, and what of them matters at the ends.

:class:`JointPlans` holds a probability for every joint reduced plan of all players.
:class:`CorrelationPlans` holds, for two players without chance, the probabilities of the pairs of
sequences that one play can bring together (von Stengel and Forges 2008); there it is as good.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from tests.oracles.plans import reduced_plans
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from efmodels import Game
    from tests.oracles.tree import Node

    Mask = NDArray[np.bool_]
    Move = tuple[int, int]
    Pair = tuple[Move | None, Move | None]
    Equality = tuple[dict[Hashable, float], float]


def joint_plans(game: Game) -> int:
    """Return how many joint reduced plans a game has."""
    return prod(len(reduced_plans(game, k + 1)) for k in range(len(game.players)))


class JointPlans:
    """All joint reduced plans; what agrees with some messages is a set of them.

    Attributes
    ----------
    start
        All of them.
    """

    def __init__(self, game: Game) -> None:
        plans = [reduced_plans(game, k + 1) for k in range(len(game.players))]
        joint = list(product(*(range(len(each)) for each in plans)))
        self.start: Mask = np.ones(len(joint), dtype=bool)
        self._says: dict[Move, Mask] = {}
        self._whole: list[list[Mask]] = []
        for player, mine in enumerate(plans):
            drawn = np.array([each[player] for each in joint])
            self._whole.append([drawn == k for k in range(len(mine))])
            for plan, which in zip(mine, self._whole[player], strict=True):
                for move in plan.items():
                    self._says[move] = self._says.get(move, which) | which

    def told(self, drawn: Mask, infoset: int, action: int) -> Mask | None:
        """Return those that say an action at an infoset, or None if none of them does."""
        if (infoset, action) not in self._says:
            return None
        left = drawn & self._says[infoset, action]
        return left if left.any() else None

    def names(self, drawn: Mask) -> list[Hashable]:
        """Return the variables whose sum is the probability of a set."""
        return [("plan", k) for k in np.flatnonzero(drawn).tolist()]

    def equalities(self) -> list[Equality]:
        """Return the rows of a probability distribution."""
        return [(dict.fromkeys(self.names(self.start), 1.0), 1.0)]

    def whole_plans(self, player: int) -> list[Mask]:
        """Return, for each plan of a player (from 1), the joint plans that hold it."""
        return self._whole[player - 1]


class CorrelationPlans:
    """Pairs of sequences of two players; what agrees with some messages is one of them.

    Attributes
    ----------
    start
        The pair of empty sequences.
    """

    def __init__(self, game: Game) -> None:
        assert len(game.players) == 2
        assert 0 not in game.owner
        self.start: Pair = (None, None)
        self._owner: dict[int, int] = {}
        self._moves: dict[int, list[Move]] = {}
        self._before: dict[int, Move | None] = {}
        self._together: dict[int, set[int]] = defaultdict(set)
        self._look_around(tree_of(game), (), {})

    def _look_around(self, node: Node, above: tuple[int, ...], last: dict[int, Move]) -> None:
        if node.owner < 0:
            return
        infoset, owner = node.infoset, node.owner - 1
        self._owner[infoset] = owner
        self._moves[infoset] = [(infoset, a) for a in range(len(node.children))]
        self._before[infoset] = last.get(owner)
        for other in above:
            if self._owner[other] != owner:
                self._together[infoset].add(other)
                self._together[other].add(infoset)
        for move, child in zip(self._moves[infoset], node.children, strict=True):
            self._look_around(child, (*above, infoset), last | {owner: move})

    def told(self, drawn: Pair, infoset: int, action: int) -> Pair | None:
        """Return the pair after one more answer."""
        if (infoset, action) not in self._moves[infoset]:
            return None
        return self._with(drawn[1 - self._owner[infoset]], infoset, (infoset, action))

    def _with(self, other: Move | None, infoset: int, mine: Move | None) -> Pair:
        """Return the other player's sequence and one of the owner of an infoset, in order."""
        return (mine, other) if self._owner[infoset] == 0 else (other, mine)

    def names(self, drawn: Pair) -> list[Hashable]:
        """Return the variable that is a pair's probability."""
        return [drawn]

    def equalities(self) -> list[Equality]:
        """Return the rows: the actions of an infoset share what leads there, whatever else."""
        rows: list[Equality] = [({self.start: 1.0}, 1.0)]
        for infoset, moves in self._moves.items():
            others = [move for j in self._together[infoset] for move in self._moves[j]]
            for other in (None, *others):
                row: dict[Hashable, float] = {
                    self._with(other, infoset, move): 1.0 for move in moves
                }
                row[self._with(other, infoset, self._before[infoset])] = -1.0
                rows.append((row, 0.0))
        return rows
