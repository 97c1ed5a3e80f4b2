"""The zero-sum linear program as arrays, straight to HiGHS: what a modelling layer is measured by.

The same mathematics as :func:`efmodels.formulations.nash_zero_sum`, without Pyomo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import highspy
import numpy as np
from scipy import sparse

from efmodels.errors import SolverError

if TYPE_CHECKING:
    from efmodels.game import Floats, Game


def solve_zero_sum(game: Game) -> tuple[float, Floats]:
    r"""Return the value of a two-player zero-sum game to the first player, and all behaviour.

    Solves, with a row for each infoset of the first player and each sequence of the second,

    .. math::

        \min_{x \ge 0, v}\; v_\emptyset \quad\text{s.t.}\quad
        F_1 x = f_1,\quad F_2^\top v - A_2^\top x \ge 0 .

    Raises
    ------
    SolverError
        HiGHS does not say that the solution is optimal.

    Examples
    --------
    >>> from efmodels.instances import kuhn
    >>> value, behaviour = solve_zero_sum(kuhn())
    >>> print(f"{value:.6f}")
    -0.055556
    """
    form = game.sequence_form()
    mine, theirs = form.polytopes
    payoff = form.payoff_matrix(game.players[1])
    rows = sparse.block_array([[mine.F, None], [-payoff.T, theirs.F.T]], format="csr")
    infinite = np.full(theirs.points + 1, np.inf)
    cost = np.zeros(rows.shape[1])
    cost[mine.size] = 1.0
    solution = _minimum(
        cost,
        column_lower=np.concatenate((np.zeros(mine.size), -infinite)),
        rows=rows,
        row_lower=np.concatenate((mine.f, np.zeros(theirs.size))),
        row_upper=np.concatenate((mine.f, np.full(theirs.size, np.inf))),
    )
    x = np.array(solution.col_value)[: mine.size]
    y = np.array(solution.row_dual)[mine.points + 1 :]
    behaviour = (
        np.zeros(len(game.chance_probabilities)),
        mine.behaviour(x)[1:],
        theirs.behaviour(y)[1:],
    )
    return -float(solution.col_value[mine.size]), np.concatenate(behaviour)


def _minimum(
    cost: Floats,
    *,
    column_lower: Floats,
    rows: sparse.csr_array,
    row_lower: Floats,
    row_upper: Floats,
) -> highspy.HighsSolution:
    """Minimise ``cost @ z`` subject to bounds on ``z`` and on the rows."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call] # highspy's own
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        rows.shape[1],
        rows.shape[0],
        rows.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        cost,
        column_lower,
        np.full(rows.shape[1], np.inf),
        row_lower,
        row_upper,
        rows.indptr.astype(np.int32),
        rows.indices.astype(np.int32),
        rows.data,
        np.zeros(rows.shape[1], dtype=np.int32),  # nothing is integer
    )
    highs.run()
    status = highs.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        said = highs.modelStatusToString(status)
        raise SolverError(f"HiGHS ended with {said!r}", status=said, solver="highs")
    return highs.getSolution()
