"""Seeded random games with perfect recall, chance and private information."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
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


@dataclass
class _Deal:
    """A game that grows below a deal: its infosets by what is known in them, and its tree."""

    generator: np.random.Generator
    players: int
    infosets: list[Infoset] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    number: dict[object, int] = field(default_factory=dict)
    tree: list[tuple[int, int, int, int]] = field(default_factory=list)

    def grow(self, place: tuple[int, int], known: tuple[object, ...], moves: list[int]) -> None:
        """Add a node: ``known`` is what each player knows, ``moves`` who still moves."""
        if not moves:
            self.outcomes.append(
                Outcome("", tuple(self.generator.integers(-2, 3, self.players).tolist()))
            )
            self.tree.append((*place, -1, len(self.outcomes) - 1))
            return
        owner = moves[0]
        key = (owner, known[owner - 1])
        if key not in self.number:
            self.number[key] = len(self.infosets)
            width = int(self.generator.choice([2, 2, 2, 3]))
            self.infosets.append(Infoset(owner, "", ("",) * width))
        infoset, node = self.number[key], len(self.tree)
        self.tree.append((*place, infoset, -1))
        seen = self.generator.random(self.players) < 0.35
        for a in range(len(self.infosets[infoset].actions)):
            heard = tuple(
                (one, infoset, a) if k == owner - 1 or seen[k] else one
                for k, one in enumerate(known)
            )
            over = self.generator.random() < 0.3
            self.grow((node, a), heard, [] if over else moves[1:])


def dealt_game(seed: int, *, players: int = 2, moves: int = 3) -> Game:
    """Return a random game in which chance deals private types, with branches that do not matter.

    Whoever moves knows her own type and moves, and some moves of the others. Below some nodes
    nothing that happens makes a difference to one player, or to all.
    """
    generator = np.random.default_rng(seed)
    deal = _Deal(generator, players)
    states = int(generator.choice([2, 2, 3]))
    deal.infosets.append(Infoset(0, "", ("",) * states, (Fraction(1, states),) * states))
    deal.tree.append((-1, -1, 0, -1))
    order = [*generator.permutation(players), *generator.integers(players, size=moves)]
    for state in range(states):
        types = tuple(generator.integers(2, size=players).tolist())
        deal.grow((0, state), types, [1 + int(k) for k in order[:moves]])
    _make_indifferent(deal)
    parent, action, infoset, outcome = map(list, zip(*deal.tree, strict=True))
    return assemble_game(
        players=[f"P{k + 1}" for k in range(players)],
        infosets=deal.infosets,
        outcomes=deal.outcomes,
        parent=parent,
        action=action,
        infoset=infoset,
        outcome=outcome,
    )


def _make_indifferent(deal: _Deal) -> None:
    """Below some nodes, let one player or all get the same everywhere."""
    for node in range(1, len(deal.tree)):
        if deal.generator.random() > 0.12:
            continue
        who = deal.generator.random(deal.players) < 0.7
        below, last = {node}, None
        for child in range(node, len(deal.tree)):
            parent, _, _, outcome = deal.tree[child]
            if parent in below:
                below.add(child)
            if child in below and outcome >= 0:
                own = deal.outcomes[outcome].payoffs
                last = own if last is None else last
                mixed = np.where(who, last, own).tolist()
                deal.outcomes[outcome] = Outcome("", tuple(mixed))
