"""Linear programs as arrays, solved without a model: what large formulations are handed to.

Arrays go in and arrays come out; nothing here knows of Pyomo. Each solver keeps its own copy of the
program between solves, so that a new objective or new bounds cost no second hand-over.
"""

from __future__ import annotations

from efmodels.bulk.automatic import AutomaticSolver
from efmodels.bulk.base import BulkRun, BulkSettings, BulkSolver
from efmodels.bulk.scaled import ScaledSolver

__all__ = ["AutomaticSolver", "BulkRun", "BulkSettings", "BulkSolver", "ScaledSolver"]
