"""Followers who look a few moves ahead: known values, simulation, enumeration, ties, failures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import limited_lookahead_stackelberg
from tests.commitment_cases import cases_of, game_of
from tests.oracles.bounded_followers import (
    CommitmentTree,
    favourable_optimum,
    favourable_value,
    static_value,
    worst_case_optimum,
    worst_value,
)
from tests.oracles.matrix_commitment import strong_stackelberg_value
from tests.random_games import random_game

DEPTHS = (1, 2, math.inf)
MARGIN = 1e-3
# What a solver's tolerance for integers, 1e-6, lets through: times slacks of at most 6.
TOLERANCE = 1e-5


def solved(block: Any, solver: str = "highs") -> tuple[float, Any]:
    """Return the leader's optimum, and the block."""
    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return ef.solve(m, solver=solver, gap=0.0).value, m.eq


def evaluation_of(game: ef.Game, seed: int) -> np.ndarray:
    """Return whole numbers from 0 to 5, so that ties are frequent."""
    numbers: np.ndarray = np.random.default_rng(seed).integers(0, 6, game.nodes).astype(float)
    return numbers


def terminal_mapping(game: ef.Game, player: int) -> dict[int, float]:
    """Return a player's payoffs as an evaluation of terminals alone."""
    return dict(zip(game.terminals.tolist(), game.payoffs[:, player - 1].tolist(), strict=True))


# Known values -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases_of("limited-lookahead-favourable"))
def test_known_values(case: dict[str, Any]) -> None:
    """The values of another implementation of the definition."""
    params = case["params"]
    game = game_of(case)
    lookahead = ef.Lookahead(params["k"], params["eval_by_node_preorder"])
    leader = game.players[params["leader"] - 1]
    value, block = solved(limited_lookahead_stackelberg(game, leader=leader, lookahead=lookahead))

    assert value == pytest.approx(case["value"], abs=case["tol"])
    assert block.solution().payoffs()[leader] == pytest.approx(value, abs=TOLERANCE)
    assert block.regrets() == pytest.approx({game.players[1]: 0.0}, abs=1e-6)


@pytest.mark.parametrize("case", cases_of("SSE"))
def test_a_follower_without_limits_is_a_stackelberg_follower(case: dict[str, Any]) -> None:
    """Who sees everything, and evaluates it by her payoffs, makes it the strong Stackelberg value.

    The case of types as players of their own has more than two players, and does not apply.
    """
    game = game_of(case)
    number = case["params"].get("leader", 1)
    if len(game.players) != 2:
        pytest.skip("more than two players")
    leader = game.players[number - 1]
    lookahead = ef.Lookahead(math.inf, terminal_mapping(game, 3 - number))
    value, _ = solved(limited_lookahead_stackelberg(game, leader=leader, lookahead=lookahead))

    assert value == pytest.approx(case["value"], abs=case["tol"])


@pytest.mark.parametrize("seed", range(5))
def test_a_matrix_game_has_its_stackelberg_value(seed: int) -> None:
    """A follower who moves last and unseeing looks one level ahead, and sees it all."""
    A, B = np.random.default_rng(seed).integers(-5, 6, (2, 4, 3)).astype(float)
    game = ef.Game.from_matrices(A, B)
    value, _ = solved(
        limited_lookahead_stackelberg(game, lookahead=ef.Lookahead(1, terminal_mapping(game, 2)))
    )

    assert value == pytest.approx(strong_stackelberg_value(A, B))


# Random games -----------------------------------------------------------------------------------


