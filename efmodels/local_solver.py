"""Ipopt as a solver of Pyomo's: a model in, the outcome of one walk downhill out.

What is registered as ``efmodels_ipopt`` by :mod:`efmodels.solver_plugins` is this backend. Pyomo's
interfaces to local solvers call what these converge to "optimal"; so does this one, without a
bound. :func:`efmodels.solve` is more careful, and says ``locally_optimal``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo

from efmodels.errors import CapabilityError
from efmodels.model_class import classify
from efmodels.nonlinear_programs import NonlinearProgram
from efmodels.pyomo_internals.registration import Outcome
from efmodels.results import Status
from efmodels.solver_options import checked_options
from efmodels.solvers import find_solver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.nonlinear_programs import LocalRun
    from efmodels.pyomo_internals.registration import Request

IPOPT = "efmodels_ipopt"

# Pyomo's names.
_CONDITION = {
    Status.LOCALLY_OPTIMAL: "convergenceCriteriaSatisfied",
    Status.LOCALLY_INFEASIBLE: "locallyInfeasible",
    Status.INFEASIBLE_OR_UNBOUNDED: "infeasibleOrUnbounded",
    Status.CRASHED: "error",
}
_ENDED = {
    "Maximum Iterations Exceeded": "iterationLimit",
    "Maximum CpuTime Exceeded": "maxTimeLimit",
    "Maximum WallTime Exceeded": "maxTimeLimit",
}
_SOLUTION = {Status.LOCALLY_OPTIMAL: "optimal", Status.FEASIBLE: "feasible"}


class LocalPoint:
    """Where a run ended, and the model that it belongs to."""

    has_duals = True
    has_reduced_costs = True

    def __init__(self, program: NonlinearProgram, run: LocalRun) -> None:
        self._program = program
        self._run = run

    def load_values(self) -> None:
        """Give all variables their values."""
        self._program.load(self._run.x)

    def load_duals(self, dual: Any, rc: Any) -> None:
        """Fill those of the two suffixes that are there."""
        for suffix, numbers in ((dual, self.duals(None)), (rc, self.reduced_costs(None))):
            if suffix is not None:
                suffix.update(numbers)

    def values(self, asked: Sequence[Any] | None) -> Mapping[Any, float]:
        """Return a map from variables to values."""
        return _chosen(self._program.variables, self._run.x, asked)

    def reduced_costs(self, asked: Sequence[Any] | None) -> Mapping[Any, float]:
        """Return a map from variables to the multipliers of their bounds."""
        return _chosen(self._program.variables, self._run.reduced_costs, asked)

    def duals(self, asked: Sequence[Any] | None) -> dict[Any, float]:
        """Return a dictionary from constraints to multipliers."""
        return dict(_chosen(self._program.rows, self._run.duals, asked).items())


def _chosen(
    components: Sequence[Any], numbers: Any, asked: Sequence[Any] | None
) -> Mapping[Any, float]:
    """Return the numbers of the components that are asked for."""
    found: Mapping[Any, float] = pyo.ComponentMap(zip(components, numbers.tolist(), strict=True))
    return found if asked is None else pyo.ComponentMap((one, found[one]) for one in asked)


class LocalBackend:
    """Ipopt, which walks downhill from the values that the variables have."""

    def solve(self, model: Any, request: Request) -> Outcome:
        """Walk to a local optimum, and load nothing.

        Raises
        ------
        CapabilityError
            The model has integer variables or components that Ipopt does not know.
        ModelError
            It has no active objective, or several.
        SolverError
            Ipopt refuses an option.
        """
        solver = find_solver(IPOPT)
        options = checked_options(solver, request.options, request.time_limit, None)
        strange = {
            need: name
            for need, name in classify(model).needs.items()
            if need not in solver.capabilities
        }
        if strange:
            said = ", ".join(f"{need.value} ({name})" for need, name in strange.items())
            raise CapabilityError(f"{IPOPT} cannot take {said}")
        program, run = self._run(model, options, request)
        return Outcome(
            condition=_CONDITION.get(run.status, _ENDED.get(run.message, "unknown")),
            solution=_SOLUTION.get(run.status, "noSolution"),
            point=LocalPoint(program, run) if run.has_point else None,
            value=run.value if run.has_point else None,
            bound=None,
            message=run.message,
            log=run.log,
            iterations=run.iterations,
        )

    def _run(
        self, model: Any, options: Mapping[str, Any], request: Request
    ) -> tuple[NonlinearProgram, LocalRun]:
        timer = request.timer
        timer.start("write")
        program = NonlinearProgram.of(model)
        timer.stop("write")
        timer.start("optimize")
        run = program.run(options, streams=request.streams)
        timer.stop("optimize")
        return program, run
