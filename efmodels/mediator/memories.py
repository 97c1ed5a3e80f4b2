"""What a mediator remembers, packed into one integer per state.

Two kinds of mediator share one face. A private mediator is a team: its *coordinate* holds the last
message of every player's agent, a bit field each. A mediator with recall has one memory: a number
in a growing tree of messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from efmodels.errors import GameError

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.mediator.transcripts import Transcripts

_BITS = 62


class PrivateMemory:
    """The coordinates of a private mediator: the transcripts of all players, packed.

    Parameters
    ----------
    transcripts
        Of the game.

    Raises
    ------
    GameError
        The game has too many players and sequences for one integer.
    """

    def __init__(self, transcripts: Transcripts) -> None:
        self._transcripts = transcripts
        players = len(transcripts.game.players)
        owner = np.concatenate(([0], np.repeat(transcripts.owner, transcripts.width)))
        own = np.bincount(owner, minlength=players + 1)[1:]
        bits = np.array([int(number).bit_length() for number in own])
        if bits.sum() > _BITS:
            raise GameError(
                f"{players} players with {own.tolist()} sequences need {bits.sum()} bits to tell "
                f"the mediator's coordinates apart; {_BITS} is the most"
            )
        # A player's sequences are numbered from 1 within her own field.
        self._shift = np.concatenate(([0, 0], np.cumsum(bits)[:-1]))
        start = np.concatenate(([0, 0], np.cumsum(own)[:-1]))
        local = np.arange(transcripts.sequences) - start[owner]
        self._field = np.where(owner > 0, local, 0) << self._shift[owner]

    def answered(self, memory: Ints, old: Ints, new: Ints) -> Ints:
        """Return the coordinates after an agent's transcript has grown from ``old`` to ``new``."""
        result: Ints = memory + self._field[new] - self._field[old]
        return result


class MessageTree:
    """The memories of a mediator with recall: a tree of tokens, grown as the walk meets them.

    Memory 0 is the empty one. A token is a message: up to ``sequences - 1`` an answer (the sequence
    that it makes), above it silence of a player or something observed.
    """

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens
        self._keys: Ints = np.zeros(0, dtype=np.int64)
        self._numbers: Ints = np.zeros(0, dtype=np.int64)
        self._parent = [np.array([-1])]
        self._token = [np.array([-1])]
        self.size = 1

    @property
    def parent(self) -> Ints:
        """The memory before the last token of each memory, -1 for the empty one."""
        self._parent = [np.concatenate(self._parent)]
        return self._parent[0]

    @property
    def token(self) -> Ints:
        """The last token of each memory, -1 for the empty one."""
        self._token = [np.concatenate(self._token)]
        return self._token[0]

    def find(self, memory: Ints, token: Ints) -> Ints:
        """Return the memories after one more token each, -1 where there is none; nothing grows."""
        wanted = memory * self._tokens + token
        place = np.minimum(np.searchsorted(self._keys, wanted), max(len(self._keys) - 1, 0))
        found = np.full(len(wanted), -1, dtype=np.int64)
        if len(self._keys):
            known = self._keys[place] == wanted
            found[known] = self._numbers[place[known]]
        return found

    def after(self, memory: Ints, token: Ints) -> Ints:
        """Return the memories after one more token each."""
        distinct, which = np.unique(memory * self._tokens + token, return_inverse=True)
        place = np.atleast_1d(np.searchsorted(self._keys, distinct))
        known = np.zeros(len(distinct), dtype=bool)
        inside = place < len(self._keys)
        known[inside] = self._keys[place[inside]] == distinct[inside]
        number = np.empty(len(distinct), dtype=np.int64)
        number[known] = self._numbers[place[known]]
        fresh = distinct[~known]
        number[~known] = np.arange(self.size, self.size + len(fresh))
        if len(fresh):
            self._insert(fresh, number[~known], place[~known] + np.arange(len(fresh)))
            parent, last = np.divmod(fresh, self._tokens)
            self._parent.append(parent)
            self._token.append(last)
            self.size += len(fresh)
        return number[which]

    def _insert(self, keys: Ints, numbers: Ints, place: Ints) -> None:
        """Put new keys and their numbers where they belong in the order."""
        old = np.ones(len(self._keys) + len(keys), dtype=np.bool_)
        old[place] = False
        (before,) = np.nonzero(old)
        merged = np.empty(len(old), dtype=np.int64), np.empty(len(old), dtype=np.int64)
        for column, known, new in zip(
            merged, (self._keys, self._numbers), (keys, numbers), strict=True
        ):
            column[place] = new
            column[before] = known
        self._keys, self._numbers = merged
