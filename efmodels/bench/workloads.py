"""What is measured on games: each function makes ready and returns the work, which returns facts.

Facts are numbers by name; they show that the work was done, and done right. Where it takes time to
find them, the work returns a function that does so, and which is not measured.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from efmodels.bench.raw_highs import solve_zero_sum
from efmodels.equilibrium import optimal_equilibrium
from efmodels.files import read
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from efmodels.game import Game

    Facts = dict[str, float]
    Workload = Callable[[Path], Callable[[], Facts | Callable[[], Facts]]]

EFG = "game.efg"
JSON = "game.json"


def read_efg(folder: Path) -> Callable[[], Facts]:
    """Read the .efg file."""
    return lambda: {"nodes": read(folder / EFG).nodes}


def load_json(folder: Path) -> Callable[[], Facts]:
    """Load the same game's .json file with the standard library: a floor for any reader."""

    def work() -> Facts:
        with (folder / JSON).open(encoding="utf-8") as file:
            json.load(file)
        return {}

    return work


def file_to_answer(folder: Path) -> Callable[[], Facts]:
    """Read, build the model, solve it with HiGHS, recompute the regrets."""
    return lambda: _answer(read(folder / EFG))


def file_to_raw_answer(folder: Path) -> Callable[[], Facts]:
    """Do the same with the linear program handed to HiGHS as arrays."""
    return lambda: _raw_answer(read(folder / EFG))


def game_to_answer(folder: Path) -> Callable[[], Facts]:
    """Build, solve and verify, the game being there already."""
    game = read(folder / EFG)
    return lambda: _answer(game)


def game_to_raw_answer(folder: Path) -> Callable[[], Facts]:
    """Do the same with the linear program handed to HiGHS as arrays."""
    game = read(folder / EFG)
    return lambda: _raw_answer(game)


def _answer(game: Game) -> Facts:
    equilibrium = optimal_equilibrium(game, "nash_zero_sum", solver="highs")
    return _facts(game, equilibrium.value, equilibrium.regrets)


def _raw_answer(game: Game) -> Facts:
    value, behaviour = solve_zero_sum(game)
    return _facts(game, value, Profile(game, behaviour).regrets())


def _facts(game: Game, value: float, regrets: Mapping[str, float]) -> Facts:
    """Return the value, and the worst regret as a share of the payoff range."""
    return {"value": value, "regret": max(regrets.values()) / float(np.ptp(game.payoffs))}
