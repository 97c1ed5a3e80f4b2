"""A process that solves a cell of the published table in one way, and prints figures as it goes.

Run by :mod:`.cell_runs`. A line of JSON is printed whenever figures become known: whatever ends the
process, they are not lost.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from math import ceil
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from efmodels.bench.cell_sides import SIDES, reduced_problem
from efmodels.bench.mediation_workloads import use_numba_once
from efmodels.bench.published_cells import table_game
from efmodels.bench.worker import peak_megabytes
from efmodels.errors import SizeError
from efmodels.learning import Ranges, learn
from efmodels.memory_limits import GIGABYTE, memory_limit

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_UP = ("K33", "CERT")

GRACE = (1.05, 2.0)
"""Factor of the limit, and seconds, after which a side is ended that has not ended itself."""

MEMORY = "memory"


def solve_side(
    side: str,
    cell: tuple[str, str],
    limits: tuple[float, float],
    tell: Callable[[dict[str, float | str]], None],
) -> None:
    """Warm up, then solve a cell in one of two ways within limits.

    Parameters
    ----------
    side
        ``"program"`` or ``"learning"``.
    cell
        Game and concept.
    limits
        CPU seconds from when it is warm, and gigabytes.
    tell
        Is told figures by name, ``megabytes`` at the peak last; and ``ended`` if memory did it.
    """
    seconds, gigabytes = limits
    warm_up(side)
    _limit_processor_time(seconds)
    try:
        with memory_limit(gigabytes):
            _limit_memory(gigabytes)
            SIDES[side](*cell, seconds, tell)
    except (SizeError, MemoryError) as error:
        tell({"ended": MEMORY, "detail": str(error)})
    tell({"megabytes": peak_megabytes()})


def warm_up(side: str) -> None:
    """Import what is needed, and load what is compiled."""
    if find_spec("numba"):
        use_numba_once()
    SIDES[side](*WARM_UP, 60.0, lambda _: None)
    if find_spec("numba"):
        _learn_with_numba()


def _learn_with_numba() -> None:
    """Have both kinds of loops compiled: for a mediator's DAG, and for a tree."""
    for concept in ("EFCE", "CERT"):
        problem = reduced_problem(table_game("K33"), concept, np.array([1.0, 0.0, 0.0]))
        learn(problem, Ranges(6, 6), engine="numba", iteration_limit=10)


def _limit_processor_time(seconds: float) -> None:
    """Let the system end this process some time after the limit, where it can."""
    factor, more = GRACE
    try:
        import resource
    except ImportError:  # Windows: the parent's clock does it
        return
    last = ceil(process_time() + factor * seconds + more)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (last, most))


def _limit_memory(gigabytes: float) -> None:
    """Let allocations fail that go beyond the limit, where the system can."""
    try:
        import resource
    except ImportError:
        return
    if sys.platform.startswith("linux"):
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (int(gigabytes * GIGABYTE), most))


def main() -> None:
    """Print figures alone: what libraries print goes to stderr."""
    answer = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    side, game, concept, seconds, gigabytes = sys.argv[1:]

    def tell(figures: dict[str, float | str]) -> None:
        answer.write(json.dumps(figures) + "\n")
        answer.flush()

    with answer:
        solve_side(side, (game, concept), (float(seconds), float(gigabytes)), tell)


if __name__ == "__main__":
    main()
