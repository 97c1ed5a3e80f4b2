"""Which variable stands in which column of a compiled model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import ModelError
from efmodels.linear_program import stacked
from efmodels.matrix import MatrixVar

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints


class Columns:
    """Which variable stands in which column.

    A `MatrixVar` has a run of columns; ordinary variables come one by one as rows mention them.
    """

    def __init__(self) -> None:
        self.size = 0
        self._start: dict[int, int] = {}
        self._column: dict[int, int] = {}
        self._segments: list[tuple[int, Any]] = []

    def start_of(self, variables: MatrixVar) -> int:
        """Return the first column of a vector of variables."""
        start = self._start.get(id(variables))
        if start is None:
            start = self._start[id(variables)] = self._append(variables, variables.size)
        return start

    def of(self, variable: Any) -> int:
        """Return the column of a variable."""
        component = variable.parent_component()
        if isinstance(component, MatrixVar):
            return self.start_of(component) + component.position_of(variable)
        column = self._column.get(id(variable))
        if column is None:
            column = self._column[id(variable)] = self._append(variable, 1)
        return column

    def find(self, variable: Any) -> int | None:
        """Return the column of a variable, or ``None`` if it has none."""
        component = variable.parent_component()
        start = self._start.get(id(component))
        if start is not None:
            return start + int(component.position_of(variable))
        return self._column.get(id(variable))

    def of_part(self, variables: Any) -> int | Ints:
        """Return the first column of a `MatrixVar`, or the column of every variable of a list."""
        if isinstance(variables, MatrixVar):
            return self.start_of(variables)
        return np.array([self.of(variable) for variable in variables], dtype=np.int64)

    def arrays(self) -> tuple[Floats, Floats, Bools]:
        """Return lower and upper bounds and which columns are whole numbers."""
        if not self._segments:
            return np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool)
        found = [
            _bounds_of_vector(owner) if isinstance(owner, MatrixVar) else _bounds_of(owner)
            for _, owner in self._segments
        ]
        lower, upper, integer = zip(*found, strict=True)
        return stacked(lower), stacked(upper), np.concatenate(integer)

    def sources(self) -> list[tuple[int, Any]]:
        """Return the first column of each `MatrixVar` and of each single variable."""
        return list(self._segments)

    def load(self, x: Floats) -> None:
        """Set the values of all variables that are not fixed."""
        for start, owner in self._segments:
            if isinstance(owner, MatrixVar):
                owner.set_array(x[start : start + owner.size])
            elif not owner.fixed:
                owner.set_value(float(x[start]), skip_validation=True)

    def names(self) -> list[str]:
        """Return Pyomo's name of every column."""
        return [name for _, owner in self._segments for name in _names_of(owner)]

    def all_data(self) -> list[Any]:
        """Return Pyomo's object of every column, made if need be."""
        groups = (
            owner.values() if isinstance(owner, MatrixVar) else (owner,)
            for _, owner in self._segments
        )
        return [data for group in groups for data in group]

    def _append(self, owner: Any, size: int) -> int:
        start = self.size
        self._segments.append((start, owner))
        self.size += size
        return start


def _bounds_of_vector(variables: MatrixVar) -> tuple[Floats, Floats, Bools]:
    lower, upper = variables.lower_array(), variables.upper_array()
    fixed = variables.fixed_array()
    if fixed.any():
        values = variables.array()
        if np.isnan(values[fixed]).any():
            raise ModelError(f"a variable of {variables.name} is fixed and has no value")
        lower[fixed] = upper[fixed] = values[fixed]
    return lower, upper, variables.integer_array() & ~fixed


def _bounds_of(variable: Any) -> tuple[list[float], list[float], list[bool]]:
    if variable.fixed:
        if variable.value is None:
            raise ModelError(f"{variable.name} is fixed and has no value")
        return [variable.value], [variable.value], [False]
    lower, upper = variable.bounds
    return (
        [-math.inf if lower is None else lower],
        [math.inf if upper is None else upper],
        [not variable.is_continuous()],
    )


def _names_of(owner: Any) -> list[str]:
    if isinstance(owner, MatrixVar):
        return [f"{owner.name}[{key}]" for key in owner.keys()]  # noqa: SIM118 - no dictionary
    return [owner.name]
