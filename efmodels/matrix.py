"""Pyomo components made from arrays: the one seam between matrices and algebra.

Every row of every formulation that is a matrix row is written here, so that how it is stored can
change in one place. The components are ordinary Pyomo ``Var``, ``Constraint`` and ``Objective``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from pyomo.core.base.constraint import IndexedConstraint
from pyomo.core.base.objective import ScalarObjective
from pyomo.core.base.var import IndexedVar
from pyomo.core.expr.numeric_expr import LinearExpression

from efmodels.errors import GameError, SolverError
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike
    from scipy import sparse

    from efmodels.game import Floats

    Part = tuple[sparse.csr_array, Any]


class MatrixVar(IndexedVar):  # type: ignore[misc] # Pyomo has no types
    """A vector of variables with names.

    ``x["name"]``, ``x[17]`` and, for the coordinates of a polytope, ``x[infoset, action]`` are the
    same variable.

    Parameters
    ----------
    size
        How many.
    domain
        Such as ``pyo.NonNegativeReals``; free by default.
    labels
        The polytope whose coordinates these are, or one name per variable, or nothing.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = MatrixVar(2, domain=pyo.NonNegativeReals, labels=["left", "right"])
    >>> m.x["right"] is m.x[1]
    True
    >>> m.x["left"].set_value(3.0)
    >>> m.x.array()
    array([ 3., nan])
    """

    def __init__(
        self,
        size: int,
        *,
        domain: Any = pyo.Reals,
        labels: FlowPolytope | Sequence[str] | None = None,
        **keywords: Any,
    ) -> None:
        self._polytope = labels if isinstance(labels, FlowPolytope) else None
        self._names = tuple(labels.names if isinstance(labels, FlowPolytope) else labels or ())
        if self._names and len(self._names) != size:
            raise GameError(f"got {len(self._names)} labels for {size} variables")
        if len(set(self._names)) != len(self._names):
            raise GameError("the labels of a MatrixVar must differ")
        index = pyo.Set(initialize=self._names) if self._names else pyo.RangeSet(0, size - 1)
        super().__init__(index, domain=domain, **keywords)

    def __getitem__(self, key: Any) -> Any:
        if self._names and isinstance(key, (int, np.integer)):
            key = self._names[key]
        elif self._polytope is not None and isinstance(key, tuple) and len(key) == 2:  # noqa: PLR2004 - a pair
            key = self._names[self._polytope.coordinate(*key)]
        return super().__getitem__(key)

    def array(self) -> Floats:
        """Return the values; ``nan`` where there is none. Shape ``(size,)``."""
        return np.array([data.value for data in self.values()], dtype=float)


class MatrixConstraint(IndexedConstraint):  # type: ignore[misc] # Pyomo has no types
    """The rows ``lb <= A_1 x_1 + A_2 x_2 + ... <= ub``, or ``... = rhs``.

    Parameters
    ----------
    parts
        Pairs of a sparse matrix and what it multiplies: a `MatrixVar`, another indexed or scalar
        variable, or a list of variables, as many as the matrix has columns.
    rhs
        The right-hand side of equalities; a number or one per row.
    lb, ub
        Bounds of inequalities; a number, one per row, or ``None``.
    labels
        One name per row; numbers by default.

    Raises
    ------
    GameError
        Shapes do not fit, or a row without variables cannot hold.

    Examples
    --------
    >>> import numpy as np, pyomo.environ as pyo
    >>> from scipy import sparse
    >>> m = pyo.ConcreteModel()
    >>> m.x = MatrixVar(2, labels=["a", "b"])
    >>> A = sparse.csr_array(np.array([[1.0, 1.0], [2.0, 0.0]]))
    >>> m.rows = MatrixConstraint([(A, m.x)], lb=[1, 0], labels=["one", "two"])
    >>> print(m.rows["one"].expr)
    1.0  <=  x[a] + x[b]
    """

    is_matrix_rows = True
    """Says that every row is linear, so that nobody needs to look."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        rhs: ArrayLike | None = None,
        lb: ArrayLike | None = None,
        ub: ArrayLike | None = None,
        labels: Sequence[str] | None = None,
        **keywords: Any,
    ) -> None:
        rows = parts[0][0].shape[0]
        self._names = tuple(labels or ())
        if self._names and len(self._names) != rows:
            raise GameError(f"got {len(self._names)} labels for {rows} rows")
        if (rhs is None) == (lb is None and ub is None):
            raise GameError("give either rhs, or lb or ub or both")
        self._parts: Sequence[Part] = [(A.tocsr(), _variables(x, A.shape[1])) for A, x in parts]
        if any(A.shape[0] != rows for A, _ in self._parts):
            raise GameError(
                f"the parts have {[A.shape[0] for A, _ in self._parts]} rows; all alike"
            )
        bounds = (rhs, rhs) if rhs is not None else (lb, ub)
        self._bounds = tuple(None if b is None else np.full(rows, b, dtype=float) for b in bounds)
        index = pyo.Set(initialize=self._names) if self._names else pyo.RangeSet(0, rows - 1)
        super().__init__(index, **keywords)

    def construct(self, data: Any = None) -> None:
        """Write the rows, then forget the matrices."""
        if self._constructed:
            return
        super().construct(data)
        lower, upper = (None if b is None else b.tolist() for b in self._bounds)
        for i, (key, body) in enumerate(zip(self.index_set(), self._bodies(), strict=True)):
            low = None if lower is None else lower[i]
            high = None if upper is None else upper[i]
            if body.nargs():
                self.add(key, (body, low) if low == high else (low, body, high))
            elif not ((low is None or low <= 0) and (high is None or high >= 0)):
                raise GameError(f"row {self.name}[{key}] has no variables, yet 0 is out of bounds")
        self._parts, self._bounds = (), ()

    def __getitem__(self, key: Any) -> Any:
        if self._names and isinstance(key, (int, np.integer)):
            key = self._names[key]
        return super().__getitem__(key)

    def dual_array(self) -> Floats:
        """Return the duals with Pyomo's signs, 0 for a row without variables; shape ``(rows,)``.

        Raises
        ------
        SolverError
            The model holds no duals.
        """
        suffix = self.model().component("dual")
        if not isinstance(suffix, pyo.Suffix) or not len(suffix):
            raise SolverError(
                f"the model holds no duals of {self.name}: solve it with efmodels.solve and a "
                "solver that gives duals, or declare `model.dual = pyo.Suffix(...)` before",
                status="no duals",
                solver="",
            )
        rows = (self._data.get(key) for key in self.index_set())
        return np.array([0.0 if row is None else suffix.get(row, np.nan) for row in rows])

    def _bodies(self) -> Any:
        """Yield each row as a linear expression; numpy becomes Python numbers once, in bulk."""
        columns = [
            (A.indptr.tolist(), A.indices.tolist(), A.data.tolist(), variables)
            for A, variables in self._parts
        ]
        for i in range(len(columns[0][0]) - 1):
            coefficients: list[float] = []
            terms: list[Any] = []
            for start, indices, values, variables in columns:
                coefficients += values[start[i] : start[i + 1]]
                terms += [variables[j] for j in indices[start[i] : start[i + 1]]]
            yield LinearExpression(linear_coefs=coefficients, linear_vars=terms)


