"""Strong Stackelberg equilibria of two players: known values, brute force, side constraints."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError, InfeasibleError, SolverError
from efmodels.formulations import stackelberg
from efmodels.reply_slacks import slack_bounds
from tests.commitment_cases import cases_of, game_of
from tests.oracles.commitment import strong_value
from tests.random_games import dealt_game, random_game


def model_of(game: ef.Game, **arguments: Any) -> pyo.ConcreteModel:
    """Return the model of a commitment that is best for the leader."""
    m = pyo.ConcreteModel()
    m.eq = stackelberg(game, **arguments)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


@pytest.mark.parametrize("case", cases_of("SSE"))
def test_known_values(case: dict[str, Any]) -> None:
    """The values that several algorithms agree on, and a follower without regret."""
    game = game_of(case)
    leader = game.players[case["params"]["leader"] - 1]
    best = ef.optimal_equilibrium(game, "SSE", leader=leader)

    assert best.value == pytest.approx(case["value"], abs=case["tol"])
    assert best.payoffs[leader] == pytest.approx(best.value, abs=1e-6)
    assert list(best.regrets) == [player for player in game.players if player != leader]
    assert max(best.regrets.values()) <= 1e-6


def assert_equals_brute_force(game: ef.Game) -> None:
    """Compare the value of either leader with that of a table of all plans."""
    for number, leader in enumerate(game.players, start=1):
        m = model_of(game, leader=leader)
        value = ef.solve(m, solver="highs").value
        solution = m.eq.solution()

        assert value == pytest.approx(strong_value(game, number), abs=1e-5)
        assert solution.payoffs()[leader] == pytest.approx(value, abs=1e-5)
        assert max(solution.regrets().values()) <= 1e-5


@pytest.mark.parametrize("seed", [0, 2, 3, 4, 7])
def test_values_equal_brute_force(seed: int) -> None:
    """Whoever leads, the value is that of one linear program for each pure plan of the other."""
    assert_equals_brute_force(random_game(seed, nodes=10))
    assert_equals_brute_force(dealt_game(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 108))
def test_values_of_many_games_equal_brute_force(seed: int) -> None:
    """The same for two hundred games."""
    assert_equals_brute_force(random_game(seed, nodes=10))
    assert_equals_brute_force(dealt_game(seed))


def test_lecture_example() -> None:
    """To commit brings 10.5 where the only equilibrium brings 1, by mixing half and half."""
    game = ef.instances.commitment_game()
    m = model_of(game)

    assert ef.solve(m).value == pytest.approx(10.5)
    assert m.eq.leader.x.array() == pytest.approx([1, 0.5, 0.5], abs=1e-6)
    assert ef.optimal_equilibrium(game, "efce", "Leader").value == pytest.approx(1)


@pytest.mark.parametrize("seed", range(8))
def test_constants_do_not_matter_to_the_value(seed: int) -> None:
    """Constants that are larger than they must be change no value, only the work."""
    game = random_game(seed, nodes=10)
    tight = ef.optimal_equilibrium(game, "stackelberg").value
    loose = ef.optimal_equilibrium(
        game, "stackelberg", slacks=lambda g, who: slack_bounds(g, who) + 1000
    )

    assert loose.value == pytest.approx(tight, abs=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_expectations_and_probabilities_are_linear(seed: int) -> None:
    """What the block says of outcomes is what the tree says of the strategies."""
    game = random_game(seed, nodes=10)
    m = model_of(game)
    numbers = np.random.default_rng(seed).normal(size=len(game.terminals))
    m.worth = pyo.Expression(expr=m.eq.expected(numbers))
    m.goal.set_value(m.worth)
    value = ef.solve(m).value
    profile = m.eq.solution().profile

    reach = profile.reach[game.terminals]
    assert value == pytest.approx(float(numbers @ reach), abs=1e-6)


def test_a_floor_for_the_follower_costs_the_leader() -> None:
    """A side constraint on the follower's payoff holds in the tree, and is paid by the leader."""
    m = model_of(ef.instances.commitment_game())
    m.floor = pyo.Constraint(expr=m.eq.payoff["Follower"] >= 0.75)

    assert ef.solve(m).value == pytest.approx(10.25)
    assert m.eq.solution().payoffs() == pytest.approx({"Leader": 10.25, "Follower": 0.75})


def test_a_floor_that_nobody_can_pay_is_infeasible() -> None:
    """What the side constraint asks for is named as what cannot hold."""
    m = model_of(ef.instances.commitment_game())
    m.floor = pyo.Constraint(expr=m.eq.payoff["Follower"] >= 7)

    with pytest.raises(InfeasibleError, match="floor"):
        ef.solve(m)


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5])
def test_margin_makes_the_reply_the_only_one(seed: int) -> None:
    """Where it can be had, every other reply costs as much times the probability of choosing it."""
    game = dealt_game(seed)
    m = model_of(game, margin=0.05)
    ef.solve(m)
    table = m.eq.strategy()
    others = table[(table.player == "P2") & (table.probability == 0) & (table.reach > 1e-6)]

    assert (others.regret <= -0.05 * others.reach + 1e-6).all()
    assert m.goal() <= ef.optimal_equilibrium(game, "SSE").value + 1e-6


def test_update_takes_other_payoffs_and_chances() -> None:
    """A block with new payoffs is the block that would have been built."""
    first, second = (ef.instances.random_tree(3, depth=4, payoffs=b) for b in ((-5, 5), (-9, 9)))
    for margin in (0.0, 1e-3):
        m = model_of(first, margin=margin)
        m.eq.update(second)
        fresh = model_of(second, margin=margin)

        assert ef.solve(m).value == pytest.approx(ef.solve(fresh).value, abs=1e-6)
        assert m.eq.regrets() == pytest.approx({"P2": 0}, abs=1e-6)


def test_single_actions_need_no_binary_variable() -> None:
    """Where the follower has nothing to choose, what leads there decides."""
    tree = {
        "player": "A",
        "infoset": "a",
        "actions": {
            a: {"player": "B", "infoset": "b", "actions": {"only": {"payoffs": [k, -k]}}}
            for k, a in enumerate(("l", "r"))
        },
    }
    m = model_of(ef.Game.from_dict(tree, players=["A", "B"]))

    assert not m.eq.follower["B"].x.integer_array().any()
    assert ef.solve(m).value == pytest.approx(1)


def test_refusals() -> None:
    """Three players, a negative margin and unknown leaders are refused in the caller's words."""
    with pytest.raises(GameError, match="stackelberg needs two players"):
        stackelberg(random_game(1, players=3))
    with pytest.raises(GameError, match="margin must be a finite number"):
        stackelberg(ef.instances.commitment_game(), margin=-0.1)
    with pytest.raises(GameError, match="Nobody"):
        stackelberg(ef.instances.commitment_game(), leader="Nobody")
    with pytest.raises(SolverError, match="solve the model first"):
        stackelberg(ef.instances.commitment_game()).regrets()
