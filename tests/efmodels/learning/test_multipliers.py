"""Multipliers that are learned, and a search without any, come to the linear program's optimum."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.learning.binary_search import BinarySearch
from efmodels.learning.conic_hull import ConicHull
from efmodels.learning.driver import learn
from efmodels.learning.learned import Learned, Ranges
from efmodels.learning.methods import METHODS, Method
from efmodels.learning.relaxation import relaxed
from efmodels.learning.state import State
from efmodels.learning.value_games import ASK, ValueGames
from tests.efmodels.learning.saddles import CONCEPTS, mediated_problem_of, zero_sum_problem
from tests.oracles.mediated import optima, optimum_and_prices

UNIT = Ranges(objective=20, payoff=10)
SEARCH = BinarySearch(accuracy=2.5e-4)


def answered(seed: int, method: Method, tolerance: float = 1e-3, concept: str = "") -> Learned:
    """Learn on a random game, check the answer against the linear program, and return it."""
    problem = mediated_problem_of(seed, concept or CONCEPTS[seed % len(CONCEPTS)])
    optimum, prices = optimum_and_prices(problem, problem.c)
    learned = learn(
        problem, UNIT, tolerance=tolerance, method=method, engine="numpy", iteration_limit=20_000
    )
    explained = sum(np.array(prices) * list(learned.regrets.values()))
    assert learned.status == "solved"
    assert optimum - 1e-8 <= learned.bound <= optimum + explained + tolerance * UNIT.objective
    assert learned.value <= optimum + explained + 1e-8
    return learned


@pytest.mark.parametrize("method", [ConicHull(), SEARCH], ids=str)
@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_without_a_rule_for_multipliers(seed: int, method: Method) -> None:
    """Value and bound are the linear program's optimum, as far as regrets explain."""
    answered(seed, method)


@pytest.mark.slow
@pytest.mark.parametrize("method", [ConicHull(), SEARCH], ids=str)
@pytest.mark.parametrize("seed", range(6, 30))
def test_the_optimum_in_more_games(seed: int, method: Method) -> None:
    """The same in more random games."""
    answered(seed, method)


@pytest.mark.parametrize("name", ["cfr+", "pcfr+"])
def test_any_method_plays_on_a_cone_and_searches(name: str) -> None:
    """They are built from a method, whichever it is."""
    answered(2, ConicHull(METHODS[name]), 1e-2)
    answered(2, BinarySearch(METHODS[name], 2.5e-3), 1e-2)


def test_a_cone_deters_where_it_begins_too_low() -> None:
    """From a scale of nearly nothing, which as a fixed one leaves regrets, it rises."""
    learned = answered(3, ConicHull(start=1e-3, step=4.0), concept="EFCE")
    assert max(learned.multipliers.values()) > 0.01


@pytest.mark.parametrize("seed", range(12))
def test_payoffs_of_the_game_for_a_value(seed: int) -> None:
    """For random plans of both sides, by the arrays of the problem."""
    problem = mediated_problem_of(seed, CONCEPTS[seed % len(CONCEPTS)])
    saddle = relaxed(problem, Ranges(1, 1), 1.0, "numpy").saddle
    games, generator = ValueGames(saddle), np.random.default_rng(seed)
    tau = generator.normal()
    game = games.game(tau)
    x = saddle.leader.polytope.random(generator)
    y = games.adversary.polytope.random(generator)
    mu = problem.mu(saddle.leader.original(x))
    deviations = games.deviations(y)
    expected = y[ASK] * (problem.c @ mu - tau)
    for one, place in zip(problem.followers, saddle.places, strict=True):
        plan = deviations[place][2:]
        expected -= mu @ one.A @ plan - plan[0] * (one.b @ mu)

    assert game.leader_gradient(y) @ x == pytest.approx(expected)
    assert game.adversary_gradient(x) @ y == pytest.approx(-expected)
    assert y[ASK] + deviations[saddle.deviating].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("seed", [1, 3])
def test_a_value_is_possible_up_to_the_optimum(seed: int) -> None:
    """The leader loses in the game for a value above it, and in no other: by best responses."""
    problem = mediated_problem_of(seed, "EFCE")
    optimum = optima(problem, [problem.c])[0]
    relaxation = relaxed(problem, Ranges(1, 1), 1.0, "numpy")
    games = ValueGames(relaxation.saddle)
    for tau, loses in ((optimum - 0.2, False), (optimum + 0.2, True)):
        game = games.game(tau)
        engine = type(relaxation.engine)(game)
        state = State.start(game)
        METHODS["auto"].on(game, engine).run(state, 600)
        hope = engine.leader_best(game.leader_gradient(state.adversary.average))[0]
        loss = engine.adversary_worth(game.adversary_gradient(state.leader.average))[0]
        assert -loss <= hope + 1e-12
        assert (hope < 0) if loses else (loss < 2e-2)


def test_what_makes_no_sense_is_refused() -> None:
    """Numbers that are not above 0, and a search where nothing is constrained."""
    for wrong in ({"start": 0.0}, {"step": -1.0}):
        with pytest.raises(GameError, match=f"{next(iter(wrong))} must be above 0"):
            ConicHull(**wrong)
    with pytest.raises(GameError, match="accuracy must be above 0"):
        BinarySearch(accuracy=0)
    with pytest.raises(GameError, match="'auto' for a zero-sum game"):
        learn(zero_sum_problem(), UNIT, method=SEARCH)
