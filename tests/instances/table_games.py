"""Games to replay: each with one set of parameters for the generator and for the rules."""

from __future__ import annotations

from fractions import Fraction
from functools import cache, partial
from typing import TYPE_CHECKING

from efmodels.instances import (
    EIGHT_PLACES,
    SEVEN_PLACES,
    battleship,
    goofspiel,
    ride_sharing,
    sheriff,
    tricks,
)
from tests.oracles.tables.naval import replay_battleship
from tests.oracles.tables.prize_bidding import replay_goofspiel
from tests.oracles.tables.ride_hailing import replay_ride_sharing
from tests.oracles.tables.smuggling import replay_sheriff
from tests.oracles.tables.trick_taking import replay_tricks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from efmodels import Game
    from tests.oracles.tables.table import TableReplay

    Number = Fraction | int | float
    Pair = tuple[Callable[[], Game], Callable[[Sequence[str]], TableReplay]]

TRIANGLE = ((0, 1), (1, 2), (2, 0))
PATH = ((0, 1), (1, 2), (2, 3))


def _battleship(height: int, width: int, shots: int, **rules: Any) -> Pair:
    values = rules.pop("values", (1,) * len(rules.get("ships", (1,))))
    return (
        partial(battleship, height, width, shots, values=values, **rules),
        partial(replay_battleship, board=(height, width), shots=shots, values=values, **rules),
    )


def _sheriff(items: int, bribe: int, rounds: int, rates: tuple[Number, Number, Number]) -> Pair:
    value, penalty, compensation = rates
    return (
        lambda: sheriff(
            items, bribe, rounds, value=value, penalty=penalty, compensation=compensation
        ),
        partial(replay_sheriff, items=items, bribe=bribe, rounds=rounds, rates=rates),
    )


def _goofspiel(players: int, cards: int, **rules: str) -> Pair:
    return (
        partial(goofspiel, players, cards, **rules),
        partial(replay_goofspiel, players=players, cards=cards, **rules),
    )


def _rides(roads: Sequence[tuple[int, int]], times: int, rewards: Sequence[Number]) -> Pair:
    return (
        partial(ride_sharing, roads, times, rewards=rewards),
        partial(replay_ride_sharing, roads=roads, times=times, rewards=rewards),
    )


def _tricks(ranks: int, dummy: Sequence[str]) -> Pair:
    return partial(tricks, ranks, dummy), partial(replay_tricks, ranks=ranks, dummy=dummy)


TABLE_GAMES: dict[str, Pair] = {
    "battleship 2x2": _battleship(2, 2, 2),
    "battleship 1x3, zero-sum": _battleship(1, 3, 3, loss_multiplier=1),
    "battleship 3x1, ship of 2 and of 1": _battleship(
        3, 1, 2, ships=(1, 2), values=(3, Fraction(1, 2)), loss_multiplier=Fraction(3, 2)
    ),
    "battleship 2x2, two ships": _battleship(
        2, 2, 2, ships=(2, 1), values=(0.5, 4), loss_multiplier=1
    ),
    "battleship 1x3, equal ships": _battleship(1, 3, 3, ships=(1, 1), values=(1, 2)),
    "battleship 1x3, repeated shots": _battleship(
        1, 3, 3, ships=(2,), loss_multiplier=0, repeated_shots=True
    ),
    "battleship 1x3, repeated shots at two ships": _battleship(
        1, 3, 3, ships=(1, 2), values=(1, 5), repeated_shots=True
    ),
    "battleship 1x2, more shots than cells": _battleship(1, 2, 5),
    "sheriff": _sheriff(10, 2, 2, (5, 1, 1)),
    "sheriff, other rates": _sheriff(3, 3, 2, (1, Fraction(2, 3), 3)),
    "sheriff, one round": _sheriff(4, 1, 1, (2.5, 0, 0)),
    "sheriff, nothing to bribe with": _sheriff(2, 0, 3, (1, 2, 3)),
    "sheriff, nothing to smuggle": _sheriff(0, 2, 2, (5, 1, 1)),
    "goofspiel": _goofspiel(2, 3),
    "goofspiel, bids": _goofspiel(2, 3, observed="bids"),
    "goofspiel, discard": _goofspiel(2, 3, ties="discard"),
    "goofspiel, bids, discard": _goofspiel(2, 3, observed="bids", ties="discard"),
    "goofspiel, ascending": _goofspiel(2, 4, prizes="ascending"),
    "goofspiel, descending, bids": _goofspiel(2, 4, prizes="descending", observed="bids"),
    "goofspiel, 3 players": _goofspiel(3, 3),
    "goofspiel, 3 players, bids, discard": _goofspiel(3, 3, observed="bids", ties="discard"),
    "goofspiel, 3 players, descending": _goofspiel(3, 3, ties="discard", prizes="descending"),
    "goofspiel, 4 players": _goofspiel(4, 2),
    "goofspiel, 1 card": _goofspiel(3, 1),
    "rides, triangle": _rides(TRIANGLE, 4, (1, 2, 4)),
    "rides, path": _rides(PATH, 5, (1, 2, 4, 8)),
    "rides, seven places": _rides(SEVEN_PLACES, 3, (1, 2, 4, 8, 16, 32, 64)),
    "rides, eight places": _rides(EIGHT_PLACES, 2, (1, 0.5, Fraction(1, 3), 0, 2, 3, 5, 7)),
    "rides, two maps beside each other": _rides(((0, 1), (3, 2)), 3, (1, 2, 4, 8)),
    "tricks, 1 rank": _tricks(1, ("2H",)),
    "tricks, 2 ranks": _tricks(2, ("2H", "2S")),
    "tricks, 2 ranks, a dummy without trumps": _tricks(2, ("3D", "2C")),
    "tricks, 2 ranks, a dummy with all trumps": _tricks(2, ("3S", "2S")),
}


@cache
def table_game(name: str) -> tuple[Game, dict[int, TableReplay]]:
    """Return a game, and the replay of the path to each of its terminals."""
    make, replay = TABLE_GAMES[name]
    game = make()
    return game, {node: replay(game.history(node)) for node in game.terminals.tolist()}


def path_to(game: Game, node: int) -> list[int]:
    """Return the nodes from the root to a node, without it."""
    nodes = []
    while (node := int(game.parent[node])) >= 0:
        nodes.append(node)
    return nodes[::-1]
