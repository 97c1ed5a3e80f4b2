"""One method at work: chunks of iterations, and after each one the proof of what it is."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import numpy as np

from efmodels.learning.learned import Entry
from efmodels.learning.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.learning.certified import Certified
    from efmodels.learning.methods import Method
    from efmodels.learning.multipliers import Multipliers
    from efmodels.learning.relaxation import Relaxation

FIRST_CHUNK = 10
"""Iterations before the first certificate; later chunks are a share of all iterations so far."""

SHARE = 0.2

PORTIONS = 8
"""A chunk is done in so many parts, between which it can be halted.

Their sizes depend on the number of iterations alone: what is learned does not depend on time.
"""


@dataclass(frozen=True)
class Limits:
    """When a member stops, solved or not.

    Attributes
    ----------
    iterations
        The most iterations of each member.
    started, working
        What :func:`time.perf_counter` and :func:`time.process_time` said in the beginning.
    seconds
        The most seconds of wall time, infinite if there is no limit.
    """

    iterations: int
    started: float
    working: float
    seconds: float

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return perf_counter() - self.started >= self.seconds


class Member:
    """A method with a state of its own, which shares what it proves.

    Parameters
    ----------
    name
        What the log calls it.
    method
        How it learns.
    rule
        How it sets its multipliers.
    relaxation
        What it learns on.
    certified
        Where it puts its best plans and bounds.
    limits
        When it stops.
    """

    def __init__(
        self,
        name: str,
        method: Method,
        rule: Multipliers,
        *,
        relaxation: Relaxation,
        certified: Certified,
        limits: Limits,
    ) -> None:
        self.name = name
        self.state = State.start(relaxation.saddle)
        self._rule, self._relaxation = rule, relaxation
        self._certified, self._limits = certified, limits
        self._iterations = method.on(relaxation.saddle, relaxation.engine)

    @property
    def is_done(self) -> bool:
        """Whether it has reached a limit."""
        return self.state.iterations >= self._limits.iterations or self._limits.is_late

    def chunk(self, is_halted: Callable[[], bool]) -> Entry:
        """Do a chunk, prove what it is, set the next prices, and return a line for the log."""
        done = self.state.iterations
        number = min(max(FIRST_CHUNK, int(SHARE * done)), self._limits.iterations - done)
        self._iterate(number, is_halted)
        if is_halted():  # what it has found since is of no interest
            return self._entry()
        regret = self._certify()
        entry = self._entry()
        self._price(regret)
        return entry

    def prove(self) -> None:
        """Prove a bound with the adversary's average."""
        average = self.state.adversary.average
        self._certified.offer_bound(*self._relaxation.certifier.bound(average))

    def _iterate(self, number: int, is_halted: Callable[[], bool]) -> None:
        """Do so many iterations; end sooner if the time is over or somebody else has solved it."""
        portion = max(FIRST_CHUNK, -(-number // PORTIONS))
        while number > 0:
            self._iterations.run(self.state, min(portion, number))
            number -= portion
            if is_halted() or self._limits.is_late:
                break

    def _certify(self) -> float:
        """Judge the average and the last plan, prove a bound if it may do; return the regret.

        It is infinite where the average gets more than anybody can without regret.
        """
        side, certified = self.state.leader, self._certified
        judge = self._relaxation.certifier.judge
        judged = [judge(x.copy(), self.state.weights) for x in (side.average, side.plan)]
        if min(one.regret for one in (*judged, certified.best)) <= certified.tolerance:
            self.prove()
        certified.offer(judged)
        # A plan that gets more than the bound owes it to its regret, however small.
        too_good = judged[0].value > certified.bound + certified.tolerance
        return np.inf if too_good else judged[0].regret

    def _price(self, regret: float) -> None:
        """Set the next multipliers, given the regret of the leader's average."""
        weights, average = self.state.weights, self.state.adversary.average
        constrained = self._relaxation.saddle.constrained
        staying_out = 1 - average[self._relaxation.saddle.deviating] / weights[constrained]
        weights[constrained] = self._rule.next(
            weights[constrained], staying_out, regret, self._certified.tolerance
        )

    def _entry(self) -> Entry:
        units, best = self._relaxation.ranges, self._certified.best
        prices = self.state.weights[self._relaxation.saddle.constrained]
        return Entry(
            self.state.iterations,
            process_time() - self._limits.working,
            best.value * units.objective,
            self._certified.bound * units.objective,
            best.regret * units.payoff,
            float(prices.max(initial=0)) * units.objective / units.payoff,
            self.name,
        )
