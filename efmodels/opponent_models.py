"""What a player is believed to do: profiles as models of an opponent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.verifying import Profile

if TYPE_CHECKING:
    from efmodels.game import Floats, Game


def plan_of(profile: Profile, player: str) -> Floats:
    """Return a player's part of a profile as a realization plan; ``(sequences,)``.

    Parameters
    ----------
    profile
        Of any game with perfect recall.
    player
        By label.
    """
    game = profile.game
    choice = np.concatenate(([1.0], behaviour_of(profile, player)))
    return game.sequence_form().polytope(player).realization(choice)


def behaviour_of(profile: Profile, player: str) -> Floats:
    """Return the probability of each of a player's actions at its infoset; ``(sequences - 1,)``."""
    game = profile.game
    mine = game.infosets_of(game.player_number(player))
    first, last = (int(game.action_start[j]) for j in (mine.start, mine.stop))
    chosen: Floats = profile.behaviour[first:last]
    return chosen


def require_model(game: Game, profile: object, name: str) -> Profile:
    """Return the profile; raise unless it is one, and has the actions of the game.

    Parameters
    ----------
    game
        Whose strategies it is to hold.
    profile
        What was given.
    name
        Of the argument, for the message.

    Raises
    ------
    GameError
        It is no profile, or that of another game.
    """
    if not isinstance(profile, Profile):
        raise GameError(
            f"{name} must be a Profile, such as the solution() of a block; got {profile!r}. "
            "efmodels.verifying.Profile(game, behaviour) makes one of probabilities"
        )
    if len(profile.behaviour) != len(game.action_labels) or profile.game.players != game.players:
        raise GameError(
            f"{name} belongs to another game: it has {len(profile.behaviour)} actions of "
            f"{list(profile.game.players)}, this game {len(game.action_labels)} of "
            f"{list(game.players)}"
        )
    return profile
