"""Zero-sum Nash equilibria: known values, brute force, solvers, files and side constraints."""

from fractions import Fraction
from pathlib import Path

import highspy
import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings

import efmodels as ef
from efmodels.formulations import nash_zero_sum
from efmodels.instances import battleship, kuhn, leduc, liars_dice
from efmodels.solvers import Solver
from tests.oracles.zero_sum import matrix_game_value, zero_sum_value
from tests.strategies import zero_sum_games

PENNIES = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])

# Value for the first player; the integer or fraction where it is known, else seven digits.
VALUES = [
    (PENNIES, 0),
    (kuhn(), Fraction(-1, 18)),
    (kuhn(ranks=13), Fraction(-5, 78)),
    (leduc(), -0.0856064),
    (leduc(raises=1), -0.0781063),
    (leduc(ranks=5), -0.1127689),
    (liars_dice(faces=2), 0),
    (liars_dice(faces=3), Fraction(1, 9)),
    (liars_dice(faces=4), 0),
    (liars_dice(faces=2, wild=False), 0),
    (liars_dice(faces=3, wild=False), Fraction(-1, 9)),
    (liars_dice(faces=4, wild=False), Fraction(-1, 8)),
    (battleship(2, 2, 2, loss_multiplier=1), Fraction(1, 8)),
    (battleship(3, 2, 2, loss_multiplier=1), Fraction(1, 18)),
]


def model_of(game: ef.Game, **arguments: str) -> pyo.ConcreteModel:
    """Return the model of a zero-sum equilibrium."""
    m = pyo.ConcreteModel()
    m.eq = nash_zero_sum(game, **arguments)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


def assert_equilibrium(block: object) -> None:
    """Assert that recomputed regrets are below 1e-7 of the payoff range."""
    scale = np.ptp(block.game.payoffs)

    assert max(block.regrets().values()) <= 1e-7 * scale


@pytest.mark.parametrize(("game", "value"), VALUES, ids=[repr(game) for game, _ in VALUES])
def test_known_values(game: ef.Game, value: Fraction | float) -> None:
    """The values that the literature and other implementations agree on."""
    m = model_of(game)
    result = ef.solve(m, solver="highs")

    assert result.value == pytest.approx(
        float(value), abs=5.1e-8 if isinstance(value, float) else 1e-9
    )
    assert_equilibrium(m.eq)
    assert m.eq.solution().payoffs()[game.players[0]] == pytest.approx(result.value, abs=1e-7)


@pytest.mark.slow
def test_liars_dice_with_six_faces(tmp_path: Path) -> None:
    """A game of 295 thousand nodes, through a file: worth -1/18 to the first player."""
    m = model_of(ef.read(ef.write(liars_dice(faces=6), tmp_path / "dice.efg")))

    assert ef.solve(m, solver="highs").value == pytest.approx(-1 / 18, abs=1e-9)
    assert_equilibrium(m.eq)


@settings(max_examples=40)
@given(zero_sum_games())
def test_values_of_random_games_equal_brute_force(game: ef.Game) -> None:
    """On tiny random trees the value is that of the matrix of all pure plans."""
    m = model_of(game)
    scale = max(np.ptp(game.payoffs), 1.0)

    assert ef.solve(m, solver="highs").value == pytest.approx(
        zero_sum_value(game), abs=1e-6 * scale
    )
    assert_equilibrium(m.eq)


@pytest.mark.parametrize("seed", range(10))
def test_values_of_matrix_games(seed: int) -> None:
    """On normal forms the value is that of von Neumann's linear program."""
    A = np.random.default_rng(seed).normal(size=(4, 6))
    m = model_of(ef.Game.from_matrices(A, -A))

    assert ef.solve(m, solver="highs").value == pytest.approx(matrix_game_value(A))
    assert_equilibrium(m.eq)


def test_either_player_can_lead() -> None:
    """With the second player as the leader the equilibrium is the same, seen from there."""
    m = model_of(leduc(), leader="P2")
    result = ef.solve(m, solver="highs")

    assert result.value == pytest.approx(0.0856064, abs=5e-8)
    assert list(m.eq.follower) == ["P1"]
    assert_equilibrium(m.eq)


