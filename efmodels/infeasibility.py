"""Why a model is infeasible, in its own names: which constraints to look at.

What a user has added to formulations may give way: constraints, bounds of variables, fixed values.
The rows of the formulations themselves must hold, unless they contradict each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.answering_blocks import AnsweringBlockData
from efmodels.compiling import compile_model
from efmodels.errors import CapabilityError, ModelError
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.row_conflicts import find_conflict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.compiling import CompiledModel
    from efmodels.game import Bools
    from efmodels.linear_program import LinearProgram
    from efmodels.row_conflicts import RowConflict

SECONDS = 60.0
"""How long the search may take."""

_HARMLESS = {pyo.Block, pyo.Expression, pyo.Objective, pyo.Param, pyo.Set, pyo.RangeSet, pyo.Suffix}
"""Kinds of components that restrict nothing."""

LONGEST = 100
"""Characters of an expression that are shown."""

INCENTIVES = "obey"
"""What the rows are called that a margin can make infeasible."""


@dataclass(frozen=True)
class Explanation:
    """What to say about an infeasible model.

    Attributes
    ----------
    text
        Sentences, each with a space behind it, and a line for each constraint to look at.
    conflict
        The names of these constraints, or of the variables with these bounds.
    """

    text: str
    conflict: tuple[str, ...] = ()


_UNKNOWN = Explanation("Deactivate side constraints to find those that contradict each other. ")


def explain_infeasibility(model: Any, seconds: float = SECONDS) -> Explanation:
    """Find constraints of an infeasible model that cannot hold together.

    Parameters
    ----------
    model
        A ``ConcreteModel`` or block with an objective. Only linear ones are looked into, those with
        whole numbers as if they had none.
    seconds
        How long the search may take.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> m = pyo.ConcreteModel()
    >>> m.x = pyo.Var(bounds=(0, 4))
    >>> m.floor = pyo.Constraint(expr=m.x >= 5)
    >>> m.goal = pyo.Objective(expr=m.x)
    >>> print(explain_infeasibility(m).text)
    These cannot hold together:
      floor: 5 <= x, which is missed by 1 if the other holds
      x <= 4, which is missed by 1 if the other holds
    <BLANKLINE>
    """
    try:
        compiled = compile_model(model)
    except (CapabilityError, ModelError):  # not linear
        return _UNKNOWN
    suspects = _Suspects.of(compiled)
    conflict = find_conflict(suspects.program, np.flatnonzero(suspects.elastic), seconds)
    if len(conflict.rows):
        several = len(conflict.rows) > 1
        said = "These cannot hold together" if several else "This cannot hold"
        return suspects.explanation(said, conflict)
    if not conflict.is_minimal:
        return Explanation(f"{_UNKNOWN.text}They were looked for, but that took too long. ")
    if not conflict.without:
        return _beyond_linear(compiled)
    conflict = find_conflict(suspects.own(), np.flatnonzero(suspects.incentives), seconds)
    if len(conflict.rows):
        return suspects.explanation(suspects.said_of_incentives(conflict), conflict)
    return Explanation("The formulation alone has no feasible point. ")


def has_solution_for_certain(model: Any) -> bool:
    """Say whether a model is nothing but formulations of what always exists.

    Then a solver that calls it infeasible is wrong.

    Parameters
    ----------
    model
        A ``ConcreteModel`` or block with an objective.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> import efmodels as ef
    >>> m = pyo.ConcreteModel()
    >>> m.eq = ef.formulations.nash(ef.instances.chicken(6, 2, 7, 0))
    >>> m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    >>> has_solution_for_certain(m)
    True
    >>> m.floor = pyo.Constraint(expr=m.eq.payoff["P1"] >= 3)
    >>> has_solution_for_certain(m)
    False
    """
    whole = [
        block
        for block in model.block_data_objects(active=True)
        if isinstance(block, AnsweringBlockData) and block.is_whole
    ]
    if not whole or not all(block.formulation().exists for block in whole):
        return False
    try:
        suspects = _Suspects.of(compile_model(model))
    except (CapabilityError, ModelError):  # not linear
        return not any(_additions(model))
    return not suspects.elastic.any()


def _additions(model: Any) -> Iterator[Any]:
    """Yield the constraints, and the bounded or fixed variables, that no formulation has made."""
    for component in model.component_objects(active=True):
        if isinstance(component, pyo.Constraint):
            if not _is_own(component, MatrixConstraint) and not _is_own_equation(component):
                yield component
        elif isinstance(component, pyo.Var):
            if not _is_own(component, MatrixVar) or _touched(component).any():
                yield component
        elif component.ctype not in _HARMLESS:
            yield component


def _is_own_equation(component: Any) -> bool:
    """Say whether a constraint that is no matrix is one of those that its formulation has made."""
    block = _formulation_around(component)
    return block is not None and component.local_name in block.formulation().equations


def _formulation_around(component: Any) -> Any:
    """Return the block of the formulation that a component is a part of, ``None`` without one."""
    block = component.parent_block()
    while block is not None and not getattr(block, "is_whole", False):
        block = block.parent_block()
    return block


def _beyond_linear(compiled: CompiledModel) -> Explanation:
    """Say what is left where all rows can be met by numbers that need not be whole."""
    if compiled.program.is_continuous:
        return Explanation(
            "All of them can be met but for a rounding error: loosen them a little. "
        )
    return Explanation(
        "Without the requirement that variables be whole numbers there are feasible points; what "
        "contradicts that requirement is not looked for. "
    )


class _Bound(NamedTuple):
    """A bound that somebody has given a variable, or the value at which it is fixed."""

    column: int
    lower: float
    upper: float
    variable: Any

    def __str__(self) -> str:
        name, fixed = self.variable.name, " (fixed)" * self.variable.fixed
        if self.lower == self.upper:
            return f"{name} == {self.lower:g}{fixed}"
        return (
            f"{name} <= {self.upper:g}" if math.isinf(self.lower) else f"{self.lower:g} <= {name}"
        )


@dataclass(frozen=True, eq=False)
class _Suspects:
    """A program in which all that may give way is a row, and what its rows are.

    Attributes
    ----------
    program
        The rows of the model, then those that stand for bounds.
    bounds
        These bounds.
    elastic, incentives
        Which rows may give way: in the first place, and if the formulation itself is to blame.
    """

    compiled: CompiledModel
    program: LinearProgram
    bounds: list[_Bound]
    elastic: Bools
    incentives: Bools

    @staticmethod
    def of(compiled: CompiledModel) -> _Suspects:
        """Tell what was added to formulations from their own rows, and make rows of bounds."""
        program, bounds = compiled.program, list(_given_bounds(compiled))
        column = np.array([bound.column for bound in bounds], dtype=int)
        ones = (np.ones(len(column)), (np.arange(len(column)), column))
        picked = sparse.csr_array(ones, shape=(len(column), program.columns))
        lower, upper = program.lower.copy(), program.upper.copy()
        for bound in bounds:
            lower[bound.column], upper[bound.column] = _domain(bound.variable)
        elastic, incentives = _tell_apart(compiled)
        more = np.ones(len(column), dtype=bool)
        whole = replace(
            program,
            A=sparse.csr_array(sparse.vstack([program.A, picked])),
            row_lower=np.concatenate([program.row_lower, [bound.lower for bound in bounds]]),
            row_upper=np.concatenate([program.row_upper, [bound.upper for bound in bounds]]),
            lower=lower,
            upper=upper,
        )
        return _Suspects(
            compiled,
            whole,
            bounds,
            np.concatenate([elastic, more]),
            np.concatenate([incentives, ~more]),
        )

    def own(self) -> LinearProgram:
        """Return the program with nothing asked of what may give way."""
        free = np.where(self.elastic, np.inf, 0.0)
        lower, upper = self.program.row_lower - free, self.program.row_upper + free
        return replace(self.program, row_lower=lower, row_upper=upper)

    def explanation(self, said: str, conflict: RowConflict) -> Explanation:
        """Write down a conflict, a line for each of its rows."""
        lines, names = [f"{said}:"], []
        others = {1: "", 2: " if the other holds"}.get(len(conflict.rows), " if the others hold")
        for row, missed in zip(conflict.rows.tolist(), conflict.missed.tolist(), strict=True):
            name, text = self._described(row)
            known = not math.isnan(missed)
            lines.append(f"  {text}" + f", which is missed by {missed:.4g}{others}" * known)
            names.append(name)
        if not conflict.is_minimal:
            lines.append("  (Time was up: some of them may have nothing to do with it.)")
        return Explanation("\n".join([*lines, ""]), tuple(dict.fromkeys(names)))

    def said_of_incentives(self, conflict: RowConflict) -> str:
        """Say what it means that a formulation's own incentives contradict each other."""
        said = "The formulation alone has no feasible point. "
        block = _formulation_around(self._made(int(conflict.rows[0])))
        meaning = "" if block is None else getattr(block.formulation(), "hopeless", "")
        return said + (meaning or "Lower the margin of")

    def _made(self, row: int) -> Any:
        """Return the object of a row of the model."""
        sources = self.compiled.rows.sources()
        start, owner, there = next(one for one in reversed(sources) if one[0] <= row)
        return owner if there is None else owner.data_at(int(there[row - start]))

    def _described(self, row: int) -> tuple[str, str]:
        """Return a row's name, and the row in words."""
        beyond = row - self.compiled.program.rows
        if beyond >= 0:
            return str(self.bounds[beyond].variable.name), str(self.bounds[beyond])
        data = self._made(row)
        expression = " ".join(str(data.expr).split())
        long = len(expression) > LONGEST
        return data.name, f"{data.name}: {expression[:LONGEST]}{'...' * long}"


