"""What is measured on the benchmark games: how fast they are made, and what they weigh.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

import sys
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.instances import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.game import Game

NAME = "name.txt"


def write_name(name: str, folder: Path) -> None:
    """Write the input of a case that needs a name alone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(name, encoding="utf-8")


def make_instance(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Make the game whose name is in the file."""
    name = (folder / NAME).read_text(encoding="utf-8")

    def work() -> Callable[[], Facts]:
        game = load(name)
        return lambda: {"nodes": game.nodes, "bytes_per_node": bytes_of(game) / game.nodes}

    return work


def bytes_of(game: Game) -> int:
    """Return the size of all that a game consists of, texts and exact numbers included.

    >>> bytes_of(load("kuhn")) < 100 * bytes_of(load("leduc"))
    True
    """
    seen: set[int] = set()
    return sum(_size(getattr(game, field.name), seen) for field in fields(game))


def _size(value: Any, seen: set[int]) -> int:
    """Return the size of an array or a nested tuple; what occurs twice is one object."""
    if id(value) in seen:
        return 0
    seen.add(id(value))
    if isinstance(value, np.ndarray):
        return value.nbytes
    parts = value if isinstance(value, tuple) else ()
    return sys.getsizeof(value) + sum(_size(part, seen) for part in parts)
