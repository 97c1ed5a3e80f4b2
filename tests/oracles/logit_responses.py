"""Logit responses by lists of plans and walks over the tree, and equilibria by iteration."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from tests.oracles.expectation import expected_payoffs
from tests.oracles.plans import reduced_plans
from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels import Game
    from tests.oracles.tree import Node

    Behaviour = dict[tuple[int, int], list[float]]


def response_in_plans(game: Game, profile: Behaviour, precision: float) -> Behaviour:
    """Return the behaviour of softmax distributions over explicit lists of reduced plans."""
    response: Behaviour = {}
    for player in range(1, len(game.players) + 1):
        plans = reduced_plans(game, player)
        worth = np.array(
            [expected_payoffs(game, _following(profile, player, p))[player - 1] for p in plans],
            dtype=float,
        )
        weights = np.exp(precision * (worth - worth.max()))
        mass: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for plan, weight in zip(plans, weights, strict=True):
            for infoset, action in plan.items():
                mass[infoset][action] += weight
        for key in profile:
            if key[0] == player:
                here = [mass[key[1]][a] for a in range(len(profile[key]))]
                response[key] = [each / sum(here) for each in here]
    return response


def _following(profile: Behaviour, player: int, plan: dict[int, int]) -> Behaviour:
    """Return the profile in which a player follows a plan; where it is silent nobody comes."""
    return {
        (owner, j): [float(a == plan.get(j, 0)) for a in range(len(b))] if owner == player else b
        for (owner, j), b in profile.items()
    }


def response_of_agents(game: Game, profile: Behaviour, precision: float) -> Behaviour:
    """Return the softmax at each infoset of what each action brings on average from there on."""
    earned: dict[tuple[int, int], np.ndarray] = {
        key: np.zeros(len(each)) for key, each in profile.items()
    }
    weight: dict[tuple[int, int], float] = defaultdict(float)
    players = len(game.players)

    def walk(node: Node, reach: tuple[float, ...]) -> None:
        """Go down with the probability that everybody but each player moves here."""
        if node.owner < 0:
            return
        key = node.owner, node.infoset
        if node.owner > 0:
            weight[key] += reach[node.owner - 1]
        odds = node.chances if node.owner == 0 else profile[key]
        for a, (child, p) in enumerate(zip(node.children, odds, strict=True)):
            if node.owner > 0:
                brought = _value(child, profile)[node.owner - 1]
                earned[key][a] += reach[node.owner - 1] * brought
            walk(child, tuple(r * (1.0 if k + 1 == node.owner else float(p))
                              for k, r in enumerate(reach)))  # fmt: skip # one product

    walk(tree_of(game), (1.0,) * players)
    response: Behaviour = {}
    for key, total in earned.items():
        quality = precision * total / weight[key]
        power = np.exp(quality - quality.max())
        response[key] = (power / power.sum()).tolist()
    return response


def _value(node: Node, profile: Behaviour) -> np.ndarray:
    """Return what play from a node on brings each player, by recursion."""
    if node.owner < 0:
        return np.array(node.payoffs, dtype=float)
    odds = node.chances if node.owner == 0 else profile[node.owner, node.infoset]
    return sum(
        (float(p) * _value(child, profile) for p, child in zip(odds, node.children, strict=True)),
        start=np.zeros(len(node.payoffs)),
    )


def equilibrium_by_iteration(
    response: Callable[[Game, Behaviour, float], Behaviour],
    game: Game,
    precision: float,
    *,
    rounds: int = 2000,
) -> Behaviour:
    """Return where responses, damped by one half, come to rest: the only one if noise is large."""
    here: Behaviour = {
        (n.owner, n.infoset): [1 / len(n.children)] * len(n.children)
        for n in tree_of(game).descendants()
        if n.owner > 0
    }
    for _ in range(rounds):
        there = response(game, here, precision)
        moved = distance(here, there)
        here = {
            key: [(a + b) / 2 for a, b in zip(each, there[key], strict=True)]
            for key, each in here.items()
        }
        if moved < 1e-13:
            return here
    raise AssertionError(f"the responses did not come to rest; they still move by {moved:g}")


def distance(one: Behaviour, other: Behaviour) -> float:
    """Return the largest difference of a probability."""
    return max((abs(a - b) for key, each in one.items()
                for a, b in zip(each, other[key], strict=True)), default=0.0)  # fmt: skip # one max


def behaviour_of(game: Game, flat: np.ndarray) -> Behaviour:
    """Return probabilities in the order of ``game.action_labels`` by player and infoset."""
    return {
        (int(owner), j): flat[game.action_start[j] : game.action_start[j + 1]].tolist()
        for j, owner in enumerate(game.infoset_owner)
        if owner > 0
    }
