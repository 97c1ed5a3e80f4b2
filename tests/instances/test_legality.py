"""At every node of the table games exactly that can be done which the rules allow."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from efmodels.instances import tricks
from tests.instances.table_games import TABLE_GAMES, path_to, table_game
from tests.oracles.tables.trick_taking import replay_tricks


@pytest.mark.parametrize("name", TABLE_GAMES)
def test_actions_are_those_of_the_rules(name: str) -> None:
    """Every action that the rules allow is there once, and no other."""
    game, replays = table_game(name)
    turns = {
        node: turn
        for terminal, replay in replays.items()
        for node, turn in zip(path_to(game, terminal), replay.turns, strict=True)
    }

    assert len(turns) + len(replays) == game.nodes
    for node, turn in turns.items():
        actions = [game.action_names[a] for a in game.actions_of(int(game.infoset[node]))]
        assert sorted(turn.choices) == sorted(actions)


@pytest.mark.parametrize("name", TABLE_GAMES)
def test_chance_is_fair(name: str) -> None:
    """Prizes, places and deals that are possible are equally likely, exactly."""
    game, _ = table_game(name)

    for j in game.infosets_of(0):
        actions = game.actions_of(j)
        assert {game.chance_probabilities[a] for a in actions} == {Fraction(1, len(actions))}


@pytest.mark.slow
def test_some_paths_of_the_larger_trick_taking_game() -> None:
    """With three ranks, a random thousand of the paths follow the rules."""
    game = tricks(3)

    for node in np.random.default_rng(3).choice(game.terminals, 1000).tolist():
        replay = replay_tricks(game.history(node), ranks=3, dummy=("2H", "2S", "3H"))
        path = path_to(game, node)

        assert replay.movers == [int(game.owner[h]) for h in path]
        assert list(game.exact_payoffs(node)) == replay.payoffs
        for h, turn in zip(path, replay.turns, strict=True):
            actions = [game.action_names[a] for a in game.actions_of(int(game.infoset[h]))]
            assert sorted(turn.choices) == sorted(actions)
