"""Flow polytopes: what anybody who chooses chooses from.

A player, a deviator, a mediator or a team picks a point of ``{x >= 0 : F x = f}`` given by a DAG of
decision points; a tree (the sequence form of a player with perfect recall) is the special case in
which nobody has two parents.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.game import ranges, read_only
from efmodels.names import MadeNames, distinct, model_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from efmodels.game import Floats, Ints

ROOT = "root"
"""Name of coordinate 0, the empty sequence, and of its row ``x[0] = 1``."""


@dataclass(frozen=True, eq=False)
class FlowPolytope:
    r"""The polytope ``{x >= 0 : F x = f}`` of a DAG of decision points.

    Coordinate 0 is the root (the empty sequence), ``x[0] = 1``. Decision point ``k`` distributes
    what flows in from its incoming coordinates among its own, ``start[k]`` to ``start[k+1] - 1``:

    .. math:: \sum_{q \in \mathrm{out}(k)} x_q - \sum_{p \in \mathrm{in}(k)} x_p = 0.

    A coordinate may feed several decision points; each receives its full value.

    Parameters
    ----------
    start
        First coordinate of each decision point and the number of coordinates; ``(points + 1,)``.
    incoming
        Coordinates that flow into the decision points, concatenated; each is smaller than the
        first coordinate of its decision point (topological order).
    incoming_start
        Where in ``incoming`` each decision point begins; ``(points + 1,)``.
    point_names
        A name per decision point, all different (the infosets).
    choice_names
        A name per coordinate, different within a decision point (the actions); ``""`` at 0. Both
        are tuples, or `MadeNames` where there are so many that nobody reads them all.

    Raises
    ------
    GameError
        The arrays do not describe a DAG in topological order.

    Examples
    --------
    Choose between l and r; after r choose between a and b:

    >>> tree = FlowPolytope([1, 3, 5], [0, 2], [0, 1, 2], ("I", "J"), ("", "l", "r", "a", "b"))
    >>> tree.F.toarray().astype(int)
    array([[ 1,  0,  0,  0,  0],
           [-1,  1,  1,  0,  0],
           [ 0,  0, -1,  1,  1]])
    >>> tree.names
    ('root', 'I_l', 'I_r', 'J_a', 'J_b')
    >>> value, plan = tree.best_response([0, 1, 0, 0, 3])
    >>> value, plan.tolist()
    (3.0, [1.0, 0.0, 1.0, 0.0, 1.0])
    """

    start: Ints
    incoming: Ints
    incoming_start: Ints
    point_names: Sequence[str]
    choice_names: Sequence[str]

    def __post_init__(self) -> None:
        """Turn the arguments into arrays and check them."""
        for field in ("start", "incoming", "incoming_start"):
            array = np.array(getattr(self, field), dtype=np.int64)
            object.__setattr__(self, field, read_only(array))
        points = len(self.start) - 1
        if points < 0 or self.start[0] != 1 or (np.diff(self.start) < 1).any():
            raise GameError("start must begin with 1 and grow: every decision point has a choice")
        if len(self.incoming_start) != points + 1 or self.incoming_start[0] != 0:
            raise GameError(f"incoming_start must have {points + 1} entries, the first of them 0")
        if (np.diff(self.incoming_start) < 1).any() or self.incoming_start[-1] != len(
            self.incoming
        ):
            raise GameError("every decision point needs at least one incoming coordinate")
        first = np.repeat(self.start[:-1], np.diff(self.incoming_start))
        if (self.incoming < 0).any() or (self.incoming >= first).any():
            raise GameError("a decision point must come after the coordinates that flow into it")
        if len(self.point_names) != points or len(self.choice_names) != self.size:
            raise GameError("give one name per decision point and one per coordinate")
        made = isinstance(self.point_names, MadeNames)  # from numbers, which differ
        if not made and len(set(self.point_names)) != points:
            raise GameError("the names of the decision points must differ")

    def __deepcopy__(self, memo: object) -> FlowPolytope:
        """Return the polytope itself: nobody can change it."""
        return self

    # Sizes, names and the matrix ----------------------------------------------------------------

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return int(self.start[-1])

    @property
    def points(self) -> int:
        """Number of decision points."""
        return len(self.start) - 1

    @cached_property
    def point(self) -> Ints:
        """The decision point of each coordinate, -1 for the root; shape ``(size,)``."""
        owners = np.repeat(np.arange(self.points), np.diff(self.start))
        return np.concatenate(([-1], owners))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Model name of each coordinate: point, ``_``, choice, reduced to ``[A-Za-z0-9_]``."""
        pairs = zip(self.point[1:].tolist(), self.choice_names[1:], strict=True)
        return distinct((ROOT, *(model_name(f"{self.point_names[k]}_{c}") for k, c in pairs)))

    @cached_property
    def row_names(self) -> tuple[str, ...]:
        """Model name of each row of ``F``: ``root``, then the decision points."""
        return distinct((ROOT, *map(model_name, self.point_names)))

    @cached_property
    def F(self) -> sparse.csr_array:  # noqa: N802 - its name in the formulas
        """The constraint matrix, shape ``(points + 1, size)``: outgoing 1, incoming -1."""
        into = np.repeat(np.arange(1, self.points + 1), np.diff(self.incoming_start))
        rows = np.concatenate(([0], self.point[1:] + 1, into))
        columns = np.concatenate((np.arange(self.size), self.incoming))
        values = np.concatenate((np.ones(self.size), -np.ones(len(self.incoming))))
        return sparse.csr_array((values, (rows, columns)), shape=(self.points + 1, self.size))

    @cached_property
    def f(self) -> Floats:
        """The right-hand side ``(1, 0, ..., 0)``, shape ``(points + 1,)``."""
        return np.concatenate(([1.0], np.zeros(self.points)))

    def coordinate(self, point: str, choice: str) -> int:
        """Return the coordinate of a choice at a decision point, both by name.

        Raises
        ------
        GameError
            There is no such decision point or choice; the message lists what there is.
        """
        if point not in self._point_number:
            raise GameError(f"no infoset is called {point!r}; {_some(self.point_names)}")
        k = self._point_number[point]
        choices = self.choice_names[self.start[k] : self.start[k + 1]]
        if choice not in choices:
            raise GameError(f"infoset {point!r} has no action {choice!r}; {_some(choices)}")
        return int(self.start[k]) + choices.index(choice)

    @cached_property
    def _point_number(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.point_names)}

    # Plans and behaviour ------------------------------------------------------------------------

    def inflow(self, x: ArrayLike) -> Floats:
        """Return what flows into each decision point; shape ``(points,)``."""
        if not self.points:
            return np.zeros(0)
        return np.add.reduceat(np.asarray(x, dtype=float)[self.incoming], self.incoming_start[:-1])

    def behaviour(self, x: ArrayLike) -> Floats:
        """Return the probability of each choice at its decision point; uniform where nothing flows.

        The root's entry is 1. Tiny negative entries, as solvers leave them, count as zero.
        """
        plan = np.maximum(np.asarray(x, dtype=float), 0)
        total = np.add.reduceat(plan[1:], self.start[:-1] - 1) if self.points else np.zeros(0)
        width = np.diff(self.start)
        reached = np.repeat(total > 0, width)
        divisor = np.repeat(np.where(total > 0, total, width), width)
        return np.concatenate(([1.0], np.where(reached, plan[1:], 1.0) / divisor))

    def realization(self, behaviour: ArrayLike) -> Floats:
        """Return the realization plan (flow) of a behaviour strategy; inverse of `behaviour`."""
        choice = np.asarray(behaviour, dtype=float)
        x = np.zeros(self.size)
        x[0] = 1.0
        for level in self._levels:
            x[level.out] = np.repeat(level.gather(x[level.into]), level.width) * choice[level.out]
        return x

    def uniform(self) -> Floats:
        """Return the plan that is uniform at every decision point."""
        return self.realization(self.behaviour(np.zeros(self.size)))

    def random(self, generator: np.random.Generator) -> Floats:
        """Return a plan whose behaviour is drawn uniformly from the simplex at every point."""
        return self.realization(self.behaviour(generator.standard_exponential(self.size)))

    # Best response ------------------------------------------------------------------------------

    def best_response(self, gradient: ArrayLike) -> tuple[float, Floats]:
        """Maximise ``gradient @ x`` over the polytope.

        Parameters
        ----------
        gradient
            One number per coordinate, shape ``(size,)``.

        Returns
        -------
        tuple
            The maximum and a pure plan (all choices 0 or 1) that attains it; ties go to the first.
        """
        worth = np.array(gradient, dtype=float)
        choice = np.zeros(self.size)
        for level in reversed(self._levels):
            value = np.maximum.reduceat(worth[level.out], level.out_start)
            best = np.flatnonzero(worth[level.out] == np.repeat(value, level.width))
            _, first = np.unique(level.segment[best], return_index=True)
            choice[level.out[best[first]]] = 1.0
            np.add.at(worth, level.into, np.repeat(value, level.into_width))
        return float(worth[0]), self.realization(choice)

    def dual_values(self, gradient: ArrayLike) -> Floats:
        r"""Return the least ``v`` with ``F' v >= gradient``; shape ``(points + 1,)``.

        It is the solution of the dual of the best response: ``v[0]`` is the maximum of
        ``gradient @ x``, and ``v[k + 1]`` is what decision point ``k`` adds to it if it is reached:

        .. math::

            v_{k+1} = \max_{q \in \mathrm{out}(k)} g_q + \sum_{k' \text{ below } q} v_{k'+1}.

        Examples
        --------
        >>> tree = FlowPolytope([1, 3, 5], [0, 2], [0, 1, 2], ("I", "J"), ("", "l", "r", "a", "b"))
        >>> tree.dual_values([0, 1, 0, 0, 3]).tolist()
        [3.0, 3.0, 3.0]
        """
        worth = np.array(gradient, dtype=float)
        for level in reversed(self._levels):
            value = np.maximum.reduceat(worth[level.out], level.out_start)
            np.add.at(worth, level.into, np.repeat(value, level.into_width))
        if not self.points:
            return worth[:1]
        best = np.maximum.reduceat(worth[1:], self.start[:-1] - 1)
        return np.concatenate((worth[:1], best))

    @cached_property
    def level(self) -> Ints:
        """How many decision points the longest way to each one passes; shape ``(points,)``."""
        level = np.zeros(self.points, dtype=np.int64)
        number = 0
        above = self.point[self.incoming]
        below = np.repeat(np.arange(self.points), np.diff(self.incoming_start))
        inner = np.flatnonzero(above >= 0)
        while len(inner):
            above, below = above[inner], below[inner]
            number += 1
            level[below] = number
            inner = np.flatnonzero(level[above] == number)  # below these the level is higher
        return level

    @cached_property
    def _levels(self) -> tuple[_Level, ...]:
        """The decision points in groups, each after all that flow into it."""
        if not self.points:
            return ()
        order = np.argsort(self.level, kind="stable")
        groups = np.split(order, np.flatnonzero(np.diff(self.level[order])) + 1)
        return tuple(_Level(self, points) for points in groups)


class _Level:
    """Decision points that can be handled at once, with their coordinates concatenated."""

    def __init__(self, polytope: FlowPolytope, points: Ints) -> None:
        start, into = polytope.start, polytope.incoming_start
        self.width = start[points + 1] - start[points]
        self.out = ranges(start[points], start[points + 1])
        self.out_start = np.cumsum(self.width) - self.width
        self.segment = np.repeat(np.arange(len(points)), self.width)
        self.into_width = into[points + 1] - into[points]
        self.into = polytope.incoming[ranges(into[points], into[points + 1])]
        self.into_start = np.cumsum(self.into_width) - self.into_width

    def gather(self, flow: Floats) -> Floats:
        """Add up what flows into each decision point of this level."""
        return np.add.reduceat(flow, self.into_start)


def _some(names: Sequence[str], most: int = 8) -> str:
    """List the first names for an error message."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"there are {list(names[:most])}{more}"
