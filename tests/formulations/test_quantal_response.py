"""Quantal response equilibria: lists of plans, walks over the tree, gambit, and learning."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError, SolverError
from efmodels.formulations import agent_quantal_response_equilibrium, quantal_response_equilibrium
from efmodels.learning.minimizers import EntropyRegularized, counterfactual, self_play
from efmodels.solvers import find_solver
from tests.commitment_cases import cases_of, game_of
from tests.oracles.logit_responses import (
    behaviour_of,
    distance,
    equilibrium_by_iteration,
    response_in_plans,
    response_of_agents,
)
from tests.random_games import dealt_game, random_game

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.quantal_blocks import QuantalResponse

needs_ipopt = pytest.mark.skipif(
    not find_solver("ipopt").available, reason="casadi, which has Ipopt, is not installed"
)
FORMS = [
    (quantal_response_equilibrium, response_in_plans),
    (agent_quantal_response_equilibrium, response_of_agents),
]
each_form = pytest.mark.parametrize(("formulation", "response"), FORMS, ids=["plans", "agents"])
MATRIX = ef.Game.from_matrices([[9, 0], [0, 1]], [[0, 1], [1, 0]])


def solved(
    formulation: Callable[..., Any], game: ef.Game, precision: float, solver: str = "ipopt"
) -> pyo.ConcreteModel:
    """Return the solved model of an equilibrium at a precision."""
    m = pyo.ConcreteModel()
    m.eq = formulation(game, precision)
    m.goal = pyo.Objective(expr=0.0)
    ef.solve(m, solver)
    return m


def solution_of(m: pyo.ConcreteModel) -> QuantalResponse:
    """Return what the block of a model holds."""
    found: QuantalResponse = m.eq.solution()
    return found


def small_game(seed: int) -> ef.Game:
    """Return a random game of two or three players, in which nothing is too large to list."""
    players = 2 + seed % 2
    return random_game(seed, players=players) if seed % 4 < 2 else dealt_game(seed, players=players)


@needs_ipopt
@pytest.mark.parametrize("case", cases_of("QRE-reduced-normal-form") + cases_of("QRE-agent"))
def test_known_equilibria(case: dict[str, Any]) -> None:
    """Payoffs and probabilities that another program found in other ways."""
    agents = case["concept"] == "QRE-agent"
    formulation = agent_quantal_response_equilibrium if agents else quantal_response_equilibrium
    game = game_of(case)
    solution = solution_of(solved(formulation, game, case["params"]["lambda"]))

    assert list(solution.payoffs().values()) == pytest.approx(case["value"], abs=case["tol"])
    assert max(solution.residuals().values()) < 1e-8
    if case["strategy"] is not None:
        named = {name: row for player in case["strategy"] for name, row in player.items()}
        behaviour = behaviour_of(game, solution.profile.behaviour)
        assert {j for _, j in behaviour} == {game.infoset_names.index(name) for name in named}
        for (_, j), row in behaviour.items():
            assert row == pytest.approx(named[game.infoset_names[j]], abs=case["tol"])


def check_under_noise(
    seed: int, formulation: Callable[..., Any], response: Callable[..., Any]
) -> None:
    """Compare with the oracle where noise is so large that there is one equilibrium only."""
    game = small_game(seed)
    precision = 0.2 / (np.ptp(game.payoffs) or 1.0)
    expected = equilibrium_by_iteration(response, game, precision)
    found = solution_of(solved(formulation, game, precision)).profile.behaviour

    assert distance(behaviour_of(game, found), expected) < 1e-7


def check_on_path(seed: int, formulation: Callable[..., Any], response: Callable[..., Any]) -> None:
    """Look whether the path leads to a fixed point of the oracle's responses."""
    game, precision = small_game(seed), 1.5
    path = ef.quantal_response_path(game, formulation.__name__, [precision])
    behaviour = behaviour_of(game, path.solutions[0].profile.behaviour)

    assert distance(behaviour, response(game, behaviour, precision)) < 1e-6


