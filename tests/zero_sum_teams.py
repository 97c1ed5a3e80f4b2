"""Random games in which one player loses what the others win."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.oracles.adversarial_teams import joint_plans
from tests.random_games import dealt_game, random_game

if TYPE_CHECKING:
    from efmodels import Game

MOST_PLANS = 3000
"""How many joint plans of the team are worth listing."""


def against_one(game: Game, adversary: int, total: int = 0) -> Game:
    """Return the game with other payoffs for one player (from 1): what is left of a total."""
    rows = [list(row) for row in game.outcome_payoffs]
    for row in rows:
        row[adversary - 1] = total - sum(row) + row[adversary - 1]
    return replace(game, outcome_payoffs=tuple(map(tuple, rows)))


def team_game(
    seed: int, *, players: int = 3, total: int = 0, most_plans: int = MOST_PLANS
) -> tuple[Game, int]:
    """Return a game with chance and private information, small enough, and the adversary."""
    adversary = 1 + seed % players
    for attempt in range(seed, seed + 100_000, 1000):
        if attempt % 2:
            game = dealt_game(attempt, players=players, moves=3 + attempt % 4 // 2)
        else:
            game = random_game(attempt, players=players, nodes=14)
        if joint_plans(game, adversary) <= most_plans:
            return against_one(game, adversary, total), adversary
    raise AssertionError("no game is small enough")