def check_favourable(seed: int) -> None:
    """Check optima with favourable ties by simulation, by enumeration and against other plans."""
    game = random_game(seed, nodes=10)
    numbers, generator = evaluation_of(game, seed), np.random.default_rng(seed)
    for leader in (1, 2):
        tree = CommitmentTree(game, leader)
        for depth in DEPTHS:
            value, block = solved(
                limited_lookahead_stackelberg(
                    game, leader=f"P{leader}", lookahead=ef.Lookahead(depth, numbers)
                )
            )
            plan = block.leader.x.array()

            assert favourable_value(tree, plan, numbers, depth, 1e-6) == pytest.approx(value)
            assert block.solution().payoffs()[f"P{leader}"] == pytest.approx(value, abs=TOLERANCE)
            assert max(block.regrets().values()) < 1e-6
            best = favourable_optimum(tree, numbers, depth, most=100)
            assert best is None or best == pytest.approx(value, abs=TOLERANCE)
            for _ in range(5):
                other = tree.plan(tree.random_behaviour(generator))
                assert favourable_value(tree, other, numbers, depth) <= value + TOLERANCE


def check_adversarial(seed: int) -> None:
    """Check optima with adversarial ties in the same three ways."""
    game = random_game(seed, nodes=10)
    numbers, generator = evaluation_of(game, seed), np.random.default_rng(seed)
    tree, both = CommitmentTree(game, 1), (numbers, numbers)
    for depth in DEPTHS:
        lookahead = ef.Lookahead(depth, numbers, ef.AdversarialTies(MARGIN))
        value, block = solved(limited_lookahead_stackelberg(game, lookahead=lookahead))
        plan = block.leader.x.array()

        assert worst_value(tree, plan, both, depth, MARGIN / 2) == pytest.approx(
            value, abs=TOLERANCE
        )
        assert block.solution().payoffs()["P1"] == pytest.approx(value, abs=TOLERANCE)
        assert max(block.regrets().values()) <= MARGIN / 2
        best = worst_case_optimum(tree, both, depth, MARGIN, most=100)
        assert best is None or best == pytest.approx(value, abs=TOLERANCE)
        for _ in range(5):
            other = tree.plan(tree.random_behaviour(generator))
            assert worst_value(tree, other, both, depth, MARGIN) <= value + TOLERANCE


def check_static(seed: int) -> None:
    """Check optima with static ties by simulation, and against plans without near ties."""
    game = random_game(seed, nodes=10)
    numbers = evaluation_of(game, seed)
    tree = CommitmentTree(game, 1)
    for depth in DEPTHS:
        lookahead = ef.Lookahead(depth, numbers, ef.StaticTies(margin=MARGIN))
        value, block = solved(limited_lookahead_stackelberg(game, lookahead=lookahead))
        plan = block.leader.x.array()

        assert static_value(tree, plan, numbers, depth, MARGIN / 2) == pytest.approx(
            value, abs=TOLERANCE
        )
        assert block.solution().payoffs()["P1"] == pytest.approx(value, abs=TOLERANCE)
        assert max(block.regrets().values()) < 1e-6
        for seed_of_plan in range(5):
            generator = np.random.default_rng(seed_of_plan)
            other = tree.plan(tree.random_behaviour(generator))
            near = [q for v in tree.values(other, numbers, depth).values() for q in gaps(v)]
            if all(gap <= 1e-9 or gap >= MARGIN for gap in near):
                assert static_value(tree, other, numbers, depth, 1e-9) <= value + TOLERANCE


def gaps(values: list[float]) -> list[float]:
    """Return by how much each of some values falls short of the greatest."""
    return [max(values) - value for value in values]


@pytest.mark.parametrize("check", [check_favourable, check_adversarial, check_static])
@pytest.mark.parametrize("seed", range(3))
def test_random_games(check: Any, seed: int) -> None:
    """Optima are what simulation says, what enumeration finds, and what no other plan exceeds."""
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("check", [check_favourable, check_adversarial, check_static])
@pytest.mark.parametrize("start", range(3, 203, 20))
def test_two_hundred_random_games(check: Any, start: int) -> None:
    """The same for many games."""
    for seed in range(start, start + 20):
        check(seed)


# Ties, depths and evaluations ---------------------------------------------------------------------

