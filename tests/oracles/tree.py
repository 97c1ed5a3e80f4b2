"""A game as nested nodes, read from the arrays of :class:`efmodels.Game` and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from efmodels import Game

    Number = Fraction | int | float


@dataclass(frozen=True)
class Node:
    """A node: who moves there (-1 nobody, 0 chance), its infoset, its children, its payoffs.

    ``payoffs`` are the sums along the path; ``chances`` are empty unless chance moves.
    """

    owner: int
    infoset: int
    payoffs: tuple[Number, ...]
    chances: tuple[Number, ...] = ()
    children: list[Node] = field(default_factory=list)

    def descendants(self) -> Iterator[Node]:
        """Yield this node and all below it, in preorder."""
        yield self
        for child in self.children:
            yield from child.descendants()


def tree_of(game: Game) -> Node:
    """Return the root of a game's tree; numbers stay exact where they are."""
    nodes: list[Node] = []
    for h in range(len(game.parent)):
        above = nodes[game.parent[h]] if h else None
        payoffs = above.payoffs if above else (0,) * len(game.player_labels)
        if game.outcome[h] >= 0:
            here = game.outcome_payoffs[game.outcome[h]]
            payoffs = tuple(a + b for a, b in zip(payoffs, here, strict=True))
        j = int(game.infoset[h])
        chances: tuple[Number, ...] = ()
        if game.owner[h] == 0:
            chances = game.chance_probabilities[game.action_start[j] : game.action_start[j + 1]]
        nodes.append(Node(int(game.owner[h]), j, payoffs, chances))
        if above:
            assert game.action[h] == len(above.children), "children do not follow in order"
            above.children.append(nodes[h])
    return nodes[0]
