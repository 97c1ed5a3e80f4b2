r"""An interior-point method for first-price pacing equilibria.

With :math:`\theta_i = \log \alpha_i` and :math:`q_j = \log p_j` the dual of the Eisenberg-Gale
program has linear constraints between pairs of potentials,

.. math::

    \min \sum_j s_j e^{q_j} - \sum_i B_i \theta_i \quad\text{s.t.}\quad
    q_j - \theta_i \ge \log v_{ij}, \quad q_j \ge \log r_j, \quad \theta_i \le 0,

and its multipliers are sums of money: what bidder :math:`i` pays for good :math:`j`, what a good
lacks to its reserve, and what a bidder does not spend. A Newton step solves a grounded Laplacian.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.markets.grounded_laplacian import GroundedLaplacian

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.markets.pacing_arrays import PacingArrays

ITERATIONS = 150
"""Far more than were ever needed; a step that no longer moves ends the search as well."""

_MARGIN = 0.5
"""How far inside its constraints each potential begins."""
_LARGEST_STEP = 3.0
"""How much the logarithm of a price may change at once: the exponential is trusted no further."""
_TO_BOUNDARY = 0.9, 0.9999
"""How much of the way to the boundary a step may go, far from the end and near it."""
_STUCK = 1e-10
_NEAR = 1e-6
_PATIENCE = 3
"""So many steps in a row that lead no nearer, from so near, show that rounding ends it."""


class InteriorPacing(NamedTuple):
    """What an interior point says of an equilibrium.

    Attributes
    ----------
    alpha
        Of each bidder.
    money
        What is paid for each entry, in the order of the arrays; positive.
    iterations
        Newton steps.
    distance
        The largest product of money and slack, as a share of the bidder's budget, or what is
        missing in the balance of a bidder or of a good if that is more, as a share of her budget or
        of its worth.
    """

    alpha: Floats
    money: Floats
    iterations: int
    distance: float


def interior_pacing(
    arrays: PacingArrays, *, accuracy: float = 1e-10, iterations: int = ITERATIONS
) -> InteriorPacing:
    r"""Follow the central path of a market to its first-price pacing equilibrium.

    Mehrotra's predictor and corrector, from a start that depends on nothing. The limit is in the
    relative interior of the equilibria: every entry that can ever be paid for is paid for.

    Parameters
    ----------
    arrays
        The market; entries may be left out, but every good has one.
    accuracy
        The distance at which to stop.
    iterations
        The most steps.

    Returns
    -------
    InteriorPacing
        The last point, also where rounding ends the search before the accuracy is reached.

    References
    ----------
    Mehrotra, On the implementation of a primal-dual interior point method, SIAM Journal on
    Optimization 2 (1992). The program: Cole et al., Convex program duality, Fisher markets, and
    Nash social welfare, arXiv:1609.06654.

    Examples
    --------
    >>> from efmodels.markets import Market
    >>> from efmodels.markets.pacing_arrays import arrays_of
    >>> found = interior_pacing(arrays_of(Market([[2], [1]], [0.5, 1]), "this example"))
    >>> found.alpha.round(9), found.money.round(9)
    (array([0.5, 1. ]), array([0.5, 0.5]))
    """
    path = _Path(arrays, accuracy)
    best, distance, count, patience = path.point, path.distance(), 0, _PATIENCE
    while distance > accuracy and count < iterations:
        count += 1
        try:
            moved = path.step()
        except np.linalg.LinAlgError:
            break
        if path.distance() < distance:
            best, distance, patience = path.point, path.distance(), _PATIENCE
            continue
        patience -= distance < _NEAR
        if moved < _STUCK or not patience:
            break
    return InteriorPacing(np.exp(best.theta), best.money, count, distance)


@dataclass(slots=True)
class _Point:
    """Potentials, slacks, and the money that answers to each constraint; or changes of these.

    Slacks are kept, and not computed from the potentials: near the end they are differences of
    numbers that agree in all digits.
    """

    theta: Floats
    q: Floats
    slack: Floats
    slack_reserve: Floats
    money: Floats
    unspent: Floats
    unsold: Floats  # of the goods with a reserve

    def pairs(self) -> tuple[tuple[Floats, Floats], ...]:
        """Return money and slack of each kind of constraint."""
        return (
            (self.money, self.slack),
            (self.unspent, -self.theta),
            (self.unsold, self.slack_reserve),
        )

    def moved(self, change: _Point, length: float) -> _Point:
        """Return the point after a step."""
        return _Point(
            *(
                getattr(self, name) + length * getattr(change, name)
                for name in self.__dataclass_fields__
            )
        )


class _Path:
    """A point near the central path, and how to go on."""

    def __init__(self, arrays: PacingArrays, accuracy: float) -> None:
        self.arrays = arrays
        self._reserved: Ints = np.flatnonzero(arrays.reserves > 0)
        # On the path, money times slack is in proportion to budgets, which may be far apart.
        self._weights = (
            arrays.budgets[arrays.bidder],
            arrays.budgets,
            (arrays.supplies * arrays.reserves)[self._reserved],
        )
        self._weight = float(sum(weight.sum() for weight in self._weights))
        # Weights of the system grow as the centre falls: no further than it has to.
        self._least = accuracy / 100
        self.point = self._start()
        self._see()

    def _start(self) -> _Point:
        arrays = self.arrays
        theta = np.minimum(np.log(arrays.least_alpha()), -_MARGIN)
        q = np.full(len(arrays.supplies), -np.inf)
        q[self._reserved] = log_reserve = np.log(arrays.reserves[self._reserved])
        np.maximum.at(q, arrays.good, np.log(arrays.value) + theta[arrays.bidder])
        share = arrays.budgets / (np.bincount(arrays.bidder, minlength=len(theta)) + 1)
        unsold = (arrays.supplies * arrays.reserves)[self._reserved] * _MARGIN
        q += _MARGIN
        return _Point(
            theta,
            q,
            q[arrays.good] - theta[arrays.bidder] - np.log(arrays.value),
            q[self._reserved] - log_reserve,
            share[arrays.bidder],
            share,
            unsold,
        )

    def _see(self) -> None:
        """Compute what depends on the point: the value of supplies, and residuals."""
        arrays, point = self.arrays, self.point
        self._worth = arrays.supplies * np.exp(point.q)
        self._good_residual = self._worth - arrays.by_good(point.money)
        self._good_residual[self._reserved] -= point.unsold
        self._bidder_residual = arrays.budgets - arrays.by_bidder(point.money) - point.unspent

    def distance(self) -> float:
        """Return how far the point is from an equilibrium."""
        pairs = zip(self.point.pairs(), self._weights, strict=True)
        return max(
            *(float(np.max(m * slack / weight, initial=0.0)) for (m, slack), weight in pairs),
            float(np.max(np.abs(self._bidder_residual) / self.arrays.budgets)),
            float(np.max(np.abs(self._good_residual) / self._worth)),
        )

    def _mean_product(self, point: _Point) -> float:
        """Return money times slack, as a share of what it is weighed with."""
        return float(sum(money @ slack for money, slack in point.pairs())) / self._weight

    def step(self) -> float:
        """Move, and return the length of the step as a share of Newton's."""
        mean = self._mean_product(self.point)
        system = self._system()
        aim = self._changes(system, 0.0, None)
        after = self._mean_product(self.point.moved(aim, self._reach(aim)))
        centre = max(mean * (after / mean) ** 3, self._least)
        change = self._changes(system, centre, aim)
        # The closer to the end, the closer to the boundary.
        length = min(1.0, self._reach(change) * float(np.clip(1 - mean, *_TO_BOUNDARY)))
        length = min(length, _LARGEST_STEP / max(float(np.abs(change.q).max()), 1e-300))
        self.point = self.point.moved(change, length)
        self._see()
        return length

    def _system(self) -> GroundedLaplacian:
        point = self.point
        ground = self._worth.copy()
        ground[self._reserved] += point.unsold / point.slack_reserve
        return GroundedLaplacian(
            self.arrays.bidder,
            self.arrays.good,
            point.money / point.slack,
            point.unspent / -point.theta,
            ground,
        )

    def _changes(self, system: GroundedLaplacian, centre: float, aim: _Point | None) -> _Point:
        """Return the step towards a point of the path, corrected by what a first step missed."""
        arrays, point = self.arrays, self.point
        # Money at which money times slack is what it should be, had the slack not changed.
        money, unspent, unsold = (
            centre * weight / slack - have
            for (have, slack), weight in zip(point.pairs(), self._weights, strict=True)
        )
        missed: Floats | float = 0.0
        if aim is not None:
            money = money - aim.money * aim.slack / point.slack
            unspent = unspent - aim.unspent * aim.theta / point.theta
            unsold = unsold - aim.unsold * aim.slack_reserve / point.slack_reserve
            near = np.clip(aim.q, -1, 1)
            missed = self._worth * (np.expm1(near) - near)
        of_goods = arrays.by_good(money) - self._good_residual - missed
        of_goods[self._reserved] += unsold
        of_bidders = self._bidder_residual - arrays.by_bidder(money) - unspent
        theta, q = system.solve(of_bidders, of_goods)
        slack, slack_reserve = q[arrays.good] - theta[arrays.bidder], q[self._reserved]
        return _Point(
            theta,
            q,
            slack,
            slack_reserve,
            money - point.money / point.slack * slack,
            unspent - point.unspent / point.theta * theta,
            unsold - point.unsold / point.slack_reserve * slack_reserve,
        )

    def _reach(self, change: _Point) -> float:
        """Return the longest step that keeps everything at least zero, at most 1."""
        reach = 1.0
        for pair, move in zip(self.point.pairs(), change.pairs(), strict=True):
            for have, more in zip(pair, move, strict=True):
                fall = float(np.max(-more / have, initial=0.0))
                reach = min(reach, 1 / fall) if fall > 0 else reach
        return reach
