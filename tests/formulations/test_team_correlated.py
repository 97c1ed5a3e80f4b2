"""A team against an adversary: joint plans listed, known values, side constraints and refusals."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings

import efmodels as ef
from efmodels.formulations import nash_zero_sum, tmecor
from efmodels.instances import kuhn, liars_dice
from tests.oracles.adversarial_teams import team_value, team_value_by_best_plans
from tests.oracles.zero_sum import zero_sum_value
from tests.strategies import zero_sum_games
from tests.zero_sum_teams import team_game

if TYPE_CHECKING:
    from efmodels.solvers import Solver

SEEDS = [*range(60), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(60, 360))]

# Two who want to meet where the third is not; payoffs add up to 6.
MEETING = ef.Game.from_matrices(
    [[[1, 3], [1, 1]], [[1, 1], [3, 1]]],
    [[[1, 3], [1, 1]], [[1, 1], [3, 1]]],
    [[[4, 0], [4, 4]], [[4, 4], [0, 4]]],
)
# What teams get in Kuhn's poker with four ranks, by the adversary's seat.
KUHN = {"P1": Fraction(5, 132), "P2": Fraction(7, 264), "P3": Fraction(-1, 24)}


def model_of(game: ef.Game, **arguments: str) -> pyo.ConcreteModel:
    """Return the model of a team's best lottery."""
    m = pyo.ConcreteModel()
    m.eq = tmecor(game, **arguments)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


def assert_equilibrium(block: object, value: float) -> None:
    """Assert that recomputed regrets are below 1e-7 of the payoff range, and who gets what."""
    scale = max(np.ptp(block.game.payoffs), 1.0)
    payoffs = block.solution().payoffs()
    (adversary,) = block.follower

    assert max(block.regrets().values()) <= 1e-7 * scale
    assert sum(payoffs.values()) - payoffs[adversary] == pytest.approx(value, abs=1e-6 * scale)


@pytest.mark.parametrize("seed", SEEDS)
def test_value_equals_that_of_all_joint_plans(seed: int) -> None:
    """With chance and private information, the value is that of the matrix of all joint plans."""
    game, adversary = team_game(seed)
    m = model_of(game, adversary=game.players[adversary - 1])
    value = ef.solve(m).value

    scale = max(np.ptp(game.payoffs), 1.0)
    assert value == pytest.approx(team_value(game, adversary), abs=1e-6 * scale)
    assert_equilibrium(m.eq, value)


@pytest.mark.parametrize("seed", range(8))
def test_teams_of_three(seed: int) -> None:
    """Four players: three of them are the team."""
    game, adversary = team_game(seed, players=4, total=7)
    m = model_of(game, adversary=game.players[adversary - 1])
    value = ef.solve(m).value

    assert value == pytest.approx(team_value(game, adversary), abs=1e-6)
    assert_equilibrium(m.eq, value)


@settings(max_examples=30)
@given(zero_sum_games())
def test_teams_of_one(game: ef.Game) -> None:
    """Against one player, it is the zero-sum equilibrium; tiny random trees by brute force."""
    first = game.players[0]
    m = model_of(game)
    nash = pyo.ConcreteModel()
    nash.eq = nash_zero_sum(game)
    nash.goal = pyo.Objective(expr=nash.eq.value, sense=pyo.maximize)
    value = ef.solve(m).value

    scale = max(np.ptp(game.payoffs), 1.0)
    assert value == pytest.approx(zero_sum_value(game), abs=1e-6 * scale)
    assert value == pytest.approx(ef.solve(nash).value, abs=1e-6 * scale)
    assert_equilibrium(m.eq, value)
    assert list(m.eq.regrets()) == [first, game.players[1]]


