"""Looking at the expressions and components of a model, and writing it with Pyomo's writers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pyomo.core.base.block import BlockData, declare_custom_block
from pyomo.core.base.label import cpxlp_label_from_name
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression
from pyomo.core.expr.visitor import identify_variables
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.nl_writer import NLWriter
from pyomo.repn.util import categorize_valid_components

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

__all__ = [
    "BlockData",
    "LinearExpression",
    "LinearTerms",
    "NlOrder",
    "QuadraticTerms",
    "declare_custom_block",
    "is_plainly_linear",
    "linear_terms_of",
    "quadratic_terms_of",
    "readable_label",
    "unknown_components",
    "variables_in",
    "write_nl",
    "write_with_pyomo",
]


class LinearTerms(NamedTuple):
    """A linear expression, fixed variables counted as constants."""

    coefficients: Any
    variables: Any
    constant: Any


class NlOrder(NamedTuple):
    """Which Pyomo objects the columns and rows of a .nl file are, in its order."""

    variables: list[Any]
    rows: list[Any]


class QuadraticTerms(NamedTuple):
    """The quadratic part of an expression."""

    coefficients: Any
    pairs: Any


def linear_terms_of(expression: Any) -> LinearTerms | None:
    """Return the terms of an expression, or ``None`` if it is not linear.

    Raises
    ------
    TypeError, ValueError
        A fixed variable has no value.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = pyo.Var()
    >>> linear_terms_of(3 * m.x + 1).coefficients, linear_terms_of(m.x**2)
    ((3,), None)
    """
    form = generate_standard_repn(expression, compute_values=True, quadratic=False)
    if form.nonlinear_expr is not None:
        return None
    return LinearTerms(form.linear_coefs, form.linear_vars, form.constant)


def quadratic_terms_of(expression: Any) -> QuadraticTerms | None:
    """Return the quadratic terms of an expression, or ``None`` if it has others of high degree."""
    form = generate_standard_repn(expression, quadratic=True)
    if form.nonlinear_expr is not None:
        return None
    return QuadraticTerms(form.quadratic_coefs, form.quadratic_vars)


def is_plainly_linear(expression: Any) -> bool:
    """Say whether the class of an expression alone tells that it is linear."""
    kind = type(expression)
    return kind is LinearExpression or kind is MonomialTermExpression


def variables_in(expression: Any) -> list[Any]:
    """Return the variables that an expression has, fixed ones included.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x, m.y = pyo.Var(), pyo.Var()
    >>> [variable.name for variable in variables_in(m.x**2 + 3 * m.y)]
    ['x', 'y']
    """
    return list(identify_variables(expression, include_fixed=True))


def unknown_components(model: Any, known: AbstractSet[Any]) -> list[tuple[str, str]]:
    """Return name and kind of an active component of every kind that is not among the known."""
    _, unknown = categorize_valid_components(model, active=True, valid=known, targets=set())
    return [(found[0].name, kind.__name__) for kind, found in unknown.items()]


def readable_label(name: str) -> str:
    """Return how Pyomo's writers of .lp and .mps spell a component's name.

    >>> readable_label("eq.x[J_bet]")
    'eq_x(J_bet)'
    """
    label: str = cpxlp_label_from_name(name)
    return label


def write_with_pyomo(model: Any, file: Path, file_format: Any, *, readable: bool) -> None:
    """Write a model with Pyomo's writer for a format, and leave no trace on the model.

    Parameters
    ----------
    model
        The model.
    file
        Where to.
    file_format
        A ``pyomo.opt.ProblemFormat``.
    readable
        Whether rows and columns have the names of their components.
    """
    had_solutions = hasattr(model, "solutions")
    _, symbols = model.write(
        str(file), format=file_format, io_options={"symbolic_solver_labels": readable}
    )
    model.solutions.delete_symbol_map(symbols)  # Pyomo would keep every one for good
    if not had_solutions:
        del model.solutions


def write_nl(model: Any, file: Path) -> NlOrder:
    """Write a .nl file without names, and return whose its columns and rows are.

    Nothing is presolved: every active row and every variable in one stands in the file.

    Raises
    ------
    InfeasibleConstraintException
        A row whose variables are all fixed does not hold.
    """
    with file.open("w", encoding="utf-8", newline="") as stream:
        written = NLWriter().write(
            model, stream, symbolic_solver_labels=False, linear_presolve=False
        )
    return NlOrder(list(written.variables), list(written.constraints))