@needs_ipopt
@each_form
@pytest.mark.parametrize("seed", range(10))
def test_random_games(
    seed: int, formulation: Callable[..., Any], response: Callable[..., Any]
) -> None:
    """The only equilibrium under much noise is the oracle's."""
    check_under_noise(seed, formulation, response)


@needs_ipopt
@each_form
@pytest.mark.parametrize("seed", range(3))
def test_random_games_with_less_noise(
    seed: int, formulation: Callable[..., Any], response: Callable[..., Any]
) -> None:
    """Where there may be several, the path leads to one of them."""
    check_on_path(seed, formulation, response)


@needs_ipopt
@pytest.mark.slow
@each_form
def test_many_random_games(formulation: Callable[..., Any], response: Callable[..., Any]) -> None:
    """Two hundred of them, in both ways."""
    for seed in range(200):
        check_under_noise(seed, formulation, response)
        check_on_path(seed, formulation, response)


@needs_ipopt
@pytest.mark.parametrize("precision", [0.5, 3.0])
def test_closed_form_of_one_decision(precision: float) -> None:
    """One player who chooses once: the softmax of the payoffs."""
    game = ef.Game.from_matrices([[1.0], [0.0], [2.0]], [[0.0], [0.0], [0.0]])
    power = np.exp(precision * np.array([1.0, 0.0, 2.0]))
    for formulation, _ in FORMS:
        behaviour = solution_of(solved(formulation, game, precision)).profile.behaviour
        assert behaviour[:3] == pytest.approx(power / power.sum(), abs=1e-8)


@needs_ipopt
def test_partition_function() -> None:
    """The values are logarithms of sums over plans, those of the root over all of them."""
    m = solved(quantal_response_equilibrium, MATRIX, 0.5)
    y = m.eq.player["P2"].x.array()[1:]
    worth = np.array([[9, 0], [0, 1]]) @ y

    assert m.eq.player["P1"].v[0].value == pytest.approx(math.log(np.exp(0.5 * worth).sum()))


@needs_ipopt
@each_form
def test_no_precision_is_pure_noise(
    formulation: Callable[..., Any], response: Callable[..., Any]
) -> None:
    """All plans, or all actions, are equally likely: what the block starts with is the answer."""
    game = ef.instances.kuhn()
    m = pyo.ConcreteModel()
    m.eq = formulation(game, 0)
    start = {p: np.exp(m.eq.player[p].log_x.array()) for p in game.players}
    m.goal = pyo.Objective(expr=0.0)
    ef.solve(m, "ipopt")
    behaviour = behaviour_of(game, solution_of(m).profile.behaviour)

    assert distance(behaviour, response(game, behaviour, 0.0)) < 1e-9
    for player, plan in start.items():
        assert m.eq.player[player].x.array() == pytest.approx(plan, abs=1e-9)


@needs_ipopt
def test_forms_differ_where_somebody_moves_twice() -> None:
    """A plan that plays on counts once; agents count their actions one by one."""
    tree = {
        "player": "P1",
        "infoset": "a",
        "actions": {
            "out": {"payoffs": [0, 0]},
            "in": {
                "player": "P1",
                "infoset": "b",
                "actions": {"l": {"payoffs": [0, 0]}, "r": {"payoffs": [0, 0]}},
            },
        },
    }
    game = ef.Game.from_dict(tree, players=["P1", "P2"])
    plans = solution_of(solved(quantal_response_equilibrium, game, 1.0)).profile.behaviour
    agents = solution_of(solved(agent_quantal_response_equilibrium, game, 1.0)).profile.behaviour

    assert plans == pytest.approx([1 / 3, 2 / 3, 1 / 2, 1 / 2], abs=1e-8)
    assert agents == pytest.approx([1 / 2] * 4, abs=1e-8)