@pytest.mark.parametrize(
    ("game", "value"),
    [(kuhn(), Fraction(-1, 18)), (liars_dice(faces=3), Fraction(1, 9))],
    ids=["kuhn", "liars dice"],
)
def test_known_values_of_two_players(game: ef.Game, value: Fraction) -> None:
    """Kuhn's poker and liar's dice have the values that they have as zero-sum games."""
    m = model_of(game)

    assert ef.solve(m).value == pytest.approx(float(value))
    assert_equilibrium(m.eq, float(value))


@pytest.mark.parametrize("adversary", KUHN)
def test_kuhn_for_three(adversary: str) -> None:
    """The values of three-player Kuhn poker, for the adversary in each seat."""
    m = model_of(kuhn(players=3, ranks=4), adversary=adversary)
    value = ef.solve(m).value

    assert value == pytest.approx(float(KUHN[adversary]))
    assert_equilibrium(m.eq, value)


@pytest.mark.slow
@pytest.mark.parametrize("seat", [1, 2, 3])
def test_kuhn_for_three_by_best_joint_plans(seat: int) -> None:
    """The same values by adding best joint plans to a list until there is none better."""
    game = kuhn(players=3, ranks=4)

    assert team_value_by_best_plans(game, seat) == pytest.approx(
        float(KUHN[game.players[seat - 1]])
    )


@pytest.mark.parametrize("seed", range(6))
def test_best_joint_plans_agree_with_all_of_them(seed: int) -> None:
    """The two oracles have one value."""
    game, adversary = team_game(seed)

    assert team_value_by_best_plans(game, adversary) == pytest.approx(
        team_value(game, adversary), abs=1e-7
    )


class TestMeeting:
    """A team that has to be at one place, where the adversary is not."""

    def test_correlation_helps(self) -> None:
        """With a common coin they meet unseen half the time; with one each, a quarter of it."""
        m = model_of(MEETING)

        assert ef.solve(m).value == pytest.approx(4)
        assert_equilibrium(m.eq, 4)
        assert pyo.value(m.eq.payoff["P3"]) == pytest.approx(2)
        assert pyo.value(m.eq.welfare) == pytest.approx(6)

    def test_every_available_solver_finds_the_same(self, solver: Solver) -> None:
        """One optimum, whatever solves the model; the skipped tests name what is not here."""
        m = model_of(MEETING)

        assert ef.solve(m, solver=solver.name).value == pytest.approx(4, abs=1e-6)
        assert_equilibrium(m.eq, 4)

    def test_side_constraints_cost(self, solver: Solver) -> None:
        """If the first goes left three times in four, the adversary waits there.

        The team meets unseen one time in four, and the regrets add up to what is missing.
        """
        m = model_of(MEETING)
        names = zip(m.eq.problem.leader.choice_names, m.eq.leader.x.values(), strict=True)
        left = sum(x for name, x in names if name == "P1_1_1")
        m.habit = pyo.Constraint(expr=left >= 0.75)
        value = ef.solve(m, solver=solver.name).value

        assert value == pytest.approx(3, abs=1e-6)
        assert sum(m.eq.regrets().values()) == pytest.approx(1, abs=1e-6)

    def test_plain_pyomo_solves_and_verifies(self) -> None:
        """`SolverFactory(...).solve` brings no duals: the adversary's plan is then computed."""
        m = model_of(MEETING)
        pyo.SolverFactory("highs").solve(m)

        assert_equilibrium(m.eq, 4)

    def test_an_optimal_lottery_for_something_else(self) -> None:
        """Among the lotteries with the value, the meeting is on the left half of the time."""
        m = model_of(MEETING)
        m.optimal = pyo.Constraint(expr=m.eq.value >= 4 - 1e-9)
        m.goal.expr = m.eq.leader.x[m.eq.problem.leader.names[1]]

        assert ef.solve(m).value == pytest.approx(0.5, abs=1e-6)
        assert_equilibrium(m.eq, 4)

    def test_components(self) -> None:
        """Those of the table in the docstring, and nothing beside them."""
        block = tmecor(kuhn(players=3, ranks=4))

        assert {c.local_name for c in block.component_objects(descend_into=False)} == {
            *("leader", "follower", "value", "value_row", "payoff", "payoff_row", "welfare")
        }
        assert {c.local_name for c in block.leader.component_objects(descend_into=False)} == {
            *("x", "flow", "mu", "reach")
        }
        assert list(block.follower) == list(block.payoff) == ["P3"]

    def test_takes_other_payoffs(self) -> None:
        """`update` keeps variables and side constraints, and takes other payoffs and sums."""
        other = tuple(tuple(5 - 2 * u for u in row) for row in MEETING.outcome_payoffs)
        m = model_of(MEETING)
        ef.solve(m)
        x = m.eq.leader.x
        m.eq.update(replace(MEETING, outcome_payoffs=other))
        value = ef.solve(m).value

        assert value == pytest.approx(team_value(m.eq.game, 3))
        assert m.eq.leader.x is x
        assert_equilibrium(m.eq, value)
        uneven = tuple((u, 0, 0) for u in range(len(other)))
        with pytest.raises(ef.GameError, match="tmecor needs payoffs of constant sum"):
            m.eq.update(replace(MEETING, outcome_payoffs=uneven))

    def test_one_line(self) -> None:
        """`optimal_equilibrium` knows the name and shows the team's regret beside the players'."""
        equilibrium = ef.optimal_equilibrium(MEETING, "TMECOR", adversary="P1")

        assert equilibrium.concept == "tmecor"
        assert list(equilibrium.regrets) == ["P2+P3", "P1"]
        assert max(equilibrium.regrets.values()) < 1e-7
        assert '<th scope="row">P2+P3</th><td>-</td>' in equilibrium._repr_html_()


