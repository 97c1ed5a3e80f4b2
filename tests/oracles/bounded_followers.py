"""Followers of limited reasoning: simulated on the tree, and enumerated with linear programs.

Everything is found by recursion on nested nodes. A *window* of an infoset is what is at most so
many levels of the tree below its nodes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from tests.oracles.tree import Node, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from efmodels import Game

    Floats = NDArray[np.float64]
    Plan = dict[int, int]
    Behaviour = dict[int, list[float]]


@dataclass(frozen=True)
class CommitmentTree:
    """A game in which one player leads and the other follows, both by number."""

    game: Game
    leader: int

    @property
    def follower(self) -> int:
        """The other one."""
        return 3 - self.leader

    @cached_property
    def root(self) -> Node:
        """The tree."""
        return tree_of(self.game)

    @cached_property
    def number(self) -> dict[int, int]:
        """The number of each node, in preorder."""
        return {id(node): k for k, node in enumerate(self.root.descendants())}

    @cached_property
    def infosets(self) -> dict[int, list[Node]]:
        """The follower's infosets."""
        found: dict[int, list[Node]] = {}
        for node in self.root.descendants():
            if node.owner == self.follower:
                found.setdefault(node.infoset, []).append(node)
        return found

    @cached_property
    def sequences(self) -> list[tuple[int, int] | None]:
        """The leader's sequences, by their last infosets and actions; the empty one first."""
        pairs = {
            (node.infoset, a)
            for node in self.root.descendants()
            if node.owner == self.leader
            for a in range(len(node.children))
        }
        return [None, *sorted(pairs)]

    @cached_property
    def vectors(self) -> list[Floats]:
        """Of each node: chance times the unit vector of the leader's last sequence before it."""
        place = {pair: k for k, pair in enumerate(self.sequences)}
        found: list[Floats] = []

        def walk(node: Node, chance: float, pair: tuple[int, int] | None) -> None:
            found.append(chance * np.eye(len(place))[place[pair]])
            for a, child in enumerate(node.children):
                luck = float(node.chances[a]) if node.chances else 1.0
                walk(child, chance * luck, (node.infoset, a) if node.owner == self.leader else pair)

        walk(self.root, 1.0, None)
        return found

    def vector(self, node: Node) -> Floats:
        """Return the entry of `vectors` for a node."""
        return self.vectors[self.number[id(node)]]

    def plan_rows(self) -> tuple[Floats, Floats]:
        """Return the equations of the leader's realization plans."""
        place = {pair: k for k, pair in enumerate(self.sequences)}
        rows = [np.eye(len(place))[0]]
        for node in self.root.descendants():
            if node.owner == self.leader:
                row = -(self.vector(node) != 0).astype(float)
                row[[place[node.infoset, a] for a in range(len(node.children))]] += 1
                rows.append(row)
        return np.array(rows), np.eye(len(rows))[0]

    def plan(self, behaviour: Behaviour) -> Floats:
        """Return the leader's realization plan."""
        x = np.zeros(len(self.sequences))
        x[0] = 1.0
        place = {pair: k for k, pair in enumerate(self.sequences)}
        for node in self.root.descendants():
            if node.owner == self.leader:
                here = float(x[np.flatnonzero(self.vector(node))].sum())
                for a, share in enumerate(behaviour[node.infoset]):
                    x[place[node.infoset, a]] = here * share
        return x

    def random_behaviour(self, generator: np.random.Generator) -> Behaviour:
        """Return a behaviour of the leader, now and then pure."""
        sharp = 10.0 ** generator.uniform(-2, 2)
        widths = {pair[0]: 0 for pair in self.sequences if pair}
        for pair in self.sequences:
            if pair:
                widths[pair[0]] += 1
        return {j: generator.dirichlet([1 / sharp] * n).tolist() for j, n in widths.items()}

    # Windows --------------------------------------------------------------------------------

    def reached(
        self, places: Iterable[tuple[Node, float]]
    ) -> tuple[list[Node], dict[int, list[tuple[Node, float]]]]:
        """Follow the moves of others: return ends of a window, and the follower's next infosets.

        A place is a node, and how many levels may still follow it.
        """
        ends: list[Node] = []
        mine: dict[int, list[tuple[Node, float]]] = {}
        waiting = list(places)
        while waiting:
            node, left = waiting.pop()
            if node.owner < 0 or left == 0:
                ends.append(node)
            elif node.owner == self.follower:
                mine.setdefault(node.infoset, []).append((node, left))
            else:
                waiting += [(child, left - 1) for child in node.children]
        return ends, mine

    def best(self, places: Iterable[tuple[Node, float]], x: Floats, numbers: Floats) -> float:
        """Return what the follower can make of some places of a window, planning her own moves."""
        ends, mine = self.reached(places)
        total = sum(float(self.vector(e) @ x) * numbers[self.number[id(e)]] for e in ends)
        for group in mine.values():
            total += max(
                self.best(after(group, a), x, numbers) for a in range(len(group[0][0].children))
            )
        return total

    def values(self, x: Floats, numbers: Floats, depth: float) -> dict[int, list[float]]:
        """Return what each action of the follower looks like at its infoset."""
        return {
            j: [
                self.best(after([(n, depth) for n in nodes], a), x, numbers)
                for a in range(len(nodes[0].children))
            ]
            for j, nodes in self.infosets.items()
        }

    def outcome(
        self,
        x: Floats,
        allowed: dict[int, list[int]],
        pick: Callable[[Iterable[float]], float],
    ) -> float:
        """Return what the leader gets if, of the allowed actions, one is picked by her payoff."""

        def below(places: list[tuple[Node, float]]) -> float:
            ends, mine = self.reached(places)
            total = sum(float(self.vector(e) @ x) * float(e.payoffs[self.leader - 1]) for e in ends)
            return total + sum(
                pick([below(after(group, a)) for a in allowed[j]]) for j, group in mine.items()
            )

        return below([(self.root, math.inf)])

    # Pure plans in windows ------------------------------------------------------------------

    def window_plans(self, infoset: int, depth: float) -> list[Plan]:
        """Return the follower's pure plans for the window of an infoset."""
        start = {infoset: [(node, depth) for node in self.infosets[infoset]]}
        return list(self._plans(start))

    def whole_plans(self) -> list[Plan]:
        """Return the follower's pure plans for the game."""
        _, mine = self.reached([(self.root, math.inf)])
        return list(self._plans(mine))

    def _plans(self, mine: dict[int, list[tuple[Node, float]]]) -> Iterator[Plan]:
        each = []
        for j, group in mine.items():
            options = []
            for a in range(len(group[0][0].children)):
                _, later = self.reached(after(group, a))
                options += [{j: a} | plan for plan in self._plans(later)]
            each.append(options)
        for parts in product(*each):
            yield dict(chain.from_iterable(part.items() for part in parts))

    def window_vector(self, infoset: int, plan: Plan, numbers: Floats, depth: float) -> Floats:
        """Return what a pure plan looks like from an infoset, per sequence of the leader."""
        return self._vector([(n, depth) for n in self.infosets[infoset]], plan, numbers)

    def whole_vector(self, plan: Plan, numbers: Floats) -> Floats:
        """Return what a pure plan brings of a number per node, per sequence of the leader."""
        return self._vector([(self.root, math.inf)], plan, numbers)

    def _vector(self, places: list[tuple[Node, float]], plan: Plan, numbers: Floats) -> Floats:
        ends, mine = self.reached(places)
        total = np.zeros(len(self.sequences))
        for end in ends:
            total += self.vector(end) * numbers[self.number[id(end)]]
        for j, group in mine.items():
            total += self._vector(after(group, plan[j]), plan, numbers)
        return total

    def payoffs(self, player: int) -> Floats:
        """Return a player's payoff per node; 0 where the game goes on."""
        nodes = self.root.descendants()
        return np.array([float(n.payoffs[player - 1]) if n.owner < 0 else 0.0 for n in nodes])

    # Optima by enumeration ------------------------------------------------------------------

    def best_plan(self, least: list[Floats], better: list[tuple[Floats, float]]) -> float:
        """Return the most that the smallest of some payoffs can be; ``-inf`` if nothing can.

        ``least`` are the payoffs; each pair in ``better`` is a vector and what its product with the
        leader's plan must at least be.
        """
        equations, right = self.plan_rows()
        width = len(self.sequences)
        rows = [np.append(-vector, 1.0) for vector in least]
        rows += [np.append(-vector, 0.0) for vector, _ in better]
        found = linprog(
            -np.eye(width + 1)[width],
            np.array(rows),
            np.array([0.0] * len(least) + [-amount for _, amount in better]),
            np.hstack([equations, np.zeros((len(equations), 1))]),
            right,
            [(0, None)] * width + [(None, None)],
        )
        return -float(found.fun) if found.status == 0 else -math.inf