@needs_ipopt
@each_form
def test_rows_are_written_as_pyomo_rows(
    formulation: Callable[..., Any], response: Callable[..., Any]
) -> None:
    """A side constraint on a plan, with the precision of one player's payoffs left to find it.

    The block has as many equations as variables: a row more has no room unless a variable is given
    up, here by taking out the rows of the first player's responses.
    """
    m = pyo.ConcreteModel()
    m.eq = formulation(MATRIX, 0.5)
    m.eq.player["P1"].logit.deactivate()
    m.eq.player["P1"].v.fix(0.0)
    m.half = pyo.Constraint(expr=m.eq.player["P1"].x[1] == 0.5)
    m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)
    ef.solve(m, "ipopt")
    residuals = solution_of(m).residuals()

    assert m.eq.player["P1"].x[1].value == pytest.approx(0.5)
    assert residuals["P2"] < 1e-7
    assert residuals["P1"] > 0.01
    assert response(MATRIX, behaviour_of(MATRIX, solution_of(m).profile.behaviour), 0.5)[2, 1] == (
        pytest.approx(m.eq.player["P2"].x.array()[1:].tolist(), abs=1e-6)
    )


@needs_ipopt
@each_form
def test_expected_payoffs(formulation: Callable[..., Any], response: Callable[..., Any]) -> None:
    """The expressions of payoffs are those of the tree, with more than two players as well."""
    del response
    for game in (MATRIX, small_game(1)):
        m = solved(formulation, game, 0.3)
        stated = {player: pyo.value(m.eq.payoff[player]) for player in game.players}
        assert stated == pytest.approx(solution_of(m).payoffs(), abs=1e-7)
        assert pyo.value(m.eq.welfare) == pytest.approx(sum(stated.values()))


@needs_ipopt
@each_form
@pytest.mark.parametrize("players", [2, 3])
def test_update(
    players: int, formulation: Callable[..., Any], response: Callable[..., Any]
) -> None:
    """A block that takes other payoffs is the block of the other game."""
    del response
    game = random_game(5, players=players)
    payoffs = [tuple(2 - u for u in row) for row in game.outcome_payoffs[::-1]]
    other = replace(game, outcome_payoffs=payoffs)
    assert not np.array_equal(game.payoffs, other.payoffs)
    m = pyo.ConcreteModel()
    m.eq = formulation(game, 0.4)
    m.eq.update(other)
    m.goal = pyo.Objective(expr=0.0)
    ef.solve(m, "ipopt")
    expected = solved(formulation, other, 0.4)

    assert max(solution_of(m).residuals().values()) < 1e-8
    assert solution_of(m).payoffs() == pytest.approx(solution_of(expected).payoffs(), abs=1e-7)


@needs_ipopt
def test_one_call() -> None:
    """The best equilibrium for an objective, by name; regrets are what the noise costs."""
    equilibrium = ef.optimal_equilibrium(MATRIX, "QRE", "P1", solver="ipopt", precision=0.5)

    assert equilibrium.concept == "quantal_response_equilibrium"
    assert equilibrium.status == "locally_optimal"
    assert equilibrium.value == pytest.approx(equilibrium.payoffs["P1"], abs=1e-7)
    assert equilibrium.bound == math.inf
    assert min(equilibrium.regrets.values()) > 0.1


@pytest.mark.parametrize(
    ("name", "form"),
    # In the fractions of the agents' form Gurobi 13 ends with a numeric error.
    [("scip_direct", FORMS[0]), ("scip_direct", FORMS[1]), ("gurobi_direct_minlp", FORMS[0])],
)
def test_global_solvers(name: str, form: tuple[Callable[..., Any], Callable[..., Any]]) -> None:
    """Solvers that search everywhere take the same model."""
    if not find_solver(name).available:
        pytest.skip(f"{name} is not available")
    formulation, response = form
    m = solved(formulation, MATRIX, 0.5, name)
    behaviour = behaviour_of(MATRIX, solution_of(m).profile.behaviour)

    assert distance(behaviour, response(MATRIX, behaviour, 0.5)) < 1e-4


