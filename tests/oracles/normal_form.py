"""What holds in the normal form of a small game: pure and correlated equilibria."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from tests.oracles.expectation import expected_payoffs, pure_profile
from tests.oracles.plans import full_plans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels import Game


def payoff_tables(game: Game) -> tuple[list[list[dict[int, int]]], np.ndarray]:
    """Return each player's full plans and the payoffs, shape ``(plans of 1, ..., players)``."""
    plans = [full_plans(game, k + 1) for k in range(len(game.players))]
    rows = [expected_payoffs(game, pure_profile(game, each)) for each in product(*plans)]
    table = np.array(rows, dtype=float).reshape(*map(len, plans), len(plans))
    return plans, table


def pure_equilibria(game: Game) -> list[dict[str, dict[str, str]]]:
    """Return all profiles of full pure plans that nobody wants to leave, by names."""
    plans, table = payoff_tables(game)
    best = [table[..., k] >= table[..., k].max(axis=k, keepdims=True) for k in range(len(plans))]
    return [
        {player: _named(game, plans[k][choice[k]]) for k, player in enumerate(game.players)}
        for choice in np.argwhere(np.logical_and.reduce(best))
    ]


def _named(game: Game, plan: dict[int, int]) -> dict[str, str]:
    return {
        game.infoset_names[j]: game.action_names[game.actions_of(j)[a]] for j, a in plan.items()
    }


def correlated_value(game: Game, weights: tuple[float, ...]) -> float:
    """Return the highest weighted sum of payoffs in a correlated equilibrium of the normal form."""
    plans, table = payoff_tables(game)
    gains = np.array([row for k in range(len(plans)) for row in _gains(table[..., k], k)])
    solved = linprog(
        c=-(table @ np.array(weights)).ravel(),
        A_ub=gains,
        b_ub=np.zeros(len(gains)),
        A_eq=np.ones((1, gains.shape[1])),
        b_eq=[1],
    )
    assert solved.status == 0, solved.message
    return float(-solved.fun)


def _gains(payoffs: np.ndarray, player: int) -> Iterator[np.ndarray]:
    """Yield, per recommended and other plan, what the other one would gain at each profile."""
    moved = np.moveaxis(payoffs, player, 0)
    for told, other in product(range(len(moved)), repeat=2):
        gain = np.zeros_like(moved)
        gain[told] = moved[other] - moved[told]
        yield np.moveaxis(gain, 0, player).ravel()
