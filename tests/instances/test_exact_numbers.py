"""How the instances read numbers, lists of numbers and probabilities."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.instances.exact_numbers import (
    distinct_numbers,
    distribution,
    number,
    number_array,
    numbers,
)


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


@pytest.mark.parametrize(
    "given",
    [
        *(True, np.True_, None, 1j, "one", "1/0", float("nan"), float("inf"), "inf", 10**400),
        *([1], np.array([1]), np.array(1)),
    ],
    ids=repr,
)
def test_what_is_no_number(given: Any) -> None:
    """It is refused with what was given."""
    with pytest.raises(GameError, match=r"x must be a number such as 3, 0.5 or '1/3'; got "):
        number("x", given)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"minimum": 3}, "of at least 3; got 2"),
        ({"maximum": 1}, "of at most 1; got 2"),
        ({"minimum": 0, "maximum": 1}, "from 0 to 1; got 2"),
        ({"above": 2}, "above 2; got 2"),
        ({"minimum": 0, "below": 2}, "of at least 0 and below 2; got 2"),
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


def test_member_of_a_list_is_named() -> None:
    """What is no number is named by its place, in lists and in arrays."""
    with pytest.raises(GameError, match=r"x\[1\] must be a number of at least 0; got -1"):
        numbers("x", [0, -1], minimum=0)
    with pytest.raises(GameError, match=r"x\[1, 0\] must be a number such as .*; got 'a'"):
        number_array("x", [[1, 2], ["a", 3]], (2, 2))


@pytest.mark.parametrize("given", [[[1, 2], [3]], [1, 2], 5, [[], []], [[1], [2], [3]]])
def test_array_of_another_shape(given: Any) -> None:
    """Rows of different lengths, too few axes and empty ones are no array of the shape."""
    with pytest.raises(GameError, match=r"x must be an array of shape \(2, columns\); got one of"):
        number_array("x", given, (2, "columns"))


def test_array_is_exact() -> None:
    """Texts and numbers of numpy are read entry by entry; a free axis takes any length."""
    read = number_array("x", [["1/3", np.int32(2), 0.5]], (1, "columns"))

    assert [*map(repr, read[0])] == ["Fraction(1, 3)", "2", "0.5"]


def test_sums_are_rounded() -> None:
    """Floats that sum to one up to rounding are probabilities."""
    assert sum(distribution("p", [0.1] * 10, 10)) != 1
