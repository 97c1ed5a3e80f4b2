"""From a game and a concept to one leader, the mediator, against its followers, the deviators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from efmodels.errors import CapabilityError, GameError
from efmodels.mediator.alternatives import budget_for
from efmodels.mediator.deviator import deviations_of
from efmodels.mediator.deviator_dominance import dominated_deviations, without
from efmodels.mediator.mediation import mediation_of
from efmodels.mediator.policy import Policy
from efmodels.mediator.reductions import constant_below, exposed_reports
from efmodels.mediator.reports import Reports
from efmodels.mediator.strictness import disobedience
from efmodels.mediator.walk import Walk
from efmodels.mediator.walk_sizes import WalkSize, require_room_for_walks
from efmodels.problem import EquilibriumProblem, Follower

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.concept import Concept
    from efmodels.mediator.deviator import Deviations
    from efmodels.mediator.mediation import Mediation
    from efmodels.mediator.walk import Ends
    from efmodels.memory_limits import MemoryBudget


ROUNDING = 1e-14
"""Sums below this share of the sum of their terms' sizes are rounding errors."""


@dataclass(frozen=True, eq=False)
class MediatedProblem:
    """A mediated equilibrium as one leader against linear followers.

    Attributes
    ----------
    game, concept
        What it is about.
    problem
        The mediator against the deviators; its objective is the welfare.
    payoffs
        Every player's payoff per coordinate of ``mu`` if all are honest and obedient;
        shape ``(players, coordinates)``.
    mediation
        The mediator's decision points.
    deviations
        The deviators' decision problems, one per player with incentive constraints.
    walk
        The walk that all of it came from.
    direct
        Where it ends if all are honest and obedient.
    reduced
        Whether something was left out.
    """

    game: Game
    concept: Concept
    problem: EquilibriumProblem
    payoffs: Floats
    mediation: Mediation
    deviations: tuple[Deviations, ...]
    walk: Walk
    direct: Ends
    reduced: bool

    def expectation(self, numbers: Floats) -> Floats:
        """Return the coefficients of ``mu`` that make the expectation of a number per terminal.

        All are honest and obedient.

        Raises
        ------
        CapabilityError
            The numbers differ below a node at which a reduced walk has stopped.
        """
        place = self._terminal_below(numbers)
        worth = numbers[place] * self.direct.chance
        number = self.mediation.ends[0]
        return np.bincount(number, worth, minlength=self.mediation.size).astype(float)

    def _terminal_below(self, numbers: Floats) -> Ints:
        """Return a terminal below each end; raise unless all below it have one number."""
        game = self.game
        low = np.full(game.nodes, np.inf)
        low[game.terminals] = numbers
        high = np.where(np.isinf(low), -np.inf, low)
        for level in reversed(game.levels[1:]):
            np.minimum.at(low, game.parent[level], low[level])
            np.maximum.at(high, game.parent[level], high[level])
        end = self.direct.node
        folded = np.flatnonzero(low[end] != high[end])
        if len(folded):
            path = ", ".join(game.history(int(end[folded[0]])))
            raise CapabilityError(
                f"what happens after [{path}] was folded away, since all payoffs are the same "
                "there: build the block with reduce=False to ask for it"
            )
        return np.searchsorted(game.terminals, end)

    def layout(self) -> list[Ints]:
        """Return arrays that tell what the variables are, and the rows without payoffs."""
        leader, reach = self.problem.leader, self.problem.reach
        arrays = [
            leader.start,
            leader.incoming,
            leader.incoming_start,
            self.mediation.questions.infoset,
        ]
        if reach is not None:
            arrays += [reach.indices, reach.indptr]
        for deviations in self.deviations:
            columns: list[Any] = [*deviations.points, *deviations.sequences]
            arrays += columns
        return arrays

    def policy(self, x: Floats) -> Policy:
        """Return what the mediator does at a point of its polytope."""
        return Policy(self, x)


