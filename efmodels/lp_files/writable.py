"""What every format needs before a program can be written: sense, labels, a constant column."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import ModelError
from efmodels.lp_files.labels import legal_labels, refuse_reserved, unused_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram


def prepared(program: LinearProgram, *, longest: int, longest_row: int) -> LinearProgram:
    """Return an equivalent program with labels for names, no offset and no row without bounds.

    Readers disagree on where an offset stands, and on its sign, so it becomes the coefficient of a
    column that is fixed at one. A program without columns gets that column as well.

    Raises
    ------
    ModelError
        A number is not finite, bounds cannot be met, or names cannot be labels.
    """
    _refuse_numbers(program)
    names = program.column_names if len(program.column_names) else _numbered("x", program.columns)
    columns = legal_labels(names, program.columns, kind="column", longest=longest)
    refuse_reserved(names, columns)
    names = program.row_names if len(program.row_names) else _numbered("c", program.rows)
    rows = legal_labels(names, program.rows, kind="row", longest=longest_row)
    program = replace(program, column_names=columns, row_names=rows)
    return _with_constant_column(_without_free_rows(program))


def _numbered(letter: str, size: int) -> list[str]:
    return [f"{letter}{number}" for number in range(1, size + 1)]


def _refuse_numbers(program: LinearProgram) -> None:
    if not np.isfinite(program.offset):
        raise ModelError(f"the objective's offset is {program.offset}: expected a finite number")
    wrong = np.flatnonzero(~np.isfinite(program.c))
    if wrong.size:
        column = _called("column", program.column_names, wrong[0])
        raise ModelError(f"the objective has {program.c[wrong[0]]} at {column}: expected a number")
    wrong = np.flatnonzero(~np.isfinite(program.A.data))
    if wrong.size:
        row = int(np.searchsorted(program.A.indptr, wrong[0], side="right")) - 1
        raise ModelError(
            f"{_called('row', program.row_names, row)} has {program.A.data[wrong[0]]} at "
            f"{_called('column', program.column_names, program.A.indices[wrong[0]])}: "
            "expected a number"
        )
    _refuse_bounds("row", program.row_names, program.row_lower, program.row_upper)
    _refuse_bounds("column", program.column_names, program.lower, program.upper)


def _refuse_bounds(kind: str, names: Sequence[str], lower: Floats, upper: Floats) -> None:
    met = (lower <= upper) & (lower < np.inf) & (upper > -np.inf)  # false if there is a NaN
    wrong = np.flatnonzero(~met)
    if wrong.size:
        raise ModelError(
            f"{_called(kind, names, wrong[0])} has the lower bound {lower[wrong[0]]} and the upper "
            f"bound {upper[wrong[0]]}: no number is between them, and no file can say so"
        )


def _called(kind: str, names: Sequence[str], index: int | np.integer) -> str:
    return f"{kind} {names[int(index)] if len(names) else index}"


def _without_free_rows(program: LinearProgram) -> LinearProgram:
    bounded = np.isfinite(program.row_lower) | np.isfinite(program.row_upper)
    if bounded.all():
        return program
    return replace(
        program,
        A=program.A[bounded],
        row_lower=program.row_lower[bounded],
        row_upper=program.row_upper[bounded],
        row_names=_chosen(program.row_names, bounded),
    )


def _chosen(names: Sequence[str], chosen: NDArray[np.bool_]) -> list[str]:
    return [names[index] for index in np.flatnonzero(chosen).tolist()]


def _with_constant_column(program: LinearProgram) -> LinearProgram:
    if program.offset == 0.0 and program.columns > 0:
        return program
    A = program.A
    label = unused_label("ONE_VAR_CONSTANT", program.column_names)
    return replace(
        program,
        A=sparse.csr_array((A.data, A.indices, A.indptr), shape=(program.rows, A.shape[1] + 1)),
        c=np.append(program.c, program.offset),
        lower=np.append(program.lower, 1.0),
        upper=np.append(program.upper, 1.0),
        integer=np.append(program.integer, False),
        offset=0.0,
        column_names=[*program.column_names, label],
    )
