"""Several methods side by side: the first pair that all of them have proved together ends it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.learning.algorithms import DiscountedCFRPlus, PredictiveCFRPlus
from efmodels.learning.methods import ALONE, METHODS, RegretMinimization
from efmodels.learning.numpy_engine import NumpyEngine

if TYPE_CHECKING:
    from efmodels.learning.engines import Learner
    from efmodels.learning.methods import Method
    from efmodels.learning.saddle import Saddle


@dataclass(frozen=True)
class Portfolio:
    """Methods that work side by side on one problem.

    Each has regrets, averages and multipliers of its own. They share the best plan and the best
    bound: the two may come from different members, and the run ends when they meet. Which member is
    first is a matter of time, so that the last digits of an answer on several threads differ from
    run to run; what is proved of it holds all the same.

    Parameters
    ----------
    members
        At least one.

    Raises
    ------
    GameError
        There is none.

    Examples
    --------
    >>> from efmodels.learning.algorithms import CFRPlus, DiscountedCFR
    >>> both = Portfolio((RegretMinimization(CFRPlus(), CFRPlus()), METHODS["dcfr"]))
    >>> [str(member) for member in both.members]
    ['cfr+', 'dcfr']
    """

    members: tuple[Method, ...]

    def __post_init__(self) -> None:
        """Refuse a portfolio of nobody."""
        if not self.members:
            raise GameError("a portfolio needs at least one method; got none")


ZERO_SUM = Portfolio((METHODS["dcfr+"], METHODS["pcfr+"]))
"""Discounting is fast to begin with; predictions are where DCFR+ is slowest, and in the end."""

MEDIATED = Portfolio(
    (
        ALONE,
        RegretMinimization(DiscountedCFRPlus(averaging=4.0), PredictiveCFRPlus(averaging=4.0)),
    )
)
"""The best method alone, and the same two algorithms with the sides exchanged."""


def automatic(saddle: Saddle, threads: int) -> Portfolio:
    """Return what was fastest where it was measured: see :doc:`/explanation/learning`.

    Parameters
    ----------
    saddle
        What is to be learned on.
    threads
        How many methods may work at the same time.
    """
    if threads == 1:
        return Portfolio((ALONE,))
    return MEDIATED if len(saddle.constrained) else ZERO_SUM


def available_threads(engine: Learner) -> int:
    """Return how many methods can work at the same time without waiting for each other.

    Compiled loops run side by side; numpy's small steps wait for Python's lock.
    """
    if isinstance(engine, NumpyEngine):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
