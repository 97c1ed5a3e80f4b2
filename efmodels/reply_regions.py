"""Where in a leader's polytope which pure plan of a follower is a best reply."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg, sparse

from efmodels.bulk import AutomaticSolver, BulkSettings
from efmodels.errors import SizeError, SolverError
from efmodels.leader_and_follower import LeaderAndFollower
from efmodels.linear_program import LinearProgram
from efmodels.mediator.explicit_plans import ReducedPlans
from efmodels.profile_blocks import Commitment, profile_of
from efmodels.results import Status

if TYPE_CHECKING:
    from efmodels.game import Bools, Floats, Ints

MOST_PLANS = 1_000
"""How many pure plans of the follower are compared with each other."""

SAME = 1e-9
"""Payoffs that differ by less, as a share of the payoff range, are the same."""

ATTAINED = 1e-5
"""A reply is worse for the follower if it costs her this share of the payoff range."""

INNER = 1e-7
"""A plan with a margin above this share of the payoff range is an inner point of a region."""


@dataclass(frozen=True, eq=False)
class Region:
    """The leader's plans to which some plans of the follower, all alike to her, are best replies.

    Attributes
    ----------
    replies
        The follower's plans, by number.
    value
        The most that the leader gets in the region if the worst of these replies is taken.
    plan
        Where she gets it.
    inner, margin
        A plan to which all other replies are worst, and by how much.
    """

    replies: Ints
    value: float
    plan: Floats
    inner: Floats
    margin: float


@dataclass(frozen=True, eq=False)
class ReplyRegions(LeaderAndFollower):
    """The regions of a game of two players.

    Parameters
    ----------
    game
        With perfect recall.
    leader
        Who commits, by label.
    """

    @cached_property
    def scale(self) -> float:
        """The payoff range."""
        return float(np.ptp(self.game.payoffs)) or 1.0

    @cached_property
    def plans(self) -> Floats:
        """The follower's reduced plans; shape ``(plans, sequences)``.

        Raises
        ------
        SizeError
            There are too many.
        """
        plans = ReducedPlans(self.followers)
        if plans.number > MOST_PLANS:
            raise SizeError(
                f"{self.follower} has {plans.number:,} pure plans, and no more than {MOST_PLANS:,} "
                "are compared with each other. The formulation stackelberg with a small margin "
                "finds a commitment that does not depend on ties"
            )
        return plans.realization.astype(float)

    @cached_property
    def worth(self) -> tuple[Floats, Floats]:
        """What the leader and the follower get: a row per reply, a column per leader's sequence."""
        players = (self.leader, self.follower)
        hers, theirs = (self.plans @ self.payoffs(player).T for player in players)
        return hers, theirs

    @cached_property
    def alike(self) -> Ints:
        """Which replies never differ in what the follower gets: a number for each of them."""
        middle, ways = self.leaders.uniform(), linalg.null_space(self.leaders.F.toarray())
        seen = self.worth[1] @ np.column_stack([middle, ways])
        number = np.full(len(seen), -1)
        for k in range(len(seen)):
            if number[k] < 0:
                same = (np.abs(seen - seen[k]) <= SAME * self.scale).all(axis=1)
                number[same & (number < 0)] = number.max() + 1
        return number

    # At a plan ------------------------------------------------------------------------------------

    def commitment(self, x: Floats, reply: int) -> Commitment:
        """Return both strategies."""
        plans = {self.leader: x, self.follower: self.plans[reply]}
        return Commitment(profile_of(self.game, plans), (self.follower,))

    def worst(self, x: Floats, replies: Ints) -> int:
        """Return which of some replies is worst for the leader."""
        return int(replies[np.argmin(self.worth[0][replies] @ x)])

    def best_replies(self, x: Floats) -> Ints:
        """Return the follower's best replies."""
        gets = self.worth[1] @ x
        return np.flatnonzero(gets >= gets.max() - SAME * self.scale)

    def margin(self, x: Floats, replies: Ints) -> float:
        """Return by how much replies that are alike are better than all others."""
        gets, others = self.worth[1] @ x, self.alike != self.alike[replies[0]]
        return float(gets[replies[0]] - gets[others].max(initial=-np.inf))

    # Linear programs ------------------------------------------------------------------------------

    def best_regions(self) -> list[Region]:
        """Return the regions with inner points that are best for the leader, all equally good."""
        groups = [np.flatnonzero(self.alike == c) for c in range(int(self.alike.max()) + 1)]
        optima = [(*self._optimum(replies), replies) for replies in groups]
        found: list[Region] = []
        for value, plan, replies in sorted(optima, key=lambda one: -one[0]):
            if plan is None or (found and value < found[0].value - SAME * self.scale):
                break
            margin, inner = self._inner(replies)
            if inner is not None and margin > INNER * self.scale:
                found.append(Region(replies, value, plan, inner, margin))
        return found

    def attaining(self, region: Region) -> Floats | None:
        """Return a plan in a region at which no best reply brings less than its value, if any.

        Its optimum may be one. If not, every other reply must either bring the leader as much, or
        be worse for the follower by some ``t``, which is maximised: which of the two is a binary
        variable.
        """
        enough = region.value - SAME * self.scale
        hers, x = self.worth[0], region.plan
        if (hers[self.best_replies(x)] @ x >= enough).all():
            return x
        theirs, others = (
            self.worth[1],
            np.flatnonzero(self.alike != self.alike[region.replies[0]]),
        )
        gains, ones = theirs[region.replies[0]] - theirs[others], np.eye(len(others))
        none, column = np.zeros((len(region.replies), len(others))), np.ones((len(others), 1))
        rows = [
            np.hstack([hers[region.replies], none, np.zeros((len(none), 1))]),
            np.hstack([gains, np.zeros_like(ones), 0 * column]),
            np.hstack([gains, 2 * self.scale * ones, -column]),
            np.hstack([hers[others], -2 * self.scale * ones, 0 * column]),
        ]
        below = [np.full(len(none), enough), *np.zeros((2, len(others)))]
        below.append(np.full(len(others), enough - 2 * self.scale))
        t, found = self._solved(np.vstack(rows), np.concatenate(below), self.scale, len(others))
        return found if t > ATTAINED * self.scale else None

    def _optimum(self, replies: Ints) -> tuple[float, Floats | None]:
        """Return the most that the leader is sure of where these are best replies, and where."""
        hers, gains = self.worth[0][replies], self._advantages(replies)
        rows = np.vstack([_with(hers, -1.0), _with(gains, 0.0)])
        return self._solved(rows, np.zeros(len(rows)), np.inf)

    def _inner(self, replies: Ints) -> tuple[float, Floats | None]:
        """Return the largest margin with which these are best replies, and where."""
        rows = _with(self._advantages(replies), -1.0)
        return self._solved(rows, np.zeros(len(rows)), self.scale)

    def _advantages(self, replies: Ints) -> Floats:
        """Return what the follower gets from replies that are alike, less that from all others."""
        theirs, (_, first) = self.worth[1], np.unique(self.alike, return_index=True)
        others = first[self.alike[first] != self.alike[replies[0]]]
        gains: Floats = theirs[replies[0]] - theirs[others]
        return gains

    def _solved(
        self, rows: Floats, below: Floats, most: float, binaries: int = 0
    ) -> tuple[float, Floats | None]:
        """Maximise the last of the columns ``(x, binaries, t)`` where ``rows`` are not below.

        Returns the maximum and the plan ``x``; ``-inf`` and ``None`` where there is nothing.
        """
        polytope = self.leaders
        more = binaries + 1
        flow = np.hstack([polytope.F.toarray(), np.zeros((polytope.points + 1, more))])
        program = LinearProgram(
            sparse.csr_array(np.vstack([flow, rows])),
            np.eye(1, flow.shape[1], flow.shape[1] - 1)[0],
            np.concatenate([polytope.f, below]),
            np.concatenate([polytope.f, np.full(len(below), np.inf)]),
            np.concatenate([np.zeros(polytope.size + binaries), [-np.inf]]),
            np.concatenate([np.full(polytope.size, np.inf), np.ones(binaries), [most]]),
            _between(flow.shape[1], polytope.size, polytope.size + binaries),
            maximize=True,
        )
        solver = AutomaticSolver()
        solver.load(program)
        run = solver.run(BulkSettings(vertex=True, gap=0.0))
        if run.status is Status.INFEASIBLE:
            return -np.inf, None
        if run.status is not Status.OPTIMAL or run.solution is None:
            raise SolverError(f"highs: {run.message}", status=run.status, solver="highs")
        x = run.solution.x
        return float(x[-1]), polytope.realization(polytope.behaviour(x[: polytope.size]))


def _with(rows: Floats, number: float) -> Floats:
    """Return rows with one more column, of one number."""
    return np.column_stack([rows, np.full(len(rows), number)])


def _between(size: int, start: int, end: int) -> Bools:
    """Return which of so many places lie between two of them."""
    places = np.arange(size)
    inside: Bools = (places >= start) & (places < end)
    return inside
