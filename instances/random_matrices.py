"""Random normal forms with integer payoffs, the same for a seed on every machine."""

from __future__ import annotations

from math import prod
from numbers import Number
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import Game
from efmodels.instances.parameters import integer, integer_range, members, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Table = NDArray[np.int64]


def random_matrix_game(
    seed: int = 0,
    players: int = 2,
    actions: int | Sequence[int] = 3,
    low: int = -9,
    high: int = 9,
) -> Game:
    r"""Return a normal form with independent random integer payoffs.

    All players choose at once: each has one infoset. Every payoff of every player is drawn
    uniformly from :math:`\{low, \ldots, high\}`.

    Parameters
    ----------
    seed
        Which game, :math:`\ge 0`: the same seed and parameters give the same game everywhere.
    players
        :math:`\ge 1`.
    actions
        How many actions each player has: one number for all, or a list of one per player.
    low, high
        The smallest and the largest payoff, both possible.

    Returns
    -------
    Game
        With one terminal per profile of actions.

    Raises
    ------
    GameError
        A number is out of its range, or ``actions`` does not fit the players.

    Examples
    --------
    >>> from efmodels.instances import random_matrix_game
    >>> game = random_matrix_game(seed=3, players=3, actions=(2, 3, 2), low=0, high=5)
    >>> game.title
    'Random matrix game (seed=3, actions=(2, 3, 2), low=0, high=5)'
    >>> len(game.terminals), game == random_matrix_game(3, 3, [2, 3, 2], 0, 5)
    (12, True)
    """
    players = integer("players", players, minimum=1)
    counts = _counts(actions, players)
    seed = integer("seed", seed, minimum=0)
    low, high = integer_range("low, high", (low, high))
    rng = Random(seed)  # noqa: S311 - a game is no secret
    tables = [_table(rng, counts, low, high) for _ in range(players)]
    title = titled("Random matrix game", seed=seed, actions=counts, low=low, high=high)
    return Game.from_matrices(*tables, title=title)


def random_zero_sum_matrix_game(
    seed: int = 0, actions: int | Sequence[int] = 3, low: int = -9, high: int = 9
) -> Game:
    r"""Return a two-player zero-sum normal form with independent random integer payoffs.

    Both players choose at once: each has one infoset. Every payoff of the first player is drawn
    uniformly from :math:`\{low, \ldots, high\}`; the second player pays it.

    Parameters
    ----------
    seed
        Which game, :math:`\ge 0`: the same seed and parameters give the same game everywhere.
    actions
        How many actions each player has: one number for both, or a list of two.
    low, high
        The smallest and the largest payoff of the first player, both possible.

    Returns
    -------
    Game
        With one terminal per pair of actions.

    Raises
    ------
    GameError
        A number is out of its range, or ``actions`` does not fit two players.

    Examples
    --------
    >>> from efmodels.instances import random_zero_sum_matrix_game
    >>> game = random_zero_sum_matrix_game(seed=1, actions=(2, 4))
    >>> game.payoffs.shape, bool((game.payoffs.sum(axis=1) == 0).all())
    ((8, 2), True)
    """
    counts = _counts(actions, 2)
    seed = integer("seed", seed, minimum=0)
    low, high = integer_range("low, high", (low, high))
    table = _table(Random(seed), counts, low, high)  # noqa: S311 - a game is no secret
    title = titled("Random zero-sum matrix game", seed=seed, actions=counts, low=low, high=high)
    return Game.from_matrices(table, -table, title=title)


def _counts(actions: int | Sequence[int], players: int) -> tuple[int, ...]:
    """Return how many actions each player has."""
    if isinstance(actions, Number):
        return (integer("actions", actions, minimum=1),) * players
    counts = members("actions", actions)
    if len(counts) != players:
        raise GameError(
            f"actions must be one integer, or a list of {players}, one per player; got {actions!r}"
        )
    return tuple(integer(f"actions[{k}]", count, minimum=1) for k, count in enumerate(counts))


def _table(rng: Random, counts: tuple[int, ...], low: int, high: int) -> Table:
    """Return an array of random integers, an axis per player."""
    # Of all methods, Python promises only of random() that its numbers never change.
    drawn = [low + int(rng.random() * (high - low + 1)) for _ in range(prod(counts))]
    return np.array(drawn, dtype=np.int64).reshape(counts)
