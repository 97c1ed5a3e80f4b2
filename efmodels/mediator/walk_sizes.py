r"""How large a walk through the augmented game will be, counted before anybody walks.

A state is a node of the game with a transcript of the deviator. How many transcripts she may have
at a node depends on little: on how many moves she made before it, and how many actions she had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from efmodels.game import TERMINAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from efmodels.game import Bools, Floats
    from efmodels.mediator.concept import Concept
    from efmodels.mediator.transcripts import Transcripts
    from efmodels.mediator.walk import Walk
    from efmodels.memory_limits import MemoryBudget

# What a state costs until the problem and its block are built, in bytes: one at the end of a walk
# becomes an entry of a payoff matrix, any other a question to the mediator, variables and rows.
_END_BYTES = 100
_INNER_BYTES = 225


class WalkSize(NamedTuple):
    """The size of a walk; floats, since it may be larger than any integer of the machine.

    Attributes
    ----------
    states
        Number of states.
    ends
        How many of them the walk ends in.
    """

    states: float
    ends: float

    @property
    def bytes(self) -> float:
        """An estimate of the memory that the walk takes, and what is made of it."""
        return _END_BYTES * self.ends + _INNER_BYTES * (self.states - self.ends)


def require_room_for_walks(walk: Walk, players: Iterable[int], budget: MemoryBudget) -> None:
    """Raise unless there is memory for the honest walk and for one with each of some deviators.

    Reports that the walk leaves out are counted.

    Raises
    ------
    SizeError
        There is not.
    """
    sizes = [
        walk_size(walk.transcripts, walk.concept, player, walk.fold) for player in (0, *players)
    ]
    every = WalkSize(sum(size.states for size in sizes), sum(size.ends for size in sizes))
    budget.require(every.bytes, f"{every.states:,.0f} states of the augmented game")


def walk_size(
    transcripts: Transcripts, concept: Concept, deviator: int = 0, fold: Bools | None = None
) -> WalkSize:
    """Count the states of a walk without walking.

    Parameters
    ----------
    transcripts
        Of the game.
    concept
        What the deviator may say and do.
    deviator
        Who she is, from 1; 0 where all are honest and obedient.
    fold
        Where the walk stops, for each player, as :class:`.Walk` takes it.

    Examples
    --------
    A liar may have any transcript as long as what she has seen, whatever that was:

    >>> import efmodels as ef
    >>> from efmodels.mediator.concept import COMMUNICATION
    >>> from efmodels.mediator.transcripts import Transcripts
    >>> transcripts = Transcripts(ef.instances.load("S2122"))
    >>> [int(walk_size(transcripts, COMMUNICATION, player).states) for player in (0, 1, 2)]
    [705, 121001, 15885]
    """
    game = transcripts.game
    stops = game.owner == TERMINAL
    if fold is not None:
        stops |= fold[:, deviator - 1] if deviator else fold.all(axis=1)
    met = np.ones(game.nodes, dtype=bool)
    for level in game.levels[1:]:
        above = game.parent[level]
        met[level] = met[above] & ~stops[above]
    number = _transcripts_at(transcripts, concept, deviator)
    states = float(number[met].sum())
    if deviator and concept.report == "untimed":
        states += _questions(transcripts, number, deviator, met & ~stops)
    return WalkSize(states, float(number[met & stops].sum()))


def _transcripts_at(transcripts: Transcripts, concept: Concept, deviator: int) -> Floats:
    """Return how many transcripts the deviator may have at each node."""
    ones = np.ones(transcripts.game.nodes)
    if not deviator or concept.deviate == "root":
        return ones
    if concept.deviate == "coarse":  # honest so far, or silent since one of her moves
        return ones + _sum_over_moves(transcripts, deviator, ones)
    if concept.report in {"forced", "silent"}:  # the first lapse: any other action, or silence
        actions = np.bincount(transcripts.game.parent[1:], minlength=len(ones)).astype(float)
        lapses = actions - 1.0 if concept.report == "forced" else actions
        return ones + _sum_over_moves(transcripts, deviator, lapses)
    moves = _sum_over_moves(transcripts, deviator, ones).astype(np.int64)
    length = _own_lengths(transcripts, deviator)
    if concept.report == "untimed":
        return np.where(moves > 0, float(len(length)), 1.0)
    return _lies(transcripts, concept, deviator)[moves]


def _sum_over_moves(transcripts: Transcripts, player: int, summand: Floats) -> Floats:
    """Return, for each node, the sum of numbers over the nodes above it at which a player moves."""
    game = transcripts.game
    mine = np.where(game.owner == player, summand, 0.0)
    result = np.zeros(game.nodes)
    for level in game.levels[1:]:
        above = game.parent[level]
        result[level] = result[above] + mine[above]
    return result


def _own_sequences(transcripts: Transcripts, player: int) -> Bools:
    """Return which sequences are a player's, the empty one among them."""
    owner = np.repeat(transcripts.owner, transcripts.width)
    return np.concatenate(([True], owner == player))


def _own_lengths(transcripts: Transcripts, player: int) -> Floats:
    return transcripts.length[_own_sequences(transcripts, player)].astype(float)


def _lies(transcripts: Transcripts, concept: Concept, player: int) -> Floats:
    """Return how many transcripts a liar may have after each number of own moves.

    One of that length, or one after which there was nothing left to say; any shorter one where
    silence is not heard.
    """
    own = np.flatnonzero(_own_sequences(transcripts, player))
    key = transcripts.key(player, own)
    last = transcripts.after_start[key] == transcripts.after_start[key + 1]
    length = transcripts.length[own]
    most = int(length.max())
    of_length = np.bincount(length, minlength=most + 1).astype(float)
    silent = last if concept.memory == "private" or concept.hears_silence else np.ones_like(last)
    shorter = np.cumsum(np.bincount(length, silent, minlength=most + 1))
    return of_length + np.concatenate(([0.0], shorter[:-1]))


def _questions(transcripts: Transcripts, number: Floats, player: int, inner: Bools) -> float:
    """Return how often a deviator who may ask at any time is answered.

    At her first move she goes on from nothing, later from whatever she has asked before: to each of
    her sequences, once from each of its beginnings.
    """
    length = _own_lengths(transcripts, player)
    hers = (transcripts.game.owner == player) & inner
    first = hers & (number == 1)
    later = hers & ~first
    return float(first.sum() * (len(length) - 1) + later.sum() * length.sum())