def mediated_problem(
    game: Game,
    concept: Concept,
    obedient: Iterable[str] | None = None,
    *,
    reduce: bool = False,
    margin: float = 0.0,
) -> MediatedProblem:
    """Walk through the augmented game and collect the problem of its mediator.

    Parameters
    ----------
    game
        With perfect recall.
    concept
        Its switches.
    obedient
        The players with incentive constraints, by label; all of them by default. Any other player
        does what the mediator says.
    reduce
        Leave out what exact reductions show to be of no use to anybody: see
        :mod:`efmodels.mediator.reductions` and :mod:`efmodels.mediator.deviator_dominance`.
    margin
        What it costs at least to disobey, times the probability of that: see
        :mod:`efmodels.mediator.strictness`. It is part of the deviators' payoffs ``A``.

    Raises
    ------
    GameError
        Recall is not perfect, a player is not known, or deviators hear whole plans, which
        `efmodels.mediator.explicit_plans` is for; or a margin is to be reduced.
    SizeError
        The augmented game or the belief DAG needs more memory than
        :func:`efmodels.memory_limit` allows.
    """
    _require_step_by_step(concept)
    if margin and reduce:
        raise GameError("a margin is not reduced: what matters to nobody costs nothing, too")
    players = obedient_players(game, obedient)
    budget = budget_for(game, concept, reduced=reduce)
    walk, direct, *ends = (_reduced_walks if reduce else _walks)(game, concept, players, budget)
    walked = WalkSize(walk.visited, sum(len(end.node) for end in (direct, *ends)))
    mediation = mediation_of(walk, [direct, *ends], budget.holding(walked.bytes))
    payoffs = direct_payoffs(game, direct, mediation.ends[0], mediation.size)
    deviations, followers = [], []
    for player, end, number in zip(players, ends, mediation.ends[1:], strict=True):
        hers = deviations_of(walk, player, end)
        A = deviation_payoffs(game, end, (number, mediation.size), hers)
        if margin:
            W = disobedience(walk, direct, (mediation.ends[0], mediation.size), hers)
            A = sparse.csr_array(A + margin * W)
        if reduce:
            dropped = dominated_deviations(hers.polytope, A)
            hers, A = without(hers, dropped), A[:, np.flatnonzero(~dropped)]
        deviations.append(hers)
        followers.append(
            Follower(game.players[player - 1], hers.polytope, A, b=payoffs[player - 1])
        )
    problem = EquilibriumProblem(
        mediation.polytope, payoffs.sum(axis=0), tuple(followers), mediation.reach
    )
    return MediatedProblem(
        game, concept, problem, payoffs, mediation, tuple(deviations), walk, direct, reduce
    )


def _walks(
    game: Game, concept: Concept, players: list[int], budget: MemoryBudget, **arguments: Any
) -> Any:
    """Return a walk, where it ends if all are honest, and where each deviator's ends."""
    walk = Walk(game, concept, **arguments)
    require_room_for_walks(walk, players, budget)
    return _played(walk, players)


def _played(walk: Walk, players: list[int]) -> Any:
    return (walk, walk.play(), *(walk.play(player) for player in players))


def _reduced_walks(game: Game, concept: Concept, players: list[int], budget: MemoryBudget) -> Any:
    """Fold what is constant; of liars, walk a second time without the reports they do not need."""
    fold = constant_below(game)
    walks = _walks(game, concept, players, budget, fold=fold)
    walk: Walk = walks[0]
    exposing = concept.report == "lie" and concept.memory == "recall" and concept.hears_silence
    if not exposing:
        return walks
    dropped = exposed_reports(walk.reports, walk.asked, walk.spoken[1:])
    if not len(dropped):
        return walks
    reports = Reports(walk.transcripts, dropped)
    return _played(Walk(game, concept, fold=fold, reports=reports), players)


def _require_step_by_step(concept: Concept) -> None:
    """Raise where the walk would answer another question than the one that is asked."""
    if concept.deviate == "plan":
        raise GameError(
            "a walk gives recommendations one by one; for deviate='plan' list all joint plans "
            "(efmodels.formulations.nfce)"
        )


def obedient_players(game: Game, obedient: Iterable[str] | None) -> list[int]:
    """Return the numbers of the players with incentive constraints, in their order.

    Raises
    ------
    GameError
        There is no such player; or a text was given where a list is expected.
    """
    if obedient is None:
        return list(range(1, len(game.players) + 1))
    if isinstance(obedient, str):
        raise GameError(f"obedient must be a list of players; got the text {obedient!r}")
    return sorted({game.player_number(player) for player in obedient})


def direct_payoffs(game: Game, end: Ends, number: Ints, size: int) -> Floats:
    """Return every player's payoff per coordinate on the path.

    Parameters
    ----------
    game
        The game.
    end
        Where the walk ends in which all are honest and obedient.
    number
        The coordinate of each end.
    size
        How many coordinates there are.
    """
    place = np.searchsorted(game.terminals, end.node)
    worth = game.payoffs[place] * end.chance[:, None]
    total, terms = (
        np.array([np.bincount(number, column, minlength=size) for column in one.T])
        for one in (worth, np.abs(worth))
    )
    return _without_rounding(total, terms)


def deviation_payoffs(
    game: Game, end: Ends, coordinates: tuple[Ints, int], deviations: Deviations
) -> sparse.csr_array:
    """Return a deviator's payoff per coordinate and sequence.

    Parameters
    ----------
    game
        The game.
    end
        Where her walk ends.
    coordinates
        The coordinate of each end, and how many coordinates there are.
    deviations
        Her decision problem.
    """
    number, size = coordinates
    place = np.searchsorted(game.terminals, end.node)
    worth = game.payoffs[place, deviations.player - 1] * end.chance
    here = np.flatnonzero(worth)
    shape, places = (size, deviations.polytope.size), (number[here], deviations.end[here])
    # Two sums at once: of the terms, and of their sizes.
    sums = sparse.csr_array((worth[here] + 1j * np.abs(worth[here]), places), shape=shape)
    total = _without_rounding(sums.data.real, sums.data.imag)
    return sparse.csr_array((total, sums.indices, sums.indptr), shape=shape)


def _without_rounding(total: Floats, terms: Floats) -> Floats:
    """Return sums, 0 where their terms cancel: what is left there would be taken for a payoff."""
    return np.where(np.abs(total) <= ROUNDING * terms, 0.0, total)
