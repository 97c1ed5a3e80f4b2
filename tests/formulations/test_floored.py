"""General-sum games with floors: the matrix games that they amount to, known limits, refusals."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.floored_blocks import commitments, mutual
from efmodels.floored_blocks.given_floors import floors_given
from efmodels.formulations import floored_nash, floored_stackelberg
from efmodels.perturbations import Floors, trembling_actions, trembling_sequences
from tests.floored_games import floored_game
from tests.oracles.matrix_commitment import strong_stackelberg_value
from tests.oracles.support_enumeration import extreme_equilibria

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.blocks import FormulationBlockData

EXACT = {"mip_feasibility_tolerance": 1e-9}
"""How far a binary may be from a whole number: times M, that is how wrong a reply may be."""

GOALS = ((1, 0), (0, 1), (1, 1), (-1, 2))

FORMULATIONS = [floored_nash, floored_stackelberg]


def solved(block: FormulationBlockData, goal: Any) -> pyo.ConcreteModel:
    """Return the solved model of a block and an objective to maximise."""
    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=goal, sense=pyo.maximize)
    ef.solve(m, solver="highs", options=EXACT)
    return m


def assert_best_equilibria(number: int, goals: tuple[tuple[int, int], ...]) -> None:
    """Assert that several optima over all equilibria are those over the supports of a matrix."""
    one = floored_game(number)
    found = extreme_equilibria(*one.tables)
    for weights in goals:
        block = floored_nash(one.game, floors=one.floors)
        payoffs = list(block.payoff.values())
        m = solved(block, sum(w * u for w, u in zip(weights, payoffs, strict=True)))
        expected = max(weights[0] * e.payoffs[0] + weights[1] * e.payoffs[1] for e in found)

        assert pyo.value(m.goal) == pytest.approx(float(expected), abs=2e-6)
        assert max(m.eq.regrets().values()) <= 1e-6
        for value, played in zip(payoffs, m.eq.solution().payoffs().values(), strict=True):
            assert pyo.value(value) == pytest.approx(played, abs=1e-6)


def assert_best_commitment(number: int) -> None:
    """Assert that committing from either side pays what a program per column of a matrix says."""
    one = floored_game(number)
    A, B = (np.array(table, dtype=float) for table in one.tables)
    sides = zip(one.game.players, ((A, B), (B.T, A.T)), strict=True)
    for leader, (mine, theirs) in sides:
        block = floored_stackelberg(one.game, leader=leader, floors=one.floors)
        m = solved(block, block.value)

        assert pyo.value(m.goal) == pytest.approx(strong_stackelberg_value(mine, theirs), abs=2e-6)
        assert max(m.eq.regrets().values()) <= 1e-6
        assert m.eq.solution().payoffs()[leader] == pytest.approx(pyo.value(m.goal), abs=1e-6)


@pytest.mark.parametrize("number", range(25))
def test_best_equilibria_equal_support_enumeration(number: int) -> None:
    """A game with floors is a matrix game of extreme strategies, with the same best equilibria."""
    first = number % 3
    assert_best_equilibria(number, GOALS[first : first + 2])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(25, 225))
def test_best_equilibria_of_many_games(number: int) -> None:
    """The same in two hundred more games."""
    assert_best_equilibria(number, GOALS)


@pytest.mark.parametrize("number", range(25))
def test_commitments_equal_programs_per_reply(number: int) -> None:
    """So it is with commitments, whoever of the two commits."""
    assert_best_commitment(number)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(25, 225))
def test_commitments_of_many_games(number: int) -> None:
    """The same in two hundred more games."""
    assert_best_commitment(number)


def test_without_floors_nothing_is_new() -> None:
    """Floors of zero give the equilibria and the commitments of the game itself."""
    for seed in range(4):
        game = ef.instances.random_zero_sum_tree(seed, depth=3)
        for name, floored in (("nash", "floored_nash"), ("stackelberg", "floored_stackelberg")):
            plain = ef.optimal_equilibrium(game, name, objective="P1")
            found = ef.optimal_equilibrium(game, floored, objective="P1", floors=0)

            assert found.value == pytest.approx(plain.value, abs=1e-6)


def test_zero_sum_games_have_the_value_of_the_linear_program() -> None:
    """In Kuhn's poker both kinds of equilibrium pay what the linear program with floors says."""
    game = ef.instances.kuhn()
    program = ef.optimal_equilibrium(game, "floored_nash_zero_sum", floors=0.05)
    for name in ("floored_nash", "floored_stackelberg"):
        found = ef.optimal_equilibrium(game, name, objective="P1", floors=0.05)

        assert found.value == pytest.approx(program.value, abs=1e-6)
        assert max(found.regrets.values()) <= 1e-6


