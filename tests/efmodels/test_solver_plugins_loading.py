"""The bulk solvers as solvers of Pyomo: what is loaded, when, and what is kept between solves."""

from __future__ import annotations

import pickle
from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.contrib.solver.common.factory import SolverFactory
from pyomo.contrib.solver.common.util import (
    NoDualsError,
    NoFeasibleSolutionError,
    NoReducedCostsError,
)

import efmodels as ef
from efmodels.bulk import ScaledSolver
from efmodels.dual_suffix import DualSuffix
from tests.plugin_models import (
    by_name,
    every_solver,
    integer_solvers,
    knapsack,
    kuhn,
    random_program,
    values,
    with_suffixes,
)
from tests.pyomo_versions import needs_plugins

pytestmark = needs_plugins

# Loading -----------------------------------------------------------------------------------------


@every_solver
def test_nothing_is_loaded_unless_asked(name: str) -> None:
    """Without ``load_solutions`` the model is as before; the loader has everything."""
    m = with_suffixes(kuhn())
    results = SolverFactory(name).solve(m, load_solutions=False)
    loader = results.solution_loader
    untouched = values(m)
    found, duals, costs = loader.get_vars(), loader.get_duals(), loader.get_reduced_costs()
    bet = m.eq.leader.x["Q", "bet"]

    assert set(untouched.values()) == {None}
    assert len(m.dual) == len(m.rc) == 0
    assert list(loader.get_vars([bet]).items()) == [(bet, found[bet])]
    assert loader.get_duals([m.side]) == {m.side: duals[m.side]}
    assert all(loader.get_duals([row]) == {row: dual} for row, dual in duals.items())
    assert all(loader.get_reduced_costs([v])[v] == cost for v, cost in costs.items())
    loader.load_vars([bet])
    assert {v for v, x in values(m).items() if x is not None} == {bet.name}
    loader.load_solution()
    assert values(m) == by_name(found)
    assert by_name(m.dual) == by_name(duals)


@every_solver
def test_old_results_can_be_loaded_later(name: str) -> None:
    """``load_solutions=False`` of the old factory leaves a solution for ``solutions.load_from``."""
    m = random_program(2, pyo.minimize)
    results = pyo.SolverFactory(name).solve(m, load_solutions=False)
    assert m.x[0].value is None
    m.solutions.load_from(results)

    assert pyo.value(m.goal) == pytest.approx(results.problem.upper_bound, abs=1e-6)


@every_solver
def test_what_has_no_column_or_row(name: str) -> None:
    """Numbers of what the solver never saw are refused by name."""
    m = random_program(0, pyo.minimize)
    m.lonely = pyo.Var()
    loader = SolverFactory(name).solve(m).solution_loader

    assert m.lonely.value is None
    with pytest.raises(KeyError, match="lonely"):
        loader.get_vars([m.lonely])
    with pytest.raises(KeyError, match="off"):
        loader.get_duals([m.off])


@every_solver
@pytest.mark.parametrize("deactivated", [0, 3, -1])
def test_deactivated_matrix_rows(name: str, deactivated: int) -> None:
    """A row of a matrix that is not there has no dual, and its neighbours keep theirs."""
    m = with_suffixes(kuhn())
    rows = list(m.eq.follower["P2"].reply.values())
    rows[deactivated].deactivate()
    m.eq.follower["P2"].v[:].setlb(-10)
    m.eq.follower["P2"].v[:].setub(10)
    loader = SolverFactory(name).solve(m).solution_loader

    with pytest.raises(KeyError, match="reply"):
        loader.get_duals([rows[deactivated]])
    assert rows[deactivated] not in loader.get_duals()
    for row in rows:
        if row.active:
            assert loader.get_duals([row])[row] == m.dual[row]


def test_objects_are_made_on_demand() -> None:
    """A plain solve makes no object for a row or a variable that nobody asks for."""
    m = kuhn()
    arrays = (m.eq.leader.x, m.eq.leader.flow, m.eq.follower["P2"].v, m.eq.follower["P2"].reply)
    before = [len(component._data) for component in arrays]  # noqa: SLF001 - what this is about
    pyo.SolverFactory("efmodels_highs").solve(m)

    assert [len(component._data) for component in arrays] == before  # noqa: SLF001 - likewise
    assert not hasattr(m, "dual")
    assert m.eq.follower["P2"].reply.dual_array().any()


@integer_solvers
def test_integer_programs_have_no_duals(name: str) -> None:
    """Suffixes are emptied, so that nobody takes the numbers of another solve for these."""
    m = with_suffixes(knapsack())
    m.dual[m.weight] = m.rc[m.y] = 99.0
    loader = SolverFactory(name).solve(m).solution_loader

    assert len(m.dual) == len(m.rc) == 0
    with pytest.raises(NoDualsError):
        loader.get_duals()
    with pytest.raises(NoReducedCostsError):
        loader.get_reduced_costs()


