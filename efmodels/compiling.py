"""From a Pyomo model to arrays: matrix rows are stacked, only ordinary rows are walked.

What :class:`~efmodels.matrix.MatrixVar` and :class:`~efmodels.matrix.MatrixConstraint` hold goes
over as it is; an expression is looked at where, and only where, there is no matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.compiled_columns import Columns
from efmodels.compiled_rows import ORDER, Rows, linear_terms
from efmodels.dual_suffix import DualSuffix
from efmodels.errors import CapabilityError
from efmodels.linear_program import LinearProgram, LinearSolution
from efmodels.matrix import LinearObjective, MatrixVar
from efmodels.model_class import only_objective, refuse_what_solvers_drop
from efmodels.pyomo_internals import loading_values

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints


@dataclass(frozen=True, eq=False)
class CompiledModel:
    """A model's linear program, and where its numbers came from and go back to.

    Attributes
    ----------
    model
        The Pyomo model.
    program
        Its arrays.
    columns, rows
        Which variables and constraints the columns and rows are.
    """

    model: Any
    program: LinearProgram
    columns: Columns
    rows: Rows

    def load(self, solution: LinearSolution) -> None:
        """Give the variables their values, and the rows their duals, in bulk.

        Duals are found by ``row.dual_array()`` and, row by row, in ``model.dual``, a suffix that is
        declared if the model has none of that name.
        """
        with loading_values():
            self.columns.load(solution.x)
        if solution.duals is not None:
            self._load_duals(solution)

    def column_of(self, variable: Any) -> int:
        """Return the column of a variable.

        Raises
        ------
        KeyError
            It has none: no active row and no objective mentions it, or it is fixed.
        """
        column = self.columns.find(variable)
        if column is None:
            raise KeyError(f"{variable.name} is fixed, or in no active row and no objective")
        return column

    def row_of(self, constraint: Any) -> int:
        """Return the row of a constraint.

        Raises
        ------
        KeyError
            It has none: it was not active.
        """
        row = self.rows.find(constraint)
        if row is None:
            raise KeyError(f"{constraint.name} was no active row of the model")
        return row

    def _load_duals(self, solution: LinearSolution) -> None:
        model = self.model
        if not hasattr(model, "dual"):
            model.dual = DualSuffix(direction=pyo.Suffix.IMPORT)
        duals, reduced = (_importing(model, name) for name in ("dual", "rc"))
        if solution.duals is not None:
            self.rows.load(solution.duals, duals, solution.gap)
        if reduced is not None and solution.reduced_costs is not None:
            reduced.clear()
            reduced.update(zip(self.columns.all_data(), solution.reduced_costs, strict=True))


def compile_model(model: Any) -> CompiledModel:
    """Return the arrays of a linear or mixed-integer linear model.

    Parameters
    ----------
    model
        A ``ConcreteModel``, or a block that is attached to none, with one active objective.

    Raises
    ------
    CapabilityError
        A row or the objective is not linear, or there is a component that is no row.
    ModelError
        There is no active objective, or several; a fixed variable has no value.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.nash_zero_sum(ef.instances.kuhn())
    >>> m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    >>> program = compile_model(m).program
    >>> program.A.shape, program.A.nnz, program.maximize
    ((23, 23), 74, True)
    """
    refuse_what_solvers_drop(model)
    for ordered in model.component_data_objects(pyo.SOSConstraint, active=True):
        raise CapabilityError(f"{ordered.name} is a special ordered set, which has no row")
    objective = only_objective(model)
    columns = Columns()
    rows = Rows(columns)
    for component in model.component_objects(pyo.Var, active=True, sort=ORDER):
        if isinstance(component, MatrixVar):
            columns.start_of(component)
    for component in model.component_objects(pyo.Constraint, active=True, sort=ORDER):
        rows.add(component)
    cost, offset = _objective(objective, columns)
    A, row_lower, row_upper = rows.arrays()
    lower, upper, integer = columns.arrays()
    program = LinearProgram(
        A=sparse.csr_array(A, shape=(A.shape[0], columns.size)),
        c=_dense(cost, columns.size),
        row_lower=row_lower,
        row_upper=row_upper,
        lower=lower,
        upper=upper,
        integer=integer,
        offset=offset,
        maximize=objective.sense == pyo.maximize,
        column_names=_Names(model, columns.size, columns.names),
        row_names=_Names(model, A.shape[0], rows.names),
    )
    return CompiledModel(model, program, columns, rows)


class _Names(Sequence[str]):
    """Names that are made when somebody asks for the first of them.

    The model is held, since Pyomo's objects know their names only as long as it lives.
    """

    def __init__(self, model: Any, size: int, make: Any) -> None:
        self._model = model
        self._size = size
        self._make = make
        self._names: list[str] | None = None

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: Any) -> Any:
        if self._names is None:
            self._names = self._make()
        return self._names[index]


def _objective(objective: Any, columns: Columns) -> tuple[tuple[Ints, Floats], float]:
    """Return where the objective has coefficients, which, and its constant."""
    if not isinstance(objective, LinearObjective) or objective.is_detached:
        coefficients, where, constant = linear_terms(objective.expr, columns, objective.name)
        return (where, coefficients), constant
    wheres: list[Any] = []
    values: list[Any] = []
    for part in objective.parts:
        place = columns.of_part(part.variables)
        indices = part.matrix.indices
        wheres.append(indices + place if isinstance(place, int) else place[indices])
        values.append(part.matrix.data)
    return (np.concatenate(wheres), np.concatenate(values)), 0.0


def _dense(entries: tuple[Ints, Floats], size: int) -> Floats:
    where, values = entries
    dense = np.zeros(size)
    np.add.at(dense, where, values)
    return dense


def _importing(model: Any, name: str) -> Any:
    suffix = model.component(name)
    is_import = isinstance(suffix, pyo.Suffix) and suffix.import_enabled()
    return suffix if is_import else None


def same_structure(before: LinearProgram, after: LinearProgram) -> bool:
    """Say whether two programs differ at most in costs and bounds, so that one can be updated.

    >>> from dataclasses import replace
    >>> import numpy as np
    >>> from scipy import sparse
    >>> one = np.ones(1)
    >>> a = LinearProgram(sparse.csr_array([[1.0]]), one, one, one, one, one, one < 0)
    >>> same_structure(a, replace(a, c=2 * one)), same_structure(a, replace(a, maximize=True))
    (True, False)
    """
    return (
        before.maximize == after.maximize
        and before.A.shape == after.A.shape
        and np.array_equal(before.A.indptr, after.A.indptr)
        and np.array_equal(before.A.indices, after.A.indices)
        and np.array_equal(before.A.data, after.A.data)
        and np.array_equal(before.integer, after.integer)
    )
