"""Rows of sparse matrices as constraints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from efmodels.errors import GameError, SolverError
from efmodels.matrix.columns import column, entry, overlaid
from efmodels.matrix.labels import as_labels
from efmodels.matrix.parts import Part, linear_expression, nonzeros
from efmodels.matrix.whole_numbers import first_whole_number
from efmodels.pyomo_internals import RowsOnDemand, copied_flags, end_of_solution, stale_flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from efmodels.game import Bools, Floats
    from efmodels.polytope import FlowPolytope


class MatrixConstraint(RowsOnDemand):
    """The rows ``lb <= A_1 x_1 + A_2 x_2 + ... <= ub``, or ``... = rhs``.

    It is an ordinary Pyomo ``Constraint``, but the matrices stay matrices. A row's object is made
    when it is first asked for, and its expression each time. A row without variables is left out.

    Parameters
    ----------
    parts
        Pairs of a sparse matrix and what it multiplies: a `MatrixVar`, another indexed or scalar
        variable, or a list of variables, as many as the matrix has columns. A CSR matrix in
        canonical format is kept and not copied: do not change it afterwards.
    rhs
        The right-hand side of equalities; a number or one per row.
    lb, ub
        Bounds of inequalities; a number, one per row, or ``None``.
    labels
        One name per row, or the polytope whose coordinates the rows are; numbers by default.
    **keywords
        ``doc`` and ``name``, as for ``pyo.Constraint``.

    Raises
    ------
    GameError
        Shapes do not fit, or a row without variables cannot hold.

    Examples
    --------
    >>> import numpy as np, pyomo.environ as pyo
    >>> from scipy import sparse
    >>> from efmodels.matrix import MatrixVar
    >>> m = pyo.ConcreteModel()
    >>> m.x = MatrixVar(2, labels=["a", "b"])
    >>> A = sparse.csr_array(np.array([[1.0, 1.0], [2.0, 0.0]]))
    >>> m.rows = MatrixConstraint([(A, m.x)], lb=[1, 0], labels=["one", "two"])
    >>> print(m.rows["one"].expr)
    1.0  <=  x[a] + x[b]
    """

    def __init__(
        self,
        parts: Sequence[tuple[Any, Any]],
        *,
        rhs: ArrayLike | None = None,
        lb: ArrayLike | None = None,
        ub: ArrayLike | None = None,
        labels: FlowPolytope | Sequence[str] | None = None,
        **keywords: Any,
    ) -> None:
        if (rhs is None) == (lb is None and ub is None):
            raise GameError("give either rhs, or lb or ub or both")
        self._parts = tuple(Part.of(A, x) for A, x in parts)
        rows = self._parts[0].matrix.shape[0]
        names = as_labels(labels, rows, "rows")
        if any(part.matrix.shape[0] != rows for part in self._parts):
            found = [part.matrix.shape[0] for part in self._parts]
            raise GameError(f"the parts have {found} rows; all alike")
        lower, upper = (lb, ub) if rhs is None else (rhs, rhs)
        self._lower = column(lower, rows, "lower bounds", -np.inf)
        self._upper = column(upper, rows, "upper bounds", np.inf)
        self._duals: Duals | None = None
        super().__init__(rows, names, **keywords)

    def construct(self, data: Any = None) -> None:
        """Look for rows without variables: they are left out if they hold, and else refused."""
        if self.is_constructed():
            return
        super().construct(data)
        entries = sum(np.diff(part.matrix.indptr) for part in self._parts)
        empty = np.flatnonzero(entries == 0)
        for position in empty.tolist():
            lower, upper = self.bounds_at(position)
            if not ((lower is None or lower <= 0) and (upper is None or upper >= 0)):
                raise GameError(
                    f"row {self.name}[{self.key_of(position)}] has no variables, yet 0 is out of "
                    "bounds"
                )
        self._absent = set(empty.tolist())

    # Arrays ----------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Number of rows, those without variables included."""
        return self._size

    @property
    def parts(self) -> tuple[Part, ...]:
        """The matrices, each with what it multiplies."""
        return self._parts

    @property
    def nnz(self) -> int:
        """Number of nonzeros of all matrices."""
        return nonzeros(self._parts)

    @property
    def is_matrix_rows(self) -> bool:
        """Whether every row is still that of the matrices, and therefore linear."""
        return not any(row.is_detached for row in self.made.values())

    def lower_array(self) -> Floats:
        """Return the lower bounds of the matrix rows, ``-inf`` for none; shape ``(size,)``."""
        return np.array(np.broadcast_to(self._lower, (self._size,)))

    def upper_array(self) -> Floats:
        """Return the upper bounds of the matrix rows, ``inf`` for none; shape ``(size,)``."""
        return np.array(np.broadcast_to(self._upper, (self._size,)))

    def matrix_array(self) -> Bools:
        """Return which rows are there, active and those of the matrices; shape ``(size,)``."""
        active = np.array(self._rows_active)
        mask = overlaid(active, self._size, self.made, _is_active_matrix_row)
        mask[list(self._absent)] = False
        return mask

    def detached_rows(self) -> list[Any]:
        """Return the active rows with an expression of their own, which may be nonlinear."""
        rows = (self.made[position] for position in sorted(self.made))
        return [row for row in rows if row.active and row.is_detached]

    def bounds_at(self, position: int) -> tuple[float | None, float | None]:
        """Return the bounds of a matrix row, ``None`` where there is none."""
        lower, upper = entry(self._lower, position), entry(self._upper, position)
        return None if lower == -np.inf else lower, None if upper == np.inf else upper

    def _new_body(self, position: int) -> Any:
        return linear_expression(self._parts, position)

    # Duals -----------------------------------------------------------------------------------

    def dual_array(self) -> Floats:
        """Return the duals with Pyomo's signs, 0 for a row without variables; shape ``(size,)``.

        Duals belong to the values of the variables. Those of `set_dual_array` count until one of
        the variables gets another value, for example from a solver; then those that the solver
        wrote into ``model.dual`` count, and if there are none, there are no duals.

        Raises
        ------
        SolverError
            The model holds no duals.
        """
        self._forget_old_duals()
        if self._duals is not None:
            return np.array(np.broadcast_to(self._duals.numbers, (self._size,)))
        suffix = self.model().component("dual")
        if not isinstance(suffix, pyo.Suffix) or not len(suffix):
            raise _no_duals(self)
        duals = np.full(self._size, np.nan)
        duals[list(self._absent)] = 0.0
        return overlaid(duals, self._size, self.made, lambda row: suffix.get(row, np.nan))

    def dual_at(self, row: Any) -> float:
        """Return the dual of one of these rows, given as Pyomo's object.

        Raises
        ------
        KeyError
            There is none that belongs to the values that the variables have now.
        """
        self._forget_old_duals()
        if self._duals is None:
            raise KeyError(row.name)
        return float(entry(self._duals.numbers, row.position))

    def dual_gap(self) -> float:
        """Return by how much the bound that `dual_array` proves may differ from the value.

        It is 0 at an optimum, and where nobody has said anything else.
        """
        self._forget_old_duals()
        return 0.0 if self._duals is None else self._duals.gap

    def set_dual_array(self, duals: ArrayLike, gap: float = 0.0) -> None:
        """Set the duals of all rows at once, with Pyomo's signs.

        Set the values of the variables before: the duals belong to these. What ``model.dual`` says
        of these rows is older, and is removed.

        Parameters
        ----------
        duals
            A number, or one per row.
        gap
            By how much the bound that the duals prove may differ from the value.

        Raises
        ------
        GameError
            There are more or fewer duals than rows.
        """
        numbers = column(duals, self._size, "duals")
        end_of_solution()
        self._duals = Duals(numbers, self._stale_flags(), gap)
        suffix = self.model().component("dual")
        if isinstance(suffix, pyo.Suffix) and len(suffix):
            for row in self.made.values():
                suffix.pop(row, None)

    def _stale_flags(self) -> list[NDArray[np.int64]]:
        return [stale_flags(part.variables) for part in self._parts]

    def _forget_old_duals(self) -> None:
        """Remove duals that belong to other values of the variables."""
        if self._duals is not None and not self._duals.belong_to(self._stale_flags()):
            self._duals = None

    def __getstate__(self) -> Any:
        """Return what a clone or a pickle gets: no old duals."""
        self._forget_old_duals()
        return super().__getstate__()


