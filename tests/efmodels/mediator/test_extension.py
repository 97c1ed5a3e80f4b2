"""Policies of reduced problems, extended to the whole game, keep their promises in the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels import instances
from efmodels.errors import CapabilityError, GameError
from efmodels.mediator import concept as concepts
from efmodels.mediator.extension import ExtendedConversation
from efmodels.mediator.policy import Policy
from efmodels.mediator.problem import mediated_problem
from tests.efmodels.mediator.test_deviation_search import UNNAMED
from tests.efmodels.mediator.test_reductions import CONCEPTS, LARGEST_FOR_LCE, a_game, rows
from tests.oracles.full_communication_game import deviation_value, honest_payoff
from tests.oracles.mediated import optimum

if TYPE_CHECKING:
    from efmodels import Game
    from efmodels.game import Floats, Ints
    from tests.oracles.full_communication_game import Message

FAST = range(20)
SLOW = range(20, 1_000)
SEEDS = [*FAST, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW)]
FEWER = [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 108))]
LARGEST = 600  # rows of a program that is solved twice
CLOSE = 1e-9


def concepts_for(game: Game) -> dict[str, concepts.Concept]:
    """Return the concepts that are tried on a game."""
    small = len(game.infoset_owner) <= LARGEST_FOR_LCE
    return {name: concept for name, concept in CONCEPTS.items() if small or name != "LCE"}


def drawn_policy(game: Game, concept: concepts.Concept, seed: int) -> Policy:
    """Return a random policy of a reduced problem, with some answers that are never given."""
    generator = np.random.default_rng(seed)
    mediated = mediated_problem(game, concept, reduce=True)
    polytope = mediated.problem.leader
    draws = generator.standard_exponential(polytope.size) * (generator.random(polytope.size) < 0.7)
    return Policy(mediated, polytope.realization(polytope.behaviour(draws)))


class TestAnyPolicy:
    """Whatever the mediator does where it is asked, what was left out makes no difference."""

    @pytest.mark.parametrize("seed", SEEDS)
    def test_tree_and_reduced_arrays_agree(self, seed: int) -> None:
        """Best deviations in the tree are worth what those of the reduced problem are."""
        game = a_game(seed)
        for concept in concepts_for(game).values():
            policy = drawn_policy(game, concept, seed)
            paid = policy.mediated.payoffs @ policy.mu

            assert list(policy.payoffs().values()) == pytest.approx(paid.tolist(), abs=CLOSE)
            for follower in policy.mediated.problem.followers:
                found = policy.best_deviation(follower.label)
                expected = follower.best_response(policy.mu)[0]

                assert found.value == pytest.approx(expected, abs=CLOSE)
                assert found.inconsistency < CLOSE

    @pytest.mark.parametrize("name", UNNAMED)
    def test_concepts_without_a_name(self, name: str) -> None:
        """Other choices of the switches, and a player who does what she is told."""
        for seed in range(0, 12, 2):
            game, generator = a_game(seed + 1), np.random.default_rng(seed)
            mediated = mediated_problem(game, UNNAMED[name], game.players[1:], reduce=True)
            policy = Policy(mediated, mediated.problem.leader.random(generator))
            for follower in mediated.problem.followers:
                found = policy.best_deviation(follower.label)
                expected = follower.best_response(policy.mu)[0]

                assert found.value == pytest.approx(expected, abs=CLOSE)

    @pytest.mark.parametrize("seed", range(6))
    @pytest.mark.parametrize("name", ["COMM", "CERT", "CCERT", "NFCCERT", "BCE"])
    def test_game_written_out(self, name: str, seed: int) -> None:
        """Played to the end against every report there is, the values are the same once more."""
        game = a_game(seed)
        policy = drawn_policy(game, CONCEPTS[name], seed)
        drawn = [(1.0, Listener(policy).answers)]
        for number, player in enumerate(game.players, start=1):
            value = deviation_value(game, CONCEPTS[name], number, drawn)
            paid = honest_payoff(game, CONCEPTS[name], number, drawn)

            assert policy.best_deviation(player).value == pytest.approx(value, abs=CLOSE)
            assert policy.payoffs()[player] == pytest.approx(paid, abs=CLOSE)

    def test_reports_were_left_out(self) -> None:
        """In many of these games with three players somebody's report is ignored."""
        games = [game for game in map(a_game, FAST) if len(game.players) == 3]
        problems = [mediated_problem(game, concepts.COMMUNICATION, reduce=True) for game in games]

        assert sum(len(one.walk.reports.dropped) > 0 for one in problems) >= len(games) / 4


