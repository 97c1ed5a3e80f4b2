"""Correlation plans instead of a DAG of beliefs: the same optima, or bounds that say so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import correlation_plan_bound, efcce, efce, nfcce
from efmodels.mediator.concept import COMMUNICATION, EFCCE, EFCE, LINEAR, NFCCE, NFCE
from tests.efmodels.mediator.test_correlation_plans import coins
from tests.formulations.test_mediated_values import TRUTH, game_of, params
from tests.random_games import dealt_game, random_game
from tests.typed_games import typed_game

CHICKEN = ef.instances.chicken(6, 2, 7, 0)
CONCEPTS = {"EFCE": (EFCE, efce), "EFCCE": (EFCCE, efcce), "NFCCE": (NFCCE, nfcce)}
KNOWN = [
    case
    for case in TRUTH["cases"]
    if case["concept"] in CONCEPTS and len(game_of(case["game"]).players) == 2
]
PRIVATE_COINS = coins(public=False)


def best(block: object, expression: object) -> float:
    """Return the largest value of something in a block."""
    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=expression, sense=pyo.maximize)
    return ef.solve(m).value


def assert_equilibrium(block: object) -> None:
    """Assert that what is exact has no regrets, and plans that add up."""
    scale = max(np.ptp(block.game.payoffs), 1.0)
    regrets = block.regrets()

    assert max(regrets.values(), default=0.0) <= 1e-7 * scale
    for player in regrets:
        assert block.best_deviation(player).inconsistency <= 1e-7


@pytest.mark.parametrize("case", params(KNOWN))
def test_known_optima(case: dict[str, object]) -> None:
    """Known values of two-player games: exact ones are equal, bounds are not below them."""
    game = game_of(case["game"])
    concept, _ = CONCEPTS[case["concept"]]
    obedient = [game.players[number - 1] for number in case["obedient"]]
    block = correlation_plan_bound(game, concept, obedient=obedient)
    weights = dict(zip(game.players, case["weights"], strict=True))
    value = best(block, block.objective(weights))
    tolerance = 1e-6 * np.ptp(game.payoffs)

    assert value >= case["value"] - tolerance
    if not block.is_bound:
        assert value == pytest.approx(case["value"], abs=tolerance)
        assert_equilibrium(block)
    if not (game.owner == 0).any():
        assert not block.is_bound


@pytest.mark.parametrize(
    "seed", [*range(34), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(34, 100))]
)
@pytest.mark.parametrize("name", CONCEPTS)
def test_without_chance_it_is_the_concept(name: str, seed: int) -> None:
    """On random games without chance the optima are those with the DAG of beliefs."""
    game = ef.instances.random_tree(seed, depth=3 + seed % 2, chance_probability=0)
    concept, exact = CONCEPTS[name]
    block, whole = correlation_plan_bound(game, concept), exact(game)
    goal = (None, "P1", {"P1": 1, "P2": -2})[seed % 3]
    value = best(block, block.objective(goal))

    assert not block.is_bound
    assert value == pytest.approx(best(whole, whole.objective(goal)), abs=1e-6)
    assert block.solution().payoffs() == pytest.approx(
        {player: pyo.value(block.payoff[player]) for player in game.players}, abs=1e-7
    )
    assert_equilibrium(block)


@pytest.mark.parametrize(
    "seed", [*range(20), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(20, 100))]
)
@pytest.mark.parametrize("make", [random_game, dealt_game, typed_game])
def test_with_chance_it_is_a_bound(make: object, seed: int) -> None:
    """On random games with chance, an optimum is not below that of the concept, or equal to it."""
    game = make(seed)
    for concept, exact in CONCEPTS.values():
        block, whole = correlation_plan_bound(game, concept), exact(game)
        bound, value = best(block, block.welfare), best(whole, whole.welfare)

        assert bound >= value - 1e-6
        if not block.is_bound:
            assert bound == pytest.approx(value, abs=1e-6)
            assert_equilibrium(block)


class TestBounds:
    """Two players with a private coin each: no lottery has the probabilities of the optimum."""

    def test_the_gap(self) -> None:
        """The bound wins always; the concept, three times in four."""
        block, whole = correlation_plan_bound(PRIVATE_COINS, EFCE), efce(PRIVATE_COINS)

        assert block.is_bound
        assert best(block, block.payoff["Ann"]) == pytest.approx(1)
        assert best(whole, whole.payoff["Ann"]) == pytest.approx(0.75)

    def test_there_are_no_regrets(self) -> None:
        """`solve` reports none, and who asks is told why, and what to use instead."""
        m = pyo.ConcreteModel()
        m.eq = correlation_plan_bound(PRIVATE_COINS, NFCCE)
        m.whole = nfcce(PRIVATE_COINS)
        m.goal = pyo.Objective(expr=m.eq.welfare + m.whole.welfare, sense=pyo.maximize)
        result = ef.solve(m)

        assert list(result.regrets) == ["whole"]
        assert m.eq.solution().payoffs() == pytest.approx({"Ann": 1, "Bob": 1})
        for ask in (m.eq.regrets, lambda: m.eq.best_deviation("Ann")):
            with pytest.raises(
                ef.CapabilityError, match="only bounds an equilibrium: chance tells"
            ):
                ask()

    def test_other_blocks_are_none(self) -> None:
        """Formulations are no bounds, and neither are their parts."""
        block = efce(CHICKEN)

        assert not block.is_bound
        assert not block.mediator.is_bound


class TestBlock:
    """What the block has in common with the other mediated concepts."""

    def test_components(self) -> None:
        """Those of the table in the docstring, and nothing beside them."""
        block = correlation_plan_bound(CHICKEN, EFCE)

        assert {c.local_name for c in block.component_objects(descend_into=False)} == {
            *("mediator", "deviator", "payoff", "payoff_row", "welfare")
        }
        assert {c.local_name for c in block.mediator.component_objects(descend_into=False)} == {
            *("x", "flow")
        }
        assert {
            c.local_name for c in block.deviator["P1"].component_objects(descend_into=False)
        } == {*("v", "reply", "value", "obey")}

    def test_side_constraints_and_events(self) -> None:
        """A floor, and the probability of an action, are linear; here a floor costs one payoff."""
        m = pyo.ConcreteModel()
        m.eq = correlation_plan_bound(CHICKEN, EFCE)
        m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)
        goes = m.eq.probability("P1_1", "Go")
        free = ef.solve(m).value
        m.floor = pyo.Constraint(expr=m.eq.payoff["P2"] >= 5)
        value = ef.solve(m).value
        table = m.eq.strategy()

        assert value < free - 0.1
        assert_equilibrium(m.eq)
        row = table[(table.P1 == "P1_1: Go") & (table.P2 == "")]
        assert row.probability.item() == pytest.approx(pyo.value(goes))
        assert len(table) == 8

    def test_takes_other_payoffs(self) -> None:
        """`update` with doubled payoffs doubles the optimum."""
        doubled = tuple(tuple(2 * u for u in row) for row in CHICKEN.outcome_payoffs)
        m = pyo.ConcreteModel()
        m.eq = correlation_plan_bound(CHICKEN, EFCE)
        m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
        before = ef.solve(m).value
        m.eq.update(replace(CHICKEN, outcome_payoffs=doubled))

        assert ef.solve(m).value == pytest.approx(2 * before)
        assert_equilibrium(m.eq)

    def test_pawns_and_margins(self) -> None:
        """Who is not obedient has no rows; below zero a margin allows small regrets."""
        free = correlation_plan_bound(CHICKEN, EFCE, obedient=[])
        lax = correlation_plan_bound(CHICKEN, EFCE, margin=-0.5)
        whole = efce(CHICKEN, margin=-0.5)

        assert best(free, free.welfare) == pytest.approx(12)
        assert free.regrets() == {}
        assert best(lax, lax.welfare) == pytest.approx(best(whole, whole.welfare))
        assert max(lax.regrets().values()) <= 0.5 + 1e-7
        with pytest.raises(ef.GameError, match="'P1' has no incentive constraints"):
            free.best_deviation("P1")

    def test_another_solver(self, solver: object) -> None:
        """One optimum, whatever solves the model; the skipped tests name what is not here."""
        m = pyo.ConcreteModel()
        m.eq = correlation_plan_bound(CHICKEN, EFCE)
        m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)

        assert ef.solve(m, solver=solver.name).value == pytest.approx(10.5, abs=1e-6)


class TestRefusals:
    """What is no question for correlation plans."""

    @pytest.mark.parametrize("concept", [NFCE, LINEAR, COMMUNICATION])
    def test_other_concepts(self, concept: object) -> None:
        """They need the probabilities of other pairs of sequences."""
        with pytest.raises(ef.GameError, match="probabilities of recommendations on one path"):
            correlation_plan_bound(CHICKEN, concept)

    def test_what_is_no_concept_or_game(self) -> None:
        """The messages say what is expected."""
        with pytest.raises(ef.GameError, match="concept must be a Concept, such as"):
            correlation_plan_bound(CHICKEN, "EFCE")
        with pytest.raises(ef.GameError, match="needs a Game; got 'chicken'"):
            correlation_plan_bound("chicken", EFCE)
        with pytest.raises(ef.GameError, match="margin must be a finite number"):
            correlation_plan_bound(CHICKEN, EFCE, margin=float("inf"))

    def test_plans_cannot_be_drawn(self) -> None:
        """Probabilities of pairs are not those of plans; and there is no polytope of flows."""
        block = correlation_plan_bound(CHICKEN, EFCE)
        best(block, block.welfare)

        with pytest.raises(ef.CapabilityError, match="not those of whole plans"):
            block.play(np.random.default_rng(0))
        with pytest.raises(ef.CapabilityError, match="has no polytope of flows"):
            _ = block.problem

    def test_values_that_are_no_plan(self) -> None:
        """Without values, or with values that violate the rows, there is no solution."""
        block = correlation_plan_bound(CHICKEN, EFCE)
        with pytest.raises(ef.SolverError, match="has no solution yet"):
            block.regrets()
        best(block, block.welfare)
        for variable in block.mediator.x.values():
            variable.set_value(2 * variable.value)

        with pytest.raises(ef.SolverError, match="violates the rows of its polytope"):
            block.regrets()
