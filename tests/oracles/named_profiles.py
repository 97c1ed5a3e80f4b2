"""Behaviour profiles by the names of players, infosets and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.verifying import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from efmodels import Game

    Choice = str | Mapping[str, float]


def profile_of(game: Game, choices: Mapping[str, Mapping[str, Choice]]) -> Profile:
    """Return the profile of ``{player: {infoset: action, or {action: probability}}}``."""
    behaviour = np.zeros(len(game.action_labels))
    for player, plan in choices.items():
        mine = game.infosets_of(game.player_number(player))
        assert sorted(game.infoset_names[j] for j in mine) == sorted(plan), "a choice per infoset"
        for j in mine:
            choice = plan[game.infoset_names[j]]
            weights = {choice: 1.0} if isinstance(choice, str) else choice
            labels = [game.action_names[a] for a in game.actions_of(j)]
            assert set(weights) <= set(labels), f"{labels} are the actions"
            for a, label in zip(game.actions_of(j), labels, strict=True):
                behaviour[a] = weights.get(label, 0.0)
    return Profile(game, behaviour)