class LinearObjective(ScalarObjective):  # type: ignore[misc] # Pyomo has no types
    """The objective ``c_1 x_1 + c_2 x_2 + ...``.

    Parameters
    ----------
    parts
        Pairs of a coefficient vector and what it multiplies, as for `MatrixConstraint`.
    sense
        ``pyo.maximize`` (the default here) or ``pyo.minimize``.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = MatrixVar(3, labels=["a", "b", "c"])
    >>> m.goal = LinearObjective([([1.0, 0.0, 2.0], m.x)])
    >>> print(m.goal.expr)
    x[a] + 2.0*x[c]
    """

    def __init__(
        self, parts: Sequence[tuple[ArrayLike, Any]], *, sense: Any = pyo.maximize, **keywords: Any
    ) -> None:
        coefficients: list[float] = []
        terms: list[Any] = []
        for vector, x in parts:
            values = np.asarray(vector, dtype=float)
            variables = _variables(x, len(values))
            here = np.flatnonzero(values).tolist()
            coefficients += values[here].tolist()
            terms += [variables[j] for j in here]
        body = LinearExpression(linear_coefs=coefficients, linear_vars=terms)
        super().__init__(expr=body, sense=sense, **keywords)


def _variables(x: Any, columns: int) -> list[Any]:
    """Return the variables that a matrix with this many columns multiplies."""
    variables = list(x.values()) if hasattr(x, "values") else list(x)
    if len(variables) != columns:
        raise GameError(
            f"a matrix with {columns} columns cannot multiply {len(variables)} variables"
        )
    return variables
