"""What is measured on commitments: branch and bound, the mixed-integer form, and its constants.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`. Games are
random trees with two players, two actions everywhere, and payoffs from -100 to 100.
"""

from __future__ import annotations

from functools import partial
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.commitment_bounds import stackelberg_by_bounds
from efmodels.formulations import stackelberg
from efmodels.instances import random_tree
from efmodels.quasi_perfect_commitments import quasi_perfect_commitment
from efmodels.reply_slacks import slack_bounds
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.game import Floats, Game

TREES = "trees.txt"
"""File with the depth of the trees, and their seeds."""

PAYOFFS = (-100, 100)
CHANCE = "2/5"
"""How often a node is chance's: often enough that the first relaxation seldom settles it."""

GAP = 1e-6
"""Relative gap at which the mixed-integer form counts as solved."""


def write_trees(depth: int, seeds: range, folder: Path) -> None:
    """Write down which games there are."""
    folder.mkdir(parents=True, exist_ok=True)
    words = " ".join(map(str, (depth, *seeds)))
    (folder / TREES).write_text(words, encoding="utf-8")


def by_bounds(folder: Path) -> Callable[[], Facts]:
    """Find the best commitment of every game by branch and bound."""
    return partial(_solve_all, _trees(folder), _by_bounds)


def by_bounds_trembling(folder: Path) -> Callable[[], Facts]:
    """Find the best commitment where hands tremble, by branch and bound."""
    return partial(_solve_all, _trees(folder), _by_bounds_trembling)


def by_integers(folder: Path) -> Callable[[], Facts]:
    """Find it by the mixed-integer form, with constants as small as may be."""
    return partial(_solve_all, _trees(folder), _by_integers)


def with_thousand(folder: Path) -> Callable[[], Facts]:
    """Find it by the mixed-integer form with the constant 1e3 everywhere."""
    return partial(_solve_all, _trees(folder), partial(_by_integers, constant=1e3))


def with_million(folder: Path) -> Callable[[], Facts]:
    """Find it by the mixed-integer form with the constant 1e6 everywhere."""
    return partial(_solve_all, _trees(folder), partial(_by_integers, constant=1e6))


def bounds_against_integers(folder: Path) -> Callable[[], Facts]:
    """Find it in both ways in every game, and compare the times game by game."""
    games = _trees(folder)

    def work() -> Facts:
        first, second = (_timed(games, solver) for solver in (_by_bounds, _by_integers))
        ratios = [a / b for (_, a), (_, b) in zip(first, second, strict=True)]
        apart = [abs(a - b) for (a, _), (b, _) in zip(first, second, strict=True)]
        return {
            "median_ratio": median(ratios),
            "largest_ratio": max(ratios),
            "difference": max(apart) / float(np.ptp(PAYOFFS)),
            "games": len(games),
        }

    return work


def _trees(folder: Path) -> list[Game]:
    depth, *seeds = map(int, (folder / TREES).read_text(encoding="utf-8").split())
    return [
        random_tree(seed, depth=depth, chance_probability=CHANCE, payoffs=PAYOFFS) for seed in seeds
    ]


def _solve_all(games: list[Game], solver: Callable[[Game], tuple[float, float]]) -> Facts:
    """Return the sum of all values, the worst regret as a share of the payoffs, the sizes."""
    found = [solver(game) for game in games]
    return {
        "value": sum(value for value, _ in found),
        "regret": max(regret for _, regret in found) / float(np.ptp(PAYOFFS)),
        "leaves": max(len(game.terminals) for game in games),
    }


def _timed(
    games: list[Game], solver: Callable[[Game], tuple[float, float]]
) -> list[tuple[float, float]]:
    """Return the value and the CPU seconds of each game."""
    found = []
    for game in games:
        start = process_time()
        value, _ = solver(game)
        found.append((value, process_time() - start))
    return found


def _by_bounds(game: Game) -> tuple[float, float]:
    found = stackelberg_by_bounds(game)
    return found.value, max(found.regrets.values())


def _by_bounds_trembling(game: Game) -> tuple[float, float]:
    found = quasi_perfect_commitment(game, epsilon=0.1)
    return found.value, float(found.commitment.infoset_regrets().max())


def _by_integers(game: Game, constant: float | None = None) -> tuple[float, float]:
    model = pyo.ConcreteModel()
    slacks = slack_bounds if constant is None else partial(_everywhere, constant)
    model.eq = stackelberg(game, slacks=slacks)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    result = solve(model, "highs", gap=GAP)
    return result.value, max(result.regrets["eq"].values())


def _everywhere(constant: float, game: Game, player: str) -> Floats:
    size = game.sequence_form().polytope(player).size
    return np.concatenate(([0.0], np.full(size - 1, constant)))
