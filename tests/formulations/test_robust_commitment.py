"""Interval payoffs and interval evaluations: known values, simulation, enumeration, failures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import (
    limited_lookahead_stackelberg,
    robust_limited_lookahead_stackelberg,
    robust_stackelberg,
)
from tests.commitment_cases import cases_of, game_of
from tests.oracles.bounded_followers import CommitmentTree, worst_case_optimum, worst_value
from tests.random_games import random_game

DEPTHS = (1, 2, math.inf)
MARGIN = 1e-3
# What a solver's tolerance for integers, 1e-6, lets through: times slacks of at most 6.
TOLERANCE = 1e-5


def solved(block: Any) -> tuple[float, Any]:
    """Return the leader's optimum, and the block."""
    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return ef.solve(m, solver="highs", gap=0.0).value, m.eq


def random_intervals(game: ef.Game, seed: int) -> ef.Intervals:
    """Return an interval per node, from whole numbers to whole numbers, some of width 0."""
    generator = np.random.default_rng(seed)
    lower = generator.integers(-3, 4, game.nodes).astype(float)
    return ef.Intervals(lower, lower + generator.integers(0, 3, game.nodes))


# Known values -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases_of("robust-SSE-infoset(R2)"))
def test_known_values(case: dict[str, Any]) -> None:
    """The values of another implementation of the definition."""
    params, game = case["params"], game_of(case)
    leader = game.players[params["leader"] - 1]
    payoffs = ef.Intervals.around(game.payoffs[:, 2 - params["leader"]], params["width"])
    value, block = solved(
        robust_stackelberg(game, leader=leader, payoffs=payoffs, margin=max(params["delta"], 1e-5))
    )

    assert value == pytest.approx(case["value"], abs=case["tol"])
    assert block.solution().payoffs()[leader] == pytest.approx(value, abs=TOLERANCE)
    assert max(block.regrets().values()) <= 1e-5


@pytest.mark.parametrize("case", cases_of("WSE-sup"))
def test_width_zero_is_pessimistic_commitment(case: dict[str, Any]) -> None:
    """If payoffs are known, only ties are left, and the worst is expected of them.

    The value differs from the supremum by what the margin forgoes: here payoffs are whole numbers
    of at most two digits.
    """
    game = game_of(case)
    number = case["params"].get("leader", 1)
    known = ef.Intervals.around(game.payoffs[:, 2 - number], 0.0)
    value, _ = solved(
        robust_stackelberg(game, leader=game.players[number - 1], payoffs=known, margin=1e-5)
    )

    assert value == pytest.approx(case["value"], abs=1e-4)


# Random games -----------------------------------------------------------------------------------


def check(seed: int) -> None:
    """Check optima by simulation, by enumeration and against other plans."""
    game = random_game(seed, nodes=10)
    intervals, generator = random_intervals(game, seed), np.random.default_rng(seed)
    both = (intervals.lower, intervals.upper)
    leader = 1 + seed % 2
    tree, label = CommitmentTree(game, leader), f"P{leader}"
    for depth in DEPTHS:
        value, block = solved(
            robust_limited_lookahead_stackelberg(
                game, leader=label, depth=depth, evaluation=intervals, margin=MARGIN
            )
        )
        plan = block.leader.x.array()

        assert worst_value(tree, plan, both, depth, MARGIN / 2) == pytest.approx(
            value, abs=TOLERANCE
        )
        assert block.solution().payoffs()[label] == pytest.approx(value, abs=TOLERANCE)
        assert max(block.regrets().values()) <= MARGIN / 2
        best = worst_case_optimum(tree, both, depth, MARGIN, most=100)
        assert best is None or best == pytest.approx(value, abs=TOLERANCE)
        for _ in range(5):
            other = tree.plan(tree.random_behaviour(generator))
            assert worst_value(tree, other, both, depth, MARGIN) <= value + TOLERANCE
    payoffs = ef.Intervals(*(side[game.terminals] for side in both))
    again, _ = solved(robust_stackelberg(game, leader=label, payoffs=payoffs, margin=MARGIN))
    assert again == pytest.approx(value, abs=TOLERANCE)


@pytest.mark.parametrize("seed", range(4))
def test_random_games(seed: int) -> None:
    """Optima are what simulation says, what enumeration finds, and what no other plan exceeds.

    Who sees everything evaluates terminals alone: then interval evaluations are interval payoffs.
    """
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(4, 204, 20))
def test_two_hundred_random_games(start: int) -> None:
    """The same for many games."""
    for seed in range(start, start + 20):
        check(seed)


@pytest.mark.parametrize("depth", DEPTHS)
def test_wider_intervals_cost_the_leader(depth: float) -> None:
    """What may be possible grows with the intervals; with width 0 only ties are left."""
    game = random_game(3, nodes=14)
    centre = random_intervals(game, 3).lower
    values = [
        solved(
            robust_limited_lookahead_stackelberg(
                game, depth=depth, evaluation=ef.Intervals.around(centre, radius), margin=MARGIN
            )
        )[0]
        for radius in (0.0, 0.25, 1.0, 10.0)
    ]
    ties = ef.Lookahead(depth, centre, ef.AdversarialTies(MARGIN))
    adversarial, _ = solved(limited_lookahead_stackelberg(game, lookahead=ties))

    assert max(np.diff(values)) <= TOLERANCE
    assert values[0] > values[-1] + 0.5
    assert adversarial == pytest.approx(values[0])


