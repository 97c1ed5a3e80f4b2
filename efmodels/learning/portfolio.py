"""Several methods side by side: the first pair that all of them have proved together ends it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.learning.methods import ALONE, MEDIATED, METHODS
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
    >>> both = Portfolio((METHODS["cfr+"], METHODS["pcfr+"]))
    >>> [str(member) for member in both.members]
    ['cfr+', 'pcfr+']
    """

    members: tuple[Method, ...]

    def __post_init__(self) -> None:
        """Refuse a portfolio of nobody."""
        if not self.members:
            raise GameError("a portfolio needs at least one method; got none")


ZERO_SUM = Portfolio((METHODS["dcfr+"], METHODS["pcfr+"]))
"""Discounting is fast to begin with; predictions are where it is slowest, and in the end."""

PRICED = Portfolio((MEDIATED, METHODS["dcfr+"]))
"""The best method alone, and the one that is most often the fastest and most often the slowest."""


SMALL = 10_000
"""Entries of the payments below which one method takes milliseconds, and no other is started."""


def automatic(saddle: Saddle, threads: int) -> Portfolio:
    """Return what was fastest where it was measured: see :doc:`/explanation/learning`.

    On one thread that is one method, since two would take twice as long; and so it is for small
    problems, which take milliseconds.

    Parameters
    ----------
    saddle
        What is to be learned on.
    threads
        How many methods may work at the same time.
    """
    if threads == 1 or saddle.W.nnz < SMALL:
        return Portfolio((ALONE,))
    return PRICED if len(saddle.constrained) else ZERO_SUM


def available_threads(engine: Learner) -> int:
    """Return how many methods can work at the same time without waiting for each other.

    Compiled loops run side by side; numpy's small steps wait for Python's lock.
    """
    if isinstance(engine, NumpyEngine):
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
