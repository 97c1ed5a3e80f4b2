"""What deviators see and hear beyond their infosets, and what the mediator sees of chance."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

import efmodels as ef
from efmodels.errors import GameError
from efmodels.mediator.concept import COMMUNICATION, EFCE, Concept
from efmodels.mediator.problem import mediated_problem
from efmodels.mediator.refined_infosets import own_infosets
from efmodels.mediator.transcripts import Transcripts
from efmodels.mediator.words import memory_names
from tests.efmodels.mediator.random_policies import random_policy
from tests.oracles.full_communication_game import deviation_value, draws_before
from tests.oracles.mediated import optima_or_nothing
from tests.random_games import dealt_game, random_game
from tests.random_persuasion import random_persuasion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPIES = {"spies": "chance"}
OVERHEARS = {"overhears": "everything"}
SWITCHED: dict[str, dict[str, Any]] = {
    "spies": SPIES,
    "overhears": OVERHEARS,
    "spies and overhears": SPIES | OVERHEARS,
}
WITH_RECALL: dict[str, dict[str, Any]] = {
    "observed draws": {"observe": "chance"},
    "observed draws, silence not heard": {"observe": "chance", "hears_silence": False},
    "all of it": SPIES | OVERHEARS | {"observe": "chance"},
    "observed moves, overheard": OVERHEARS | {"observe": "everything"},
}


def basic_concepts() -> Iterator[Concept]:
    """Yield all choices of memory, report and deviation that go together, but whole plans."""
    for memory, report, deviate in product(
        ("private", "recall"), ("forced", "silent", "lie", "untimed"), ("full", "coarse", "root")
    ):
        if report != "untimed" or (memory, deviate) == ("private", "full"):
            yield Concept(memory, report, deviate)


CONCEPTS = {
    f"{one.memory} {one.report} {one.deviate}, {name}": replace(one, **switches)
    for one in basic_concepts()
    for name, switches in (SWITCHED | (WITH_RECALL if one.memory == "recall" else {})).items()
}
FAST = range(1)
SLOW = range(1, 9)
SEEDS = [*FAST, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW)]
LARGEST_FOR_QUESTIONS = 8  # infosets; beyond, questions at any time are too many
LARGEST = 1_000  # rows of a linear program


def a_game(seed: int) -> ef.Game:
    """Return a small random game of one of three kinds, for two or three players."""
    players = 2 + seed % 2
    if seed % 3 == 0:
        return dealt_game(seed, players=players)
    if seed % 3 == 1:
        return random_game(seed, players=players, nodes=9)
    return ef.instances.random_tree(
        seed, players=players, depth=3, branching=3, chance_probability="1/3"
    )


def too_large(game: ef.Game, concept: Concept) -> bool:
    """Return whether a concept has too many questions for a random test."""
    return concept.report == "untimed" and len(game.infoset_owner) > LARGEST_FOR_QUESTIONS


def early_or_late() -> ef.Game:
    """Return a game in which chance draws before a player's first move, or after it.

    She does not know which, nor what was drawn, and moves a second time.
    """
    generator = np.random.default_rng(0)

    def second(first: str) -> dict[str, Any]:
        ends = {a: {"payoffs": generator.integers(-4, 5, 2).tolist()} for a in "lr"}
        return {"player": "She", "infoset": f"second, {first}", "actions": ends}

    def draw(below: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        odds = {"high": "1/2", "low": "1/2"}
        return {"chance": odds, "actions": {drawn: below() for drawn in odds}}

    def first(below: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        return {"player": "She", "infoset": "first", "actions": {a: below(a) for a in "lr"}}

    moves = {
        "early": draw(lambda: first(second)),
        "late": first(lambda a: draw(lambda: second(a))),
    }
    return ef.Game.from_dict(
        {"player": "He", "infoset": "timing", "actions": moves}, players=["She", "He"]
    )


def one_of_two() -> ef.Game:
    """Return a game in which chance lets one of two players move, and then a third one who is she.

    She sees neither who moved nor how.
    """
    generator = np.random.default_rng(1)

    def hers() -> dict[str, Any]:
        ends = {a: {"payoffs": generator.integers(-4, 5, 3).tolist()} for a in "lr"}
        return {"player": "She", "infoset": "moves", "actions": ends}

    moves = {
        mover: {"player": mover, "infoset": "moves", "actions": {a: hers() for a in "lr"}}
        for mover in ("He", "It")
    }
    return ef.Game.from_dict(
        {"chance": {"He": "1/2", "It": "1/2"}, "actions": moves}, players=["She", "He", "It"]
    )


EARLY_OR_LATE = early_or_late()
ONE_OF_TWO = one_of_two()


class TestDeviations:
    """The best deviation from random policies, by three routes."""

    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("name", CONCEPTS)
    def test_three_routes_agree(self, name: str, seed: int) -> None:
        """Tree search, written-out game and the arrays of the linear program agree."""
        concept, game = CONCEPTS[name], a_game(seed + list(CONCEPTS).index(name))
        if too_large(game, concept):
            return
        assert_three_routes(game, concept)

    @pytest.mark.parametrize("switches", SWITCHED.values(), ids=SWITCHED)
    @pytest.mark.parametrize("deviate", ["full", "coarse", "root"])
    def test_knowing_more_helps(self, deviate: Any, switches: dict[str, Any]) -> None:
        """To see or to hear more never hurts a deviator, and sometimes pays."""
        gains = []
        blind = Concept("recall", "silent", deviate)
        for seed in range(9):
            game = a_game(seed)
            both = [mediated_problem(game, one) for one in (blind, replace(blind, **switches))]
            mu = random_policy(both[0], seed)[0].mu
            followers = zip(both[0].problem.followers, both[1].problem.followers, strict=True)
            gains += [two.best_response(mu)[0] - one.best_response(mu)[0] for one, two in followers]

        assert min(gains) > -1e-9
        assert max(gains) > 1e-3


class TestRefinement:
    """Infosets, split by what was witnessed."""

    def test_nothing_to_witness(self) -> None:
        """Without spying or overhearing, the game's own numbers stay, as the same object."""
        transcripts = Transcripts(a_game(0))

        assert own_infosets(transcripts, COMMUNICATION) is transcripts

    @pytest.mark.parametrize("seed", range(12))
    def test_parts_by_draws(self, seed: int) -> None:
        """Who spies tells nodes apart by chance's moves, now and before each own move."""
        game = a_game(seed)
        transcripts = Transcripts(game)
        own = own_infosets(transcripts, replace(EFCE, spies="chance"))
        players = np.flatnonzero(game.owner > 0).tolist()
        known = [(int(game.infoset[node]), *draws_at_own_moves(game, node)) for node in players]
        pairs = set(zip(own.at_node[players].tolist(), known, strict=True))

        assert len(pairs) == len(set(known)) == own.infosets
        assert own.base[own.at_node[players]].tolist() == transcripts.at_node[players].tolist()
        assert own.base_sequence[own.before].tolist() == transcripts.before[own.base].tolist()
        assert own.moves.tolist() == transcripts.moves[own.base].tolist()

    def test_names(self) -> None:
        """The decision points of a spy say what she saw, those of an eavesdropper what she heard.

        She does not hear what she is told herself.
        """
        game = ef.instances.single_item_auction(values=((1, 2), (3,)))
        spy, listener = (
            mediated_problem(game, replace(EFCE, **one)).problem.followers[1]
            for one in (SPIES, OVERHEARS)
        )

        assert spy.polytope.point_names[:2] == ("3|saw 1 3|3:in", "3|saw 1 3|3:out")
        assert listener.polytope.point_names[:2] == ("3|saw in|3:in", "3|saw in|3:out")

    def test_plans_in_words(self) -> None:
        """The table of a best deviation says what was seen."""
        game = ef.instances.voter_persuasion(1, 1, "1/2")
        mediated = mediated_problem(game, replace(EFCE, spies="chance"))
        policy = ef.mediator.policy.Policy(mediated, mediated.problem.leader.uniform())
        plan = policy.best_deviation("P1").plan()

        assert plan[["infoset", "recommendation", "action"]].to_numpy().tolist() == [
            ["vote (saw good)", "no", "yes"],
            ["vote (saw bad)", "yes", "no"],
        ]

    def test_nobody_moves(self) -> None:
        """In a game without a move of a player there is nothing to refine."""
        game = ef.Game.from_dict(
            {"chance": {"a": 1}, "actions": {"a": {"payoffs": [1, 2]}}}, players=["P1", "P2"]
        )
        for concept in CONCEPTS.values():
            mediated = mediated_problem(game, concept)

            assert [one.polytope.points for one in mediated.problem.followers] == [0, 0]

    def test_whole_plans(self) -> None:
        """Who hears her whole plan before the game cannot see or hear more by then."""
        for switches in (SPIES, OVERHEARS):
            with pytest.raises(GameError, match="overhears='nothing'"):
                Concept("private", "forced", "plan", **switches)

    def test_when_it_was_seen(self) -> None:
        """Who saw no draw at her first move remembers that at her second one."""
        transcripts = Transcripts(EARLY_OR_LATE)
        own = own_infosets(transcripts, replace(EFCE, spies="chance"))
        parts = np.bincount(own.base, minlength=transcripts.infosets)
        hers = transcripts.owner == 1

        # Before the draw or after it; then two actions, and the draw, early or late.
        assert parts[hers].tolist() == [1 + 2, 2 * 2, 2 * 2]
        assert_three_routes(EARLY_OR_LATE, replace(EFCE, spies="chance"))

    def test_who_was_told(self) -> None:
        """The same words to another player are another thing to overhear."""
        transcripts = Transcripts(ONE_OF_TWO)
        own = own_infosets(transcripts, replace(EFCE, overhears="everything"))
        parts = np.bincount(own.base, minlength=transcripts.infosets)

        assert parts[transcripts.owner == 1].tolist() == [4]
        assert_three_routes(ONE_OF_TWO, replace(EFCE, overhears="everything"))


