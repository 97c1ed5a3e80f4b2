r"""Learning without swap regret over whole plans, without listing them: a tree of learners.

At every depth of a tree stands a learner on the player's sequence form. Each round she draws one
of the depths and plays what its learner plays. A learner at depth :math:`h` of :math:`d` lives for
:math:`M` steps, each of :math:`M^{d - h}` rounds, learns at the end of each what the mean payoffs
in it were, and is then replaced by a new one.

Whoever replaced every plan of one depth by a better one could do no better than the next depth
does but for the regret :math:`\varepsilon(M)` of a learner after :math:`M` steps; the sum over all
depths telescopes. After :math:`M^d` rounds the mean swap regret is at most

.. math:: \varepsilon(M) + \frac{1}{d} \,(\max u_i - \min u_i) .
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.learning.algorithms import PredictiveCFRPlus, schedule
from efmodels.self_play.fixed_point_play import sequence_worths
from efmodels.self_play.plan_mixtures import PlanMixture
from efmodels.self_play.polytope_learner import PolytopeLearner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.game import Floats, Game
    from efmodels.learning.algorithms import Algorithm
    from efmodels.polytope import FlowPolytope

LEAST_STEPS = 4
"""Learners that live for fewer steps learn nothing to speak of."""


class TreeOfLearners:
    """The learners of one player.

    Parameters
    ----------
    polytope
        Her sequence form.
    steps, depth
        How long each learner lives, and how many there are at a time.
    algorithm
        How each learns.

    Attributes
    ----------
    plans
        All plans so far, those of all depths.
    current
        Which of them are drawn in this round, one per depth.
    """

    def __init__(
        self, polytope: FlowPolytope, steps: int, depth: int, algorithm: Algorithm
    ) -> None:
        self.plans: list[Floats] = []
        self.current = [0] * depth
        self._steps = steps
        self._learners = [PolytopeLearner(polytope) for _ in range(depth)]
        self._worth = [np.zeros(polytope.size) for _ in range(depth)]
        self._schedules = [schedule(algorithm, first, 1) for first in range(1, steps + 1)]

    def begin(self, number: int) -> Floats:
        """Begin round ``number`` (from 0), and return the mean plan that is played in it."""
        for depth, learner in enumerate(self._learners):
            length = self._steps ** (len(self._learners) - 1 - depth)
            if number % length:
                continue
            done = number // length % self._steps
            if done:
                learner.learn(self._worth[depth] / length, self._schedules[done - 1])
            else:
                learner.forget()
            self._worth[depth] = np.zeros(len(learner.plan))
            self.current[depth] = len(self.plans)
            self.plans.append(learner.plan)
        mean: Floats = np.mean([self.plans[k] for k in self.current], axis=0)
        return mean

    def end(self, worth: Floats) -> None:
        """Note what each sequence was worth in the round."""
        self._worth = [total + worth for total in self._worth]


def tree_swap(
    game: Game, steps: int, depth: int, algorithm: Algorithm | None = None
) -> PlanMixture:
    """Play ``steps ** depth`` rounds of self-play without swap regret over whole plans.

    Parameters
    ----------
    game
        With perfect recall.
    steps
        How long a learner lives: the larger, the less it regrets.
    depth
        How many learners a player has at a time: the larger, the less she regrets that the last of
        them has nobody to learn from it.
    algorithm
        How each of them learns; by default predictive CFR+.

    Returns
    -------
    PlanMixture
        An approximate normal-form correlated equilibrium; its ``regrets(NFCE)`` say how good it is.

    Raises
    ------
    GameError
        Recall is not perfect, or there are no rounds.

    References
    ----------
    Dagan, Daskalakis, Fishelson and Golowich, From external to swap regret 2.0: an efficient
    reduction and oblivious adversary for large action spaces, arXiv:2310.19786.

    Peng and Rubinstein, Fast swap regret minimization and applications to approximate correlated
    equilibria, arXiv:2310.19647.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.mediator.concept import NFCE
    >>> mixture = tree_swap(ef.instances.kuhn(), steps=16, depth=2)
    >>> max(mixture.regrets(NFCE).values()) < 0.05 * 4
    True
    """
    if steps < 1 or depth < 1:
        raise GameError(f"steps and depth must be at least 1; got {steps} and {depth}")
    form, number = game.sequence_form(), steps**depth
    learning = PredictiveCFRPlus() if algorithm is None else algorithm
    trees = [TreeOfLearners(own, steps, depth, learning) for own in form.polytopes]
    drawn = np.empty((len(trees), number, depth), dtype=np.int64)
    for k in range(number):
        played = [tree.begin(k) for tree in trees]
        drawn[:, k] = [tree.current for tree in trees]
        for tree, worth in zip(trees, sequence_worths(form, played), strict=True):
            tree.end(worth)
    return PlanMixture(
        game,
        np.full(number, 1 / number),
        tuple(np.array(tree.plans) for tree in trees),
        tuple(map(_evenly, drawn, (len(tree.plans) for tree in trees))),
    )


def shapes(rounds: int) -> Iterator[tuple[int, int]]:
    """Yield steps and depths with at most so many rounds, ever more of them.

    There is no best shape for a number of rounds: where learners settle on one plan, flat trees are
    better, and where they go round in circles, deep ones.

    >>> list(shapes(300))
    [(8, 2), (4, 3), (16, 2), (6, 3), (4, 4)]
    """
    budget = LEAST_STEPS**3
    while budget <= rounds:
        depth = 2
        while (steps := int(budget ** (1 / depth) + 1e-9)) >= LEAST_STEPS:
            yield steps, depth
            depth += 1
        budget *= LEAST_STEPS


def _evenly(drawn: Floats, number: int) -> sparse.csr_array:
    """Return the lotteries in which each of the plans of a row is as likely as the others."""
    rounds, choices = drawn.shape
    share = np.full(drawn.size, 1 / choices)
    start = np.arange(0, drawn.size + 1, choices)
    return sparse.csr_array((share, drawn.ravel(), start), shape=(rounds, number))
