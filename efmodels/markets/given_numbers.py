"""Budgets, reserves and supplies as they are given: one number for all, in order, or by label."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from efmodels.errors import GameError
from efmodels.markets.exact_numbers import (
    Numbers,
    numbers_in_array,
    numbers_in_list,
    require_nonnegative,
    require_positive,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from efmodels.game import Floats, Number

    Several = Sequence[Number | str] | Mapping[str, Number | str] | NDArray[Any] | pd.Series[Any]
    OnePerLabel = Number | str | Several | Numbers


class Parameter(NamedTuple):
    """An argument that holds a number for every bidder, or for every good."""

    name: str
    noun: str
    owner: str
    require: Callable[[Floats, Callable[[int], str]], None]
    default: int | None = None
    """What a label gets that is left out of a mapping; ``None`` if none may be left out."""


BUDGETS = Parameter("budgets", "budget", "bidder", require_nonnegative)
RESERVES = Parameter("reserves", "reserve", "good", require_nonnegative, 0)
SUPPLIES = Parameter("supplies", "supply", "good", require_positive, 1)


def numbers_given(parameter: Parameter, given: OnePerLabel, labels: tuple[str, ...]) -> Numbers:
    """Return one number per label.

    Raises
    ------
    GameError
        There are too many or too few, or one is no number in its range.

    Examples
    --------
    >>> numbers_given(RESERVES, {"G2": 1}, ("G1", "G2")).exact
    (0, 1)
    >>> numbers_given(BUDGETS, [1, -1], ("B1", "B2"))
    Traceback (most recent call last):
    efmodels.errors.GameError: the budget of bidder 'B2' is -1.0: expected a finite number >= 0
    """

    def place(k: int) -> str:
        return f"the {parameter.noun} of {parameter.owner} {labels[k]!r}"

    numbers = _in_order(parameter, given, labels, place)
    parameter.require(numbers.floats, place)
    return numbers


def _in_order(
    parameter: Parameter, given: Any, labels: tuple[str, ...], place: Callable[[int], str]
) -> Numbers:
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(given, pandas.Series):
        given = _mapping_of(parameter, given)
    if isinstance(given, Mapping):
        return numbers_in_list(_by_label(parameter, given, labels), place)
    if isinstance(given, np.ndarray) and given.ndim == 1:
        given = numbers_in_array(given) if given.dtype.kind in "iuf" else given.tolist()
    if isinstance(given, Numbers):
        _require_length(parameter, len(given.floats), labels)
        return given
    if isinstance(given, Sequence) and not isinstance(given, str):
        _require_length(parameter, len(given), labels)
        return numbers_in_list(given, place)
    if isinstance(given, np.ndarray) and given.ndim > 1:
        raise GameError(
            f"{parameter.name} has shape {given.shape}: expected one {parameter.noun} per "
            f"{parameter.owner}, shape ({len(labels)},)"
        )
    one = numbers_in_list([given], lambda _: parameter.name)
    exact = None if one.exact is None else one.exact * len(labels)
    return Numbers(np.full(len(labels), one.floats[0]), exact)


def _mapping_of(parameter: Parameter, series: Any) -> dict[str, Any]:
    keys = [str(label) for label in series.index]
    if len(set(keys)) < len(keys):
        again = next(key for k, key in enumerate(keys) if key in keys[:k])
        raise GameError(f"{parameter.name} has {again!r} more than once in its index")
    return dict(zip(keys, series.tolist(), strict=True))


def _by_label(
    parameter: Parameter, given: Mapping[str, Any], labels: tuple[str, ...]
) -> list[object]:
    known = set(labels)
    wrong = [f"has an unknown {parameter.owner} {key!r}" for key in given if key not in known]
    if parameter.default is None:
        missing = (label for label in labels if label not in given)
        wrong += [f"has no number for {parameter.owner} {label!r}" for label in missing]
    if wrong:
        raise GameError(
            f"{parameter.name} is matched by label, and it {wrong[0]}; the labels are "
            f"{_first(labels)}. Give a list to match by position"
        )
    return [given.get(label, parameter.default) for label in labels]


def _first(labels: tuple[str, ...], shown: int = 5) -> str:
    return ", ".join(map(repr, labels[:shown])) + (", ..." if len(labels) > shown else "")


def _require_length(parameter: Parameter, count: int, labels: tuple[str, ...]) -> None:
    if count != len(labels):
        raise GameError(
            f"{parameter.name} has {count} numbers; there are {len(labels)} {parameter.owner}s"
        )