# The leader has no choice, and the follower does not care.
TIED = ef.Game.from_matrices([[4, 0, 2]], [[1, 1, 1]])


@pytest.mark.parametrize(
    ("ties", "value"),
    [
        (ef.FavourableTies(), 4),
        (ef.AdversarialTies(), 0),
        (ef.StaticTies(), 4),
        (ef.StaticTies({"P2_1": ("2", "3", "1")}), 0),
        (ef.StaticTies({"P2_1": ["3", "1", "2"]}), 2),
    ],
)
def test_ties(ties: Any, value: float) -> None:
    """Where all actions look alike, the rule for ties says what happens."""
    lookahead = ef.Lookahead(1, np.zeros(TIED.nodes), ties)
    found, block = solved(limited_lookahead_stackelberg(TIED, lookahead=lookahead))

    assert found == pytest.approx(value)
    assert block.solution().payoffs()["P1"] == pytest.approx(value)


def test_depth_counts_levels_of_the_tree() -> None:
    """One level shows what an action leads to, two the leader's answer, three her own next move.

    The follower may take 1, or let the leader end it with -1 for her or go on, to 3 if she stops
    then. She hopes for 5 if she waits, and for -2 at her second move. Looking one level ahead she
    waits, and the leader ends it. Looking two ahead she sees no good in waiting. Looking three
    ahead she waits if the leader goes on half of the time: then waiting is worth 1 as well.
    """
    second = {"stop": {"payoffs": [1, 3]}, "go": {"payoffs": [3, 0]}}
    later = {"player": "F", "infoset": "later", "actions": second}
    answer = {"end": {"payoffs": [2, -1]}, "on": later}
    wait = {"player": "L", "infoset": "answer", "actions": answer}
    now = {"take": {"payoffs": [1, 1]}, "wait": wait}
    game = ef.Game.from_dict({"player": "F", "infoset": "now", "actions": now}, players=["L", "F"])
    node = {game.history(node): node for node in range(game.nodes)}
    hopes = ef.uniform_values(game, "F")
    hopes[node["wait",]], hopes[node["wait", "on"]] = 5.0, -2.0
    values = [
        solved(
            limited_lookahead_stackelberg(game, leader="L", lookahead=ef.Lookahead(depth, hopes))
        )[0]
        for depth in (1, 2, 3, math.inf)
    ]

    assert values == pytest.approx([2.0, 1.0, 1.5, 1.5])


def test_an_evaluation_may_be_an_array_a_mapping_or_a_function() -> None:
    """They all mean the same; a mapping needs the nodes where windows end, and no others."""
    game = ef.instances.kuhn()
    array = ef.uniform_values(game, "P2")
    windows = {node: array[node] for node in range(game.nodes)}
    values = [
        solved(limited_lookahead_stackelberg(game, lookahead=ef.Lookahead(2, given)))[0]
        for given in (array, windows, lambda node: array[node])
    ]

    assert values == pytest.approx([values[0]] * 3)


# What a block can be asked ------------------------------------------------------------------------


def test_lookahead_costs_the_follower_true_payoffs() -> None:
    """Her regret by her own reasoning is 0; in payoffs it is not, and the leader gains by it."""
    game = ef.instances.kuhn()
    short = ef.Lookahead(1, ef.uniform_values(game, "P2"))
    value, block = solved(limited_lookahead_stackelberg(game, lookahead=short))
    solution = block.solution()

    assert value > -1 / 18 + 0.1
    assert solution.regrets()["P2"] < 1e-9
    assert solution.payoff_regrets()["P2"] > 0.1
    assert len(solution.strategy()) == 24