def test_trembling_commitments_equal_those_of_quasi_perfection() -> None:
    """With floors of sequences the program has the value of the one over subtrees."""
    for seed in range(4):
        game = floored_game(2 * seed).game
        floors = trembling_sequences(game).at(Fraction(1, 10))
        mine = ef.optimal_equilibrium(game, "floored_stackelberg", floors=floors)
        theirs = ef.optimal_equilibrium(game, "QPSE", epsilon=Fraction(1, 10))

        assert mine.value == pytest.approx(theirs.value, abs=1e-5)


def test_a_threat_that_costs_is_not_made() -> None:
    """In the entry game a tremble leaves one equilibrium, whatever the floors are of."""
    game = ef.instances.entry_game()
    for make in (trembling_actions, trembling_sequences):
        block = floored_nash(game, floors=make(game).at(0.01))
        m = solved(block, block.payoff["Incumbent"])
        table = m.eq.strategy().set_index(["infoset", "action"])["probability"]

        assert table["entry", "in"] == pytest.approx(0.99)
        assert max(m.eq.regrets().values()) <= 1e-7
        assert 0 < max(m.eq.solution().profile.regrets().values()) < 0.05


def test_floors_of_one_player() -> None:
    """Whoever is left out has none: in chicken the other one goes if somebody is sure to stop."""
    game = ef.instances.chicken(6, 2, 7, 0)
    floors = {"P1": [0, 0.9, 0]}
    for name in ("floored_nash", "floored_stackelberg"):
        found = ef.optimal_equilibrium(game, name, objective="P1", floors=floors)

        assert found.payoffs == pytest.approx({"P1": 2, "P2": 7}, abs=1e-6)


def test_side_constraints_bind() -> None:
    """A floor on a payoff picks the mixed equilibrium; one that nobody reaches is infeasible."""
    m = pyo.ConcreteModel()
    m.eq = floored_nash(ef.instances.chicken(6, 2, 7, 0), floors=0.1)
    m.fair = pyo.Constraint(m.eq.game.players, rule=lambda _, p: m.eq.payoff[p] >= 3)
    m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)

    assert ef.solve(m, solver="highs", options=EXACT).value == pytest.approx(14 / 3, abs=1e-6)
    m.more = pyo.Constraint(expr=m.eq.payoff["P2"] >= 5)
    with pytest.raises(ef.InfeasibleError):
        ef.solve(m, solver="highs")


@pytest.mark.parametrize("formulation", FORMULATIONS)
def test_payoffs_can_be_replaced(formulation: Callable[..., FormulationBlockData]) -> None:
    """`update` takes other payoffs on the same tree, and keeps the floors."""
    generator = np.random.default_rng(3)
    games = [ef.Game.from_matrices(*generator.integers(-5, 6, (2, 3, 3))) for _ in range(4)]
    block = formulation(games[0], floors=0.1)
    m = solved(block, block.payoff["P1"])
    for game in games[1:]:
        m.eq.update(game)
        fresh = formulation(game, floors=0.1)

        value = ef.solve(m, solver="highs", options=EXACT).value
        assert value == pytest.approx(pyo.value(solved(fresh, fresh.payoff["P1"]).goal), abs=1e-6)
        assert max(m.eq.regrets().values()) <= 1e-6


@pytest.mark.parametrize("formulation", FORMULATIONS)
def test_players_who_never_move(formulation: Callable[..., FormulationBlockData]) -> None:
    """Nothing has to be chosen where somebody has no infoset, whoever it is."""
    moves = {"l": {"payoffs": [0, 0]}, "r": {"payoffs": [1, -1]}}
    tree = {"player": "P1", "infoset": "i", "actions": moves}
    game = ef.Game.from_dict(tree, players=["P1", "P2"])
    block = formulation(game, floors=0.01)

    assert pyo.value(solved(block, block.payoff["P1"]).goal) == pytest.approx(0.99)
    if formulation is floored_stackelberg:
        block = formulation(game, leader="P2", floors=0.01)
        assert pyo.value(solved(block, block.value).goal) == pytest.approx(-0.99)


@pytest.mark.parametrize(
    ("formulation", "module"), [(floored_nash, mutual), (floored_stackelberg, commitments)]
)
def test_a_solver_that_finds_nothing_has_failed(
    formulation: Callable[..., FormulationBlockData], module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every game has a solution above floors: that there is none is the solver's failure."""
    monkeypatch.setattr(
        module,
        "floored_slack_bounds",
        lambda game, player, floors: -np.ones(floors[player].polytope.size),  # noqa: ARG005 - the names are part of the call
    )
    m = pyo.ConcreteModel()
    m.eq = formulation(ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]]), floors=0.1)
    m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    with pytest.raises(ef.SolverError, match="the solver has failed") as failed:
        ef.solve(m, solver="highs")
    assert not isinstance(failed.value, ef.InfeasibleError)


