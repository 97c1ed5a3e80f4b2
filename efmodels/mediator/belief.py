r"""The belief DAG of a team: everything that a private mediator can bring about, as a polytope.

A *belief* is a set of elements (coordinate and infoset that may be asked there) that hang together
because an infoset that is still undecided can be asked at or below each of them. In a belief one
infoset is decided, the same for all its elements; after each action the elements that are left fall
into components, the next beliefs. A coordinate is *completed* by the edges after which it is
reached, and its probability is the sum of their flows:

.. math:: \mu_q = (T x)_q = \sum_{e \text{ completes } q} x_e.

Every pure joint plan reaches a belief at most once, so that the flows are exactly the mixtures of
pure joint plans. Choosing one infoset at a time instead of a prescription for all of them keeps
the number of edges small and lets beliefs split early. Infosets of one depth may be decided at once
instead: see `belief_dag`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.game import ranges
from efmodels.mediator.belief_engines import grow
from efmodels.mediator.belief_tables import tables_of
from efmodels.memory_limits import MemoryBudget
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Ints
    from efmodels.mediator.belief_growth import Growth
    from efmodels.mediator.questions import Questions
    from efmodels.mediator.team import Team


def _by_numbers(infoset: int, action: int) -> str:
    return f"{infoset}_{action}"


@dataclass(frozen=True, eq=False)
class BeliefDag:
    """The belief DAG of a team, in topological order.

    Edges are numbered from 1 as the coordinates ``x`` of the polytope: edge 0 is the root. Every
    belief has an edge per choice at it.

    Attributes
    ----------
    start, incoming, incoming_start
        The beliefs as decision points of a `FlowPolytope`.
    questions
        What is decided in each belief.
    coordinates
        The wanted coordinates of the team, increasing: the rows of ``reach``.
    completed, completed_by
        Pairs of a row of ``reach`` and an edge that completes its coordinate.
    largest
        The number of elements of the largest belief.
    """

    start: Ints
    incoming: Ints
    incoming_start: Ints
    questions: Questions
    coordinates: Ints
    completed: Ints
    completed_by: Ints
    largest: int

    @property
    def beliefs(self) -> int:
        """Number of beliefs."""
        return self.questions.points

    @property
    def edges(self) -> int:
        """Number of edges; the root is none."""
        return int(self.start[-1]) - 1

    @cached_property
    def reach(self) -> sparse.csr_array:
        """The matrix ``T`` of ``mu = T x``: a row per wanted coordinate, a column per edge."""
        entries = (np.ones(len(self.completed)), (self.completed, self.completed_by))
        shape = (len(self.coordinates), int(self.start[-1]))
        return sparse.csr_array(entries, shape=shape)

    def decided(self, edge: int) -> list[tuple[int, int]]:
        """Return pairs of an infoset that is decided by an edge (from 1), and the action."""
        belief = int(np.searchsorted(self.start, edge, side="right")) - 1
        return self.questions.decided(belief, edge - int(self.start[belief]))

    def polytope(self, choice_name: Callable[[int, int], str] = _by_numbers) -> FlowPolytope:
        """Return the polytope of the flows.

        Parameters
        ----------
        choice_name
            Makes the name of an edge from an infoset and its action; called when it is asked for.
        """
        return FlowPolytope(
            start=self.start,
            incoming=self.incoming,
            incoming_start=self.incoming_start,
            point_names=MadeNames(self.beliefs, "b{}".format),
            choice_names=MadeNames(self.edges + 1, partial(self._choice_name, choice_name)),
        )

    def _choice_name(self, choice_name: Callable[[int, int], str], edge: int) -> str:
        return "_".join(choice_name(*one) for one in self.decided(edge)) if edge else ""


def belief_dag(
    team: Team,
    *,
    engine: str = "auto",
    together: bool = False,
    budget: MemoryBudget | None = None,
) -> BeliefDag:
    """Build the belief DAG of a team.

    Parameters
    ----------
    team
        What the agents can be asked.
    engine
        ``"numpy"``; ``"numba"``, three times as fast, but compiled at its first use (the extra
        ``fast`` installs it); or ``"auto"``: numba where it has been used before in this process,
        else numpy. All return the same DAG, numbered in the same way.
    together
        Whether infosets of one depth are decided at once, by the numpy engine, while there are no
        more than a thousand combinations of their actions. The set of lotteries is the same.
        Deciding one after the other favours one of those that are alike; together, symmetries of
        the team are symmetries of the DAG. Where a player may lie, parallel infosets hang together
        anyway, and this has fewer beliefs, too; else it may have more entries in ``T``.
    budget
        How much memory it may take; by default what :func:`efmodels.memory_limit` says.

    Raises
    ------
    SizeError
        The beliefs that have been found need more memory than that.
    GameError
        A wanted coordinate cannot be reached, coordinates go in a circle, or there is no such
        engine.
    MissingPackageError
        The engine is not installed.

    Examples
    --------
    One player chooses between two actions, and both final coordinates are wanted:

    >>> import numpy as np
    >>> from efmodels.mediator.team import Team
    >>> team = Team(
    ...     coordinate=np.array([0]), infoset=np.array([0]), child=np.array([1, 2]),
    ...     child_start=np.array([0, 2]), asked=np.array([0, 1, 1, 1]),
    ...     wanted=np.array([False, True, True]), depth=np.array([0]),
    ... )
    >>> dag = belief_dag(team)
    >>> dag.polytope().F.toarray().astype(int)
    array([[ 1,  0,  0],
           [-1,  1,  1]])
    >>> dag.coordinates.tolist(), dag.reach.toarray().astype(int).tolist()
    ([1, 2], [[0, 1, 0], [0, 0, 1]])
    """
    growth = grow(
        tables_of(team, together=together), engine, budget or MemoryBudget("a belief DAG")
    )
    return _ordered(team, growth)


def _ordered(team: Team, growth: Growth) -> BeliefDag:
    """Put every belief after the edges that lead to it.

    Every edge leaves fewer infosets undecided: sorting by their number is a topological order.
    """
    order = np.argsort(-growth.open_infosets, kind="stable")
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    width = np.diff(growth.edge_start)[order]
    start = np.concatenate(([1], 1 + np.cumsum(width)))
    edge = np.empty(start[-1], dtype=np.int64)  # the new number of each old one; the last is 0's
    edge[ranges(growth.edge_start[order], growth.edge_start[order] + width)] = np.arange(
        1, start[-1]
    )
    edge[-1] = 0
    child = np.concatenate((growth.roots, growth.child))
    feeds = np.concatenate((np.full(len(growth.roots), -1), growth.child_edge))
    into = np.sort(number[child] * start[-1] + edge[feeds])
    completed, by = _completions(team, growth, edge)
    return BeliefDag(
        start=start,
        incoming=into % start[-1],
        incoming_start=np.searchsorted(into, np.arange(len(order) + 1) * start[-1]),
        questions=growth.questions.of(order),
        coordinates=np.flatnonzero(team.wanted),
        completed=completed,
        completed_by=by,
        largest=growth.largest,
    )


def _completions(team: Team, growth: Growth, edge: Ints) -> tuple[Ints, Ints]:
    """Return pairs (row of the reach matrix, edge); the root completes coordinate 0."""
    row, wanted = np.cumsum(team.wanted) - 1, np.flatnonzero(team.wanted)
    at_start = np.zeros(int(team.wanted[0]), dtype=np.int64)
    completed = np.concatenate((at_start, row[growth.completed]))
    by = np.concatenate((at_start, edge[growth.completed_edge]))
    missing = team.wanted.copy()
    missing[wanted[completed]] = False
    if missing.any():
        raise GameError(
            f"coordinate {int(np.argmax(missing))} is wanted, but no answers lead there from "
            "coordinate 0; expected every wanted coordinate to be the child of an element"
        )
    return completed, by
