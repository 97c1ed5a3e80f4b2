"""Nash equilibria of general-sum games: known values, all supports, side constraints, failures."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import nash, nash_equilibrium
from efmodels.verifying import Profile
from tests.commitment_cases import cases_of, game_of
from tests.oracles.plans import reduced_plans
from tests.oracles.support_enumeration import extreme_equilibria, reduced_tables
from tests.random_games import dealt_game, random_game, small_tree

if TYPE_CHECKING:
    from efmodels.solvers import Solver

CHICKEN = ef.instances.chicken(6, 2, 7, 0)
"""Two pure equilibria, (7, 2) and (2, 7), and a mixed one that brings 14/3 to both."""

EXACT = {"mip_feasibility_tolerance": 1e-9}
"""How far a binary may be from a whole number: times M, that is how wrong a reply may be."""

GOALS = ((1, 0), (0, 1), (1, 1), (-1, 2))


def best(
    game: ef.Game, weights: tuple[float, float], sense: Any = pyo.maximize
) -> pyo.ConcreteModel:
    """Return the solved model of the equilibrium that is best for a weighted sum of payoffs."""
    m = pyo.ConcreteModel()
    m.eq = nash(game)
    m.goal = pyo.Objective(
        expr=sum(w * u for w, u in zip(weights, m.eq.payoff.values(), strict=True)), sense=sense
    )
    ef.solve(m, solver="highs", options=EXACT)
    return m


_seeds = count()
_games: list[ef.Game] = []


def small_game(number: int) -> ef.Game:
    """Return one of many random games, of three kinds, whose supports can be enumerated."""
    while len(_games) <= number:
        seed = next(_seeds)
        game = (lambda s: random_game(s, nodes=9), small_tree, dealt_game)[seed % 3](seed)
        plans = [len(reduced_plans(game, player)) for player in (1, 2)]
        if min(plans) > 1 and max(plans) <= 8 and plans[0] * plans[1] <= 48:
            _games.append(game)
    return _games[number]


def assert_best_of_all(game: ef.Game) -> None:
    """Assert that the optimum over all supports is found for several objectives."""
    found = extreme_equilibria(*reduced_tables(game))
    for weights in GOALS:
        m = best(game, weights)
        payoffs = m.eq.solution().payoffs()
        expected = max(weights[0] * e.payoffs[0] + weights[1] * e.payoffs[1] for e in found)

        assert max(m.eq.regrets().values()) <= 1e-6
        assert sum(
            w * payoffs[p] for w, p in zip(weights, game.players, strict=True)
        ) == pytest.approx(float(expected), abs=1e-6)
        assert pyo.value(m.goal) == pytest.approx(float(expected), abs=1e-6)


@pytest.mark.parametrize("number", range(25))
def test_best_equilibria_equal_support_enumeration(number: int) -> None:
    """For each payoff, their sum and a difference, no equilibrium is better than the one found."""
    assert_best_of_all(small_game(number))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(25, 225))
def test_best_equilibria_of_many_games_equal_support_enumeration(number: int) -> None:
    """The same in two hundred more games."""
    assert_best_of_all(small_game(number))


@pytest.mark.parametrize(
    "case", [*cases_of("NE-max-welfare"), *cases_of("NE-max-u1"), *cases_of("NE-max-u2")]
)
def test_known_values(case: dict[str, Any]) -> None:
    """The best equilibria of games for which they have been computed elsewhere."""
    weights = {"NE-max-welfare": (1, 1), "NE-max-u1": (1, 0), "NE-max-u2": (0, 1)}
    m = best(game_of(case), weights[case["concept"]])

    assert pyo.value(m.goal) == pytest.approx(case["value"], abs=case["tol"])
    assert max(m.eq.regrets().values()) <= case["tol"]


@pytest.mark.parametrize("case", cases_of("NE-constrained"))
def test_behaviour_that_no_equilibrium_has_is_infeasible(case: dict[str, Any]) -> None:
    """Having to bluff too often leaves no equilibrium; the restricted optimum is another concept.

    The known value, -13/90, is the best guarantee of a restricted plan: a zero-sum program's.
    """
    game = game_of(case)
    m = pyo.ConcreteModel()
    m.eq = ef.formulations.nash_zero_sum(game)
    m.often = pyo.Constraint(expr=m.eq.leader.x["1.1", "bet"] >= 0.6)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    assert ef.solve(m, solver="highs").value == pytest.approx(case["value"], abs=case["tol"])

    m = pyo.ConcreteModel()
    m.eq = nash(game)
    m.often = pyo.Constraint(expr=m.eq.player["P1"].x["1.1", "bet"] >= 0.6)
    m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)
    with pytest.raises(ef.InfeasibleError):
        ef.solve(m, solver="highs")


@pytest.mark.parametrize("case", cases_of("NE-check"))
def test_known_equilibrium_of_three_players(case: dict[str, Any]) -> None:
    """A profile is an equilibrium if the tree says that nobody regrets anything."""
    game = game_of(case)
    behaviour = [p for one in case["params"]["profile"] for row in one.values() for p in row]
    profile = Profile(game, behaviour)

    assert list(profile.payoffs().values()) == pytest.approx(case["value"], abs=case["tol"])
    assert (profile.exploitability() <= case["tol"]) == case["params"]["is_nash"]


def test_equilibria_with_a_floor_on_payoffs() -> None:
    """If both shall get at least 3 in chicken, the mixed equilibrium alone is left."""
    m = pyo.ConcreteModel()
    m.eq = nash(CHICKEN)
    m.floor = pyo.Constraint(m.eq.game.players, rule=lambda _, p: m.eq.payoff[p] >= 3)
    m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)

    assert ef.solve(m, solver="highs", options=EXACT).value == pytest.approx(14 / 3)
    assert m.eq.player["P1"].x["P1_1", "Go"].value == pytest.approx(1 / 3)
    m.more = pyo.Constraint(expr=m.eq.payoff["P2"] >= 5)
    with pytest.raises(ef.InfeasibleError):
        ef.solve(m, solver="highs")


def test_equilibria_with_a_rule_of_behaviour() -> None:
    """Whoever must not stop too often is left with the equilibrium in which she goes."""
    m = pyo.ConcreteModel()
    m.eq = nash(CHICKEN)
    m.rule = pyo.Constraint(expr=m.eq.player["P2"].x["P2_1", "Stop"] <= 0.5)
    m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)

    assert ef.solve(m, solver="highs").value == pytest.approx(2)


def test_the_fairest_equilibrium() -> None:
    """The least payoff is made as large as possible with one variable below both."""
    m = pyo.ConcreteModel()
    m.eq = nash(CHICKEN)
    m.least = pyo.Var()
    m.below = pyo.Constraint(m.eq.game.players, rule=lambda _, p: m.least <= m.eq.payoff[p])
    m.goal = pyo.Objective(expr=m.least, sense=pyo.maximize)

    assert ef.solve(m, solver="highs", options=EXACT).value == pytest.approx(14 / 3)


def test_every_integer_solver_finds_the_same(solver: Solver) -> None:
    """One optimum, whatever solves the model; the skipped tests name what is not here."""
    m = pyo.ConcreteModel()
    m.eq = nash(game_of(cases_of("NE-max-u2")[0].values[0]))
    m.goal = pyo.Objective(expr=m.eq.payoff["P2"], sense=pyo.maximize)
    try:
        result = ef.solve(m, solver=solver.name)
    except ef.CapabilityError as refused:
        pytest.skip(str(refused))

    assert result.value == pytest.approx(3.5, abs=1e-5)
    assert max(m.eq.regrets().values()) <= 1e-5


def test_payoffs_can_be_replaced() -> None:
    """`update` keeps variables, side constraints and the objective, and takes other payoffs."""
    generator = np.random.default_rng(5)
    games = [ef.Game.from_matrices(*generator.integers(-5, 6, (2, 4, 3))) for _ in range(6)]
    constant = ef.Game.from_matrices(np.ones((4, 3)), np.zeros((4, 3)))
    m = best(constant, (1, 2))
    m.rule = pyo.Constraint(expr=m.eq.player["P1"].x["P1_1", "1"] <= 0.7)
    x = m.eq.player["P1"].x
    for game in games:
        m.eq.update(game)
        fresh = pyo.ConcreteModel()
        fresh.eq = nash(game)
        fresh.rule = pyo.Constraint(expr=fresh.eq.player["P1"].x["P1_1", "1"] <= 0.7)
        fresh.goal = pyo.Objective(
            expr=fresh.eq.payoff["P1"] + 2 * fresh.eq.payoff["P2"], sense=pyo.maximize
        )
        values = [_value_or_none(one) for one in (m, fresh)]
        assert values[0] == pytest.approx(values[1], abs=1e-6)
        assert m.eq.player["P1"].x is x
    with pytest.raises(ef.GameError, match="takes a game on the same tree"):
        m.eq.update(CHICKEN)


def _value_or_none(m: pyo.ConcreteModel) -> float:
    """Return the optimum, or an impossible number where the rule leaves no equilibrium."""
    try:
        return ef.solve(m, solver="highs", options=EXACT).value
    except ef.InfeasibleError:
        return 1e6


def test_binaries_are_needed_where_there_is_a_choice_that_matters() -> None:
    """None stands for the only action of an infoset, and what cannot be worse is fixed at 1."""
    game = ef.Game.from_matrices([[1, 2, 3]], [[4, 4, 1]])
    block = nash(game)

    assert block.player["P1"].played.size == 0
    assert block.player["P2"].played.size == 3
    assert block.player["P2"].played.lower_array().tolist() == [1, 1, 0]
    block.update(ef.Game.from_matrices([[1, 2, 3]], [[4, 4, 4]]))
    assert block.player["P2"].played.lower_array().tolist() == [1, 1, 1]


def test_bounds_are_as_good_as_they_say() -> None:
    """Looser bounds than the tight ones give the same equilibria; wrong ones are refused."""
    game = game_of(cases_of("NE-max-u1")[0].values[0])
    form = game.sequence_form()
    m = pyo.ConcreteModel()
    m.eq = nash(game, bounds={p: np.full(form.polytope(p).size, 1e3) for p in game.players})
    m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)

    assert ef.solve(m, solver="highs", options=EXACT).value == pytest.approx(5, abs=1e-5)
    for wrong in ({}, {"P1": [1.0]}, {p: np.full(form.polytope(p).size, -1) for p in game.players}):
        with pytest.raises(ef.GameError, match="bounds must have an array of"):
            nash(game, bounds=wrong)


def test_a_solver_that_finds_no_equilibrium_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every game has an equilibrium: that there is none is a failure, and no infeasible model."""
    monkeypatch.setattr(
        nash_equilibrium,
        "slack_bounds",
        lambda game, player: np.zeros(game.sequence_form().polytope(player).size),
    )
    m = pyo.ConcreteModel()
    m.eq = nash(ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]]))
    m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    for solver in ("auto", "highs"):
        with pytest.raises(ef.SolverError, match="the solver has failed") as failed:
            ef.solve(m, solver=solver)
        assert not isinstance(failed.value, ef.InfeasibleError)
    m.floor = pyo.Constraint(expr=m.eq.payoff["P1"] >= -100)
    with pytest.raises(ef.InfeasibleError):
        ef.solve(m)


