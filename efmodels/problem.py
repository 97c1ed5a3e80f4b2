"""One leader against linear followers: the record that LP, learning and certificates share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from scipy import sparse

    from efmodels.game import Floats
    from efmodels.polytope import FlowPolytope


@dataclass(frozen=True, eq=False)
class Follower:
    """Somebody who replies to the leader's reach ``mu`` with a best response.

    Parameters
    ----------
    label
        Whose incentives these are.
    polytope
        What the follower chooses from: ``{y >= 0 : F y = f}``.
    A
        The follower's payoff is ``mu @ A @ y``; shape ``(len(mu), polytope.size)``.
    b
        The follower's payoff on the path, ``b @ mu``, which must be no worse than a best response
        (an incentive constraint); ``None`` if there is no such constraint.
    weight
        How much of the follower's best-response value is taken from the leader's objective.
    """

    label: str
    polytope: FlowPolytope
    A: sparse.csr_array
    b: Floats | None = None
    weight: float = 0.0

    def best_response(self, mu: ArrayLike) -> tuple[float, Floats]:
        """Return the value of a best response to the leader's reach, and a plan that attains it."""
        return self.polytope.best_response(self.A.T @ np.asarray(mu, dtype=float))


@dataclass(frozen=True, eq=False)
class EquilibriumProblem:
    r"""One leader against linear followers.

    .. math::

        \max\; & c^\top \mu - \sum_i w_i f_i^\top v_i \\
        \text{s.t.}\; & \mu = T x,\quad F x = f,\quad x \ge 0, \\
        & F_i^\top v_i \ge A_i^\top \mu, \qquad b_i^\top \mu \ge f_i^\top v_i
          \text{ where } b_i \text{ is given.}

    Parameters
    ----------
    leader
        The leader's polytope.
    c
        The leader's objective, one number per coordinate of ``mu``.
    followers
        Who replies.
    reach
        The matrix ``T``: probability of each coordinate; ``None`` for the identity.

    Raises
    ------
    GameError
        Shapes do not fit together, or two followers have one label.
    """

    leader: FlowPolytope
    c: Floats
    followers: tuple[Follower, ...]
    reach: sparse.csr_array | None = None

    def __post_init__(self) -> None:
        """Check the shapes."""
        if self.reach is not None and self.reach.shape[1] != self.leader.size:
            raise GameError(
                f"reach has {self.reach.shape[1]} columns; the leader's polytope has "
                f"{self.leader.size} coordinates"
            )
        if len(self.c) != self.size:
            raise GameError(f"c has {len(self.c)} entries; mu has {self.size}")
        labels = [follower.label for follower in self.followers]
        if len(set(labels)) != len(labels):
            raise GameError(f"the followers' labels must differ; got {labels}")
        for follower in self.followers:
            expected = (self.size, follower.polytope.size)
            if follower.A.shape != expected:
                raise GameError(
                    f"A of {follower.label!r} has shape {follower.A.shape}; expected {expected}"
                )
            if follower.b is not None and len(follower.b) != self.size:
                raise GameError(
                    f"b of {follower.label!r} has {len(follower.b)} entries; mu has {self.size}"
                )

    @property
    def size(self) -> int:
        """Number of coordinates of ``mu``."""
        return self.leader.size if self.reach is None else int(self.reach.shape[0])

    def mu(self, x: ArrayLike) -> Floats:
        """Return the reach ``T x`` of a point of the leader's polytope."""
        plan = np.asarray(x, dtype=float)
        return plan if self.reach is None else np.asarray(self.reach @ plan)

    def value(self, x: ArrayLike) -> float:
        """Return the objective at a leader's plan, every follower replying with a best response."""
        mu = self.mu(x)
        replies = sum(f.weight * f.best_response(mu)[0] for f in self.followers if f.weight)
        return float(self.c @ mu) - replies
