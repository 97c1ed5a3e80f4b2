"""Self-play for each concept: regrets are those of the tree, and vanish."""

from __future__ import annotations

import numpy as np
import pytest

import efmodels as ef
from efmodels.learning.algorithms import ALGORITHMS
from efmodels.mediator import concept as concepts
from efmodels.self_play.fixed_point_play import FixedPointPlay
from tests.efmodels.self_play.mixed_behaviour import behaviours_of, game_of
from tests.oracles.enumerated_deviations import PlanLotteries

CONCEPTS = ("NFCE", "LINEAR", "PRIVATE_COMMUNICATION", "EFCE", "EFCCE", "NFCCE")
EARLY, LATE = 10, 100
LEVEL = 0.02
"""The share of the payoff range that nobody regrets after the late rounds."""


def self_play(game: ef.Game, name: str, algorithm: str = "pcfr+") -> FixedPointPlay:
    """Return the self-play of a concept given by its name in `efmodels.mediator.concept`."""
    rule = ALGORITHMS[algorithm]
    if name == "NFCE":
        return FixedPointPlay.for_whole_plans(game, rule)
    return FixedPointPlay.for_concept(game, getattr(concepts, name), rule)


def worst_share(game: ef.Game, regrets: list[float]) -> float:
    """Return the largest regret as a share of its player's payoff range."""
    spread = np.ptp(game.payoffs, axis=0)
    return float((np.array(regrets) / np.where(spread > 0, spread, 1.0)).max())


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(4), id="4 games"),
        pytest.param(range(4, 40), marks=pytest.mark.slow, id="36 games"),
    ],
)
@pytest.mark.parametrize("name", CONCEPTS)
def test_regrets_vanish(name: str, seeds: range) -> None:
    """The learner's regrets are those of the tree; they fall below a level in every game."""
    falling = 0
    for seed in seeds:
        game = game_of(seed)
        play = self_play(game, name)
        play.run(EARLY)
        early = worst_share(game, play.regrets())
        play.run(LATE - EARLY)
        regrets = play.regrets()
        found = play.mixture().regrets(getattr(concepts, name))

        assert list(found.values()) == pytest.approx(regrets, abs=1e-9)
        assert worst_share(game, regrets) < LEVEL
        falling += worst_share(game, regrets) < early / 2
    assert falling > len(seeds) / 3


@pytest.mark.parametrize("name", ["EFCE", "NFCCE"])
@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_every_algorithm_learns(name: str, algorithm: str) -> None:
    """Whatever learns the maps, with whatever weights, regrets fall by the tree's account."""
    game = ef.instances.sheriff(items=2, bribe=1, rounds=1)
    play = self_play(game, name, algorithm)
    play.run(5)
    early = worst_share(game, play.regrets())
    play.run(195)
    late = list(play.mixture().regrets(getattr(concepts, name)).values())

    assert late == pytest.approx(play.regrets(), abs=1e-9)
    assert worst_share(game, late) < 0.05 < early


def cycling_game() -> ef.Game:
    """Return a game after Shapley's, in which replies to replies go round in a circle."""
    first = [[1, 0, 0.1], [0, 1, 0], [0, 0.3, 1]]
    return ef.Game.from_matrices(first, [[0, 1, 0], [0, 0, 1], [1, 0.2, 0]])


@pytest.mark.parametrize("name", ["NFCE", "EFCE", "LINEAR", "PRIVATE_COMMUNICATION"])
def test_more_than_coarse(name: str) -> None:
    """Coarse play leaves regrets after recommendations; play for the finer concepts does not."""
    game = cycling_game()
    coarse, fine = self_play(game, "NFCCE"), self_play(game, name)
    coarse.run(300)
    fine.run(300)
    left = PlanLotteries(game, behaviours_of(coarse.mixture()))
    gone = PlanLotteries(game, behaviours_of(fine.mixture()))

    assert max(left.gain_before_the_game(k) for k in range(2)) < 1e-3
    assert max(left.gain_after_recommendations(k) for k in range(2)) > 0.05
    assert max(gone.gain_after_recommendations(k) for k in range(2)) < 0.01


def test_chance_alone_is_learned_at_once() -> None:
    """A player who never moves regrets nothing."""
    game = ef.Game.from_dict(
        {
            "player": "Ann",
            "infoset": "once",
            "actions": {"l": {"payoffs": [0, 1]}, "r": {"payoffs": [1, 0]}},
        },
        players=["Ann", "Bob"],
    )
    play = self_play(game, "EFCE")
    play.run(50)

    assert play.mixture().regrets(concepts.EFCE)["Bob"] == 0
    assert play.mixture().payoffs()["Ann"] == pytest.approx(1, abs=0.01)
