"""What holds in the normal form of a small game: pure, correlated and mediated equilibria."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

from tests.oracles.expectation import expected_payoffs, pure_profile
from tests.oracles.plans import full_plans
from tests.oracles.zero_sum import matrix_game_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def correlated_value(
    game: Game, weights: tuple[float, ...], obedient: Iterable[int] | None = None
) -> float:
    """Return the highest weighted sum of payoffs in a correlated equilibrium of the normal form.

    ``obedient`` are the numbers (from 1) of those who must not gain by another plan; all by
    default. Without one of them, who leads, it is correlated commitment (Conitzer and Korzhyk
    2011).
    """
    plans, table = payoff_tables(game)
    numbers = range(1, len(plans) + 1) if obedient is None else obedient
    gains = np.array([row for k in numbers for row in _gains(table[..., k - 1], k - 1)])
    return _best_distribution(table @ np.array(weights), gains)


def coarse_correlated_value(game: Game, weights: tuple[float, ...]) -> float:
    """Return the same if everybody chooses between all her recommendations and one plan."""
    plans, table = payoff_tables(game)
    gains = []
    for k in range(len(plans)):
        alone = np.moveaxis(table[..., k], k, 0)
        gains += [np.moveaxis(each - alone, 0, k).ravel() for each in alone]
    return _best_distribution(table @ np.array(weights), np.array(gains))


def mediated_value(game: Game, weights: tuple[float, ...]) -> float:
    """Return the same if whoever stays out is punished by all others together.

    Everybody gets at least her correlated minmax value: the most that she can get if the others
    draw their plans together, so as to leave her as little as possible.
    """
    plans, table = payoff_tables(game)
    gains = []
    for k in range(len(plans)):
        against = np.moveaxis(table[..., k], k, 0).reshape(len(plans[k]), -1)
        minmax = -matrix_game_value(-against.T)
        gains.append(minmax - table[..., k].ravel())
    return _best_distribution(table @ np.array(weights), np.array(gains))


def _best_distribution(objective: np.ndarray, gains: np.ndarray) -> float:
    """Return the best mean over distributions of profiles from which no deviation gains."""
    solved = linprog(
        c=-objective.ravel(),
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
