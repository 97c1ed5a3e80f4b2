"""Best responses, by trying every pure plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracles.expectation import expected_payoffs, pure_profile
from tests.oracles.plans import reduced_plans

if TYPE_CHECKING:
    from efmodels import Game
    from tests.oracles.expectation import Profile
    from tests.oracles.tree import Number


def best_response_value(game: Game, player: int, profile: Profile) -> Number:
    """Return the most that a player (numbered from 1) can get while the others keep to theirs."""
    others = {key: weights for key, weights in profile.items() if key[0] != player}
    return max(
        expected_payoffs(game, pure_profile(game, [plan]) | others)[player - 1]
        for plan in reduced_plans(game, player)
    )
