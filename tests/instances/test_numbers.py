"""How the instances read numbers, lists of numbers and probabilities."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.instances.parameters import distinct_numbers, distribution, number


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (3, 3),
        (0.1, 0.1),
        (Fraction(1, 3), Fraction(1, 3)),
        ("1/3", Fraction(1, 3)),
        ("0.1", Fraction(1, 10)),
        (np.int64(2), 2),
        (np.float64(0.5), 0.5),
    ],
)
def test_numbers_stay_what_they_are(given: Any, read: Any) -> None:
    """Texts become fractions, numpy's scalars Python numbers, and nothing else changes."""
    value = number("x", given)

    assert (type(value), value) == (type(read), read)


@pytest.mark.parametrize("given", [True, None, 1j, "one", "1/0", float("nan"), float("inf"), [1]])
def test_what_is_no_number(given: Any) -> None:
    """It is refused with what was given."""
    with pytest.raises(GameError, match="x must be a number; got "):
        number("x", given)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"minimum": 3}, "of at least 3; got 2"),
        ({"maximum": 1}, "of at most 1; got 2"),
        ({"minimum": 0, "maximum": 1}, "between 0 and 1; got 2"),
    ],
)
def test_bounds(bounds: dict[str, float], message: str) -> None:
    """The message names the range."""
    with pytest.raises(GameError, match=f"x must be a number {message}"):
        number("x", 2, **bounds)


def test_lists_may_be_arrays() -> None:
    """Arrays are lists, and keep their order."""
    assert distinct_numbers("x", np.array([2, 1])) == (2, 1)
    assert distribution("p", np.array([0.25, 0.75]), 2) == (0.25, 0.75)


def test_sums_are_rounded() -> None:
    """Floats that sum to one up to rounding are probabilities."""
    assert sum(distribution("p", [0.1] * 10, 10)) != 1