def test_outcomes_are_products_of_both_plans() -> None:
    """Their probabilities are refused, and the message says what is linear."""
    block = nash(CHICKEN)
    with pytest.raises(ef.CapabilityError, match="a product of both players' plans"):
        block.expected([1, 0, 0, 0])
    with pytest.raises(ef.CapabilityError, match=r"player\[label\].x"):
        block.probability("P1_1", "Go")


def test_one_call_and_the_payoff_space() -> None:
    """Concepts are found by name; the payoff space is the hull of all equilibria's payoffs."""
    found = ef.optimal_equilibrium(CHICKEN, "nash", "P2")
    assert found.payoffs == pytest.approx({"P1": 2, "P2": 7}, abs=1e-6)
    assert found.bound == pytest.approx(7, abs=1e-5)

    corners = ef.payoff_space(CHICKEN, "nash").vertices
    assert sorted(map(tuple, corners.round(5).tolist())) == [(2, 7), (4.66667, 4.66667), (7, 2)]


@pytest.mark.parametrize(
    ("game", "message"),
    [
        (ef.instances.kuhn(players=3, ranks=4), "needs two players; this game has 3"),
        ("kuhn", "nash needs a Game; got 'kuhn'"),
    ],
)
def test_other_games_are_refused(game: ef.Game, message: str) -> None:
    """Three players, or no game at all."""
    with pytest.raises(ef.GameError, match=message):
        nash(game)
