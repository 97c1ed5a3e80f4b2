"""Reduced problems have the optimum of the unreduced ones, and are as small as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from efmodels import Game, GameBuilder, instances
from efmodels.errors import CapabilityError, GameError
from efmodels.mediation_blocks import mediated_block
from efmodels.mediator import concept as concepts
from efmodels.mediator.problem import mediated_problem
from efmodels.mediator.reductions import constant_below
from tests.oracles.mediated import optima
from tests.random_games import dealt_game, random_game

if TYPE_CHECKING:
    from efmodels.mediator.concept import Concept
    from efmodels.mediator.problem import MediatedProblem

CONCEPTS = {
    "LCE": concepts.LINEAR,
    "PCOMM": concepts.PRIVATE_COMMUNICATION,
    "EFCE": concepts.EFCE,
    "EFCCE": concepts.EFCCE,
    "NFCCE": concepts.NFCCE,
    "COMM": concepts.COMMUNICATION,
    "CERT": concepts.CERTIFICATION,
    "CCERT": concepts.COARSE_CERTIFICATION,
    "NFCCERT": concepts.MEDIATED,
    "BCE": concepts.BAYES_CORRELATED,
    "CBCE": concepts.COARSE_BAYES_CORRELATED,
    "NFCBCE": concepts.OPTOUT_BAYES_CORRELATED,
}
EVERY = sorted(CONCEPTS)
LARGEST_FOR_LCE = 8  # infosets; beyond, questions at any time are too many for a random test
LARGEST = 1_000  # rows
FAST = range(15)
SLOW = range(15, 115)
SEEDS = [*FAST, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW)]


def a_game(seed: int) -> Game:
    """Return a random game with two or three players, in turns of two kinds."""
    players = 2 + seed % 2
    if seed % 3 == 0:
        return random_game(seed, players=players, nodes=8)
    return dealt_game(seed, players=players, moves=3 + (seed % 8 == 4))


def several(problem: MediatedProblem) -> int:
    """Return the number of coordinates that several flows complete."""
    reach = problem.problem.reach
    return 0 if reach is None else int((np.diff(reach.indptr) > 1).sum())


def rows(problem: MediatedProblem) -> int:
    """Return the number of rows of the linear program: flows, reach, replies, and obedience.

    Neither the row ``x[root] = 1`` counts, nor those that define the players' payoffs.
    """
    replies = sum(follower.polytope.size for follower in problem.problem.followers)
    return problem.problem.leader.points + several(problem) + replies


def columns(problem: MediatedProblem) -> int:
    """Return the number of columns: flows but the root, reach, values but those of the roots."""
    values = sum(follower.polytope.points for follower in problem.problem.followers)
    return problem.problem.leader.size - 1 + several(problem) + values


def game_called(name: str) -> Game:
    """Return a benchmark game by the name that sizes are listed under."""
    if name == "GL3":
        return instances.goofspiel(3, 3, ties="discard")
    if name == "S_small":
        return instances.sheriff(3, 1, 1, value=1, penalty=2, compensation=3)
    if name == "D32":  # the bids of the instance are in another order, and a face is wild
        return instances.liars_dice(3, 2, wild=False, bid_order="quantity")
    return instances.load(name)


def assert_equal_optima(game: Game, concept: Concept, seed: int) -> MediatedProblem | None:
    """Compare optima for welfare, each player, and random weights; return the reduced problem."""
    whole = mediated_problem(game, concept)
    if rows(whole) > LARGEST:
        return None
    reduced = mediated_problem(game, concept, reduce=True)
    players = len(game.players)
    random = np.random.default_rng(seed).integers(-3, 4, players)
    weights = [np.ones(players), *np.eye(players), random]
    expected = optima(whole.problem, [w @ whole.payoffs for w in weights])
    found = optima(reduced.problem, [w @ reduced.payoffs for w in weights])

    assert_allclose(found, expected, atol=1e-6)
    return reduced


class TestRandomGames:
    """The optimum stays what it is."""

    @pytest.mark.parametrize("seed", SEEDS)
    def test_optima_stay(self, seed: int) -> None:
        """All reductions together change no optimum of any concept."""
        game = a_game(seed)
        for name, concept in CONCEPTS.items():
            if name != "LCE" or len(game.infoset_owner) <= LARGEST_FOR_LCE:
                assert_equal_optima(game, concept, seed)

    @pytest.mark.parametrize("name", EVERY)
    def test_something_is_left_out(self, name: str) -> None:
        """The random games do have something to leave out: the other tests test something."""
        games = [game for game in map(a_game, FAST) if len(game.infoset_owner) <= LARGEST_FOR_LCE]
        both = [
            [rows(mediated_problem(game, CONCEPTS[name], reduce=r)) for r in (False, True)]
            for game in games
        ]

        assert sum(reduced < whole for whole, reduced in both) >= len(games) / 2

    def test_somebody_is_exposed(self) -> None:
        """Many of the games with three players have reports that expose the liar."""
        games = [game for game in map(a_game, FAST) if len(game.players) == 3]
        problems = [mediated_problem(game, concepts.COMMUNICATION, reduce=True) for game in games]

        assert sum(len(one.walk.reports.dropped) > 0 for one in problems) >= len(games) / 4

    @pytest.mark.parametrize("name", ["EFCE", "COMM", "BCE"])
    def test_obedient_players(self, name: str) -> None:
        """With a player who does what she is told, too, the optimum stays."""
        for seed in range(3, 60, 9):
            game = a_game(seed)
            both = [
                mediated_problem(game, CONCEPTS[name], game.players[1:], reduce=r)
                for r in (False, True)
            ]
            values = [optima(one.problem, [one.payoffs[0]]) for one in both]

            assert_allclose(values[0], values[1], atol=1e-6)


# Name, concept, then of the unreduced problem: rows, columns, states of all walks, decision points
# of the mediator. The counts are those of an independent program, but for its column for the root.
WHOLE = [
    ("S_small", "NFCCE", 37, 43, 87, 15),
    ("S_small", "EFCCE", 74, 75, 155, 21),
    ("S_small", "EFCE", 103, 88, 211, 21),
    ("S_small", "COMM", 123, 90, 315, 21),
    ("S_small", "CERT", 135, 110, 279, 31),
    ("S_small", "CCERT", 56, 59, 155, 23),
    ("S_small", "NFCCERT", 38, 51, 87, 20),
    ("S_small", "BCE", 111, 120, 211, 45),
    ("B2212", "NFCCE", 53, 58, 81, 21),
    ("B2212", "EFCCE", 97, 90, 167, 27),
    ("B2212", "EFCE", 81, 78, 163, 27),
    ("B2212", "COMM", 89, 82, 195, 31),
    ("B2212", "CERT", 142, 128, 249, 44),
    ("B2212", "CCERT", 76, 74, 167, 32),
    ("B2212", "NFCCERT", 43, 52, 81, 25),
    ("B2212", "BCE", 83, 90, 163, 37),
    ("K23", "NFCCE", 135, 178, 165, 57),
    ("K23", "EFCE", 185, 213, 261, 57),
    ("K23", "CERT", 158, 150, 357, 48),
    ("K23", "COMM", 356, 276, 837, 75),
    ("D22", "NFCCE", 348, 499, 375, 170),
    ("D22", "EFCE", 1_506, 2_150, 1_075, 826),
    ("D22", "CERT", 710, 732, 1_391, 304),
    ("D22", "COMM", 1_940, 1_586, 4_183, 530),
    ("S2122", "NFCCE", 916, 1_277, 2_115, 396),
    ("S2122", "EFCCE", 2_680, 3_046, 5_162, 804),
    ("S2122", "EFCE", 5_271, 4_218, 12_785, 1_233),
    ("S2122", "COMM", 50_508, 24_955, 137_591, 4_071),
    ("S2122", "CERT", 6_338, 5_279, 15_832, 1_749),
    ("S2122", "CCERT", 1_675, 2_062, 5_162, 825),
    ("S2122", "NFCCERT", 694, 1_087, 2_115, 408),
    ("S2122", "BCE", 7_185, 8_442, 12_785, 3_543),
    ("B2222", "NFCCE", 1_663, 2_714, 4_719, 657),
    ("B2222", "EFCCE", 5_861, 7_674, 13_059, 1_413),
    ("B2222", "EFCE", 8_519, 11_100, 27_579, 2_661),
    ("B2222", "CERT", 9_716, 13_092, 35_919, 3_590),
    ("B2222", "CCERT", 3_026, 4_890, 13_059, 1_430),
    ("B2222", "NFCCERT", 1_169, 2_238, 4_719, 663),
    ("B2222", "BCE", 8_387, 13_884, 27_579, 4_017),
    ("K34", "CERT", 1_487, 2_272, 6_148, 1_020),
    ("K34", "COMM", 7_747, 10_812, 33_700, 4_736),
    ("K35", "CERT", 2_898, 4_920, 15_364, 2_315),
    ("D32", "NFCCE", 4_021, 6_990, 4_068, 2_584),
    ("D32", "EFCCE", 6_186, 9_741, 7_644, 3_915),
    ("D32", "CERT", 7_337, 10_574, 19_908, 5_374),
    ("D32", "COMM", 50_181, 59_372, 148_252, 30_594),
    ("GL3", "NFCCE", 18_933, 21_420, 30_940, 13_251),
    ("GL3", "EFCE", 36_321, 38_412, 98_296, 23_763),
    ("GL3", "CERT", 65_871, 66_783, 150_280, 41_874),
    ("L3132", "CERT", 41_766, 68_964, 147_304, 32_055),
]
SLOW_WHOLE = [
    ("K34", "NFCCE", 16_383, 31_908, 2_404, 15_576),
    ("K34", "EFCE", 17_811, 34_116, 4_276, 16_424),
    ("K35", "NFCCE", 188_147, 374_668, 6_004, 186_584),
    ("D32", "EFCE", 61_318, 125_266, 16_332, 53_333),
    ("B2222", "COMM", 134_279, 89_868, 471_483, 16_341),
]
# Name, concept, the most rows that a reduced problem may have.
REDUCED = [
    ("GL3", "NFCCE", 4_110),
    ("GL3", "CERT", 8_091),
    ("S2122", "EFCE", 3_335),
    ("S2122", "COMM", 13_878),
    ("K34", "CERT", 1_211),
    ("K34", "COMM", 3_943),
    ("K35", "COMM", 8_948),
    ("D32", "COMM", 11_297),
    ("D32", "EFCE", 28_814),
]


class TestSizes:
    """How large the problems are, without and with reductions."""

    @pytest.mark.parametrize(
        "size", [*WHOLE, *(pytest.param(size, marks=pytest.mark.slow) for size in SLOW_WHOLE)]
    )
    def test_whole(self, size: tuple[str, str, int, int, int, int]) -> None:
        """Unreduced problems have the rows, columns, states and points of the tables."""
        name, concept, *expected = size
        problem = mediated_problem(game_called(name), CONCEPTS[concept])
        states, points = problem.walk.visited, problem.mediation.polytope.points

        assert [rows(problem), columns(problem), states, points] == expected

    @pytest.mark.parametrize(("name", "concept", "most"), REDUCED)
    def test_reduced(self, name: str, concept: str, most: int) -> None:
        """Reduced problems are at most as large as the same reductions made them elsewhere."""
        problem = mediated_problem(game_called(name), CONCEPTS[concept], reduce=True)

        assert rows(problem) <= most

    @pytest.mark.slow
    def test_liars_of_leduc(self) -> None:
        """Three liars at Leduc hold'em: from 1,430,736 rows to less than an eighth."""
        problem = mediated_problem(game_called("L3132"), concepts.COMMUNICATION, reduce=True)

        assert rows(problem) <= 168_360

    @pytest.mark.parametrize(("name", "value"), [("S_small", 0.75), ("B2212", -1.0)])
    def test_questions_at_any_time(self, name: str, value: float) -> None:
        """Questions that differ only in when they were asked are merged: the optimum is the same.

        A program that keeps them apart has 424 and 761 rows here, and these values.
        """
        problem = mediated_problem(game_called(name), concepts.LINEAR)

        assert rows(problem) < {"S_small": 424, "B2212": 761}[name]
        assert_allclose(optima(problem.problem, [problem.problem.c]), value, atol=1e-7)


