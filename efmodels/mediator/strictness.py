r"""Strict incentives: how likely a plan of a deviator is to disobey, linear in ``mu`` and the plan.

A deviator is honest and obedient up to some infoset; there she does something else than what she
has just been told, or, where accepting binds, acts herself instead of accepting. That she comes to
this point has the probability of all outcomes below it if nobody deviates, so that a plan ``y``
disobeys with probability ``mu' W y``. Strict incentives ask that it cost ``margin`` times that:

.. math::

    b^\top \mu \ge \max_y\; \mu^\top A y + \mathrm{margin}\; \mu^\top W y .
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from efmodels.errors import CapabilityError
from efmodels.game import ranges
from efmodels.mediator.deviator import ACTED

if TYPE_CHECKING:
    from efmodels.game import Ints
    from efmodels.mediator.deviator import Deviations
    from efmodels.mediator.walk import Ends, Walk


def disobedience(
    walk: Walk, direct: Ends, coordinates: tuple[Ints, int], deviations: Deviations
) -> sparse.csr_array:
    """Return the matrix ``W`` of a deviator: how likely her plans are to disobey.

    Parameters
    ----------
    walk
        The walk, in which nothing was folded away.
    direct
        Where it ends if all are honest and obedient.
    coordinates
        The coordinate of ``mu`` of each of these ends, and the number of coordinates.
    deviations
        Her decision problem.

    Returns
    -------
    scipy.sparse.csr_array
        Shape ``(coordinates, sequences)``.

    Raises
    ------
    CapabilityError
        What she does and says does not tell her sequences apart, since she knows more than that.
    """
    if walk.own is not walk.transcripts:
        raise CapabilityError(
            "strict incentives are not supported where a deviator sees or hears more than her "
            "infosets (spies=, overhears=); give margin=0, or below for approximate equilibria"
        )
    transcripts, coarse = walk.transcripts, walk.concept.deviate == "coarse"
    end, obeyed = _moves_before(walk, direct, deviations.player)
    infoset = transcripts.infoset[obeyed]
    width = transcripts.width[infoset]
    row = np.repeat(np.arange(len(end)), width)
    first = transcripts.first[infoset]
    done = ranges(first, first + width)
    said = np.where(coarse, transcripts.before[infoset], obeyed)[row]
    other = np.flatnonzero(np.full(len(row), coarse) | (done != obeyed[row]))
    column = _sequences(deviations, transcripts.sequences, done[other], said[other])
    at = end[row[other]]
    number, size = coordinates
    entries = (direct.chance[at], (number[at], column))
    return sparse.csr_array(entries, shape=(size, deviations.polytope.size))


def _moves_before(walk: Walk, direct: Ends, player: int) -> tuple[Ints, Ints]:
    """Return, for each move of a player on the way to an end, the end and her sequence."""
    transcripts, game = walk.transcripts, walk.transcripts.game
    ends: list[Ints] = [np.zeros(0, dtype=np.int64)]
    sequences: list[Ints] = [np.zeros(0, dtype=np.int64)]
    node = direct.node
    where = np.arange(len(node))
    while len(node):
        where, node = where[node > 0], node[node > 0]
        above = game.parent[node]
        hers = np.flatnonzero(game.owner[above] == player)
        ends.append(where[hers])
        infoset = transcripts.at_node[above[hers]]
        sequences.append(transcripts.first[infoset] + game.action[node[hers]])
        node = above
    return np.concatenate(ends), np.concatenate(sequences)


def _sequences(deviations: Deviations, base: int, done: Ints, said: Ints) -> Ints:
    """Return the coordinates of acts, given her last own sequences and her transcripts."""
    kind, what, transcript, _ = deviations.sequences
    acted = np.flatnonzero(kind == ACTED)
    code = what[acted] * base + transcript[acted]
    order = np.argsort(code)
    code = code[order]
    if (np.diff(code) == 0).any():
        raise CapabilityError(
            "strict incentives are not supported where a deviator knows more than what she did, "
            "said and was told; give margin=0"
        )
    result: Ints = acted[order[np.searchsorted(code, done * base + said)]] + 1
    return result
