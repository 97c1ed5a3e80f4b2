"""Commitment in small trees: every pure plan of everybody, read from the tree, in a table."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from tests.oracles.matrix_commitment import strong_stackelberg_value
from tests.oracles.plans import reduced_plans
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from efmodels import Game
    from tests.oracles.plans import Plan
    from tests.oracles.tree import Node

    Floats = NDArray[np.float64]
    Leaf = tuple[float, dict[int, Plan], tuple[float, ...]]


def reduced_table(game: Game) -> Floats:
    """Return the payoffs of all profiles of reduced plans: an axis per player, then the payoffs."""
    leaves = list(_leaves(tree_of(game), 1.0, {}))
    worth = np.array([[chance * float(u) for u in payoffs] for chance, _, payoffs in leaves])
    allowed = [
        np.array([[_allows(plan, leaf, k) for leaf in leaves] for plan in reduced_plans(game, k)])
        for k in range(1, len(game.players) + 1)
    ]
    letters = "abcdefg"[: len(allowed)]
    rule = f"{','.join(f'{one}z' for one in letters)},zu->{letters}u"
    table: Floats = np.einsum(rule, *(one.astype(float) for one in allowed), worth, optimize=True)
    return table


def _leaves(node: Node, chance: float, moves: dict[int, Plan]) -> Iterator[Leaf]:
    """Yield every leaf: its chance, what each player has to do to get there, the payoffs."""
    if not node.children:
        yield chance, moves, node.payoffs
    for a, child in enumerate(node.children):
        if node.owner == 0:
            yield from _leaves(child, chance * float(node.chances[a]), moves)
        else:
            hers = moves.get(node.owner, {}) | {node.infoset: a}
            yield from _leaves(child, chance, moves | {node.owner: hers})


def _allows(plan: Plan, leaf: Leaf, player: int) -> bool:
    return all(plan.get(j) == a for j, a in leaf[1].get(player, {}).items())


def strong_value(game: Game, leader: int) -> float:
    """Return the most that a leader (from 1) gets who commits herself, of two players."""
    table = np.moveaxis(reduced_table(game), leader - 1, 0)
    return strong_stackelberg_value(table[..., leader - 1], table[..., 2 - leader])


def value_with_pure_followers(game: Game, leader: int) -> float:
    """Return the same with several followers, who play the pure equilibrium she likes best.

    A linear program for each profile of their plans; ``-inf`` where none is ever an equilibrium.
    """
    table = np.moveaxis(reduced_table(game), leader - 1, 0)
    others = [k for k in range(1, table.shape[-1] + 1) if k != leader]
    best = -np.inf
    for profile in product(*map(range, table.shape[1:-1])):
        better = [
            np.moveaxis(table[..., k - 1], axis + 1, 1)[
                (slice(None), slice(None), *(p for a, p in enumerate(profile) if a != axis))
            ]
            - table[(slice(None), *profile, k - 1)][:, None]
            for axis, k in enumerate(others)
        ]
        rows = np.concatenate(better, axis=1).T
        worth = table[(slice(None), *profile, leader - 1)]
        found = linprog(-worth, rows, np.zeros(len(rows)), np.ones((1, len(worth))), [1.0])
        if found.status == 0:
            best = max(best, -found.fun)
    return float(best)
