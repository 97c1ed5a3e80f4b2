"""Pyomo components made from arrays: the one seam between matrices and algebra.

Every row of every formulation that is a matrix row is written here. The components are ordinary
Pyomo ``Var``, ``Constraint`` and ``Objective``, and all that works on these works on them. But they
hold arrays, and make the objects for single variables and rows, by which Pyomo knows a model, when
somebody asks for them: so long as nobody does, a million nonzeros take a fraction of a second.
"""

from __future__ import annotations

from efmodels.matrix.objective import LinearObjective
from efmodels.matrix.parts import Part
from efmodels.matrix.rows import MatrixConstraint
from efmodels.matrix.variables import MatrixVar
from efmodels.matrix.whole_numbers import first_whole_number

__all__ = ["LinearObjective", "MatrixConstraint", "MatrixVar", "Part", "first_whole_number"]
