"""What is measured on mediated equilibria: from a game to the mediator's problem, and to the end.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from efmodels.bench.instance_workloads import NAME
from efmodels.equilibrium import optimal_equilibrium
from efmodels.instances import load
from efmodels.mediator.belief import belief_dag
from efmodels.mediator.concept import CERTIFICATION, COMMUNICATION, EFCCE, EFCE, NFCCE
from efmodels.mediator.problem import mediated_problem
from efmodels.mediator.team import Team

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.game import Game

CONCEPTS = {
    "NFCCE": NFCCE,
    "EFCCE": EFCCE,
    "EFCE": EFCE,
    "COMM": COMMUNICATION,
    "CERT": CERTIFICATION,
}


def mediate_with_numpy(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Build the problem of the game and the concept whose names are in the file."""
    game, concept = _game_and_concept(folder)

    def work() -> Callable[[], Facts]:
        problem = mediated_problem(game, CONCEPTS[concept]).problem
        return lambda: {
            "flows": problem.leader.size - 1,
            "points": problem.leader.points,
            "sequences": sum(follower.polytope.size - 1 for follower in problem.followers),
        }

    return work


def mediate_with_numba(folder: Path) -> Callable[[], Callable[[], Facts]]:
    """Do the same after numba has been used once: from then on it is chosen for belief DAGs.

    A mediator that recalls has none, so that there is no difference.
    """
    use_numba_once()
    return mediate_with_numpy(folder)


def use_numba_once() -> None:
    """Grow a tiny belief DAG with numba."""
    one, two = np.array([0]), np.array([0, 2])
    asked, wanted = np.array([0, 1, 1, 1]), np.array([False, True, True])
    belief_dag(Team(one, one, np.array([1, 2]), two, asked, wanted, one), engine="numba")


def optimise_reduced(folder: Path) -> Callable[[], Facts]:
    """Find and verify the equilibrium with the largest welfare, without what nobody needs."""
    return partial(_optimise, *_game_and_concept(folder), reduce=True)


def optimise_whole(folder: Path) -> Callable[[], Facts]:
    """Do the same with the whole program; symmetries are merged all the same."""
    return partial(_optimise, *_game_and_concept(folder), reduce=False)


def _game_and_concept(folder: Path) -> tuple[Game, str]:
    name, concept = (folder / NAME).read_text(encoding="utf-8").split()
    return load(name), concept


def _optimise(game: Game, concept: str, *, reduce: bool) -> Facts:
    equilibrium = optimal_equilibrium(game, concept, "welfare", reduce=reduce)
    worst = max(equilibrium.regrets.values())
    return {"value": equilibrium.value, "regret": worst / float(np.ptp(game.payoffs))}
