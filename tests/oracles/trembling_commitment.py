"""Commitment against a follower whose hand trembles: all pure strategies, one program each."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game
    from tests.oracles.tree import Node

    Sequence = tuple[tuple[int, int], ...]
    Path = tuple[float, tuple[float, ...], dict[int, Sequence]]


def terminals_of(node: Node, reach: float, moves: dict[int, Sequence]) -> list[Path]:
    """Return chance's reach, the payoffs and both players' own moves of every terminal."""
    if node.owner < 0:
        return [(reach, tuple(float(u) for u in node.payoffs), moves)]
    found = []
    for a, child in enumerate(node.children):
        weight = float(node.chances[a]) if node.owner == 0 else 1.0
        own = moves.get(node.owner, ())
        after = {**moves, node.owner: (*own, (node.infoset, a))} if node.owner else moves
        found += terminals_of(child, reach * weight, after)
    return found


def trembling_commitment_value(
    game: Game, leader: int, floor: Callable[[Sequence], float]
) -> float:
    """Return the leader's best payoff where every sequence has a least probability.

    Parameters
    ----------
    game
        Two players.
    leader
        By number, from 1.
    floor
        The least probability of a sequence, given as pairs of infoset and action; 1 for none.
    """
    paths = terminals_of(tree_of(game), 1.0, {})
    infosets = _infosets(game, 3 - leader)
    values = []
    for choice in product(*(range(n) for n in infosets.values())):
        z = dict(zip(infosets, choice, strict=True))
        value = _value(paths, leader, z, infosets, floor)
        if value is not None:
            values.append(value)
    return max(values)


def _sequences(paths: list[Path], player: int) -> dict[Sequence, int]:
    numbers: dict[Sequence, int] = {(): 0}
    for _, _, moves in paths:
        own = moves.get(player, ())
        for length in range(1, len(own) + 1):
            numbers.setdefault(own[:length], len(numbers))
    return numbers


def _infosets(game: Game, player: int) -> dict[int, int]:
    nodes = tree_of(game).descendants()
    return {n.infoset: len(n.children) for n in nodes if n.owner == player}


def _value(
    paths: list[Path],
    leader: int,
    z: dict[int, int],
    infosets: dict[int, int],
    floor: Callable[[Sequence], float],
) -> float | None:
    """Return the leader's best if the follower means to play ``z``; ``None`` if she never does."""
    follower, sequences = 3 - leader, _sequences(paths, leader)
    goal = np.zeros(len(sequences))
    worth = {(j, a): np.zeros(len(sequences)) for j, n in infosets.items() for a in range(n)}
    for chance, payoffs, moves in paths:
        own, q = moves.get(follower, ()), sequences[moves.get(leader, ())]
        goal[q] += chance * payoffs[leader - 1] * _trembled(own, z, infosets, floor)
        for k, (j, a) in enumerate(own):
            if all(z[i] == b for i, b in own[k + 1 :]):
                worth[j, a][q] += chance * payoffs[follower - 1]
    rows = [worth[j, a] - worth[j, z[j]] for j, n in infosets.items() for a in range(n)]
    flow = _flow(sequences)
    solved = linprog(
        -goal,
        A_ub=np.array(rows) if rows else None,
        b_ub=np.zeros(len(rows)) if rows else None,
        A_eq=flow,
        b_eq=[1.0, *np.zeros(len(flow) - 1)],
        bounds=[(floor(s), 1) for s in sequences],
    )
    assert solved.status in {0, 2}, solved.message
    return float(-solved.fun) if solved.status == 0 else None


def _trembled(
    own: Sequence,
    z: dict[int, int],
    infosets: dict[int, int],
    floor: Callable[[Sequence], float],
) -> float:
    """Return the probability of the follower's moves if she means to play ``z``."""
    probability = 1.0
    for k, (j, a) in enumerate(own):
        here = floor(own[: k + 1])
        if a != z[j]:
            probability = here
        else:
            others = [b for b in range(infosets[j]) if b != a]
            probability -= sum(floor((*own[:k], (j, b))) for b in others)
    return probability


def _flow(sequences: dict[Sequence, int]) -> np.ndarray:
    rows: dict[int, np.ndarray] = {}
    first = np.zeros(len(sequences))
    first[0] = 1
    for sequence, q in sequences.items():
        if sequence:
            row = rows.setdefault(sequence[-1][0], np.zeros(len(sequences)))
            row[sequences[sequence[:-1]]] = -1
            row[q] = 1
    return np.array([first, *rows.values()])
