"""Events: which terminals lie behind an infoset, a node or a path, against every play's history."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.events import terminals_through
from tests.random_games import random_game


def ancestors(game: ef.Game, node: int) -> list[int]:
    """Return a node and all nodes above it."""
    path = [node]
    while (above := int(game.parent[path[-1]])) >= 0:
        path.append(above)
    return path


@pytest.mark.parametrize("seed", range(5))
def test_behind_nodes_and_their_paths(seed: int) -> None:
    """A terminal is behind a node if the node is on its path; a path names the node it leads to."""
    game = random_game(seed)
    for node in range(game.nodes):
        expected = [float(node in ancestors(game, z)) for z in game.terminals.tolist()]

        assert terminals_through(game, node).tolist() == expected
        assert terminals_through(game, game.history(node)).tolist() == expected


@pytest.mark.parametrize("seed", range(5))
def test_behind_actions(seed: int) -> None:
    """An action of an infoset is behind any of its nodes; one of a node leads to its child."""
    game = random_game(seed)
    for child in range(1, game.nodes):
        node = int(game.parent[child])
        name = game.history(child)[-1]
        behind = terminals_through(game, child)
        assert (terminals_through(game, node, name) == behind).all()
        assert (terminals_through(game, game.history(node), name) == behind).all()
        if game.owner[node] > 0:
            player = game.players[game.owner[node] - 1]
            infoset = f"{player}: {game.infoset_names[game.infoset[node]]}"
            expected = [
                float(
                    any(
                        game.parent[h] >= 0
                        and game.infoset[game.parent[h]] == game.infoset[node]
                        and game.history(h)[-1] == name
                        for h in ancestors(game, z)
                    )
                )
                for z in game.terminals.tolist()
            ]
            assert terminals_through(game, infoset, name).tolist() == expected


def test_a_block_knows_the_probability_of_a_node() -> None:
    """In Kuhn poker each deal has probability one sixth, whatever is played."""
    m = pyo.ConcreteModel()
    m.eq = ef.formulations.efce(ef.instances.kuhn())
    m.dealt = pyo.Var()
    m.is_dealt = pyo.Constraint(expr=m.dealt == m.eq.probability(("J Q",)))
    m.at_node = pyo.Constraint(expr=m.dealt == m.eq.probability(0, "J Q"))
    m.never = pyo.Constraint(expr=m.eq.probability(("J Q",), "bet") == 0)
    m.goal = pyo.Objective(expr=m.eq.payoff["P1"], sense=pyo.maximize)
    ef.solve(m)

    assert pyo.value(m.dealt) == pytest.approx(1 / 6)
    bets = m.eq.strategy().query("player == 'P1' and infoset == 'J' and action == 'bet'")
    assert (bets["reach"] * bets["probability"]).sum() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("place", "action", "message"),
    [
        ("Z", None, r"no infoset is called 'Z'; there are \['J', 'J:kb'"),
        ("J", "raise", r"infoset 'J' has no action 'raise'; there are \['check', 'bet'\]"),
        (55, None, "there is no node 55; the game's are 0 to 54"),
        (-1, None, "there is no node -1"),
        (0, "A", r"node 0 has no action 'A'; there are \['J Q'"),
        (3, "call", "the game is over at 3; nobody can choose 'call' there"),
        (("J Q", "pass"), None, r"the node after \['J Q'\] has no action 'pass'"),
        (("J Q", "bet", "fold", "x"), None, "the game is over at .*'fold'"),
        (1.5, None, r"a node \(its number\) or a path .*; got 1.5"),
        (True, None, "got True"),
        (["J Q"], None, r"got \['J Q'\]"),
    ],
)
def test_unknown_places(place: object, action: str | None, message: str) -> None:
    """What is not there is named, with what there is."""
    with pytest.raises(ef.GameError, match=message):
        terminals_through(ef.instances.kuhn(), place, action)


def test_infosets_of_one_name() -> None:
    """Two players' infosets of one name are told apart by the player."""
    game = ef.instances.bayesian_game()

    with pytest.raises(ef.GameError, match=r"say which: \['P1: 1', 'P2: 1'\]"):
        terminals_through(game, "1", "give")
    assert terminals_through(game, "P2: 1", "give").sum() == 4
