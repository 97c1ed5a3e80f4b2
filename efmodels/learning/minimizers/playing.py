"""Two regret minimizers play against each other, and what their averages prove."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import GameError
from efmodels.learning.minimizers.arguments import compressed

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Floats
    from efmodels.learning.minimizers.protocol import RegretMinimizer
    from efmodels.problem import EquilibriumProblem


class Bilinear:
    r"""What a leader earns and pays: :math:`\langle c, x \rangle - \langle x, A y \rangle`.

    Parameters
    ----------
    A
        What the leader pays to the follower; a row per coordinate of ``x``, a column per one of
        ``y``.
    c
        What the leader earns anyway; 0 by default.

    Raises
    ------
    GameError
        ``c`` has not as many entries as ``A`` has rows.
    """

    def __init__(self, A: ArrayLike | sparse.csr_array, c: ArrayLike | None = None) -> None:
        self.A = compressed(A)
        self.c = np.zeros(self.A.shape[0]) if c is None else np.asarray(c, dtype=float)
        if self.c.shape != (self.A.shape[0],):
            raise GameError(f"c has shape {self.c.shape}; A has {self.A.shape[0]} rows")
        self._transposed = self.A.T.tocsr()

    def leader_utility(self, y: Floats) -> Floats:
        """Return what each coordinate of the leader earns, given the follower's point."""
        result: Floats = self.c - self.A @ y
        return result

    def follower_utility(self, x: Floats) -> Floats:
        """Return what each coordinate of the follower earns, given the leader's point."""
        result: Floats = self._transposed @ x
        return result


def bilinear(problem: EquilibriumProblem) -> Bilinear:
    """Return the payoffs of a problem whose followers have no incentive constraints.

    The leader's coordinates are those of its plans, and the follower's those of all followers'
    plans, one after another; each is paid in proportion to her weight.

    Raises
    ------
    GameError
        A follower has an incentive constraint: price it first, see `lagrangian`.

    Examples
    --------
    >>> import efmodels as ef
    >>> problem = ef.formulations.nash_zero_sum(ef.instances.kuhn()).problem
    >>> bilinear(problem).A.shape
    (13, 13)
    """
    bound = [one.label for one in problem.followers if one.b is not None]
    if bound:
        raise GameError(f"{bound} have incentive constraints; take the Lagrangian of the problem")
    parts = [one.weight * sparse.csr_array(one.A) for one in problem.followers]
    A = sparse.hstack([sparse.csr_array((problem.size, 0)), *parts], format="csr")
    if problem.reach is None:
        return Bilinear(A, problem.c)
    back = problem.reach.T.tocsr()
    return Bilinear(back @ A, back @ problem.c)


@dataclass(frozen=True, eq=False)
class Played:
    """How a game between two regret minimizers ended.

    Attributes
    ----------
    leader, follower
        The weighted averages of their points.
    last
        The last point of each.
    lower, upper
        What the leader's average earns at least, against any follower, and what the leader could
        earn at most against the follower's average. The value of the game lies between them.
    iterations
        How many there were.
    """

    leader: Floats
    follower: Floats
    last: tuple[Floats, Floats]
    lower: float
    upper: float
    iterations: int

    @property
    def gap(self) -> float:
        """How far the averages are from a saddle point: ``upper - lower``."""
        return self.upper - self.lower


def self_play(
    problem: EquilibriumProblem | Bilinear,
    leader: RegretMinimizer,
    follower: RegretMinimizer,
    iterations: int,
    *,
    averaging: float = 1.0,
) -> Played:
    r"""Let a leader, who maximises, and a follower, who minimises, learn in turn.

    In each iteration the leader observes its utilities at the follower's last point and chooses
    another one; then the follower does, at the new point of the leader.

    The gap is exact but for rounding where utilities are linear. A regularizer is counted at its
    average over the iterates, which is no less than at the average of the iterates, so that
    ``lower`` and ``upper`` hold, and meet in the limit.

    Parameters
    ----------
    problem
        Payoffs, or a problem whose followers have no incentive constraints.
    leader
        Chooses the leader's plans; changed by playing.
    follower
        Chooses the followers' plans, a `Product` if there are several; changed by playing.
    iterations
        How many; at least one.
    averaging
        Iterate ``t`` has a weight of about ``t ** averaging`` in the average.

    Raises
    ------
    GameError
        Sizes do not fit together, there are no iterations, or followers have incentive constraints.

    Examples
    --------
    Matching pennies where one match pays double:

    >>> from efmodels.learning.minimizers import regret_matching_plus
    >>> payoffs = Bilinear([[-2.0, 1.0], [1.0, -1.0]])
    >>> played = self_play(payoffs, regret_matching_plus(2), regret_matching_plus(2), 2000)
    >>> played.leader.round(2).tolist(), played.lower <= 0.2 <= played.upper, played.gap < 0.01
    ([0.4, 0.6], True, True)
    """
    game = problem if isinstance(problem, Bilinear) else bilinear(problem)
    if game.A.shape != (leader.size, follower.size):
        raise GameError(
            f"the payoffs are for {game.A.shape[0]} and {game.A.shape[1]} coordinates; the regret "
            f"minimizers have {leader.size} and {follower.size}"
        )
    if iterations < 1:
        raise GameError(f"iterations must be at least 1; got {iterations}")
    ours, theirs = _Average(leader, averaging), _Average(follower, averaging)
    x, y = leader.next(), follower.next()
    for _ in range(iterations):
        leader.observe(game.leader_utility(y))
        x = ours.next()
        follower.observe(game.follower_utility(x))
        y = theirs.next()
    upper = leader.best(game.leader_utility(theirs.point))[0] + theirs.regularizer
    replies = follower.best(game.follower_utility(ours.point))[0]
    lower = float(game.c @ ours.point) - ours.regularizer - replies
    return Played(ours.point, theirs.point, (x, y), lower, upper, iterations)


class _Average:
    """The weighted average of the points of a regret minimizer, and of its regularizer there."""

    def __init__(self, minimizer: RegretMinimizer, averaging: float) -> None:
        self._minimizer = minimizer
        self._averaging = averaging
        self._number = 0
        self._nothing = np.zeros(minimizer.size)
        self.point = self._nothing
        self.regularizer = 0.0

    def next(self) -> Floats:
        """Return the next point, and count it in."""
        point = self._minimizer.next()
        self._number += 1
        weight = (self._averaging + 1) / (self._number + self._averaging)
        self.point = self.point + weight * (point - self.point)
        taken = -self._minimizer.value(self._nothing)
        self.regularizer += weight * (taken - self.regularizer)
        return point
