"""The constants of mixed-integer replies, against all plans of the others."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import efmodels as ef
from efmodels.reply_slacks import slack_bounds
from tests.oracles.plans import full_plans
from tests.random_games import random_game


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
