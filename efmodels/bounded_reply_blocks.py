"""Rows of a reply inside windows: the follower's plan is best by her own reasoning, and known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.blocks import best_response, reply_rows, sequence_form
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.matrix.labels import Labels

if TYPE_CHECKING:
    from efmodels.game import Floats, Ints
    from efmodels.lookahead_windows import LookaheadWindows
    from efmodels.polytope import FlowPolytope


def add_choices(part: Any, polytope: FlowPolytope) -> None:
    """Add ``played``, a binary per action, and ``choice``: one action at each decision point."""
    part.played = MatrixVar(polytope.size, domain=pyo.Binary, labels=polytope)
    rows = Labels.of_rows(polytope)
    outgoing = polytope.F.maximum(0).tocsr()
    part.choice = MatrixConstraint([(outgoing, part.played)], rhs=1.0, labels=rows)


def tight_rows(
    v: Any, played: Any, polytope: FlowPolytope, payoff: tuple[Any, Any], bound: Floats
) -> MatrixConstraint:
    """Return the rows ``F'v - A'x <= M (1 - played)``: what is played brings what ``v`` says."""
    A, x = payoff
    most = sparse.diags_array(bound).tocsr()
    return MatrixConstraint(
        [(polytope.F.T.tocsr(), v), (-A.T.tocsr(), x), (most, played)], ub=bound, labels=polytope
    )


def add_known_reply(
    part: Any, x: Any, windows: LookaheadWindows, numbers: Floats, mine: FlowPolytope
) -> None:
    """Add a plan of the follower that is best in every window.

    Parameters
    ----------
    part
        The follower's block; gets ``v``, ``reply``, ``tight``, ``played``, ``choice``, ``x``,
        ``flow`` and ``follow``.
    x
        The leader's plan.
    windows
        The follower's.
    numbers
        Her evaluation, per node.
    mine
        The follower's polytope in the game.
    """
    A = windows.payoff_matrix(numbers)
    part.transfer_attributes_from(best_response(windows.polytope, [(A, x)]))
    add_choices(part, windows.polytope)
    bound = windows.slack_bounds(numbers)
    part.tight = tight_rows(part.v, part.played, windows.polytope, (A, x), bound)
    plan = sequence_form(mine)
    part.transfer_attributes_from(plan)
    really = sparse.eye_array(windows.polytope.size).tocsr()[windows.own]
    identity = -sparse.eye_array(mine.size).tocsr()
    part.follow = MatrixConstraint(
        [(really, part.played), (identity, part.x)], lb=0.0, labels=mine
    )


def known_reply_rows(
    part: Any, x: Any, windows: LookaheadWindows, numbers: Floats
) -> dict[str, MatrixConstraint]:
    """Return the rows of `add_known_reply` that hold numbers, for an update."""
    A = windows.payoff_matrix(numbers)
    bound = windows.slack_bounds(numbers)
    return {
        "reply": reply_rows(part.v, windows.polytope, [(A, x)]),
        "tight": tight_rows(part.v, part.played, windows.polytope, (A, x), bound),
    }


def order_rows(
    part: Any,
    payoff: tuple[Any, Any],
    windows: LookaheadWindows,
    mine: FlowPolytope,
    rank: Ints,
    margin: float,
) -> MatrixConstraint:
    """Return rows for ties: what is preferred to the action played is worse by a margin.

    For each sequence of the follower, ``s >= margin * (sum of played that rank after it)``, with
    ``s`` the slack of its dual row.
    """
    A, x = payoff
    polytope, own = windows.polytope, windows.own[1:]
    pairs = [
        (q - 1, windows.own[later])
        for q in range(1, mine.size)
        for later in range(*mine.start[mine.point[q] :][:2].tolist())
        if rank[later] > rank[q]
    ]
    row, column = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    shape = (mine.size - 1, polytope.size)
    after = sparse.csr_array((np.full(len(row), -margin), (row, column)), shape=shape)
    parts = [
        (polytope.F.T.tocsr()[own], part.v),
        (-A.T.tocsr()[own], x),
        (after, part.played),
    ]
    return MatrixConstraint(parts, lb=0.0, labels=mine.names[1:])
