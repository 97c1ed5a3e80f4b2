"""The best commitment by branch and bound over what a leader gets who may also give advice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.algorithms.best_first_search import Examined, OutOfTime, branch_and_bound
from efmodels.bulk import AutomaticSolver, BulkSettings
from efmodels.compiling import compile_model
from efmodels.correlation_plan_blocks import correlation_plan_block
from efmodels.errors import SolverError
from efmodels.leader_and_follower import LeaderAndFollower, leader_of
from efmodels.mediator.concept import EFCE
from efmodels.mediator.correlation_plans import correlation_polytope
from efmodels.optimal_commitments import OptimalCommitment
from efmodels.profile_blocks import Commitment, profile_of
from efmodels.results import Status
from efmodels.sequences import chance_reach, last_sequences

if TYPE_CHECKING:
    from collections.abc import Callable

    from scipy import sparse

    from efmodels.algorithms.best_first_search import SearchStep
    from efmodels.game import Floats, Game, Ints
    from efmodels.polytope import FlowPolytope

    Forbidden = tuple[int, ...]
    Plans = tuple[Floats, Floats]

TIE = 1e-8
"""Up to this loss, as a share of the payoff range, a follower's action counts as a best one."""

RECOMMENDED = 1e-7
"""Up to this probability an action counts as one that is not recommended."""


def stackelberg_by_bounds(
    game: Game,
    leader: str | None = None,
    *,
    gap: float = 1e-6,
    time_limit: float | None = None,
    callback: Callable[[SearchStep], bool] | None = None,
) -> OptimalCommitment:
    r"""Find the strong Stackelberg equilibrium of two players by branch and bound.

    A leader who may also give the follower advice, move by move, does no worse: that is a linear
    program, the relaxation. Where several actions are recommended at an infoset, it is solved again
    once for each of them, with all others forbidden; first where the second likeliest of them is
    likeliest to be heard. A commitment is found whenever all advice is fixed, and before that by
    replying to the leader's part of a relaxation.

    The relaxation is :func:`~efmodels.formulations.correlation_plan_bound` for ``EFCE`` with the
    follower alone obedient. It has a variable for each relevant pair of sequences. In games in
    which chance tells the players different things it is more generous than
    :func:`~efmodels.formulations.sefce`, but still a bound; with the advice fixed everywhere it is
    a commitment in all games, so that the value found is exact.

    Parameters
    ----------
    game
        Two players, perfect recall.
    leader
        Who commits, by label; the first player by default.
    gap
        How far the bound may be above the value in the end, as a share of the leader's payoff
        range.
    time_limit
        In seconds; then the best commitment so far is returned, with what was proved.
    callback
        Is told of every step, and stops the search by returning ``True``.

    Raises
    ------
    GameError
        Not two players, imperfect recall, or no such leader.
    SizeError
        The relaxation is too large.
    SolverError
        The time was up before the first relaxation was solved, or HiGHS has failed.

    References
    ----------
    Čermák, Bošanský, Durkota, Lisý and Kiekintveld, Using correlated strategies for computing
    Stackelberg equilibria in extensive-form games, AAAI (2016).

    Examples
    --------
    >>> import efmodels as ef
    >>> found = ef.stackelberg_by_bounds(ef.instances.random_tree(0, depth=6), "P2")
    >>> print(f"{found.status} {found.value:.4f} {found.bound - found.value < 1e-5}")
    optimal 4.9907 True
    >>> max(found.regrets.values()) < 1e-6
    True
    """
    start = perf_counter()
    first = leader_of(game, leader, "stackelberg_by_bounds")
    advice = _Advice(game, first)
    search = branch_and_bound(
        (),
        advice.examine,
        tolerance=gap * advice.leader_range,
        time_limit=time_limit,
        callback=callback,
    )
    if search.point is None:
        raise SolverError(
            "highs: the time limit passed before the first linear program was solved. Give it "
            "more time",
            status=Status.TIME_LIMIT,
            solver="highs",
        )
    x, y = search.point
    profile = profile_of(game, {first: x, advice.follower: y})
    commitment = Commitment(profile, (advice.follower,))
    value = commitment.payoffs()[first]
    return OptimalCommitment(
        leader=first,
        value=value,
        bound=max(search.bound, value),
        status=search.status,
        commitment=commitment,
        plan=x,
        programs=search.examined,
        seconds=perf_counter() - start,
        log=search.log,
    )