def test_one_call_finds_it() -> None:
    """`optimal_equilibrium` knows it by name, with the leader's payoff or another objective."""
    game = ef.instances.kuhn()
    lookahead = ef.Lookahead(1, ef.uniform_values(game, "P2"))
    name = "limited_lookahead_stackelberg"
    found = ef.optimal_equilibrium(game, name, lookahead=lookahead)
    for_follower = ef.optimal_equilibrium(game, name, {"P2": 1.0}, lookahead=lookahead)

    assert found.payoffs["P1"] == pytest.approx(found.value)
    assert for_follower.payoffs["P2"] >= -found.value - 1e-9


def test_side_constraints_and_expectations() -> None:
    """A floor on the follower's true payoff, and the probability of an infoset, are linear."""
    game = ef.instances.kuhn()
    m = pyo.ConcreteModel()
    lookahead = ef.Lookahead(1, ef.uniform_values(game, "P2"))
    m.eq = limited_lookahead_stackelberg(game, lookahead=lookahead)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    free = ef.solve(m, solver="highs").value
    m.floor = pyo.Constraint(expr=m.eq.payoff["P2"] >= -0.1)
    m.bets = pyo.Constraint(expr=m.eq.probability("J", "bet") <= 0.1)

    assert ef.solve(m, solver="highs").value == pytest.approx(min(free, 0.1), abs=1e-6)
    table = m.eq.strategy().set_index(["player", "infoset", "action"])
    bets = table.loc[("P1", "J", "bet")]
    assert bets["probability"] * bets["reach"] <= 0.1 + 1e-9


@pytest.mark.parametrize(
    "ties", [ef.FavourableTies(), ef.StaticTies(margin=MARGIN), ef.AdversarialTies(MARGIN)]
)
def test_payoffs_and_chances_can_be_replaced(ties: Any) -> None:
    """`update` takes the leader's payoffs and the chances of another game; evaluations stay."""
    first, second = (
        ef.loads(ef.dumps(random_game(4, nodes=10), format="efg").replace(old, new), format="efg")
        for old, new in (("1/2", "1/2"), ("{ 3, ", "{ -2, "))
    )
    lookahead = ef.Lookahead(2, evaluation_of(first, 4), ties)
    m = pyo.ConcreteModel()
    m.eq = limited_lookahead_stackelberg(first, lookahead=lookahead)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    ef.solve(m, solver="highs")
    m.eq.update(second)
    expected, _ = solved(limited_lookahead_stackelberg(second, lookahead=lookahead))

    assert first != second
    assert ef.solve(m, solver="highs", gap=0.0).value == pytest.approx(expected, abs=1e-6)
    assert m.eq.solution().payoffs()["P1"] == pytest.approx(expected, abs=1e-6)


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "needs lookahead=Lookahead"),
        ({"lookahead": 2}, "got 2"),
        ({"lookahead": ef.Lookahead(1, [1.0, 2.0])}, r"shape \(2,\); expected a number for each"),
        ({"lookahead": ef.Lookahead(1, {0: 1.0})}, "has no number for node 3, .*24 are missing"),
        ({"lookahead": ef.Lookahead(1, lambda _: math.nan)}, "the evaluation of node .* is nan"),
        ({"leader": "Q", "lookahead": ef.Lookahead(1, [])}, "no player is called 'Q'"),
        (
            {"lookahead": ef.Lookahead(1, np.zeros(55), ef.StaticTies({"X": ("a",)}))},
            "no infoset called 'X'",
        ),
        (
            {"lookahead": ef.Lookahead(1, np.zeros(55), ef.StaticTies({"J:b": ("call", "call")}))},
            r"has the actions \['fold', 'call'\], each to be named once",
        ),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, Any], message: str) -> None:
    """The message says what was given, and what was expected."""
    with pytest.raises(ef.GameError, match=message):
        limited_lookahead_stackelberg(ef.instances.kuhn(), **arguments)


def test_three_players_are_refused() -> None:
    """There is one leader and one follower."""
    with pytest.raises(ef.GameError, match="needs two players; this game has 3"):
        limited_lookahead_stackelberg(ef.instances.kuhn(players=3, ranks=4))