def assert_three_routes(game: ef.Game, concept: Concept) -> None:
    """Compare the best deviations from random policies in the tree, written out and in arrays."""
    mediated = mediated_problem(game, concept)
    for seed in range(4):
        policy, drawn = random_policy(mediated, seed)
        for number, follower in enumerate(mediated.problem.followers, start=1):
            found = policy.best_deviation(follower.label)
            written = deviation_value(game, concept, number, drawn)

            assert found.value == pytest.approx(written, abs=1e-9)
            assert follower.best_response(policy.mu)[0] == pytest.approx(written, abs=1e-9)
            assert found.inconsistency < 1e-12


def draws_at_own_moves(game: ef.Game, node: int) -> list[tuple[str, ...]]:
    """Return what chance has drawn before a node, and before the owner's moves on the way to it."""
    owner, draws = game.owner[node], []
    while node >= 0:
        if game.owner[node] == owner:
            draws.append(draws_before(game, node))
        node = int(game.parent[node])
    return draws


class TestObservedDraws:
    """A mediator who sees the moves of chance."""

    def test_memories_in_words(self) -> None:
        """It remembers what chance had drawn when somebody moved."""
        concept = Concept("recall", "forced", "full", observe="chance")
        names = memory_names(mediated_problem(ef.instances.voter_persuasion(2, 1, "1/2"), concept))

        assert names == [
            "saw good",
            "saw bad",
            *[
                f"saw {state}, P1 vote: {vote}, saw {state}"
                for state, vote in product(("good", "bad"), ("no", "yes"))
            ],
        ]

    def test_before_any_draw(self) -> None:
        """Where chance has not moved yet, it has seen no draw."""
        concept = Concept("recall", "forced", "full", observe="chance")
        names = memory_names(mediated_problem(ef.instances.chicken(6, 2, 7, 0), concept))

        assert names[0] == "saw no draw"

    def test_what_it_does_not_see(self) -> None:
        """It advises alike whatever was done that nobody reported: one answer per memory."""
        game = ef.instances.voter_persuasion(2, 1, "1/2")
        sizes = {
            observe: mediated_problem(
                game, Concept("recall", "forced", "full", observe=observe)
            ).problem.leader.points
            for observe in ("chance", "everything")
        }

        # A question to P1 in each state; to P2 after each answer, and each disobedience if seen.
        assert sizes == {"chance": 2 + 4, "everything": 2 + 4 + 4}

    def test_play(self) -> None:
        """A play can be drawn, and all that is asked is known."""
        concept = Concept("recall", "forced", "full", observe="chance")
        mediated = mediated_problem(a_game(3), concept)
        policy, _ = random_policy(mediated, 0)
        generator = np.random.default_rng(0)
        frequency = np.zeros(mediated.game.nodes)
        for _ in range(300):
            frequency[policy.play(generator).terminal] += 1 / 300

        assert_allclose(frequency[mediated.game.terminals], policy.outcome, atol=0.1)