def _tell_apart(compiled: CompiledModel) -> tuple[Bools, Bools]:
    """Return which rows were added to formulations, and which are their incentive rows."""
    elastic = np.ones(compiled.program.rows, dtype=bool)
    incentives = np.zeros(compiled.program.rows, dtype=bool)
    for start, owner, there in compiled.rows.sources():
        if there is not None and _is_own(owner, MatrixConstraint):
            elastic[start : start + len(there)] = False
            incentives[start : start + len(there)] = owner.local_name == INCENTIVES
    return elastic, incentives


def _is_own(component: Any, kind: type) -> bool:
    """Say whether a component is a formulation's own: a matrix inside its block."""
    block = component.parent_block()
    while block is not None and not isinstance(block, AnsweringBlockData):
        block = block.parent_block()
    return isinstance(component, kind) and block is not None


def _given_bounds(compiled: CompiledModel) -> Iterator[_Bound]:
    """Yield the bounds that somebody has given single variables; those of domains are none."""
    for start, owner in compiled.columns.sources():
        if not isinstance(owner, MatrixVar):
            yield from _bounds_of(compiled, start, owner)
            continue
        touched = np.ones(owner.size, dtype=bool)
        if _is_own(owner, MatrixVar):
            touched = _touched(owner)
        where = np.flatnonzero(touched | owner.fixed_array())
        columns = start + where
        lower, upper = compiled.program.lower[columns], compiled.program.upper[columns]
        given = (np.isfinite(lower) & (lower != 0)) | np.isfinite(upper)
        for place in where[given].tolist():
            yield from _bounds_of(compiled, start + place, owner.data_at(place))


def _touched(variables: MatrixVar) -> Bools:
    """Say which variables have other bounds than those of the component, or are fixed."""
    least, most = variables.declared_arrays()
    moved = (variables.lower_array() != least) | (variables.upper_array() != most)
    touched: Bools = moved | variables.fixed_array()
    return touched


def _bounds_of(compiled: CompiledModel, column: int, variable: Any) -> Iterator[_Bound]:
    """Yield the bounds of a variable that are not its domain's."""
    lower, upper = float(compiled.program.lower[column]), float(compiled.program.upper[column])
    least, most = _domain(variable)
    if variable.fixed:
        yield _Bound(column, lower, upper, variable)
        return
    if lower > least:
        yield _Bound(column, lower, math.inf, variable)
    if upper < most:
        yield _Bound(column, -math.inf, upper, variable)


def _domain(variable: Any) -> tuple[float, float]:
    """Return the smallest and the largest value in a variable's domain."""
    least, most = variable.domain.bounds()
    return -math.inf if least is None else least, math.inf if most is None else most
