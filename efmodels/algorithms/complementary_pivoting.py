"""Linear complementarity problems by Lemke's method, in exact arithmetic.

A row of the tableau is kept as integers without a common divisor, up to a positive factor of its
own: neither signs nor ratios within a row depend on the factor, and nothing is ever rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError, SolverError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Integers = NDArray[np.object_]
    Column = tuple[NDArray[np.int64], Integers]

NAME = "complementary pivoting"
"""What errors call it."""


@dataclass(frozen=True, eq=False)
class ComplementarityProblem:
    r"""Find ``w = M z + q`` with ``w, z >= 0`` and ``w' z = 0``.

    Attributes
    ----------
    rows
        The rows of ``M``: a number for each column that is not zero.
    q
        The constants.

    Raises
    ------
    GameError
        There are more or fewer constants than rows.
    """

    rows: tuple[Mapping[int, Fraction], ...]
    q: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        """Compare the lengths."""
        if len(self.rows) != len(self.q):
            raise GameError(f"M has {len(self.rows)} rows; q has {len(self.q)} numbers")

    @property
    def size(self) -> int:
        """Number of complementary pairs."""
        return len(self.q)


@dataclass(frozen=True)
class ComplementaryPoint:
    """What pivoting ends with.

    Attributes
    ----------
    z, w
        The values, exactly.
    basis
        Which ``z`` are basic, and may be positive.
    pivots
        Length of the path.
    """

    z: tuple[Fraction, ...]
    w: tuple[Fraction, ...]
    basis: frozenset[int]
    pivots: int


def pivoted(problem: ComplementarityProblem, covering: Sequence[Fraction]) -> ComplementaryPoint:
    r"""Solve a complementarity problem by Lemke's method with the lexicographic ratio test.

    The method follows the path of almost complementary vertices of

    .. math:: w = q + M z + d z_0,\qquad w, z, z_0 \ge 0,\qquad w^\top z = 0,

    from where :math:`z_0` is large until it is 0. The lexicographic rule makes the path unique, and
    forbids cycles where vertices are degenerate.

    Parameters
    ----------
    problem
        Of ``n`` pairs.
    covering
        The vector ``d``, at least 0, and above 0 where ``q`` is negative; ``n`` numbers.

    Raises
    ------
    GameError
        The covering vector has another length, a negative entry, or a 0 where ``q`` is negative.
    SolverError
        The path ends in a ray, which proves nothing for most problems.

    References
    ----------
    Lemke, Bimatrix equilibrium points and mathematical programming, Management Science 11 (1965).

    Examples
    --------
    >>> one = Fraction(1)
    >>> problem = ComplementarityProblem(({0: 2 * one, 1: one}, {0: one, 1: 2 * one}), (-one, -one))
    >>> point = pivoted(problem, (one, one))
    >>> point.z, point.w, point.pivots
    ((Fraction(1, 3), Fraction(1, 3)), (Fraction(0, 1), Fraction(0, 1)), 3)
    """
    _check_covering(problem, covering)
    if all(one >= 0 for one in problem.q):
        zeros = (Fraction(0),) * problem.size
        return ComplementaryPoint(zeros, problem.q, frozenset(), 0)
    tableau = _Tableau(problem, covering)
    entering, pivots = tableau.start(), 1
    while True:
        left = tableau.enter(entering)
        pivots += 1
        if left == tableau.artificial:
            return tableau.point(pivots)
        entering = tableau.complement(left)


def values_in_basis(
    problem: ComplementarityProblem, basis: Iterable[int]
) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    """Return ``z`` and ``w`` where the ``z`` of a basis solve their rows and the others are 0.

    They are a solution of the problem if none is negative.

    Raises
    ------
    SolverError
        The basis is singular.
    """
    chosen = sorted(basis)
    place = {k: at for at, k in enumerate(chosen)}
    T = np.zeros((len(chosen), len(chosen) + 1), dtype=object)
    for at, k in enumerate(chosen):
        entries = {place[c]: value for c, value in problem.rows[k].items() if c in place}
        factor = lcm(problem.q[k].denominator, *(v.denominator for v in entries.values()))
        for c, value in entries.items():
            T[at, c] = int(value * factor)
        T[at, -1] = int(-problem.q[k] * factor)
    row_of = _eliminated(T)
    z = [Fraction(0)] * problem.size
    for at, k in enumerate(chosen):
        row = T[row_of[at]]
        z[k] = Fraction(int(row[-1]), int(row[at]))
    w = tuple(
        constant + sum((value * z[c] for c, value in row.items() if z[c]), Fraction(0))
        for row, constant in zip(problem.rows, problem.q, strict=True)
    )
    return tuple(z), w


def _check_covering(problem: ComplementarityProblem, covering: Sequence[Fraction]) -> None:
    if len(covering) != problem.size:
        raise GameError(f"the covering vector has {len(covering)} entries; not {problem.size}")
    wrong = [
        k for k, (d, q) in enumerate(zip(covering, problem.q, strict=True)) if d < 0 or q < 0 >= d
    ]
    if wrong:
        raise GameError(
            f"entry {wrong[0]} of the covering vector is {covering[wrong[0]]} where q is "
            f"{problem.q[wrong[0]]}; give numbers of at least 0, and above 0 where q is negative"
        )


class _Tableau:
    """Basic solutions of ``w - M z - d z0 = q``: the inverse of the basis beside the constants.

    Variables are numbered: ``w`` from 0, ``z`` from ``n``, and ``z0`` is ``2 n``.
    """

    def __init__(self, problem: ComplementarityProblem, covering: Sequence[Fraction]) -> None:
        self.n = n = problem.size
        self.artificial = 2 * n
        self.basic = list(range(n))
        self.T = np.zeros((n, n + 1), dtype=object)
        entries: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        cover: list[tuple[int, int]] = []
        for i, row in enumerate(problem.rows):
            numbers = (problem.q[i], covering[i], *row.values())
            factor = lcm(*(one.denominator for one in numbers))
            # The row for w_i is multiplied by the factor, and so is w_i itself.
            self.T[i, i] = 1
            self.T[i, n] = int(problem.q[i] * factor)
            for c, value in row.items():
                if value:
                    entries[c].append((i, -int(value * factor)))
            if covering[i]:
                cover.append((i, -int(covering[i] * factor)))
        self.columns = [*map(_column, entries), _column(cover)]
        self.factors = [
            lcm(
                problem.q[i].denominator,
                covering[i].denominator,
                *(v.denominator for v in r.values()),
            )
            for i, r in enumerate(problem.rows)
        ]

    def complement(self, variable: int) -> int:
        """Return the other one of a pair."""
        return variable + self.n if variable < self.n else variable - self.n

    def start(self) -> int:
        """Bring ``z0`` into the basis, and return what enters next."""
        rows, values = self.columns[self.n]
        best = 0
        for k in range(1, len(rows)):
            here, there = self.T[rows[k], self.n], self.T[rows[best], self.n]
            # The least q/d, and the last one of those, which is the lexicographic least.
            if here * -values[best] <= there * -values[k]:
                best = k
        column = self._entering(self.artificial)
        row = int(rows[best])
        left = self.basic[row]
        self._pivot(row, column, self.artificial)
        return self.complement(left)

    def enter(self, variable: int) -> int:
        """Bring a variable into the basis, and return the one that leaves."""
        column = self._entering(variable)
        row = self._leaving(column)
        left = self.basic[row]
        self._pivot(row, column, variable)
        return left

    def point(self, pivots: int) -> ComplementaryPoint:
        """Return the values of the basis."""
        z, w = [Fraction(0)] * self.n, [Fraction(0)] * self.n
        basis = []
        for i, variable in enumerate(self.basic):
            scale = int(self._entering(variable, only=i)[0])
            value = Fraction(int(self.T[i, self.n]), scale)
            if variable < self.n:
                w[variable] = value / self.factors[variable]
            else:
                z[variable - self.n] = value
                basis.append(variable - self.n)
        return ComplementaryPoint(tuple(z), tuple(w), frozenset(basis), pivots)

    def _entering(self, variable: int, only: int | None = None) -> Integers:
        """Return the column of a variable in the present basis, in the scale of each row."""
        T = self.T if only is None else self.T[only : only + 1]
        if variable < self.n:
            return T[:, variable]
        rows, values = self.columns[variable - self.n]
        column: Integers = T[:, rows].dot(values) if len(rows) else np.zeros(len(T), dtype=object)
        return column

    def _leaving(self, column: Integers) -> int:
        """Return the row of the lexicographic ratio test; ``z0`` leaves as soon as it may."""
        ties = [i for i in range(self.n) if column[i] > 0]
        for place in (self.n, *range(self.n)):
            ties = _least(self.T[:, place], column, ties)
            if place == self.n and self.artificial in (self.basic[i] for i in ties):
                return next(i for i in ties if self.basic[i] == self.artificial)
            if len(ties) <= 1:
                break
        if not ties:
            raise SolverError(
                "the path of complementary pivoting ended in a ray, not in a solution: try another "
                "covering vector",
                status="ray",
                solver=NAME,
            )
        return ties[0]

    def _pivot(self, row: int, column: Integers, variable: int) -> None:
        _eliminate(self.T, row, column.copy())
        self.basic[row] = variable


def _column(entries: list[tuple[int, int]]) -> Column:
    rows = np.array([row for row, _ in entries], dtype=np.int64)
    values = np.empty(len(entries), dtype=object)
    values[:] = [value for _, value in entries]
    return rows, values


def _least(numbers: Integers, column: Integers, rows: list[int]) -> list[int]:
    """Return those of the rows at which ``numbers / column`` is least."""
    best: list[int] = []
    for i in rows:
        if best:
            difference = numbers[i] * column[best[0]] - numbers[best[0]] * column[i]
            if difference > 0:
                continue
            if difference < 0:
                best = []
        best.append(i)
    return best


def _eliminate(T: Integers, row: int, column: Integers) -> None:
    """Make a column, given in the present basis, the unit vector of a row; in place."""
    pivot = column[row]
    if pivot < 0:
        T[row], pivot = -T[row], -pivot
    here = np.flatnonzero(T[row])
    for i in np.flatnonzero(column):
        if i == row:
            continue
        common = gcd(pivot, column[i])
        keep, take = pivot // common, column[i] // common
        if keep != 1:
            T[i] *= keep
        T[i, here] -= take * T[row, here]
        _reduce(T, int(i))


def _reduce(T: Integers, row: int) -> None:
    """Divide a row by what its entries have in common."""
    common = 0
    for value in T[row]:
        if value:
            common = gcd(common, value)
            if common == 1:
                return
    if common > 1:
        T[row] //= common


def _eliminated(T: Integers) -> dict[int, int]:
    """Solve ``T[:, :-1] x = T[:, -1]`` in place; return the row of each unknown."""
    free = list(range(len(T)))
    row_of: dict[int, int] = {}
    for c in range(len(T)):
        possible: list[Any] = [i for i in free if T[i, c]]
        if not possible:
            raise SolverError(
                "the basis is singular: no point belongs to it", status="singular", solver=NAME
            )
        row = min(possible, key=lambda i: abs(T[i, c]))
        _eliminate(T, row, T[:, c].copy())
        free.remove(row)
        row_of[c] = row
    return row_of
