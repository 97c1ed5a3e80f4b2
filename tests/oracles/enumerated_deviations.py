"""What deviations gain from a lottery over joint reduced plans, by enumerating plans.

Terminals are told apart by the moves on the path to them. Whoever deviates where she is told
something, before or after she hears it, may from there on follow any of her reduced plans; the
table of all of them is looked through.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from tests.oracles.plans import reduced_plans
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from efmodels import Game
    from tests.oracles.plans import Plan
    from tests.oracles.tree import Node

    Move = tuple[int, int]
    Moves = tuple[Move, ...]


@dataclass
class PlanLotteries:
    """A lottery over rounds, and in each an independent behaviour of every player.

    Parameters
    ----------
    game
        What is played.
    rounds
        Probabilities, and behaviours: the probabilities of all actions in the order of
        ``game.action_labels``.
    """

    game: Game
    rounds: Sequence[tuple[float, Sequence[float]]]
    plans: list[list[Plan]] = field(init=False)
    likely: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        numbers = range(1, len(self.game.players) + 1)
        self.plans = [reduced_plans(self.game, k) for k in numbers]
        self.ends = list(_ends(tree_of(self.game), 1.0, {}))
        self.likely = sum(
            weight * self._product([self._lottery(mine, behaviour) for mine in self.plans])
            for weight, behaviour in self.rounds
        )

    @staticmethod
    def _product(lotteries: list[np.ndarray]) -> np.ndarray:
        result = np.ones(())
        for lottery in lotteries:
            result = np.multiply.outer(result, lottery)
        return result

    def _lottery(self, plans: list[Plan], behaviour: Sequence[float]) -> np.ndarray:
        start = self.game.action_start
        return np.array([np.prod([behaviour[start[j] + a] for j, a in p.items()]) for p in plans])

    # What a player expects ------------------------------------------------------------------------

    def path(self, player: int, end: int) -> Moves:
        """Return a player's (from 0) own moves on the path to a terminal."""
        return self.ends[end][1].get(player + 1, ())

    def agrees(self, player: int) -> np.ndarray:
        """Return whether each plan of a player makes all her moves towards each terminal."""
        paths = [self.path(player, z) for z in range(len(self.ends))]
        rows = [[all(p.get(j) == a for j, a in path) for path in paths] for p in self.plans[player]]
        return np.array(rows, dtype=float)

    def worth(self, player: int) -> np.ndarray:
        """Return a player's payoff at each terminal times how likely all others move there.

        Shape ``(plans that she is told, terminals)``.
        """
        left = np.moveaxis(self.likely, player, 0)[..., None]
        for k in reversed([k for k in range(len(self.plans)) if k != player]):
            left = (left * self.agrees(k)).sum(axis=-2)
        return left * np.array([chance * payoffs[player] for chance, _, payoffs in self.ends])

    def payoff(self, player: int) -> float:
        """Return what a player expects if all obey."""
        return float((self.worth(player) * self.agrees(player)).sum())

    # What she gains -------------------------------------------------------------------------------

    def gain_after_whole_plan(self, player: int) -> float:
        """Return the gain if she hears her whole plan."""
        table = self.worth(player) @ self.agrees(player).T
        return float(table.max(axis=1).sum()) - self.payoff(player)

    def gain_before_the_game(self, player: int) -> float:
        """Return the gain if she decides before she hears anything."""
        table = self.worth(player).sum(axis=0) @ self.agrees(player).T
        return float(table.max()) - self.payoff(player)

    def gain_after_recommendations(self, player: int) -> float:
        """Return the gain if she may leave whenever she has heard a recommendation."""
        return sum(self._leaving_after(player, move) for move in self._moves_after(player, None))

    def gain_before_recommendations(self, player: int) -> float:
        """Return the gain if she may leave where she is about to hear a recommendation."""
        first = {j for j, _ in self._moves_after(player, None)}
        return sum(self._leaving_before(player, infoset) for infoset in first)

    def _leaving_after(self, player: int, move: Move) -> float:
        told = [k for k, plan in enumerate(self.plans[player]) if plan.get(move[0]) == move[1]]
        later = sum(self._leaving_after(player, n) for n in self._moves_after(player, move))
        return max(self._best_from(player, move[0], told), later)

    def _leaving_before(self, player: int, infoset: int) -> float:
        told = [k for k, plan in enumerate(self.plans[player]) if infoset in plan]
        actions = {plan[infoset] for plan in self.plans[player] if infoset in plan}
        after = {j for a in actions for j, _ in self._moves_after(player, (infoset, a))}
        later = sum(self._leaving_before(player, j) for j in after)
        return max(self._best_from(player, infoset, told), later)

    def _best_from(self, player: int, infoset: int, told: list[int]) -> float:
        """Return what the best plan from an infoset on gains over the plans that she is told."""
        below = [any(j == infoset for j, _ in self.path(player, z)) for z in range(len(self.ends))]
        worth, agrees = self.worth(player)[told] * below, self.agrees(player)
        other = [k for k, plan in enumerate(self.plans[player]) if infoset in plan]
        return float((agrees[other] @ worth.sum(axis=0)).max() - (worth * agrees[told]).sum())

    def _moves_after(self, player: int, move: Move | None) -> set[Move]:
        """Return the moves that may come right after another of hers, or first."""
        result = set()
        for z in range(len(self.ends)):
            path = self.path(player, z)
            for before, one in zip((None, *path), path, strict=False):
                if before == move:
                    result.add(one)
        plans = self.plans[player]
        return {(j, p[j]) for j in {j for j, _ in result} for p in plans if j in p}

    def gain_by_linear_maps(self, player: int) -> float:
        """Return the gain by any linear map of her plans to plans, as a linear program.

        Its matrix is over her sequences; what it makes of each of her reduced plans is a plan.
        """
        paths = [self.path(player, z) for z in range(len(self.ends))]
        sequences = sorted({path[:k] for path in paths for k in range(len(path) + 1)})
        number = {sequence: k for k, sequence in enumerate(sequences)}
        size = len(sequences)
        vertices = [
            np.array([all(p.get(j) == a for j, a in sequence) for sequence in sequences], float)
            for p in self.plans[player]
        ]
        reward = np.zeros((size, size))
        for vertex, row in zip(vertices, self.worth(player), strict=True):
            at_end = np.bincount([number[path] for path in paths], row, size)
            reward += np.outer(at_end, vertex)
        # The reward is linear in what the lottery tells; of maps only what they make of plans.
        rows, right = _plan_rows(sequences, number)
        equal = np.vstack([np.kron(rows, vertex[None]) for vertex in vertices])
        positive = np.vstack([np.kron(np.eye(size), vertex[None]) for vertex in vertices])
        solved = linprog(
            -reward.ravel(),
            A_ub=-positive,
            b_ub=np.zeros(len(positive)),
            A_eq=equal,
            b_eq=np.tile(right, len(vertices)),
            bounds=(None, None),
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
        )
        assert solved.status == 0, solved.message
        return -float(solved.fun) - self.payoff(player)


def _plan_rows(sequences: list[Moves], number: dict[Moves, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows and right-hand sides that sequence-form plans satisfy."""
    below: dict[tuple[Moves, int], list[int]] = defaultdict(list)
    for sequence in sequences:
        if sequence:
            below[sequence[:-1], sequence[-1][0]].append(number[sequence])
    rows = np.zeros((1 + len(below), len(sequences)))
    rows[0, number[()]] = 1.0
    for k, ((above, _), here) in enumerate(below.items(), start=1):
        rows[k, here] = 1.0
        rows[k, number[above]] = -1.0
    return rows, np.eye(1, len(rows))[0]


def _ends(
    node: Node, chance: float, moves: dict[int, Moves]
) -> Iterator[tuple[float, dict[int, Moves], Iterable[float]]]:
    """Yield probability of chance, every player's moves and the payoffs at each terminal."""
    if node.owner < 0:
        yield chance, moves, [float(u) for u in node.payoffs]
    for a, child in enumerate(node.children):
        if node.owner == 0:
            yield from _ends(child, chance * float(node.chances[a]), moves)
        else:
            mine = (*moves.get(node.owner, ()), (node.infoset, a))
            yield from _ends(child, chance, moves | {node.owner: mine})
