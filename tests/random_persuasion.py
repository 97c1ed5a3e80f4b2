"""Seeded random persuasion of two receivers, and the same with an announcement before they move."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels import Game
from tests.oracles.design import chances, ends

if TYPE_CHECKING:
    Branch = dict[str, Any]

PLAYERS = ("First", "Second", "Sender")


def random_persuasion(seed: int) -> Game:
    """Return two or three states, and two receivers who see neither them nor each other's move.

    Each has two or three actions, and all payoffs depend on the state and both actions; the sender
    has no move.
    """
    generator = np.random.default_rng(seed)
    states, first, second = (int(generator.choice([2, 3])) for _ in range(3))
    weights = generator.integers(1, 5, states).tolist()
    prior = {f"s{k}": Fraction(w, sum(weights)) for k, w in enumerate(weights)}
    table = generator.integers(-4, 5, (states, first, second, 3)).tolist()

    def moves(state: int, *done: int) -> Branch:
        if len(done) == 2:
            return {"payoffs": table[state][done[0]][done[1]]}
        width, letter = ((first, "a"), (second, "b"))[len(done)]
        actions = {f"{letter}{k}": moves(state, *done, k) for k in range(width)}
        return {"player": PLAYERS[len(done)], "infoset": "moves", "actions": actions}

    tree = {"chance": prior, "actions": {f"s{k}": moves(k) for k in range(states)}}
    return Game.from_dict(tree, players=list(PLAYERS))


def with_announcement(game: Game, *, seen: bool = False) -> Game:
    """Return the same with one more move: the sender announces what everybody will do.

    Nobody sees the announcement, unless ``seen`` says so; it changes no payoff.
    """
    prior, payoff = chances(game), ends(game)
    receivers = game.players[:-1]
    profiles = sorted({h[1:] for h in payoff})
    widths = [sorted({a[k] for a in profiles}) for k in range(len(receivers))]

    def moves(state: str, said: str, *done: str) -> Branch:
        if len(done) == len(receivers):
            return {"payoffs": payoff[state, *done]}
        actions = {a: moves(state, said, *done, a) for a in widths[len(done)]}
        infoset = said if seen else "moves"
        return {"player": receivers[len(done)], "infoset": infoset, "actions": actions}

    def announcement(state: str) -> Branch:
        actions = {"-".join(a): moves(state, "-".join(a)) for a in product(*widths)}
        return {"player": game.players[-1], "infoset": "announces", "actions": actions}

    tree = {"chance": prior, "actions": {state: announcement(state) for state in prior}}
    return Game.from_dict(tree, players=list(game.players))


def disagreements(game: Game) -> np.ndarray:
    """Return 1 for the terminals of such a game at which somebody did what was not announced."""
    histories = map(game.history, game.terminals.tolist())
    return np.array([float("-".join(done) != said) for _, said, *done in histories])
