"""What may be drawn as a strategy: an equilibrium, a solved block, or the table of either."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from efmodels.game import Floats, Game


class HasStrategy(Protocol):
    """An `Equilibrium`, or a formulation block that has been solved."""

    def strategy(self) -> pd.DataFrame:
        """Return a table: player, infoset, action, probability, reach, regret."""


def strategy_table(eq: HasStrategy | pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the table of an equilibrium or a block, or the table itself, with these columns.

    Raises
    ------
    GameError
        It is neither, or columns are missing.
    """
    import pandas as pd

    table: Any = eq if isinstance(eq, pd.DataFrame) else _table_of(eq)
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise GameError(
            f"the table of a strategy has the columns {list(columns)}; {missing} are missing. "
            "Give an equilibrium, a solved block, or what their strategy() returns"
        )
    return pd.DataFrame(table)


def _table_of(eq: HasStrategy) -> pd.DataFrame:
    if not hasattr(eq, "strategy"):
        raise GameError(
            f"{type(eq).__name__} has no strategy to draw; give an equilibrium, a solved block "
            "such as model.eq, or the table that their strategy() returns"
        )
    return eq.strategy()


def behaviour_of(game: Game, eq: HasStrategy | pd.DataFrame) -> Floats:
    """Return a probability for each action of each infoset, in the order of ``action_labels``.

    Those of chance are the game's own.

    Raises
    ------
    GameError
        The strategy is that of another game: it has other players, infosets or actions.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.Game.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> equilibrium = ef.optimal_equilibrium(game, "nash_zero_sum")
    >>> behaviour_of(game, equilibrium).round(6).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    table = strategy_table(eq, ("player", "infoset", "action", "probability"))
    keys = zip(table["player"], table["infoset"], table["action"], strict=True)
    given = dict(zip(keys, table["probability"].astype(float), strict=True))
    wanted = _action_keys(game)
    if given.keys() != set(wanted):
        odd = min(set(wanted) ^ given.keys(), key=str)
        raise GameError(
            f"the strategy is not one of this game: {odd} (player, infoset, action) is only in "
            f"the {'strategy' if odd in given else 'game'}"
        )
    chance = [float(p) for p in game.chance_probabilities]
    return np.array(chance + [given[key] for key in wanted])


def _action_keys(game: Game) -> list[tuple[str, str, str]]:
    """Return player, infoset and action of every flat action that is not chance's."""
    chance = len(game.chance_probabilities)
    infoset = np.repeat(np.arange(len(game.infoset_owner)), np.diff(game.action_start))[chance:]
    owners = game.infoset_owner[infoset]
    return [
        (game.players[owner - 1], game.infoset_names[j], name)
        for owner, j, name in zip(owners, infoset, game.action_names[chance:], strict=True)
    ]
