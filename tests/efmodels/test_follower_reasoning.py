"""Records of how a follower reasons: what they accept, and what they say of the rest."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import efmodels as ef
from tests.oracles.tree import Node, tree_of
from tests.random_games import random_game


@pytest.mark.parametrize(
    ("lower", "upper", "message"),
    [
        ([1.0, 3.0], [2.0, 2.5], r"lower\[1\] = 3.0 is above upper\[1\] = 2.5"),
        ([1.0], [2.0, 3.0], r"lower has shape \(1,\) and upper \(2,\)"),
        ([[1.0]], [[2.0]], r"lower has shape \(1, 1\)"),
        ([math.nan], [1.0], "must be finite"),
        ([0.0], [math.inf], "must be finite"),
    ],
)
def test_wrong_intervals_are_named(lower: Any, upper: Any, message: str) -> None:
    """The message names the entry, and its two numbers."""
    with pytest.raises(ef.GameError, match=message):
        ef.Intervals(lower, upper)


def test_intervals_cannot_be_changed() -> None:
    """A block keeps them."""
    intervals = ef.Intervals.around(np.zeros(2), [1.0, 2.0])

    assert intervals.upper.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        intervals.lower[0] = 5.0


@pytest.mark.parametrize("depth", [0, -1, 1.5, math.nan])
def test_wrong_depths_are_named(depth: float) -> None:
    """A depth is a positive whole number, or infinite."""
    with pytest.raises(ef.GameError, match="a lookahead has a depth of 1"):
        ef.Lookahead(depth, [])


def test_wrong_ties_are_named() -> None:
    """A rule for ties is a record, and no word."""
    with pytest.raises(ef.GameError, match="ties is 'favourable'; expected FavourableTies"):
        ef.Lookahead(1, [], ties="favourable")


@pytest.mark.parametrize("record", [ef.AdversarialTies, ef.StaticTies])
@pytest.mark.parametrize("margin", [0.0, 1e-6, -1e-5, math.inf, math.nan])
def test_wrong_margins_are_named(record: Any, margin: float) -> None:
    """Without a margin the optimum need not exist, and a solver cannot see a small one."""
    with pytest.raises(ef.GameError, match="a margin must be finite and at least"):
        record(margin=margin)


@pytest.mark.parametrize("seed", range(5))
def test_uniform_values_are_those_of_a_walk(seed: int) -> None:
    """They are averages over children, weighted by chance or alike."""
    game = random_game(seed, nodes=14)

    def value(node: Node) -> float:
        if not node.children:
            return float(node.payoffs[0])
        odds = node.chances or [1 / len(node.children)] * len(node.children)
        return sum(float(p) * value(child) for p, child in zip(odds, node.children, strict=True))

    expected = [value(node) for node in tree_of(game).descendants()]
    assert ef.uniform_values(game, "P1") == pytest.approx(np.array(expected))
