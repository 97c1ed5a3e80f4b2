"""Optimistic mirror descent on flow polytopes, and optimistic multiplicative weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.learning.prox.geometry import Entropy, Geometry
from efmodels.learning.prox.restarts import Restarts
from efmodels.learning.prox.sides import ADVERSARY, LEADER, Sides
from efmodels.learning.prox.steps import AdaptiveStep, Move, Steps
from efmodels.learning.prox.weights import UnitWeights, Weights

if TYPE_CHECKING:
    from efmodels.learning.engines import Learner
    from efmodels.learning.prox.sides import Pair
    from efmodels.learning.prox.smoothing import Response
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import State

    Responses = tuple[Response, Response]

LEAST_STEP = 1e-12
"""A smaller step is taken whether it fits or not: only rounding errors refuse it."""


@dataclass(frozen=True)
class OptimisticMirrorDescent:
    r"""Both sides at once go along the gradient that they expect next, near to where they are.

    .. math::
        z_{t+1} = \arg\max_z\; \bigl(\eta_t g_t + \eta_{t-1} (g_t - g_{t-1})\bigr)^\top z
        - D(z, z_t)

    With the entropy these are optimistic multiplicative weights (OMWU), dilated; with
    `UnitWeights` each plan is the marginal of what they are over all pure plans. With the Euclidean
    distance it is optimistic gradient descent. Averages converge like one over the number of
    iterations; so do last plans without a proof of the rate, and often much faster. Averages are
    weighted by the sizes of the steps.

    Sources: Farina, Kroer and Sandholm, "Optimistic regret minimization for extensive-form games
    via dilated distance-generating functions", NeurIPS (2019); for last plans Lee, Kroer and Luo,
    "Last-iterate convergence in extensive-form games", NeurIPS (2021); for this form, with one
    smoothed best response per side, Malitsky and Tam, "A forward-backward splitting method for
    monotone inclusions without cocoercivity", SIAM Journal on Optimization 30 (2020).

    Attributes
    ----------
    geometry, weights
        The dilated distance.
    step
        The rule for the sizes of steps, `AdaptiveStep` or `ConstantStep`.
    restarts
        When averages begin anew; ``None`` for never.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.learning import Ranges, learn
    >>> problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
    >>> method = OptimisticMirrorDescent()
    >>> learned = learn(problem, Ranges(4, 4), method=method, tolerance=1e-6)
    >>> learned.status, round(learned.value, 4)
    ('solved', -0.0556)
    """

    geometry: Geometry = Entropy()  # noqa: RUF009 - frozen
    weights: Weights = UnitWeights()  # noqa: RUF009 - frozen
    step: Steps = AdaptiveStep()  # noqa: RUF009 - frozen
    restarts: Restarts | None = Restarts()  # noqa: RUF009 - frozen

    def on(self, saddle: Saddle, engine: Learner) -> Descent:
        """Go to work on a saddle problem; its own sweeps are in numpy, whatever the engine."""
        del engine
        return Descent(self, Sides(saddle, self.geometry, self.weights))


class Descent:
    """Optimistic mirror descent at work.

    Attributes
    ----------
    sides
        The problem, with distances.
    now
        The last plans.
    averages
        Averages of the plans since the last restart.
    size
        The size of the next step.
    travelled
        The sum of the sizes since the last restart.
    restarted, refused
        How many restarts there were, and how many steps did not fit.
    """

    averages: Pair
    _gradients: Pair
    _turns: Pair
    _before: float
    travelled: float
    _count: int
    _look: float

    def __init__(self, method: OptimisticMirrorDescent, sides: Sides) -> None:
        self.method, self.sides = method, sides
        self.size = method.step.first
        self.restarted = self.refused = 0
        leader, adversary = sides.smoothings
        self.now: Responses = leader.evenly(), adversary.evenly()
        self._gradients, self._turns = sides.gradients(self._plans()), self._nothing()
        self._before = self.size
        self._begin()

    def run(self, state: State, number: int) -> None:
        """Do so many iterations more, and change the state."""
        if not np.array_equal(self.sides.prices, state.weights):
            self.sides.prices = state.weights.copy()
            self._gradients, self._turns = self.sides.gradients(self._plans()), self._nothing()
        for _ in range(number):
            self._step()
            state.iterations += 1
            self._perhaps_restart()
        self.sides.write(state, self.averages, self._plans())

    def _step(self) -> None:
        """Take a step that fits, and let it into the averages."""
        rule, before = self.method.step, self._before
        while True:
            new = self._moved(before / self.size)
            gradients = self.sides.gradients((new[LEADER].plan, new[ADVERSARY].plan))
            turns = _difference(gradients, self._gradients)
            parts = zip(self.sides.smoothings, self.now, new, turns, strict=True)
            leader, adversary = (Move(*part) for part in parts)
            if self.size < LEAST_STEP or rule.fits(self.size, (leader, adversary)):
                break
            self.size = rule.smaller(self.size)
            self.refused += 1
        self.now, self._gradients, self._turns = new, gradients, turns
        self._before = self.size
        self.size = rule.next(self.size, (leader, adversary), refused=self.refused > 0)
        self._count += 1
        self.travelled += self._before
        share = self._before / self.travelled
        x, y = self.averages
        self.averages = (
            x + share * (new[LEADER].plan - x),
            y + share * (new[ADVERSARY].plan - y),
        )

    def _moved(self, ratio: float) -> Responses:
        """Return where a step leads, given the ratio of the last size to this one."""
        one, other = (
            smoothing.respond(gradient + ratio * turn, 1 / self.size, old.anchor)
            for smoothing, gradient, turn, old in zip(
                self.sides.smoothings, self._gradients, self._turns, self.now, strict=True
            )
        )
        return one, other

    def _begin(self) -> None:
        """Begin averaging with the present plans."""
        self.averages = self._plans()
        self.travelled, self._count = 0.0, 0
        rule = self.method.restarts
        self._look = np.inf if rule is None else rule.first

    def _perhaps_restart(self) -> None:
        rule = self.method.restarts
        if rule is None or self._count < self._look:
            return
        if rule.behind(self._gap_of(self.averages), self._gap_of(self._plans())):
            self.restarted += 1
            self._begin()
        else:
            self._look = rule.next_look(self._count)

    def _gap_of(self, plans: Pair) -> float:
        low, high = self.sides.values(plans)
        return high - low

    def _plans(self) -> Pair:
        return self.now[LEADER].plan, self.now[ADVERSARY].plan

    def _nothing(self) -> Pair:
        one, other = (np.zeros(len(plan)) for plan in self._plans())
        return one, other


def _difference(new: Pair, old: Pair) -> Pair:
    return new[0] - old[0], new[1] - old[1]
