"""What a deviator knows of where she is: infosets, split by what she sees and hears on the way.

Who spies or overhears knows more than the game lets her know, but she cannot say so: a report is an
infoset of the game. So there are two ways to number infosets and sequences, and this module makes
the second: a *refined* infoset is that part of an infoset of the game, its *base*, in which the
deviator has witnessed the same moves.

All but her are obedient while she deviates. The advice that she has overheard is therefore what the
others did, and like the moves of chance it can be read off the path to a node.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from efmodels.game import CHANCE
from efmodels.mediator.memories import MessageTree
from efmodels.mediator.transcripts import Transcripts

if TYPE_CHECKING:
    from efmodels.game import Game, Ints
    from efmodels.mediator.concept import Concept

_NOBODY = -2


def own_infosets(transcripts: Transcripts, concept: Concept) -> Transcripts:
    """Return the infosets and sequences of deviators of a concept.

    Parameters
    ----------
    transcripts
        The game's infosets and sequences.
    concept
        What deviators see and hear.

    Returns
    -------
    Transcripts
        The same if they see and hear nothing beyond their infosets.
    """
    if concept.spies == "nothing" and concept.overhears == "nothing":
        return transcripts
    return RefinedInfosets(transcripts.game, transcripts, concept)


def first_of_equal_draws(game: Game) -> Ints:
    """Return for each node the first one before which chance has made the same moves.

    Examples
    --------
    >>> import efmodels as ef
    >>> first_of_equal_draws(ef.instances.car_sale()).tolist()
    [0, 1, 1, 1, 4, 4, 4]
    """
    known = _Moves(game).witnessed([CHANCE], _NOBODY)
    _, first, which = np.unique(known, return_index=True, return_inverse=True)
    result: Ints = first[which]
    return result


@dataclass(frozen=True, eq=False)
class RefinedInfosets(Transcripts):
    """The infosets of all players, each as she knows it when she is the deviator.

    The numbers of the parts of an infoset follow each other, in the order of the game's infosets.

    Parameters
    ----------
    game
        With perfect recall.
    plain
        Its own infosets and sequences.
    concept
        What deviators see and hear.
    """

    plain: Transcripts
    concept: Concept

    @cached_property
    def at_node(self) -> Ints:
        """Refined infoset of each node, negative where no player moves."""
        return self._parts[0]

    @cached_property
    def infosets(self) -> int:
        """Number of refined infosets."""
        return len(self.base)

    @cached_property
    def base(self) -> Ints:
        """The infoset of the game that each refined one is a part of."""
        return self.plain.at_node[self._parts[1]]

    @cached_property
    def base_sequence(self) -> Ints:
        """The sequence of the game that each refined one is a part of."""
        infoset = self.infoset[1:]
        action = np.arange(1, self.sequences) - self.first[infoset]
        return np.concatenate(([0], self.plain.first[self.base[infoset]] + action))

    @cached_property
    def first(self) -> Ints:
        """First sequence of each refined infoset, and the number of sequences."""
        return np.concatenate(([1], 1 + np.cumsum(self.plain.width[self.base])))

    @cached_property
    def owner(self) -> Ints:
        """Player of each refined infoset, from 1."""
        return self.plain.owner[self.base]

    def witnessed(self, infoset: int) -> tuple[str, ...]:
        """Return the names of the moves that were seen and heard of before a refined infoset."""
        node = int(self._parts[1][infoset])
        return self._moves.names(int(self._known[self.owner[infoset]][node]))

    @cached_property
    def _moves(self) -> _Moves:
        return _Moves(self.game)

    @cached_property
    def _known(self) -> list[Ints]:
        """What each player has witnessed before each node; nothing for chance."""
        players = range(1, len(self.game.players) + 1)
        known: list[Ints] = [np.zeros(self.game.nodes, dtype=np.int64)]
        for player in players:
            owners = [CHANCE] if self.concept.spies == "chance" else []
            if self.concept.overhears == "everything":
                owners += [other for other in players if other != player]
            known.append(self._moves.witnessed(owners, player))
        return known

    @cached_property
    def _parts(self) -> tuple[Ints, Ints]:
        """The refined infoset of each node, and a node of each refined infoset."""
        plain = self.plain.at_node
        here = np.flatnonzero(plain >= 0)
        known = np.array(self._known)[self.plain.owner[plain[here]], here]
        code = plain[here] * (int(known.max(initial=0)) + 1) + known
        _, first, which = np.unique(code, return_index=True, return_inverse=True)
        at_node = np.full(self.game.nodes, -1, dtype=np.int64)
        at_node[here] = which
        return at_node, here[first]


class _Moves:
    """Numbers what has been witnessed before each node of a game.

    A number stands for a sequence of moves, each a mover and the name of an action: where it was
    taken is not known. Moves of the player herself are marked, so that she remembers which of the
    others' moves she had witnessed when she made them.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        names = {name: number for number, name in enumerate(dict.fromkeys(game.action_names))}
        self._names = list(names)
        self._name = np.array([names[name] for name in game.action_names], dtype=np.int64)
        self._own = (len(game.players) + 1) * len(names)
        self._tree = MessageTree(self._own + 1)

    def witnessed(self, owners: list[int], player: int) -> Ints:
        """Return what a player knows at each node, who witnesses the moves of some owners."""
        game, known = self._game, np.zeros(self._game.nodes, dtype=np.int64)
        for level in game.levels[1:]:
            above = game.parent[level]
            mover = game.owner[above]
            name = self._name[game.action_start[game.infoset[above]] + game.action[level]]
            token = np.where(mover == player, self._own, mover * len(self._names) + name)
            known[level] = known[above]
            here = np.flatnonzero(np.isin(mover, [*owners, player]))
            known[level[here]] = self._tree.after(known[above[here]], token[here])
        return known

    def names(self, known: int) -> tuple[str, ...]:
        """Return the names of moves, the first one first; her own are left out."""
        parent, token = self._tree.parent, self._tree.token
        names = []
        while known:
            if token[known] != self._own:
                names.append(self._names[int(token[known]) % len(self._names)])
            known = int(parent[known])
        return tuple(reversed(names))