class Listener:
    """Answers of an extended policy after any messages, of which it remembers what fits."""

    def __init__(self, policy: Policy) -> None:
        self._talk = ExtendedConversation(policy)
        self._width = np.diff(policy.mediated.game.action_start)
        self._root = policy.mediated.concept.deviate == "root"

    def answers(self, messages: tuple[Message, ...], infoset: int) -> list[float]:
        """Return the probabilities of all answers to a report."""
        memory, weight = np.zeros(1, dtype=np.int64), np.ones(1)
        for first, message in enumerate(messages):
            memory, weight = self._after(memory, weight, message, first=not first)
        row, answer, factor, _ = self._talk.answered(memory, np.full(len(memory), infoset))
        total = np.bincount(answer, factor * weight[row], self._width[infoset])
        likely: list[float] = np.minimum(total / total.sum(), 1.0).tolist()
        return likely

    def _after(
        self, memory: Ints, weight: Floats, message: Message, *, first: bool
    ) -> tuple[Ints, Floats]:
        kind, number, action = message
        if kind == "saw":
            return self._talk.saw(memory, np.full(len(memory), number)), weight
        if kind == "silent" and first and self._root:
            return self._talk.stays_out(memory, number), weight
        if kind == "silent":
            reaction = self._talk.silent(memory, number)
            given = np.arange(len(reaction.row))
        else:
            reaction = self._talk.answered(memory, np.full(len(memory), number))
            given = np.flatnonzero(reaction.answer == action)
        return reaction.memory[given], (weight[reaction.row] * reaction.factor)[given]


class TestOptima:
    """An optimum of the reduced problem is one of the game."""

    @pytest.mark.parametrize("seed", FEWER)
    def test_no_regret_and_no_loss(self, seed: int) -> None:
        """Nobody regrets anything in the tree, and the unreduced optimum is no better."""
        game = a_game(seed)
        range_of_payoffs = float(np.ptp(game.payoffs))
        weights = np.random.default_rng(seed).integers(-3, 4, len(game.players))
        for concept in concepts_for(game).values():
            whole = mediated_problem(game, concept)
            if rows(whole) > LARGEST:
                continue
            reduced = mediated_problem(game, concept, reduce=True)
            expected, _ = optimum(whole.problem, weights @ whole.payoffs)
            value, x = optimum(reduced.problem, weights @ reduced.payoffs)
            policy = Policy(reduced, x)

            assert value == pytest.approx(expected, abs=1e-6)
            assert weights @ list(policy.payoffs().values()) == pytest.approx(value, abs=1e-6)
            assert max(policy.regrets().values()) <= 1e-7 * max(range_of_payoffs, 1.0)

    def test_liars_at_poker(self) -> None:
        """Three liars at Kuhn poker: a policy of half the questions is checked with all of them."""
        game = instances.load("K34")
        policy = drawn_policy(game, concepts.COMMUNICATION, seed=1)
        for follower in policy.mediated.problem.followers:
            found = policy.best_deviation(follower.label)

            assert found.value == pytest.approx(follower.best_response(policy.mu)[0], abs=CLOSE)


class TestPlays:
    """Plays of an extended policy."""

    @pytest.mark.parametrize("name", ["EFCE", "COMM", "CERT", "BCE"])
    def test_average_payoffs(self, name: str) -> None:
        """Averages are near the expected payoffs: within five standard errors."""
        policy = drawn_policy(a_game(4), CONCEPTS[name], seed=4)
        generator = np.random.default_rng(4)
        paid = np.array([list(policy.play(generator).payoffs.values()) for _ in range(1_000)])
        error = paid.std(axis=0) / np.sqrt(len(paid))
        expected = list(policy.payoffs().values())

        assert (np.abs(paid.mean(axis=0) - expected) <= 5 * error + CLOSE).all()

    def test_outcomes(self) -> None:
        """With recall the outcome is a distribution; a private mediator does not say all of it."""
        policy = drawn_policy(a_game(4), concepts.CERTIFICATION, seed=4)

        assert policy.outcome.sum() == pytest.approx(1)
        assert policy.outcome @ policy.mediated.game.payoffs == pytest.approx(
            list(policy.payoffs().values())
        )
        with pytest.raises(CapabilityError, match="reduce=False"):
            _ = drawn_policy(a_game(4), concepts.EFCE, seed=4).outcome

    def test_private_mediators_do_not_react(self) -> None:
        """Their answers were drawn before."""
        with pytest.raises(GameError, match="drawn first"):
            ExtendedConversation(drawn_policy(a_game(4), concepts.EFCE, seed=4))
