"""Best-first branch and bound: the maximum over what a tree of relaxations leaves, with its proof.

Nothing here knows what a node is. Who calls says what a node's relaxation comes to, which points it
leads to, and how to split it.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

Node = TypeVar("Node")
Point = TypeVar("Point")


class OutOfTime(Exception):  # noqa: N818 - it is no error
    """Raised while a node is examined: time is up, and the node is as open as before."""


@dataclass(frozen=True)
class Examined(Generic[Node, Point]):
    """What became of a node.

    Attributes
    ----------
    bound
        No point below the node is worth more; ``-inf`` if there is none.
    children
        Nodes that have all points of this one between them; none if there is no better point below
        it than the one that is given here.
    value, point
        The best point that was met, wherever it lies, and its worth; ``-inf`` without one.
    """

    bound: float
    children: tuple[Node, ...] = ()
    value: float = -math.inf
    point: Point | None = None


class Examine(Protocol[Node, Point]):
    """Solves the relaxation of a node."""

    def __call__(self, node: Node, seconds: float) -> Examined[Node, Point]:
        """Return what became of a node; raise `OutOfTime` if that takes longer than ``seconds``."""


@dataclass(frozen=True)
class SearchStep:
    """Where the search stood after a node: nodes examined and open, value, bound, seconds."""

    examined: int
    open: int
    value: float
    bound: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Search(Generic[Point]):
    """How a search ended.

    Attributes
    ----------
    status
        ``optimal`` if value and bound are within the tolerance; ``feasible`` if a limit stopped the
        search with a point, ``time_limit`` or ``limit`` if it had none; ``infeasible`` if there is
        no point at all, ``unknown`` if none was met where there may be one.
    value, point
        The best point, and its worth; ``-inf`` and ``None`` without one.
    bound
        No point is worth more.
    examined
        Number of nodes that were examined.
    seconds
        Wall time.
    log
        Where the search stood after each node.
    """

    status: str
    value: float
    bound: float
    point: Point | None
    examined: int
    seconds: float
    log: tuple[SearchStep, ...] = field(default=(), repr=False)

    def frame(self) -> pd.DataFrame:
        """Return the log as a table: examined, open, value, bound, seconds."""
        import pandas as pd

        columns = list(SearchStep.__dataclass_fields__)
        return pd.DataFrame([vars(step) for step in self.log], columns=columns)


def branch_and_bound(
    root: Node,
    examine: Examine[Node, Point],
    *,
    tolerance: float = 0.0,
    time_limit: float | None = None,
    node_limit: int | None = None,
    callback: Callable[[SearchStep], bool] | None = None,
) -> Search[Point]:
    """Maximise: always examine the open node with the highest bound, and split it.

    Parameters
    ----------
    root
        The node that has all points.
    examine
        Solves a node's relaxation.
    tolerance
        Nodes whose bound is above the best value by no more than this are dropped.
    time_limit, node_limit
        In seconds, and in nodes. What was found until then is returned, and so is the bound.
    callback
        Is told of every step, and stops the search by returning ``True``.

    Raises
    ------
    GameError
        The tolerance or a limit is negative, or not a number.

    Examples
    --------
    Which of the numbers below 1, given as binary digits, has the largest ``x (1 - x)``? What begins
    with some digits lies in an interval:

    >>> def examine(digits, seconds):
    ...     low = sum(d / 2 ** (k + 1) for k, d in enumerate(digits))
    ...     high = low + 1 / 2 ** len(digits)
    ...     best = min(max(low, 0.5), high)
    ...     children = ((*digits, 0), (*digits, 1)) if len(digits) < 20 else ()
    ...     return Examined(best * (1 - best), children, low * (1 - low), low)
    >>> found = branch_and_bound((), examine, tolerance=1e-9)
    >>> found.status, found.point, found.value, found.examined
    ('optimal', 0.5, 0.25, 3)
    """
    for name, number in (("tolerance", tolerance), ("time_limit", time_limit)):
        if number is not None and not number >= 0:
            raise GameError(f"{name} must be a number of at least 0; got {number}")
    limits = _Limits(time_limit, node_limit, callback)
    return _BestFirst(examine, tolerance, limits).run(root)


@dataclass(frozen=True)
class _Limits:
    """What stops a search."""

    seconds: float | None
    nodes: int | None
    callback: Callable[[SearchStep], bool] | None
    start: float = field(default_factory=perf_counter)

    def left(self) -> float:
        """Return how many seconds are left."""
        if self.seconds is None:
            return math.inf
        return max(self.seconds - (perf_counter() - self.start), 0.0)


class _BestFirst(Generic[Node, Point]):
    """A search in progress."""

    def __init__(self, examine: Examine[Node, Point], tolerance: float, limits: _Limits) -> None:
        self._examine = examine
        self._tolerance = tolerance
        self._limits = limits
        self._open: list[tuple[float, int, Node]] = []  # the highest bound first, then the oldest
        self._count = 0
        self._value = -math.inf
        self._point: Point | None = None
        self._closed = -math.inf  # the highest bound of nodes that were not split
        self._log: list[SearchStep] = []

    def run(self, root: Node) -> Search[Point]:
        """Search until nothing better is open, or a limit is met."""
        self._push(math.inf, root)
        stopped = "optimal"
        while self._open and stopped == "optimal":
            bound, number, node = heapq.heappop(self._open)
            if -bound <= self._value + self._tolerance:
                self._closed = max(self._closed, -bound)
                continue
            try:
                stopped = self._step(-bound, node)
            except OutOfTime:
                stopped = "time_limit"
                heapq.heappush(self._open, (bound, number, node))
        return Search(
            self._status(stopped),
            self._value,
            self._bound(),
            self._point,
            len(self._log),
            perf_counter() - self._limits.start,
            tuple(self._log),
        )

    def _push(self, bound: float, node: Node) -> None:
        self._count += 1
        heapq.heappush(self._open, (-bound, self._count, node))

    def _step(self, above: float, node: Node) -> str:
        """Examine a node; return what stops the search, ``optimal`` if nothing does."""
        left = self._limits.left()
        if left <= 0:
            raise OutOfTime
        found = self._examine(node, left)
        if found.point is not None and found.value > self._value:
            self._value, self._point = found.value, found.point
        bound = min(found.bound, above)  # a child is no better than its parent, but for rounding
        for child in found.children:
            self._push(bound, child)
        if not found.children:
            self._closed = max(self._closed, bound)
        seconds = perf_counter() - self._limits.start
        step = SearchStep(len(self._log) + 1, len(self._open), self._value, self._bound(), seconds)
        self._log.append(step)
        limits = self._limits
        is_last = limits.nodes is not None and len(self._log) >= limits.nodes
        told_to_stop = limits.callback is not None and limits.callback(step)
        return "limit" if is_last or told_to_stop else "optimal"

    def _bound(self) -> float:
        """Return what no point surpasses: the best value, or what is open or was left unsplit."""
        top = -self._open[0][0] if self._open else -math.inf
        return max(self._value, self._closed, top)

    def _status(self, stopped: str) -> str:
        if self._bound() <= self._value + self._tolerance and self._point is not None:
            return "optimal"
        if self._point is not None:
            return "feasible"
        if stopped != "optimal":
            return stopped
        return "infeasible" if self._closed == -math.inf else "unknown"