class TestFolding:
    """Branches in which nothing matters."""

    def test_what_is_constant(self) -> None:
        """A node is constant for a player if all terminals below pay the same."""
        for seed in FAST:
            game = a_game(seed)
            pays = {int(t): u for t, u in zip(game.terminals, game.payoffs, strict=True)}
            below: dict[int, list[np.ndarray]] = {h: [] for h in range(game.nodes)}
            for t, u in pays.items():
                h = t
                while h >= 0:
                    below[h].append(u)
                    h = int(game.parent[h])
            expected = [np.ptp(below[h], axis=0) == 0 for h in range(game.nodes)]

            assert_array_equal(constant_below(game), expected)

    def test_events_that_were_folded(self) -> None:
        """Asking for what was folded away is an error, not a wrong number."""
        problem = mediated_problem(branches((0, 0), (1, 2)), concepts.EFCE, reduce=True)

        with pytest.raises(CapabilityError, match="reduce=False"):
            problem.expectation(np.array([1.0, 0.0, 0.0, 0.0]))

    def test_update_that_folds_elsewhere(self) -> None:
        """An update that would fold another branch of the same size is refused."""
        before, after = branches((0, 0), (1, 2)), branches((1, 2), (0, 0))
        block = mediated_block(before, concepts.EFCE, reduce=True)

        with pytest.raises(GameError, match="reduce=False"):
            block.update(after)


def branches(left: tuple[float, float], right: tuple[float, float]) -> Game:
    """Return a game in which one player chooses a side, and the other one of two payoffs there."""
    build = GameBuilder(["A", "B"])
    root = build.decision("A", "side", ["left", "right"])
    for side, payoffs in (("left", left), ("right", right)):
        node = build.decision("B", side, ["x", "y"], below=(root, side))
        for action, payoff in zip("xy", payoffs, strict=True):
            build.terminal([payoff, -payoff], below=(node, action))
    return build.game()
