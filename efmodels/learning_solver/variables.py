"""What the columns of a model's program are: the block's, and what can be put in terms of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.learning_solver.recognition import refusal
from efmodels.learning_solver.substitution import definitions, inverse_of_triangular

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.learning_solver.recognition import BlockPlaces


@dataclass(frozen=True, eq=False)
class Variables:
    """The columns of a program by what they are, and what defines the auxiliary ones.

    Attributes
    ----------
    kept
        Columns that everything is put in terms of: flows, coordinates, chosen variables, and the
        value at the root of each follower's best response, in this order.
    chosen
        Columns of variables within bounds that nobody defines.
    defined, rows
        Columns of auxiliary variables, and the rows that define them.
    inverse
        Of the matrix of ``defined`` in ``rows``.
    given, values
        Columns that have one value, fixed or because nobody asks, and these values.
    matrix, constant
        The defined variables are ``matrix @ kept + constant``.
    """

    kept: Ints
    chosen: Ints
    defined: Ints
    rows: Ints
    inverse: sparse.csr_array
    given: Ints
    values: Floats
    matrix: sparse.csr_array
    constant: Floats


def variables_of(places: BlockPlaces) -> Variables:
    """Say what the columns are, and put auxiliary variables in terms of the block's own.

    Raises
    ------
    CapabilityError
        A variable takes whole numbers only, or nothing says what it is; or something is asked of
        what a player gets from one of her decision points on.
    """
    program = places.compiled.program
    A = program.A
    if not program.is_continuous:
        name = places.column_name(int(np.flatnonzero(program.integer)[0]))
        raise refusal(f"cannot take {name}, which has whole numbers only")
    _require_untouched_values(places)
    own = np.concatenate((places.x, places.mu, *places.v.values()))
    auxiliary = np.ones(program.columns, dtype=bool)
    auxiliary[own] = False
    used = np.zeros(program.columns, dtype=bool)
    used[A.indices] = True
    used |= program.c != 0
    has_one_value = auxiliary & ((program.lower == program.upper) | ~used)
    given = np.flatnonzero(has_one_value)
    sought = np.flatnonzero(auxiliary & ~has_one_value)
    bounded = np.isfinite(program.lower[sought]) & np.isfinite(program.upper[sought])
    found = definitions(A, sought, _equalities(places), bounded)
    _require_all(places, sought, np.concatenate((found.columns, found.chosen)))
    roots = np.array([columns[0] for columns in places.v.values()], dtype=np.int64)
    kept = np.concatenate((places.x, places.mu, found.chosen, roots))
    values = np.clip(0.0, program.lower[given], program.upper[given])
    rows = A[found.rows]
    inverse = inverse_of_triangular(sparse.csr_array(rows[:, found.columns]))
    sides = program.row_lower[found.rows] - rows[:, given] @ values
    return Variables(
        kept=kept,
        chosen=found.chosen,
        defined=found.columns,
        rows=found.rows,
        inverse=inverse,
        given=given,
        values=values,
        matrix=sparse.csr_array(-inverse @ rows[:, kept]),
        constant=np.asarray(inverse @ sides),
    )


def _equalities(places: BlockPlaces) -> list[Ints]:
    """Return the equalities that may define variables, those of the block before the others."""
    program = places.compiled.program
    equal = (program.row_lower == program.row_upper) & ~places.structure
    groups: list[Bools] = [equal & places.own, equal & ~places.own]
    return [np.flatnonzero(group) for group in groups]


def _require_all(places: BlockPlaces, sought: Ints, known: Ints) -> None:
    """Raise unless every variable is known."""
    missing = np.setdiff1d(sought, known)
    if len(missing):
        name = places.column_name(int(missing[0]))
        raise refusal(
            f"cannot take the variable {name}: no equality defines it by what the leader does. "
            "Give it one, or a lower and an upper bound"
        )


def _require_untouched_values(places: BlockPlaces) -> None:
    """Raise if anything but the best responses mentions their values below the root."""
    program = places.compiled.program
    inner = np.concatenate([np.zeros(0, np.int64), *(v[1:] for v in places.v.values())])
    asked = program.c[inner] != 0
    bounded = np.isfinite(program.lower[inner]) | np.isfinite(program.upper[inner])
    others = np.flatnonzero(~places.structure)
    rows = sparse.csc_array(program.A[others][:, inner])
    touched = np.diff(rows.indptr) > 0
    odd = np.flatnonzero(asked | bounded | touched)
    if not len(odd):
        return
    first = int(odd[0])
    who = "the objective" if asked[first] else "a bound"
    if touched[first]:
        who = places.row_name(int(others[rows.indices[rows.indptr[first]]]))
    raise refusal(
        f"cannot take {places.column_name(int(inner[first]))}, what a best response gets from one "
        f"decision point on, in {who}: only what it gets in all may be asked about"
    )
