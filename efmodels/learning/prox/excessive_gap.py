"""Nesterov's excessive gap technique on flow polytopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from efmodels.errors import CapabilityError, GameError
from efmodels.learning.prox.geometry import Entropy, Geometry
from efmodels.learning.prox.sides import ADVERSARY, LEADER, Sides
from efmodels.learning.prox.weights import MassWeights, Weights

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.engines import Learner
    from efmodels.learning.prox.sides import Pair
    from efmodels.learning.prox.smoothing import Response
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import State

_T = TypeVar("_T")

ROUNDING = 1e-13
"""An excessive gap above minus this is none that is missing."""

LEAST_STEP = 1e-10
"""A smaller step is not worth taking: plans are as good as rounding errors let them be."""

DOUBLINGS = 100
"""The most that the first smoothing is doubled or halved."""


@dataclass(frozen=True)
class ExcessiveGap:
    r"""Two smoothed games that enclose the game, and whose smoothing shrinks.

    Plans ``x`` and ``y`` have the *excessive gap* if, with smoothing
    :math:`\mu_x, \mu_y > 0`,

    .. math::
        \min_{y'} \varphi(x, y') + \mu_y d(y') \;\ge\; \max_{x'} \varphi(x', y) - \mu_x d(x') .

    Then the gap between the two is at most :math:`\mu_x \max d + \mu_y \max d`. A step keeps the
    excessive gap and multiplies one of the two by :math:`1 - \tau`: the larger one (balancing).

    Steps are *aggressive*: :math:`\tau` begins at ``step`` and is halved whenever the excessive gap
    would be lost, instead of following a sequence for which it is proved to stay.

    The first smoothing, if none is given, is the least of those for which the first pair of plans
    has the excessive gap, among the doubles and halves of: the gap of the centres over the sum of
    the largest distances from them.

    An iteration is a step that was taken; it needs three products with the payoffs, and two
    smoothed best responses of each side.

    Sources: Nesterov, "Excessive gap technique in nonsmooth convex minimization", SIAM Journal on
    Optimization 16 (2005); Hoda, Gilpin, Pena and Sandholm, "Smoothing techniques for computing
    Nash equilibria of sequential games", Mathematics of Operations Research 35 (2010); Kroer et
    al., arXiv:1702.04849, for weights, aggressive steps and balancing.

    Attributes
    ----------
    geometry, weights
        The dilated distance ``d``.
    step
        The first :math:`\tau`, between 0 and 1.
    smoothing
        The first :math:`\mu_x = \mu_y`, in units of payoffs; ``None`` for the rule above.

    Raises
    ------
    GameError
        ``step`` or ``smoothing`` is out of range.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.learning import Ranges, learn
    >>> problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
    >>> learned = learn(problem, Ranges(4, 4), method=ExcessiveGap(), tolerance=1e-3)
    >>> learned.status, abs(learned.value + 1 / 18) < 4e-3
    ('solved', True)
    """

    geometry: Geometry = Entropy()  # noqa: RUF009 - frozen
    weights: Weights = MassWeights()  # noqa: RUF009 - frozen
    step: float = 0.5
    smoothing: float | None = None

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not 0 < self.step < 1:
            raise GameError(f"step must be above 0 and below 1; got {self.step}")
        if self.smoothing is not None and not self.smoothing > 0:
            raise GameError(f"smoothing must be above 0; got {self.smoothing}")

    def on(self, saddle: Saddle, engine: Learner) -> Shrinking:
        """Go to work on a saddle problem; its own sweeps are in numpy, whatever the engine."""
        del engine
        return Shrinking(self, Sides(saddle, self.geometry, self.weights))


@dataclass(frozen=True, eq=False)
class Enclosure:
    """A pair of plans with smoothing.

    Attributes
    ----------
    sides
        The problem, with distances.
    plans, gradients
        The plans, and the gradient of each side at the other's plan.
    mu
        The smoothing of either side.
    replies
        The smoothed best response of each side to the other's plan.
    """

    sides: Sides
    plans: Pair
    gradients: Pair
    mu: tuple[float, float]
    replies: tuple[Response, Response]

    @classmethod
    def of(cls, sides: Sides, plans: Pair, gradients: Pair, mu: tuple[float, float]) -> Enclosure:
        """Let both sides reply to a pair of plans."""
        leader, adversary = (
            one.respond(gradient, smoothing, one.centre)
            for one, gradient, smoothing in zip(sides.smoothings, gradients, mu, strict=True)
        )
        return cls(sides, plans, gradients, mu, (leader, adversary))

    @property
    def excess(self) -> float:
        """By how much the smoothed guarantee is above the smoothed limit."""
        certain = self.sides.certain(self.plans[LEADER])
        return certain - self.replies[ADVERSARY].value - self.replies[LEADER].value


class Shrinking:
    r"""The excessive gap technique at work.

    Attributes
    ----------
    pair
        The plans that have the excessive gap.
    step
        The next :math:`\tau` to be tried.
    """

    def __init__(self, method: ExcessiveGap, sides: Sides) -> None:
        self.sides, self.step = sides, method.step
        self.pair = (
            _first_pair(sides) if method.smoothing is None else _pair(sides, method.smoothing)
        )
        if self.pair.excess < -ROUNDING:
            raise GameError(
                f"with a first smoothing of {method.smoothing} there is no excessive gap; take "
                f"a larger one, or None for the least that has one"
            )

    def run(self, state: State, number: int) -> None:
        """Do so many iterations more, and change the state.

        Raises
        ------
        CapabilityError
            The weights of the followers are not those of the beginning.
        """
        if not np.array_equal(state.weights, self.sides.prices):
            raise CapabilityError(
                "the excessive gap technique cannot go on if multipliers change: give learn "
                "multipliers=FixedMultipliers(...), or take another method, such as 'omwu'"
            )
        for _ in range(number):
            self._shrink()
            state.iterations += 1
        self.sides.write(state, self.pair.plans, self.pair.plans)

    def _shrink(self) -> None:
        """Take the longest step, of those that are tried, that keeps the excessive gap."""
        side = LEADER if self.pair.mu[LEADER] >= self.pair.mu[ADVERSARY] else ADVERSARY
        towards = self.sides.gradient(1 - side, self.pair.replies[side].plan)
        while self.step >= LEAST_STEP:
            new = _shrunk(self.pair, side, self.step, towards)
            if new.excess >= -ROUNDING:
                self.pair = new
                return
            self.step /= 2


def _pair(sides: Sides, mu: float) -> Enclosure:
    """Return Nesterov's first pair: a reply to the centre, and a reply to that."""
    leader, adversary = sides.smoothings
    slope = sides.gradient(ADVERSARY, leader.evenly().plan)
    y = adversary.respond(slope, mu, adversary.centre).plan
    gradient = sides.gradient(LEADER, y)
    x = leader.respond(gradient, mu, leader.centre).plan
    return Enclosure.of(sides, (x, y), (gradient, sides.gradient(ADVERSARY, x)), (mu, mu))


