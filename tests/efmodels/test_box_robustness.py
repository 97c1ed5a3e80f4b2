"""One payoff function in a box: known values, enumeration, the other reading, failures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import robust_stackelberg
from tests.commitment_cases import cases_of, game_of
from tests.oracles.bounded_followers import CommitmentTree, box_optimum, box_value
from tests.random_games import random_game

MARGIN = 1e-3


def infoset_wise(game: ef.Game, payoffs: ef.Intervals, leader: str, margin: float) -> float:
    """Return the optimum of the other reading."""
    m = pyo.ConcreteModel()
    m.eq = robust_stackelberg(game, leader=leader, payoffs=payoffs, margin=margin)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return float(ef.solve(m, solver="highs", gap=0.0).value)


@pytest.mark.parametrize("case", cases_of("robust-SSE-box(R1)"))
def test_known_values(case: dict[str, Any]) -> None:
    """The value, and a game in which the two readings differ: the other one says -2."""
    game = game_of(case)
    payoffs = ef.Intervals.around(game.payoffs[:, 1], case["params"]["width"])
    found = ef.box_robust_stackelberg(game, payoffs=payoffs)

    assert found.value == pytest.approx(case["value"], abs=case["tol"])
    assert found.bound == pytest.approx(case["value"], abs=case["tol"])
    assert found.payoffs()["P1"] == found.value
    assert infoset_wise(game, payoffs, "P1", 1e-5) == pytest.approx(-2)


@pytest.mark.parametrize("case", cases_of("robust-SSE-box(R1)"))
def test_a_grid_over_the_leaders_mixtures(case: dict[str, Any]) -> None:
    """Where the leader has two actions, no mixture of a grid does better, and one does as well."""
    game = game_of(case)
    tree, width = CommitmentTree(game, 1), case["params"]["width"]
    centre = tree.payoffs(2)
    box = (centre - width, centre + width)
    grid = [
        box_value(tree, np.array([1.0, share, 1 - share]), box, MARGIN)
        for share in np.linspace(0, 1, 201)
    ]

    assert max(grid) == pytest.approx(case["value"], abs=case["tol"])


def check(seed: int) -> None:
    """Check an optimum by simulation, by enumeration, and against other plans and readings."""
    game = random_game(seed, nodes=8)
    generator = np.random.default_rng(seed)
    lower = generator.integers(-3, 4, game.nodes).astype(float)
    box = (lower, lower + generator.integers(0, 3, game.nodes))
    leader = 1 + seed % 2
    tree, label = CommitmentTree(game, leader), f"P{leader}"
    payoffs = ef.Intervals(*(side[game.terminals] for side in box))
    found = ef.box_robust_stackelberg(game, leader=label, payoffs=payoffs, margin=MARGIN)

    assert found.value == pytest.approx(box_value(tree, found.plan, box, MARGIN / 2), abs=1e-6)
    assert found.bound == pytest.approx(found.value, abs=1e-4)
    assert max(found.regrets().values()) <= MARGIN / 2 + 1e-9
    assert found.value >= infoset_wise(game, payoffs, label, MARGIN) - 1e-5
    best = box_optimum(tree, box, MARGIN, most=300)
    assert best is None or best == pytest.approx(found.value, abs=1e-5)
    for _ in range(5):
        other = tree.plan(tree.random_behaviour(generator))
        assert box_value(tree, other, box, MARGIN) <= found.value + 1e-5


@pytest.mark.parametrize("seed", range(4))
def test_random_games(seed: int) -> None:
    """Optima are what enumeration finds, at least those of the other reading, and never beaten."""
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(4, 204, 20))
def test_two_hundred_random_games(start: int) -> None:
    """The same for many games."""
    for seed in range(start, start + 20):
        check(seed)


@pytest.mark.parametrize("seed", range(5))
def test_one_move_each_makes_the_readings_one(seed: int) -> None:
    """A follower who moves once has nothing to combine: both readings are the same."""
    A, B = np.random.default_rng(seed).integers(-5, 6, (2, 3, 4)).astype(float)
    game = ef.Game.from_matrices(A, B)
    payoffs = ef.Intervals.around(game.payoffs[:, 1], 1.5)
    found = ef.box_robust_stackelberg(game, payoffs=payoffs, margin=MARGIN)

    assert found.value == pytest.approx(infoset_wise(game, payoffs, "P1", MARGIN), abs=1e-5)
    assert len(found.strategy()) == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "box_robust_stackelberg needs payoffs=Intervals"),
        ({"payoffs": ef.Intervals([1.0], [2.0])}, "for each of the 30 terminals"),
        ({"payoffs": ef.Intervals.around(np.zeros(30), 1), "margin": -1}, "a margin must be"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    """The message says what was given, and what was expected."""
    with pytest.raises(ef.GameError, match=message):
        ef.box_robust_stackelberg(ef.instances.kuhn(), **arguments)