def test_if_nothing_is_known_the_leader_plays_safe() -> None:
    """Against intervals that allow everything she gets what she can guarantee against an enemy."""
    game = ef.instances.kuhn()
    anything = ef.Intervals.around(np.zeros(len(game.terminals)), 100.0)
    value, _ = solved(robust_stackelberg(game, payoffs=anything))

    assert value == pytest.approx(-1 / 18, abs=1e-6)


# What a block can be asked ------------------------------------------------------------------------


def test_one_call_finds_it() -> None:
    """`optimal_equilibrium` knows both by name; what the follower gets is no variable of theirs."""
    game = ef.instances.kuhn()
    payoffs = ef.Intervals.around(game.payoffs[:, 1], 0.25)
    found = ef.optimal_equilibrium(game, "robust_stackelberg", payoffs=payoffs)

    assert found.payoffs["P1"] == pytest.approx(found.value, abs=1e-6)
    with pytest.raises(ef.CapabilityError, match="no variable of this block"):
        ef.optimal_equilibrium(game, "robust_stackelberg", "P2", payoffs=payoffs)
    with pytest.raises(ef.CapabilityError, match="no variable of this block"):
        ef.optimal_equilibrium(game, "robust_stackelberg", "welfare", payoffs=payoffs)


def test_side_constraints_bind() -> None:
    """A limit on the leader's plan lowers what she can be sure of."""
    game = ef.Game.from_matrices([[4, 0], [2, 1]], [[2, 1], [2, 0]])
    m = pyo.ConcreteModel()
    m.eq = robust_stackelberg(game, payoffs=ef.Intervals.around([2, 1, 2, 0], 0.75))
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    free = ef.solve(m, solver="highs").value
    m.limit = pyo.Constraint(expr=m.eq.leader.x["P1_1", "1"] <= 0.25)

    assert free == pytest.approx(3.0, abs=1e-4)
    assert ef.solve(m, solver="highs").value == pytest.approx(2.5)


def test_the_leaders_payoffs_can_be_replaced() -> None:
    """`update` takes the leader's payoffs and the chances; the intervals stay."""
    A, B = np.random.default_rng(1).integers(-5, 6, (2, 3, 3)).astype(float)
    payoffs = ef.Intervals.around(np.arange(9.0) % 4, 0.5)
    first, second = ef.Game.from_matrices(A, A), ef.Game.from_matrices(B, A)
    m = pyo.ConcreteModel()
    m.eq = robust_stackelberg(first, payoffs=payoffs)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    before = ef.solve(m, solver="highs").value
    m.eq.update(second)
    expected, _ = solved(robust_stackelberg(second, payoffs=payoffs))

    assert ef.solve(m, solver="highs").value == pytest.approx(expected, abs=1e-6) != before
    assert m.eq.solution().payoffs()["P1"] == pytest.approx(expected, abs=1e-6)


# What is refused ----------------------------------------------------------------------------------

SOME = ef.Intervals.around(np.zeros(30), 1.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "robust_stackelberg needs payoffs=Intervals"),
        ({"payoffs": [1.0]}, r"got \[1.0\]"),
        ({"payoffs": SOME}, "for each of the 4 terminals of the game; got 30"),
        ({"payoffs": SOME, "margin": 1e-6}, "a margin must be finite and at least 1e-05"),
    ],
)
def test_wrong_payoffs_are_named(arguments: dict[str, Any], message: str) -> None:
    """The message says what was given, and what was expected."""
    with pytest.raises(ef.GameError, match=message):
        robust_stackelberg(ef.Game.from_matrices([[1, 0], [0, 1]], [[1, 0], [0, 1]]), **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "needs evaluation=Intervals"),
        ({"evaluation": SOME}, "for each of the 55 nodes of the game; got 30"),
        ({"evaluation": SOME, "depth": 0}, "a depth of 1, 2, ... levels of the tree, or math.inf"),
        ({"evaluation": SOME, "margin": math.inf}, "a margin must be finite"),
    ],
)
def test_wrong_evaluations_are_named(arguments: dict[str, Any], message: str) -> None:
    """The message says what was given, and what was expected."""
    with pytest.raises(ef.GameError, match=message):
        robust_limited_lookahead_stackelberg(ef.instances.kuhn(), **arguments)


@pytest.mark.parametrize("seed", range(8))
def test_what_makes_sure_is_never_excluded(seed: int) -> None:
    """The rows `keep` follow from the others: without them the optimum is the same."""
    game = random_game(seed, nodes=12)
    payoffs = ef.Intervals.around(game.payoffs[:, 1], 0.5)
    values = []
    for keep in (True, False):
        m = pyo.ConcreteModel()
        m.eq = ef.formulations.robust_stackelberg(game, payoffs=payoffs)
        if not keep:
            m.eq.follower["P2"].keep.deactivate()
        m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
        ef.solve(m, solver="highs")
        part = m.eq.follower["P2"]
        values.append(pyo.value(m.goal))
        assert (part.excluded.array()[1:] + part.played.array()[1:] <= 1 + 1e-6).all()

    assert values[0] == pytest.approx(values[1], abs=1e-6)
