"""Write Gambit's ``.nfg`` files, for games that are a normal form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError
from efmodels.files.gambit_text import outcome_parts, quoted, quoted_list
from efmodels.files.nfg import profile_order
from efmodels.game import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.game import Game


def nfg_text(game: Game) -> str:
    """Return the text of an ``.nfg`` file.

    Every profile has its payoffs, unless outcomes have labels or are missing: then the outcomes
    are listed and every profile has the number of its outcome.

    Raises
    ------
    GameError
        The game is not a normal form, or has labels for which the format has no place.
    """
    for obstacle in _obstacles(game):
        raise GameError(f"an .nfg file cannot hold this game: {obstacle}; write .efg or .json")
    sizes = np.diff(game.action_start).tolist()
    chosen = np.empty(len(game.terminals), dtype=np.int64)
    chosen[profile_order(sizes)] = game.outcome[game.terminals]
    parts = outcome_parts(game)
    if (chosen < 0).any() or any(game.outcome_labels):
        rows = [f"{{ {label} {', '.join(payoffs)} }}" for label, payoffs in parts]
        body = ["{", *rows, "}", " ".join(str(k + 1) for k in chosen.tolist())]
    else:
        body = [" ".join(parts[k][1]) for k in chosen.tolist()]
    strategies = [
        quoted_list(game.action_labels[i] for i in game.actions_of(j)) for j in range(len(sizes))
    ]
    header = f"NFG 1 R {quoted(game.title)} {quoted_list(game.player_labels)}"
    return "\n".join([header, f"{{ {' '.join(strategies)} }}", quoted(game.comment), "", *body, ""])


def _obstacles(game: Game) -> Iterator[str]:
    """Yield what keeps the game from being a normal form."""
    players = len(game.player_labels)
    if game.infoset_owner.tolist() != list(range(1, players + 1)) or not players:
        yield "it has a chance move, or a player who does not have exactly one infoset"
    owners = [*range(1, players + 1), TERMINAL]
    levels = game.levels
    if len(levels) != len(owners) or any(
        (game.owner[level] != owner).any() for level, owner in zip(levels, owners, strict=True)
    ):
        yield "its players do not move one after another, each once on every path"
    if (game.outcome[game.owner != TERMINAL] >= 0).any():
        yield "it has payoffs before the end"
    if any(game.infoset_labels) or game.node_labels:
        yield "its infosets or nodes have labels"