class TestReductions:
    """Folding, exposure and dominance are exact with what is seen and heard, too."""

    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("name", CONCEPTS)
    def test_optima_stay(self, name: str, seed: int) -> None:
        """Reduced problems have the optima of the unreduced ones, or, like them, none."""
        concept, game = CONCEPTS[name], a_game(seed + list(CONCEPTS).index(name))
        if too_large(game, concept):
            return
        whole = mediated_problem(game, concept)
        reduced = mediated_problem(game, concept, reduce=True)
        if sum(one.polytope.size for one in whole.problem.followers) > LARGEST:
            return
        weights = [np.ones(len(game.players)), *np.eye(len(game.players))]

        assert_allclose(
            optima_or_nothing(reduced.problem, [w @ reduced.payoffs for w in weights]),
            optima_or_nothing(whole.problem, [w @ whole.payoffs for w in weights]),
            atol=1e-6,
        )

    @pytest.mark.parametrize("switches", SWITCHED.values(), ids=SWITCHED)
    def test_something_is_left_out(self, switches: dict[str, Any]) -> None:
        """Reports are exposed, and choices dominated, in these games."""
        concept = replace(COMMUNICATION, **switches)
        reports = choices = 0
        for seed in range(1, 20, 2):
            game = a_game(seed)
            whole = mediated_problem(game, concept)
            reduced = mediated_problem(game, concept, reduce=True)
            reports += len(reduced.walk.reports.dropped) > 0
            sizes = [
                sum(one.polytope.size for one in problem.problem.followers)
                for problem in (whole, reduced)
            ]
            choices += sizes[1] < sizes[0]

        assert reports >= 2
        assert choices >= 5


