"""Concepts of a mediator that remembers, against the written-out game of all that can be said."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.formulations.test_mediated_concepts import SWITCHES
from tests.oracles.communication_games import CommunicationGame, ReducedCommunicationGame
from tests.oracles.direct_communication import best_direct_communication
from tests.random_games import random_bayesian_tables, random_signaling_game, small_tree
from tests.solved_blocks import obedient_of, optimum, weights_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import efmodels as ef

RECALLING = {
    name: SWITCHES[name] for name in ("COMM", "CERT", "CCERT", "NFCCERT", "BCE", "CBCE", "NFCBCE")
}
MOST_INFOSETS = 3
SEEDS = [
    pytest.param(range(21), id="21 games"),
    pytest.param(range(21, 300), marks=pytest.mark.slow, id="279 games"),
]


def wide_tree(seed: int) -> ef.Game:
    """Return a tree with up to three actions and three infosets of each player."""
    candidates = (small_tree(k, branching=3) for k in range(seed, seed + 100_000, 1000))
    return next(
        game
        for game in candidates
        if max(len(game.infosets_of(k)) for k in (1, 2)) <= MOST_INFOSETS
    )


@cache
def game_of(seed: int) -> ef.Game:
    """Return a small game, of one of seven kinds in turn."""
    kinds = [
        small_tree,
        lambda k: small_tree(k, players=3),
        wide_tree,
        random_signaling_game,
        lambda k: random_bayesian_tables(k).game(),
        lambda k: random_bayesian_tables(k).game(reported=True),
        lambda k: random_bayesian_tables(k, players=3).game(),
    ]
    return kinds[seed % len(kinds)](seed)


@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize("name", RECALLING)
def test_optima_are_those_of_the_whole_game(name: str, seeds: Sequence[int]) -> None:
    """Nobody gains by lies that contradict each other, by silence, or if several deviate.

    The written-out game without all that is smaller, and has the same best equilibria.
    """
    binding = smaller = 0
    for seed in seeds:
        game = game_of(seed)
        weights, obedient = weights_of(game, seed), obedient_of(game, seed)
        whole = CommunicationGame(game, RECALLING[name])
        reduced = ReducedCommunicationGame(game, RECALLING[name])
        expected = whole.best(weights, obedient)

        tolerance = 1e-6 * np.ptp(game.payoffs)
        assert reduced.best(weights, obedient) == pytest.approx(expected, abs=tolerance), seed
        found = optimum(game, name, weights, obedient)
        assert found == pytest.approx(expected, abs=tolerance), seed
        binding += expected < whole.best(weights, []) - tolerance
        smaller += _size(reduced) < _size(whole)
    assert binding > len(seeds) / 8
    assert smaller > len(seeds) / 2


def _size(written: CommunicationGame) -> int:
    """Return the number of decision points, the mediator's among them."""
    return len(written.points) + len(written.asked)


@pytest.mark.parametrize("seeds", SEEDS)
def test_direct_communication_in_bayesian_games(seeds: Sequence[int]) -> None:
    """If all types are reported before anybody is advised, it is Myerson's program."""
    for seed in seeds:
        tables = random_bayesian_tables(seed, players=2 + seed % 2)
        game = tables.game(reported=True)
        weights = weights_of(game, seed)
        expected = best_direct_communication(tables.prior, tables.payoffs, weights)

        assert optimum(game, "COMM", weights) == pytest.approx(
            expected, abs=1e-6 * np.ptp(game.payoffs)
        ), seed
