"""Which constraint is which row of a compiled model, and what the rows say."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from efmodels.compiled_entries import Entries, matrix_of
from efmodels.dual_suffix import DualSuffix
from efmodels.errors import CapabilityError, ModelError
from efmodels.linear_program import stacked
from efmodels.matrix import MatrixConstraint
from efmodels.pyomo_internals import MatrixRowData, linear_terms_of

if TYPE_CHECKING:
    from scipy import sparse

    from efmodels.compiled_columns import Columns
    from efmodels.game import Floats, Ints

ORDER = pyo.SortComponents.deterministic
"""How components are walked: the same way in every run, also where an index is a Python set."""


class Rows:
    """The rows: runs that matrices give, and single ones that expressions give."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._size = 0
        self._entries: list[Entries] = []
        self._lower: list[Any] = []
        self._upper: list[Any] = []
        self._segments: list[tuple[int, Any, Ints | None]] = []

    def add(self, component: Any) -> None:
        """Add the active rows of a constraint component."""
        if not isinstance(component, MatrixConstraint):
            self._add_ordinary(row for row in component.values(ORDER) if row.active)
            return
        there = np.flatnonzero(component.matrix_array())
        if len(there):
            self._add_matrix(component, there)
        self._add_ordinary(component.detached_rows())

    def arrays(self) -> tuple[sparse.csr_array, Floats, Floats]:
        """Return the matrix and the bounds of the rows."""
        A = matrix_of(self._entries, (self._size, self._columns.size))
        return A, stacked(self._lower), stacked(self._upper)

    def sources(self) -> list[tuple[int, Any, Ints | None]]:
        """Return what gave which rows: the first row, the source, and which rows of a matrix.

        The source is a single constraint where no rows of a matrix are named.
        """
        return list(self._segments)

    def load(self, duals: Floats, suffix: Any, gap: float = 0.0) -> None:
        """Give the duals to the components, and those of ordinary rows to the suffix.

        ``gap`` is by how much the bound that they prove may differ from the value.
        """
        if suffix is not None:
            suffix.clear()
        for start, owner, there in self._segments:
            if there is not None:
                found = np.zeros(owner.size)
                found[there] = duals[start : start + len(there)]
                owner.set_dual_array(found, gap)
                if suffix is not None and not isinstance(suffix, DualSuffix):
                    suffix.update(
                        zip(map(owner.data_at, there.tolist()), found[there], strict=True)
                    )
            elif suffix is not None:
                suffix[owner] = float(duals[start])

    def find(self, row: Any) -> int | None:
        """Return the number of a row, or ``None`` if it has none."""
        segment = self._places.get(id(row))
        if segment is not None:
            return segment[0]
        segment = self._places.get(id(row.parent_component()))
        if segment is None or not isinstance(row, MatrixRowData):
            return None
        start, there = segment
        place = int(np.searchsorted(there, row.position))
        return start + place if place < len(there) and there[place] == row.position else None

    def all_data(self) -> list[Any]:
        """Return Pyomo's object of every row, made if need be."""
        groups = (
            (owner,) if there is None else map(owner.data_at, there.tolist())
            for _, owner, there in self._segments
        )
        return [data for group in groups for data in group]

    @cached_property
    def _places(self) -> dict[int, tuple[int, Ints]]:
        """The first row of each constraint and matrix, and which rows of the matrix are there."""
        nothing = np.zeros(0, dtype=np.int64)
        return {
            id(owner): (start, nothing if there is None else there)
            for start, owner, there in self._segments
        }

    def names(self) -> list[str]:
        """Return Pyomo's name of every row."""
        names: list[str] = []
        for _, owner, there in self._segments:
            if there is None:
                names.append(owner.name)
            else:
                names += [f"{owner.name}[{owner.key_of(k)}]" for k in there.tolist()]
        return names

    def _add_matrix(self, component: MatrixConstraint, there: Ints) -> None:
        everything = len(there) == component.size
        chosen = slice(None) if everything else there  # which copies nothing
        entries = []
        for part in component.parts:
            A = part.matrix if everything else part.matrix[there]
            place = self._columns.of_part(part.variables)
            entries.append(Entries(self._size, A.indptr, A.indices, A.data, place))
        self._entries += sorted(entries, key=lambda some: some.first_column)
        self._lower.append(component.lower_array()[chosen])
        self._upper.append(component.upper_array()[chosen])
        self._segments.append((self._size, component, there))
        self._size += len(there)

    def _add_ordinary(self, rows: Any) -> None:
        for row in rows:
            lower, body, upper = row.to_bounded_expression(evaluate_bounds=True)
            coefficients, columns, constant = linear_terms(body, self._columns, row.name)
            order, ends = np.argsort(columns), np.array([0, len(columns)])
            self._entries.append(Entries(self._size, ends, columns[order], coefficients[order]))
            self._lower.append([-math.inf if lower is None else lower - constant])
            self._upper.append([math.inf if upper is None else upper - constant])
            self._segments.append((self._size, row, None))
            self._size += 1


def linear_terms(expression: Any, columns: Columns, name: str) -> tuple[Floats, Ints, float]:
    """Return coefficients, columns and the constant of a linear expression."""
    try:
        terms = linear_terms_of(expression)
    except (TypeError, ValueError) as error:  # Pyomo multiplies by None
        raise ModelError(f"{name}: a variable in it is fixed and has no value") from error
    if terms is None:
        raise CapabilityError(f"{name} is not linear in the variables that are not fixed")
    coefficients = np.array(terms.coefficients, dtype=float)
    where = np.array([columns.of(v) for v in terms.variables], dtype=np.int64)
    return coefficients, where, float(terms.constant)
