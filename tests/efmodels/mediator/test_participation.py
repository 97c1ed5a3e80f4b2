"""Participation: first infosets, and rows against sums over the plays of the tree."""

from __future__ import annotations

import numpy as np
import pytest

import efmodels as ef
from efmodels.mediator.concept import COMMUNICATION
from efmodels.mediator.incentives import Incentives
from efmodels.mediator.participation import first_infosets, participation_rows
from efmodels.mediator.problem import mediated_problem
from tests.random_games import random_game

NO_MONEY = np.zeros(0, dtype=np.int64)


@pytest.mark.parametrize("seed", range(10))
def test_first_infosets(seed: int) -> None:
    """It is the one met first on the path from the root."""
    game = random_game(seed)
    for player in (1, 2):
        first = first_infosets(game, player)
        for node in range(game.nodes):
            path = [node]
            while (above := int(game.parent[path[-1]])) >= 0:
                path.append(above)
            own = [int(game.infoset[h]) for h in reversed(path) if game.owner[h] == player]
            assert first[node] == (own[0] if own else -1)


@pytest.mark.parametrize("seed", range(10))
def test_rows_of_random_policies(seed: int) -> None:
    """At any policy, a row is the expected gain on the plays through an infoset."""
    game = random_game(seed)
    mediated = mediated_problem(game, COMMUNICATION)
    x = mediated.problem.leader.random(np.random.default_rng(seed))
    outcome = mediated.policy(x).outcome
    incentives = Incentives(participation="interim", outside={"P2": 1})
    movers = [p for p in game.players if len(game.infosets_of(game.player_number(p)))]
    rows = participation_rows(mediated, incentives, movers, NO_MONEY)
    later = participation_rows(
        mediated, Incentives(participation="ex post", outside={"P2": 1}), movers, NO_MONEY
    )

    for row, label in zip((rows.matrix @ x).tolist(), rows.labels, strict=True):
        player, _, name = label.partition(": ")
        seat = game.player_number(player)
        gain = game.payoffs[:, seat - 1] - (player == "P2")
        first = first_infosets(game, seat)[game.terminals]
        here = [first[k] >= 0 and game.infoset_names[first[k]] == name for k in range(len(first))]
        assert row == pytest.approx(outcome @ (gain * here))
    for player in movers:
        mine = [label.startswith(f"{player}: ") for label in later.labels]
        gain = game.payoffs[:, game.player_number(player) - 1] - (player == "P2")
        assert (later.matrix @ x)[mine].sum() == pytest.approx(outcome @ gain)


def test_nothing_is_asked() -> None:
    """Without participation there are no rows."""
    mediated = mediated_problem(ef.instances.kuhn(), COMMUNICATION)
    rows = participation_rows(mediated, Incentives(), ["P1"], NO_MONEY)

    assert rows.matrix.shape == (0, mediated.mediation.size)
    assert rows.labels == ()
