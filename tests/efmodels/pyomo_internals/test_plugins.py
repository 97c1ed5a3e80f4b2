"""What our solvers rely on when they are solvers of Pyomo's is still there.

A test that fails here names what a new release of Pyomo has changed, and which part of
``efmodels.pyomo_internals.plugins`` must follow.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pyomo.environ as pyo
import pyomo.version
import pytest

import efmodels.solver_plugins as _registered  # noqa: F401 - registers the solvers

if pyomo.version.version_info[:3] < (6, 10, 1):
    pytest.skip("solvers of ours need Pyomo 6.10.1", allow_module_level=True)

COMMON = "pyomo.contrib.solver.common"
WHERE = "see pyomo_internals/plugins.py"


def pyomos(name: str) -> Any:
    """Return what ``module.name``, or ``module.class.name``, is below ``COMMON``."""
    module, *path = name.split(".")
    found: Any = importlib.import_module(f"{COMMON}.{module}")
    for part in path:
        assert hasattr(found, part), f"Pyomo has no {COMMON}.{name} any more: {WHERE}"
        found = getattr(found, part)
    return found


@pytest.mark.parametrize(
    "name",
    [
        *("base.SolverBase", "base.Availability.FullLicense", "base.Availability.NotFound"),
        *("config.SolverConfig", "factory.SolverFactory", "results.Results"),
        *("solution_loader.SolutionLoader", "util.NoSolutionError"),
        *("util.NoDualsError", "util.NoReducedCostsError"),
        "util.NoFeasibleSolutionError.default_message",
        "util.NoOptimalSolutionError.default_message",
    ],
)
def test_names_are_there(name: str) -> None:
    """What is imported, and which members of it are used."""
    pyomos(name)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("base.SolverBase.__init__", "self kwds"),
        ("base.SolverBase.solve", "self model kwargs"),
        ("base.SolverBase.available", "self"),
        ("base.SolverBase.version", "self"),
        ("factory.SolverFactory.register", "name legacy_name doc"),
        ("solution_loader.SolutionLoader.get_number_of_solutions", "self"),
        ("solution_loader.SolutionLoader.load_solution", "self"),
        ("solution_loader.SolutionLoader.load_vars", "self vars_to_load"),
        ("solution_loader.SolutionLoader.load_import_suffixes", "self"),
        ("solution_loader.SolutionLoader.get_vars", "self vars_to_load"),
        ("solution_loader.SolutionLoader.get_duals", "self cons_to_load"),
        ("solution_loader.SolutionLoader.get_reduced_costs", "self vars_to_load"),
        ("solution_loader.SolutionLoader._collect_and_clear_import_suffixes", "self"),
    ],
)
def test_methods_have_the_same_parameters(name: str, parameters: str) -> None:
    """What is overridden or called takes what it took."""
    found = list(inspect.signature(pyomos(name)).parameters)

    assert found == parameters.split(), f"Pyomo changed {COMMON}.{name}: {WHERE}"


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("results.SolutionStatus", "noSolution feasible optimal"),
        (
            "results.TerminationCondition",
            """convergenceCriteriaSatisfied provenInfeasible unbounded infeasibleOrUnbounded error
            maxTimeLimit licensingProblems objectiveLimit interrupted iterationLimit unknown""",
        ),
    ],
)
def test_endings_have_these_names(name: str, members: str) -> None:
    """`efmodels.solver_plugins` says by name how a run ended."""
    missing = set(members.split()) - set(pyomos(name).__members__)

    assert not missing, f"Pyomo renamed {missing} of {COMMON}.{name}: see efmodels.solver_plugins"


def test_settings_have_these_names() -> None:
    """The settings that a `Request` is made of; ours are not among them."""
    config = pyomos("config.SolverConfig")()
    names = "tee load_solutions raise_exception_on_nonoptimal_result solver_options threads timer"

    missing = {*names.split(), "time_limit"} - set(config)
    assert not missing, f"Pyomo renamed the settings {missing}: {WHERE}, _request"
    assert {"vertex", "rel_gap"}.isdisjoint(config), f"Pyomo has these now: {WHERE}, _config"


def test_results_have_these_fields() -> None:
    """What is said of a run."""
    results = pyomos("results.Results")()
    names = "solution_loader termination_condition solution_status incumbent_objective "
    names += "objective_bound solver_name solver_version solver_log solver_config timing_info"

    missing = {*names.split(), "extra_info"} - set(results)
    assert not missing, f"Pyomo renamed {missing} of its results: {WHERE}, _results"


def test_import_suffixes_are_found_and_cleared() -> None:
    """The loader gets them from Pyomo, which looks for the model under ``_pyomo_model``."""
    m = pyo.ConcreteModel()
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    m.x = pyo.Var()
    m.dual[m.x] = 1.0
    loader = pyomos("solution_loader.SolutionLoader")()
    loader._pyomo_model = m  # noqa: SLF001 - what this is about

    found = loader._collect_and_clear_import_suffixes()  # noqa: SLF001 - likewise
    assert found == {"dual": m.dual}, f"Pyomo collects suffixes in another way: {WHERE}, _Loader"
    assert len(m.dual) == 0


@pytest.mark.parametrize("factory", ["old", "new"])
def test_solver_is_one_of_pyomos(factory: str) -> None:
    """Both of Pyomo's factories make it, and it solves, loads and reports."""
    make = pyo.SolverFactory if factory == "old" else pyomos("factory.SolverFactory")
    m = pyo.ConcreteModel()
    m.x = pyo.Var(bounds=(0, 2))
    m.row = pyo.Constraint(expr=m.x <= 1)
    m.goal = pyo.Objective(expr=3 * m.x, sense=pyo.maximize)
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    make("efmodels_highs").solve(m)

    assert make("efmodels_highs").available(), WHERE
    assert (m.x.value, m.dual[m.row]) == (1, 3), f"Pyomo loads solutions in another way: {WHERE}"
