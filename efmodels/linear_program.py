"""A linear (or mixed-integer linear) program as arrays: what is handed to a solver in bulk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy import sparse

    from efmodels.game import Bools, Floats


@dataclass(frozen=True, eq=False)
class LinearProgram:
    r"""Optimise ``c @ x + offset`` over ``row_lower <= A x <= row_upper``, ``lower <= x <= upper``.

    Parameters
    ----------
    A
        The rows, shape ``(rows, columns)``; no entry is stored twice, none is zero.
    c, offset
        The objective.
    maximize
        Whether to make it large instead of small.
    row_lower, row_upper
        Bounds of the rows, ``-inf`` and ``inf`` where there are none; equal for an equality.
    lower, upper
        Bounds of the columns; equal for a fixed variable.
    integer
        Which columns take whole numbers only; shape ``(columns,)``.
    column_names, row_names
        Names for files; sequences that may compute them when asked.

    Raises
    ------
    ModelError
        Shapes do not fit together.
    """

    A: sparse.csr_array
    c: Floats
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: Bools
    offset: float = 0.0
    maximize: bool = False
    column_names: Sequence[str] = ()
    row_names: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check the shapes."""
        rows, columns = self.A.shape
        for name, size in (
            *((name, columns) for name in ("c", "lower", "upper", "integer")),
            *((name, rows) for name in ("row_lower", "row_upper")),
        ):
            if getattr(self, name).shape != (size,):
                raise ModelError(
                    f"{name} has shape {getattr(self, name).shape}; A is {rows} x {columns}: "
                    f"expected ({size},)"
                )

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.A.shape[0])

    @property
    def columns(self) -> int:
        """Number of columns."""
        return int(self.A.shape[1])

    @property
    def is_continuous(self) -> bool:
        """Whether no column must be a whole number."""
        return not self.integer.any()

    def value(self, x: Floats) -> float:
        """Return the objective at a point."""
        return float(self.c @ x) + self.offset

    def violation(self, x: Floats) -> float:
        """Return the largest violation of a row or a bound at a point."""
        activity = self.A @ x
        gaps = (
            self.row_lower - activity,
            activity - self.row_upper,
            self.lower - x,
            x - self.upper,
        )
        return max((float(gap.max(initial=0.0)) for gap in gaps), default=0.0)

    def minimised(self) -> LinearProgram:
        """Return the same program as a minimisation: the objective changes its sign."""
        if not self.maximize:
            return self
        return replace(self, c=-self.c, offset=-self.offset, maximize=False)


@dataclass(frozen=True, eq=False)
class LinearSolution:
    """A primal-dual point of a `LinearProgram`.

    Signs are Pyomo's: a dual is the derivative of the objective by the row's right-hand side,
    whichever way it is optimised, and ``reduced_costs = c - A.T @ duals``.

    Attributes
    ----------
    x
        Values of the columns.
    duals
        Duals of the rows, or ``None`` where there are none (integers).
    reduced_costs
        Reduced costs of the columns, or ``None``.
    gap
        By how much the bound that the duals prove may differ from the value at ``x``: 0 at an
        optimum, more where a solver is content with less.
    """

    x: Floats
    duals: Floats | None = None
    reduced_costs: Floats | None = None
    gap: float = 0.0


def stacked(values: Sequence[Any]) -> Floats:
    """Concatenate arrays of floats, also none at all."""
    return np.concatenate([np.zeros(0), *values])


@dataclass(frozen=True)
class OptimalityViolation:
    """How far a primal-dual point is from proving itself optimal; all zero at an optimum.

    Attributes
    ----------
    primal
        Largest violation of a row or a bound, in its units.
    dual
        Largest violation among: a dual or reduced cost has a sign that its bounds allow, and
        ``reduced_costs = c - A.T @ duals``.
    gap
        Sum over rows and columns of ``|multiplier| * distance to the bound it belongs to``. At a
        point without other violations it is the distance between the primal and the dual value,
        and so bounds the distance to the optimum.
    """

    primal: float
    dual: float
    gap: float


def optimality_violation(program: LinearProgram, solution: LinearSolution) -> OptimalityViolation:
    r"""Measure feasibility, dual feasibility and complementarity of a primal-dual point.

    With ``sigma = 1`` for a minimum and ``-1`` for a maximum, a positive part of ``sigma * y``
    belongs to the lower bound and a negative part to the upper one:

    .. math:: \mathrm{gap} = \sum (\sigma y)^+ |a - l| + (\sigma y)^- |u - a|

    over the rows (activity ``a``, duals ``y``) and the columns (values, reduced costs). A part that
    belongs to an infinite bound counts as a dual violation. Two sparse products; no solver.

    Parameters
    ----------
    program
        The program.
    solution
        The point; reduced costs are ``c - A.T @ duals`` where it has none.

    Raises
    ------
    ModelError
        The point has no duals, or does not have the program's shape.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> program = LinearProgram(  # minimise 2 x where x >= 3
    ...     *(sparse.csr_array([[1.0]]), np.array([2.0]), np.array([3.0]), np.array([np.inf])),
    ...     *(np.array([-np.inf]), np.array([np.inf]), np.array([False])),
    ... )
    >>> optimality_violation(program, LinearSolution(np.array([3.0]), np.array([2.0])))
    OptimalityViolation(primal=0.0, dual=0.0, gap=0.0)
    >>> optimality_violation(program, LinearSolution(np.array([4.0]), np.array([1.5])))
    OptimalityViolation(primal=0.0, dual=0.5, gap=1.5)
    """
    x, duals = solution.x, solution.duals
    if duals is None:
        raise ModelError("the point has no duals; optimality is checked with them")
    if (len(duals), len(x)) != program.A.shape:
        raise ModelError(
            f"the point has {len(x)} values and {len(duals)} duals; "
            f"the program has {program.columns} columns and {program.rows} rows"
        )
    implied = program.c - program.A.T @ duals
    costs = implied if solution.reduced_costs is None else solution.reduced_costs
    sign = -1.0 if program.maximize else 1.0
    rows = _multiplier_violation(sign * duals, program.A @ x, program.row_lower, program.row_upper)
    columns = _multiplier_violation(sign * costs, x, program.lower, program.upper)
    return OptimalityViolation(
        primal=program.violation(x),
        dual=max(rows[0], columns[0], float(np.abs(costs - implied).max(initial=0.0))),
        gap=rows[1] + columns[1],
    )


def _multiplier_violation(
    multiplier: Floats, activity: Floats, lower: Floats, upper: Floats
) -> tuple[float, float]:
    """Return the largest multiplier of an infinite bound, and the sum of products with slacks."""
    parts = np.concatenate([np.maximum(multiplier, 0.0), np.maximum(-multiplier, 0.0)])
    slack = np.abs(np.concatenate([activity - lower, upper - activity]))
    finite = np.isfinite(slack)
    return float(parts[~finite].max(initial=0.0)), float(parts[finite] @ slack[finite])
