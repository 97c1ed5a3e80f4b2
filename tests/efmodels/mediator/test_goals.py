"""Problems for one goal: what its optimum does not need is left out, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.certificates import certificate
from efmodels.equilibrium import equilibrium_model
from efmodels.errors import CapabilityError, GameError
from efmodels.goal_blocks import leave_out_for, payoff_weights
from efmodels.mediation_blocks import mediated_block
from efmodels.mediator import concept as concepts
from efmodels.mediator.answer_dominance import undominated_answers
from efmodels.mediator.goals import goal_problem
from efmodels.mediator.problem import mediated_problem
from tests.efmodels.mediator.test_reductions import CONCEPTS, a_game, game_called, rows
from tests.oracles.mediated import optima, optimum

if TYPE_CHECKING:
    from efmodels.game import Floats

FAST = range(12)
SLOW = range(12, 112)
SEEDS = [*FAST, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW)]
RECALLING = [name for name, concept in CONCEPTS.items() if concept.memory == "recall"]
LARGEST = 600  # rows of a program that is solved unreduced
CLOSE = 1e-9


def random_weights(seed: int, players: int) -> Floats:
    """Return weights of players' payoffs, some below zero."""
    weights: Floats = np.random.default_rng(seed).integers(-2, 4, players).astype(float)
    return weights


@pytest.mark.parametrize("seed", SEEDS)
class TestRandomGames:
    """All concepts with recall."""

    def test_optimum_stays(self, seed: int) -> None:
        """The optimum is that of the unreduced problem, and the policy an equilibrium."""
        game = a_game(seed)
        weights = random_weights(seed, len(game.players))
        for name in RECALLING:
            whole = mediated_problem(game, CONCEPTS[name])
            if rows(whole) > LARGEST:
                continue
            reduced = mediated_problem(game, CONCEPTS[name], reduce=True)
            small = goal_problem(reduced, weights @ reduced.payoffs)
            expected = optima(whole.problem, [weights @ whole.payoffs])[0]
            value, x = optimum(small.problem, small.problem.c)
            policy = small.policy(x)
            range_of_payoffs = float(np.ptp(game.payoffs))

            assert value == pytest.approx(expected, abs=1e-6)
            assert weights @ list(policy.payoffs().values()) == pytest.approx(value, abs=1e-6)
            assert max(policy.regrets().values()) <= 1e-7 * max(range_of_payoffs, 1.0)

    def test_certificates_stay(self, seed: int) -> None:
        """Policies, plans and multipliers have the value, bound and regrets that they had."""
        game, generator = a_game(seed), np.random.default_rng(seed)
        weights = random_weights(seed, len(game.players))
        for name in RECALLING:
            reduced = mediated_problem(game, CONCEPTS[name], reduce=True)
            small = goal_problem(reduced, weights @ reduced.payoffs)
            x = small.problem.leader.random(generator)
            followers = small.problem.followers
            plans = {one.label: one.polytope.random(generator) for one in followers}
            multipliers = {label: float(generator.exponential()) for label in plans}
            lifted = {
                label: choices.lift(plan)
                for (label, plan), choices in zip(plans.items(), small.choices, strict=True)
            }
            expected = certificate(small.problem, x, plans, multipliers)
            source = replace(reduced.problem, c=weights @ reduced.payoffs)
            found = certificate(source, small.answers.lift(x), lifted, multipliers)

            assert found.violation < CLOSE
            assert found.value == pytest.approx(expected.value, abs=CLOSE)
            assert found.bound == pytest.approx(expected.bound, abs=CLOSE)
            assert found.regrets == pytest.approx(expected.regrets, abs=CLOSE)


def test_something_is_left_out() -> None:
    """In most games there are answers and deviations that a goal does not need."""
    for name in RECALLING:
        problems = [
            mediated_problem(game, CONCEPTS[name], reduce=True) for game in map(a_game, FAST)
        ]
        goals = [goal_problem(one, one.payoffs[0]).problem for one in problems]
        before = [one.problem.leader.points for one in problems]

        assert sum(one.leader.points < n for one, n in zip(goals, before, strict=True)) > 6


@pytest.mark.parametrize("seed", range(6))
def test_floors_on_payoffs(seed: int) -> None:
    """Payoffs may be asked to be at least something: the optimum is that of the whole block."""
    game = a_game(seed)
    player, other = game.players[:2]
    best = ef.optimal_equilibrium(game, "COMM", other, reduce=False).value
    least = ef.optimal_equilibrium(game, "COMM", {other: -1}, reduce=False).value
    values = []
    for narrow in (False, True):
        model = pyo.ConcreteModel()
        model.eq = mediated_block(game, concepts.COMMUNICATION, reduce=narrow)
        if narrow:
            leave_out_for(model.eq, payoff_weights(model.eq, model.eq.payoff[player]))
        model.floor = pyo.Constraint(expr=model.eq.payoff[other] >= (best - least) / 2)
        model.goal = pyo.Objective(expr=model.eq.payoff[player], sense=pyo.maximize)
        values.append(ef.solve(model, "highs").value)

    assert values[1] == pytest.approx(values[0], abs=1e-7)


