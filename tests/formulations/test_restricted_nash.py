"""Restricted Nash responses: known values, matrix games, safety, and both ends of the curve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import nash_zero_sum, restricted_nash_response
from efmodels.instances import kuhn
from efmodels.solvers import Solver  # noqa: TC001 - what a fixture is
from efmodels.verifying import Profile
from tests.commitment_cases import cases_of, game_of
from tests.oracles.expectation import expected_payoffs, pure_profile
from tests.oracles.plans import reduced_plans
from tests.oracles.zero_sum import matrix_game_value
from tests.random_games import random_game


def uniform(game: ef.Game) -> Profile:
    """Return the profile in which everybody plays all actions with the same probability."""
    widths = np.diff(game.action_start)
    return Profile(game, np.repeat(1 / widths, widths))


def solved(
    game: ef.Game, opponent: str, fixed: Profile, probability: float, floor: float | None = None
) -> pyo.ConcreteModel:
    """Return the solved model, with a floor on what is guaranteed if there is one."""
    m = pyo.ConcreteModel()
    m.eq = restricted_nash_response(game, opponent, fixed, probability)
    if floor is not None:
        m.safe = pyo.Constraint(expr=m.eq.guarantee >= floor)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    ef.solve(m, solver="highs")
    return m


def by_plans(game: ef.Game, opponent: str, fixed: Profile, probability: float) -> float:
    """Return the value of the matrix game in which the free opponent chooses columns."""
    number = game.player_number(opponent)
    mine, theirs = reduced_plans(game, 3 - number), reduced_plans(game, number)
    behaviour = {
        (number, j): fixed.behaviour[game.action_start[j] : game.action_start[j + 1]].tolist()
        for j in game.infosets_of(number)
    }
    free = [
        [
            float(expected_payoffs(game, pure_profile(game, (one, other)))[2 - number])
            for other in theirs
        ]
        for one in mine
    ]
    known = [
        float(expected_payoffs(game, pure_profile(game, (one,)) | behaviour)[2 - number])
        for one in mine
    ]
    return matrix_game_value(
        (1 - probability) * np.array(free) + probability * np.array(known)[:, None]
    )


def constant_sum_game(seed: int) -> ef.Game:
    """Return a random game in which the second player gets 2 less what the first gets."""
    game = random_game(seed, nodes=9)
    return replace(game, outcome_payoffs=tuple((u, 2 - u) for u, _ in game.outcome_payoffs))


@pytest.mark.parametrize("case", cases_of("RNR"))
def test_known_values(case: dict[str, Any]) -> None:
    """Kuhn poker against an opponent who tosses coins."""
    game = game_of(case)
    m = solved(game, "P2", uniform(game), case["params"]["p"])

    assert pyo.value(m.eq.value) == pytest.approx(case["value"], abs=case["tol"])
    assert max(m.eq.regrets().values()) <= case["tol"]


def assert_value_of_a_matrix_game(seed: int, opponent: str) -> None:
    """Assert that the value is that of whole plans as rows and columns, and that parts add up."""
    game = constant_sum_game(seed)
    p = (0.0, 0.3, 0.8, 1.0)[seed % 4]
    m = solved(game, opponent, uniform(game), p)
    solution = m.eq.solution()

    assert pyo.value(m.eq.value) == pytest.approx(by_plans(game, opponent, uniform(game), p))
    assert max(m.eq.regrets().values()) <= 1e-7
    (player,) = (one for one in game.players if one != opponent)
    assert solution.payoffs()[player] == pytest.approx(pyo.value(m.eq.value), abs=1e-7)
    assert solution.against_fixed() == pytest.approx(pyo.value(m.eq.against_fixed), abs=1e-7)
    assert solution.guarantee() >= pyo.value(m.eq.guarantee) - 1e-7


@pytest.mark.parametrize("opponent", ["P1", "P2"])
@pytest.mark.parametrize("seed", range(12))
def test_values_equal_those_of_matrix_games(seed: int, opponent: str) -> None:
    """With whole plans as rows and columns the value is that of von Neumann's linear program."""
    assert_value_of_a_matrix_game(seed, opponent)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12, 212))
