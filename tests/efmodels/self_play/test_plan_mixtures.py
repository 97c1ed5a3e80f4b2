"""Regrets of learned lotteries, against the enumeration of all plans and a written-out game."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse

import efmodels as ef
from efmodels.errors import GameError
from efmodels.mediator import concept as concepts
from efmodels.self_play.fixed_point_play import FixedPointPlay
from efmodels.self_play.learner_trees import tree_swap
from efmodels.self_play.plan_mixtures import PlanMixture
from tests.efmodels.self_play.mixed_behaviour import answers_of, behaviours_of, game_of
from tests.oracles.enumerated_deviations import PlanLotteries
from tests.oracles.full_communication_game import deviation_value, honest_payoff

SEEDS = [
    pytest.param(range(8), id="8 games"),
    pytest.param(range(8, 60), marks=pytest.mark.slow, id="52 games"),
]
BY_ENUMERATION = {
    "NFCE": (concepts.NFCE, PlanLotteries.gain_after_whole_plan),
    "LCE": (concepts.LINEAR, PlanLotteries.gain_by_linear_maps),
    "EFCE": (concepts.EFCE, PlanLotteries.gain_after_recommendations),
    "EFCCE": (concepts.EFCCE, PlanLotteries.gain_before_recommendations),
    "NFCCE": (concepts.NFCCE, PlanLotteries.gain_before_the_game),
}
WRITTEN_OUT = {
    name: getattr(concepts, name)
    for name in (
        *("PRIVATE_COMMUNICATION", "COMMUNICATION"),
        *("CERTIFICATION", "COARSE_CERTIFICATION", "MEDIATED", "LINEAR", "EFCE", "EFCCE"),
    )
}


def mixture_of(game: ef.Game, *, rounds: int) -> PlanMixture:
    """Return what is played in some rounds: far from an equilibrium, so that regrets are large."""
    play = FixedPointPlay.for_concept(game, concepts.EFCE)
    play.run(rounds)
    return play.mixture()


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("name", BY_ENUMERATION)
def test_regrets_by_enumeration(name: str, seeds: range) -> None:
    """The best deviation found in the tree is the best of all in the normal form."""
    concept, gain = BY_ENUMERATION[name]
    positive = 0
    for seed in seeds:
        game = game_of(seed)
        mixture = pure_rounds(game, seed) if name == "NFCE" else mixture_of(game, rounds=5)
        lotteries = PlanLotteries(game, behaviours_of(mixture))
        regrets = mixture.regrets(concept)
        for k, player in enumerate(game.players):
            expected = max(gain(lotteries, k), 0.0)
            positive += expected > 1e-3

            assert regrets[player] == pytest.approx(expected, abs=1e-9)
            assert mixture.payoffs()[player] == pytest.approx(lotteries.payoff(k), abs=1e-9)
    assert positive > len(seeds) / 3


def pure_rounds(game: ef.Game, seed: int) -> PlanMixture:
    """Return a lottery over rounds in which pure plans are drawn, each named once."""
    play = FixedPointPlay.for_whole_plans(game)
    play.run(2 + seed % 4)
    return play.mixture()


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(2), id="2 games"),
        pytest.param(range(2, 40), marks=pytest.mark.slow, id="38 games"),
    ],
)
@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_regrets_written_out(name: str, seeds: range) -> None:
    """They are those in the game of one deviator written out node by node."""
    concept = WRITTEN_OUT[name]
    for seed in seeds:
        game = game_of(seed)
        mixture = mixture_of(game, rounds=3)
        for number, player in enumerate(game.players, start=1):
            drawn = answers_of(mixture)
            best = deviation_value(game, concept, number, drawn)
            regret = best - honest_payoff(game, concept, number, drawn)

            assert mixture.regrets(concept)[player] == pytest.approx(max(regret, 0), abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_whoever_hears_more_regrets_more(seed: int) -> None:
    """Of one lottery: whole plans, then linear maps, lies, recommendations, and coarse ones."""
    game = game_of(seed)
    mixture = tree_swap(game, steps=3, depth=2)
    chain = (
        *(concepts.NFCE, concepts.LINEAR, concepts.PRIVATE_COMMUNICATION),
        *(concepts.EFCE, concepts.EFCCE, concepts.NFCCE),
    )
    regrets = [mixture.regrets(concept) for concept in chain]
    for more, less in pairwise(regrets):
        assert all(more[player] >= less[player] - 1e-9 for player in game.players)


@pytest.mark.parametrize("seed", range(6))
def test_plans_with_coins(seed: int) -> None:
    """Who hears a plan with coins in it gains no less than who hears how the coins fell."""
    game = game_of(seed)
    mixture = tree_swap(game, steps=3, depth=2)
    lotteries = PlanLotteries(game, behaviours_of(mixture))
    for k, player in enumerate(game.players):
        assert mixture.regrets(concepts.NFCE)[player] >= lotteries.gain_after_whole_plan(k) - 1e-9


def test_joint_probabilities_fit_together() -> None:
    """What is looked up on the way is one distribution over plans."""
    mixture = mixture_of(ef.instances.kuhn(), rounds=4)
    for concept in (concepts.EFCE, concepts.LINEAR, concepts.COMMUNICATION):
        assert mixture.best_deviation(concept, "P1").inconsistency < 1e-12


def test_lotteries_are_checked() -> None:
    """Weights must be probabilities, plans must be plans."""
    game = ef.instances.chicken()
    good, once = np.array([[1.0, 0.5, 0.5]]), sparse.eye_array(1, format="csr")

    with pytest.raises(GameError, match="weights of the rounds must be probabilities"):
        PlanMixture(game, np.array([0.7]), (good, good), (once, once))
    with pytest.raises(GameError, match="a plan of P2 violates"):
        PlanMixture(game, np.ones(1), (good, 2 * good), (once, once))
    with pytest.raises(GameError, match="lotteries over the plans of P1"):
        PlanMixture(game, np.ones(1), (good, good), (0.5 * once, once))


def test_mediators_that_see() -> None:
    """A lottery over plans is no mediator that sees what happens."""
    mixture = mixture_of(ef.instances.chicken(), rounds=2)

    with pytest.raises(GameError, match="give a concept with observe='nothing'"):
        mixture.regrets(concepts.BAYES_CORRELATED)
