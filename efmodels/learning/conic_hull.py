r"""Prices that are learned with everything else: regret minimization over a conic hull.

With exact multipliers the Lagrangian of a problem with incentive constraints is a game in which
each follower plays any multiple of a deviation: a point of the cone of her polytope.

.. math::

    \max_\mu \min_{t \ge 0,\, y} \; c^\top \mu - \sum_i t_i (\mu^\top A_i y_i - b_i^\top \mu)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.learning.methods import ALONE

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.engines import Learner
    from efmodels.learning.methods import Iterations, Method
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import State

LEAST = 1e-6
"""A multiplier of 0 would hide what a follower could gain."""


@dataclass(frozen=True)
class ConicHull:
    r"""Regret minimization over a conic hull (Zhang et al., arXiv:2306.05216, Algorithm 2).

    A point of a follower's cone is a scale times a plan, with a regret minimizer for either. The
    plan is what `method` says. The scale, which is the follower's multiplier, follows what she
    gains by the plan, without any upper limit: regret matching+ on a ray,

    .. math:: t_i \leftarrow \max(0,\; t_i + s \cdot \mathrm{gain}_i).

    Each follower has her own scale, and so has each row of side constraints that is a follower. It
    changes after every iteration, and no rule for multipliers is looked at. The scales need not
    settle: what is averaged, as always, are plans times scales.

    Parameters
    ----------
    method
        How plans are improved.
    start
        The scales to begin with, in units of objective range per payoff range.
    step
        The step ``s``, in the same units.

    Raises
    ------
    GameError
        A number is not above 0.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.learning import Ranges, learn
    >>> problem = ef.formulations.efce(ef.instances.chicken(6, 2, 7, 0)).problem
    >>> learned = learn(problem, Ranges(12, 7), method=ConicHull(), tolerance=1e-4)
    >>> learned.status, abs(learned.value - 10.5) < 0.01
    ('solved', True)
    """

    method: Method = ALONE
    start: float = 1.0
    step: float = 3.0

    def __post_init__(self) -> None:
        """Refuse what never moves."""
        for name in ("start", "step"):
            if not getattr(self, name) > 0:
                raise GameError(f"{name} must be above 0; got {getattr(self, name)}")

    def __str__(self) -> str:
        """Return the name of the method, and of what it plays on."""
        return f"{self.method} on a cone"

    def on(self, saddle: Saddle, engine: Learner) -> Iterations:
        """Go to work on a saddle problem."""
        scales = np.full(len(saddle.constrained), self.start)
        return _OnCone(self.method.on(saddle, engine), saddle, scales, self.step)


@dataclass(frozen=True, eq=False)
class _OnCone:
    iterations: Iterations
    saddle: Saddle
    scales: Floats
    step: float

    def run(self, state: State, number: int) -> None:
        constrained = self.saddle.constrained
        for _ in range(number):
            state.weights[constrained] = self.scales
            self.iterations.run(state, 1)
            moved = self.scales + self.step * self._gains(state)
            self.scales[:] = np.maximum(moved, LEAST)
        state.weights[constrained] = self.scales

    def _gains(self, state: State) -> Floats:
        """Return what each follower gains by her last plan, given the leader's."""
        saddle = self.saddle
        worth = saddle.adversary_gradient(state.leader.plan) * state.adversary.plan
        total: Floats = np.bincount(saddle.follower, worth, len(saddle.weights)).astype(float)
        return total[saddle.constrained]