def test_values_of_many_games(seed: int) -> None:
    """The same in two hundred more games, from either side."""
    assert_value_of_a_matrix_game(seed, ("P1", "P2")[seed // 4 % 2])


def test_both_ends_of_the_curve() -> None:
    """Probability 0 is a Nash equilibrium, probability 1 a best response to the model."""
    game = kuhn()
    nobody, everybody = (solved(game, "P2", uniform(game), p) for p in (0, 1))

    assert pyo.value(nobody.eq.value) == pytest.approx(-1 / 18)
    assert pyo.value(everybody.eq.value) == pytest.approx(uniform(game).best_response_value("P1"))


def test_between_them_more_against_the_model_costs_safety() -> None:
    """The more probable the model, the more the plan gets against it and the less it guarantees."""
    game = kuhn()
    found = [solved(game, "P2", uniform(game), p / 10).eq.solution() for p in range(11)]
    gains = [one.against_fixed() for one in found]
    guarantees = [one.guarantee() for one in found]

    assert gains == pytest.approx(sorted(gains))
    assert guarantees == pytest.approx(sorted(guarantees, reverse=True))
    assert gains[-1] > gains[0] + 0.1
    assert guarantees[-1] < guarantees[0] - 0.1


def test_safe_exploitation_is_on_the_same_curve() -> None:
    """With a floor as high as what a mixture guarantees, nobody gets more against the model."""
    game = kuhn()
    for p in (0.2, 0.5, 0.75):
        mixture = solved(game, "P2", uniform(game), p).eq.solution()
        safe = solved(game, "P2", uniform(game), 1, mixture.guarantee())

        assert pyo.value(safe.eq.against_fixed) == pytest.approx(mixture.against_fixed())
        assert safe.eq.solution().guarantee() >= mixture.guarantee() - 1e-7


def test_a_floor_at_the_value_chooses_among_equilibria() -> None:
    """Whoever must guarantee the value plays an equilibrium plan, the best one for the model."""
    game = kuhn()
    m = solved(game, "P2", uniform(game), 1, -1 / 18 - 1e-9)
    best = pyo.ConcreteModel()
    best.eq = nash_zero_sum(game)
    best.optimal = pyo.Constraint(expr=best.eq.value >= -1 / 18 - 1e-9)
    form = game.sequence_form()
    gradient = form.payoff_matrix("P1") @ form.polytope("P2").uniform()
    best.goal = pyo.Objective(
        expr=sum(float(g) * x for g, x in zip(gradient, best.eq.leader.x.values(), strict=True)),
        sense=pyo.maximize,
    )

    assert pyo.value(m.eq.against_fixed) == pytest.approx(ef.solve(best, solver="highs").value)
    assert m.eq.solution().guarantee() == pytest.approx(-1 / 18, abs=1e-7)
    with pytest.raises(ef.InfeasibleError):
        solved(game, "P2", uniform(game), 1, 0.0)


def test_every_available_solver_finds_the_same(solver: Solver) -> None:
    """One optimum, whatever solves the model; the skipped tests name what is not here."""
    game = kuhn()
    m = pyo.ConcreteModel()
    m.eq = restricted_nash_response(game, "P2", uniform(game), 0.75)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)

    assert ef.solve(m, solver=solver.name).value == pytest.approx(0.2916667, abs=1e-6)
    assert max(m.eq.regrets().values()) <= 1e-6


def test_payoffs_can_be_replaced() -> None:
    """`update` keeps the model of the opponent and takes other payoffs."""
    first = constant_sum_game(3)
    second = replace(first, outcome_payoffs=tuple((3 * u, 5 - 3 * u) for u in (1, 0, 2)))
    m = solved(first, "P1", uniform(first), 0.4)
    m.eq.update(second)
    ef.solve(m, solver="highs")
    fresh = solved(second, "P1", uniform(second), 0.4)

    assert pyo.value(m.eq.value) == pytest.approx(pyo.value(fresh.eq.value))
    assert pyo.value(m.eq.welfare) == pytest.approx(5)
    assert max(m.eq.regrets().values()) <= 1e-7


def test_one_call() -> None:
    """The concept is found by name with its arguments, and says which are missing."""
    game = kuhn()
    found = ef.optimal_equilibrium(
        game,
        "restricted_nash_response",
        opponent="P2",
        fixed_profile=uniform(game),
        probability=0.25,
    )
    assert found.value == pytest.approx(0.0138889, abs=1e-6)
    with pytest.raises(ef.CapabilityError, match="also needs opponent, fixed_profile, probability"):
        ef.optimal_equilibrium(game, "restricted_nash_response")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"probability": 1.5}, "from 0 to 1; got 1.5"),
        ({"probability": float("nan")}, "from 0 to 1; got nan"),
        ({"opponent": "P3"}, "P3"),
        ({"fixed_profile": [0.5, 0.5]}, "fixed_profile must be a Profile"),
        ({"fixed_profile": uniform(kuhn(ranks=4))}, "belongs to another game"),
        ({"game": ef.instances.chicken(6, 2, 7, 0)}, "needs payoffs of constant sum"),
        ({"game": kuhn(players=3, ranks=4)}, "needs two players"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], message: str) -> None:
    """A message says what was given and what was expected."""
    game = change.get("game", kuhn())
    arguments = {"opponent": "P2", "fixed_profile": uniform(game), "probability": 0.5} | change
    arguments.pop("game", None)
    with pytest.raises(ef.GameError, match=message):
        restricted_nash_response(game, **arguments)
