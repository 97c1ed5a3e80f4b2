"""Random games in which chance tells two players something each, and both move in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels import GameBuilder

if TYPE_CHECKING:
    from efmodels import Game


def typed_game(seed: int) -> Game:
    """Return a game in which players learn their types and then make two or three moves.

    Types may be private, public, or nothing; each move is seen by the other player or not.
    """
    generator = np.random.default_rng(seed)
    states = int(generator.integers(2, 5))
    types = generator.integers(0, int(generator.integers(1, 3)) + 1, size=(states, 2))
    order = [0, 1, *generator.integers(0, 2, size=int(generator.integers(0, 2)))]
    seen = generator.random(len(order)) < 0.4
    builder = GameBuilder(["P1", "P2"])
    root = builder.chance({f"s{k}": f"1/{states}" for k in range(states)})
    for k in range(states):
        open_nodes = [((root, f"s{k}"), tuple(f"t{t}" for t in types[k].tolist()))]
        for mover, public in zip(order, seen, strict=True):
            longer = []
            for below, known in open_nodes:
                node = builder.decision(f"P{mover + 1}", known[mover], ["l", "r"], below=below)
                for action in ("l", "r"):
                    told = tuple(
                        f"{text}/{action}"
                        if who == mover
                        else f"{text}.{action}"
                        if public
                        else text
                        for who, text in enumerate(known)
                    )
                    longer.append(((node, action), told))
            open_nodes = longer
        for below, _ in open_nodes:
            builder.terminal(generator.integers(-3, 4, 2).tolist(), below=below)
    return builder.game()
