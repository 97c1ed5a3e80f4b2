"""The table of solvers: what it says, and who is here."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import pyomo
import pyomo.environ as pyo
import pytest

from efmodels.errors import SolverError
from efmodels.solvers import (
    ALIASES,
    LEARNER,
    Capability,
    Engine,
    Solver,
    available_solvers,
    executable,
    find_solver,
    solver_table,
)
from tests.pyomo_versions import IS_OLDEST

NAMES = [solver.name for solver in solver_table()]


def test_names_are_distinct() -> None:
    """A name or alias leads to one solver."""
    names = [*NAMES, *ALIASES]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", NAMES)
def test_name_is_one_of_pyomos(name: str) -> None:
    """Whoever reads the table can also use ``pyo.SolverFactory``."""
    if IS_OLDEST and name == "scip_direct":
        pytest.skip("scip_direct came with Pyomo 6.10.1")
    assert name in list(pyo.SolverFactory)


def test_highs_is_tried_first() -> None:
    """HiGHS comes with efmodels: ``auto`` needs nobody else for a linear model."""
    assert NAMES[0] == "highs"


def test_solver_that_drops_nonlinear_terms_is_left_out() -> None:
    """``appsi_cbc`` says optimal to a model whose nonlinear terms it did not see."""
    assert "appsi_cbc" not in NAMES


def test_every_solver_takes_linear_models() -> None:
    """What all formulations but the nonlinear ones need; with integers, all but two."""
    assert all(Capability.LP in s.capabilities for s in solver_table())
    without = {s.name for s in solver_table() if Capability.MIP not in s.capabilities}
    assert without == {"efmodels_clarabel", "efmodels_ipopt"}


def test_local_solvers_come_last() -> None:
    """``auto`` takes what proves its answers, if it is here, and Ipopt where nothing else can."""
    assert NAMES[-1] == "efmodels_ipopt"
    assert find_solver("ipopt").name == "efmodels_ipopt"


def test_learner_is_no_solver_of_any_model() -> None:
    """It is found by name, and is not among those who take any linear model."""
    assert find_solver("cfr") is find_solver("efmodels_cfr") is LEARNER
    assert LEARNER not in solver_table()
    assert LEARNER.available


def test_highs_is_here(record_property: pytest.RecordProperty) -> None:
    """The report of a run says which solvers the tests have met; HiGHS is always among them."""
    here = available_solvers()
    record_property("solvers", ", ".join(here))

    assert "highs" in here


def test_available_solvers_have_all_that_is_asked_for() -> None:
    """Only solvers with every capability are listed."""
    able = {s.name for s in solver_table() if Capability.NLP in s.capabilities}

    assert set(available_solvers(Capability.NLP, Capability.MIP)) <= able


@pytest.mark.parametrize(
    ("module", "engine"), [("gurobipy", "GUROBI"), ("pyscipopt", "SCIP"), ("casadi", "IPOPT")]
)
def test_solver_without_its_package_is_not_available(module: str, engine: str) -> None:
    """Where a wheel is not installed, its solvers are not offered."""
    solvers = [s for s in solver_table() if s.engine is Engine[engine]]

    assert all(s.available <= (find_spec(module) is not None) for s in solvers)


def test_solver_without_its_program_is_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    """GLPK and CBC are programs: not on the path, not available."""
    monkeypatch.setattr("efmodels.solvers.executable", lambda _: None)

    assert {"glpk", "cbc"}.isdisjoint(available_solvers())


def test_interface_that_pyomo_lacks() -> None:
    """What to do about it names Pyomo's version, not the solver's package."""
    lacking = replace(find_solver("highs"), factory_name="highs_of_tomorrow")

    assert not lacking.available
    assert lacking.remedy == (
        f"install another version of Pyomo, since Pyomo {pyomo.__version__} has no solver "
        "interface 'highs_of_tomorrow'"
    )


def test_engine_without_a_program() -> None:
    """HiGHS is a library."""
    assert executable(Engine.HIGHS) is None


def test_plain_gurobi_is_an_alias() -> None:
    """``gurobi`` is the interface that takes most kinds of model."""
    assert Capability.NONCONVEX_QP in find_solver("gurobi").capabilities


def test_unknown_solver_names_the_known() -> None:
    """A wrong name is answered with the names there are, the nearest first."""
    with pytest.raises(SolverError, match=r"'higs'.*Did you mean highs") as caught:
        find_solver("higs")

    assert caught.value.status == "unknown_solver"
    assert caught.value.__notes__ == ["Pyomo may know more: pyo.SolverFactory(name).solve(model)"]


def test_every_solver_says_what_to_install() -> None:
    """The message "not available" can name a package."""
    assert all("(" in solver.package for solver in solver_table())
    assert isinstance(solver_table()[0], Solver)
