"""One belief at a time, in plain Python: beliefs that must remember what was chosen.

Where play cannot be put in an order (an infoset comes before another on one path and after it on
another), an infoset may be asked again after it was decided. A belief then carries the
*commitment* to the chosen action for as long as the infoset can recur, and elements at which it
recurs advance by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.mediator.belief_tables import Tables


@dataclass(frozen=True)
class Component:
    """A child belief: its sorted elements and commitments, and its number of open infosets."""

    codes: tuple[int, ...]
    open_infosets: int


@dataclass(frozen=True)
class Step:
    """An edge of a belief: the wanted coordinates that it completes, and its child beliefs."""

    completed: tuple[int, ...]
    components: tuple[Component, ...]


class CommittedBeliefs:
    """Expands beliefs that have commitments, or that need one."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._team = tables.team
        self._reach: dict[int, frozenset[int]] = {}

    def expand(self, belief: Iterable[int]) -> tuple[int, list[Step]]:
        """Return the infoset to ask in a belief, and a step for each of its actions."""
        elements, committed = self._split(belief)
        infosets = {self._infoset(e) for e in elements}
        below = {k for e in elements for k in self._reach_of(e) if k != self._infoset(e)}
        chosen = min(infosets - below or infosets, key=self._tables.rank.__getitem__)
        steps = []
        for action in range(int(self._tables.width[chosen])):
            known = committed | {chosen: action} if chosen in below else committed
            steps.append(self._step(elements, known, chosen, action))
        return chosen, steps

    def _split(self, belief: Iterable[int]) -> tuple[list[int], dict[int, int]]:
        """Return the elements of a belief and its commitments."""
        elements, committed = [], {}
        for code in belief:
            if code < self._team.elements:
                elements.append(code)
            else:
                infoset, action = divmod(code - self._team.elements, self._tables.most_actions)
                committed[infoset] = action
        return elements, committed

    def _step(
        self, elements: list[int], committed: dict[int, int], chosen: int, action: int
    ) -> Step:
        team = self._team
        frontier = [e for e in elements if self._infoset(e) != chosen]
        todo = [self._child(e, action) for e in elements if self._infoset(e) == chosen]
        seen: set[int] = set()
        while todo:
            q = todo.pop()
            if q in seen:
                continue
            seen.add(q)
            for e in range(int(team.asked[q]), int(team.asked[q + 1])):
                if self._infoset(e) in committed:
                    todo.append(self._child(e, committed[self._infoset(e)]))
                else:
                    frontier.append(e)
        completed = tuple(sorted(q for q in seen if team.wanted[q]))
        return Step(completed, tuple(self._components(sorted(frontier), committed)))

    def _components(self, frontier: list[int], committed: dict[int, int]) -> list[Component]:
        """Split a frontier into parts that share no undecided infoset."""
        parts: list[tuple[set[int], list[int]]] = []
        for e in frontier:
            infosets, members = set(self._reach_of(e)), [e]
            meeting = [part for part in parts if not (part[0] & infosets) <= committed.keys()]
            parts = [part for part in parts if part not in meeting]
            infosets.update(*(part[0] for part in meeting))
            parts.append((infosets, [*chain.from_iterable(part[1] for part in meeting), *members]))
        return [self._component(infosets, members, committed) for infosets, members in parts]

    def _component(
        self, infosets: set[int], members: list[int], committed: dict[int, int]
    ) -> Component:
        remembered = [
            self._team.elements + k * self._tables.most_actions + a
            for k, a in committed.items()
            if k in infosets
        ]
        return Component(tuple(sorted((*members, *remembered))), len(infosets) - len(remembered))

    def _infoset(self, e: int) -> int:
        return int(self._team.infoset[e])

    def _child(self, e: int, action: int) -> int:
        return int(self._team.child[self._team.child_start[e] + action])

    def _reach_of(self, e: int) -> frozenset[int]:
        if e not in self._reach:
            start, end = self._tables.reach_start[e : e + 2]
            self._reach[e] = frozenset(self._tables.reach[start:end].tolist())
        return self._reach[e]
