"""Zero-sum games with trembling hands: known values, pivoting, learning, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.exact_equilibria import limit_equilibrium_by_pivoting
from efmodels.floored_polytope import even_floors, with_floors
from efmodels.learning import Ranges, learn
from efmodels.perturbations import trembling_actions, trembling_sequences
from tests.commitment_cases import cases_of, game_of

if TYPE_CHECKING:
    from efmodels.solvers import Solver

CONCEPTS = {
    "perfect_equilibrium": trembling_actions,
    "quasi_perfect_equilibrium": trembling_sequences,
}
SCHEMES = {"efpe": "perfect_equilibrium", "qpe": "quasi_perfect_equilibrium"}


def model_of(game: ef.Game, concept: str, **arguments: Any) -> pyo.ConcreteModel:
    """Return a model that maximises the value."""
    m = pyo.ConcreteModel()
    m.eq = getattr(ef.formulations, concept)(game, **arguments)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


@pytest.mark.parametrize("case", cases_of("perturbed-zero-sum"))
@pytest.mark.parametrize("leads", [0, 1])
def test_known_values(case: dict[str, Any], leads: int) -> None:
    """From both sides the value is the one that an independent program has found."""
    game, params = game_of(case), case["params"]
    m = model_of(game, SCHEMES[params["scheme"]], epsilon=params["eps"], leader=game.players[leads])
    value = ef.solve(m, solver="highs").value

    assert (-1) ** leads * value == pytest.approx(case["value"], abs=case["tol"])
    assert max(m.eq.regrets().values()) < 1e-9


@pytest.mark.parametrize("concept", CONCEPTS)
def test_values_are_those_of_pivoting(concept: str) -> None:
    """On random trees the perturbed game has the value that exact pivoting finds there."""
    epsilon, compared = Fraction(1, 50), 0
    for seed in range(8):
        game = ef.instances.random_zero_sum_tree(seed, depth=3)
        exact = limit_equilibrium_by_pivoting(CONCEPTS[concept](game), epsilon=epsilon)
        if exact.epsilon == epsilon:  # the basis is stable from there on
            m = model_of(game, concept, epsilon=epsilon)
            value = ef.solve(m).value
            compared += 1

            assert value == pytest.approx(float(exact.trembling.payoffs()["P1"]), abs=1e-8)
            assert max(m.eq.regrets().values()) < 1e-7 * np.ptp(game.payoffs)
    assert compared >= 6


def test_floors_are_those_of_learning() -> None:
    """CFR+ with the same floors converges to the value of the linear program."""
    game = ef.instances.kuhn()
    problem = ef.formulations.nash_zero_sum(game).problem
    (other,) = problem.followers
    for floor, value in ((0.01, -0.052767), (0.05, -0.0414306)):
        solved = ef.solve(model_of(game, "floored_nash_zero_sum", floors=floor)).value
        mine, theirs = (even_floors(one, 2 * floor) for one in (problem.leader, other.polytope))
        learned = learn(
            with_floors(problem, mine, {other.label: theirs}), Ranges(4, 4), engine="numpy"
        )

        assert solved == pytest.approx(value, abs=5e-7)
        assert learned.value - 1e-9 <= solved <= learned.bound + 1e-9


def test_floors_for_one_player() -> None:
    """Floors by player bind only there: whoever has none is better off than if she had."""
    game = ef.instances.kuhn()
    polytope = game.sequence_form().polytope("P2")
    floors = even_floors(polytope, 0.2)
    alone = ef.solve(model_of(game, "floored_nash_zero_sum", floors={"P2": floors})).value
    both = ef.solve(model_of(game, "floored_nash_zero_sum", floors=0.1)).value
    none = ef.solve(model_of(game, "floored_nash_zero_sum", floors={})).value

    assert none == pytest.approx(-1 / 18)
    assert alone > both > none


@pytest.mark.parametrize("concept", CONCEPTS)
def test_the_threat_is_no_threat(concept: str) -> None:
    """Guess-the-ace: off the path of play the guess is the rational one, up to the tremble."""
    game = ef.instances.guess_the_ace(prize=10)
    m = model_of(game, concept)
    ef.solve(m)
    table = m.eq.strategy().set_index(["infoset", "action"])["probability"]

    assert table["guess", "not ace"] == pytest.approx(0.99)
    assert table["play?", "stop"] == pytest.approx(0.99)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_plans_are_above_their_floors(concept: str, solver: Solver) -> None:
    """The leader's plan is visible, with its trembles; and every solver finds the same value."""
    game = ef.instances.kuhn()
    m = model_of(game, concept, epsilon=0.05)
    value = ef.solve(m, solver=solver.name).value
    floors = CONCEPTS[concept](game).at(Fraction(1, 20))["P1"]
    x = m.eq.leader.x.array()
    parent = np.concatenate(([0], game.sequence_form().polytope("P1").incoming))
    before = parent[game.sequence_form().polytope("P1").point + 1]
    low = (
        np.array([float(a) for a in floors.least])
        + np.array(list(map(float, floors.share))) * x[before]
    )

    assert (x[1:] >= low[1:] - 1e-7).all()
    assert value == pytest.approx(float(_exact_value(concept)), abs=1e-7)
    assert max(m.eq.regrets().values()) < 1e-6


def _exact_value(concept: str) -> float:
    perturbation = CONCEPTS[concept](ef.instances.kuhn())
    found = limit_equilibrium_by_pivoting(perturbation, epsilon=Fraction(1, 20))
    assert found.epsilon == Fraction(1, 20)
    return float(found.trembling.payoffs()["P1"])


