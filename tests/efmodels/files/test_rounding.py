"""Fractions behind rounded probabilities: found where there is no doubt, else left alone."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from efmodels.files.rounding import DOUBLE, SINGLE, unrounded

SEED = 7


@pytest.mark.parametrize("seed", range(20))
def test_rounded_fractions_are_found(seed: int) -> None:
    """Whatever the weights, rounding to double precision and back changes nothing."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    weights = [rng.randint(0, 5000) for _ in range(rng.randint(1, 100))]
    fractions = [Fraction(weight, sum(weights)) for weight in weights]

    assert list(unrounded([float(p) for p in fractions], DOUBLE)) == fractions


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 36, 52, 990])
def test_single_precision(size: int) -> None:
    """The same for equal chances in single precision."""
    probability = float(np.float32(1 / size))

    assert unrounded([probability] * size, SINGLE) == (Fraction(1, size),) * size


def test_other_numbers_stay() -> None:
    """Random probabilities are no fractions with small denominators: the floats come back."""
    rng = np.random.default_rng(SEED)
    for _ in range(100):
        probabilities = rng.dirichlet(np.ones(4)).tolist()

        assert unrounded(probabilities, DOUBLE) == tuple(probabilities)


def test_fractions_that_miss_one_stay_floats() -> None:
    """Three times 0.33 is 99/100: not the probabilities of a chance node, so not replaced."""
    assert unrounded([0.33, 0.33, 0.33], DOUBLE) == (0.33, 0.33, 0.33)


def test_less_precise_numbers_stay() -> None:
    """A number written with nine digits is no rounding of 1/3 to double precision."""
    probabilities = (0.333333333, 0.666666666)

    assert unrounded(probabilities, DOUBLE) == probabilities
    assert unrounded(probabilities, SINGLE) == (Fraction(1, 3), Fraction(2, 3))
