"""Random trees: the same for the same seed, with perfect recall, within their bounds."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

import efmodels as ef
from efmodels.instances import random_tree, random_zero_sum_tree
from tests.oracles.recall import forgetful_infosets
from tests.oracles.zero_sum import zero_sum_value

SEEDS = range(12)


def nodes_per_infoset(game: ef.Game) -> list[int]:
    """Return how many nodes each infoset of a player has."""
    return list(Counter(int(j) for j in game.infoset[game.owner > 0]).values())


def test_reproducible() -> None:
    """One game is written down here: it must never change, whatever the version of numpy."""
    game = random_tree(seed=17, depth=2)

    assert game.owner.tolist() == [0, 1, -1, -1, 1, -1, -1]
    assert game.infoset.tolist() == [0, 1, -1, -1, 1, -1, -1]
    assert game.chance_probabilities == (Fraction(3, 5), Fraction(2, 5))
    assert game.payoffs.tolist() == [[-5, 5], [4, -5], [1, 1], [-5, -4]]
    assert game == random_tree(17, depth=2)


@pytest.mark.parametrize("merge", [0, "1/2", 1])
@pytest.mark.parametrize("seed", SEEDS)
def test_players_remember(seed: int, merge: float | str) -> None:
    """Nobody forgets, however many nodes are merged."""
    game = random_tree(seed, players=3, branching=3, depth=4, merge_probability=merge)

    assert forgetful_infosets(game) == set()
    game.require_perfect_recall()


def test_merging() -> None:
    """Without merging every infoset is a node; with it there are fewer and larger ones."""
    none, some, most = (
        nodes_per_infoset(random_tree(1, depth=7, chance_probability=0, merge_probability=p))
        for p in (0, "1/2", 1)
    )

    assert set(none) == {1}
    assert len(none) > len(some) > len(most)
    assert max(most) > 1


def test_shape() -> None:
    """With two actions everywhere the tree is full, and chance has the share that it is given."""
    binary = random_tree(5, depth=9)
    share = (binary.owner == 0).sum() / (binary.owner >= 0).sum()

    assert binary.nodes == 2**10 - 1
    assert 0.1 < share < 0.3
    assert not (random_tree(5, chance_probability=0).owner == 0).any()
    assert (random_tree(5, chance_probability=1).owner <= 0).all()
    assert random_tree(depth=0).nodes == 1


def test_branching_varies() -> None:
    """Nodes have from two to the given number of actions."""
    game = random_tree(2, branching=4, depth=4)

    assert set(np.diff(game.action_start).tolist()) == {2, 3, 4}


def test_payoffs_are_integers_in_their_range() -> None:
    """All integers of the range occur, independently for each player."""
    game = random_tree(8, depth=8, payoffs=(-2, 1))

    assert {u for row in game.outcome_payoffs for u in row} == {-2, -1, 0, 1}
    assert len(game.outcome_payoffs) == 16
    assert game.is_exact


@pytest.mark.parametrize("seed", SEEDS)
def test_zero_sum_trees(seed: int) -> None:
    """What one wins the other loses, and the value is that of the matrix of pure plans."""
    game = random_zero_sum_tree(seed, depth=3)

    assert set(map(sum, game.outcome_payoffs)) == {0}
    found = ef.optimal_equilibrium(game, "nash_zero_sum")
    assert found.value == pytest.approx(zero_sum_value(game), abs=1e-8)
