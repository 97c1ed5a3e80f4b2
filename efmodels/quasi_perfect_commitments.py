"""Quasi-perfect commitments by branch and bound over correlated ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.algorithms.best_first_search import Examined, OutOfTime, branch_and_bound
from efmodels.bulk import AutomaticSolver, BulkSettings
from efmodels.compiling import compile_model
from efmodels.errors import SolverError
from efmodels.optimal_commitments import OptimalCommitment
from efmodels.restart_correlation import RestartCorrelation
from efmodels.results import Status
from efmodels.trembling_commitment_blocks import trembling_correlation_block
from efmodels.trembling_commitments import trembling_pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.algorithms.best_first_search import Search, SearchStep
    from efmodels.game import Bools, Floats, Game, Number
    from efmodels.perturbations import Perturbation
    from efmodels.trembling_commitments import TremblingCommitment, TremblingPair

TOLD = 1e-7
"""Up to this probability an action counts as one that is not told."""

ACCEPTED = 1e-6
"""A commitment counts if the follower loses no more at any infoset, as a share of the range."""

TIE = 1e-8
"""Up to this loss, as a share of the payoff range, an action counts as a best one."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class QuasiPerfectCommitment(OptimalCommitment):
    """A leader's commitment where hands tremble, and what is proved of it.

    Payoffs and regrets count trembles; ``commitment`` also has the strategies without the
    follower's, and what she loses at each infoset.

    Attributes
    ----------
    epsilon
        How strongly hands tremble.
    unperturbed
        What the leader gets if the follower does what she means to do.
    """

    commitment: TremblingCommitment
    epsilon: float
    unperturbed: float

    def rows(self) -> list[tuple[str, str]]:
        """Return what there is to show, as pairs of a name and a text."""
        more = [("epsilon", f"{self.epsilon:g}"), ("unperturbed", f"{self.unperturbed:.9g}")]
        return [*super().rows(), *more]


def quasi_perfect_commitment(
    game: Game,
    *,
    leader: str | None = None,
    epsilon: Number = 0.01,
    perturbation: Perturbation | None = None,
    gap: float = 1e-6,
    time_limit: float | None = None,
    node_limit: int | None = None,
    callback: Callable[[SearchStep], bool] | None = None,
) -> QuasiPerfectCommitment:
    """Find the value of :func:`~efmodels.formulations.quasi_perfect_stackelberg` without integers.

    A linear program lets the leader correlate her plan with what the follower is told, in each of
    the subtrees that trembles start (:mod:`efmodels.restart_correlation`). Its optimum is a bound.
    Where it tells the follower several actions at an infoset, each of them is tried alone, the
    program with the highest bound first.

    Parameters
    ----------
    game
        Two players with perfect recall.
    leader
        Who commits, by label; the first player by default.
    epsilon
        How strongly hands tremble.
    perturbation
        The least probabilities of sequences; ``epsilon`` to the number of moves by default.
    gap
        How far the bound may be above the value in the end, as a share of the leader's payoff
        range.
    time_limit, node_limit
        In seconds, and in nodes. The best commitment until then is returned, with its bound.
    callback
        Is told of every node, and stops the search by returning ``True``.

    Raises
    ------
    GameError
        Not two players, imperfect recall, no such player, or floors of another kind.
    CapabilityError
        A floor is below what a solver's tolerance can see.
    SolverError
        No commitment was found within the limits, or the solver failed; ``infeasible`` is the
        solver's mistake, since there always is one.

    References
    ----------
    Marchesi, Farina, Kroer, Gatti and Sandholm, Quasi-perfect Stackelberg equilibrium (2018),
    arXiv:1811.03871.

    Examples
    --------
    >>> import efmodels as ef
    >>> found = ef.quasi_perfect_commitment(ef.instances.commitment_game(), epsilon=0.01)
    >>> round(found.value, 6), round(found.unperturbed, 6), found.status
    (10.4, 10.5, 'optimal')
    """
    pair = trembling_pair(game, leader, epsilon, perturbation, "quasi_perfect_commitment")
    relaxation = _Relaxation(pair)
    spread = float(np.ptp(game.payoffs[:, pair.side]))
    everything: Bools = np.ones(pair.restarts.polytope.size, dtype=bool)
    search: Search[TremblingCommitment] = branch_and_bound(
        everything,
        relaxation.examine,
        tolerance=gap * spread,
        time_limit=time_limit,
        node_limit=node_limit,
        callback=callback,
    )
    if search.point is None:
        raise SolverError(
            f"quasi_perfect_commitment ended with {search.status!r} before it found a commitment, "
            f"after {search.examined} nodes; the leader gets at most {search.bound:.9g}. There "
            "always is one: give it more time, or another solver",
            status=search.status,
            solver="highs",
        )
    return QuasiPerfectCommitment(
        leader=pair.leader,
        epsilon=float(epsilon),
        value=search.value,
        bound=search.bound,
        unperturbed=search.point.unperturbed.payoffs()[pair.leader],
        status=search.status,
        commitment=search.point,
        plan=search.point.plan,
        programs=relaxation.programs,
        seconds=search.seconds,
        log=search.log,
    )


