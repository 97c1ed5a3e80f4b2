"""Dimension reduction of a finished linear program by colour refinement.

Rows and columns that the program cannot tell apart are merged: the symmetries of a game (suits,
cells of a board, identical players) need not be known, they are found in the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, overload

import numpy as np
from scipy import sparse

from efmodels.linear_program import LinearSolution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from efmodels.game import Floats, Ints
    from efmodels.linear_program import LinearProgram

    Colours = NDArray[np.uint64]

ROUNDS = 64
"""Refinements of rows and columns together after which a program counts as without symmetry."""

TOLERANCE = 1e-9
"""What the sums of two rows of a class may differ by, relative to the sum or to cancelled terms."""

CANCELLED = 1e-14
"""A sum this small relative to its terms is the rounding of zero."""


@dataclass(frozen=True, eq=False)
class Partition:
    """A partition of rows or columns into classes, numbered by their first members.

    Attributes
    ----------
    class_of
        The class of each member; shape ``(members,)``.
    first
        The first member of each class, ascending; shape ``(classes,)``.
    """

    class_of: Ints
    first: Ints

    def __len__(self) -> int:
        """Return the number of classes."""
        return len(self.first)

    @property
    def sizes(self) -> Ints:
        """Number of members of each class; shape ``(classes,)``."""
        return np.bincount(self.class_of, minlength=len(self))

    @property
    def is_discrete(self) -> bool:
        """Whether every class has one member."""
        return len(self.first) == len(self.class_of)

    def unites_equal(self, values: NDArray[np.generic]) -> bool:
        """Say whether the members of a class have equal values."""
        return bool((values == values[self.first[self.class_of]]).all())


@dataclass(frozen=True, eq=False)
class SymmetryReduction:
    """A linear program, its reduction, and the way back.

    Attributes
    ----------
    program
        The program that was given.
    reduced
        One column per class of columns, one row per class of rows; ``program`` itself if there is
        nothing to merge. Its columns and rows have the names of the first members.
    row_partition, column_partition
        The classes.
    """

    program: LinearProgram
    reduced: LinearProgram
    row_partition: Partition
    column_partition: Partition

    @property
    def is_identity(self) -> bool:
        """Whether nothing was merged."""
        return self.reduced is self.program

    def __str__(self) -> str:
        return f"{_size(self.program)} -> {_size(self.reduced)}"

    def lift(self, solution: LinearSolution) -> LinearSolution:
        r"""Return the point of the program that belongs to a point of the reduced one.

        For a row ``i`` of class ``I`` and a column ``j`` of class ``J``, with the reduced values
        ``x'``, duals ``y'`` and reduced costs ``r'`` (Pyomo's signs, minimum and maximum alike):

        .. math:: x_j = x'_J, \qquad y_i = y'_I / |I|, \qquad r_j = r'_J / |J|.

        Feasible points become feasible, optimal ones optimal, with the same objective; the duals
        are split because a class of rows stands for the sum of its members. What is optimal here
        is symmetric: an average of vertices, and rarely a vertex.

        Parameters
        ----------
        solution
            A point of ``reduced``; duals and reduced costs may be missing.
        """
        if self.is_identity:
            return solution
        rows, columns = self.row_partition, self.column_partition
        duals, costs = solution.duals, solution.reduced_costs
        return LinearSolution(
            x=solution.x[columns.class_of],
            duals=None if duals is None else (duals / rows.sizes)[rows.class_of],
            reduced_costs=None if costs is None else (costs / columns.sizes)[columns.class_of],
        )


def reduce_symmetry(program: LinearProgram) -> SymmetryReduction:
    r"""Merge the rows and the columns that a linear program cannot tell apart.

    A partition of the rows and of the columns is *equitable* if the rows of a class ``I`` have
    equal bounds and equal sums :math:`\sum_{j \in J} A_{ij}` for every class ``J`` of columns, and
    the columns of a class ``J`` equal cost and bounds and equal sums :math:`\sum_{i \in I} A_{ij}`
    for every class ``I`` of rows. The reduced program has one variable per class of columns, their
    common value:

    .. math:: A'_{IJ} = \sum_{j \in J} A_{ij}\ (i \in I), \qquad c'_J = |J|\, c_j\ (j \in J),

    with the bounds of any member. It has the same optimum, and is infeasible or unbounded exactly
    if the program is: repeating a value gives a feasible point of the program, and averaging a
    point of the program over each class gives a feasible point of the reduced one.

    The partition is found by colour refinement: classes are split by the coefficients with which
    they meet other classes until nothing changes. Numbers count as equal if all their bits are.
    Classes are 64-bit hashes; the partition that comes out is checked against the definition, and
    the program is returned unchanged if it fails (two hashes met by chance, or sums depend on
    their order by more than rounding should do), or if splitting does not end in `ROUNDS` rounds.

    Integer columns are each a class of their own, so that no average is taken over them.

    Parameters
    ----------
    program
        The program; side constraints that break a symmetry are part of it and so respected.

    Returns
    -------
    SymmetryReduction
        The reduced program and the way back. Memory: two to three times the program itself.

    Examples
    --------
    Maximise ``x_1 + x_2 + x_3`` where any two variables add up to at most 1:

    >>> import numpy as np
    >>> from scipy import sparse
    >>> from efmodels.linear_program import LinearProgram
    >>> program = LinearProgram(
    ...     A=sparse.csr_array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]),
    ...     c=np.ones(3),
    ...     row_lower=np.full(3, -np.inf),
    ...     row_upper=np.ones(3),
    ...     lower=np.zeros(3),
    ...     upper=np.full(3, np.inf),
    ...     integer=np.zeros(3, dtype=bool),
    ...     maximize=True,
    ... )
    >>> reduction = reduce_symmetry(program)
    >>> print(reduction)
    3 x 3 with 6 nonzeros -> 1 x 1 with 1 nonzero
    >>> reduction.reduced.A.toarray(), reduction.reduced.c
    (array([[2.]]), array([3.]))

    Its optimum is 1/2 with dual 3/2:

    >>> solved = LinearSolution(x=np.array([0.5]), duals=np.array([1.5]))
    >>> reduction.lift(solved).x, reduction.lift(solved).duals
    (array([0.5, 0.5, 0.5]), array([0.5, 0.5, 0.5]))
    """
    partitions = _stable_partitions(program)
    if partitions is None or all(partition.is_discrete for partition in partitions):
        return _identity(program)
    rows, columns = partitions
    if not _unites_equal_bounds(program, rows, columns):
        return _identity(program)
    sums = _sums_over_classes(program.A, columns)
    if not _unites_equal_sums(program.A, sums, rows, columns):
        return _identity(program)
    reduced = _aggregate(program, sums, rows, columns)
    del sums
    transposed = program.A.T.tocsr()
    sums = _sums_over_classes(transposed, rows)
    if not _unites_equal_sums(transposed, sums, columns, rows):
        return _identity(program)
    return SymmetryReduction(program, reduced, rows, columns)


def _stable_partitions(program: LinearProgram) -> tuple[Partition, Partition] | None:
    """Return the coarsest equitable partitions of rows and columns, or none after many rounds.

    A colour is a hash. In a step, the rows (or the columns) receive new colours that depend on the
    old one and on the multiset of pairs (coefficient, colour of the column); this multiset is
    hashed to the sum of the products of the two hashes, which is a sparse product modulo 2**64.
    """
    A = program.A
    weights = sparse.csr_array((_mixed(_bits(A.data)), A.indices, A.indptr), shape=A.shape)
    neighbours = (weights, weights.T)
    colours = [_row_colours(program), _column_colours(program)]
    counts = [_count(colours[0]), _count(colours[1])]
    for step in range(2 * ROUNDS):
        side = step % 2
        colours[side] = _mixed(colours[side] + neighbours[side] @ colours[1 - side])
        count = _count(colours[side])
        # The other side was split by this partition in the step before: both are stable.
        if step and count == counts[side]:
            return _partition(colours[0]), _partition(colours[1])
        counts[side] = count
    return None


def _row_colours(program: LinearProgram) -> Colours:
    return _mixed(_mixed(_bits(program.row_lower)) ^ _bits(program.row_upper))


def _column_colours(program: LinearProgram) -> Colours:
    bounds = _mixed(_mixed(_bits(program.lower)) ^ _bits(program.upper))
    colours = _mixed(bounds ^ _bits(program.c))
    whole = np.flatnonzero(program.integer)
    colours[whole] = _mixed(colours[whole] ^ _mixed(whole.astype(np.uint64)))
    return colours


def _bits(values: Floats) -> Colours:
    """Return the bits of floats; adding zero turns -0.0 into 0.0."""
    return (np.asarray(values, dtype=np.float64) + 0.0).view(np.uint64)


def _mixed(values: Colours) -> Colours:
    """Return pseudo-random 64-bit hashes, different for different values (splitmix64)."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def _count(colours: Colours) -> int:
    """Return how many different colours there are."""
    ordered = np.sort(colours)
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + min(1, ordered.size)


