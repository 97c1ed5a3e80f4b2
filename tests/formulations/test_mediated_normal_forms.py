"""Mediated concepts where all move once and at the same time, against textbook programs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

import efmodels as ef
from tests.oracles.concavification import concave_envelope
from tests.oracles.matrix_commitment import strong_stackelberg_value
from tests.oracles.normal_form import coarse_correlated_value, correlated_value, mediated_value
from tests.solved_blocks import optimum, weights_of

if TYPE_CHECKING:
    from collections.abc import Sequence

SHAPES = [(2, 2), (3, 3), (2, 4), (4, 3), (2, 2, 2), (2, 3, 2)]
SEEDS = [
    pytest.param(range(30), id="30 games"),
    pytest.param(range(30, 300), marks=pytest.mark.slow, id="270 games"),
]
TEXTBOOK = {
    "CE": correlated_value,
    "EFCE": correlated_value,
    "CCE": coarse_correlated_value,
    "NFCCE": coarse_correlated_value,
    "NFCCERT": mediated_value,
}


def matrix_game(seed: int) -> ef.Game:
    """Return a random normal form for two or three players."""
    shape = SHAPES[seed % len(SHAPES)]
    return ef.instances.random_matrix_game(seed, players=len(shape), actions=shape)


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("name", TEXTBOOK)
def test_textbook_programs(name: str, seeds: Sequence[int]) -> None:
    """Over joint plans: no other action, no action for all, at least the correlated minmax."""
    for seed in seeds:
        game = matrix_game(seed)
        weights = weights_of(game, seed)
        expected = TEXTBOOK[name](game, tuple(weights))

        tolerance = 1e-6 * np.ptp(game.payoffs)
        assert optimum(game, name, weights) == pytest.approx(expected, abs=tolerance), seed


@pytest.mark.parametrize("seeds", SEEDS)
def test_commitment_by_multiple_programs(seeds: Sequence[int]) -> None:
    """For one follower it is strong Stackelberg: one linear program per reply, the best counts."""
    better = 0
    for seed in seeds:
        shape = SHAPES[seed % 4]
        game = ef.instances.random_matrix_game(seed, actions=shape)
        form = game.sequence_form()
        U, V = (form.payoff_matrix(player).toarray()[1:, 1:] for player in game.players)
        expected = strong_stackelberg_value(U, V)
        found = ef.optimal_equilibrium(game, "sefce")

        tolerance = 1e-6 * np.ptp(game.payoffs)
        assert found.value == pytest.approx(expected, abs=tolerance), seed
        assert found.payoffs[game.players[0]] == pytest.approx(expected, abs=tolerance), seed
        assert list(found.regrets) == [game.players[1]]
        assert found.regrets[game.players[1]] <= 1e-7 * np.ptp(game.payoffs)
        better += expected > correlated_value(game, (1.0, 0.0)) + tolerance
    assert better > 0


@pytest.mark.parametrize("seeds", SEEDS)
def test_correlated_commitment(seeds: Sequence[int]) -> None:
    """With several followers it is one program over all profiles, for each of the leaders."""
    for seed in seeds:
        game = matrix_game(seed)
        leader = seed % len(game.players)
        weights = tuple(np.eye(len(game.players))[leader])
        followers = {k + 1 for k in range(len(game.players))} - {leader + 1}
        expected = correlated_value(game, weights, followers)
        found = ef.optimal_equilibrium(game, "sefce", leader=game.players[leader])

        tolerance = 1e-6 * np.ptp(game.payoffs)
        assert found.value == pytest.approx(expected, abs=tolerance), seed
        assert found.payoffs[game.players[leader]] == pytest.approx(expected, abs=tolerance), seed


@pytest.mark.parametrize("seeds", SEEDS)
def test_persuasion_by_concavification(seeds: Sequence[int]) -> None:
    """A receiver who knows the prior alone is brought to the concave envelope at the prior."""
    better = 0
    for seed in seeds:
        generator = np.random.default_rng(seed)
        states, actions = 2 + seed % 2, int(generator.integers(2, 5))
        counts = generator.integers(1, 6, states)
        sender, receiver = generator.integers(-5, 6, (2, states, actions))
        prior = [Fraction(int(count), int(counts.sum())) for count in counts]
        game = ef.instances.persuasion(prior, sender.tolist(), receiver.tolist())
        belief = counts / counts.sum()
        expected = concave_envelope(belief, sender, receiver)

        tolerance = 1e-6 * np.ptp(game.payoffs)
        found = optimum(game, "BCE", [0.0, 1.0], [1])
        assert found == pytest.approx(expected, abs=tolerance), seed
        silent = np.max((belief @ sender)[np.argmax(belief @ receiver)])
        better += expected > silent + tolerance
    assert better > len(seeds) / 3
