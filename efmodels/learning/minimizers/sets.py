"""Convex sets, given by what can be computed on them: projections and best points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import linalg, optimize, sparse

from efmodels.errors import GameError, SolverError
from efmodels.learning.minimizers.arguments import dense

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Floats
    from efmodels.polytope import FlowPolytope

ROUNDING = 1e-11
"""Violations of rows of unit length up to this are rounding errors."""

FINEST = 1e-10
"""The smallest tolerance that HiGHS takes."""

_STEPS = 30  # of the active-set method, per row


class ConvexSet(Protocol):
    """A compact convex set."""

    @property
    def size(self) -> int:
        """Number of coordinates of a point."""

    def project(self, point: Floats) -> Floats:
        """Return the point of the set that is nearest to a point, by Euclidean distance."""

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the maximum of ``utility @ x`` over the set, and a point that attains it."""


class Simplex:
    """The probability distributions over so many choices.

    Parameters
    ----------
    size
        Number of choices, at least one.

    Raises
    ------
    GameError
        There are none.

    Examples
    --------
    >>> Simplex(3).project(np.array([0.5, 1.0, -2.0])).tolist()
    [0.25, 0.75, 0.0]
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise GameError(f"a simplex needs at least one choice; got {size}")
        self.size = size

    def project(self, point: Floats) -> Floats:
        """Return the nearest distribution: all coordinates lowered alike, and cut off at 0."""
        down = np.sort(point)[::-1]
        excess = (np.cumsum(down) - 1) / np.arange(1, self.size + 1)
        kept = np.flatnonzero(down > excess)[-1]
        nearest: Floats = np.maximum(point - excess[kept], 0.0)
        return nearest

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the largest utility and the first choice that has it."""
        point = np.zeros(self.size)
        point[int(np.argmax(utility))] = 1.0
        return float(utility.max()), point


