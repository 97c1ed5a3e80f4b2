"""A refused option is an error, whatever the solver would have done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from efmodels.errors import SolverError
from efmodels.solver_options import checked_options
from efmodels.solvers import Capability, Engine, Interface, solver_table

if TYPE_CHECKING:
    from efmodels.solvers import Solver

# Of every engine: a wrong name and what it resembles, a known option with a value it refuses, and
# an option with a value it takes.
CASES: dict[Engine, tuple[str, str, tuple[str, Any], tuple[str, Any]]] = {
    Engine.HIGHS: ("timelimit", "time_limit", ("mip_rel_gap", "wide"), ("presolve", "off")),
    Engine.GUROBI: ("MIPGapp", "MIPGap", ("MIPGap", -1.0), ("Presolve", 0)),
    Engine.SCIP: ("limits/tim", "limits/time", ("limits/gap", -1.0), ("limits/nodes", 1000)),
    Engine.GLPK: ("mip_gap", "mipgap", ("mipgap", "wide"), ("nopresol", None)),
    Engine.IPOPT: ("max_itr", "max_iter", ("tol", -1.0), ("mu_strategy", "adaptive")),
    Engine.CBC: ("ratioGapp", "ratioGap", ("ratioGap", "wide"), ("presolve", "off")),
}


@pytest.fixture
def solver(solver: Solver) -> Solver:
    """Run with every solver that one of Pyomo's interfaces drives."""
    if solver.interface is Interface.BULK:
        pytest.skip(f"{solver.name} is asked when it is handed the options")
    return solver


def test_unknown_option(solver: Solver) -> None:
    """The message names the option, the solver and the option that was meant."""
    wrong, meant, _, _ = CASES[solver.engine]

    with pytest.raises(SolverError) as caught:
        checked_options(solver, {wrong: 3}, None, None)
    assert caught.value.status == "refused_option"
    assert f"{solver.name} refuses the option '{wrong}' = 3" in str(caught.value)
    assert meant in str(caught.value).partition("Similar names:")[2]


def test_refused_value(solver: Solver) -> None:
    """A value out of range, or of the wrong type, is no smaller mistake than a wrong name."""
    _, _, (name, setting), _ = CASES[solver.engine]

    with pytest.raises(SolverError, match=f"refuses the option '{name}'"):
        checked_options(solver, {name: setting}, None, None)


def test_accepted_option(solver: Solver) -> None:
    """What the solver takes is handed on as it was given."""
    _, _, (name, _), (accepted, setting) = CASES[solver.engine]
    options = checked_options(solver, {accepted: setting}, None, 0.01)

    gap = {name: 0.01} if Capability.MIP in solver.capabilities else {}
    assert options == {accepted: setting} | gap


def test_limits_have_the_solvers_own_names(solver: Solver) -> None:
    """The two keywords become the options that the table names."""
    options = checked_options(solver, None, 7, 0.5)

    assert options[solver.time_limit_option] == 7
    assert Capability.MIP not in solver.capabilities or options[solver.gap_option] == 0.5


def test_limit_given_twice(solver: Solver) -> None:
    """A keyword and an option that mean the same are not silently merged."""
    with pytest.raises(SolverError, match="are the same to"):
        checked_options(solver, {solver.time_limit_option: 5}, 7, None)


@pytest.mark.parametrize(("time_limit", "gap"), [(-1, None), (None, -0.1)])
def test_negative_limit(solver: Solver, time_limit: float | None, gap: float | None) -> None:
    """CBC would take a negative time for no limit."""
    with pytest.raises(SolverError, match="is no number from 0 on"):
        checked_options(solver, None, time_limit, gap)


@pytest.mark.parametrize(
    ("name", "option"), [("gurobi_direct_v2", "Method"), ("scip_direct", "presolving/maxrounds")]
)
def test_number_that_would_be_rounded(name: str, option: str) -> None:
    """An integer option is not given 2.5 to make 2 of it."""
    found = next(s for s in solver_table() if s.name == name)
    if not found.available:
        pytest.skip(f"{name} is not available")

    with pytest.raises(SolverError, match="it would be taken as 2"):
        checked_options(found, {option: 2.5}, None, None)


def test_glpk_counts_whole_seconds() -> None:
    """A fraction of a second is rounded up; the option itself is not."""
    glpk = next(s for s in solver_table() if s.engine is Engine.GLPK)
    if not glpk.available:
        pytest.skip("glpk is not available")

    assert checked_options(glpk, None, 0.2, None) == {"tmlim": 1}
    with pytest.raises(SolverError, match=r"Invalid time limit '0\.2'"):
        checked_options(glpk, {"tmlim": 0.2}, None, None)
