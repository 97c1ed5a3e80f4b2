"""One player who learns on one polytope, whatever the others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from efmodels.learning.arrangement import arranged_for_sweeps
from efmodels.learning.levels import levels_of
from efmodels.learning.numpy_engine import step
from efmodels.learning.state import beginning

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.algorithms import Schedule
    from efmodels.polytope import FlowPolytope


class PolytopeLearner:
    """Counterfactual regret minimization of one player on one polytope.

    Parameters
    ----------
    polytope
        What is chosen from.

    Examples
    --------
    >>> import numpy as np
    >>> from efmodels.learning.algorithms import CFRPlus, schedule
    >>> from efmodels.polytope import FlowPolytope
    >>> simplex = FlowPolytope([1, 3], [0], [0, 1], ("I",), ("", "l", "r"))
    >>> learner = PolytopeLearner(simplex)
    >>> learner.plan.tolist()
    [1.0, 0.5, 0.5]
    >>> learner.learn(np.array([0.0, 1.0, 3.0]), schedule(CFRPlus(), 1, 1))
    >>> learner.plan.tolist()
    [1.0, 0.0, 1.0]
    """

    def __init__(self, polytope: FlowPolytope) -> None:
        self._arranged = arranged_for_sweeps(polytope)
        self._levels = levels_of(self._arranged)
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._side = beginning(self._arranged.polytope)

    @property
    def plan(self) -> Floats:
        """What is chosen next, in the polytope's own coordinates."""
        return self._arranged.original(self._side.plan)

    def learn(self, gradient: Floats, schedule: Schedule) -> None:
        """Learn what each coordinate was worth in a round; the schedule is that of the round."""
        step(self._levels, self._side, self._arranged.gathered(gradient), schedule, 0)
