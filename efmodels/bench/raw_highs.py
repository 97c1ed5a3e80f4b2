"""Linear programs as arrays, straight to HiGHS: what a modelling layer is measured by.

`solve_zero_sum` is the same mathematics as :func:`efmodels.formulations.nash_zero_sum`, without
Pyomo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from scipy import sparse

from efmodels.errors import SolverError
from efmodels.linear_program import LinearProgram, LinearSolution

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
    columns = rows.shape[1]
    program = LinearProgram(
        A=rows,
        c=np.eye(1, columns, mine.size)[0],
        row_lower=np.concatenate((mine.f, np.zeros(theirs.size))),
        row_upper=np.concatenate((mine.f, np.full(theirs.size, np.inf))),
        lower=np.concatenate((np.zeros(mine.size), np.full(theirs.points + 1, -np.inf))),
        upper=np.full(columns, np.inf),
        integer=np.zeros(columns, dtype=bool),
    )
    solution = solved(handed_over(program), program)
    y = _existing(solution.duals)[mine.points + 1 :]
    behaviour = (
        np.zeros(len(game.chance_probabilities)),
        mine.behaviour(solution.x[: mine.size])[1:],
        theirs.behaviour(y)[1:],
    )
    return -float(solution.x[mine.size]), np.concatenate(behaviour)


def handed_over(program: LinearProgram) -> Any:
    """Return HiGHS with a program, as a minimisation, and with HiGHS's own options."""
    A, sign = program.A.tocsc(), _sign(program)  # by columns, which is faster
    highs = highspy.Highs()  # type: ignore[no-untyped-call] # highspy's own
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        program.columns,
        program.rows,
        A.nnz,
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        sign * program.offset,
        sign * program.c,
        program.lower,
        program.upper,
        program.row_lower,
        program.row_upper,
        A.indptr.astype(np.int32, copy=False),
        A.indices.astype(np.int32, copy=False),
        A.data,
        program.integer.astype(np.int32),
    )
    return highs


def solved(highs: Any, program: LinearProgram) -> LinearSolution:
    """Let HiGHS solve the program that it was handed, and return the optimal point.

    Raises
    ------
    SolverError
        HiGHS does not say that the solution is optimal.
    """
    highs.run()
    status = highs.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        said = highs.modelStatusToString(status)
        raise SolverError(f"HiGHS ended with {said!r}", status=said, solver="highs")
    return point_of(highs.getSolution(), program)


def point_of(solution: Any, program: LinearProgram) -> LinearSolution:
    """Return HiGHS's point as arrays, with Pyomo's signs."""
    sign = _sign(program)
    return LinearSolution(
        np.array(solution.col_value),
        sign * np.array(solution.row_dual),
        sign * np.array(solution.col_dual),
    )


def _sign(program: LinearProgram) -> float:
    return -1.0 if program.maximize else 1.0


def _existing(duals: Floats | None) -> Floats:
    assert duals is not None  # noqa: S101 - a linear program that is solved has duals
    return duals
