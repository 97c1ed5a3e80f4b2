"""Regrets at infosets, against the trying of every pure continuation by recursion over the tree."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

import efmodels as ef
from efmodels.infoset_regrets import refinement_regret
from efmodels.verifying import Profile
from tests.oracles.tree import tree_of
from tests.random_games import dealt_game

if TYPE_CHECKING:
    from tests.oracles.tree import Node


def random_profile(game: ef.Game, seed: int) -> Profile:
    """Return strategies in which some actions are never taken."""
    weights = np.random.default_rng(seed).integers(0, 3, len(game.action_labels)).astype(float)
    total = np.add.reduceat(weights, game.action_start[:-1])
    width = np.diff(game.action_start)
    uniform = np.repeat(total == 0, width)
    return Profile(
        game, np.where(uniform, 1.0, weights) / np.repeat(np.where(total, total, width), width)
    )


def worth_at(
    game: ef.Game, behaviour: np.ndarray, player: int, infoset: int
) -> tuple[float, float]:
    """Return the sums over an infoset of others' reach times payoff, and of others' reach."""
    parts = []

    def value(node: Node) -> float:
        if node.owner < 0:
            return float(node.payoffs[player - 1])
        chance = behaviour[list(game.actions_of(node.infoset))]
        return sum(p * value(child) for p, child in zip(chance, node.children, strict=True) if p)

    def walk(node: Node, reach: float) -> None:
        if node.owner == player and node.infoset == infoset:
            parts.append((reach, reach * value(node) if reach else 0.0))
        chance = behaviour[list(game.actions_of(node.infoset))] if node.owner >= 0 else []
        for p, child in zip(chance, node.children, strict=True):
            walk(child, reach if node.owner == player else reach * p)

    walk(tree_of(game), 1.0)
    return sum(total for _, total in parts), sum(reach for reach, _ in parts)


def regret_by_trying(
    game: ef.Game, profile: Profile, player: int, infoset: int
) -> tuple[float, float]:
    """Return the regret at an infoset, and the reach of others, by trying all pure strategies."""
    plain = profile.behaviour
    width = np.repeat(np.diff(game.action_start), np.diff(game.action_start))
    others = worth_at(game, plain, player, infoset)[1]
    base = plain if others > 0 else (1 - 1e-6) * plain + 1e-6 / width
    chance = len(game.chance_probabilities)
    mine = np.concatenate([game.actions_of(j) for j in game.infosets_of(player)])
    base = base.copy()
    base[:chance], base[mine] = plain[:chance], plain[mine]
    played, reach = worth_at(game, base, player, infoset)
    best = -np.inf
    for choice in product(*(game.actions_of(j) for j in game.infosets_of(player))):
        other = base.copy()
        other[mine] = 0.0
        other[list(choice)] = 1.0
        best = max(best, worth_at(game, other, player, infoset)[0])
    return (best - played) / reach, others


@pytest.mark.parametrize("seed", [0, 2, 3, 4])
@pytest.mark.parametrize("players", [2, 3])
def test_regrets_are_those_of_all_pure_strategies(seed: int, players: int) -> None:
    """Whether an infoset is reached or not, and whoever else moves."""
    game = dealt_game(seed, players=players)
    profile = random_profile(game, seed)
    table = refinement_regret(game, profile).table
    row = 0
    for player in range(1, players + 1):
        for j in game.infosets_of(player):
            regret, others = regret_by_trying(game, profile, player, j)

            assert table["infoset"][row] == game.infoset_names[j]
            assert table["regret"][row] == pytest.approx(regret, abs=1e-9)
            assert table["others"][row] == pytest.approx(others)
            assert table["trembled"][row] == (others == 0)
            row += 1
    assert row == len(table)


def test_reach_and_means() -> None:
    """Reach is that of the whole profile, and weighs one of the two means."""
    game = ef.instances.entry_game()
    found = refinement_regret(game, Profile(game, [0.75, 0.25, 0.5, 0.5]))

    assert found.table["reach"].tolist() == [1, 0.25]
    assert found.table["others"].tolist() == [1, 0.25]
    assert found.table["regret"].tolist() == [0, 1]  # the entrant gets 0 either way
    assert (found.largest, found.mean, found.mean_by_reach) == (1, 0.5, 0.2)
    assert "mean by reach  0.2" in repr(found)
    assert "Regrets at infosets" in found._repr_html_()


def test_refined_equilibria_regret_little_anywhere() -> None:
    """In Kuhn poker a linear program leaves 2/3 off the path; with trembles of .01 it is .03."""
    game = ef.instances.kuhn()
    plain = ef.optimal_equilibrium(game, "nash_zero_sum").model.eq.solution()
    assert max(plain.regrets().values()) < 1e-9
    for concept in ("perfect_equilibrium", "quasi_perfect_equilibrium"):
        refined = ef.optimal_equilibrium(game, concept).model.eq.solution().profile
        assert refinement_regret(game, refined).largest == pytest.approx(0.03, abs=1e-6)
    for function in (ef.perfect_equilibrium_by_pivoting, ef.quasi_perfect_equilibrium_by_pivoting):
        assert refinement_regret(game, function(game).profile).largest < 1e-5


def test_a_player_without_moves() -> None:
    """Somebody who never moves has no infosets, and nothing to regret."""
    game = ef.instances.persuasion()

    assert set(refinement_regret(game, random_profile(game, 0)).table["player"]) == {
        game.players[0]
    }


def test_trembles_of_ones_own() -> None:
    """Where the others never come, they play what is said: whoever answers may be right or wrong.

    The sender's messages tell the receiver nothing unless mistakes do: with mistakes of one type
    alone a reply is right that is wrong with those of the other.
    """
    game = ef.instances.signaling_game(
        sender=[[[0, 0], [0, 0]], [[0, 0], [0, 0]]], receiver=[[[1, 0], [1, 0]], [[0, 1], [0, 1]]]
    )
    names = list(game.infoset_names)
    behaviour = np.zeros(len(game.action_labels))
    behaviour[: len(game.chance_probabilities)] = 0.5
    for j in range(1, len(names)):
        behaviour[game.actions_of(j)[0]] = 1.0
    regrets = {}
    for erring in game.infosets_of(1):
        shaken = behaviour.copy()
        shaken[list(game.actions_of(erring))] = [0.999, 0.001]
        table = ef.refinement_regret(
            game, Profile(game, behaviour), trembling=Profile(game, shaken)
        ).table
        regrets[erring] = table.loc[table["trembled"], "regret"].tolist()

    assert sorted(regrets.values()) == [[pytest.approx(0)], [pytest.approx(1)]]


@pytest.mark.slow
def test_limits_have_no_regret_for_their_own_trembles() -> None:
    """Leduc's exact perfect equilibrium replies to its own mistakes, and not to uniform ones."""
    game = ef.instances.leduc(raises=1)
    found = ef.quasi_perfect_equilibrium_by_pivoting(game)

    assert not any(found.regrets().values())
    assert ef.refinement_regret(game, found.profile).largest > 0.1
    assert ef.refinement_regret(game, found.profile, trembling=found.trembling).largest < 1e-4
