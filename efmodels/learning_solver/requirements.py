r"""What rows and bounds ask of a leader, as followers who gain where it is violated.

A requirement :math:`a^\top \mu - \kappa\, v_i \ge h`, where :math:`v_i` is what follower ``i``
gets from a best response, is the incentive constraint of somebody who chooses from the polytope
of ``i``, gets :math:`\kappa A_i`, and should get :math:`a^\top \mu - h`. Without
:math:`v_i` she has nothing to choose: her polytope is a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.learning_solver.coordinates import enlarged
from efmodels.learning_solver.recognition import refusal
from efmodels.polytope import FlowPolytope
from efmodels.problem import Follower

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning_solver.bodies import Bodies
    from efmodels.learning_solver.recognition import BlockPlaces

NOWHERE = -1
"""The follower of a requirement without best responses."""

NEVER_BINDING = 1e-12
IMPOSSIBLE = 1e-9
"""By how much of its own size a body must miss its bound at any plan to be called impossible."""

POINT = FlowPolytope(np.array([1]), np.zeros(0, np.int64), np.array([0]), (), ("",))
"""The polytope of somebody who has nothing to choose."""


@dataclass(frozen=True, eq=False)
class Requirement:
    """A side of a body with a bound.

    Attributes
    ----------
    label
        What it is called: the player's label for an incentive constraint of the block.
    name
        Pyomo's name.
    body, sign, bound
        ``sign * body >= sign * bound``.
    follower, share
        Whose best response is taken off, and how often; -1 and 0 if nobody's.
    unit
        The range of the body over all plans; the payoff range for incentive constraints.
    """

    label: str
    name: str
    body: int
    sign: int
    bound: float
    follower: int
    share: float
    unit: float

    def as_follower(self, own: Floats, followers: tuple[Follower, ...], scale: float) -> Follower:
        """Return the follower who gains where the requirement is violated.

        Parameters
        ----------
        own
            ``a - h`` per coordinate of ``mu``, the bound at the root.
        followers
            Those of the block.
        scale
            By what her payoffs are multiplied.
        """
        if self.follower == NOWHERE:
            A = sparse.csr_array((len(own), 1), dtype=float)
            return Follower(self.label, POINT, A, scale * own)
        one = followers[self.follower]
        A = enlarged((scale * self.share) * one.A, (len(own), one.polytope.size))
        return Follower(self.label, one.polytope, A, scale * own)


def requirements_of(
    bodies: Bodies, gradients: sparse.csr_array, leader: FlowPolytope, places: BlockPlaces
) -> tuple[list[Requirement], list[str]]:
    """Return the requirements that can bind, and the names of those that no plan fulfils.

    Parameters
    ----------
    bodies
        What rows and bounds say.
    gradients
        The bodies in terms of the leader's flows alone; shape ``(bodies, flows)``.
    leader
        The leader's polytope.
    places
        For names and units.

    Raises
    ------
    CapabilityError
        A body asks best responses to be worth at least something, or takes off several.
    """
    found, impossible = [], []
    for body in np.flatnonzero(np.isfinite(bodies.lower) | np.isfinite(bodies.upper)).tolist():
        name = bodies.name(body, places)
        least, most = _range_over_plans(leader, gradients[[body]])
        label = places.obedience.get(int(bodies.rows[body]), "")
        two_sided = np.isfinite(bodies.lower[body]) and np.isfinite(bodies.upper[body])
        for sign, side, bounds in ((1, "lower", bodies.lower), (-1, "upper", bodies.upper)):
            bound = float(bounds[body])
            if not np.isfinite(bound):
                continue
            follower, share = _best_response(bodies, body, sign, name, places)
            room = sorted((sign * (least - bound), sign * (most - bound)))
            size = max(abs(least), abs(most), abs(bound)) or 1.0
            if follower == NOWHERE and room[0] >= -NEVER_BINDING * size:
                continue
            if follower == NOWHERE and room[1] < -IMPOSSIBLE * size:
                impossible.append(name)
            text = label or (f"{name} ({side} bound)" if two_sided else name)
            unit = most - least + share * places.payoff_range or size
            if label:
                unit = places.payoff_range
            found.append(Requirement(text, name, body, sign, bound, follower, share, unit))
    return found, impossible


def _range_over_plans(leader: FlowPolytope, row: sparse.csr_array) -> tuple[float, float]:
    """Return the least and the largest value that a linear function of flows takes."""
    gradient = row.toarray().ravel()
    return -leader.best_response(-gradient)[0], leader.best_response(gradient)[0]


def _best_response(
    bodies: Bodies, body: int, sign: int, name: str, places: BlockPlaces
) -> tuple[int, float]:
    """Return whose best response a side of a body takes off, and how often."""
    start, end = bodies.values.indptr[body : body + 2]
    whose, shares = bodies.values.indices[start:end], -sign * bodies.values.data[start:end]
    if not len(whose):
        return NOWHERE, 0.0
    labels = [places.problem.followers[k].label for k in whose.tolist()]
    if shares.min() < 0:
        raise refusal(
            f"cannot take {name}: it asks the best response of {labels[int(np.argmin(shares))]!r} "
            "to be worth at least something, and a solver would raise the bound on it (v) alone"
        )
    if len(whose) > 1:
        together = " and ".join(map(repr, sorted(labels)))
        raise refusal(f"cannot take {name}: it takes off the best responses of {together}")
    return int(whose[0]), float(shares[0])
