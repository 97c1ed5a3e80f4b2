"""Write Gambit's ``.efg`` files."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from efmodels.files.exact import number_text
from efmodels.files.gambit_text import outcome_parts, quoted, quoted_list
from efmodels.game import CHANCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.game import Game

_TERMINAL = "t"


def efg_text(game: Game) -> str:
    """Return the text of an ``.efg`` file; every node repeats its infoset and its outcome in full.

    Raises
    ------
    GameError
        A label ends in a backslash, or two outcomes would be read as one.
    """
    kinds, moves = zip(*_moves(game), (_TERMINAL, ""), strict=True)
    outcomes = [
        f" {k} {label} {{ {', '.join(payoffs)} }}"
        for k, (label, payoffs) in enumerate(outcome_parts(game), start=1)
    ]
    outcomes.append(" 0")  # position -1: no outcome
    columns = zip(game.infoset.tolist(), game.outcome.tolist(), strict=True)
    if game.node_labels:
        nodes = [
            f"{kinds[j]} {quoted(label)}{moves[j]}{outcomes[k]}"
            for label, (j, k) in zip(game.node_labels, columns, strict=True)
        ]
    else:
        heads = [f'{kind} ""{move}' for kind, move in zip(kinds, moves, strict=True)]
        nodes = [heads[j] + outcomes[k] for j, k in columns]
    header = f"EFG 2 R {quoted(game.title)} {quoted_list(game.player_labels)}"
    return "\n".join([header, quoted(game.comment), "", *nodes, ""])


def _moves(game: Game) -> Iterator[tuple[str, str]]:
    """Yield, for every infoset, ``c`` or ``p`` and what follows the node's label."""
    count = [0] * (len(game.player_labels) + 1)
    actions = [quoted(label) for label in game.action_labels]
    for j, (start, end) in enumerate(pairwise(game.action_start.tolist())):
        owner = int(game.infoset_owner[j])
        count[owner] += 1
        label = quoted(game.infoset_labels[j])
        if owner == CHANCE:
            odds = map(number_text, game.chance_probabilities[start:end])
            pairs = [f"{a} {p}" for a, p in zip(actions[start:end], odds, strict=True)]
            yield "c", f" {count[owner]} {label} {{ {' '.join(pairs)} }}"
        else:
            yield "p", f" {owner} {count[owner]} {label} {{ {' '.join(actions[start:end])} }}"
