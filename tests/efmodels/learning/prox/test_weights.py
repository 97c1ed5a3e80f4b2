"""Weights of dilated distances make them strongly convex, on trees and on DAGs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from efmodels.learning.prox import (
    HeightWeights,
    MassWeights,
    SumWeights,
    UnitWeights,
    Weights,
    margin,
)
from tests.efmodels.learning.prox.polytopes import belief_dag, dilated_entropy, inflow, tree

if TYPE_CHECKING:
    from efmodels.learning.arrangement import Arrangement
    from efmodels.polytope import FlowPolytope

ARRANGED = [tree("kuhn"), tree("goofspiel"), *(belief_dag(seed) for seed in (0, 2))]


def fed(polytope: FlowPolytope, coordinate: int) -> list[int]:
    """Return the decision points that a coordinate flows into."""
    entries = np.repeat(np.arange(polytope.points), np.diff(polytope.incoming_start))
    return entries[polytope.incoming == coordinate].tolist()


def mass(polytope: FlowPolytope, k: int, levels: int) -> float:
    """Return the most coordinates of a pure plan at a point and so many levels below it."""
    if levels == 0:
        return 1.0
    choices = range(polytope.start[k], polytope.start[k + 1])
    return 1 + max(sum(mass(polytope, j, levels - 1) for j in fed(polytope, a)) for a in choices)


def height(polytope: FlowPolytope, k: int) -> int:
    """Return how many levels are below a decision point."""
    choices = range(polytope.start[k], polytope.start[k + 1])
    return max([0, *(1 + height(polytope, j) for a in choices for j in fed(polytope, a))])


@pytest.mark.parametrize("arranged", ARRANGED)
def test_weights_by_hand(arranged: Arrangement) -> None:
    """They are those of the formulas, point by point."""
    polytope = arranged.polytope
    heights = [height(polytope, k) for k in range(polytope.points)]
    masses = [
        2 + sum(2**r * (mass(polytope, k, r) - 1) for r in range(1, d + 1))
        for k, d in enumerate(heights)
    ]

    assert UnitWeights().of(arranged).tolist() == [1] * polytope.points
    assert HeightWeights().of(arranged).tolist() == [1 + d for d in heights]
    assert MassWeights().of(arranged).tolist() == masses
    sums = SumWeights().of(arranged)
    for k in range(polytope.points):
        choices = range(polytope.start[k], polytope.start[k + 1])
        assert sums[k] == 1 + max(sum(sums[j] for j in fed(polytope, a)) for a in choices)
    assert margin(arranged, sums) == 1
    assert margin(arranged, MassWeights().of(arranged)) >= 2


@pytest.mark.parametrize("arranged", ARRANGED)
@pytest.mark.parametrize("rule", [SumWeights(), MassWeights()])
def test_the_dilated_entropy_is_strongly_convex(arranged: Arrangement, rule: Weights) -> None:
    """Its middle lies as far below a chord as the margin over the largest mass promises."""
    polytope, weights = arranged.polytope, rule.of(arranged)
    modulus = margin(arranged, weights) / polytope.best_response(np.ones(polytope.size))[0]
    generator, none = np.random.default_rng(7), np.zeros(polytope.size)
    for _ in range(8):
        x, z = polytope.random(generator), polytope.random(generator)
        at_x, at_z, middle = (
            dilated_entropy(polytope, weights, one, none) for one in (x, z, (x + z) / 2)
        )

        assert (at_x + at_z) / 2 - middle >= modulus / 8 * np.abs(x - z).sum() ** 2


def test_without_a_margin_it_need_not_be() -> None:
    """Unit weights have none in Kuhn poker: the entropy of a plan and its second half cancel."""
    arranged = tree("kuhn")
    assert margin(arranged, UnitWeights().of(arranged)) == 0


@pytest.mark.parametrize("seed", [0, 2])
def test_reaches_from_several_coordinates_do_no_harm(seed: int) -> None:
    """The inequality on which the margin rests in a DAG: a squared sum over a sum is the less."""
    polytope = belief_dag(seed).polytope
    generator = np.random.default_rng(seed)
    x, z = polytope.random(generator), polytope.random(generator) - polytope.random(generator)
    for k in range(polytope.points):
        into = polytope.incoming[polytope.incoming_start[k] : polytope.incoming_start[k + 1]]
        apart = sum(z[p] ** 2 / x[p] for p in into)
        assert inflow(polytope, z, k) ** 2 / inflow(polytope, x, k) <= apart + 1e-12