def after(group: list[tuple[Node, float]], action: int) -> list[tuple[Node, float]]:
    """Return the places that come after an action at the nodes of an infoset."""
    return [(node.children[action], left - 1) for node, left in group]


# Simulation -------------------------------------------------------------------------------------


def favourable_value(
    tree: CommitmentTree, x: Floats, numbers: Floats, depth: float, tolerance: float = 1e-7
) -> float:
    """Return what a leader's plan brings if ties are broken in her favour."""
    values = tree.values(x, numbers, depth)
    allowed = {
        j: [a for a, q in enumerate(v) if q >= max(v) - tolerance] for j, v in values.items()
    }
    return tree.outcome(x, allowed, max)


def static_value(
    tree: CommitmentTree, x: Floats, numbers: Floats, depth: float, tolerance: float = 1e-7
) -> float:
    """Return what a leader's plan brings if the first of several best actions is taken."""
    values = tree.values(x, numbers, depth)
    allowed = {
        j: [min(a for a, q in enumerate(v) if q >= max(v) - tolerance)] for j, v in values.items()
    }
    return tree.outcome(x, allowed, max)


def worst_value(
    tree: CommitmentTree, x: Floats, intervals: tuple[Floats, Floats], depth: float, margin: float
) -> float:
    """Return what a leader's plan is sure to bring if actions worse by a margin are excluded."""
    sure, most = (tree.values(x, numbers, depth) for numbers in intervals)
    allowed = {
        j: [a for a, q in enumerate(most[j]) if q > max(sure[j]) - margin] for j in tree.infosets
    }
    return tree.outcome(x, allowed, min)


