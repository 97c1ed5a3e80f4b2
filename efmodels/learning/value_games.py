r"""The games that tell whether the leader can have a value: nothing is priced in them.

.. math::

    \max_\mu \min_{p, y} \; p_0 (c^\top \mu - \tau) - \sum_i p_i (\mu^\top A_i y_i - b_i^\top \mu)

The adversary's first decision ``p`` is whether to ask for the value, or to deviate as one of the
followers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.learning.arrangement import Arrangement
from efmodels.learning.pricing import DEVIATE
from efmodels.learning.saddle import Saddle
from efmodels.names import MadeNames
from efmodels.polytope import FlowPolytope

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints

ASK = 1
"""The adversary's coordinate that stands for asking for the value."""


@dataclass(frozen=True, eq=False)
class ValueGames:
    """The games for all values of a problem whose followers all have incentive constraints.

    Attributes
    ----------
    saddle
        Its Lagrangian. Each follower's first decision there is to stay out or to deviate; here they
        are one decision, and nobody stays out.
    """

    saddle: Saddle

    @property
    def _followers(self) -> int:
        return len(self.saddle.constrained)

    @cached_property
    def place(self) -> Ints:
        """The Lagrangian's coordinate that each of the adversary's is; 0 for `ASK`."""
        after = np.arange(DEVIATE * self._followers + 1, self.saddle.adversary.polytope.size)
        return np.concatenate(([0, 0], self.saddle.deviating, after))

    @cached_property
    def adversary(self) -> Arrangement:
        """The adversary's polytope."""
        old, followers = self.saddle.adversary.polytope, self._followers
        number = np.zeros(old.size, dtype=np.int64)
        number[self.place[ASK + 1 :]] = np.arange(ASK + 1, len(self.place))
        # The points of the first level are those at which the followers stay out or deviate.
        removed = old.size - len(self.place)
        polytope = FlowPolytope(
            np.concatenate(([1], old.start[followers:] - removed)),
            np.concatenate(([0], number[old.incoming[followers:]])),
            np.concatenate(([0], old.incoming_start[followers:] - followers + 1)),
            MadeNames(old.points - followers + 1, "{}".format),
            MadeNames(len(self.place), "{}".format),
        )
        return Arrangement(polytope, np.arange(polytope.size))

    def game(self, tau: float) -> Saddle:
        """Return the game for a value."""
        saddle = self.saddle
        coordinates = np.arange(len(self.place))
        kept = (self.place > 0).astype(float)
        place = sparse.csr_array(
            (kept, (self.place, coordinates)), shape=(saddle.W.shape[1], len(self.place))
        )
        # One more coordinate of mu, which is always 1: the root of the leader's polytope.
        asked = np.concatenate((-saddle.c, [tau]))[:, None]
        empty = sparse.csr_array((1, len(self.place)))
        W = sparse.vstack([saddle.W @ place, empty]) + sparse.kron(asked, coordinates == ASK)
        own = saddle.reach
        if own is None:
            own = sparse.eye_array(saddle.leader.polytope.size, format="csr")
        root = np.arange(saddle.leader.polytope.size) == 0
        return Saddle(
            saddle.leader,
            self.adversary,
            sparse.csr_array(sparse.vstack([own, sparse.csr_array(root[None].astype(float))])),
            np.zeros(len(saddle.c) + 1),
            sparse.csr_array(W),
            np.zeros(len(self.place), dtype=np.int64),
            np.ones(1),
            (coordinates,),
        )

    def deviations(self, y: Floats) -> Floats:
        """Return the deviations of a plan as one of the Lagrangian's; nobody stays out."""
        found = np.zeros(self.saddle.adversary.polytope.size)
        found[self.place[ASK + 1 :]] = y[ASK + 1 :]
        return found
