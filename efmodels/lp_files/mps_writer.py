"""The MPS format in its free form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.lp_files.entries import chunks, joined, number_texts, ranges, texts
from efmodels.lp_files.labels import unused_label
from efmodels.lp_files.writable import prepared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram
    from efmodels.lp_files.entries import Texts

# COIN-OR's reader, which cbc and clp use, cuts longer ones, or fails.
_LONGEST = 159

_NEGATED = "* Maximisation: the objective is the negative of what is to be made large.\n"


def write_mps(program: LinearProgram, path: str | Path) -> Path:
    """Write a program as free MPS; HiGHS, glpsol and cbc find the same optimum in the file.

    The format's ways to say that an objective is to be made large, or has an offset, are not read
    alike everywhere (glpsol refuses the first, cbc ignores it; they disagree on the sign of the
    second). Therefore a **maximisation is written as the minimisation of the negative**, with the
    objective row ``minus_obj`` in place of ``obj``, and an offset is the coefficient of a column
    ``ONE_VAR_CONSTANT`` that is fixed at 1.

    Parameters
    ----------
    program
        What to write. Numbers are written such that they are read back unchanged; but of a row
        with two different bounds the format stores one of them and the distance to the other, so
        that one may be off by a rounding.
    path
        The file, in a folder that exists.

    Returns
    -------
    pathlib.Path
        The file. Rows without bounds are not in it: they constrain nothing.

    Raises
    ------
    ModelError
        A number is not finite, the bounds of a row or a column exclude each other, a name
        becomes a reserved word or longer than 159 characters, or two names become the same.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> from efmodels.linear_program import LinearProgram
    >>> program = LinearProgram(
    ...     A=sparse.csr_array([[1.0, 2.0]]),
    ...     c=np.array([3.0, 0.0]),
    ...     row_lower=np.array([1.0]),
    ...     row_upper=np.array([5.0]),
    ...     lower=np.array([0.0, -np.inf]),
    ...     upper=np.array([np.inf, 4.0]),
    ...     integer=np.array([True, False]),
    ... )
    >>> print(write_mps(program, "small.mps").read_text())
    NAME model FREE
    ROWS
     N obj
     G c1
    COLUMNS
     MARKER 'MARKER' 'INTORG'
     x1 obj 3.0
     x1 c1 1.0
     MARKER 'MARKER' 'INTEND'
     x2 c1 2.0
    RHS
     RHS c1 1.0
    RANGES
     RANGE c1 4.0
    BOUNDS
     PL BOUND x1
     MI BOUND x2
     UP BOUND x2 4.0
    ENDATA
    <BLANKLINE>
    """
    ready = prepared(program, longest=_LONGEST, longest_row=_LONGEST).minimised()
    objective = unused_label("minus_obj" if program.maximize else "obj", ready.row_names)
    with Path(path).open("w", encoding="ascii", newline="\n") as file:
        if program.maximize:
            file.write(_NEGATED)
        file.write("NAME model FREE\n")
        file.writelines(_rows(ready, objective))
        file.writelines(_columns(ready, objective))
        file.writelines(_right_hand_sides(ready))
        file.writelines(_bounds(ready))
        file.write("ENDATA\n")
    return Path(path)


def _rows(program: LinearProgram, objective: str) -> Iterator[str]:
    """Give the section that names the rows."""
    kinds, _, _ = _row_bounds(program)
    names = texts(program.row_names)
    yield f"ROWS\n N {objective}\n"
    for some in ranges(program.rows):
        yield joined(kinds[some], names[some], "\n")


def _row_bounds(program: LinearProgram) -> tuple[Texts, Floats, Floats]:
    """Return kinds, right-hand sides and the distances to the other bound (0 without one)."""
    lower, upper = program.row_lower, program.row_upper
    both = np.isfinite(lower) & np.isfinite(upper) & (lower < upper)
    distance = np.subtract(upper, lower, where=both, out=np.zeros_like(lower))
    # Readers compute one of two bounds, and round it: that should be the one farther from zero.
    from_upper = np.isneginf(lower) | (both & (np.abs(upper) < np.abs(lower)))
    kinds = np.where(lower == upper, " E ", np.where(from_upper, " L ", " G "))
    return kinds.astype(np.object_), np.where(from_upper, upper, lower), distance


def _columns(program: LinearProgram, objective: str) -> Iterator[str]:
    """Give the section of the entries, column by column."""
    entries = _with_objective(program)
    names = texts([f" {name} " for name in program.column_names])
    columns = np.repeat(np.arange(program.columns), np.diff(entries.indptr))
    rows = texts([f"{name} " for name in (objective, *program.row_names)])
    markers = _markers(program)
    yield "COLUMNS\n"
    for chunk in chunks(entries.indptr):
        some = chunk.entries
        starts = names[columns[some]]
        starts[chunk.starts] = markers[chunk.started] + starts[chunk.starts]
        yield joined(starts, rows[entries.indices[some]], number_texts(entries.data[some]), "\n")
    if program.integer[-1]:
        yield _marker(integer=False)


def _with_objective(program: LinearProgram) -> sparse.csc_array:
    """Return the columns, row 0 the objective; a column that would be empty has a zero there."""
    counts = np.bincount(program.A.indices, minlength=program.columns)
    listed = np.flatnonzero((program.c != 0) | (counts == 0))
    objective = sparse.csr_array(
        (program.c[listed], listed, np.array([0, listed.size])), shape=(1, program.columns)
    )
    stacked: sparse.csc_array = sparse.vstack([objective, program.A], format="csr").tocsc()
    return stacked


def _markers(program: LinearProgram) -> Texts:
    """Return what stands before a column: a line where integers begin or end, or nothing."""
    change = np.diff(program.integer.astype(np.int8), prepend=0)
    markers: Texts = texts(["", _marker(integer=True), _marker(integer=False)])[change]
    return markers


def _marker(*, integer: bool) -> str:
    return f" MARKER 'MARKER' '{'INTORG' if integer else 'INTEND'}'\n"


def _right_hand_sides(program: LinearProgram) -> Iterator[str]:
    """Give the sections of the rows' numbers."""
    _, right_hand_sides, distances = _row_bounds(program)
    yield "RHS\n"
    yield from _row_numbers("RHS", program.row_names, right_hand_sides)
    if distances.any():
        yield "RANGES\n"
        yield from _row_numbers("RANGE", program.row_names, distances)


