"""Solvers of our own behind the interface of ``pyomo.contrib.solver``.

What solves knows nothing of Pyomo's interfaces: it is a `Backend`, which is given a model and a
`Request` and returns an `Outcome`. Here these become Pyomo's configuration, results and errors.

Importing this module fails where Pyomo lacks a name that it needs;
:func:`efmodels.pyomo_internals.registration.register_plugins` knows what to do then.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import re
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from pyomo.common.config import ConfigValue, NonNegativeFloat
from pyomo.common.timing import HierarchicalTimer
from pyomo.contrib.solver.common.base import Availability, SolverBase
from pyomo.contrib.solver.common.config import SolverConfig
from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.common.results import Results, SolutionStatus, TerminationCondition
from pyomo.contrib.solver.common.solution_loader import SolutionLoader
from pyomo.contrib.solver.common.util import (
    NoDualsError,
    NoFeasibleSolutionError,
    NoOptimalSolutionError,
    NoReducedCostsError,
    NoSolutionError,
)

from efmodels.pyomo_internals.registration import Request
from efmodels.pyomo_internals.values import loading_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from efmodels.pyomo_internals.registration import Outcome, Plugin, Point


class _Loader(SolutionLoader):  # type: ignore[misc] # Pyomo has no types
    """A solution in arrays; Pyomo's objects are made for what is asked, and not before."""

    def __init__(self, model: Any, point: Point | None) -> None:
        self._pyomo_model = model
        self._point = point

    def get_number_of_solutions(self) -> int:
        """Return 1, or 0 without a solution."""
        return int(self._point is not None)

    def load_vars(self, vars_to_load: Sequence[Any] | None = None) -> None:
        """Give the variables, or some of them, their values."""
        with loading_values():
            if vars_to_load is None:
                self._found().load_values()
                return
            for variable, value in self.get_vars(vars_to_load).items():
                variable.set_value(value, skip_validation=True)

    def load_import_suffixes(self) -> None:
        """Give the matrix rows their duals, and fill the suffixes ``dual`` and ``rc`` if declared.

        They stay empty where there are no duals: for integer models, and at a limit. Load the
        variables before, since the duals of matrix rows belong to their values.
        """
        suffixes = self._collect_and_clear_import_suffixes()
        self._found().load_duals(suffixes.get("dual"), suffixes.get("rc"))

    def get_vars(self, vars_to_load: Sequence[Any] | None = None) -> Mapping[Any, float]:
        """Return a map from variables to values."""
        return self._found().values(vars_to_load)

    def get_reduced_costs(self, vars_to_load: Sequence[Any] | None = None) -> Mapping[Any, float]:
        """Return a map from variables to reduced costs."""
        point = self._found()
        if not point.has_reduced_costs:
            raise NoReducedCostsError
        return point.reduced_costs(vars_to_load)

    def get_duals(self, cons_to_load: Sequence[Any] | None = None) -> dict[Any, float]:
        """Return a dictionary from constraints to duals."""
        point = self._found()
        if not point.has_duals:
            raise NoDualsError
        return point.duals(cons_to_load)

    def _found(self) -> Point:
        if self._point is None:
            raise NoSolutionError
        return self._point


