"""Random normal forms with integer payoffs, the same for a seed on every machine."""

from __future__ import annotations

from math import prod
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.game import Game
from efmodels.instances.parameters import require_at_least, shown, values_of

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
    require_at_least(1, players=players)
    counts = _counts(actions, players)
    _require_seed_and_range(seed, low, high)
    rng = Random(seed)  # noqa: S311 - a game is no secret
    tables = [_table(rng, counts, low, high) for _ in range(players)]
    title = f"Random matrix game (seed={seed}, actions={shown(counts)}, low={low}, high={high})"
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
    _require_seed_and_range(seed, low, high)
    table = _table(Random(seed), counts, low, high)  # noqa: S311 - a game is no secret
    title = (
        f"Random zero-sum matrix game (seed={seed}, actions={shown(counts)}, low={low}, "
        f"high={high})"
    )
    return Game.from_matrices(table, -table, title=title)


def _counts(actions: int | Sequence[int], players: int) -> tuple[int, ...]:
    """Return how many actions each player has."""
    if isinstance(actions, int):
        require_at_least(1, actions=actions)
        return (actions,) * players
    counts = values_of("actions", actions)
    if len(counts) != players:
        raise GameError(
            f"actions must be one integer, or a list of {players}, one per player; got {actions!r}"
        )
    require_at_least(1, **{f"actions[{k}]": count for k, count in enumerate(counts)})
    return counts


def _require_seed_and_range(seed: int, low: int, high: int) -> None:
    require_at_least(0, seed=seed)
    if not isinstance(low, int) or not isinstance(high, int) or high < low:
        raise GameError(
            f"low and high must be integers with low <= high; got low={low!r}, high={high!r}"
        )


def _table(rng: Random, counts: tuple[int, ...], low: int, high: int) -> Table:
    """Return an array of random integers, an axis per player."""
    # Of all methods, Python promises only of random() that its numbers never change.
    drawn = [low + int(rng.random() * (high - low + 1)) for _ in range(prod(counts))]
    return np.array(drawn, dtype=np.int64).reshape(counts)
