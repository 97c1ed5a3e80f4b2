"""From a learned plan to an exact one: a linear program over the choices that it makes."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from efmodels.bulk import BulkSettings, ScaledSolver
from efmodels.bulk.highs import HighsSolver
from efmodels.certificates import certificate
from efmodels.errors import GameError, SolverError
from efmodels.restricted_programs import RestrictedProgram, playable
from efmodels.results import Status

if TYPE_CHECKING:
    from efmodels.bulk import BulkRun
    from efmodels.learning import Learned
    from efmodels.linear_program import LinearSolution
    from efmodels.problem import EquilibriumProblem

FEWER = (1.0, 0.1, 0.01)
"""By what the threshold is multiplied, at first and where the choices above it do not do."""

FEASIBILITY = 1e-10
"""HiGHS's tolerance for rows and reduced costs: the smallest that it takes."""

REGRET = 1e-9
"""The largest regret that counts as none, in units of the largest payoff."""

_TOLERANCES = ("primal_feasibility_tolerance", "dual_feasibility_tolerance")


def polished(
    problem: EquilibriumProblem,
    learned: Learned,
    *,
    threshold: float = 3e-3,
    time_limit: float | None = None,
) -> Learned:
    r"""Turn a learned plan into one without regrets.

    Learning leaves regrets of the size of its tolerance. What it knows well is which choices matter
    at all: only these are kept, and HiGHS is asked for the best exact solution that makes them
    alone, a vertex,

    .. math::

        \max_{x, v}\; c^\top T x - \sum_i w_i f_i^\top v_i \quad \text{s.t.}\quad F x = f,\;
        F_i^\top v_i \ge A_i^\top T x,\; b_i^\top T x \ge f_i^\top v_i,\; x \ge 0,\;
        x_a = 0 \text{ for choices } a \text{ that were not learned.}

    Where that has no solution, less likely choices are kept as well, down to a hundredth of the
    threshold.

    Parameters
    ----------
    problem
        What was learned on.
    learned
        What was learned.
    threshold
        How likely a choice has to be at its decision point to count as learned. With a lower one
        programs are larger, and their optimum may be, too.
    time_limit
        For all programs together, in seconds.

    Returns
    -------
    Learned
        With the status ``"polished"``, and regrets that are 0 but for rounding, relative to the
        largest payoff. The bound is still about the whole problem: it is the learned one, or that
        which the program's duals prove if that is lower. So ``bound - value`` says how much better
        another solution could be; what was learned is not changed.

    Raises
    ------
    SolverError
        No exact solution makes these choices alone (status ``infeasible``), time was too short, or
        HiGHS failed: what was learned still holds. Learn to a smaller tolerance, or solve the whole
        problem as a linear program.
    GameError
        The plan is not one of the problem's, or the threshold is not above 0.

    Examples
    --------
    >>> import efmodels as ef
    >>> from efmodels.learning import Ranges, learn
    >>> game = ef.instances.sheriff(items=3, bribe=1, rounds=1)
    >>> problem = ef.formulations.efce(game).problem
    >>> exact = polished(problem, learn(problem, Ranges(20, 20), tolerance=0.01))
    >>> optimum = ef.optimal_equilibrium(game, "efce").value
    >>> abs(exact.value - optimum) < 1e-8, max(exact.regrets.values()) < 1e-8
    (True, True)
    """
    leader = problem.leader
    if not threshold > 0:
        raise GameError(f"threshold must be above 0; got {threshold}")
    if learned.x.shape != (leader.size,):
        raise GameError(
            f"the learned plan has shape {learned.x.shape}; the leader's polytope needs "
            f"({leader.size},)"
        )
    started = time.perf_counter()
    behaviour = leader.behaviour(learned.x)
    programs = [
        RestrictedProgram(problem, playable(leader, behaviour >= threshold * share, behaviour))
        for share in FEWER
    ]
    for program in programs:
        left = None if time_limit is None else time_limit - (time.perf_counter() - started)
        run = _run(program, left)
        if run.solution is not None:
            return _proved(learned, program, run.solution)
    raise SolverError(
        f"no exact solution makes only the {len(programs[-1].columns):,} choices (of "
        f"{leader.size:,}) that were learned; what was learned still holds. Learn to a smaller "
        "tolerance, or solve the whole problem as a linear program",
        status=Status.INFEASIBLE,
        solver=HighsSolver.name,
    )


def _run(program: RestrictedProgram, seconds: float | None) -> BulkRun:
    """Solve a program, or find that it has no solution.

    Raises
    ------
    SolverError
        Neither was done.
    """
    solver = ScaledSolver(HighsSolver())
    solver.load(program.program)
    options = dict.fromkeys(_TOLERANCES, FEASIBILITY)
    limit = None if seconds is None else max(seconds, 0.0)
    run = solver.run(BulkSettings(time_limit=limit, vertex=True, options=options))
    if run.status not in {Status.OPTIMAL, Status.INFEASIBLE}:
        raise SolverError(
            f"the program of the {len(program.columns):,} choices that were learned was not solved "
            f"({run.message}); what was learned still holds",
            status=run.status,
            solver=run.solver,
        )
    return run


def _proved(learned: Learned, program: RestrictedProgram, solution: LinearSolution) -> Learned:
    """Return the plan of a solution with the better one of two proofs.

    Raises
    ------
    SolverError
        The plan has regrets.
    """
    problem, x = program.problem, program.plan(solution)
    proofs = [
        (certificate(problem, x, plans, multipliers), plans, multipliers)
        for plans, multipliers in (
            (learned.plans, learned.multipliers),
            program.duals(solution),
        )
    ]
    proof, plans, multipliers = min(proofs, key=lambda one: one[0].bound)
    unit = max((float(np.abs(one.A.data).max(initial=0)) for one in problem.followers), default=0.0)
    if proof.worst_regret > REGRET * (unit or 1.0):
        raise SolverError(
            f"HiGHS's solution has a regret of {proof.worst_regret:.3g}, which is more than "
            "rounding; what was learned still holds",
            status=Status.UNKNOWN,
            solver=HighsSolver.name,
        )
    return replace(
        learned,
        x=x,
        plans=plans,
        multipliers=multipliers,
        value=proof.value,
        bound=proof.bound,
        regrets={label: max(regret, 0.0) for label, regret in proof.regrets.items()},
        status="polished",
    )