def box_value(
    tree: CommitmentTree, x: Floats, intervals: tuple[Floats, Floats], margin: float
) -> float:
    """Return what a plan is sure to bring if one payoff function in a box explains the reply."""
    lower, upper = intervals
    plans = tree.whole_plans()
    possible = [
        plan
        for plan in plans
        if all(float(_gain(tree, other, plan, lower, upper) @ x) < margin for other in plans)
    ]
    own = tree.payoffs(tree.leader)
    return min(float(tree.whole_vector(plan, own) @ x) for plan in possible)


def _gain(tree: CommitmentTree, other: Plan, plan: Plan, lower: Floats, upper: Floats) -> Floats:
    """Return what another plan brings more than a plan where payoffs favour the latter."""
    mine = played_terminals(tree, plan)
    numbers = np.where(mine, upper, lower)
    return tree.whole_vector(other, numbers) - tree.whole_vector(plan, numbers)


def played_terminals(tree: CommitmentTree, plan: Plan) -> NDArray[np.bool_]:
    """Return which nodes a plan of the follower does not rule out."""
    found: list[bool] = []

    def walk(node: Node, *, open_: bool) -> None:
        found.append(open_)
        for a, child in enumerate(node.children):
            ok = node.owner != tree.follower or plan.get(node.infoset) == a
            walk(child, open_=open_ and ok)

    walk(tree.root, open_=True)
    return np.array(found)


