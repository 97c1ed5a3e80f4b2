"""Exact reductions of the augmented game: what need not be walked through.

Their proofs stand in the docs, on the page about reductions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from efmodels.game import TERMINAL
from efmodels.integer_sets import distinct_integers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from efmodels.game import Bools, Game, Ints
    from efmodels.mediator.reports import Reports
    from efmodels.mediator.walk import Asked, Spoken


def constant_below(game: Game) -> Bools:
    """Return where each player's payoff is the same at all terminals below a node.

    A walk may stop there: the coordinates below a node add up to the node's own, whatever is
    recommended, so that nothing below it matters to that player.

    Returns
    -------
    numpy.ndarray
        Shape ``(nodes, players)``.

    Examples
    --------
    >>> import efmodels as ef
    >>> game = ef.instances.sheriff(items=1, bribe=0, rounds=1)
    >>> constant_below(game)[[0, *game.terminals]].all(axis=1).tolist()
    [False, True, True, True, True]
    """
    last = np.arange(game.nodes)
    for level in reversed(game.levels[1:]):  # in preorder: of the children, the last one stays
        last[game.parent[level]] = last[level]
    # The terminals below a node follow each other; between equal ones nothing changes.
    place = np.cumsum(game.owner == TERMINAL)
    first = place - (game.owner == TERMINAL)
    columns = [np.cumsum(np.diff(worth, prepend=worth[0]) != 0) for worth in game.payoffs.T]
    return np.array([changes[place[last] - 1] == changes[first] for changes in columns]).T


def exposed_reports(reports: Reports, asked: Sequence[Asked], spoken: Sequence[Spoken]) -> Ints:
    """Return the codes of the reports that nobody who lies needs: the exposure rule.

    A question that only one player's deviations lead to exposes her: nothing that the mediator
    answers there matters to anybody else. If all questions of a report do so in everything that she
    may take the mediator's memory to be, the report can be left out; if all reports do, all of
    them, and the player is silent from there on.

    Parameters
    ----------
    reports
        Knows the codes.
    asked
        What the mediator was asked: by everybody's honest play, then by each deviator's.
    spoken
        Where each deviator could report what.

    Returns
    -------
    numpy.ndarray
        Codes as :meth:`.reports.Reports.code` makes them, increasing.
    """
    infosets = 1 + max(int(one.infoset.max(initial=0)) for one in asked)
    questions = [distinct_integers(one.memory * infosets + one.infoset) for one in asked]
    every, times = np.unique(np.concatenate(questions), return_counts=True)
    codes = []
    for one in spoken:
        question = one.memory * infosets + one.report
        exposed = times[np.searchsorted(every, question)] == 1
        needed = _component(one) * infosets + one.report
        useless = np.setdiff1d(needed[exposed], needed[~exposed])
        # A component of which some report stays keeps its other ones apart; if none stays, all go.
        here = np.isin(needed, useless)
        codes.append(reports.code(one.infoset[here], one.said[here], one.report[here]))
    return distinct_integers(np.concatenate([np.zeros(0, dtype=np.int64), *codes]))


def _component(spoken: Spoken) -> Ints:
    """Return which of the deviator's states hang together by the memories they may stand in."""
    said = 1 + int(spoken.said.max(initial=0))
    _, point = np.unique(spoken.infoset * said + spoken.said, return_inverse=True)
    _, memory = np.unique(spoken.memory, return_inverse=True)
    points, memories = int(point.max(initial=-1)) + 1, int(memory.max(initial=-1)) + 1
    shape = (points + memories, points + memories)
    graph = sparse.csr_array((np.ones(len(point)), (point, points + memory)), shape=shape)
    _, component = connected_components(graph, directed=False)
    result: Ints = component[point].astype(np.int64)
    return result
