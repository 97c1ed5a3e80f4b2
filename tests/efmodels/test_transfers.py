"""Transfers: who pays what where, what the designer knows of it, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import efmodels as ef
from efmodels import with_transfers
from tests.random_games import random_game

if TYPE_CHECKING:
    from efmodels import PricedGame


def some_transfers(seed: int) -> tuple[ef.Game, dict[str, Any]]:
    """Return a random game and bounds for the players but the first, half of them fixed."""
    generator = np.random.default_rng(seed)
    game = random_game(seed, players=3, nodes=9)
    bounds = {}
    for player in game.players[1:]:
        low = generator.integers(-2, 2, size=len(game.terminals))
        wide = generator.integers(0, 2, size=len(game.terminals))
        bounds[player] = np.column_stack([low, low + wide])
    return game, bounds


def own_history(game: ef.Game, node: int) -> tuple[tuple[int, int], ...]:
    """Return the infosets and actions of the owner of a node before it."""
    path, owner = [], game.owner[node]
    while (above := int(game.parent[node])) >= 0:
        if game.owner[above] == owner:
            path.append((int(game.infoset[above]), int(game.action[node])))
        node = above
    return tuple(reversed(path))


@pytest.mark.parametrize("seed", range(20))
class TestRandomGames:
    """Random bounds, different at every terminal, below 0 as well."""

    def test_payoffs(self, seed: int) -> None:
        """Who pays loses it, and the designer gains it; all combinations of bounds are there."""
        game, bounds = some_transfers(seed)
        priced = with_transfers(game, designer="P1", transfers=bounds)

        assert np.allclose(priced.game.payoffs, game.payoffs[priced.terminal] - priced.paid)
        assert priced.paid.sum(axis=1).tolist() == [0] * len(priced.paid)
        for position in range(len(game.terminals)):
            grids = [dict.fromkeys(bounds[player][position].tolist()) for player in bounds]
            paid = priced.paid[priced.terminal == position, 1:].tolist()
            assert paid == [list(amounts) for amounts in product(*grids)]

    def test_plays(self, seed: int) -> None:
        """The moves of the game come first, as they were; nobody forgets anything."""
        game, bounds = some_transfers(seed)
        priced = with_transfers(game, designer="P1", transfers=bounds)

        assert priced.game.has_perfect_recall
        for z, position in zip(priced.game.terminals.tolist(), priced.terminal, strict=True):
            before = game.history(int(game.terminals[position]))
            assert priced.game.history(z)[: len(before)] == before
            assert all("pays" in word for word in priced.game.history(z)[len(before) :])

    def test_the_designer_learns_only_the_bounds(self, seed: int) -> None:
        """Decisions are one infoset if own moves, player and bounds are the same, and only then."""
        game, bounds = some_transfers(seed)
        priced = with_transfers(game, designer="P1", transfers=bounds)
        places = money_nodes(priced)
        known = {
            (
                own_history(priced.game, node),
                tuple(priced.game.action_names[a] for a in priced.game.actions_of(infoset)),
                infoset,
            )
            for node, infoset in places
        }

        assert {infoset for _, infoset in places} == set(priced.infosets.tolist())
        assert len({(history, actions) for history, actions, _ in known}) == len(known)
        assert len({infoset for *_, infoset in known}) == len(known)

    def test_without_money_nothing_happens(self, seed: int) -> None:
        """Bounds of 0 leave the game as it is."""
        game, bounds = some_transfers(seed)
        nothing = dict.fromkeys(bounds, (0, 0))
        priced = with_transfers(game, designer="P1", transfers=nothing)

        assert priced.game == game
        assert priced.terminal.tolist() == list(range(len(game.terminals)))
        assert not priced.paid.any()
        assert not len(priced.infosets)


def money_nodes(priced: PricedGame) -> list[tuple[int, int]]:
    """Return the nodes whose actions are payments, with their infosets."""
    game = priced.game
    return [
        (node, int(game.infoset[node]))
        for node in range(game.nodes)
        if game.owner[node] > 0
        and "pays" in game.action_names[game.actions_of(int(game.infoset[node]))[0]]
    ]


def test_fixed_amounts_are_paid() -> None:
    """Where low is high there is no decision, but the amount changes hands."""
    game = ef.Game.from_matrices([[1, 2]], [[3, 4]])
    priced = with_transfers(game, designer="P1", transfers={"P2": (1, 1)})

    assert priced.game.payoffs.tolist() == [[2, 2], [3, 3]]
    assert priced.game.nodes == game.nodes
    assert priced.paid.tolist() == [[-1, 1], [-1, 1]]


def test_numbers_stay_exact() -> None:
    """Texts and fractions are kept, beside the exact payoffs of the game."""
    game = ef.instances.single_item_auction(values=(("1/3",), ("2/3",)), prices=(0,))
    bounds = np.full((len(game.terminals), 2), Fraction(0), dtype=object)
    bounds[:, 1] = Fraction(1, 3)
    priced = with_transfers(
        game, designer="Auctioneer", transfers={"P2": bounds, "P1": ("-1/7", 0)}
    )
    z = int(priced.game.terminals[1])

    assert priced.game.is_exact
    assert priced.game.history(z)[-2:] == ("P1 pays -1/7", "P2 pays 1/3")
    assert priced.game.exact_payoffs(z) == (Fraction(1, 7), -Fraction(1, 3), Fraction(4, 21))


def test_names_say_what_was_decided() -> None:
    """An infoset about money names the last move, the payments decided before, and the bounds."""
    game = ef.Game.from_dict(
        {
            "player": "S",
            "infoset": "s",
            "actions": {"l": {"payoffs": [0, 0, 0]}, "r": {"payoffs": [0, 0, 0]}},
        },
        players=["S", "A", "B"],
    )
    priced = with_transfers(
        game, designer="S", transfers={"B": [[0, 2], [0, 0]], "A": [[0, 1], [-1, 1]]}
    )

    assert [priced.game.infoset_names[j] for j in priced.infosets] == [
        "s:l; A pays 0 or 1",
        "s:l; A pays 0; B pays 0 or 2",
        "s:l; A pays 1; B pays 0 or 2",
        "s:r; A pays -1 or 1",
    ]


def test_floats_and_labels_of_outcomes() -> None:
    """Outcomes keep their labels where a fixed amount is added to them."""
    text = 'EFG 2 R "x" { "A" "B" } p "" 1 1 "s" { "l" "r" } 0 t "" 1 "left" { 1, 2 } t "" 2 "" {}'
    game = ef.loads(text.replace("{}", "{ 0, 0 }"), format="efg")
    bounds = np.array([[0.5, 0.5], [0.25, 1.0]])
    priced = with_transfers(game, designer="A", transfers={"B": bounds})

    assert priced.game.outcome_labels[0] == "left"
    assert priced.game.payoffs.tolist() == [[1.5, 1.5], [0.25, -0.25], [1, -1]]
    assert [priced.game.infoset_names[j] for j in priced.infosets] == ["s:r; B pays 0.25 or 1.0"]


@pytest.mark.parametrize(
    ("designer", "transfers", "message"),
    [
        ("Boss", {}, "no player is called 'Boss'"),
        ("P1", {"P3": (0, 1)}, "no player is called 'P3'"),
        ("P1", {"P1": (0, 1)}, "'P1' is the designer and cannot pay herself"),
        ("P1", [("P2", 0, 1)], r"transfers are given as \{player: \(low, high\)\} .*; got \[\("),
        ("P1", {"P2": 1}, r"'P2' must be a pair .* shape \(4, 2\), .*; got one of shape \(\)"),
        ("P1", {"P2": [[0, 1]] * 3}, r"got one of shape \(3, 2\)"),
        ("P1", {"P2": (1, 0)}, r"'P2' must have finite bounds with low <= high; got \(1, 0\)"),
        ("P1", {"P2": (0, float("inf"))}, r"finite bounds .* got \(0, inf\)"),
        ("P1", {"P2": ("cheap", 1)}, "'cheap' is not a number"),
    ],
)
def test_what_is_refused(designer: str, transfers: Any, message: str) -> None:
    """What was given is named, with what was expected."""
    game = ef.Game.from_matrices([[1, 2], [3, 4]], [[1, 2], [3, 4]])
    with pytest.raises(ef.GameError, match=message):
        with_transfers(game, designer=designer, transfers=transfers)
