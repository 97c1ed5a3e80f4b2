"""Circulations with lower and upper bounds in exact numbers, for small networks."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from efmodels.errors import InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Arc(NamedTuple):
    """From where to where something may flow, and how much it has to be, and may be at most."""

    tail: int
    head: int
    lower: Fraction
    upper: Fraction


def exact_circulation(nodes: int, arcs: Sequence[Arc]) -> list[Fraction]:
    """Return a flow on each arc that is within its bounds and comes and goes at each node alike.

    Lower bounds become flows that a further node has to bring to heads and take from tails; the
    largest flow from there is found along shortest augmenting paths, in integers.

    Parameters
    ----------
    nodes
        How many there are, numbered from 0.
    arcs
        Their bounds are exact.

    Raises
    ------
    InfeasibleError
        There is none.

    Examples
    --------
    >>> one, two = Fraction(1, 2), Fraction(2)
    >>> exact_circulation(2, [Arc(0, 1, one, two), Arc(1, 0, Fraction(0), one)])
    [Fraction(1, 2), Fraction(1, 2)]
    >>> exact_circulation(2, [Arc(0, 1, two, two), Arc(1, 0, Fraction(0), one)])
    Traceback (most recent call last):
    efmodels.errors.InfeasibleError: no circulation: 3/2 of what is required cannot flow
    """
    scale = lcm(*(bound.denominator for arc in arcs for bound in (arc.lower, arc.upper)))
    network = _Network(nodes + 2)
    source, sink = nodes, nodes + 1
    surplus = [0] * nodes
    for arc in arcs:
        lower = int(arc.lower * scale)
        network.add(arc.tail, arc.head, int(arc.upper * scale) - lower)
        surplus[arc.head] += lower
        surplus[arc.tail] -= lower
    for node, amount in enumerate(surplus):
        network.add(source, node, max(amount, 0))
        network.add(node, sink, max(-amount, 0))
    required = sum(amount for amount in surplus if amount > 0)
    lacking = required - network.largest_flow(source, sink)
    if lacking:
        raise InfeasibleError(
            f"no circulation: {Fraction(lacking, scale)} of what is required cannot flow",
            status="infeasible",
            solver="exact_circulation",
        )
    return [arc.lower + Fraction(network.left[2 * k + 1], scale) for k, arc in enumerate(arcs)]


class _Network:
    """Arcs with room left; arc ``k`` has the number ``2 k``, and its way back ``2 k + 1``."""

    def __init__(self, nodes: int) -> None:
        self.head: list[int] = []
        self.left: list[int] = []
        self._from: list[list[int]] = [[] for _ in range(nodes)]

    def add(self, tail: int, head: int, room: int) -> None:
        self._from[tail].append(len(self.head))
        self._from[head].append(len(self.head) + 1)
        self.head += head, tail
        self.left += room, 0

    def largest_flow(self, source: int, sink: int) -> int:
        """Send as much as possible, and return how much that is."""
        total = 0
        while path := self._shortest_path(source, sink):
            amount = min(self.left[arc] for arc in path)
            for arc in path:
                self.left[arc] -= amount
                self.left[arc ^ 1] += amount
            total += amount
        return total

    def _shortest_path(self, source: int, sink: int) -> list[int]:
        """Return the arcs of a path on which there is room, none where there is no such path."""
        reached_by = {source: -1}
        waiting = deque([source])
        while waiting and sink not in reached_by:
            for arc in self._from[node := waiting.popleft()]:
                if self.left[arc] and self.head[arc] not in reached_by:
                    reached_by[self.head[arc]] = arc
                    waiting.append(self.head[arc])
        path, node = [], sink
        while node in reached_by and node != source:
            path.append(reached_by[node])
            node = self.head[reached_by[node] ^ 1]
        return path