def _row_numbers(vector: str, names: Sequence[str], values: Floats) -> Iterator[str]:
    """Give a line for each row whose number is not zero."""
    start = f" {unused_label(vector, names)} "  # HiGHS takes the name of a row for that row
    rows = texts(names)
    places = np.flatnonzero(values)
    for some in ranges(places.size):
        listed = places[some]
        yield joined(start, rows[listed], " ", number_texts(values[listed]), "\n")


def _bounds(program: LinearProgram) -> Iterator[str]:
    """Give the section of the columns' bounds: none, one or two lines for each."""
    names = texts([f"BOUND {name}" for name in program.column_names])
    yield "BOUNDS\n"
    for some in ranges(program.columns):
        kinds, values = _bound_kinds(
            program.lower[some], program.upper[some], program.integer[some]
        )
        numbers = " " + number_texts(values)
        numbers[~np.isfinite(values)] = ""
        written = kinds != ""
        yield joined(kinds[written], np.repeat(names[some], 2)[written], numbers[written], "\n")


def _bound_kinds(
    lower: Floats, upper: Floats, integer: NDArray[np.bool_]
) -> tuple[NDArray[np.str_], Floats]:
    """Return two kinds of bounds for each column, or the empty text, and their numbers."""
    fixed, no_lower, no_upper = lower == upper, np.isneginf(lower), np.isposinf(upper)
    free = no_lower & no_upper
    first = np.select(
        [fixed, free, no_lower, lower != 0], [" FX ", " FR ", " MI ", " LO "], default=""
    )
    # Without a line, some readers take an integer to be 0 or 1.
    second = np.select([fixed | free, ~no_upper, integer], ["", " UP ", " PL "], default="")
    return np.stack([first, second], -1).ravel(), np.stack([lower, upper], -1).ravel()
