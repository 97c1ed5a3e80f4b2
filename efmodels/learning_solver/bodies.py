"""Rows, bounds and the objective of a program in terms of a block's flows and best responses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.learning_solver.coordinates import enlarged
from efmodels.learning_solver.leader_choices import lotteries
from efmodels.learning_solver.recognition import refusal
from efmodels.learning_solver.substitution import substituted

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.learning_solver.recognition import BlockPlaces
    from efmodels.learning_solver.variables import Variables


@dataclass(frozen=True, eq=False)
class Bodies:
    """Linear expressions in flows, coordinates and best responses, with bounds.

    Attributes
    ----------
    flows
        Coefficients of the leader's flows, choices among them; shape ``(bodies, flows)``.
    mu
        Coefficients of the coordinates that are variables of their own.
    values
        Coefficients of what best responses get, one column per follower.
    lower, upper
        Bounds.
    rows, columns
        The row of the program that it is, or the variable whose bounds these are; -1 for neither.
    """

    flows: sparse.csr_array
    mu: sparse.csr_array
    values: sparse.csr_array
    lower: Floats
    upper: Floats
    rows: Ints
    columns: Ints

    def name(self, body: int, places: BlockPlaces) -> str:
        """Return Pyomo's name of a body."""
        if self.rows[body] >= 0:
            return places.row_name(int(self.rows[body]))
        return f"the bounds of {places.column_name(int(self.columns[body]))}"


@dataclass(frozen=True, eq=False)
class Goal:
    """The objective, to be maximised.

    Attributes
    ----------
    flows, mu
        Coefficients, as those of `Bodies`.
    weights
        How much of each follower's best response is taken off; at least 0.
    constant
        What is added to the program's own constant, with the program's sense.
    """

    flows: Floats
    mu: Floats
    weights: Floats
    constant: float


def bodies_of(places: BlockPlaces, variables: Variables) -> Bodies:
    """Return all rows that are left, and all bounds of variables, that ask something of a plan."""
    program = places.compiled.program
    left = ~places.structure
    left[variables.rows] = False
    rows = np.flatnonzero(left)
    of_rows = _substituted(program.A[rows], variables)
    constants = _constants(program.A[rows], variables)
    size = len(variables.kept)
    lower, upper = program.lower.copy(), program.upper.copy()
    for columns in (places.x, places.mu):
        lower[columns[lower[columns] <= 0]] = -np.inf  # they are no less anyway
    lower[variables.chosen], upper[variables.chosen] = -np.inf, np.inf  # their lotteries say so
    bounded = np.isfinite(lower) | np.isfinite(upper)
    here = np.flatnonzero(bounded[variables.kept])
    there = np.flatnonzero(bounded[variables.defined])
    columns = np.concatenate((variables.kept[here], variables.defined[there]))
    known = np.concatenate((np.zeros(len(here)), variables.constant[there]))
    units = sparse.eye_array(size).tocsr()[here]
    stacked = sparse.vstack([of_rows, units, variables.matrix[there]], format="csr")
    return Bodies(
        *_parts(stacked, places, variables),
        lower=np.concatenate((program.row_lower[rows] - constants, lower[columns] - known)),
        upper=np.concatenate((program.row_upper[rows] - constants, upper[columns] - known)),
        rows=np.concatenate((rows, np.full(len(columns), -1))),
        columns=np.concatenate((np.full(len(rows), -1), columns)),
    )


def goal_of(places: BlockPlaces, variables: Variables) -> Goal:
    """Return the objective.

    Raises
    ------
    CapabilityError
        It rewards what a best response gets.
    """
    program = places.compiled.program
    sense = 1.0 if program.maximize else -1.0
    c = sparse.csr_array(program.c[None])
    flows, mu, values = _parts(sense * _substituted(c, variables), places, variables)
    weights = -values.toarray().ravel() + 0.0
    if (weights < 0).any():
        label = places.problem.followers[int(np.argmin(weights))].label
        raise refusal(
            f"cannot take an objective that rewards the best response of {label!r}: a solver would "
            "raise the bound on it (v) alone"
        )
    constant = float(_constants(c, variables)[0])
    return Goal(flows.toarray().ravel(), mu.toarray().ravel(), weights, constant)


def _substituted(A: sparse.csr_array, variables: Variables) -> sparse.csr_array:
    """Return rows in terms of the kept variables."""
    size = len(variables.kept)
    split = sparse.hstack([A[:, variables.kept], A[:, variables.defined]], format="csr")
    values = sparse.vstack([sparse.eye_array(size), variables.matrix], format="csr")
    return substituted(sparse.csr_array(split), sparse.csr_array(values))


def _constants(A: sparse.csr_array, variables: Variables) -> Floats:
    """Return what rows have without the kept variables."""
    defined = A[:, variables.defined] @ variables.constant
    return np.asarray(defined + A[:, variables.given] @ variables.values)


def _parts(
    rows: sparse.csr_array, places: BlockPlaces, variables: Variables
) -> tuple[sparse.csr_array, sparse.csr_array, sparse.csr_array]:
    """Take rows in terms of the kept variables apart: flows, coordinates, best responses."""
    program, chosen = places.compiled.program, variables.chosen
    ends = np.cumsum([len(places.x), len(places.mu), len(chosen)])
    rows = sparse.csr_array(rows)
    choices = lotteries(int(ends[0]), program.lower[chosen], program.upper[chosen])
    flows = enlarged(sparse.csr_array(rows[:, : ends[0]]), (rows.shape[0], choices.shape[1]))
    flows = sparse.csr_array(flows + rows[:, ends[1] : ends[2]] @ choices)
    return flows, rows[:, ends[0] : ends[1]], rows[:, ends[2] :]
