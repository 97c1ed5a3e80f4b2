"""What is measured on Nash equilibria: the constants of the mixed-integer program, tight and loose.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.files import read, write
from efmodels.formulations import nash
from efmodels.instances import random_matrix_game, random_tree
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.game import Game

SECONDS = 60.0
"""How long one game may take, by the clock."""


def write_trees(seeds: Iterable[int], depth: int, folder: Path) -> None:
    """Write random trees of two players with chance moves."""
    _write((random_tree(seed, depth=depth, chance_probability="1/4") for seed in seeds), folder)


def write_matrices(seeds: Iterable[int], actions: int, folder: Path) -> None:
    """Write random matrix games."""
    _write((random_matrix_game(seed, actions=actions) for seed in seeds), folder)


def with_tight_bounds(folder: Path) -> Callable[[], Facts]:
    """Find the best welfare with the bounds that are computed from the game."""
    games = _games(folder)
    return lambda: _facts([_solved(game, None, cover=True) for game in games])


def with_a_thousand(folder: Path) -> Callable[[], Facts]:
    """Do so with 1,000 instead of each bound."""
    return _with_constant(folder, 1e3, cover=True)


def with_a_million(folder: Path) -> Callable[[], Facts]:
    """Do so with 1,000,000, which times a solver's tolerance for whole numbers is 1."""
    return _with_constant(folder, 1e6, cover=True)


def tight_without_cover(folder: Path) -> Callable[[], Facts]:
    """Take the tight bounds without the rows that some action of each infoset is best."""
    return _with_constant(folder, None, cover=False)


def a_million_without_cover(folder: Path) -> Callable[[], Facts]:
    """Take the loosest program of all: a constant, and nothing about infosets."""
    return _with_constant(folder, 1e6, cover=False)


def _with_constant(folder: Path, bound: float | None, *, cover: bool) -> Callable[[], Facts]:
    games = _games(folder)
    expected = [_solved(game, None, cover=True)[0] for game in games]
    return lambda: _facts([_solved(game, bound, cover=cover) for game in games], expected)


def _write(games: Iterable[Game], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, game in enumerate(games):
        write(game, folder / f"game-{number:02}.efg")


def _games(folder: Path) -> list[Game]:
    return [read(path) for path in sorted(folder.glob("game-*.efg"))]


def _solved(game: Game, bound: float | None, *, cover: bool) -> tuple[float, float]:
    """Return the welfare of the equilibrium that is found, from the tree, and its worst regret."""
    form = game.sequence_form()
    sizes = {player: form.polytope(player).size for player in game.players}
    bounds = None if bound is None else {p: np.full(size, bound) for p, size in sizes.items()}
    model = pyo.ConcreteModel()
    model.eq = nash(game, bounds=bounds)
    for player in game.players if not cover else ():
        model.eq.player[player].cover.deactivate()
    model.goal = pyo.Objective(expr=model.eq.welfare, sense=pyo.maximize)
    solve(model, time_limit=SECONDS)
    solution = model.eq.solution()
    return sum(solution.payoffs().values()), max(solution.regrets().values())


def _facts(found: list[tuple[float, float]], expected: list[float] | None = None) -> Facts:
    """Return the mean value and the worst regret; and by how much a value is wrong at most."""
    values = np.array([value for value, _ in found])
    facts = {"value": float(values.mean()), "regret": max(regret for _, regret in found)}
    if expected is not None:
        facts["off"] = float(np.abs(values - expected).max())
    return facts