def test_constant_sums_other_than_zero() -> None:
    """Payoffs that add up to 10 give payoffs, and a welfare, that add up to 10."""
    A = np.array([[7.0, 3.0], [4.0, 9.0]])
    m = model_of(ef.Game.from_matrices(A, 10 - A))
    ef.solve(m, solver="highs")

    assert pyo.value(m.eq.welfare) == pytest.approx(10)
    assert pyo.value(m.eq.payoff["P1"]) == pytest.approx(matrix_game_value(A))
    assert_equilibrium(m.eq)


def test_minimising_the_negative_value_is_the_same() -> None:
    """The sense of the objective, and a factor, do not matter for the follower's plan."""
    m = pyo.ConcreteModel()
    m.eq = nash_zero_sum(kuhn())
    m.goal = pyo.Objective(expr=-4 * m.eq.value)
    ef.solve(m, solver="highs")

    assert pyo.value(m.eq.value) == pytest.approx(-1 / 18)
    assert_equilibrium(m.eq)


def test_every_available_solver_finds_the_same(solver: Solver) -> None:
    """One optimum, whatever solves the model; the skipped tests name what is not here."""
    m = model_of(leduc(raises=1))

    assert ef.solve(m, solver=solver.name).value == pytest.approx(-0.0781063, abs=1e-7)
    assert_equilibrium(m.eq)


def test_plain_pyomo_solves_and_verifies() -> None:
    """`SolverFactory(...).solve` brings no duals: the follower's plan is then computed."""
    m = model_of(leduc())
    pyo.SolverFactory("highs").solve(m)

    assert pyo.value(m.eq.value) == pytest.approx(-0.0856064, abs=5e-8)
    assert_equilibrium(m.eq)


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_files_have_the_same_optimum(tmp_path: Path, suffix: str) -> None:
    """What is exported and read back by HiGHS is the same model; an .mps minimises the negative."""
    m = model_of(kuhn())
    path = ef.export(m, tmp_path / f"kuhn{suffix}")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(path))
    highs.run()

    sign = -1 if suffix == ".mps" else 1
    assert sign * highs.getInfo().objective_function_value == pytest.approx(-1 / 18)


def test_a_side_constraint_costs_the_leader(solver: Solver) -> None:
    """Bluffing too often guarantees less; the regrets add up to what is missing."""
    m = model_of(kuhn())
    m.bluffs = pyo.Constraint(expr=m.eq.leader.x["J", "bet"] >= 0.6)
    value = ef.solve(m, solver=solver.name).value

    assert value < -1 / 18 - 1e-3
    assert sum(m.eq.regrets().values()) == pytest.approx(-1 / 18 - value, abs=1e-7)


def test_the_boldest_equilibrium(solver: Solver) -> None:
    """Among the plans that guarantee the value, the boldest bluffs one time in three."""
    m = pyo.ConcreteModel()
    m.eq = nash_zero_sum(kuhn())
    m.optimal = pyo.Constraint(expr=m.eq.value >= -1 / 18 - 1e-9)
    m.goal = pyo.Objective(expr=m.eq.leader.x["J", "bet"], sense=pyo.maximize)

    assert ef.solve(m, solver=solver.name).value == pytest.approx(1 / 3, abs=1e-6)
    assert_equilibrium(m.eq)


def test_a_constraint_that_costs_nothing_leaves_an_equilibrium(solver: Solver) -> None:
    """If the plan still guarantees the value there is no regret, whatever the duals are."""
    m = model_of(kuhn())
    m.rare = pyo.Constraint(expr=m.eq.leader.x["J", "bet"] <= 0.1)
    m.often = pyo.Constraint(expr=m.eq.leader.x["K", "bet"] >= 0.3)
    ef.solve(m, solver=solver.name)

    assert_equilibrium(m.eq)