# Optima -----------------------------------------------------------------------------------------


def favourable_optimum(
    tree: CommitmentTree, numbers: Floats, depth: float, most: int = 2000
) -> float | None:
    """Return the leader's optimum with favourable ties, by a program per choice of window plans.

    ``None`` if there are more than ``most`` of them.
    """
    plans = {j: tree.window_plans(j, depth) for j in tree.infosets}
    if math.prod(map(len, plans.values())) > most:
        return None
    own = tree.payoffs(tree.leader)
    vectors = {
        j: [tree.window_vector(j, plan, numbers, depth) for plan in of_j]
        for j, of_j in plans.items()
    }
    values = []
    for chosen in product(*(range(len(of_j)) for of_j in plans.values())):
        pick = dict(zip(plans, chosen, strict=True))
        better = [(vectors[j][k] - other, 0.0) for j, k in pick.items() for other in vectors[j]]
        realised = {j: plans[j][k][j] for j, k in pick.items()}
        values.append(tree.best_plan([tree.whole_vector(realised, own)], better))
    return max(values)


def worst_case_optimum(
    tree: CommitmentTree,
    intervals: tuple[Floats, Floats],
    depth: float,
    margin: float,
    most: int = 2000,
) -> float | None:
    """Return the leader's optimum under interval dominance, by a program per set of exclusions.

    ``None`` if there are more than ``most`` of them.
    """
    lower, upper = intervals
    options = {}
    for j, nodes in tree.infosets.items():
        plans = tree.window_plans(j, depth)
        most_of = [
            [tree.window_vector(j, p, upper, depth) for p in plans if p[j] == a]
            for a in range(len(nodes[0].children))
        ]
        options[j] = [(frozenset(), [])] + [
            (
                frozenset(out),
                [
                    (tree.window_vector(j, sure, lower, depth) - vector, margin)
                    for a in out
                    for vector in most_of[a]
                ],
            )
            for sure in plans
            for out in _subsets(set(range(len(most_of))) - {sure[j]})
        ]
    if math.prod(map(len, options.values())) > most:
        return None
    own = tree.payoffs(tree.leader)
    whole = [(plan, tree.whole_vector(plan, own)) for plan in tree.whole_plans()]
    values = []
    for chosen in product(*options.values()):
        out = {j: excluded for j, (excluded, _) in zip(options, chosen, strict=True)}
        left = [v for plan, v in whole if all(a not in out[j] for j, a in plan.items())]
        values.append(tree.best_plan(left, [row for _, rows in chosen for row in rows]))
    return max(values)


def box_optimum(
    tree: CommitmentTree, intervals: tuple[Floats, Floats], margin: float, most: int = 3200
) -> float | None:
    """Return the leader's optimum against one payoff function in a box, by enumeration.

    Each plan of the follower is suffered, or excluded by another: a program per choice. ``None`` if
    there are more than ``most`` of them.
    """
    plans = tree.whole_plans()
    if len(plans) ** len(plans) > most:
        return None
    own = [tree.whole_vector(plan, tree.payoffs(tree.leader)) for plan in plans]
    gains = [[_gain(tree, other, plan, *intervals) for other in plans] for plan in plans]
    values = []
    for chosen in product(range(len(plans)), repeat=len(plans)):
        # A plan that is "excluded" by itself is suffered.
        least = [own[k] for k, other in enumerate(chosen) if other == k]
        if least:
            better = [(gains[k][o], margin) for k, o in enumerate(chosen) if o != k]
            values.append(tree.best_plan(least, better))
    return max(values)


def _subsets(items: set[int]) -> Iterator[tuple[int, ...]]:
    """Yield the subsets of a set but the empty one."""
    for size in range(1, len(items) + 1):
        yield from combinations(sorted(items), size)