def test_side_constraints_cost_what_the_regrets_say() -> None:
    """Bluffing too often guarantees less; regrets within floors add up to what is missing."""
    game = ef.instances.kuhn()
    free = ef.solve(model_of(game, "perfect_equilibrium")).value
    m = model_of(game, "perfect_equilibrium")
    m.bluffs = pyo.Constraint(expr=m.eq.leader.x["J", "bet"] >= 0.6)
    forced = ef.solve(m).value

    assert forced < free - 1e-3
    assert sum(m.eq.regrets().values()) == pytest.approx(free - forced, abs=1e-7)


def test_constant_sums_other_than_zero() -> None:
    """Payoffs that add up to 10 give payoffs that do."""
    A = np.array([[7.0, 3.0], [4.0, 9.0]])
    plain = ef.optimal_equilibrium(ef.Game.from_matrices(A, -A), "perfect_equilibrium")
    found = ef.optimal_equilibrium(ef.Game.from_matrices(A, 10 - A), "perfect_equilibrium")

    assert found.value == pytest.approx(plain.value)
    assert sum(found.payoffs.values()) == pytest.approx(10)
    assert pyo.value(found.model.eq.welfare) == pytest.approx(10)
    assert max(found.regrets.values()) < 1e-9


@pytest.mark.parametrize("concept", [*CONCEPTS, "floored_nash_zero_sum"])
def test_payoffs_can_be_replaced(concept: str) -> None:
    """`update` takes other payoffs on the same tree, and other objectives are known to be none."""
    games = [ef.Game.from_matrices(A, -A) for A in np.random.default_rng(0).normal(size=(2, 3, 3))]
    m = model_of(games[0], concept)
    ef.solve(m)
    m.eq.update(games[1])
    fresh = ef.optimal_equilibrium(games[1], concept, objective="P2")

    assert ef.solve(m).value == pytest.approx(-fresh.value)
    assert max(m.eq.regrets().values()) < 1e-9


@pytest.mark.parametrize(
    ("concept", "arguments", "message"),
    [
        ("perfect_equilibrium", {"epsilon": 1e-4}, "K:kb|1.0e-08|take a larger epsilon"),
        ("quasi_perfect_equilibrium", {"epsilon": 1e-4}, "cannot tell from 0"),
        ("perfect_equilibrium", {"epsilon": 0.5}, "epsilon = 0.5 is too large"),
        ("floored_nash_zero_sum", {"floors": 0.6}, "more than there is to choose"),
        ("floored_nash_zero_sum", {"floors": "a"}, "floors are a number"),
        ("floored_nash_zero_sum", {"floors": {"P3": 0.1}}, "no player is called 'P3'"),
        ("perfect_equilibrium", {"leader": "P3"}, "no player is called 'P3'"),
    ],
)
def test_what_is_refused(concept: str, arguments: dict[str, Any], message: str) -> None:
    """Trembles that a solver cannot see, or that leave no choice, and unknown players."""
    with pytest.raises(ef.GameError, match=message):
        getattr(ef.formulations, concept)(ef.instances.kuhn(), **arguments)


def test_a_tremble_that_cannot_be_seen_leads_to_pivoting() -> None:
    """The message names the sequence, its floor and the exact function, which does exist."""
    with pytest.raises(ef.GameError, match=r"floor of P1's sequence .* is 1\.0e-08") as caught:
        ef.formulations.perfect_equilibrium(ef.instances.kuhn(), epsilon=1e-4)
    assert "perfect_equilibrium_by_pivoting" in str(caught.value)
    assert ef.perfect_equilibrium_by_pivoting(ef.instances.kuhn()).payoffs()["P1"] == Fraction(
        -1, 18
    )


@pytest.mark.parametrize("concept", [*CONCEPTS, "floored_nash_zero_sum"])
def test_other_games_are_refused(concept: str) -> None:
    """Three players, payoffs without a constant sum, and a perturbation of another game."""
    function = getattr(ef.formulations, concept)
    with pytest.raises(ef.GameError, match=f"{concept} needs two players"):
        function(ef.instances.selten_horse())
    with pytest.raises(ef.GameError, match="needs payoffs of constant sum"):
        function(ef.instances.chicken())
    if concept in CONCEPTS:
        with pytest.raises(ef.GameError, match="the perturbation is that of a game with players"):
            function(ef.instances.kuhn(), perturbation=CONCEPTS[concept](ef.instances.entry_game()))


@pytest.mark.parametrize("concept", [*CONCEPTS, "floored_nash_zero_sum"])
@pytest.mark.parametrize("leader", ["P1", "P2"])
def test_a_player_without_moves(concept: str, leader: str) -> None:
    """Whoever leads, and whoever never moves, the other errs with a hundredth."""
    moves = {"l": {"payoffs": [0, 0]}, "r": {"payoffs": [1, -1]}}
    tree = {"player": "P1", "infoset": "i", "actions": moves}
    game = ef.Game.from_dict(tree, players=["P1", "P2"])
    found = ef.optimal_equilibrium(game, concept, leader=leader)

    assert found.payoffs["P1"] == pytest.approx(0.99)
    assert max(found.regrets.values()) < 1e-9


def test_learning_refuses_floors_of_this_kind() -> None:
    """The learner has no polytope for it, and says so instead of learning without floors."""
    with pytest.raises(ef.CapabilityError, match="needs a polytope of flows"):
        ef.solve(model_of(ef.instances.kuhn(), "perfect_equilibrium"), solver="cfr")