def test_a_follower_has_no_floor() -> None:
    """A floor on the follower's payoff only raises a bound: his real payoff stays lower."""
    m = model_of(kuhn())
    m.floor = pyo.Constraint(expr=m.eq.payoff["P2"] >= 0.3)
    ef.solve(m, solver="highs")

    assert pyo.value(m.eq.payoff["P2"]) == pytest.approx(0.3)
    assert m.eq.solution().payoffs()["P2"] < 0.3 - 1e-3


def test_a_leader_who_may_not_mix() -> None:
    """With binary plans the best pure plan of Kuhn poker guarantees -1/6; its reply is exact."""
    m = model_of(kuhn())
    for variable in m.eq.leader.x.values():
        variable.domain = pyo.Binary
    result = ef.solve(m, solver="highs")

    assert result.value == pytest.approx(-1 / 6)


@pytest.mark.parametrize("factor", [0.0, -3.0, 5.0])
def test_values_that_are_no_plan_are_refused(factor: float) -> None:
    """Values that violate the rows are not repaired into a strategy."""
    m = model_of(kuhn())
    ef.solve(m, solver="highs")
    for variable in m.eq.leader.x.values():
        variable.set_value(factor * variable.value, skip_validation=True)

    with pytest.raises(ef.SolverError, match="violate the rows of a plan"):
        m.eq.regrets()


def test_payoffs_can_be_replaced() -> None:
    """`update` keeps variables, side constraints and the objective, and takes other payoffs."""
    first, second = (np.random.default_rng(seed).normal(size=(3, 4)) for seed in (1, 2))
    m = model_of(ef.Game.from_matrices(first, -first))
    m.side = pyo.Constraint(expr=m.eq.leader.x["P1_1", "1"] <= 0.9)
    ef.solve(m)
    x = m.eq.leader.x
    m.eq.update(ef.Game.from_matrices(second, 7 - second))
    fresh = model_of(ef.Game.from_matrices(second, 7 - second))
    fresh.side = pyo.Constraint(expr=fresh.eq.leader.x["P1_1", "1"] <= 0.9)

    assert ef.solve(m).value == pytest.approx(ef.solve(fresh).value)
    assert m.eq.leader.x is x
    assert m.eq.regrets() == pytest.approx(fresh.eq.regrets(), abs=1e-9)
    assert ef.solve(m, solver="highs").value == pytest.approx(ef.solve(fresh).value)
    with pytest.raises(ef.GameError, match="takes a game on the same tree"):
        m.eq.update(PENNIES)


def test_the_table_of_strategies() -> None:
    """One row per infoset and action of both players, and the right signs in Kuhn poker."""
    m = model_of(kuhn())
    ef.solve(m, solver="highs")
    table = m.eq.strategy().set_index(["player", "infoset", "action"])

    assert len(table) == 24
    assert table.loc[("P1", "K:kb", "call"), "probability"] == pytest.approx(1)
    assert table.loc[("P2", "J:b", "fold"), "probability"] == pytest.approx(1)
    assert table["regret"].max() < 1e-9


@pytest.mark.parametrize(
    ("game", "message"),
    [
        (kuhn(players=3, ranks=4), "needs two players; this game has 3"),
        ("kuhn", "needs a Game; got 'kuhn'"),
        (
            ef.Game.from_matrices([[1, 0], [0, 0]], [[1, 0], [0, 0]]),
            r"add up to 0 after \['1', '2'\] and to 2 after \['1', '1'\]",
        ),
    ],
)
def test_other_games_are_refused(game: ef.Game, message: str) -> None:
    """Three players, or payoffs without a constant sum, are named with an example."""
    with pytest.raises(ef.GameError, match=message):
        nash_zero_sum(game)


def test_imperfect_recall_is_refused() -> None:
    """A player who forgets has no sequence form; the message names the infoset."""
    forgets = {
        "player": "A",
        "infoset": "first",
        "actions": {
            move: {
                "player": "A",
                "infoset": "second",
                "actions": {"x": {"payoffs": [1, -1]}, "y": {"payoffs": [0, 0]}},
            }
            for move in ("l", "r")
        },
    }
    with pytest.raises(ef.GameError, match="does not have perfect recall: infoset 'second'"):
        nash_zero_sum(ef.Game.from_dict(forgets, players=["A", "B"]))
