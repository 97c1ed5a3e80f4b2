"""A follower of several types, as arrays, and the game of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from efmodels.builder import GameBuilder
from efmodels.errors import GameError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.game import Floats, Game

TOLERANCE = 1e-9
"""How far the sum of the probabilities may be from one."""

TABLES = 3
"""Axes of an array of payoffs."""


@dataclass(frozen=True, eq=False)
class FollowerTypes:
    """A leader with one move against a follower with one move, whose type she does not know.

    Parameters
    ----------
    prior
        Probability of each type, above 0; shape ``(types,)``.
    leader, follower
        What either gets, by type, action of the leader and action of the follower; shape
        ``(types, actions, replies)``.

    Raises
    ------
    GameError
        The prior is no distribution, or shapes do not fit together.

    Examples
    --------
    >>> types = FollowerTypes([0.5, 0.5], [[[1, 0]], [[0, 1]]], [[[2, 0]], [[0, 2]]])
    >>> game = types.game()
    >>> game.players, [game.infoset_names[j] for j in game.infosets_of(2)]
    (('Leader', 'Follower'), ['type 1', 'type 2'])
    """

    prior: Floats
    leader: Floats
    follower: Floats

    def __post_init__(self) -> None:
        """Turn the arguments into arrays and check them."""
        for field in ("prior", "leader", "follower"):
            object.__setattr__(self, field, _array(field, getattr(self, field)))
        if self.prior.ndim != 1 or (self.prior <= 0).any() or abs(self.prior.sum() - 1) > TOLERANCE:
            raise GameError(
                "prior must be probabilities above 0 that add up to 1, one for each type; got "
                f"{self.prior.tolist()}"
            )
        shapes = self.leader.shape, self.follower.shape
        if len(shapes[0]) != TABLES or shapes[0] != shapes[1] or shapes[0][0] != len(self.prior):
            raise GameError(
                f"leader and follower must have shape (types, actions, replies), with "
                f"{len(self.prior)} types as the prior; got {shapes[0]} and {shapes[1]}"
            )

    def game(self) -> Game:
        """Return the tree: chance draws the type, the leader moves, the follower moves.

        Infosets of the follower are called ``type 1``, ``type 2``, ...; actions ``1``, ``2``, ...
        """
        types, actions, replies = self.leader.shape
        build = GameBuilder(["Leader", "Follower"], title="A follower of unknown type")
        names = [str(k + 1) for k in range(max(types, actions, replies))]
        root = build.chance(dict(zip(names, self.prior.tolist(), strict=False)))
        for t in range(types):
            node = build.decision("Leader", "Leader_1", names[:actions], below=(root, names[t]))
            for i in range(actions):
                here = (node, names[i])
                reply = build.decision("Follower", f"type {names[t]}", names[:replies], below=here)
                for j in range(replies):
                    payoffs = [float(self.leader[t, i, j]), float(self.follower[t, i, j])]
                    build.terminal(payoffs, below=(reply, names[j]))
        return build.game()


def _array(name: str, given: ArrayLike) -> Floats:
    try:
        array = np.array(given, dtype=float)
    except (TypeError, ValueError):
        raise GameError(f"{name} must be an array of numbers; got {given!r}") from None
    if not np.isfinite(array).all():
        raise GameError(f"{name} has an entry that is no finite number")
    array.setflags(write=False)
    return array