@dataclass(frozen=True, eq=False)
class _Advice(LeaderAndFollower):
    """A leader's lotteries over her own plans and advice, some of which may be forbidden.

    A node of the search is a tuple of the follower's sequences that are not recommended.
    """

    @cached_property
    def leader_range(self) -> float:
        """The leader's payoff range."""
        return float(np.ptp(self.game.payoffs[:, self.game.player_number(self.leader) - 1]))

    # The relaxation -------------------------------------------------------------------------------

    @cached_property
    def _pairs(self) -> tuple[Ints, Ints]:
        """The leader's and the follower's sequence of each variable, numbered from their own 0."""
        plans = correlation_polytope(self.game)
        known = plans.transcripts
        both = []
        for player, sequence in enumerate(plans.pairs, start=1):
            mine = self.game.infosets_of(player).start - known.chance_infosets
            both.append(np.where(sequence > 0, sequence - known.first[mine] + 1, 0))
        first, second = both
        return (first, second) if self.leads_first else (second, first)

    @cached_property
    def _program(self) -> tuple[AutomaticSolver, int]:
        """The solver with the relaxation, and the first column of its variables."""
        model = pyo.ConcreteModel()
        model.eq = correlation_plan_block(self.game, EFCE, obedient=[self.follower])
        model.goal = pyo.Objective(expr=model.eq.payoff[self.leader], sense=pyo.maximize)
        compiled = compile_model(model)
        solver = AutomaticSolver()
        solver.load(compiled.program)
        return solver, compiled.column_of(model.eq.mediator.x[0])

    @cached_property
    def _upper(self) -> Floats:
        """Upper bounds of all columns where nothing is forbidden."""
        return self._program[0].program.upper.copy()

    @cached_property
    def _alone(self) -> tuple[Ints, Ints]:
        """The variables of each sequence of the leader, and of the follower, with the empty one."""
        mine, theirs = self._pairs
        x, y = np.zeros(self.leaders.size, np.int64), np.zeros(self.followers.size, np.int64)
        x[mine[theirs == 0]] = np.flatnonzero(theirs == 0)
        y[theirs[mine == 0]] = np.flatnonzero(mine == 0)
        return x, y

    def examine(self, node: Forbidden, seconds: float) -> Examined[Forbidden, Plans]:
        """Solve the relaxation without some advice, reply to it, and find where to split."""
        solver, first = self._program
        upper = self._upper.copy()
        _, theirs = self._pairs
        upper[first + np.flatnonzero(np.isin(theirs, node))] = 0.0
        solver.update(upper=upper)
        limit = seconds if np.isfinite(seconds) else None
        run = solver.run(BulkSettings(vertex=True, time_limit=limit))
        if run.status is Status.INFEASIBLE and node:
            return Examined(-np.inf)
        if run.status in {Status.TIME_LIMIT, Status.FEASIBLE}:
            raise OutOfTime
        if run.status is not Status.OPTIMAL or run.solution is None:
            raise _failed(run.status, run.message)
        pairs = run.solution.x[first : first + len(theirs)]
        x = self.leaders.realization(self.leaders.behaviour(pairs[self._alone[0]]))
        advised = pairs[self._alone[1]]
        children = self._children(node, advised, pairs)
        value, y = self._reply(x, () if children else (advised,))
        return Examined(run.bound, children, value, (x, y))

    def _children(self, node: Forbidden, advised: Floats, pairs: Floats) -> tuple[Forbidden, ...]:
        """Split where the second likeliest recommendation is likeliest to be given."""
        polytope = self.followers
        several = np.bincount(polytope.point[1:], advised[1:] > RECOMMENDED) > 1
        if not several.any():
            return ()
        node_of, pair, chance = self._advised_nodes
        given = np.bincount(node_of, chance * pairs[pair], minlength=polytope.size).astype(float)
        point = int(np.argmax(np.where(several, _second_largest(given, polytope), -1.0)))
        actions = set(range(polytope.start[point], polytope.start[point + 1]))
        return tuple(tuple(sorted({*node, *(actions - {one})})) for one in sorted(actions))

    @cached_property
    def _advised_nodes(self) -> tuple[Ints, Ints, Floats]:
        """The follower's sequence, the variable, and the chance of each node that she leads to."""
        game, number = self.game, self.game.player_number(self.follower)
        after = np.flatnonzero(game.owner[game.parent[1:]] == number) + 1
        last = last_sequences(game)
        mine = last[game.parent[after], game.player_number(self.leader) - 1].astype(np.int64)
        theirs = last[after, number - 1].astype(np.int64)
        code = self._pairs[0] * self.followers.size + self._pairs[1]
        order = np.argsort(code)
        place = np.searchsorted(code[order], mine * self.followers.size + theirs)
        return theirs, order[place], chance_reach(game)[game.parent[after]]

    # Commitments ----------------------------------------------------------------------------------

    @cached_property
    def _worth(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """What the leader and the follower get: rows are the follower's sequences."""
        hers, theirs = (self.payoffs(player).T.tocsr() for player in (self.leader, self.follower))
        return hers, theirs

    def _reply(self, x: Floats, others: tuple[Floats, ...]) -> tuple[float, Floats]:
        """Return a best reply to a plan of the leader, and what it brings her.

        Of several it is the one that she likes best; ``others`` are replies that are known to be
        best ones up to the accuracy of a linear program.
        """
        polytope = self.followers
        hers, theirs = (A @ x for A in self._worth)
        slack = polytope.F.T @ polytope.dual_values(theirs) - theirs
        scale = float(np.ptp(self.game.payoffs))
        _, reply = polytope.best_response(np.where(slack <= TIE * scale, hers, -np.inf))
        plans = [reply, *(polytope.realization(polytope.behaviour(one).round()) for one in others)]
        return max(((float(hers @ y), y) for y in plans), key=lambda pair: pair[0])


def _second_largest(numbers: Floats, polytope: FlowPolytope) -> Floats:
    """Return for each decision point the second largest number among its choices."""
    first, width = polytope.start[:-1] - 1, np.diff(polytope.start)
    choice = numbers[1:].copy()
    largest = np.flatnonzero(choice == np.repeat(np.maximum.reduceat(choice, first), width))
    _, one = np.unique(polytope.point[1:][largest], return_index=True)
    choice[largest[one]] = 0.0
    second: Floats = np.maximum.reduceat(choice, first)
    return second


def _failed(status: Status, message: str) -> SolverError:
    return SolverError(
        f"highs: {message or status}: but there is always something that a leader can commit to, "
        "so that the solver has failed. Payoffs of a similar size may help: a factor in front of "
        "all payoffs of a player changes no strategies",
        status=Status.UNKNOWN,
        solver="highs",
    )
