"""Methods by name: how a pair of plans is improved, iteration by iteration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from efmodels.errors import GameError
from efmodels.learning.algorithms import (
    ALGORITHMS,
    Algorithm,
    DiscountedCFRPlus,
    PredictiveCFRPlus,
    schedule,
)
from efmodels.learning.prox import (
    Euclidean,
    ExcessiveGap,
    HeightWeights,
    OptimisticMirrorDescent,
)

if TYPE_CHECKING:
    from efmodels.learning.engines import Learner
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import State


class Iterations(Protocol):
    """A method at work on one saddle problem."""

    def run(self, state: State, number: int) -> None:
        """Do so many iterations more, and change the state.

        The weights of the followers may differ from those of the last call.
        """


class Method(Protocol):
    """How a pair of plans is improved."""

    def on(self, saddle: Saddle, engine: Learner) -> Iterations:
        """Go to work on a saddle problem."""


@dataclass(frozen=True)
class RegretMinimization:
    """Counterfactual regret minimization on both sides, in turn."""

    leader: Algorithm
    followers: Algorithm

    def __str__(self) -> str:
        """Return the names of the algorithms: one if they are of one kind."""
        return "/".join(dict.fromkeys(map(_name, (self.leader, self.followers))))

    def on(self, saddle: Saddle, engine: Learner) -> Iterations:
        """Go to work on a saddle problem."""
        del saddle  # the engine knows it
        return _InTurn(self, engine)


def _name(algorithm: Algorithm) -> str:
    """Return an algorithm's short name, or that of its class if it has none."""
    kinds = {type(one): name for name, one in ALGORITHMS.items()}
    return kinds.get(type(algorithm), type(algorithm).__name__)


@dataclass(frozen=True)
class _InTurn:
    method: RegretMinimization
    engine: Learner

    def run(self, state: State, number: int) -> None:
        first = state.iterations + 1
        leader = schedule(self.method.leader, first, number)
        followers = schedule(self.method.followers, first, number)
        self.engine.run(state, leader, followers)


ZERO_SUM = RegretMinimization(PredictiveCFRPlus(averaging=3.0), DiscountedCFRPlus(averaging=3.0))
"""The best method alone in zero-sum games, up to an accuracy of 1e-4 and on the whole."""

MEDIATED = RegretMinimization(DiscountedCFRPlus(averaging=4.0), PredictiveCFRPlus(averaging=4.0))
"""The best method alone where violations have a price."""


@dataclass(frozen=True)
class Automatic:
    """The best single method where it was measured: `MEDIATED` with prices, `ZERO_SUM` without."""

    def __str__(self) -> str:
        """Return what it is called by."""
        return "auto"

    def on(self, saddle: Saddle, engine: Learner) -> Iterations:
        """Go to work on a saddle problem."""
        return (MEDIATED if len(saddle.constrained) else ZERO_SUM).on(saddle, engine)


ALONE = Automatic()

METHODS: dict[str, Method] = {
    "auto": ALONE,
    **{name: RegretMinimization(one, one) for name, one in ALGORITHMS.items()},
    "omwu": OptimisticMirrorDescent(),
    "ogda": OptimisticMirrorDescent(geometry=Euclidean(), weights=HeightWeights()),
    "egt": ExcessiveGap(),
}
"""Methods by name. First-order methods: optimistic multiplicative weights (``"omwu"``), optimistic
gradients (``"ogda"``) and the excessive gap technique (``"egt"``)."""


def method_named(name: str) -> Method:
    """Return a method with its usual parameters.

    Raises
    ------
    GameError
        None has that name.
    """
    if name.lower() not in METHODS:
        raise GameError(f"no method is called {name!r}; there are {sorted(METHODS)}")
    return METHODS[name.lower()]
