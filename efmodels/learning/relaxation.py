"""A problem as it is learned on: in units of its ranges, its incentive constraints priced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.certificates import certificate
from efmodels.learning.certifying import Certifier
from efmodels.learning.engines import engine_for
from efmodels.learning.learned import Learned
from efmodels.learning.pricing import DEVIATE, lagrangian
from efmodels.learning.saddle import saddle_of

if TYPE_CHECKING:
    from efmodels.game import Floats
    from efmodels.learning.engines import Learner
    from efmodels.learning.learned import Entry, Ranges
    from efmodels.learning.saddle import Saddle
    from efmodels.problem import EquilibriumProblem


@dataclass(frozen=True, eq=False)
class Relaxation:
    """What all members of a run learn on; nobody changes it.

    Attributes
    ----------
    problem, ranges
        What was given.
    saddle, engine
        The same with prices, in units of the ranges, and its engine.
    certifier
        Judges plans of the saddle problem.
    """

    problem: EquilibriumProblem
    ranges: Ranges
    saddle: Saddle
    engine: Learner
    certifier: Certifier

    def learned(
        self,
        x: Floats,
        priced: Floats,
        *,
        status: str,
        iterations: int,
        seconds: float,
        log: list[Entry],
    ) -> Learned:
        """Return an answer, judged once more without prices, engines and arrangements.

        Parameters
        ----------
        x
            The leader's plan, arranged.
        priced
            The adversary's plan times weights, arranged.
        status, iterations, seconds, log
            As in :class:`.learned.Learned`.
        """
        plans, multipliers = {}, {}
        scale = self.ranges.objective / self.ranges.payoff
        for k, one in enumerate(self.problem.followers):
            own = priced[self.saddle.places[k]]
            plans[one.label] = own
            if one.b is not None:
                plans[one.label] = own[DEVIATE:]
                multipliers[one.label] = scale * float(own[DEVIATE])
        original = self.saddle.leader.original(x)
        proved = certificate(self.problem, original, plans, multipliers)
        regrets = {label: max(regret, 0.0) for label, regret in proved.regrets.items()}
        return Learned(
            original,
            plans,
            multipliers,
            proved.value,
            proved.bound,
            regrets,
            status,
            iterations,
            seconds,
            tuple(log),
        )


def relaxed(
    problem: EquilibriumProblem, ranges: Ranges, multiplier: float, engine: str
) -> Relaxation:
    """Return a problem with the same price on all violations, and an engine for it.

    Raises
    ------
    GameError
        There is no such engine.
    MissingPackageError
        It is not installed.
    """
    constrained = [k for k, one in enumerate(problem.followers) if one.b is not None]
    prices = {problem.followers[k].label: multiplier for k in constrained}
    saddle = replace(
        saddle_of(lagrangian(_in_units(problem, ranges), prices)),
        constrained=np.array(constrained, dtype=np.int64),
    )
    learner = engine_for(saddle, engine)
    return Relaxation(problem, ranges, saddle, learner, Certifier(saddle, learner))


def _in_units(problem: EquilibriumProblem, ranges: Ranges) -> EquilibriumProblem:
    """Return the problem in units of the ranges."""
    followers = tuple(
        replace(one, A=sparse.csr_array(one.A / ranges.objective))
        if one.b is None
        else replace(one, A=sparse.csr_array(one.A / ranges.payoff), b=one.b / ranges.payoff)
        for one in problem.followers
    )
    return replace(problem, c=problem.c / ranges.objective, followers=followers)
