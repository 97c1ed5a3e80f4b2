"""Pure plans of a player, by enumeration.

A plan maps infosets to actions. A *full* plan has an action for every infoset of the player; a
*reduced* one only for those that she can reach if she follows it.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from efmodels import Game
    from tests.oracles.tree import Node

    Plan = dict[int, int]


def full_plans(game: Game, player: int) -> list[Plan]:
    """Return every way to choose one action at each infoset of a player (numbered from 1)."""
    actions = {n.infoset: len(n.children) for n in tree_of(game).descendants() if n.owner == player}
    return [
        dict(zip(actions, plan, strict=True)) for plan in product(*map(range, actions.values()))
    ]


def reduced_plans(game: Game, player: int) -> list[Plan]:
    """Return every plan that chooses at exactly the infosets it lets the player reach."""
    root = tree_of(game)
    finished: list[Plan] = []
    open_plans: list[Plan] = [{}]
    while open_plans:
        plan = open_plans.pop()
        node = undecided(root, player, plan)
        if node is None:
            finished.append(plan)
        else:
            open_plans += [plan | {node.infoset: a} for a in reversed(range(len(node.children)))]
    return finished


def undecided(node: Node, player: int, plan: Plan) -> Node | None:
    """Return the first node of the player that a plan reaches and has no action for."""
    children = node.children
    if node.owner == player:
        if node.infoset not in plan:
            return node
        children = [children[plan[node.infoset]]]
    found = (undecided(child, player, plan) for child in children)
    return next((node for node in found if node is not None), None)
