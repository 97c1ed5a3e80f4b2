"""Local optima of models with nonlinear functions, by the Ipopt that comes with casadi.

Pyomo writes a .nl file without names, casadi reads it and differentiates, Ipopt walks downhill. All
of it happens in this process; casadi is imported when a model is first handed over.
"""

from __future__ import annotations

import io
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.tee import TeeStream, capture_output

from efmodels.optional_packages import imported
from efmodels.pyomo_internals import loading_values, write_nl
from efmodels.results import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.game import Floats

FEASIBILITY = 1e-6
"""By how much a row or bound of size one may be violated at a point that counts as feasible."""

_SETTINGS: Mapping[str, Any] = {
    "tol": 1e-9,  # an interior point of a linear program is to look like a vertex
    "sb": "yes",  # no advertisement
    # By default bounds are relaxed by 1e-8 each, which a thousand rows add up.
    "bound_relax_factor": 1e-10,
    "honor_original_bounds": "yes",
}
_OPTION = re.compile(r"^[a-z]\w+", re.MULTILINE)  # what is said of an option is indented
_PLACE = re.compile(r"^.*\.[ch]pp:\d+: ")  # in casadi's source, before its words
_CONVERGED = {"Solve_Succeeded", "Feasible_Point_Found"}
# What Ipopt says, and what it means where the point that it left is not feasible.
_STATUS = {
    "Infeasible_Problem_Detected": Status.LOCALLY_INFEASIBLE,
    "Maximum_Iterations_Exceeded": Status.LIMIT,
    "Maximum_CpuTime_Exceeded": Status.TIME_LIMIT,
    "Maximum_WallTime_Exceeded": Status.TIME_LIMIT,
    "Diverging_Iterates": Status.INFEASIBLE_OR_UNBOUNDED,
    "Not_Enough_Degrees_Of_Freedom": Status.CRASHED,
    "Invalid_Problem_Definition": Status.CRASHED,
    "Invalid_Number_Detected": Status.CRASHED,
    "Insufficient_Memory": Status.CRASHED,
    "Unrecoverable_Exception": Status.CRASHED,
    "NonIpopt_Exception_Thrown": Status.CRASHED,
    "Internal_Error": Status.CRASHED,
}
# After these the last point is of no use, feasible or not.
_WITHOUT_POINT = {Status.CRASHED, Status.INFEASIBLE_OR_UNBOUNDED, Status.LOCALLY_INFEASIBLE}


@dataclass(frozen=True, eq=False)
class LocalRun:
    """How a run of Ipopt ended.

    Attributes
    ----------
    status
        ``locally_optimal``: converged; ``feasible``: stopped at a feasible point; or what else
        happened.
    message
        Ipopt's own words.
    x
        The last point, in the order of `NonlinearProgram.variables`.
    duals, reduced_costs
        Multipliers of rows and bounds, with Pyomo's signs.
    value
        The objective.
    violation
        The largest violation of a row or bound, relative to the bound where that is above one.
    log, iterations
        What was printed, and how far it went.
    """

    status: Status
    message: str
    x: Floats
    duals: Floats
    reduced_costs: Floats
    value: float
    violation: float
    log: str
    iterations: int

    @property
    def has_point(self) -> bool:
        """Whether the point satisfies the constraints."""
        return self.status in {Status.LOCALLY_OPTIMAL, Status.FEASIBLE}