def _first_pair(sides: Sides) -> Enclosure:
    """Return the first pair with the least smoothing that gives it the excessive gap."""
    leader, adversary = sides.smoothings
    low, high = sides.values((leader.evenly().plan, adversary.evenly().plan))
    mu = (high - low) / max(leader.radius() + adversary.radius(), ROUNDING)
    best = _pair(sides, max(mu, ROUNDING))
    grow = best.excess < -ROUNDING
    for _ in range(DOUBLINGS):
        other = _pair(sides, best.mu[LEADER] * (2 if grow else 0.5))
        if other.excess < -ROUNDING and not grow:
            break
        best = other
        if grow and best.excess >= -ROUNDING:
            break
    return best


def _shrunk(pair: Enclosure, side: int, step: float, towards: Floats) -> Enclosure:
    """Return the pair after a step that multiplies the smoothing of one side by ``1 - step``.

    Parameters
    ----------
    pair
        Before.
    side
        Whose smoothing it is.
    step
        From 0 to 1.
    towards
        The other side's gradient at the first side's reply.
    """
    sides, other = pair.sides, 1 - side
    own, others = sides.smoothings[side], sides.smoothings[other]
    answer = others.respond(
        _mixed(pair.gradients[other], towards, step), pair.mu[other], others.centre
    )
    slope = sides.gradient(side, answer.plan)
    reply = own.respond(step / (1 - step) * slope, pair.mu[side], pair.replies[side].anchor)
    turned = sides.gradient(other, reply.plan)
    return Enclosure.of(
        sides,
        _ordered(
            side,
            _mixed(pair.plans[side], reply.plan, step),
            _mixed(pair.plans[other], answer.plan, step),
        ),
        _ordered(
            side,
            _mixed(pair.gradients[side], slope, step),
            _mixed(pair.gradients[other], turned, step),
        ),
        _ordered(side, pair.mu[side] * (1 - step), pair.mu[other]),
    )


def _ordered(side: int, own: _T, others: _T) -> tuple[_T, _T]:
    """Return what is one side's and the other's, the leader's first."""
    return (own, others) if side == LEADER else (others, own)


def _mixed(old: Floats, new: Floats, share: float) -> Floats:
    return (1 - share) * old + share * new