class TestRefusals:
    """What cannot be asked, and what is said instead."""

    @pytest.mark.parametrize(
        ("game", "arguments", "message"),
        [
            ("kuhn", {}, "a formulation needs a Game; got 'kuhn'"),
            (MEETING, {"adversary": "P4"}, "P4"),
            (ef.instances.chicken(), {}, "tmecor needs payoffs of constant sum; here they add up"),
            (
                ef.instances.random_tree(3, players=1, depth=2),
                {},
                "needs a team and an adversary, two players at least; this game has 1",
            ),
        ],
    )
    def test_other_games(self, game: ef.Game, arguments: dict[str, str], message: str) -> None:
        """The message is in the words of the function."""
        with pytest.raises(ef.GameError, match=message):
            tmecor(game, **arguments)

    def test_what_is_not_linear(self) -> None:
        """Members' payoffs and outcomes depend on what both sides do."""
        block = tmecor(MEETING)

        with pytest.raises(ef.CapabilityError, match="what 'P1' gets is no variable"):
            block.objective("P1")
        with pytest.raises(ef.CapabilityError, match="not linear"):
            block.probability("P1_1")

    def test_members_deviate_together(self) -> None:
        """`best_deviation` is the adversary's."""
        m = model_of(MEETING)
        ef.solve(m)

        assert m.eq.best_deviation("P3").gain == pytest.approx(0, abs=1e-9)
        with pytest.raises(ef.GameError, match=r"is of the team 'P1\+P2', which deviates together"):
            m.eq.best_deviation("P1")

    def test_unsolved(self) -> None:
        """Without values there is no strategy."""
        with pytest.raises(ef.SolverError, match="has no values yet"):
            model_of(MEETING).eq.strategy()

    def test_values_that_are_no_plan(self) -> None:
        """Values that violate the rows are not repaired into a lottery."""
        m = model_of(MEETING)
        ef.solve(m)
        for variable in m.eq.leader.x.values():
            variable.set_value(3 * variable.value, skip_validation=True)

        with pytest.raises(ef.SolverError, match="violate the rows of a plan"):
            m.eq.regrets()
