"""Seeded random games with perfect recall, chance and private information."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels import Game, instances
from efmodels.assembly import Infoset, Outcome, assemble_game

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


@dataclass(frozen=True)
class BayesianTables:
    """A Bayesian game: everybody learns her own type, and all move at once.

    Attributes
    ----------
    prior
        Probability of each profile of types, an axis per player.
    payoffs
        Of each player: an axis per player for types, and then one per player for actions.
    """

    prior: NDArray[np.object_]
    payoffs: tuple[NDArray[np.int64], ...]

    def game(self, *, reported: bool = False) -> Game:
        """Return the tree: chance draws the types, then all move one after another, unseeing.

        If types are ``reported``, everybody first comes to an infoset with one action, where she
        can tell a mediator her type before anybody is advised.
        """
        players = len(self.payoffs)
        moves = [*(("type", k) for k in range(players) if reported)]
        moves += [("move", k) for k in range(players)]
        draws = {
            " ".join(map(str, types)): (weight, self._tree(types, moves, ()))
            for types, weight in np.ndenumerate(self.prior)
        }
        tree = {
            "chance": {name: weight for name, (weight, _) in draws.items()},
            "actions": {name: below for name, (_, below) in draws.items()},
        }
        return Game.from_dict(tree, players=[f"P{k + 1}" for k in range(players)])

    def _tree(
        self, types: tuple[int, ...], moves: list[tuple[str, int]], done: tuple[int, ...]
    ) -> dict[str, Any]:
        if not moves:
            return {"payoffs": [int(table[types + done]) for table in self.payoffs]}
        (kind, k), *rest = moves
        width = 1 if kind == "type" else self.payoffs[0].shape[len(self.payoffs) + k]
        below = {
            str(a): self._tree(types, rest, done if kind == "type" else (*done, a))
            for a in range(width)
        }
        return {"player": f"P{k + 1}", "infoset": f"{kind} {types[k]}", "actions": below}


def random_bayesian_tables(seed: int, *, players: int = 2) -> BayesianTables:
    """Return two types and two actions for each player, with a prior that is no product."""
    generator = np.random.default_rng(seed)
    weights = generator.integers(1, 6, (2,) * players)
    prior = np.empty((2,) * players, dtype=object)
    for types in product(range(2), repeat=players):
        prior[types] = Fraction(int(weights[types]), int(weights.sum()))
    payoffs = generator.integers(-5, 6, (players, *(2,) * (2 * players)))
    return BayesianTables(prior, tuple(payoffs))


def random_signaling_game(seed: int) -> Game:
    """Return a signalling game with two types, two messages and two replies."""
    payoffs = np.random.default_rng(seed).integers(-5, 6, (2, 2, 2, 2))
    return instances.signaling_game(sender=payoffs[0], receiver=payoffs[1])


def small_tree(seed: int, *, players: int = 2, branching: int = 2) -> Game:
    """Return a random tree in which three moves follow one another, chance's among them."""
    return instances.random_tree(
        seed, players=players, depth=3, branching=branching, chance_probability="1/4"
    )
