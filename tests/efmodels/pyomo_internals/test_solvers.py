"""Pyomo's solver interfaces are run, and answer, as before.

A test that fails here names what a new release of Pyomo has changed, and which function of
``efmodels.pyomo_internals.solvers`` must follow.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.opt import SolutionStatus, TerminationCondition

from efmodels import solver_logs
from efmodels.errors import CapabilityError
from efmodels.pyomo_internals.solvers import (
    Answer,
    ask,
    ask_appsi_highs,
    ask_legacy,
    find_interface,
    hand_to_highs,
    highs_of,
    load_from_highs,
)
from efmodels.solvers import Interface, solver_table


def program(least: float = 1.0) -> Any:
    """Return a linear program with the optimum 6 and the dual 3, if 2 is at least ``least``."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(domain=pyo.NonNegativeReals)
    m.most = pyo.Constraint(expr=2 * m.x <= 4)
    m.least = pyo.Constraint(expr=m.x >= least)
    m.goal = pyo.Objective(expr=3 * m.x, sense=pyo.maximize)
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    return m


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("pyomo.contrib.solver.common.factory", ["SolverFactory"]),
        ("pyomo.contrib.appsi.solvers", ["Highs"]),
    ],
)
def test_names_are_there(module: str, names: list[str]) -> None:
    """What is imported when a solver is run."""
    found = vars(importlib.import_module(module))

    missing = [name for name in names if name not in found]
    assert not missing, f"Pyomo moved {missing} from {module}: see pyomo_internals/solvers.py"


def test_interface_that_is_not_there() -> None:
    """Pyomo's factory answers ``None``, and `find_interface` says so."""
    with pytest.raises(CapabilityError, match="no solver interface 'no_such_solver'"):
        find_interface("no_such_solver")


@pytest.mark.parametrize(
    "name", ["set_instance", "_load_vars", "_get_duals", "solve", "available", "version"]
)
def test_interface_to_highs_has_these_methods(name: str) -> None:
    """The benchmarks call them one by one."""
    assert hasattr(find_interface("highs"), name), (
        f"Pyomo dropped Highs.{name}: see load_from_highs"
    )


def test_interface_to_highs_holds_highs() -> None:
    """HiGHS's own object, after a model was handed over; and where the point is put."""
    m = program()
    interface = hand_to_highs(m)
    assert hasattr(interface, "_solver_model"), "Pyomo renamed Highs._solver_model: see highs_of"
    assert hasattr(interface, "_sol"), "Pyomo renamed Highs._sol: see load_from_highs"

    highs_of(interface).run()
    load_from_highs(interface, m.dual)
    assert (m.x.value, m.dual[m.most]) == (2, 1.5), "see load_from_highs"


def asked(family: Interface, model: Any) -> Answer:
    """Let HiGHS, or GLPK through the older interfaces, solve a model."""
    if family is Interface.V2:
        return ask("highs", model, {"threads": 1}, tee=False)
    if family is Interface.APPSI:
        return ask_appsi_highs(model, {"threads": 1}, tee=False)
    if not pyo.SolverFactory("glpk").available(exception_flag=False):
        pytest.skip("glpk is not on the path")
    return ask_legacy("glpk", model, {}, tee=False, suffixes=["dual"])


FAMILIES = pytest.mark.parametrize("family", [Interface.V2, Interface.APPSI, Interface.LEGACY])


@FAMILIES
def test_answer(family: Interface) -> None:
    """Everything is there that is read from the results, and nothing is loaded unless asked."""
    m = program()
    answer = asked(family, m)
    where = f"Pyomo's results changed ({family.value}): see ask, ask_appsi_highs, ask_legacy"

    assert m.x.value is None, where
    assert answer.has_point, where
    assert answer.log, where
    assert answer.bound is None or answer.bound == pytest.approx(6), where
    assert solver_logs.status_of(answer.condition, has_point=True) == "optimal", where
    answer.load()
    assert m.x.value == pytest.approx(2), where
    assert answer.duals()[m.most] == pytest.approx(1.5), where


@FAMILIES
def test_answer_without_a_point(family: Interface) -> None:
    """What is infeasible has no point."""
    answer = asked(family, program(least=7))
    status = solver_logs.status_of(answer.condition, has_point=False)

    assert not answer.has_point, f"Pyomo's results changed ({family.value})"
    assert status in {"infeasible", "infeasible_or_unbounded", "unknown"}


def test_point_that_highs_does_not_call_feasible() -> None:
    """Without time HiGHS returns zeros, which Pyomo up to 6.10.0 takes for a solution."""
    answer = ask("highs", program(), {"time_limit": 0.0, "presolve": "off"}, tee=False)

    assert not answer.has_point, "see _is_feasible"


def test_conditions_have_these_names() -> None:
    """The names by which `efmodels.solver_logs` tells how a run ended."""
    results = importlib.import_module("pyomo.contrib.solver.common.results")
    appsi = importlib.import_module("pyomo.contrib.appsi.base")
    kinds = (TerminationCondition, results.TerminationCondition, appsi.TerminationCondition)
    known = {name for kind in kinds for name in kind.__members__}

    renamed = set(solver_logs._STATUS) - known  # noqa: SLF001 - the table itself
    assert not renamed, f"Pyomo renamed the conditions {renamed}: see efmodels.solver_logs"


def test_solutions_have_these_names() -> None:
    """The names by which `ask` tells whether there is a point."""
    results = importlib.import_module("pyomo.contrib.solver.common.results")

    assert {"feasible", "optimal"} <= set(results.SolutionStatus.__members__), "see ask"
    assert "optimal" in SolutionStatus.__members__


def test_solve_of_new_interfaces_takes_these_settings() -> None:
    """The settings that `ask` gives by name."""
    settings = {"tee", "load_solutions", "raise_exception_on_nonoptimal_result", "solver_options"}

    missing = settings - set(find_interface("highs").config)
    assert not missing, f"Pyomo renamed the settings {missing} of its solvers: see ask"


def test_solve_of_old_interfaces_takes_these_settings() -> None:
    """What ``pyo.SolverFactory`` makes of a new interface is asked as the older ones are."""
    found = set(inspect.signature(pyo.SolverFactory("highs").solve).parameters)

    assert {"tee", "load_solutions"} <= found, "Pyomo changed LegacySolverWrapper.solve"


def test_every_new_interface_is_known_or_was_not_there_yet() -> None:
    """The table of solvers names interfaces of Pyomo's."""
    here = set(importlib.import_module("pyomo.contrib.solver.common.factory").SolverFactory)
    asked_for = {s.factory_name for s in solver_table() if s.interface is Interface.V2}

    renamed = asked_for - here - {"scip_direct"}  # which came with Pyomo 6.10.1
    assert not renamed, f"Pyomo renamed the interfaces {renamed}: see efmodels.solvers"
