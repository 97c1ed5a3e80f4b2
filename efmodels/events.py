"""Events of a game: what passes through an infoset, a node or a path, as a number per terminal."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from efmodels.errors import GameError
from efmodels.game import TERMINAL

if TYPE_CHECKING:
    from efmodels.game import Floats, Game, Ints

    Place = str | int | tuple[str, ...]

SHOWN = 8
"""How many names an error lists."""


def terminals_through(game: Game, place: Place, action: str | None = None) -> Floats:
    """Return 1 for every terminal behind a place of the game, or behind an action there, else 0.

    Parameters
    ----------
    game
        The game.
    place
        A text is an infoset of a player, by name, with the player and ``": "`` before it where two
        players have infosets of one name. An integer is a node. A tuple is a path: the actions that
        lead from the root to a node, by name, those of chance among them; ``()`` is the root.
    action
        By name; without it, all that is behind the place counts.

    Returns
    -------
    numpy.ndarray
        Shape ``(terminals,)``, in the order of ``game.terminals``.

    Raises
    ------
    GameError
        There is no such place, or no such action there; or two players have infosets of that name.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.kuhn()
    >>> int(terminals_through(game, "J:kb", "call").sum())
    2
    >>> [int(terminals_through(game, place).sum()) for place in (0, ("J Q",), ("J Q", "bet"))]
    [30, 5, 2]
    """
    nodes = _nodes_at(game, place)
    if action is not None:
        nodes = _after(game, place, nodes, action)
    through = np.zeros(game.nodes)
    through[nodes] = 1.0
    for level in game.levels[1:]:
        through[level] = np.maximum(through[level], through[game.parent[level]])
    result: Floats = through[game.terminals]
    return result


def _nodes_at(game: Game, place: Any) -> Ints:
    """Return the nodes of an infoset, or the one node that is meant."""
    if isinstance(place, str):
        return np.flatnonzero(game.infoset == _infoset_number(game, place))
    if isinstance(place, tuple):
        return np.array([_end_of_path(game, place)])
    if isinstance(place, bool) or not isinstance(place, Integral):
        raise GameError(
            "an event is behind an infoset (its name), a node (its number) or a path (a tuple of "
            f"names of actions); got {place!r}"
        )
    node = int(place)
    if not 0 <= node < game.nodes:
        raise GameError(f"there is no node {node}; the game's are 0 to {game.nodes - 1}")
    return np.array([node])


def _after(game: Game, place: Place, nodes: Ints, action: str) -> Ints:
    """Return the nodes that an action leads to from nodes of one infoset."""
    infoset = int(game.infoset[nodes[0]])
    if infoset == TERMINAL:
        raise GameError(f"the game is over at {place!r}; nobody can choose {action!r} there")
    flat = game.actions_of(infoset)
    names = game.action_names[flat.start : flat.stop]
    if action not in names:
        raise GameError(f"{_called(place)} has no action {action!r}; there are {list(names)}")
    above = np.zeros(game.nodes, dtype=bool)
    above[nodes] = True
    child: Ints = 1 + np.flatnonzero(above[game.parent[1:]])
    there: Ints = child[game.action[child] == names.index(action)]
    return there


def _called(place: Place) -> str:
    if isinstance(place, tuple):
        return f"the node after {list(place)}"
    return f"infoset {place!r}" if isinstance(place, str) else f"node {place}"


def _end_of_path(game: Game, path: tuple[str, ...]) -> int:
    """Return the node that a path of actions leads to."""
    node = 0
    for number, action in enumerate(path):
        before = path[:number]
        node = int(_after(game, before, np.array([node]), action)[0])
    return node


def _infoset_number(game: Game, name: str) -> int:
    """Return the infoset of a player, by name, with ``player: `` before it if need be."""
    players = range(len(game.infosets_of(0)), len(game.infoset_owner))
    owner = {j: game.players[game.infoset_owner[j] - 1] for j in players}
    found = [
        j
        for j in players
        if name in (game.infoset_names[j], f"{owner[j]}: {game.infoset_names[j]}")
    ]
    if len(found) == 1:
        return found[0]
    if found:
        choice = [f"{owner[j]}: {name}" for j in found]
        raise GameError(f"several players have an infoset called {name!r}; say which: {choice}")
    names = [game.infoset_names[j] for j in players]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise GameError(f"no infoset is called {name!r}; there are {names[:SHOWN]}{more}")
