"""A suffix of duals for models with matrix rows."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from efmodels.pyomo_internals import MatrixRowData


class DualSuffix(pyo.Suffix):  # type: ignore[misc] # Pyomo has no types
    """A suffix of duals that finds those of matrix rows where these keep them, in an array."""

    def __getitem__(self, row: Any) -> float:
        try:
            dual: float = super().__getitem__(row)
        except KeyError:
            if not isinstance(row, MatrixRowData):
                raise
            dual = row.parent_component().dual_at(row)
        return dual

    def get(self, row: Any, default: Any = None) -> Any:
        """Return the dual of a row, or another value if there is none."""
        try:
            return self[row]
        except KeyError:
            return default

    def __contains__(self, row: Any) -> bool:
        return self.get(row) is not None

    def pop(self, row: Any, default: Any = None) -> Any:
        """Remove what the suffix itself says of a row, and return it."""
        if not super().__contains__(row):
            return default
        dual = super().__getitem__(row)
        del self[row]
        return dual
