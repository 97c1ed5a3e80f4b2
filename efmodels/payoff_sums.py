"""Games in which what some win is what the others lose, up to a constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    from efmodels.game import Game

CONSTANT_SUM_TOLERANCE = 1e-9
"""How much the sum of payoffs may vary, relative to the payoff range."""


def constant_sum(game: Game, asked_by: str) -> float:
    """Return the constant to which all players' payoffs add up at every terminal.

    Parameters
    ----------
    game
        With at least one player.
    asked_by
        Name of the function that needs a constant, for its message.

    Raises
    ------
    GameError
        There is none: the message names two terminals with different sums.

    Examples
    --------
    >>> import efmodels as ef
    >>> constant_sum(ef.instances.kuhn(), "nash_zero_sum")
    0.0
    """
    total = game.payoffs.sum(axis=1)
    spread = float(np.ptp(total))
    if spread > CONSTANT_SUM_TOLERANCE * max(float(np.ptp(game.payoffs)), 1e-300):
        low, high = (game.terminals[int(pick)] for pick in (np.argmin(total), np.argmax(total)))
        raise GameError(
            f"{asked_by} needs payoffs of constant sum; here they add up to "
            f"{total.min():g} after {list(game.history(int(low)))} and to {total.max():g} after "
            f"{list(game.history(int(high)))}"
        )
    return float(total.mean())