class Ball:
    """The points that are no farther than ``radius`` from a centre.

    Parameters
    ----------
    centre
        One number per coordinate.
    radius
        Above 0.

    Raises
    ------
    GameError
        The radius is not above 0.

    Examples
    --------
    >>> Ball([1.0, 0.0], 2.0).best(np.array([3.0, 4.0]))
    (13.0, array([2.2, 1.6]))
    """

    def __init__(self, centre: ArrayLike, radius: float) -> None:
        if not radius > 0:
            raise GameError(f"the radius of a ball must be above 0; got {radius}")
        self.centre = np.asarray(centre, dtype=float)
        self.radius = radius
        self.size = len(self.centre)

    def project(self, point: Floats) -> Floats:
        """Return the nearest point, on the way to the centre."""
        way = point - self.centre
        length = float(np.linalg.norm(way))
        return point if length <= self.radius else self.centre + way * (self.radius / length)

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the point that lies farthest in the direction of the utilities."""
        length = float(np.linalg.norm(utility))
        way = utility / length if length else utility
        point = self.centre + self.radius * way
        return float(utility @ point), point


class Polyhedron:
    r"""The set :math:`\{x : G x \le h,\; F x = f\}`, which must be bounded.

    Projections are exact but for rounding: the nearest point to the origin under inequalities is a
    problem of nonnegative least squares, which an active-set method (``scipy.optimize.nnls``) ends
    after finitely many steps; the equations are taken out by a basis of their null space before.
    Matrices are dense: this is for sets of up to a few hundred coordinates.

    Parameters
    ----------
    G, h
        Inequalities; any number of rows.
    F, f
        Equations; none by default.

    Raises
    ------
    GameError
        Shapes do not fit together, or no point satisfies all rows.

    References
    ----------
    Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23.

    Examples
    --------
    >>> triangle = Polyhedron([[1, 1], [-1, 0], [0, -1]], [1, 0, 0])
    >>> triangle.project(np.array([2.0, 1.5])).round(12).tolist()
    [0.75, 0.25]
    >>> triangle.best(np.array([2.0, 1.0]))[0]
    2.0
    """

    def __init__(
        self,
        G: ArrayLike | sparse.csr_array,
        h: ArrayLike,
        F: ArrayLike | sparse.csr_array | None = None,
        f: ArrayLike | None = None,
    ) -> None:
        self._G, self._h = dense(G), np.asarray(h, dtype=float)
        self.size = self._G.shape[1]
        self._F = np.zeros((0, self.size)) if F is None else dense(F)
        self._f = np.zeros(0) if f is None else np.asarray(f, dtype=float)
        for matrix, side in ((self._G, self._h), (self._F, self._f)):
            if matrix.shape != (len(side), self.size):
                raise GameError(
                    f"a matrix has shape {matrix.shape}; with {len(side)} right-hand sides and "
                    f"{self.size} coordinates it must be {(len(side), self.size)}"
                )
        self._inside, _ = np.linalg.lstsq(self._F, self._f)[:2]
        self._basis = linalg.null_space(self._F) if len(self._f) else np.eye(self.size)
        rows = self._G @ self._basis
        length = np.linalg.norm(rows, axis=1)
        matters = length > ROUNDING
        self._rows = rows[matters] / length[matters, None]
        self._limit = (self._h - self._G @ self._inside)[matters] / length[matters]
        if np.abs(self._F @ self._inside - self._f).max(initial=0.0) > ROUNDING:
            raise GameError("the set is empty: no point satisfies the equations")
        if (self._h - self._G @ self._inside)[~matters].min(initial=0.0) < -ROUNDING:
            raise GameError("the set is empty: the equations contradict a row of G x <= h")
        self.project(self._inside)

    def project(self, point: Floats) -> Floats:
        """Return the nearest point of the set.

        Raises
        ------
        GameError
            The set is empty.
        SolverError
            The active-set method did not end.
        """
        start = self._basis.T @ (point - self._inside)
        missing = self._rows @ start - self._limit
        worst = float(missing.max(initial=0.0))
        if worst > ROUNDING:
            start = start + worst * _shortest(-self._rows, missing / worst)
        nearest: Floats = self._inside + self._basis @ start
        return nearest

    def best(self, utility: Floats) -> tuple[float, Floats]:
        """Return the maximum of ``utility @ x`` and a point that attains it, by a linear program.

        HiGHS solves it, with tolerances of 1e-10.

        Raises
        ------
        GameError
            The set has no best point: it is not bounded.
        """
        answer = optimize.linprog(
            -utility,
            A_ub=self._G,
            b_ub=self._h,
            A_eq=self._F,
            b_eq=self._f,
            bounds=(None, None),
            options={"primal_feasibility_tolerance": FINEST, "dual_feasibility_tolerance": FINEST},
        )
        if answer.x is None:
            raise GameError(f"no best point was found: {answer.message}; is the set bounded?")
        return float(utility @ answer.x), answer.x


def constrained(
    polytope: FlowPolytope, D: ArrayLike | sparse.csr_array, d: ArrayLike
) -> Polyhedron:
    r"""Return the plans of a polytope that satisfy further rows, :math:`D x \le d`.

    Parameters
    ----------
    polytope
        Where the plans are from.
    D, d
        One column per coordinate, one entry of ``d`` per row.

    Raises
    ------
    GameError
        Shapes do not fit together, or no plan satisfies the rows.

    Examples
    --------
    Choose l or r, but l at most one time in four:

    >>> from efmodels.polytope import FlowPolytope
    >>> choice = FlowPolytope([1, 3], [0], [0, 1], ("I",), ("", "l", "r"))
    >>> rare = constrained(choice, [[0, 1, 0]], [0.25])
    >>> rare.project(choice.uniform()).round(12).tolist()
    [1.0, 0.25, 0.75]
    """
    rows = dense(D)
    if rows.shape[1] != polytope.size:
        raise GameError(f"D has {rows.shape[1]} columns; the polytope has {polytope.size}")
    G = np.vstack([-np.eye(polytope.size), rows])
    h = np.concatenate([np.zeros(polytope.size), np.asarray(d, dtype=float)])
    return Polyhedron(G, h, polytope.F, polytope.f)


def _shortest(G: Floats, h: Floats) -> Floats:
    """Return the shortest ``z`` with ``G z >= h``; some entry of ``h`` is above 0."""
    system = np.vstack([G.T, h])
    unit = np.zeros(len(system))
    unit[-1] = 1.0
    try:
        multipliers, distance = optimize.nnls(system, unit, maxiter=_STEPS * len(h))
    except RuntimeError as error:
        raise SolverError(
            f"the nearest point was not found ({error}); scale the rows alike, or drop those that "
            "others imply",
            status="iteration limit",
            solver="nnls",
        ) from error
    if distance <= ROUNDING:
        raise GameError("the set is empty: its inequalities contradict each other")
    active = multipliers > 0
    # The rows that bind are known now: their equations are solved once more, without the scaling.
    return np.asarray(np.linalg.lstsq(G[active], h[active])[0], dtype=float)