def test_expectations() -> None:
    """They are linear where somebody commits, and refused where both players have plans."""
    game = ef.instances.chicken(6, 2, 7, 0)
    block = floored_stackelberg(game, floors=0.1)
    happens = block.probability("P2_1", "Go")
    m = solved(block, block.value)

    assert pyo.value(happens) == pytest.approx(block.follower["P2"].x["P2_1", "Go"].value)
    assert pyo.value(m.goal) == pytest.approx(7 * 0.81 + 6 * 0.09 + 2 * 0.01, abs=1e-6)
    with pytest.raises(ef.CapabilityError, match="a product of both players' plans"):
        floored_nash(game).expected([1, 0, 0, 0])


@pytest.mark.parametrize("formulation", FORMULATIONS)
def test_a_floor_on_every_sequence_is_refused(
    formulation: Callable[..., FormulationBlockData],
) -> None:
    """It leaves nothing to choose after a mistake, and is no refinement; the message says so."""
    game = ef.instances.mertens_voting()
    tenth = {
        player: Floors(
            (Fraction(0),) * 5, (Fraction(0), *[Fraction(1, 10)] * 2, *[Fraction(1, 20)] * 2)
        )
        for player in game.players
    }
    with pytest.raises(ef.GameError, match="whatever they bring"):
        formulation(game, floors=tenth)
    with pytest.raises(ef.GameError, match="add up to more than there is"):
        formulation(game, floors={p: Floors((Fraction(0),) * 5, _uniform()) for p in game.players})


def _uniform() -> tuple[Fraction, ...]:
    return (Fraction(0), *[Fraction(1, 10)] * 4)


@pytest.mark.parametrize("formulation", FORMULATIONS)
@pytest.mark.parametrize(
    ("floors", "message"),
    [
        (0.6, "more than there is to choose"),
        ("a", "floors are a number"),
        ({"P3": 0.1}, "no player is called 'P3'"),
        ({"P1": [0, 0.1]}, "expected"),
        ("tiny", "cannot tell from 0"),
    ],
)
def test_what_is_refused(
    formulation: Callable[..., FormulationBlockData], floors: Any, message: str
) -> None:
    """Floors that leave no choice or that a solver cannot see, and unknown players."""
    game = ef.instances.kuhn()
    given = trembling_sequences(game).at(1e-4) if floors == "tiny" else floors
    with pytest.raises(ef.GameError, match=message):
        formulation(game, floors=given)


@pytest.mark.parametrize("formulation", FORMULATIONS)
def test_other_games_are_refused(formulation: Callable[..., FormulationBlockData]) -> None:
    """Three players."""
    with pytest.raises(ef.GameError, match=f"{formulation.__name__} needs two players"):
        formulation(ef.instances.selten_horse())


def test_floors_by_action_are_those_by_sequence() -> None:
    """A mapping from (infoset, action) says the same as an array; what is left out has no floor."""
    kuhn = ef.instances.kuhn()
    polytope = kuhn.sequence_form().polytope("P1")
    array = np.zeros(polytope.size)
    array[polytope.names.index("J_bet")] = 0.25
    array[polytope.names.index("K_kb_call")] = 0.5
    labels = {("J", "bet"): 0.25, ("K:kb", "call"): 0.5}

    given = floors_given({"P1": labels}, kuhn)["P1"]

    assert given.share.tolist() == array.tolist()
    assert not given.least.any()
    for concept in ("floored_nash", "floored_nash_zero_sum"):
        one, other = (
            ef.optimal_equilibrium(kuhn, concept, "P1", floors={"P1": floors}).value
            for floors in (labels, array)
        )
        assert one == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize(
    ("floors", "message"),
    [
        ({"Stop": 0.9}, r"'Stop' among the floors of P1 is no pair .*\('P1_1', 'Stop'\)"),
        ({("P1_1", "Yield"): 0.9}, r"infoset 'P1_1' has no action 'Yield'; there are \['Stop'"),
        ({("P2_1", "Stop"): 0.9}, r"no infoset is called 'P2_1'; there are \['P1_1'\]"),
        ({("P1_1", "Stop"): [0.9]}, r"the floor of .* is \[0.9\]; expected one number"),
        ({("P1_1", "Stop"): 1.5}, r"the floors at 'P1_1' add up to more"),
        ([0.9, 0], r"floors of P1 have shape \(2,\); expected 3 .*\('P1_1', 'Stop'\), .*'Go'\)"),
        ("much", "got 'much'; floors are a number"),
    ],
)
def test_wrong_floors_are_told_with_the_sequences(floors: Any, message: str) -> None:
    """The message says what there is."""
    with pytest.raises(ef.GameError, match=message):
        floored_nash(ef.instances.chicken(6, 2, 7, 0), floors={"P1": floors})
