"""Best deviations found in the tree, compared with the written-out game and the linear program."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import CapabilityError
from efmodels.mediator import concept as concepts
from efmodels.mediator.concept import Concept
from efmodels.mediator.conversations import PrivateConversation, RecallingConversation
from efmodels.mediator.deviation_search import honest_outcome, search
from efmodels.mediator.own_moves import OwnMoves
from efmodels.mediator.policy import Policy
from efmodels.mediator.problem import mediated_problem
from efmodels.verifying import Profile
from tests.efmodels.mediator.random_policies import random_policy
from tests.oracles.full_communication_game import deviation_value, honest_payoff

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints

NAMED = {
    name: value
    for name, value in vars(concepts).items()
    if isinstance(value, Concept) and value.deviate != "plan"
}
UNNAMED = {
    "private and silent": Concept("private", "silent", "full"),
    "private, coarse after lies": Concept("private", "lie", "coarse"),
    "forced, without eyes": Concept("recall", "forced", "full"),
    "forced and coarse, without eyes": Concept("recall", "forced", "coarse"),
    "lies to one who sees all": Concept("recall", "lie", "full", observe="everything"),
    "silence before one who sees all": Concept("recall", "silent", "full", observe="everything"),
    **{
        f"{name}, silence not heard": replace(value, hears_silence=False)
        for name, value in NAMED.items()
        if value.memory == "recall"
    },
}
CONCEPTS = NAMED | UNNAMED
SEARCH = (
    *("conversations", "deviation", "deviation_search", "information", "own_moves", "plays"),
    "witnessed_moves",
)
ROOT = Path(ef.__file__).resolve().parent.parent


def random_game(seed: int) -> ef.Game:
    """Return a small game: two or three players, chance, infosets that a play may not come to."""
    return ef.instances.random_tree(
        seed, players=2 + seed % 2, depth=3, branching=3, chance_probability="1/3"
    )


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(6), id="6 policies"),
        pytest.param(range(100, 400), marks=pytest.mark.slow, id="300 policies"),
    ],
)
@pytest.mark.parametrize("name", CONCEPTS)
def test_three_routes_agree(name: str, seeds: range) -> None:
    """Tree search, written-out game and the arrays of the linear program find the same value."""
    for seed in seeds:
        game, concept = random_game(seed), CONCEPTS[name]
        mediated = mediated_problem(game, concept)
        policy, drawn = random_policy(mediated, seed)
        for number, follower in enumerate(mediated.problem.followers, start=1):
            found = policy.best_deviation(follower.label)
            written = deviation_value(game, concept, number, drawn)

            assert found.value == pytest.approx(written, abs=1e-9)
            assert found.value == pytest.approx(follower.best_response(policy.mu)[0], abs=1e-9)
            assert found.inconsistency < 1e-12


@pytest.mark.parametrize("name", CONCEPTS)
def test_honest_payoffs(name: str) -> None:
    """What honesty and obedience pay is the same in the tree, written out and in the arrays."""
    for seed in range(10, 14):
        game, concept = random_game(seed), CONCEPTS[name]
        mediated = mediated_problem(game, concept)
        policy, drawn = random_policy(mediated, seed)
        found = list(policy.payoffs().values())
        numbers = range(1, len(game.players) + 1)

        assert found == pytest.approx([honest_payoff(game, concept, k, drawn) for k in numbers])
        assert found == pytest.approx((mediated.payoffs @ policy.mu).tolist())


@pytest.mark.parametrize("name", NAMED)
def test_any_point_of_the_polytope(name: str) -> None:
    """The values agree at random points, which for a private mediator mix all joint plans."""
    for seed in range(20, 26):
        mediated = mediated_problem(random_game(seed), NAMED[name])
        generator = np.random.default_rng(seed)
        policy = Policy(mediated, mediated.problem.leader.random(generator))
        for follower in mediated.problem.followers:
            found = policy.best_deviation(follower.label)

            assert found.value == pytest.approx(follower.best_response(policy.mu)[0], abs=1e-9)
            assert found.inconsistency < 1e-12


def test_spies() -> None:
    """A deviator who sees chance's moves does as well as in the written-out game, and better."""
    better = 0
    for seed in range(12):
        game = random_game(seed)
        blind = concepts.COMMUNICATION
        mediated = mediated_problem(game, blind)
        policy, drawn = random_policy(mediated, seed)
        spying = replace(blind, spies="chance")
        for number, player in enumerate(game.players, start=1):
            talk = RecallingConversation(
                game, policy.answers, hears_silence=True, observe="nothing"
            )
            information, _ = search(OwnMoves(game), spying, talk, number)
            value = information.worth().payoff[0]

            assert value == pytest.approx(deviation_value(game, spying, number, drawn))
            better += value > policy.best_deviation(player).value + 1e-6
    assert better > 0


