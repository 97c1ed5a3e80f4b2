"""What is measured on proofs of optimality: certificates of whole problems that were not solved.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.bench.instance_workloads import NAME
from efmodels.equilibrium import optimal_equilibrium
from efmodels.instances import goofspiel, load
from efmodels.optimality import optimality_certificate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.game import Game

DISCARDING = "GL3discard"
"""Goofspiel with three players and cards where prizes are discarded at a tie."""

LIFTED = ("COMM", "CERT")
"""Concepts that are solved reduced; private mediators are solved whole, with symmetry only."""


def certify(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Solve for the welfare of the game and the concept in the file; certify that in the work."""
    name, concept = (folder / NAME).read_text(encoding="utf-8").split()
    game = game_called(name)
    model = optimal_equilibrium(game, concept, "welfare", reduce=concept in LIFTED).model

    def work() -> Callable[[], Facts]:
        proof = optimality_certificate(model)
        unit = float(np.ptp(game.payoffs))
        return lambda: {
            "value": proof.value,
            "gap": proof.gap / unit,
            "regret": proof.worst_regret / unit,
            "violation": proof.violation,
        }

    return work


def game_called(name: str) -> Game:
    """Return a game by its published name, or `DISCARDING`."""
    return goofspiel(players=3, cards=3, ties="discard") if name == DISCARDING else load(name)