def test_suffix_of_efmodels() -> None:
    """The suffix that `efmodels.solve` declares is filled, too, without an object per row."""
    m = kuhn()
    m.dual = DualSuffix(direction=pyo.Suffix.IMPORT)
    pyo.SolverFactory("efmodels_highs").solve(m)

    assert [row.name for row in m.dual] == ["side"]
    assert (
        m.dual[m.eq.follower["P2"].reply["K_b_call"]]
        == m.eq.follower["P2"].reply.dual_array()[
            list(m.eq.follower["P2"].reply.keys()).index("K_b_call")
        ]
    )


# Solving again -----------------------------------------------------------------------------------


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return a list that grows by one whenever a solver is given a whole program."""
    found: list[object] = []
    load = ScaledSolver.load

    def counted(solver: ScaledSolver, program: Any) -> None:
        found.append(program)
        load(solver, program)

    monkeypatch.setattr(ScaledSolver, "load", counted)
    return found


@every_solver
def test_bounds_and_costs_are_updates(name: str, loads: list[object]) -> None:
    """A changed bound, right-hand side or cost equals a fresh solve, and hands over no matrix."""
    m = random_program(3, pyo.minimize)
    m.price = pyo.Param(initialize=1.0, mutable=True)
    m.most = pyo.Param(initialize=9.0, mutable=True)
    m.total = pyo.Constraint(expr=m.x[0] + m.x[1] + m.x[2] <= m.most)
    m.goal.expr += m.price * m.x[0]
    opt = pyo.SolverFactory(name)
    for price, most, least in ((1, 9, -3), (-4, 9, -3), (-4, 5, -3), (2, 5, 1), (2, 5, 1)):
        m.price.value, m.most.value = price, most
        m.x[1].setlb(least)
        opt.solve(m)
        again, handed_over = values(m), len(loads)
        pyo.SolverFactory("highs").solve(m)

        assert again == pytest.approx(values(m), abs=1e-6)
        assert handed_over == 1


@every_solver
def test_another_matrix_is_handed_over(name: str, loads: list[object]) -> None:
    """A new row, another sense and another constant of the objective are seen."""
    m = random_program(3, pyo.minimize)
    opt = SolverFactory(name)
    found = []
    for change in (
        lambda: None,
        lambda: setattr(m, "new", pyo.Constraint(expr=m.x[0] + m.x[2] >= 3)),
        lambda: setattr(m.goal, "expr", m.goal.expr + 10),
        lambda: setattr(m.goal, "sense", pyo.maximize),
    ):
        change()
        results = opt.solve(m)
        expected = SolverFactory("highs").solve(m).objective_bound
        found.append(len(loads))

        assert results.incumbent_objective == pytest.approx(expected, abs=1e-6)
        assert results.objective_bound == pytest.approx(expected, abs=1e-6)
    assert found[0] == 1
    assert found[1] == 2
    assert found[-1] > found[1]


@every_solver
def test_an_error_does_not_spoil_the_next_solve(name: str) -> None:
    """After a refused option and an infeasible model the object works as before."""
    m = kuhn()
    opt = pyo.SolverFactory(name)
    opt.solve(m)
    expected = pyo.value(m.goal)
    with pytest.raises(ef.SolverError):
        opt.solve(m, options={"no_such_option": 1})
    opt.options.clear()
    m.eq.leader.x["Q", "bet"].setub(0.1)
    with pytest.raises(NoFeasibleSolutionError):
        opt.solve(m)
    m.eq.leader.x["Q", "bet"].setub(None)
    opt.solve(m)

    assert pyo.value(m.goal) == pytest.approx(expected, abs=1e-7)


@every_solver
def test_results_outlive_the_next_solve(name: str) -> None:
    """A loader keeps its own solution."""
    m = kuhn(0.0)
    opt = SolverFactory(name)
    first = opt.solve(m, load_solutions=False)
    m.side.set_value(m.eq.leader.x["Q", "bet"] >= 0.9)
    second = opt.solve(m)
    first.solution_loader.load_vars()

    assert second.incumbent_objective < -1 / 18 - 0.01
    assert pyo.value(m.goal) == pytest.approx(-1 / 18, abs=1e-7)


@every_solver
def test_clones_and_pickles_of_a_solved_model(name: str) -> None:
    """They keep values and duals, and can be solved by the same object."""
    m = kuhn()
    opt = pyo.SolverFactory(name)
    opt.solve(m)
    for copy in (m.clone(), pickle.loads(pickle.dumps(m))):  # noqa: S301 - we wrote it ourselves
        assert values(copy) == values(m)
        assert (
            copy.eq.follower["P2"].reply.dual_array() == m.eq.follower["P2"].reply.dual_array()
        ).all()
        copy.eq.leader.x["Q", "bet"].fix(0.5)
        opt.solve(copy)
        assert pyo.value(copy.goal) < pyo.value(m.goal)
