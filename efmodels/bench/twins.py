"""The synthetic program written down in several ways: what a modelling layer costs.

Ours, Pyomo with a rule for each row, arrays without any layer, linopy and CVXPY. Each is written in
the way that was found to be the fastest for its layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.bench.synthetic import PAIRS, PAYOFFS
from efmodels.linear_program import LinearProgram
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.pyomo_internals import LinearExpression

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.bench.synthetic import SyntheticProgram


def matrix_model(program: SyntheticProgram) -> pyo.ConcreteModel:
    """Write the program with our components: matrices where there are any, algebra for the rest."""
    m = pyo.ConcreteModel()
    m.x = MatrixVar(program.F.shape[1], domain=pyo.NonNegativeReals)
    m.v = MatrixVar(program.Et.shape[1])
    m.payoff = pyo.Var(range(PAYOFFS))
    m.flow = MatrixConstraint([(program.F, m.x)], rhs=program.f)
    m.reply = MatrixConstraint([(program.Et, m.v), (-program.At, m.x)], ub=0.0)
    m.payoff_row = MatrixConstraint(
        [(sparse.eye_array(PAYOFFS), m.payoff), (-program.B, m.x)], rhs=0.0
    )
    _add_side_constraints(m, program)
    return m


def rule_model(program: SyntheticProgram) -> pyo.ConcreteModel:
    """Write the program in plain Pyomo: a rule for each family of rows, and no matrix."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(program.F.shape[1]), domain=pyo.NonNegativeReals)
    m.v = pyo.Var(range(program.Et.shape[1]))
    m.payoff = pyo.Var(range(PAYOFFS))
    flow, f = _rows(program.F, m.x), program.f.tolist()
    values, minus_payoffs = _rows(program.Et, m.v), _rows(-program.At, m.x)
    minus_sums = _rows(-program.B, m.x)
    m.flow = pyo.Constraint(range(len(f)), rule=lambda _, row: flow(row) == f[row])
    m.reply = pyo.Constraint(
        range(program.Et.shape[0]), rule=lambda _, row: values(row) + minus_payoffs(row) <= 0
    )
    m.payoff_row = pyo.Constraint(
        range(PAYOFFS), rule=lambda m, row: m.payoff[row] + minus_sums(row) == 0
    )
    _add_side_constraints(m, program)
    return m


def _rows(A: sparse.csr_array, variables: Any) -> Callable[[int], LinearExpression]:
    """Return what makes a row of a matrix into an expression, term by term."""
    start, columns, data = A.indptr.tolist(), A.indices.tolist(), A.data.tolist()

    def expression(row: int) -> LinearExpression:
        here = slice(start[row], start[row + 1])
        return LinearExpression(
            linear_coefs=data[here], linear_vars=[variables[column] for column in columns[here]]
        )

    return expression


def _add_side_constraints(m: Any, program: SyntheticProgram) -> None:
    """Add what the user writes in algebra, whoever wrote the matrices."""
    pairs, limits, floors = program.pairs.tolist(), program.limits.tolist(), program.floors.tolist()
    m.side = pyo.Constraint(
        range(PAIRS), rule=lambda m, k: m.x[pairs[k][0]] + 2 * m.x[pairs[k][1]] <= limits[k]
    )
    m.floor = pyo.Constraint(range(PAYOFFS), rule=lambda m, k: m.payoff[k] >= floors[k])
    m.welfare = pyo.Objective(expr=m.v[0] + pyo.quicksum(m.payoff.values()), sense=pyo.maximize)


def stacked_arrays(program: SyntheticProgram) -> LinearProgram:
    """Stack the arrays with scipy, the columns in the order ``x``, ``v``, ``u``."""
    n, points, replies = program.F.shape[1], program.Et.shape[1], program.Et.shape[0]
    eye = sparse.eye_array(PAYOFFS, format="csr")
    replies_x_v = sparse.hstack([-program.At, program.Et], format="csr")
    payoffs = sparse.hstack([-program.B, sparse.csr_array((PAYOFFS, points)), eye], format="csr")
    columns = n + points + PAYOFFS
    matrices = (program.F, replies_x_v, payoffs, _side_rows(program))
    unbounded = np.full(columns, np.inf)
    return LinearProgram(
        A=sparse.vstack([_widened(A, columns) for A in matrices], format="csr"),
        c=np.concatenate([np.zeros(n), np.eye(1, points)[0], np.ones(PAYOFFS)]),
        row_lower=np.concatenate(
            [
                *(program.f, np.full(replies, -np.inf), np.zeros(PAYOFFS)),
                *(np.full(PAIRS, -np.inf), program.floors),
            ]
        ),
        row_upper=np.concatenate(
            [program.f, np.zeros(replies + PAYOFFS), program.limits, np.full(PAYOFFS, np.inf)]
        ),
        lower=np.concatenate([np.zeros(n), -unbounded[n:]]),
        upper=unbounded,
        integer=np.zeros(columns, dtype=bool),
        maximize=True,
    )


