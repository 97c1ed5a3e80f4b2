"""What is measured on persuasion: receivers with two actions each, and a table of all they may do.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`. In one of two
states to act pays each receiver, in the other it costs her: how much is random. The sender has a
random worth for each set of receivers who act, more for larger sets.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.formulations import private_persuasion, public_persuasion
from efmodels.persuasion import PersuasionProblem
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.answering_blocks import AnsweringBlockData
    from efmodels.bench.workloads import Facts

SIMPLEX = {"solver": "simplex"}
"""Few rows, all of them long: interior points take many times as long."""

RECEIVERS = "receivers.txt"
"""File with the number of receivers."""


def write_receivers(receivers: int, folder: Path) -> None:
    """Write down how many receivers there are."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RECEIVERS).write_text(str(receivers), encoding="utf-8")


def in_private(folder: Path) -> Callable[[], Facts]:
    """Build, solve and verify the program of private signals."""
    return partial(_persuade, private_persuasion, _problem(folder))


def in_public(folder: Path) -> Callable[[], Facts]:
    """Do the same with public ones."""
    return partial(_persuade, public_persuasion, _problem(folder))


def _problem(folder: Path) -> PersuasionProblem:
    receivers = int((folder / RECEIVERS).read_text(encoding="utf-8"))
    generator = np.random.default_rng(receivers)
    acts = np.indices((2,) * receivers).astype(float)
    stakes = generator.uniform(0.5, 1.5, (receivers, 2)) * [-1.0, 1.0]
    paid = [np.multiply.outer(stake, act) for stake, act in zip(stakes, acts, strict=True)]
    worth = np.sqrt(np.tensordot(generator.uniform(0, 1, receivers), acts, 1))
    worth += 0.1 * generator.uniform(0, 1, worth.shape)
    return PersuasionProblem([0.7, 0.3], np.stack([worth, worth]), paid)


def _persuade(
    formulation: Callable[[PersuasionProblem], AnsweringBlockData], problem: PersuasionProblem
) -> Facts:
    model = pyo.ConcreteModel()
    model.eq = formulation(problem)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    result = solve(model, options=SIMPLEX)
    return {
        "value": result.value,
        "regret": max(result.regrets["eq"].values()),
        "columns": problem.size,
        "rows": len(model.eq.obey),
    }