@dataclass(frozen=True, eq=False)
class Duals:
    """Duals of rows, of what values of the variables, and how far these are from optimal."""

    numbers: Floats
    flags: list[NDArray[np.int64]]
    gap: float = 0.0

    def belong_to(self, flags: list[NDArray[np.int64]]) -> bool:
        """Say whether the variables still have the values to which the duals belong."""
        return all(map(np.array_equal, self.flags, flags))

    def __getstate__(self) -> tuple[Floats, list[Any], float]:
        """Write the flags as Pyomo writes those of the variables."""
        return self.numbers, [copied_flags(True, flags) for flags in self.flags], self.gap

    def __setstate__(self, state: tuple[Floats, list[Any], float]) -> None:
        """Read the flags as Pyomo reads those of the variables."""
        numbers, flags, gap = state
        object.__setattr__(self, "gap", gap)
        object.__setattr__(self, "numbers", numbers)
        object.__setattr__(self, "flags", [copied_flags(False, flag) for flag in flags])


def _is_active_matrix_row(row: Any) -> bool:
    return bool(row.active and not row.is_detached)


def _no_duals(rows: MatrixConstraint) -> SolverError:
    """Say why there are none: whole numbers, or nobody has put any there."""
    whole = first_whole_number(rows.model())
    advice = (
        "solve it with efmodels.solve and a solver that gives duals (of a linear model HiGHS, of a "
        "nonlinear one efmodels_ipopt), or declare `model.dual = pyo.Suffix(...)` before"
        if whole is None
        else "programs with variables that must be whole numbers, such as "
        f"{whole.name}, have none: fix these variables at their values, and solve again"
    )
    return SolverError(
        f"the model holds no duals of {rows.name}: {advice}", status="no duals", solver=""
    )
