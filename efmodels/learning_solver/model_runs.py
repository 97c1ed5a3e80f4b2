"""The learner behind :func:`efmodels.solve`: one run on a Pyomo model."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from efmodels.compiling import compile_model
from efmodels.infeasibility import Explanation
from efmodels.learning_solver.running import run_by_learning
from efmodels.results import Status
from efmodels.solver_runs import Run
from efmodels.solvers import LEARNER

if TYPE_CHECKING:
    from efmodels.bulk import BulkSettings

_WITH_POINT = {Status.OPTIMAL, Status.FEASIBLE}


def learn_model(model: Any, settings: BulkSettings) -> Run:
    """Learn on a model, and load nothing.

    Parameters
    ----------
    model
        The Pyomo model.
    settings
        What is asked of the learner; ``options`` are those of
        :class:`~efmodels.learning_solver.LearningOptions`.
    """
    compiled = compile_model(model)
    run = run_by_learning(
        compiled,
        settings.options,
        time_limit=settings.time_limit,
        vertex=settings.vertex,
        say=_print if settings.tee else None,
    )
    program, learned, solution = compiled.program, run.learned, run.solution
    usable = run.status in _WITH_POINT and solution is not None
    proof = run.infeasibility
    return Run(
        run.status,
        bound=None if learned is None else learned.bound,
        log=run.log,
        load=(lambda: compiled.load(solution)) if usable and solution is not None else None,
        value=None if solution is None or not usable else program.value(solution.x),
        solver=LEARNER.name,
        size=f"{program.rows} x {program.columns} with {program.A.nnz} nonzeros",
        loads_duals=True,
        proven=True,
        explanation=None if proof is None else Explanation(proof.text, proof.conflict),
        hint="" if usable else run.message,
        violations=run.violations,
        learned=learned,
    )


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
