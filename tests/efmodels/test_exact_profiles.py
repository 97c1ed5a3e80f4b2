"""Strategies in fractions, against expectations and all pure plans by recursion over the tree."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import efmodels as ef
from efmodels.exact_profiles import ExactProfile
from tests.oracles.expectation import expected_payoffs, pure_profile
from tests.oracles.perturbed_play import by_infoset
from tests.oracles.plans import reduced_plans
from tests.random_games import dealt_game


def random_profile(game: ef.Game, seed: int) -> ExactProfile:
    """Return strategies that are fractions."""
    weights = np.random.default_rng(seed).integers(0, 4, len(game.action_labels))
    behaviour = []
    for j in range(len(game.infoset_owner)):
        mine = [1 + int(weights[a]) for a in game.actions_of(j)]
        behaviour += [Fraction(one, sum(mine)) for one in mine]
    return ExactProfile(game, tuple(behaviour))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("players", [2, 3])
def test_payoffs_and_regrets_are_exact(seed: int, players: int) -> None:
    """Payoffs are expectations, and regrets compare them with the best of all pure plans."""
    game = dealt_game(seed, players=players)
    profile = random_profile(game, seed)
    played = by_infoset(profile)
    payoffs = expected_payoffs(game, played)

    assert tuple(profile.payoffs().values()) == payoffs
    for k, player in enumerate(game.players):
        best = max(
            expected_payoffs(
                game,
                played | {at: b for at, b in pure_profile(game, [p]).items() if at[0] == k + 1},
            )[k]
            for p in reduced_plans(game, k + 1)
        )
        assert profile.regrets()[player] == best - payoffs[k]


def test_rounded_strategies_and_the_table() -> None:
    """The floats are those of a `Profile`, and the table has the fractions themselves."""
    game = ef.instances.kuhn()
    profile = random_profile(game, 3)
    table = profile.strategy()

    assert profile.rounded().payoffs()["P1"] == pytest.approx(float(profile.payoffs()["P1"]))
    assert table["probability"].tolist() == list(profile.behaviour[6:])
    assert table["regret"].tolist() == profile.rounded().strategy()["regret"].tolist()


def test_probabilities_are_checked_exactly() -> None:
    """A sum that is not 1 is refused however near it is, and so is a wrong number of them."""
    game = ef.Game.from_matrices([[1, 0], [0, 1]], [[0, 1], [1, 0]])
    almost = Fraction(1, 2) - Fraction(1, 10**30)

    with pytest.raises(ef.GameError, match="must be nonnegative and sum to 1 exactly"):
        ExactProfile(game, (almost, Fraction(1, 2), Fraction(1), Fraction(0)))
    with pytest.raises(ef.GameError, match="got 1 probabilities; expected 4"):
        ExactProfile(game, (Fraction(1),))
