"""Correlated equilibria of two players over correlation plans, instead of a DAG of beliefs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.mediator.concept import Concept
from efmodels.mediator.correlation_plans import CorrelationPlans
from efmodels.mediator.deviator import deviations_of
from efmodels.mediator.problem import deviation_payoffs, direct_payoffs, obedient_players
from efmodels.mediator.walk import Walk
from efmodels.problem import Follower

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.game import Floats, Game, Ints
    from efmodels.mediator.walk import Ends


@dataclass(frozen=True, eq=False)
class CorrelationProblem:
    """A correlated equilibrium of two players with correlation plans as the mediator's polytope.

    Attributes
    ----------
    game, concept
        What it is about.
    plans
        What the mediator chooses from: lotteries over joint plans, or more than these.
    payoffs
        Both players' payoffs per coordinate if both are obedient; shape ``(2, coordinates)``.
    followers
        The deviators.
    direct
        Where the game ends if both are obedient.
    number
        The coordinate of each of these ends.
    """

    game: Game
    concept: Concept
    plans: CorrelationPlans
    payoffs: Floats
    followers: tuple[Follower, ...]
    direct: Ends
    number: Ints

    def expectation(self, numbers: Floats) -> Floats:
        """Return the coefficients of ``x`` that make the expectation of a number per terminal."""
        worth = numbers[np.searchsorted(self.game.terminals, self.direct.node)] * self.direct.chance
        return np.bincount(self.number, worth, minlength=self.plans.size).astype(float)


def correlation_problem(
    game: Game, concept: Concept, obedient: Iterable[str] | None = None
) -> CorrelationProblem:
    """Walk through the augmented game and collect the problem over correlation plans.

    Parameters
    ----------
    game
        With two players and perfect recall.
    concept
        With a private mediator who knows where a player moves until she disobeys:
        ``memory="private"``, ``report="forced"``, and not ``deviate="plan"``.
    obedient
        The players with incentive constraints, by label; both by default.

    Raises
    ------
    GameError
        There are not two players, recall is not perfect, a player is not known, or the concept
        needs probabilities of other pairs of sequences.
    SizeError
        The augmented game is too large.
    """
    _require_known_pairs(concept)
    players = obedient_players(game, obedient)
    walk = Walk(game, concept)
    plans = CorrelationPlans(walk.transcripts)
    codes, order = _packed(walk, plans)

    def numbers(end: Ends) -> Ints:
        return np.asarray(order[np.searchsorted(codes, end.coordinate)])

    direct = walk.play()
    number = numbers(direct)
    payoffs = direct_payoffs(game, direct, number, plans.size)
    followers = []
    for player in players:
        end = walk.play(player)
        hers = deviations_of(walk, player, end)
        A = deviation_payoffs(game, end, (numbers(end), plans.size), hers)
        label = game.players[player - 1]
        followers.append(Follower(label, hers.polytope, A, b=payoffs[player - 1]))
    return CorrelationProblem(game, concept, plans, payoffs, tuple(followers), direct, number)


def _packed(walk: Walk, plans: CorrelationPlans) -> tuple[Ints, Ints]:
    """Return how the walk packs relevant pairs, sorted, and the coordinate of each.

    All ends of all walks are among them: what was asked of both players lies on one path.
    """
    code: Ints = np.zeros(plans.size, dtype=np.int64)
    for sequence in plans.pairs:
        code = walk.coordinates.answered(code, np.zeros_like(sequence), sequence)
    order = np.argsort(code)
    return code[order], order


def _require_known_pairs(concept: Concept) -> None:
    """Raise unless recommendations are asked for along one path."""
    if not isinstance(concept, Concept):
        raise GameError(
            f"concept must be a Concept, such as efmodels.mediator.concept.EFCE; got {concept!r}"
        )
    fits = (concept.memory, concept.report) == ("private", "forced") and concept.deviate != "plan"
    if not fits:
        raise GameError(
            "correlation plans have the probabilities of recommendations on one path, which do for "
            "memory='private', report='forced' and deviate='full', 'coarse' or 'root' (EFCE, "
            f"EFCCE, NFCCE); got memory={concept.memory!r}, report={concept.report!r}, "
            f"deviate={concept.deviate!r}"
        )
