"""The optimum of a concept through its Pyomo block: what the oracles are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

import efmodels as ef
from efmodels.formulations import ACRONYMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def optimum(
    game: ef.Game,
    acronym: str,
    weights: Sequence[float],
    obedient: Iterable[int] | None = None,
) -> float:
    """Return the highest weighted sum of payoffs; players with incentives are numbered from 1.

    The regrets are recomputed from the tree, and must be none.
    """
    numbers = range(1, len(game.players) + 1) if obedient is None else obedient
    model = pyo.ConcreteModel()
    model.eq = ACRONYMS[acronym](game, obedient=[game.players[k - 1] for k in numbers])
    expression = model.eq.objective(dict(zip(game.players, weights, strict=True)))
    model.goal = pyo.Objective(expr=expression, sense=pyo.maximize)
    value = ef.solve(model).value
    regrets = model.eq.regrets()
    assert max(regrets.values(), default=0.0) <= 1e-7 * np.ptp(game.payoffs), regrets
    return float(value)


def weights_of(game: ef.Game, seed: int) -> list[float]:
    """Return the welfare, or one player's payoff, as an objective."""
    players = len(game.players)
    return [1.0] * players if seed % 3 == 0 else np.eye(players)[seed % players].tolist()


def obedient_of(game: ef.Game, seed: int) -> list[int]:
    """Return all players, or all but one where the seed says so."""
    numbers = list(range(1, len(game.players) + 1))
    return numbers[1:] if seed % 5 == 4 else numbers