def _partition(colours: Colours) -> Partition:
    """Return the classes of equal colour."""
    _, first, inverse = np.unique(colours, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return Partition(class_of=rank[inverse], first=np.sort(first))


def _identity(program: LinearProgram) -> SymmetryReduction:
    rows, columns = (Partition(np.arange(size), np.arange(size)) for size in program.A.shape)
    return SymmetryReduction(program, program, rows, columns)


def _unites_equal_bounds(program: LinearProgram, rows: Partition, columns: Partition) -> bool:
    """Say whether members of a class have equal bounds and costs, and integers are alone."""
    return (
        all(rows.unites_equal(bound) for bound in (program.row_lower, program.row_upper))
        and all(columns.unites_equal(data) for data in (program.c, program.lower, program.upper))
        and bool((columns.sizes[columns.class_of[program.integer]] == 1).all())
    )


def _sums_over_classes(A: sparse.csr_array, columns: Partition) -> sparse.csr_array:
    """Return the sums of the entries of each row over the classes of columns, sorted, zeros kept.

    Rows with the same multisets of entries in each class have the same pattern, whatever cancels.
    """
    classes = columns.class_of.astype(A.indices.dtype)[A.indices]
    sums = sparse.csr_array(
        (A.data.astype(np.float64), classes, A.indptr.copy()), shape=(A.shape[0], len(columns))
    )
    sums.sum_duplicates()
    return sums


def _unites_equal_sums(
    A: sparse.csr_array, sums: sparse.csr_array, rows: Partition, columns: Partition
) -> bool:
    """Say whether the rows of a class have equal sums, as far as rounding allows.

    Where terms ``t`` cancel, rounding is relative to the sum of ``|t|``, not to that of ``t``; but
    a program in which this exceeds the tolerance by itself should not be changed.
    """
    expected = sums[rows.first[rows.class_of]]
    if not (
        np.array_equal(expected.indptr, sums.indptr)
        and np.array_equal(expected.indices, sums.indices)
    ):
        return False
    if np.array_equal(expected.data, sums.data):
        return True
    terms = _sums_over_classes(abs(A), columns).data
    allowed = TOLERANCE * np.maximum(np.abs(sums.data), np.minimum(terms, 1.0))
    return bool((np.abs(sums.data - expected.data) <= allowed).all())


def _aggregate(
    program: LinearProgram, sums: sparse.csr_array, rows: Partition, columns: Partition
) -> LinearProgram:
    """Return the program with one row and one column per class."""
    A = sums[rows.first]
    terms = _sums_over_classes(abs(program.A[rows.first]), columns)
    A.data[np.abs(A.data) <= CANCELLED * terms.data] = 0.0
    A.eliminate_zeros()
    return replace(
        program,
        A=A,
        c=program.c[columns.first] * columns.sizes,
        row_lower=program.row_lower[rows.first],
        row_upper=program.row_upper[rows.first],
        lower=program.lower[columns.first],
        upper=program.upper[columns.first],
        integer=program.integer[columns.first],
        column_names=_chosen(program.column_names, columns),
        row_names=_chosen(program.row_names, rows),
    )


def _chosen(names: Sequence[str], partition: Partition) -> Sequence[str]:
    return _NamesOfFirst(names, partition.first) if len(names) else ()


class _NamesOfFirst(Sequence[str]):
    """Names of the first members of classes, looked up when asked."""

    def __init__(self, names: Sequence[str], first: Ints) -> None:
        self._names = names
        self._first = first

    def __len__(self) -> int:
        return len(self._first)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return _NamesOfFirst(self._names, self._first[index])
        return self._names[int(self._first[index])]


def _size(program: LinearProgram) -> str:
    nonzeros = int(program.A.nnz)
    plural = "" if nonzeros == 1 else "s"
    return f"{program.rows:,} x {program.columns:,} with {nonzeros:,} nonzero{plural}"