@pytest.mark.parametrize("module", SEARCH)
def test_no_code_is_shared_with_the_linear_program(module: str) -> None:
    """The search imports of the mediator's modules nothing but its own."""
    path = Path(f"efmodels/mediator/{module}.py")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    own = {f"efmodels.mediator.{name}" for name in (*SEARCH, "concept")}
    basic = {"efmodels.game", "efmodels.errors"}

    assert {name for name in found if str(name).startswith("efmodels")} <= own | basic


def test_plans_for_the_whole_game_are_refused() -> None:
    """The probabilities of answers do not tell what is heard with a whole plan."""
    moves = OwnMoves(random_game(0))
    talk = PrivateConversation(moves, Uniform(moves))

    with pytest.raises(CapabilityError, match="deviate='plan'"):
        search(moves, concepts.NFCE, talk, 1)


class Uniform:
    """A private mediator that draws every answer by itself, each with the same probability."""

    def __init__(self, moves: OwnMoves) -> None:
        self._moves = moves

    def joint_probability(self, transcripts: Ints) -> Floats:
        """Multiply the probabilities of all answers to all players."""
        width = np.diff(self._moves.game.action_start)
        result = np.ones(len(transcripts))
        for player in transcripts.T:
            here = player.copy()
            while (here >= 0).any():
                infoset = self._moves.infoset_of[np.maximum(here, 0)]
                result = np.where(here >= 0, result / width[infoset], result)
                here = np.where(here >= 0, self._moves.before[infoset], here)
        return result


@pytest.mark.parametrize("seed", range(4))
def test_a_mediator_of_another_kind(seed: int) -> None:
    """The search needs no policy of ours: independent answers give independent strategies."""
    game = random_game(seed)
    moves = OwnMoves(game)
    uniform = [1 / w for w in np.diff(game.action_start) for _ in range(w)]
    outcome = honest_outcome(game, PrivateConversation(moves, Uniform(moves)))
    profile = Profile(game, np.array(uniform))
    for number, player in enumerate(game.players, start=1):
        talk = PrivateConversation(moves, Uniform(moves))
        information, _ = search(moves, concepts.NFCCE, talk, number)

        assert information.worth().payoff[0] == pytest.approx(profile.best_response_value(player))
        assert talk.inconsistency() < 1e-12
    assert outcome @ game.payoffs == pytest.approx(list(profile.payoffs().values()))


class Wrong(Uniform):
    """Forgets a part of the probability of one answer."""

    def joint_probability(self, transcripts: Ints) -> Floats:
        """Take a tenth from all that go with one action of the last infoset."""
        last = len(self._moves.infoset_of) - 1
        return super().joint_probability(transcripts) * np.where(
            (transcripts == last).any(axis=1), 0.9, 1.0
        )


def test_probabilities_that_do_not_add_up_are_noticed() -> None:
    """Joint probabilities of no distribution over plans are told by how much they fail."""
    game = ef.Game.from_matrices([[1, 0], [0, 1]], [[0, 1], [1, 0]])
    moves = OwnMoves(game)
    talk = PrivateConversation(moves, Wrong(moves))
    search(moves, concepts.EFCE, talk, 1)

    assert talk.inconsistency() == pytest.approx(0.05)


def test_answers_that_do_not_add_up_are_noticed() -> None:
    """With recall every answer is looked at alone."""
    game = ef.Game.from_matrices([[1, 0], [0, 1]], [[0, 1], [1, 0]])

    class Careless:
        def answers(self, memory: Ints, _: Ints) -> Floats:
            return np.tile([0.5, 0.4], len(memory))

        def told(self, memory: Ints, _: Ints, __: Ints) -> Ints:
            return memory

        def silent(self, memory: Ints, _: int) -> Ints:
            return memory

        def saw(self, memory: Ints, _: Ints) -> Ints:
            return memory

    talk = RecallingConversation(game, Careless(), hears_silence=True, observe="nothing")
    honest_outcome(game, talk)

    assert talk.inconsistency() == pytest.approx(0.1)


def test_unknown_answers_are_refused() -> None:
    """A policy has nothing to say to messages that its walk has never met."""
    game = random_game(0)
    mediated = mediated_problem(game, concepts.BAYES_CORRELATED)
    policy = Policy(mediated, mediated.problem.leader.uniform())
    talk = RecallingConversation(game, policy.answers, hears_silence=True, observe="nothing")

    with pytest.raises(ef.GameError, match="made for another game or concept"):
        honest_outcome(game, talk)