def _side_rows(program: SyntheticProgram) -> sparse.csr_array:
    floors = np.arange(PAYOFFS)
    first_payoff = program.F.shape[1] + program.Et.shape[1]
    where = (
        np.concatenate([np.repeat(np.arange(PAIRS), 2), PAIRS + floors]),
        np.concatenate([program.pairs.ravel(), first_payoff + floors]),
    )
    data = np.concatenate([np.tile([1.0, 2.0], PAIRS), np.ones(PAYOFFS)])
    return sparse.csr_array((data, where), shape=(PAIRS + PAYOFFS, first_payoff + PAYOFFS))


def _widened(A: sparse.csr_array, columns: int) -> sparse.csr_array:
    """Return the same matrix with more columns, which are empty; nothing is copied."""
    return sparse.csr_array((A.data, A.indices, A.indptr), shape=(A.shape[0], columns))


def linopy_model(program: SyntheticProgram) -> Any:
    """Write the program with linopy: the entries of a matrix as terms, summed by row.

    The model is a sparse one; rows that are padded to the longest take half as long again.
    """
    import linopy
    import pandas as pd

    linopy.options["semantics"] = "v1"  # sparse models want it
    m = linopy.Model(sparse=True)
    x = m.add_variables(lower=0, coords=[pd.RangeIndex(program.F.shape[1], name="i")], name="x")
    v = m.add_variables(coords=[pd.RangeIndex(program.Et.shape[1], name="j")], name="v")
    u = m.add_variables(coords=[pd.RangeIndex(PAYOFFS, name="k")], name="u")
    m.add_constraints(_product(program.F, x, "row"), "=", _labelled(program.f, "row"), name="flow")
    values = _product(program.Et, v, "reply")
    m.add_constraints(values + _product(-program.At, x, "reply"), "<=", 0, name="replies")
    m.add_constraints(u + _product(-program.B, x, "k"), "=", 0, name="payoffs")
    first, second = (
        (coefficient * x).isel(i=_labelled(positions, "pair")).drop_vars("i")
        for coefficient, positions in zip((1, 2), program.pairs.T, strict=True)
    )
    m.add_constraints(first + second, "<=", _labelled(program.limits, "pair"), name="sides")
    m.add_constraints(u, ">=", _labelled(program.floors, "k"), name="floors")
    m.add_objective(1 * v.isel(j=0) + u.sum(), sense="max")
    return m


def _product(A: sparse.csr_array, variables: Any, row: str) -> Any:
    """Return a matrix times variables as an expression of linopy."""
    import linopy
    import pandas as pd
    import xarray as xr

    labels = variables.labels.to_numpy()[A.indices]
    terms = xr.Dataset(
        {
            "coeffs": (("entry", "_term"), A.data[:, None]),
            "vars": (("entry", "_term"), labels[:, None]),
        },
        coords={"entry": pd.RangeIndex(A.nnz)},
    )
    rows = np.repeat(np.arange(A.shape[0]), np.diff(A.indptr))
    groups = pd.Series(rows, index=pd.RangeIndex(A.nnz, name="entry"), name=row)
    return linopy.LinearExpression(terms, variables.model).groupby(groups).sum()


def _labelled(values: Any, dimension: str) -> Any:
    import xarray as xr

    return xr.DataArray(values, coords={dimension: np.arange(len(values))}, dims=dimension)


def cvxpy_problem(program: SyntheticProgram) -> Any:
    """Write the program with CVXPY, which takes matrices as they are."""
    import cvxpy

    x = cvxpy.Variable(program.F.shape[1], nonneg=True)
    v = cvxpy.Variable(program.Et.shape[1])
    u = cvxpy.Variable(PAYOFFS)
    first, second = program.pairs.T
    return cvxpy.Problem(
        cvxpy.Maximize(v[0] + cvxpy.sum(u)),
        [
            program.F @ x == program.f,
            program.Et @ v - program.At @ x <= 0,
            u == program.B @ x,
            x[first] + 2 * x[second] <= program.limits,
            u >= program.floors,
        ],
    )