@needs_ipopt
@pytest.mark.parametrize("precision", [2.0, 5.0])
def test_learning_finds_the_same(precision: float) -> None:
    """Kuhn: self-play with entropies at every decision point ends in the block's plans."""
    game = ef.instances.kuhn()
    m = solved(quantal_response_equilibrium, game, precision)
    problem = ef.formulations.nash_zero_sum(game).problem
    (follower,) = problem.followers

    def local(size: int) -> EntropyRegularized:
        return EntropyRegularized(size, weight=1 / precision)

    sides = counterfactual(problem.leader, local), counterfactual(follower.polytope, local)
    played = self_play(problem, *sides, 800)
    for plan, player in zip(played.last, game.players, strict=True):
        assert m.eq.player[player].x.array() == pytest.approx(plan, abs=2e-3)


def agree_with_gambit(
    game: ef.Game, formulation: Callable[..., Any], response: Callable[..., Any]
) -> None:
    """Compare payoffs along the branch that begins in pure noise."""
    pytest.importorskip("pygambit", reason="pygambit is not installed")
    from pygambit import qre

    strategic, precisions = response is response_in_plans, [0.3, 1.0]
    path = ef.quantal_response_path(game, formulation.__name__, precisions)
    theirs = qre.logit_solve_lambda(ef.to_pygambit(game), precisions, use_strategic=strategic)
    for solution, found in zip(path.solutions, theirs, strict=True):
        expected = [float(found.profile.payoffs[player]) for player in game.players]
        assert list(solution.payoffs().values()) == pytest.approx(expected, abs=1e-6)


@needs_ipopt
@each_form
def test_gambit_agrees(formulation: Callable[..., Any], response: Callable[..., Any]) -> None:
    """Gambit traces the same equilibria, in the normal form and in the extensive form."""
    agree_with_gambit(ef.instances.selten_horse(), formulation, response)


@needs_ipopt
@pytest.mark.slow
@each_form
@pytest.mark.parametrize("seed", [0, 2, 4, 9])
def test_gambit_agrees_in_random_games(
    seed: int, formulation: Callable[..., Any], response: Callable[..., Any]
) -> None:
    """The same in games that nobody has chosen."""
    agree_with_gambit(small_game(seed), formulation, response)


# What is refused ---------------------------------------------------------------------------------


@each_form
def test_what_cannot_be(formulation: Callable[..., Any], response: Callable[..., Any]) -> None:
    """A precision is a number from 0 on, and a game a game."""
    del response
    for precision in (-1, math.inf, math.nan, "2"):
        with pytest.raises(GameError, match=f"{formulation.__name__} needs a finite precision"):
            formulation(MATRIX, precision)
    with pytest.raises(GameError, match="needs a Game; got 'chicken'"):
        formulation("chicken", 1)
    with pytest.raises(GameError, match="does not have perfect recall"):
        formulation(forgetful(), 1)


def forgetful() -> ef.Game:
    """Return a game whose player forgets her first move."""
    last = {
        "player": "P1",
        "infoset": "b",
        "actions": {"x": {"payoffs": [0]}, "y": {"payoffs": [1]}},
    }
    first = {"player": "P1", "infoset": "a", "actions": {"l": last, "r": last}}
    return ef.Game.from_dict(first, players=["P1"])


@each_form
def test_unsolved_block(formulation: Callable[..., Any], response: Callable[..., Any]) -> None:
    """Nobody plays anything before the model is solved."""
    del response
    with pytest.raises(SolverError, match="has no values yet"):
        formulation(MATRIX, 1.0).regrets()


def test_values_that_are_no_behaviour() -> None:
    """Whoever writes nonsense into the variables is told so."""
    block = quantal_response_equilibrium(MATRIX, 1.0)
    for part in block.player.values():
        part.x.set_array(1.0)
    block.player["P1"].log_x.set_array([0.0, 3.0, 1.0])

    with pytest.raises(SolverError, match="no behaviour strategies"):
        block.regrets()
