"""Smaller polytopes: what is best in them is what is best without the dropped choices."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.mediator.restriction import Restriction, restricted
from efmodels.polytope import FlowPolytope

NEVER = -1e6


def random_tree(generator: np.random.Generator) -> FlowPolytope:
    """Return a tree of decision points with one to three choices each."""
    start, incoming = [1], []
    for _ in range(int(generator.integers(0, 12))):
        incoming.append(int(generator.integers(start[-1])))
        start.append(start[-1] + int(generator.integers(1, 4)))
    points = [f"I{k}" for k in range(len(incoming))]
    choices = ["", *map(str, range(1, start[-1]))]
    return FlowPolytope(start, incoming, np.arange(len(incoming) + 1), points, choices)


def random_drops(tree: FlowPolytope, generator: np.random.Generator) -> np.ndarray:
    """Return choices of which every decision point keeps one at least."""
    dropped = generator.random(tree.size) < 0.5
    dropped[0] = False
    for k in range(tree.points):
        choices = np.arange(tree.start[k], tree.start[k + 1])
        dropped[generator.choice(choices)] = False
    return dropped


@pytest.mark.parametrize("seed", range(40))
def test_support_functions(seed: int) -> None:
    """Any linear function has the same maximum, at a point that lifts to one of the larger."""
    generator = np.random.default_rng(seed)
    tree = random_tree(generator)
    dropped = random_drops(tree, generator)
    smaller = restricted(tree, dropped)
    for _ in range(3):
        gradient = generator.normal(size=tree.size)
        expected, _ = tree.best_response(np.where(dropped, NEVER, gradient))
        value, x = smaller.polytope.best_response(smaller.numbers(gradient))
        lifted = smaller.lift(x)

        assert value == pytest.approx(expected)
        assert gradient @ lifted == pytest.approx(expected)
        assert np.abs(tree.F @ lifted - tree.f).max() < 1e-12
        assert not lifted[dropped].any()
    assert (np.diff(smaller.polytope.start) > 1).all()


@pytest.mark.parametrize("seed", range(10))
def test_one_after_the_other(seed: int) -> None:
    """Two restrictions are one; matrices are treated as their rows."""
    generator = np.random.default_rng(seed)
    tree = random_tree(generator)
    first = restricted(tree, random_drops(tree, generator))
    second = restricted(first.polytope, random_drops(first.polytope, generator))
    both = second.after(first)
    x = second.polytope.random(generator)
    gradient = generator.normal(size=tree.size)

    assert isinstance(both, Restriction)
    assert both.lift(x) == pytest.approx(first.lift(second.lift(x)))
    assert both.numbers(gradient) == pytest.approx(second.numbers(first.numbers(gradient)))
    matrix = np.array([gradient, gradient**2])
    assert (both.columns(matrix) @ x) == pytest.approx(matrix @ both.lift(x))
