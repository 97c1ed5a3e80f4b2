r"""Which answers a mediator with recall does not need, for given goals.

What an answer is worth to the mediator is a column of the linear program: what it adds to the
goals, to each player's payoff on the path, and what it takes from each deviator at each of her
sequences. No row of the program asks for less of any of them. So an answer after which nothing more
is asked can be left out if another one there, or a mixture of two, is worth as much in every row.
Where one answer stays it is given, and belongs to the answer before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import CapabilityError
from efmodels.game import ranges
from efmodels.integer_sets import distinct_integers
from efmodels.mediator.mixtures import Alternatives, Worths, dominated
from efmodels.mediator.restriction import restricted

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints
    from efmodels.mediator.restriction import Restriction
    from efmodels.polytope import FlowPolytope
    from efmodels.problem import EquilibriumProblem


def undominated_answers(problem: EquilibriumProblem, goals: Floats) -> Restriction:
    """Leave out the answers that are no better than others for any of the goals.

    Every sum of the goals, with weights that are not negative, has the same optimum without them,
    also if payoffs on the path are asked to be at least something. It is not so if anything else is
    asked of the leader.

    Parameters
    ----------
    problem
        Whose leader has a tree of decision points, as a mediator with recall.
    goals
        What may be maximised: a row per goal; shape ``(goals, problem.size)``. Give a goal and its
        negative if it may count either way.

    Raises
    ------
    CapabilityError
        The leader is a private mediator: the rows that define its coordinates are equations.

    Examples
    --------
    If one prisoner stays out, the mediator that plays for the other one defects:

    >>> import efmodels as ef
    >>> block = ef.formulations.mediated_equilibrium(ef.instances.prisoners_dilemma())
    >>> block.problem.leader.names[7:]
    ('m3_P2_1_C', 'm3_P2_1_D', 'm4_P1_1_C', 'm4_P1_1_D')
    >>> undominated_answers(block.problem, block.problem.c[None]).place[7:].tolist()
    [-1, 0, -1, 0]
    """
    leader = problem.leader
    if problem.reach is not None or len(leader.incoming) != leader.points:
        raise CapabilityError(
            "answers can be compared if the mediator recalls its messages; the coordinates of a "
            "private one are bound by equations"
        )
    columns = [sparse.csr_array(np.asarray(goals, dtype=float).T)]
    for follower in problem.followers:
        columns += [-follower.A]
        if follower.b is not None:
            columns += [sparse.csr_array(follower.b[:, None])]
    return restricted(leader, _Pruning(leader, sparse.csr_array(sparse.hstack(columns))).dropped())


class _Pruning:
    """Answers, from the last to the first.

    Attributes
    ----------
    worth
        What each coordinate is worth, what always goes with it included.
    open
        How many decision points after each coordinate still have more than one answer.
    """

    def __init__(self, leader: FlowPolytope, worth: sparse.csr_array) -> None:
        self.leader = leader
        self.worth = worth
        self.open = np.bincount(leader.incoming, minlength=leader.size)
        self._dropped = np.zeros(leader.size, dtype=bool)

    def dropped(self) -> Bools:
        """Return which answers are not needed."""
        last: Ints = np.arange(self.leader.points)
        last = last[self._nothing_follows(last)]
        while len(last):
            self._drop(last)
            last = self._give(last)
        return self._dropped

    def _nothing_follows(self, points: Ints) -> Bools:
        """Return at which points no answer leads to another choice."""
        start, end = self.leader.start[points], self.leader.start[points + 1]
        asked = (self.open[ranges(start, end)] > 0).astype(np.int64)
        total = np.concatenate(([0], np.cumsum(asked)))
        first = np.concatenate(([0], np.cumsum(end - start)))
        none: Bools = total[first[1:]] == total[first[:-1]]
        return none

    def _drop(self, points: Ints) -> None:
        """Compare the answers at points."""
        start, end = self.leader.start[points], self.leader.start[points + 1]
        answers = ranges(start, end)
        group = np.repeat(np.arange(len(points)), end - start)
        rows = self.worth[answers]
        alternative = np.repeat(np.arange(len(answers)), np.diff(rows.indptr))
        code = group[alternative] * rows.shape[1] + rows.indices
        keys = distinct_integers(code)
        worths = Worths(keys // rows.shape[1], np.searchsorted(keys, code), alternative, rows.data)
        self._dropped[answers] = dominated(Alternatives.of(group), worths)

    def _give(self, points: Ints) -> Ints:
        """Let answers that have become the only ones be given; return where nothing follows now."""
        leader = self.leader
        start, end = leader.start[points], leader.start[points + 1]
        answers = ranges(start, end)
        left = answers[~self._dropped[answers]]
        number = np.bincount(leader.point[left], minlength=leader.points)
        given = points[number[points] == 1]
        only = left[number[leader.point[left]] == 1]
        above = leader.incoming[given]
        moved = sparse.csr_array(
            (np.ones(len(only)), (above, only)), shape=(leader.size, leader.size)
        )
        self.worth = sparse.csr_array(self.worth + moved @ self.worth)
        np.subtract.at(self.open, above, 1)
        waiting = distinct_integers(leader.point[above])
        waiting = waiting[waiting >= 0]
        return waiting[self._nothing_follows(waiting)]
