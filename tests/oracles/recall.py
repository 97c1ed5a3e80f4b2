"""Perfect recall, by writing down what each player did and knew before every node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracles.tree import tree_of

if TYPE_CHECKING:
    from efmodels import Game
    from tests.oracles.tree import Node

    History = tuple[tuple[int, int], ...]


def forgetful_infosets(game: Game) -> set[int]:
    """Return the infosets whose owner arrives there after different moves of her own."""
    seen: dict[int, set[History]] = {}
    _note(tree_of(game), {}, seen)
    return {infoset for infoset, histories in seen.items() if len(histories) > 1}


def _note(node: Node, own: dict[int, History], seen: dict[int, set[History]]) -> None:
    mine = own.get(node.owner, ())
    if node.owner > 0:
        seen.setdefault(node.infoset, set()).add(mine)
    for a, child in enumerate(node.children):
        after = {node.owner: (*mine, (node.infoset, a))} if node.owner > 0 else {}
        _note(child, own | after, seen)
