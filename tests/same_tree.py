"""Compare two games that may deal their cards in another order, by what equilibria depend on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.game import CHANCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from efmodels.game import Game

_DIGITS = 10


class TreeFacts(NamedTuple):
    """What stays the same when chance moves are split, merged or arranged in another way.

    ``leaves`` counts the terminals that agree in their payoffs, in chance's probability of them,
    and in how many actions each player had at each of her moves on the path.
    """

    infosets: tuple[int, ...]
    sequences: tuple[int, ...]
    leaves: Counter[tuple[object, ...]]


def tree_facts(game: Game, fewest: int = 1) -> TreeFacts:
    """Return infosets and sequences per player, and the terminals as a multiset.

    Only infosets with at least ``fewest`` actions count: 2 leaves out forced moves, which some
    programs make for the players.
    """
    players = range(1, len(game.players) + 1)
    actions = np.diff(game.action_start)
    sizes = [actions[list(game.infosets_of(k))] for k in players]
    return TreeFacts(
        infosets=tuple(int((size >= fewest).sum()) for size in sizes),
        sequences=tuple(1 + int(size[size >= fewest].sum()) for size in sizes),
        leaves=Counter(_leaves(game, actions.tolist(), fewest)),
    )


def _leaves(game: Game, actions: list[int], fewest: int) -> Iterator[tuple[object, ...]]:
    """Yield payoffs, chance's probability and the numbers of actions for each terminal."""
    probability, owner, infoset = game.probability, game.owner.tolist(), game.infoset.tolist()
    reach = [1.0]
    choices: list[tuple[tuple[int, int], ...]] = [()]
    for node, parent in enumerate(game.parent.tolist()[1:], start=1):
        reach.append(reach[parent] * float(probability[node]))
        mover, size = owner[parent], actions[infoset[parent]]
        counts = mover != CHANCE and size >= fewest
        choices.append((*choices[parent], (mover, size)) if counts else choices[parent])
    # Adding zero turns -0.0 into 0.0.
    rows = (game.payoffs.round(_DIGITS) + 0.0).tolist()
    for payoffs, node in zip(rows, game.terminals.tolist(), strict=True):
        yield (*payoffs, round(reach[node], _DIGITS), choices[node])