# Name, concept, objective, then the most rows and columns that a solver may be handed: those of the
# same reductions in an independent program.
HANDED_OVER = [
    ("K23", "COMM", "P1", 296, 276),
    ("K34", "CERT", "P1", 827, 2_273),
    ("K34", "COMM", "P1", 2_882, 3_675),
    ("K35", "COMM", "P1", 5_583, 7_686),
    ("S2122", "EFCE", "welfare", 551, 561),
    ("S2122", "COMM", "welfare", 1_232, 1_079),
    ("B2222", "COMM", "welfare", 343, 247),
    ("D32", "COMM", "P1", 6_089, 7_872),
    ("GL3", "CERT", "welfare", 2_388, 2_530),
    ("GL3", "COMM", "welfare", 4_629, 4_756),
    ("L3132", "CERT", "P1", 21_007, 30_103),
]


@pytest.mark.parametrize(("name", "concept", "objective", "most_rows", "most_columns"), HANDED_OVER)
def test_sizes_of_what_is_solved(
    name: str, concept: str, objective: str, most_rows: int, most_columns: int
) -> None:
    """After all reductions and symmetry, programs are as small as they have been elsewhere.

    Not counted: rows and columns of the payoffs, the row of the mediator's root, and row and column
    of each deviator's.
    """
    game = game_called(name)
    model = equilibrium_model(game, concept, objective, reduce=True)
    leave_out_for(model.eq, payoff_weights(model.eq, model.goal.expr))
    found = ef.presolve_symmetry(model).reduced.A.shape
    players = len(game.players)

    assert found[0] - 2 * players - 1 <= most_rows
    assert found[1] - 2 * players <= most_columns


class TestBlocks:
    """Blocks that were narrowed to a goal."""

    def block(self) -> Any:
        """Return such a block."""
        block = mediated_block(ef.instances.load("K23"), concepts.CERTIFICATION, reduce=True)
        leave_out_for(block, np.array([1.0, 0.0]))
        return block

    def test_one_call(self) -> None:
        """`optimal_equilibrium` leaves out what its objective does not need; verified as ever."""
        game = ef.instances.load("K34")
        best = ef.optimal_equilibrium(game, "CERT", "P1")
        reduced = ef.optimal_equilibrium(game, "CERT", "P1", reduce=False)
        kept = mediated_problem(game, concepts.CERTIFICATION, reduce=True).problem.leader

        assert best.model.eq.problem.leader.points < kept.points
        assert best.value == pytest.approx(reduced.value)
        assert max(best.regrets.values()) < 1e-7

    def test_the_leader_of_a_commitment_keeps_her_value(self) -> None:
        """Expressions of payoffs stay what they were; private mediators stay as they are."""
        game = ef.instances.commitment_game()

        assert ef.optimal_equilibrium(game, "sefce").value == pytest.approx(10.5)

    def test_no_other_payoffs(self) -> None:
        """Another game's payoffs may need what was left out."""
        block = self.block()
        with pytest.raises(GameError, match="leaves out what one objective does not need"):
            block.update(block.game)

    def test_expectations(self) -> None:
        """Expectations are those of the policy that the smaller program stands for."""
        game = ef.instances.load("K23")
        numbers = np.arange(float(len(game.terminals)))
        mediated = mediated_problem(game, concepts.CERTIFICATION)
        small = goal_problem(mediated, mediated.payoffs[0])
        x = small.problem.leader.random(np.random.default_rng(1))

        assert small.expectation(numbers) @ x == pytest.approx(small.policy(x).outcome @ numbers)
        assert small.game is game

    def test_weights_of_other_expressions(self) -> None:
        """What is no weighted sum of payoffs has no weights."""
        block = self.block()

        assert payoff_weights(block, block.welfare).tolist() == [1, 1]
        with pytest.raises(CapabilityError, match="no weighted sum of the payoffs"):
            payoff_weights(block, block.deviator["P1"].v[0])
        with pytest.raises(CapabilityError, match="no weighted sum of the payoffs"):
            payoff_weights(block, block.welfare + 1)

    def test_private_mediators(self) -> None:
        """Their answers cannot be compared one by one; their blocks stay as they are."""
        block = mediated_block(ef.instances.load("K23"), concepts.EFCE, reduce=True)
        before = block.problem
        leave_out_for(block, np.ones(2))

        assert block.problem is before
        with pytest.raises(CapabilityError, match="recalls its messages"):
            undominated_answers(before, before.c[None])
