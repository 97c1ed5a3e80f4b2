"""The constants of mixed-integer replies, against all plans of the others."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

import efmodels as ef
from efmodels.floored_blocks.replies import FlooredReplies
from efmodels.reply_slacks import floored_slack_bounds, slack_bounds
from tests.floored_games import random_floors
from tests.oracles.plans import full_plans
from tests.random_games import random_game

if TYPE_CHECKING:
    from efmodels.plan_floors import PlanFloors


def _slacks(game: ef.Game, player: str, generator: np.random.Generator) -> np.ndarray:
    """Return the slack of each sequence against random plans of the opponent."""
    form = game.sequence_form()
    (other,) = (one for one in game.players if one != player)
    A = form.payoff_matrix(player)
    plan = form.polytope(other).random(generator)
    gradient = A @ plan if player == game.players[0] else A.T @ plan
    mine = form.polytope(player)
    v = mine.dual_values(gradient)
    slack: np.ndarray = mine.F.T @ v - gradient
    return slack


@pytest.mark.parametrize("seed", range(60))
def test_bounds_hold_for_all_plans(seed: int) -> None:
    """No plan of the opponent makes a sequence worse than its bound says."""
    game = random_game(seed, nodes=14)
    generator = np.random.default_rng(seed)
    for player in game.players:
        bound = slack_bounds(game, player)
        for _ in range(40):
            assert (_slacks(game, player, generator) <= bound + 1e-9).all()


@pytest.mark.parametrize("seed", range(20))
def test_bound_is_the_largest_over_pure_plans_of_the_opponent(seed: int) -> None:
    """It is the formula: the maximum over the opponent's pure plans, by enumeration."""
    game = random_game(seed, nodes=9)
    for player, number in (("P1", 1), ("P2", 2)):
        expected = np.max(
            [_by_formula(game, number, plan) for plan in full_plans(game, 3 - number)], axis=0
        )
        assert slack_bounds(game, player) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(30))
def test_bounds_hold_for_all_plans_above_floors(seed: int) -> None:
    """With values of a best reply above floors no plan above floors makes a slack larger."""
    game = random_game(seed, nodes=14)
    generator = np.random.default_rng(seed)
    floors = {player: random_floors(game, player, generator) for player in game.players}
    form = game.sequence_form()
    for player, other in (game.players, game.players[::-1]):
        bound = floored_slack_bounds(game, player, floors)
        A = form.payoff_matrix(player)
        reply = FlooredReplies(floors[player], A.T.tocsr() if player == game.players[0] else A)
        theirs = floors[other].polytope

        assert (bound <= slack_bounds(game, player) + 1e-9).all()
        for _ in range(20):
            behaviour = theirs.behaviour(theirs.random(generator))
            plan = _above(floors[other], behaviour)
            slack = reply.values @ _best_values(reply, plan) - reply.worth @ plan
            assert (slack <= bound + 1e-9).all()
            assert (slack >= -1e-9).all()


def _above(floors: PlanFloors, behaviour: np.ndarray) -> np.ndarray:
    """Return the plan that adds to floors by a behaviour."""
    x = np.ones(len(behaviour))
    shared, spent = floors.taken
    for q in range(1, len(x)):
        before, j = x[floors.before[q]], floors.polytope.point[q]
        added = (before * (1 - shared[j]) - spent[j]) * behaviour[q]
        x[q] = floors.least[q] + floors.share[q] * before + added
    return x


def _best_values(reply: FlooredReplies, plan: np.ndarray) -> np.ndarray:
    """Return the least values that satisfy the rows of a dual best reply, from the last one on."""
    polytope = reply.floors.polytope
    values, worth = reply.values.toarray(), reply.worth @ plan
    v = np.zeros(polytope.points + 1)
    for j in np.argsort(-polytope.level, kind="stable"):
        mine = slice(int(polytope.start[j]), int(polytope.start[j + 1]))
        v[j + 1] = (worth[mine] - values[mine] @ v).max()
    v[0] = worth[0] - values[0] @ v
    return v


@pytest.mark.parametrize("seed", range(20))
def test_bounds_of_whoever_moves_last_are_reached(seed: int) -> None:
    """In a matrix game they are the most that the first player's extreme plans weigh differences.

    In a row ``i`` a column may be worse than the best there by what the formula adds up.
    """
    generator = np.random.default_rng(seed)
    U = generator.integers(-5, 6, (2, 4, 3)).astype(float)
    game = ef.Game.from_matrices(*U)
    floors = {player: random_floors(game, player, generator) for player in game.players}
    floor = floors["P1"].share + floors["P1"].least
    plans = [floor + (1 - floor.sum()) * np.eye(5)[i] for i in range(1, 5)]
    gaps = U[1].max(axis=1, keepdims=True) - U[1]
    expected = [max(float(plan[1:] @ gaps[:, a]) for plan in plans) for a in range(3)]

    assert floored_slack_bounds(game, "P2", floors)[1:] == pytest.approx(expected)


def _by_formula(game: ef.Game, number: int, plan: dict[int, int]) -> np.ndarray:
    """Return the sum of the formula at one pure plan of the opponent."""
    form = game.sequence_form()
    polytope = form.polytopes[number - 1]
    points = np.flatnonzero(game.infoset_owner == number)
    total = np.zeros(polytope.size)
    for node in range(game.nodes):
        if game.owner[node] != number:
            continue
        reach = _reach(game, node, number, plan)
        k = int(np.searchsorted(points, game.infoset[node]))
        for child in np.flatnonzero(game.parent == node):
            q = int(polytope.start[k]) + int(game.action[child])
            most, least = _extreme(game, node, number, max), _extreme(game, child, number, min)
            total[q] += reach * (most - least)
    return total


def _reach(game: ef.Game, node: int, number: int, plan: dict[int, int]) -> float:
    reach = 1.0
    while game.parent[node] >= 0:
        parent = int(game.parent[node])
        j, a = int(game.infoset[parent]), int(game.action[node])
        if game.owner[parent] == 0:
            reach *= float(game.chance_probabilities[int(game.action_start[j]) + a])
        elif game.owner[parent] != number:
            reach *= float(plan[j] == a)
        node = parent
    return reach


def _extreme(game: ef.Game, node: int, number: int, choose: object) -> float:
    children = np.flatnonzero(game.parent == node)
    if not len(children):
        return float(game.payoffs[int(np.searchsorted(game.terminals, node)), number - 1])
    values = [_extreme(game, int(child), number, choose) for child in children]
    if game.owner[node] == 0:
        start = int(game.action_start[game.infoset[node]])
        weights = [float(game.chance_probabilities[start + int(game.action[c])]) for c in children]
        return sum(w * v for w, v in zip(weights, values, strict=True))
    return choose(values)  # type: ignore[operator, no-any-return] # min or max


def test_bounds_with_three_players_hold() -> None:
    """With more players no mixed profile of the others exceeds the sums."""
    for seed in range(15):
        game = random_game(seed, players=3, nodes=10)
        for number, player in enumerate(game.players, start=1):
            bound = slack_bounds(game, player)
            others = [k for k in (1, 2, 3) if k != number]
            for plans in product(*(full_plans(game, k)[:6] for k in others)):
                together = {j: a for plan in plans for j, a in plan.items()}
                assert (_by_formula(game, number, together) <= bound + 1e-9).all()


def test_sequences_without_alternative_cost_nothing() -> None:
    """Where payoffs do not differ, all bounds are 0."""
    game = ef.Game.from_matrices([[1, 2], [3, 4]], [[7, 7], [7, 7]])

    assert slack_bounds(game, "P2").tolist() == [0.0, 0.0, 0.0]
