"""The team behind a private mediator, by walking through the game once per player, recursively."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.mediator.team import Team
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from efmodels import Game
    from tests.oracles.tree import Node

    Move = tuple[int, int]  # an infoset and an action
    Coordinate = tuple[Move | None, ...]  # the last move of every agent, as far as it was asked

VOID = (-1, -1)
"""What a deviator has reported once the mediator no longer listens."""


@dataclass
class NaiveTeam:
    """Elements and coordinates as dictionaries and tuples."""

    children: dict[tuple[Coordinate, int], list[Coordinate]] = field(default_factory=dict)
    wanted: set[Coordinate] = field(default_factory=set)
    depth: dict[int, int] = field(default_factory=dict)
    previous: dict[int, Move | None] = field(default_factory=dict)

    def coordinates(self) -> list[Coordinate]:
        """Return all coordinates, the empty one first."""
        agents = len(next(iter(self.wanted)))
        found: dict[Coordinate, None] = {(None,) * agents: None}
        for (q, _), children in self.children.items():
            found |= dict.fromkeys([q, *children])
        return list(found)

    def arrays(self, seed: int | None = None) -> Team:
        """Return the team as arrays; with a seed, all coordinates but the first are shuffled."""
        coordinates = self.coordinates()
        if seed is not None:
            order = np.random.default_rng(seed).permutation(np.arange(1, len(coordinates)))
            coordinates = [coordinates[k] for k in (0, *order)]
        number = {q: k for k, q in enumerate(coordinates)}
        elements = sorted((number[q], infoset) for q, infoset in self.children)
        children = [[number[c] for c in self.children[coordinates[q], j]] for q, j in elements]
        at = np.array([q for q, _ in elements], dtype=np.int64)
        infosets = max(self.depth, default=-1) + 1
        return Team(
            coordinate=at,
            infoset=np.array([j for _, j in elements], dtype=np.int64),
            child=np.array([c for row in children for c in row], dtype=np.int64),
            child_start=np.cumsum([0, *map(len, children)]),
            asked=np.searchsorted(at, np.arange(len(coordinates) + 1)),
            wanted=np.array([q in self.wanted for q in coordinates]),
            depth=np.array([self.depth.get(j, 0) for j in range(infosets)], dtype=np.int64),
        )

    def plans(self) -> Iterator[dict[int, int]]:
        """Yield every way to choose an action at each infoset that may be asked."""
        actions = {infoset: len(children) for (_, infoset), children in self.children.items()}
        for plan in product(*map(range, actions.values())):
            yield dict(zip(actions, plan, strict=True))

    def agrees(self, plan: dict[int, int], coordinate: Coordinate) -> bool:
        """Say whether a plan gives all the answers that lead to a coordinate."""
        for last in coordinate:
            move = last
            while move is not None:
                if plan[move[0]] != move[1]:
                    return False
                move = self.previous[move[0]]
        return True

    def reach_of_plans(self) -> np.ndarray[Any, Any]:
        """Return, for each plan, which wanted coordinates it agrees with: the pure reaches."""
        wanted = [q for q in self.coordinates() if q in self.wanted]
        rows = {tuple(self.agrees(plan, q) for q in wanted) for plan in self.plans()}
        return np.array(sorted(rows), dtype=float)


def naive_team(
    game: Game,
    *,
    report: str = "forced",
    deviate: str = "root",
    obedient: Sequence[int] | None = None,
) -> NaiveTeam:
    """Walk through a game: direct play, then the play of each possible deviator.

    Parameters
    ----------
    game
        A game with perfect recall.
    report
        What a deviator who is still listened to may tell: ``"forced"``, the truth; ``"lie"``, any
        infoset that could come next; ``"untimed"``, likewise, and at any of her own moves as many
        as she wants.
    deviate
        When she decides to disobey: ``"root"``, before the game; ``"coarse"``, before she hears
        the recommendation; ``"full"``, after it.
    obedient
        The numbers (from 1) of the players who may deviate; all by default.
    """
    walk = _Walk(report, deviate)
    root = tree_of(game)
    walk.look_around(root, 0, {})
    nothing = (None,) * len(game.player_labels)
    walk.play(root, nothing)
    for player in range(1, len(game.player_labels) + 1) if obedient is None else obedient:
        walk.stray(root, nothing, player, VOID if deviate == "root" else None)
    return walk.team


class _Walk:
    def __init__(self, report: str, deviate: str) -> None:
        self.team = NaiveTeam()
        self.report = report
        self.deviate = deviate
        self.after: dict[tuple[int, Move | None], dict[int, int]] = {}  # infoset: actions
        self.seen: set[Any] = set()

    def look_around(self, node: Node, depth: int, last: dict[int, Move]) -> None:
        """Note the depth of every infoset and the own move before it."""
        if node.owner > 0:
            infoset, before = node.infoset, last.get(node.owner)
            self.team.depth[infoset] = min(depth, self.team.depth.get(infoset, depth))
            self.team.previous[infoset] = before
            self.after.setdefault((node.owner, before), {})[infoset] = len(node.children)
        for a, child in enumerate(node.children):
            mine = {node.owner: (node.infoset, a)} if node.owner > 0 else {}
            self.look_around(child, depth + 1, last | mine)

    def ask(self, q: Coordinate, player: int, infoset: int, actions: int) -> list[Coordinate]:
        """Ask a player's agent what to do at an infoset; return the coordinate per answer."""
        if (q, infoset) not in self.team.children:
            self.team.children[q, infoset] = [
                (*q[: player - 1], (infoset, a), *q[player:]) for a in range(actions)
            ]
        return self.team.children[q, infoset]

    def play(self, node: Node, q: Coordinate) -> None:
        """Direct play: everybody is honest and obedient."""
        if node.owner < 0:
            self.team.wanted.add(q)
        after = [q] * len(node.children)
        if node.owner > 0:
            after = self.ask(q, node.owner, node.infoset, len(node.children))
        for child, then in zip(node.children, after, strict=True):
            self.play(child, then)

    def stray(self, node: Node, q: Coordinate, player: int, told: Move | None) -> None:
        """One player deviates; ``told`` is her last report and the answer to it."""
        if (id(node), q, player, told) in self.seen:
            return
        self.seen.add((id(node), q, player, told))
        if node.owner < 0:
            self.team.wanted.add(q)
        elif node.owner == player:
            for child, then, heard in self.own_moves(node, q, player, told):
                self.stray(child, then, player, heard)
        else:
            after = [q] * len(node.children)
            if node.owner > 0:
                after = self.ask(q, node.owner, node.infoset, len(node.children))
            for child, then in zip(node.children, after, strict=True):
                self.stray(child, then, player, told)

    def own_moves(
        self, node: Node, q: Coordinate, player: int, told: Move | None
    ) -> Iterator[tuple[Node, Coordinate, Move | None]]:
        """Yield where the deviator's reports and moves lead: node, coordinate, what was told."""
        reports = self.reports(node, player, told)
        for infoset, actions in reports.items():
            for a, then in enumerate(self.ask(q, player, infoset, actions)):
                heard = (infoset, a)
                if self.report == "untimed":
                    yield node, then, heard
                elif self.deviate == "coarse":
                    yield node.children[a], then, heard
                else:
                    yield from ((child, then, heard) for child in node.children)
        if self.report == "untimed":
            yield from ((child, q, told) for child in node.children)
        elif not reports or self.deviate == "coarse":
            yield from ((child, q, VOID) for child in node.children)

    def reports(self, node: Node, player: int, told: Move | None) -> dict[int, int]:
        """Return the infosets that the deviator may report here, with their numbers of actions."""
        if told == VOID:
            return {}
        possible = self.after.get((player, told), {})
        if self.report == "forced":
            return {node.infoset: len(node.children)} if node.infoset in possible else {}
        return possible
