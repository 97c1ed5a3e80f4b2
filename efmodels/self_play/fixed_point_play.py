r"""Self-play without regret for the deviations of a concept: a map a round, and its fixed point.

A player learns which map she would like to have deviated with, by counterfactual regret
minimization on the deviator's polytope, and plays a plan that this map does not change. Since
the map gains nothing on it, her regret for every map is that of the learner (Gordon, Greenwald and
Marks, ICML 2008), which vanishes. So the rounds together are an equilibrium of the concept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.learning.algorithms import PredictiveCFRPlus, schedule
from efmodels.mediator.concept import EFCE
from efmodels.mediator.explicit_plans import ReducedPlans
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope
from efmodels.self_play.linear_deviations import deviation_maps
from efmodels.self_play.plan_mixtures import PlanMixture
from efmodels.self_play.polytope_learner import PolytopeLearner

if TYPE_CHECKING:
    from efmodels.game import Floats, Game
    from efmodels.learning.algorithms import Algorithm, Schedule
    from efmodels.mediator.concept import Concept
    from efmodels.self_play.linear_deviations import DeviationMaps
    from efmodels.sequences import SequenceForm

DEFAULT: Algorithm = PredictiveCFRPlus()
"""What learns the maps: the best of those in :mod:`efmodels.learning.algorithms` in our runs."""


class DeviationLearner:
    """A player who learns without regret for the maps of a concept.

    Parameters
    ----------
    maps
        Her deviations.

    Attributes
    ----------
    plan
        What she plays next: a plan that her last choice of a map does not change.
    """

    def __init__(self, maps: DeviationMaps) -> None:
        self._maps = maps
        self._learner = PolytopeLearner(maps.polytope)
        self._worth = np.zeros(maps.polytope.size)
        self._paid = self._weight = 0.0
        self.plan = maps.fixed_point(self._learner.plan)

    def learn(self, worth: Floats, schedule: Schedule, weight: float) -> None:
        """Learn what each coordinate of her plan was worth in a round.

        Parameters
        ----------
        worth
            Given what the others did; shape ``(coordinates,)``.
        schedule
            Of the round.
        weight
            How much the round counts.
        """
        gradient = self._maps.gradient(self.plan, worth)
        self._worth += weight * gradient
        self._paid += weight * float(worth @ self.plan)
        self._weight += weight
        self._learner.learn(gradient, schedule)
        self.plan = self._maps.fixed_point(self._learner.plan)

    def regret(self) -> float:
        """Return what the best map would have gained on average, from the arrays."""
        best, _ = self._maps.polytope.best_response(self._worth)
        return max(best - self._paid, 0.0) / max(self._weight, 1.0)


class FixedPointPlay:
    """All players of a game learn, each round against what the others play in it.

    Make one with :meth:`for_concept` or :meth:`for_whole_plans`.

    Parameters
    ----------
    game
        With perfect recall.
    maps
        Each player's deviations.
    listed
        Where players choose among whole plans: each player's, in the sequence form; shape
        ``(plans, sequences)``.
    algorithm
        How maps are learned.
    """

    def __init__(
        self,
        game: Game,
        maps: list[DeviationMaps],
        listed: list[Floats] | None = None,
        algorithm: Algorithm = DEFAULT,
    ) -> None:
        self.game = game
        self.algorithm = algorithm
        self.iterations = 0
        self._form = game.sequence_form()
        self._listed = listed
        self._learners = [DeviationLearner(own) for own in maps]
        self._weights: list[float] = []
        self._played: list[list[Floats]] = []

    @classmethod
    def for_concept(
        cls, game: Game, concept: Concept, algorithm: Algorithm = DEFAULT
    ) -> FixedPointPlay:
        """Return self-play for the linear maps of a concept: see `deviation_maps`.

        Examples
        --------
        >>> import efmodels as ef
        >>> play = FixedPointPlay.for_concept(ef.instances.kuhn(), EFCE)
        >>> play.run(300)
        >>> max(play.regrets()) < 0.001, max(play.mixture().regrets(EFCE).values()) < 0.001
        (True, True)
        """
        polytopes = game.sequence_form().polytopes
        maps = [deviation_maps(polytope, concept) for polytope in polytopes]
        return cls(game, maps, algorithm=algorithm)

    @classmethod
    def for_whole_plans(cls, game: Game, algorithm: Algorithm = DEFAULT) -> FixedPointPlay:
        """Return self-play in which players swap whole reduced plans, for NFCE.

        That is swap regret in the normal form (Blum and Mansour, JMLR 2007): a player with ``n``
        reduced plans has ``n ** 2`` numbers to learn. For many plans there is `tree_swap`.

        Examples
        --------
        >>> import efmodels as ef
        >>> from efmodels.mediator.concept import NFCE
        >>> play = FixedPointPlay.for_whole_plans(ef.instances.chicken(6, 2, 7, 0))
        >>> play.run(100)
        >>> max(play.mixture().regrets(NFCE).values()) < 0.01
        True
        """
        reduced = [ReducedPlans(own) for own in game.sequence_form().polytopes]
        maps = [deviation_maps(_lottery(own.number), EFCE) for own in reduced]
        listed = [own.realization.astype(float) for own in reduced]
        return cls(game, maps, listed, algorithm)

    def run(self, rounds: int) -> None:
        """Play some rounds; everybody learns from each of them at once."""
        for _ in range(rounds):
            self.iterations += 1
            chosen = [learner.plan for learner in self._learners]
            played = chosen
            if self._listed is not None:
                played = [x[1:] @ plans for x, plans in zip(chosen, self._listed, strict=True)]
            weight = float(self.iterations) ** self.algorithm.averaging
            self._weights.append(weight)
            self._played.append(chosen)
            here = schedule(self.algorithm, self.iterations, 1)
            worths = sequence_worths(self._form, played)
            if self._listed is not None:
                pairs = zip(self._listed, worths, strict=True)
                worths = [np.concatenate(([0.0], plans @ worth)) for plans, worth in pairs]
            for learner, worth in zip(self._learners, worths, strict=True):
                learner.learn(worth, here, weight)

    def regrets(self) -> list[float]:
        """Return each player's regret for the best of her maps, from the arrays."""
        return [learner.regret() for learner in self._learners]

    def mixture(self) -> PlanMixture:
        """Return the lottery over the rounds so far; later ones may be likelier."""
        weights = np.array(self._weights)
        played = tuple(np.array(column) for column in zip(*self._played, strict=True))
        if self._listed is None:
            drawn = (sparse.eye_array(len(weights), format="csr"),) * len(played)
            return PlanMixture(self.game, weights / weights.sum(), played, drawn)
        drawn = tuple(sparse.csr_array(column[:, 1:]) for column in played)
        return PlanMixture(self.game, weights / weights.sum(), tuple(self._listed), drawn)


def sequence_worths(form: SequenceForm, played: list[Floats]) -> list[Floats]:
    """Return what each sequence of each player is worth if the others play these plans.

    Parameters
    ----------
    form
        The sequence form of the game.
    played
        A plan of each player.

    Examples
    --------
    >>> import efmodels as ef
    >>> form = ef.Game.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]]).sequence_form()
    >>> [worth.tolist() for worth in sequence_worths(form, [np.array([1, 0.5, 0.5])] * 2)]
    [[0.0, 1.5, 3.0], [0.0, 1.5, 3.0]]
    """
    reach = [plan[column] for plan, column in zip(played, form.sequences.T, strict=True)]
    worths = []
    for k, polytope in enumerate(form.polytopes):
        worth = form.payoffs[:, k].copy()
        for j, factor in enumerate(reach):
            if j != k:
                worth *= factor
        total: Floats = np.bincount(form.sequences[:, k], worth, polytope.size).astype(float)
        worths.append(total)
    return worths


def _lottery(number: int) -> FlowPolytope:
    """Return the simplex over some plans, as one decision point."""
    names = MadeNames(number + 1, "{}".format)
    return FlowPolytope(np.array([1, number + 1]), np.array([0]), np.arange(2), ("plan",), names)
