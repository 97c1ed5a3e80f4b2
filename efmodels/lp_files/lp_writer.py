"""The LP format of CPLEX, laid out and labelled as Pyomo's writer does it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.lp_files.entries import chunks, joined, number_texts, ranges, texts
from efmodels.lp_files.writable import prepared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from efmodels.game import Floats
    from efmodels.linear_program import LinearProgram
    from efmodels.lp_files.entries import Texts

_LONGEST = 255
_LONGEST_ROW = _LONGEST - len("c_u__")

# An equality, a lower bound, an upper one; the lower and the upper one of two.
_LABELS = texts(["\nc_e_", "\nc_l_", "\nc_u_", "\nr_l_", "\nr_u_"])
_RELATIONS = texts(["= ", ">= ", "<= ", ">= ", "<= "])
_UPPER = (2, 4)
_TWO_BOUNDS = 3


def write_lp(program: LinearProgram, path: str | Path) -> Path:
    """Write a program in the LP format; HiGHS, glpsol and cbc find the same optimum in the file.

    Not all of them read a row with two bounds, or an offset. Therefore such a **row is written
    twice**, once with each bound, and an offset is the coefficient of a column
    ``ONE_VAR_CONSTANT`` that is fixed at 1. The labels are those of Pyomo's writer: the row
    ``budget`` is ``c_e_budget_`` (an equality), ``c_l_budget_`` (it has a lower bound),
    ``c_u_budget_`` (an upper one), or ``r_l_budget_`` and ``r_u_budget_`` (both).

    Parameters
    ----------
    program
        What to write. Numbers are written such that they are read back unchanged.
    path
        The file, in a folder that exists.

    Returns
    -------
    pathlib.Path
        The file. Rows without bounds are not in it: they constrain nothing. Readers number the
        columns as they meet them, in the objective first.

    Raises
    ------
    ModelError
        A number is not finite, the bounds of a row or a column exclude each other, a name
        becomes a reserved word or too long (255 characters), or two names become the same.

    Notes
    -----
    cbc forgets all names if one has more than 100 characters, and still solves the program.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy import sparse
    >>> from efmodels.linear_program import LinearProgram
    >>> program = LinearProgram(
    ...     A=sparse.csr_array([[1.0, 2.0]]),
    ...     c=np.array([3.0, 0.0]),
    ...     row_lower=np.array([-np.inf]),
    ...     row_upper=np.array([5.0]),
    ...     lower=np.array([0.0, -np.inf]),
    ...     upper=np.array([np.inf, 4.0]),
    ...     integer=np.array([True, False]),
    ...     maximize=True,
    ...     row_names=["budget"],
    ... )
    >>> print(write_lp(program, "small.lp").read_text())
    max
    obj:
    +3.0 x1
    <BLANKLINE>
    s.t.
    <BLANKLINE>
    c_u_budget_:
    +1.0 x1
    +2.0 x2
    <= 5.0
    <BLANKLINE>
    bounds
       0.0 <= x1 <= +inf
       -inf <= x2 <= 4.0
    general
      x1
    end
    <BLANKLINE>
    """
    ready = prepared(program, longest=_LONGEST, longest_row=_LONGEST_ROW)
    names = texts([f" {name}\n" for name in ready.column_names])
    with Path(path).open("w", encoding="ascii", newline="\n") as file:
        file.writelines(_objective(ready, names))
        file.writelines(_rows(ready, names))
        file.writelines(_bounds(ready))
        file.writelines(_integers(ready))
        file.write("end\n")
    return Path(path)


def _objective(program: LinearProgram, names: Texts) -> Iterator[str]:
    """Give the objective; a column that is in no row has a zero there, for readers to know it."""
    yield f"{'max' if program.maximize else 'min'}\nobj:\n"
    counts = np.bincount(program.A.indices, minlength=program.columns)
    listed = np.flatnonzero((program.c != 0) | (counts == 0))
    listed = listed if listed.size else np.zeros(1, dtype=np.intp)  # an empty one is not read
    for some in ranges(listed.size):
        values = program.c[listed[some]]
        yield joined(_plus_signs(values), number_texts(values), names[listed[some]])


def _plus_signs(values: Floats) -> Texts:
    """Return what stands before numbers for each to have a sign."""
    return np.where(values < 0, "", "+").astype(np.object_)


def _rows(program: LinearProgram, names: Texts) -> Iterator[str]:
    """Give the rows: a label, a line for each entry, and the bound after the last of them."""
    yield "\ns.t.\n"
    rows = _each_bound_a_row(program)
    for chunk in chunks(rows.A.indptr):
        values = rows.A.data[chunk.entries]
        starts = _plus_signs(values)
        starts[chunk.starts] = rows.heads(chunk.started) + starts[chunk.starts]
        columns = names[rows.A.indices[chunk.entries]]
        columns[chunk.ends] += rows.bounds(chunk.ended)
        yield joined(starts, number_texts(values), columns)


@dataclass(frozen=True)
class _Rows:
    """Rows as the file has them: none is empty, and each is an equality or has one bound.

    Attributes
    ----------
    A
        Their entries, in the order of the columns.
    kinds
        Positions in ``_LABELS`` and ``_RELATIONS``.
    values
        Their bounds.
    names
        Their names; of those written twice, in both places.
    """

    A: sparse.csr_array
    kinds: NDArray[np.intp]
    values: Floats
    names: Texts

    def heads(self, some: slice) -> Texts:
        """Return what stands before the entries."""
        heads: Texts = _LABELS[self.kinds[some]] + self.names[some] + "_:\n"
        return heads

    def bounds(self, some: slice) -> Texts:
        """Return what stands after the entries."""
        bounds: Texts = _RELATIONS[self.kinds[some]] + number_texts(self.values[some]) + "\n"
        return bounds


def _each_bound_a_row(program: LinearProgram) -> _Rows:
    """Write rows with two bounds twice."""
    lower, upper = program.row_lower, program.row_upper
    one = np.select([lower == upper, np.isposinf(upper), np.isneginf(lower)], [0, 1, 2], 3)
    rows = np.repeat(np.arange(program.rows), np.where(one == _TWO_BOUNDS, 2, 1))
    again = np.diff(rows, prepend=-1) == 0
    kinds = one[rows] + again
    A = _without_empty_rows(program.A)
    return _Rows(
        A=A if rows.size == program.rows else A[rows],
        kinds=kinds,
        values=np.where(np.isin(kinds, _UPPER), upper[rows], lower[rows]),
        names=texts(program.row_names)[rows],
    )


def _without_empty_rows(A: sparse.csr_array) -> sparse.csr_array:
    """Give an empty row a zero in the first column, and bring entries into the columns' order."""
    empty = np.flatnonzero(np.diff(A.indptr) == 0)
    if not empty.size:
        return A if A.has_sorted_indices else A.sorted_indices()
    entries = A.tocoo()
    rows = np.concatenate([entries.coords[0], empty])
    columns = np.concatenate([entries.coords[1], np.zeros_like(empty)])
    data = np.concatenate([entries.data, np.zeros(empty.size)])
    return sparse.csr_array((data, (rows, columns)), shape=A.shape).sorted_indices()


def _bounds(program: LinearProgram) -> Iterator[str]:
    """Give the bounds of the columns, but those of a real number that is not negative."""
    usual = (program.lower == 0) & np.isposinf(program.upper) & ~program.integer
    listed = np.flatnonzero(~usual)
    names = texts(program.column_names)
    yield "\nbounds\n"
    for some in ranges(listed.size):
        columns = listed[some]
        lower, upper = number_texts(program.lower[columns]), number_texts(program.upper[columns])
        upper[np.isposinf(program.upper[columns])] = "+inf"
        yield joined("   ", lower, " <= ", names[columns], " <= ", upper, "\n")


def _integers(program: LinearProgram) -> Iterator[str]:
    listed = np.flatnonzero(program.integer)
    names = texts(program.column_names)
    if listed.size:
        yield "general\n"
    for some in ranges(listed.size):
        yield joined("  ", names[listed[some]], "\n")
