"""Seeded random games with perfect recall, chance and private information."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.assembly import Infoset, Outcome, assemble_game

if TYPE_CHECKING:
    from efmodels import Game

    History = tuple[tuple[int, int], ...]


def random_game(seed: int, *, players: int = 2, nodes: int = 12) -> Game:
    """Return a random game with about as many inner nodes.

    Nodes of a player with the same own history and number of actions share an infoset with
    probability 3/4, wherever they lie, so that an infoset may stand at several depths.
    """
    generator = np.random.default_rng(seed)
    infosets: list[Infoset] = []
    histories: list[History] = []
    columns: dict[str, list[int]] = {"parent": [], "action": [], "infoset": [], "outcome": []}
    waiting: list[tuple[int, int, dict[int, History]]] = [(-1, -1, {})]
    while waiting:
        parent, action, known = waiting.pop(0)
        node, j = len(columns["parent"]), -1
        if node < nodes and (not waiting or generator.random() < 0.85):
            j = _infoset(generator, infosets, histories, known, players)
        row = (parent, action, j, -1 if j >= 0 else int(generator.integers(4)))
        for column, value in zip(columns.values(), row, strict=True):
            column.append(value)
        for a in range(len(infosets[j].actions) if j >= 0 else 0):
            owner = infosets[j].owner
            waiting.append((node, a, known | {owner: (*known.get(owner, ()), (j, a))}))
    payoffs = generator.integers(-3, 4, size=(4, players)).tolist()
    return assemble_game(
        players=[f"P{k + 1}" for k in range(players)],
        infosets=infosets,
        outcomes=[Outcome("", tuple(row)) for row in payoffs],
        **columns,
    )


def _infoset(
    generator: np.random.Generator,
    infosets: list[Infoset],
    histories: list[History],
    known: dict[int, History],
    players: int,
) -> int:
    """Return the infoset of a new node: one that it may join, or a new one."""
    owner = int(generator.integers(players + 1))
    width = int(generator.choice([2, 2, 2, 3] if owner else [2]))
    mine = known.get(owner, ())
    possible = [
        j
        for j, infoset in enumerate(infosets)
        if owner and infoset.owner == owner and histories[j] == mine
        if len(infoset.actions) == width
    ]
    if possible and generator.random() < 0.75:
        return int(generator.choice(possible))
    odds = (0.5, 0.5) if owner == 0 else ()
    infosets.append(Infoset(owner, "", ("",) * width, odds))
    histories.append(mine)
    return len(infosets) - 1
