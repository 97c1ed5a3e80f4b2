r"""Binary search for the leader's value: incentive constraints without multipliers.

There is a solution of value ``tau`` if and only if the leader can play the game

.. math::

    \max_\mu \min_{p, y} \; p_0 (c^\top \mu - \tau) - \sum_i p_i (\mu^\top A_i y_i - b_i^\top \mu)

without a loss: the adversary chooses whether to ask for the value or to deviate, as one follower or
another. All payoffs stay within the ranges of the problem, however large its dual values are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.learning.methods import ALONE
from efmodels.learning.state import State, beginning
from efmodels.learning.value_games import ASK, ValueGames

if TYPE_CHECKING:
    from efmodels.learning.engines import Learner
    from efmodels.learning.methods import Iterations, Method
    from efmodels.learning.saddle import Saddle

LEAST = 1e-9
"""A smaller probability that the value is asked for proves nothing."""

FIRST, SHARE = 20, 0.2
"""Iterations of a round before it is judged; how many more, as a share, before the next time."""


@dataclass(frozen=True)
class BinarySearch:
    """Binary search over the leader's value (Zhang et al., arXiv:2306.05216, Algorithm 1).

    A round plays the game for one ``tau``, half way between what is known to be possible and what
    is not. It ends when the leader's average plan loses at most ``accuracy``, so that ``tau`` is
    possible but for that, or when the adversary's average plan proves that she must lose. The next
    round begins with the regrets of the last one, and with new averages.

    By weak duality the adversary's plan also proves a bound, with the probabilities of deviating
    over that of asking as multipliers. No rule for multipliers is looked at.

    Parameters
    ----------
    method
        How plans are improved in each game.
    accuracy
        What the leader may lose for ``tau`` to count as possible, in units of the ranges. Its price
        is that times dual values: far below the tolerance that is asked for, or the search may
        end above what can be proved.

    Raises
    ------
    GameError
        The accuracy is not above 0; or, at work, there are followers without incentive constraints.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.learning import Ranges, learn
    >>> problem = ef.formulations.efce(ef.instances.chicken(6, 2, 7, 0)).problem
    >>> search = BinarySearch(accuracy=1e-4)
    >>> learned = learn(problem, Ranges(12, 7), method=search, tolerance=1e-3)
    >>> learned.status, abs(learned.value - 10.5) < 0.05
    ('solved', True)
    """

    method: Method = ALONE
    accuracy: float = 5e-5

    def __post_init__(self) -> None:
        """Refuse an accuracy that is never reached."""
        if not self.accuracy > 0:
            raise GameError(f"accuracy must be above 0; got {self.accuracy}")

    def __str__(self) -> str:
        """Return the name of the method, and what it is used for."""
        return f"binary search by {self.method}"

    def on(self, saddle: Saddle, engine: Learner) -> Iterations:
        """Go to work on a saddle problem."""
        if len(saddle.constrained) < max(len(saddle.places), 1):
            raise GameError(
                "a binary search needs followers with incentive constraints alone; take the method "
                "'auto' for a zero-sum game"
            )
        return _Search(self, saddle, engine)


class _Search:
    """A search at work: the interval of values, and the game of the round that is being played."""

    def __init__(self, search: BinarySearch, saddle: Saddle, engine: Learner) -> None:
        self._search, self._engine = search, engine
        objective = saddle.c if saddle.reach is None else np.asarray(saddle.reach.T @ saddle.c)
        self._low, self._high = -engine.leader_best(-objective)[0], engine.leader_best(objective)[0]
        self._saddle, self._games = saddle, ValueGames(saddle)
        self._adversary = beginning(self._games.adversary.polytope)
        self._round: _Round | None = None

    def run(self, state: State, number: int) -> None:
        played = self._round or self._next_round(state)
        left = number
        while left > 0:
            if self._is_over(played):
                played = self._next_round(state)
            part = min(left, played.judged_next - played.state.iterations)
            played.iterations.run(played.state, part)
            left -= part
        state.iterations += number
        self._round = played
        self._report(state, played)

    def _next_round(self, state: State) -> _Round:
        """Begin with the regrets that there are, and with new averages."""
        tau = (self._low + self._high) / 2
        game = self._games.game(tau)
        engine = type(self._engine)(game)  # type: ignore[call-arg] # every engine is made like this
        iterations = self._search.method.on(game, engine)
        both = State(state.leader, self._adversary, game.weights.copy())
        return _Round(tau, game, engine, iterations, both)

    def _is_over(self, played: _Round) -> bool:
        """Judge a round when it is time: whether its value is possible, as far as is seen."""
        if played.state.iterations < played.judged_next:
            return False
        loss, hope = played.loss(), played.hope()
        asked = max(float(played.state.adversary.average[ASK]), LEAST)
        played.judged_next += max(FIRST, int(SHARE * played.state.iterations))
        if self._high - self._low <= self._search.accuracy:
            return False  # what is left is to prove it
        self._high = min(self._high, played.tau + hope / asked)
        if loss <= self._search.accuracy:
            self._low = max(self._low, played.tau)
        self._low = min(self._low, self._high)
        return loss <= self._search.accuracy or hope < 0

    def _report(self, state: State, played: _Round) -> None:
        """Say what the adversary's average amounts to as deviations with multipliers."""
        average = played.state.adversary.average
        asked = max(float(average[ASK]), LEAST)
        state.adversary.average[:] = self._games.deviations(average) / asked
        scales = state.adversary.average[self._saddle.deviating]
        state.weights[self._saddle.constrained] = np.maximum(scales, LEAST)


@dataclass(eq=False)
class _Round:
    """The game for a value, and where it stands."""

    tau: float
    game: Saddle
    engine: Learner
    iterations: Iterations
    state: State
    judged_next: int = FIRST

    def loss(self) -> float:
        """Return the most that the adversary can get of the leader's average plan."""
        gradient = self.game.adversary_gradient(self.state.leader.average)
        return float(self.engine.adversary_worth(gradient)[0])

    def hope(self) -> float:
        """Return the most that the leader can get of the adversary's average plan."""
        gradient = self.game.leader_gradient(self.state.adversary.average)
        return self.engine.leader_best(gradient)[0]
