"""Which engine grows a belief DAG: numpy, or numba."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from efmodels.errors import GameError
from efmodels.mediator.belief_generations import grow_by_generations
from efmodels.optional_packages import imported

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.mediator.belief_growth import Growth
    from efmodels.mediator.belief_tables import Tables
    from efmodels.memory_limits import MemoryBudget

_LOOPS = "efmodels.mediator.belief_loops"


def grow(tables: Tables, engine: str, budget: MemoryBudget) -> Growth:
    """Grow the belief DAG of a team with an engine given by name.

    Raises
    ------
    GameError
        There is no such engine, or it cannot decide infosets together.
    MissingPackageError
        The engine is not installed.
    SizeError
        There are more beliefs than the budget has memory for.
    """
    if engine not in _ENGINES:
        raise GameError(f"there is no engine {engine!r}; the engines are {sorted(_ENGINES)}")
    return _ENGINES[engine](tables, budget)


def _by_numba(tables: Tables, budget: MemoryBudget) -> Growth:
    if tables.together:
        raise GameError("the engine 'numba' decides one infoset at a time; take 'numpy'")
    imported("numba", "numba", "fast", instead="take the engine 'numpy'")
    from efmodels.mediator.belief_compiled import grow_compiled

    return grow_compiled(tables, budget)


def _automatically(tables: Tables, budget: MemoryBudget) -> Growth:
    """Take numba where it has been loaded already.

    It takes a third of the time; but loading takes half a second and compiling, once per machine,
    six: more than numpy needs for a million beliefs. How many there will be is not known.
    """
    fast = _LOOPS in sys.modules and not tables.together
    return (_by_numba if fast else grow_by_generations)(tables, budget)


_ENGINES: dict[str, Callable[[Tables, MemoryBudget], Growth]] = {
    "auto": _automatically,
    "numba": _by_numba,
    "numpy": grow_by_generations,
}
