"""The belief DAG of a team, by recursion over sets of elements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from efmodels.mediator.team import Team

    Element = int
    Commitment = tuple[int, int]  # an infoset that may be asked again, and its action
    Belief = frozenset[Element | Commitment]


@dataclass
class NaiveBeliefs:
    """Beliefs, their edges and what the edges complete."""

    roots: list[Belief] = field(default_factory=list)
    chosen: dict[Belief, int] = field(default_factory=dict)
    children: dict[tuple[Belief, int], list[Belief]] = field(default_factory=dict)
    completed: dict[tuple[Belief, int], set[int]] = field(default_factory=dict)

    @property
    def largest(self) -> int:
        """The number of elements of the largest belief."""
        return max((sum(isinstance(e, int) for e in belief) for belief in self.chosen), default=0)

    @property
    def committed(self) -> int:
        """The number of beliefs that remember an action because they may be asked again."""
        return sum(any(isinstance(e, tuple) for e in belief) for belief in self.chosen)


def naive_beliefs(team: Team) -> NaiveBeliefs:
    """Return the belief DAG of a team."""
    return _Beliefs(team).dag


class _Beliefs:
    def __init__(self, team: Team) -> None:
        self.team = team
        self.known_reach: dict[Element, frozenset[int]] = {}
        self.dag = NaiveBeliefs()
        self.dag.roots = self.components(set(self.asked(0)), {})
        for belief in self.dag.roots:
            self.visit(belief)

    def asked(self, coordinate: int) -> range:
        return range(int(self.team.asked[coordinate]), int(self.team.asked[coordinate + 1]))

    def children(self, e: Element) -> list[int]:
        start, end = self.team.child_start[e : e + 2]
        return [int(q) for q in self.team.child[start:end]]

    def infoset(self, e: Element) -> int:
        return int(self.team.infoset[e])

    def reach(self, e: Element) -> frozenset[int]:
        """Return the infosets that are asked at or below an element."""
        if e not in self.known_reach:
            below = (self.reach(d) for q in self.children(e) for d in self.asked(q))
            self.known_reach[e] = frozenset([self.infoset(e)]).union(*below)
        return self.known_reach[e]

    def components(self, elements: set[Element], committed: dict[int, int]) -> list[Belief]:
        """Split elements that share no undecided infoset; add the commitments each may need."""
        groups: list[tuple[set[Element], set[int]]] = []
        for e in elements:
            mine, infosets = {e}, set(self.reach(e))
            for group in [g for g in groups if (g[1] & infosets) - committed.keys()]:
                groups.remove(group)
                mine |= group[0]
                infosets |= group[1]
            groups.append((mine, infosets))
        return [
            frozenset(mine) | {(k, a) for k, a in committed.items() if k in infosets}
            for mine, infosets in groups
        ]

    def visit(self, belief: Belief) -> None:
        """Choose an infoset, follow each of its actions, and visit the beliefs that come of it."""
        if belief in self.dag.chosen:
            return
        elements = {e for e in belief if isinstance(e, int)}
        committed = dict(e for e in belief if isinstance(e, tuple))
        here = {self.infoset(e) for e in elements}
        below = {k for e in elements for k in self.reach(e) - {self.infoset(e)}}
        chosen = min(here - below or here, key=lambda k: (self.team.depth[k], k))
        self.dag.chosen[belief] = chosen
        asked = [e for e in elements if self.infoset(e) == chosen]
        for a in range(len(self.children(asked[0]))):
            known = committed if here - below else committed | {chosen: a}
            completed: set[int] = set()
            kept = elements.difference(asked)
            for e in asked:
                kept |= self.advance(self.children(e)[a], known, completed)
            self.dag.completed[belief, a] = completed
            self.dag.children[belief, a] = self.components(kept, known)
            for child in self.dag.children[belief, a]:
                self.visit(child)

    def advance(self, q: int, committed: dict[int, int], completed: set[int]) -> set[Element]:
        """Return the undecided elements after a coordinate; note the coordinates on the way."""
        if self.team.wanted[q]:
            completed.add(q)
        found: set[Element] = set()
        for e in self.asked(q):
            if self.infoset(e) in committed:
                action = committed[self.infoset(e)]
                found |= self.advance(self.children(e)[action], committed, completed)
            else:
                found.add(e)
        return found
