"""Pursuit and evasion: who sees which tracks, when the attacker is caught, and known values."""

from __future__ import annotations

import pytest

import efmodels as ef
from efmodels import Game
from efmodels.instances import pursuit_evasion

# One unit that may step between B and the lane S -> A -> T.
LANE = {"S": ("A",), "A": ("T",), "B": ("A",)}


def lane(steps: int) -> Game:
    """Return the smallest instance, with one unit that starts beside the lane."""
    return pursuit_evasion(LANE, "S", {"T": (2, -2)}, zones=[("B", "A")], steps=steps)


def infosets(game: Game, seat: int) -> list[str]:
    """Return the names of a player's infosets."""
    return sorted(game.infoset_names[j] for j in game.infosets_of(seat))


def defender_sees(game: Game, *path: str) -> str:
    """Return the defender's infoset after the actions of a path."""
    node = 0
    for label in path:
        j = int(game.infoset[node])
        names = [game.action_names[a] for a in game.actions_of(j)]
        action = names.index(label)
        node = next(
            h for h in range(node, game.nodes) if (game.parent[h], game.action[h]) == (node, action)
        )
    assert game.owner[node] == 2
    return game.infoset_names[int(game.infoset[node])]


def test_infosets_of_the_smallest() -> None:
    """The attacker knows her walk; the defender his own, and the tracks where his unit stands."""
    game = lane(3)

    assert infosets(game, 1) == ["S", "S A", "S A erase", "S erase", "S erase A", "S erase erase"]
    assert infosets(game, 2) == [
        "B",
        "B, A",
        "B, A, A",
        "B, A, B",
        "B, B",
        "B, B, A",
        "B, B, B",
    ]
    game.require_perfect_recall()


def test_tracks_can_be_erased() -> None:
    """Whoever walks on leaves a track; whoever pauses before does not."""
    game = pursuit_evasion(steps=4)
    waits = ["A2 B1"]

    walked = defender_sees(game, "A1", *waits, "B2", "A1 B1", "erase")
    paused = defender_sees(game, "A1", *waits, "erase", *waits, "B2", "A1 B1", "erase")

    assert walked == "A1 B1, A2 B1, A1* B1"
    assert paused == "A1 B1, A2 B1, A2 B1, A1 B1"


def test_start_bears_a_track() -> None:
    """A unit that comes to the start after the attacker left it sees her track."""
    game = pursuit_evasion({"S": ("A",), "A": ("T",)}, "S", {"T": (1, -1)}, [("S",)], 2)

    assert infosets(game, 2) == ["S*", "S*, S*"]


def play(path: list[str]) -> tuple[float, float]:
    """Follow the rules of the default game along the labels of a path, and return the payoffs."""
    place, units = "S", ["A1", "B1"]
    for move, patrol in zip(path[::2], path[1::2], strict=True):
        came_from, place = place, place if move == "erase" else move
        stood, units = units, patrol.split()
        crossed = move != "erase" and any(
            (old, new) == (place, came_from) for old, new in zip(stood, units, strict=True)
        )
        if place in units or crossed:
            return -1, 1
    return {"T1": (3, -4), "T2": (4, -3)}.get(place, (0, 0))


def test_payoffs() -> None:
    """At every terminal the payoffs are those of the rules played again; nothing ends at random."""
    game = pursuit_evasion()
    for node in game.terminals.tolist():
        path = list(game.history(node))

        assert game.exact_payoffs(node) == play(path)
        assert len(path) == 6 or play(path) != (0, 0)


@pytest.mark.parametrize(("first", "second"), [(3, 4), (4, 6), (6, 9)])
def test_value_of_two_guesses(first: int, second: int) -> None:
    """With zero-sum payoffs the default is two rounds of matching pennies, one after the other."""
    targets = {"T1": (first, -first), "T2": (second, -second)}
    through_second_zone = (first * second - 1) / (first + second + 2)

    found = ef.optimal_equilibrium(pursuit_evasion(targets=targets), "nash_zero_sum")

    assert found.value == pytest.approx((through_second_zone - 1) / 2, abs=1e-9)


def test_passing_on_an_edge() -> None:
    """A unit that goes from A to S meets an attacker who goes from S to A."""
    game = pursuit_evasion(
        {"S": ("A",), "A": ("T",)}, "S", {"T": (1, -1)}, zones=[("A", "S")], steps=1
    )
    outcomes = {tuple(game.history(h)): game.exact_payoffs(h) for h in game.terminals.tolist()}

    assert outcomes == {
        ("A", "A"): (-1, 1),
        ("A", "S"): (-1, 1),
        ("erase", "A"): (0, 0),
        ("erase", "S"): (-1, 1),
    }


def test_any_number_of_units() -> None:
    """Three zones of one node are three units that stand still."""
    game = pursuit_evasion(zones=[["A1"], ["B1"], ["B2"]], steps=1)

    assert infosets(game, 2) == ["A1 B1 B2"]
    assert {game.history(node)[1] for node in game.terminals.tolist()} == {"A1 B1 B2"}
