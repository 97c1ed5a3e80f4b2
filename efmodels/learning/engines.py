"""Which engine runs the iterations: numpy, or numba."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

from efmodels.errors import GameError
from efmodels.learning.numpy_engine import NumpyEngine
from efmodels.optional_packages import imported

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.game import Floats
    from efmodels.learning.algorithms import Schedule
    from efmodels.learning.saddle import Saddle
    from efmodels.learning.state import State

_LOOPS = "efmodels.learning.numba_loops"

LARGE = 50_000
"""Entries of the payments from which on compiled loops are worth the seconds to compile them."""


class Learner(Protocol):
    """Runs iterations on a saddle problem."""

    def run(self, state: State, leader: Schedule, adversary: Schedule) -> None:
        """Do as many iterations as the schedules have, and change the state."""

    def leader_best(self, gradient: Floats) -> tuple[float, Floats]:
        """Return the most that the leader can get of a gradient, and the plan."""

    def adversary_worth(self, gradient: Floats) -> Floats:
        """Return what each coordinate of the adversary is worth with all that follows."""


def engine_for(saddle: Saddle, name: str = "auto") -> Learner:
    """Return an engine by name.

    Parameters
    ----------
    saddle
        The problem that it is to run on.
    name
        ``"numpy"``; ``"numba"`` (extra ``fast``); or ``"auto"``: numba where it is installed and
        the loops have been loaded already, or the problem is large.

    Raises
    ------
    GameError
        There is no such engine.
    MissingPackageError
        It is not installed.
    """
    if name not in _ENGINES:
        raise GameError(f"there is no engine {name!r}; the engines are {sorted(_ENGINES)}")
    return _ENGINES[name](saddle)


def _by_numba(saddle: Saddle) -> Learner:
    imported("numba", "numba", "fast", instead="take the engine 'numpy'")
    from efmodels.learning.numba_engine import NumbaEngine

    return NumbaEngine(saddle)


def _automatically(saddle: Saddle) -> Learner:
    fast = _LOOPS in sys.modules or (saddle.W.nnz >= LARGE and find_spec("numba") is not None)
    return _by_numba(saddle) if fast else NumpyEngine(saddle)


_ENGINES: dict[str, Callable[[Saddle], Learner]] = {
    "auto": _automatically,
    "numba": _by_numba,
    "numpy": NumpyEngine,
}