class _Interface(SolverBase):  # type: ignore[misc] # Pyomo has no types
    """A solver of ours behind Pyomo's interface."""

    plugin: ClassVar[Plugin]

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._backend = self.plugin.new_backend()

    def available(self) -> Availability:
        """Say whether the solver's package is installed and, if it wants one, has a licence."""
        if self.plugin.licensed_like:
            return SolverFactory(self.plugin.licensed_like).available()
        return Availability.FullLicense if find_spec(self.plugin.package) else Availability.NotFound

    def version(self) -> tuple[int, ...]:
        """Return the version of the solver's package."""
        numbers = re.findall(r"\d+", importlib.metadata.version(self.plugin.package))
        return tuple(int(number) for number in numbers[:3])

    def solve(self, model: Any, **keywords: Any) -> Results:
        """Solve a linear model, and load the solution unless ``load_solutions`` is false.

        Parameters
        ----------
        model
            A ``ConcreteModel`` or a concrete block with one active objective.
        **keywords
            What ``config`` knows, for this solve alone: ``time_limit``, ``rel_gap``, ``threads``,
            ``solver_options`` under the solver's own names, ``vertex``, ``tee`` and so on.

        Raises
        ------
        CapabilityError
            The model is not linear, or this solver cannot take its integer variables.
        ModelError
            It has no active objective, or several.
        NoOptimalSolutionError
            It ended otherwise, and ``raise_exception_on_nonoptimal_result`` is true.
        NoFeasibleSolutionError
            There is no point to load, and ``load_solutions`` is true.
        SolverError
            The solver is not installed, or refuses an option.
        """
        began, start = dt.datetime.now(dt.UTC), time.perf_counter()
        config = self.config(value=keywords, preserve_implicit=True)
        if config.timer is None:
            config.timer = HierarchicalTimer()
        outcome = self._backend.solve(model, _request(config))
        results = _results(model, outcome)
        results.solver_name = self.name
        results.solver_version = self.version()
        results.solver_config = config
        config.timer.start("load solution")
        try:
            self._conclude(results, outcome, config)
        finally:
            config.timer.stop("load solution")
        results.timing_info.start_timestamp = began
        results.timing_info.wall_time = time.perf_counter() - start
        results.timing_info.timer = config.timer
        return results

    def _conclude(self, results: Results, outcome: Outcome, config: Any) -> None:
        """Load the solution, or raise, as the user wants it."""
        said = f" {self.name} ended with: {outcome.message}"
        optimal = results.solution_status is SolutionStatus.optimal
        if not optimal and config.raise_exception_on_nonoptimal_result:
            raise NoOptimalSolutionError(NoOptimalSolutionError.default_message + said)
        if not config.load_solutions:
            return
        if outcome.point is None:
            raise NoFeasibleSolutionError(NoFeasibleSolutionError.default_message + said)
        results.solution_loader.load_solution()


def register(plugin: Plugin) -> None:
    """Register a solver with both of Pyomo's factories."""
    body = {"CONFIG": _config(gap=plugin.takes_integers), "plugin": plugin}
    SolverFactory.register(plugin.name, doc=plugin.doc)(type(plugin.name, (_Interface,), body))


def _config(*, gap: bool) -> SolverConfig:
    """Return Pyomo's configuration, with what our solvers know beyond it."""
    config = SolverConfig()
    config.declare(
        "vertex",
        ConfigValue(
            domain=bool,
            default=False,
            description="Whether the solution of a continuous model must be a vertex. Otherwise "
            "large ones are solved by interior points without crossover.",
        ),
    )
    if gap:
        config.declare(
            "rel_gap",
            ConfigValue(
                domain=NonNegativeFloat,
                description="Relative gap at which an integer solution counts as optimal.",
            ),
        )
    return config


def _request(config: Any) -> Request:
    return Request(
        time_limit=config.time_limit,
        gap=config.rel_gap if "rel_gap" in config else None,
        threads=config.threads,
        vertex=config.vertex,
        options=config.solver_options.value(),
        streams=config.tee,
        timer=config.timer,
    )


def _results(model: Any, outcome: Outcome) -> Results:
    """Return how a run ended in Pyomo's words."""
    results = Results()
    results.solution_loader = _Loader(model, outcome.point)
    results.termination_condition = TerminationCondition[outcome.condition]
    results.solution_status = SolutionStatus[outcome.solution]
    results.incumbent_objective = outcome.value
    results.objective_bound = outcome.bound
    results.solver_log = outcome.log
    results.extra_info.iteration_count = outcome.iterations
    results.extra_info.message = outcome.message
    return results