@dataclass(frozen=True, eq=False)
class NonlinearProgram:
    """A model as casadi has read it: expressions, bounds and a start.

    Attributes
    ----------
    model
        Pyomo's.
    variables, rows
        Pyomo's objects, in the order of the file.
    builder
        casadi's ``NlpBuilder``; it minimises.
    sign
        -1 if the model maximises, else 1.
    """

    model: Any
    variables: Sequence[Any]
    rows: Sequence[Any]
    builder: Any
    sign: float

    @classmethod
    def of(cls, model: Any) -> NonlinearProgram:
        """Read a model; the values that its variables have now are the start, 0 where none.

        Raises
        ------
        MissingPackageError
            casadi is not installed.
        InfeasibleConstraintException
            A row whose variables are all fixed does not hold.
        """
        casadi = imported("casadi", "casadi", "nlp")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "model.nl"
            order = write_nl(model, file)
            builder = casadi.NlpBuilder()
            builder.import_nl(str(file))
        (objective,) = model.component_data_objects(pyo.Objective, active=True)
        sign = 1.0 if objective.sense == pyo.minimize else -1.0
        return cls(model, order.variables, order.rows, builder, sign)

    def run(self, options: Mapping[str, Any], *, streams: Sequence[Any] = ()) -> LocalRun:
        """Walk to a local optimum, and load nothing.

        Parameters
        ----------
        options
            Ipopt's own; see `refusal`.
        streams
            What is printed goes there, too.
        """
        casadi = imported("casadi", "casadi", "nlp")
        nlp = self.builder
        printed = io.StringIO()
        with capture_output(TeeStream(printed, *streams)):
            solver = casadi.nlpsol(
                "model",
                "ipopt",
                {"x": casadi.vertcat(*nlp.x), "f": nlp.f, "g": casadi.vertcat(*nlp.g)},
                _arguments(options),
            )
            found = solver(x0=nlp.x_init, lbx=nlp.x_lb, ubx=nlp.x_ub, lbg=nlp.g_lb, ubg=nlp.g_ub)
        return self._run_of(found, solver.stats(), printed.getvalue())

    def load(self, x: Floats) -> None:
        """Give the variables their values."""
        with loading_values():
            for variable, number in zip(self.variables, x.tolist(), strict=True):
                variable.set_value(number, skip_validation=True)

    def _run_of(self, found: Mapping[str, Any], stats: Mapping[str, Any], log: str) -> LocalRun:
        x, g = _array(found["x"]), _array(found["g"])
        nlp = self.builder
        violation = max(_violation(x, nlp.x_lb, nlp.x_ub), _violation(g, nlp.g_lb, nlp.g_ub))
        message = str(stats["return_status"])
        return LocalRun(
            _status(message, feasible=violation <= FEASIBILITY),
            message.replace("_", " "),
            x,
            -self.sign * _array(found["lam_g"]),
            -self.sign * _array(found["lam_x"]),
            self.sign * float(found["f"]),
            violation,
            log,
            int(stats.get("iter_count", 0)),
        )


def refusal(name: str, setting: Any) -> str | None:
    """Return why Ipopt does not take an option, or ``None`` if it does."""
    casadi = imported("casadi", "casadi", "nlp")
    x = casadi.MX.sym("x")
    quiet = _arguments({"print_level": 0, name: setting})
    try:
        with capture_output():
            casadi.nlpsol("model", "ipopt", {"x": x, "f": x**2}, quiet)
    except (RuntimeError, NotImplementedError, TypeError) as error:
        return _PLACE.sub("", str(error).strip().splitlines()[-1])
    return None


def option_names() -> list[str]:
    """Return the names of all options of Ipopt, from what it prints about them."""
    casadi = imported("casadi", "casadi", "nlp")
    x = casadi.MX.sym("x")
    printed = io.StringIO()
    with capture_output(printed):
        arguments = _arguments({"print_options_documentation": "yes"})
        casadi.nlpsol("model", "ipopt", {"x": x, "f": x**2}, arguments)(x0=0.0)
    return _OPTION.findall(printed.getvalue())


def _arguments(options: Mapping[str, Any]) -> dict[str, Any]:
    return {"print_time": False, "error_on_fail": False, "ipopt": {**_SETTINGS, **options}}


def _array(numbers: Any) -> Floats:
    return np.asarray(numbers, dtype=float).ravel()


def _violation(numbers: Floats, lower: Any, upper: Any) -> float:
    """Return the largest violation of bounds, relative to those above one."""
    if not len(numbers):
        return 0.0
    low, high = np.array(lower, dtype=float), np.array(upper, dtype=float)
    below = (low - numbers) / np.maximum(1.0, np.where(np.isfinite(low), np.abs(low), 1.0))
    above = (numbers - high) / np.maximum(1.0, np.where(np.isfinite(high), np.abs(high), 1.0))
    worst = float(np.max([below, above]))
    return worst if worst >= 0 else 0.0 if worst < 0 else float("inf")


def _status(message: str, *, feasible: bool) -> Status:
    status = _STATUS.get(message, Status.UNKNOWN)
    if not feasible or status in _WITHOUT_POINT:
        return status
    return Status.LOCALLY_OPTIMAL if message in _CONVERGED else Status.FEASIBLE