class _Relaxation:
    """The linear program, with some of the follower's actions forbidden.

    A node of the search says of each of her sequences whether its last action may be told.
    """

    def __init__(self, pair: TremblingPair) -> None:
        self.programs = 0
        self._pair = pair
        self._spread = float(np.ptp(pair.game.payoffs))
        program = RestartCorrelation(pair)
        model = pyo.ConcreteModel()
        model.eq = trembling_correlation_block(pair)
        model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
        compiled = compile_model(model)
        self._solver = AutomaticSolver()
        self._solver.load(compiled.program)
        self._upper = compiled.program.upper.copy()
        # A follower who never moves is told nothing.
        first = compiled.column_of(model.eq.mass[0]) if program.size else 0
        plan = compiled.column_of(model.eq.leader.x[0])
        self._masses = slice(first, first + program.size)
        self._plan = slice(plan, plan + pair.leaders.size)
        leaders, pairs = program.coordinates
        self._pairs = pairs
        self._sequence = pair.restarts.sequence[pairs]
        self._alone = np.flatnonzero(leaders == 0)

    def examine(self, node: Bools, seconds: float) -> Examined[Bools, TremblingCommitment]:
        """Return the bound where only some actions may be told, and a commitment near by."""
        upper = self._upper.copy()
        upper[self._masses] = node[self._sequence]
        self._solver.update(upper=upper)
        self.programs += 1
        limit = seconds if np.isfinite(seconds) else None
        run = self._solver.run(BulkSettings(vertex=True, time_limit=limit))
        if run.status is Status.INFEASIBLE and not node.all():
            return Examined(-np.inf)
        if run.status in {Status.TIME_LIMIT, Status.FEASIBLE}:
            raise OutOfTime
        if run.status is not Status.OPTIMAL or run.solution is None:
            raise SolverError(
                f"the linear program of quasi_perfect_commitment ended as {run.status!s}, although "
                f"there always is a commitment: {run.message}. A larger epsilon helps if trembles "
                "are as small as tolerances",
                status=run.status,
                solver=run.solver,
            )
        told = np.zeros(self._pair.restarts.polytope.size)
        masses = run.solution.x[self._masses][self._alone]
        np.maximum.at(told, self._sequence[self._alone], masses)
        plan = np.maximum(run.solution.x[self._plan], self._pair.floor)
        children = self._children(node, told, self._heard(plan, masses))
        commitment = self._reply(plan, None if children else told)
        if commitment.infoset_regrets().to_numpy().max(initial=0.0) > ACCEPTED * self._spread:
            return Examined(run.bound, children)
        return Examined(run.bound, children, commitment.payoffs()[self._pair.leader], commitment)

    def _heard(self, plan: Floats, masses: Floats) -> Floats:
        """Return how likely each of the follower's actions is to be told her where she hears it."""
        pair, restarts = self._pair, self._pair.restarts
        here = self._pairs[self._alone]
        chance = restarts.left[restarts.start[here]] * masses
        size = restarts.polytope.size
        told = np.bincount(restarts.sequence[here], weights=chance, minlength=size).astype(float)
        reach = np.concatenate(([0.0], (pair.reach() @ plan)[restarts.polytope.point[1:]]))
        heard: Floats = told * reach
        return heard

    def _children(self, allowed: Bools, told: Floats, heard: Floats) -> tuple[Bools, ...]:
        """Split where the second likeliest of the actions that are told is likeliest to be heard.

        Parameters
        ----------
        allowed
            Which actions may be told.
        told
            With which probability they are, in the subtree where it is largest.
        heard
            With which probability that happens, trembles and the leader's plan counted.
        """
        polytope = self._pair.restarts.polytope
        several = np.bincount(polytope.point[1:], told[1:] > TOLD, minlength=polytope.points) > 1
        if not several.any():
            return ()
        order = np.lexsort((-heard[1:], polytope.point[1:])) + 1
        second = np.where(np.diff(polytope.start) > 1, polytope.start[:-1], 0)
        chance = heard[order[second]]
        point = int(np.argmax(np.where(several, chance, -1.0)))
        here = slice(int(polytope.start[point]), int(polytope.start[point + 1]))
        children = []
        for q in np.flatnonzero(allowed[here]) + here.start:
            child = allowed.copy()
            child[here] = False
            child[q] = True
            children.append(child)
        return tuple(children)

    def _reply(self, plan: Floats, told: Floats | None) -> TremblingCommitment:
        """Return a plan of the leader with best replies to it at every infoset.

        Of several replies it is the one that the leader likes best. Where everywhere one action is
        told, that is a best one, up to the accuracy of a linear program.
        """
        pair, polytope = self._pair, self._pair.restarts.polytope
        hers = pair.payoffs(pair.follower).T @ plan
        slack = polytope.F.T @ polytope.dual_values(hers) - hers
        reach = np.concatenate(([1.0], (pair.reach() @ plan)[polytope.point[1:]]))
        tied = slack <= TIE * self._spread * reach
        if told is not None:
            tied |= told > 1 - TOLD
        liked = np.where(tied, pair.payoffs(pair.leader).T @ plan, -np.inf)
        worth = liked - polytope.F.T @ polytope.dual_values(liked)
        played = np.zeros(polytope.size)
        order = np.lexsort((-worth[1:], polytope.point[1:])) + 1
        played[order[np.unique(polytope.point[order], return_index=True)[1]]] = 1.0
        return pair.solution(plan, pair.restarts.pure(played))