def strategic_game(seed: int) -> ef.Game:
    """Return a game in which signals matter: costly ones of types, or advice about a state."""
    if seed % 2:
        payoffs = np.random.default_rng(seed).integers(-5, 6, (2, 2, 2, 2))
        return ef.instances.signaling_game(sender=payoffs[0], receiver=payoffs[1])
    return random_persuasion(seed)


def best(game: ef.Game, concept: Concept) -> float:
    """Return the largest welfare, minus infinity where there is no equilibrium."""
    problem = mediated_problem(game, concept).problem
    return optima_or_nothing(problem, [problem.c])[0]


class TestOrder:
    """What the optima of the new switches are next to those of the others."""

    @pytest.mark.parametrize("make", [a_game, strategic_game])
    @pytest.mark.parametrize("seed", range(8))
    def test_knowing_deviators(self, make: Callable[[int], ef.Game], seed: int) -> None:
        """Whatever deviators see or hear, the optimum is no larger; both leave least."""
        game = make(seed)
        for concept in (
            EFCE,
            COMMUNICATION,
            Concept("recall", "forced", "full"),
            Concept("recall", "silent", "coarse"),
            Concept("recall", "forced", "root"),
        ):
            plain = best(game, concept)
            spies, overhears, both = (
                best(game, replace(concept, **switches)) for switches in SWITCHED.values()
            )

            assert max(spies, overhears) <= plain + 1e-6
            assert both <= min(spies, overhears) + 1e-6

    @pytest.mark.parametrize("make", [a_game, strategic_game])
    @pytest.mark.parametrize("seed", range(8))
    def test_seeing_mediators(self, make: Callable[[int], ef.Game], seed: int) -> None:
        """Who sees the draws reaches at least as much as who sees nothing, and no more than all."""
        game = make(seed)
        blind, seeing, all_seeing = (
            best(game, Concept("recall", "forced", "full", observe=what))
            for what in ("nothing", "chance", "everything")
        )

        assert blind <= seeing + 1e-6
        assert seeing <= all_seeing + 1e-6

    def test_all_of_it_is_strict_somewhere(self) -> None:
        """Each of the inequalities is strict in one of the games."""
        forced = Concept("recall", "forced", "full")
        pairs = [
            (replace(EFCE, **SPIES), EFCE),
            (replace(forced, observe="chance", **OVERHEARS), replace(forced, observe="chance")),
            (forced, replace(forced, observe="chance")),
            (replace(forced, observe="chance"), replace(forced, observe="everything")),
        ]
        games = [strategic_game(seed) for seed in range(8)]
        for low, high in pairs:
            assert any(best(game, low) < best(game, high) - 1e-3 for game in games)
