"""The value of a team against an adversary, from the team's joint plans and nothing else.

:func:`team_value` lists all joint plans. :func:`team_value_by_best_plans` adds to a list the best
one against what the adversary does, found by trying all plans of one member, and so reaches larger
games; for teams of two.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from tests.oracles.expectation import expected_payoffs, pure_profile
from tests.oracles.plans import reduced_plans
from tests.oracles.tree import tree_of
from tests.oracles.zero_sum import Sequences, matrix_game_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from efmodels import Game
    from tests.oracles.expectation import Profile
    from tests.oracles.tree import Node, Number

    Moves = dict[int, tuple[tuple[int, int], ...]]

LIMIT = 2000
"""How many joint plans are listed, and how many rounds are played, at most."""


def joint_plans(game: Game, adversary: int) -> int:
    """Return how many joint reduced plans a team has."""
    return int(np.prod([len(reduced_plans(game, k)) for k in _members(game, adversary)]))


def team_value(game: Game, adversary: int) -> float:
    """Return what a team can guarantee itself by a lottery over all its joint reduced plans."""
    terminals = list(_terminals(tree_of(game), {}, 1.0))
    members = _members(game, adversary)
    worth = np.array([reach * sum(float(u[k - 1]) for k in members) for _, reach, u in terminals])
    allowed = {
        k: np.array(
            [
                [all(plan.get(j) == a for j, a in moves.get(k, ())) for moves, *_ in terminals]
                for plan in reduced_plans(game, k)
            ]
        )
        for k in range(1, len(game.players) + 1)
    }
    joint = [np.logical_and.reduce(rows) for rows in product(*(allowed[k] for k in members))]
    return matrix_game_value((np.array(joint) * worth) @ allowed[adversary].T)


def best_joint_plan_value(game: Game, adversary: int, behaviour: Profile) -> float:
    """Return the most that a joint plan of the team gets against a strategy of the adversary."""
    members = _members(game, adversary)
    theirs = {key: odds for key, odds in behaviour.items() if key[0] == adversary}
    found = []
    for plans in product(*(reduced_plans(game, k) for k in members)):
        u = expected_payoffs(game, pure_profile(game, list(plans)) | theirs)
        found.append(float(sum(u[k - 1] for k in members)))
    return max(found)


def team_value_by_best_plans(game: Game, adversary: int) -> float:
    """Return what a team of two can guarantee itself; the smaller list of plans is tried."""
    first, second = sorted(_members(game, adversary), key=lambda k: len(reduced_plans(game, k)))
    forms = {k: Sequences() for k in (first, second, adversary)}
    for k, form in forms.items():
        _visit(tree_of(game), k, form, None)
    rows, columns, others, worth = _entries(game, forms, (first, second))
    E = forms[adversary].rows().toarray()
    plans = np.array([_realized(forms[first], plan) for plan in reduced_plans(game, first)])
    y = np.zeros(E.shape[1])
    known: list[np.ndarray] = []
    value = -np.inf
    for _ in range(LIMIT):
        M = np.zeros((plans.shape[1], len(forms[second].number)))
        np.add.at(M, (rows, columns), worth * y[others])
        best, mine, yours = _best_pair(plans, plans @ M, forms[second])
        if known and best <= value + 1e-9:
            return value
        gain = np.zeros(E.shape[1])
        np.add.at(gain, others, worth * mine[rows] * yours[columns])
        known.append(gain)
        value, y = _best_against(known, E)
    raise AssertionError("too many rounds")


def _entries(
    game: Game, forms: Mapping[int, Sequences], members: tuple[int, int]
) -> tuple[np.ndarray, ...]:
    """Return the last sequences of all three at each terminal, and what it adds to the payoff."""
    entries = [
        (
            *(form.number[(moves.get(k, ()) or (None,))[-1]] for k, form in forms.items()),
            reach * float(sum(u[k - 1] for k in members)),
        )
        for moves, reach, u in _terminals(tree_of(game), {}, 1.0)
    ]
    rows, columns, others, worth = (np.array(column) for column in zip(*entries, strict=True))
    return rows, columns, others, worth


def _best_against(known: Sequence[np.ndarray], E: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the least that a plan of the adversary leaves the best of some joint plans."""
    size = E.shape[1]
    solved = linprog(
        c=[*np.zeros(size), 1],
        A_ub=np.hstack([np.array(known), -np.ones((len(known), 1))]),
        b_ub=np.zeros(len(known)),
        A_eq=np.hstack([E, np.zeros((len(E), 1))]),
        b_eq=[1, *np.zeros(len(E) - 1)],
        bounds=[(0, None)] * size + [(None, None)],
    )
    assert solved.status == 0, solved.message
    return float(solved.fun), solved.x[:-1]


def _best_pair(
    plans: np.ndarray, gain: np.ndarray, form: Sequences
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the best of all plans of one member with the other's best reply to it."""
    total = gain.copy()
    width = {j: [form.number[j, a] for a in range(n)] for j, (_, n) in form.before.items()}
    for j in reversed(form.before):  # infosets were met before those below them
        total[:, form.before[j][0]] += total[:, width[j]].max(axis=1)
    k = int(np.argmax(total[:, 0]))
    yours = np.zeros(gain.shape[1])
    yours[0] = 1.0
    for j, (above, _) in form.before.items():
        yours[width[j][int(np.argmax(total[k, width[j]]))]] = yours[above]
    return float(total[k, 0]), plans[k].astype(float), yours


def _realized(form: Sequences, plan: Mapping[int, int]) -> np.ndarray:
    """Return which sequences a reduced plan plays."""
    played = np.zeros(len(form.number), dtype=bool)
    played[[0, *(form.number[j, a] for j, a in plan.items())]] = True
    return played


def _visit(node: Node, player: int, form: Sequences, last: tuple[int, int] | None) -> None:
    """Note a player's sequences, each after those that lead to it."""
    if node.owner == player:
        form.visit(node, last)
    for a, child in enumerate(node.children):
        _visit(child, player, form, (node.infoset, a) if node.owner == player else last)


def _terminals(
    node: Node, moves: Moves, reach: float
) -> Iterator[tuple[Moves, float, tuple[Number, ...]]]:
    """Yield who did what, chance's reach and the payoffs of every terminal."""
    if node.owner < 0:
        yield moves, reach, node.payoffs
    for a, child in enumerate(node.children):
        weight = float(node.chances[a]) if node.owner == 0 else 1.0
        mine = (*moves.get(node.owner, ()), (node.infoset, a))
        yield from _terminals(child, moves | {node.owner: mine}, reach * weight)


def _members(game: Game, adversary: int) -> list[int]:
    return [k for k in range(1, len(game.players) + 1) if k != adversary]
