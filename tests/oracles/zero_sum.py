"""The value of a two-player zero-sum game, by linear programs that are written down here.

:func:`zero_sum_value` works on the matrix of all pure plans, :func:`zero_sum_value_by_sequences`
on sequences, found by walking through the tree, and so reaches larger games.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from tests.oracles.plans import reduced_plans
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels import Game
    from tests.oracles.plans import Plan
    from tests.oracles.tree import Node

    Sequence = tuple[int, int] | None
    Moves = tuple[tuple[int, int, int], ...]


def zero_sum_value(game: Game) -> float:
    """Return what player 1 can guarantee herself with a mixture of her pure plans."""
    terminals = list(_terminals(tree_of(game), 1.0, ()))
    rows, columns = (
        np.array([[_allows(plan, moves, player) for _, moves in terminals] for plan in plans])
        for player, plans in ((1, reduced_plans(game, 1)), (2, reduced_plans(game, 2)))
    )
    payoffs = np.array([payoff for payoff, _ in terminals])
    return matrix_game_value((rows * payoffs) @ columns.T)


def _terminals(node: Node, reach: float, moves: Moves) -> Iterator[tuple[float, Moves]]:
    """Yield chance's reach times player 1's payoff, and who did what, for every terminal."""
    if node.owner < 0:
        yield reach * float(node.payoffs[0]), moves
    for a, child in enumerate(node.children):
        weight = float(node.chances[a]) if node.owner == 0 else 1.0
        yield from _terminals(child, reach * weight, (*moves, (node.owner, node.infoset, a)))


def _allows(plan: Plan, moves: Moves, player: int) -> bool:
    """Say whether a plan agrees with all moves of the player on a path."""
    return all(plan.get(j) == a for owner, j, a in moves if owner == player)


def matrix_game_value(payoffs: np.ndarray) -> float:
    """Return the largest ``v`` with ``x @ payoffs >= v`` for a mixture ``x`` of the rows."""
    rows, columns = payoffs.shape
    solved = linprog(
        c=[*np.zeros(rows), -1],
        A_ub=np.hstack([-payoffs.T, np.ones((columns, 1))]),
        b_ub=np.zeros(columns),
        A_eq=[[*np.ones(rows), 0]],
        b_eq=[1],
        bounds=[(0, None)] * rows + [(None, None)],
    )
    assert solved.status == 0, solved.message
    return float(-solved.fun)


class Sequences:
    """The sequences of one player: a number for each, and the one that each infoset follows."""

    def __init__(self) -> None:
        self.number: dict[Sequence, int] = {None: 0}
        self.before: dict[int, tuple[int, int]] = {}

    def visit(self, node: Node, last: Sequence) -> None:
        """Note an infoset, where the player arrives with her last sequence, and its actions."""
        self.before.setdefault(node.infoset, (self.number[last], len(node.children)))
        for a in range(len(node.children)):
            self.number.setdefault((node.infoset, a), len(self.number))

    def rows(self) -> sparse.csr_array:
        """Return ``E`` of the constraints ``E x = (1, 0, 0, ...)``."""
        matrix = sparse.lil_array((len(self.before) + 1, len(self.number)))
        matrix[0, 0] = 1
        for row, (infoset, (last, actions)) in enumerate(self.before.items(), start=1):
            matrix[row, last] = -1
            for a in range(actions):
                matrix[row, self.number[infoset, a]] = 1
        return matrix.tocsr()


def zero_sum_value_by_sequences(game: Game) -> float:
    """Return the value to player 1 of a game with perfect recall: max q_1, A'x >= F'q, E x = e."""
    players = (Sequences(), Sequences())
    entries: dict[tuple[int, int], float] = {}
    _collect(tree_of(game), players, (None, None), 1.0, entries)
    E, F = players[0].rows(), players[1].rows()
    shape = (E.shape[1], F.shape[1])
    A = sparse.csr_array((list(entries.values()), tuple(zip(*entries, strict=True))), shape=shape)
    solved = linprog(
        c=[*np.zeros(shape[0]), -1, *np.zeros(F.shape[0] - 1)],
        A_ub=sparse.hstack([-A.T, F.T]),
        b_ub=np.zeros(shape[1]),
        A_eq=sparse.hstack([E, sparse.csr_array((E.shape[0], F.shape[0]))]),
        b_eq=[1, *np.zeros(E.shape[0] - 1)],
        bounds=[(0, None)] * shape[0] + [(None, None)] * F.shape[0],
    )
    assert solved.status == 0, solved.message
    return float(-solved.fun)


def _collect(
    node: Node,
    players: tuple[Sequences, Sequences],
    last: tuple[Sequence, Sequence],
    reach: float,
    entries: dict[tuple[int, int], float],
) -> None:
    """Add chance's reach times player 1's payoff to the entry of the two last sequences."""
    if node.owner < 0:
        key = (players[0].number[last[0]], players[1].number[last[1]])
        entries[key] = entries.get(key, 0.0) + reach * float(node.payoffs[0])
        return
    if node.owner > 0:
        players[node.owner - 1].visit(node, last[node.owner - 1])
    for a, child in enumerate(node.children):
        weight = float(node.chances[a]) if node.owner == 0 else 1.0
        now = list(last)
        if node.owner > 0:
            now[node.owner - 1] = (node.infoset, a)
        _collect(child, players, (now[0], now[1]), reach * weight, entries)
