"""What is loaded into a model: values that keep its rows, and duals that prove the bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.compiling import compile_model
from efmodels.formulations import ACRONYMS
from efmodels.learning_solver import run_by_learning
from efmodels.linear_program import LinearSolution, optimality_violation
from efmodels.mediator.incentives import Incentives
from tests.learned_models import model_of, row_violations

if TYPE_CHECKING:
    from collections.abc import Callable

OPTIONS = {"engine": "numpy", "tolerance": 1e-3}


def mediated() -> Any:
    """Return an EFCE with a floor, a bounded flow and a maximum of two variables."""
    m = model_of(ACRONYMS["EFCE"](ef.instances.load("K23")), "P1")
    m.floor = pyo.Constraint(expr=m.eq.payoff["P2"] - 2 * m.eq.payoff["P1"] >= 0.1)
    m.eq.mediator.x[5].setub(0.1)
    return m


def with_coordinates() -> Any:
    """Return an NFCCE, some of whose coordinates are several flows, that minimises."""
    m = model_of(ACRONYMS["NFCCE"](ef.instances.load("K23")))
    m.seen = pyo.Constraint(expr=m.eq.expected(np.arange(len(m.eq.game.terminals))) >= 13.9)
    m.del_component("goal")
    m.goal = pyo.Objective(expr=2 * m.eq.payoff["P1"] + 1, sense=pyo.minimize)
    return m


def zero_sum() -> Any:
    """Return Kuhn poker with a limit on behaviour."""
    m = model_of(ef.formulations.nash_zero_sum(ef.instances.kuhn()))
    m.calls = pyo.Constraint(
        expr=m.eq.leader.x["Q:kb", "call"] <= 0.1 * m.eq.leader.x["Q", "check"]
    )
    return m


def mechanism() -> Any:
    """Return an auction with money, participation, and a choice between bounds."""
    block = ef.formulations.sequential_mechanism(
        ef.instances.single_item_auction(prices=(0,)),
        designer="Auctioneer",
        incentives=Incentives(participation="ex post"),
        transfers={"P1": (0, 1), "P2": (0, 1)},
    )
    m = model_of(block)
    m.tax = pyo.Var(bounds=(0.1, 2))
    m.paid = pyo.Constraint(expr=m.tax >= 0.5 * m.eq.transfer["P1"])
    m.del_component("goal")
    m.goal = pyo.Objective(expr=m.eq.value - m.tax, sense=pyo.maximize)
    return m


MODELS: dict[str, Callable[[], Any]] = {
    made.__name__: made for made in (mediated, with_coordinates, zero_sum, mechanism)
}


@pytest.mark.parametrize("name", MODELS)
def test_duals_prove_the_bound(name: str) -> None:
    """They are dual feasible, and the gap that they leave is what value and violations leave."""
    m = MODELS[name]()
    compiled = compile_model(m)
    program = compiled.program
    run = run_by_learning(compiled, OPTIONS)
    solution, learned = run.solution, run.learned

    assert solution is not None
    assert learned is not None
    assert optimality_violation(program, solution).dual <= 1e-12
    assert solution.duals is not None
    free = LinearSolution(solution.x, solution.duals)
    # The dual objective: every row and bound pays its multiplier, whichever side it is of.
    sense = 1.0 if program.maximize else -1.0
    reduced = program.c - program.A.T @ solution.duals
    sides = ((solution.duals, program.row_lower, program.row_upper),
             (reduced, program.lower, program.upper))  # fmt: skip # a pair on each line
    proved = program.offset
    for multipliers, lower, upper in sides:
        y = sense * multipliers
        sizes = np.where(y > 1e-13, upper, np.where(y < -1e-13, lower, 0.0))
        proved += float(multipliers @ sizes)
    assert proved == pytest.approx(learned.bound, abs=1e-9)
    assert program.value(free.x) == pytest.approx(learned.value, abs=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_rows_of_the_model_hold_but_for_what_is_reported(name: str) -> None:
    """Pyomo's own evaluation of every constraint finds the violations of the result, no others."""
    m = MODELS[name]()
    result = ef.solve(m, solver="cfr", options=OPTIONS)

    for row, missed in row_violations(m).items():
        assert missed == pytest.approx(result.violations.get(row, 0.0), abs=1e-9), row
    assert result.value == pytest.approx(pyo.value(m.goal), abs=1e-9)
    for variable in m.component_data_objects(pyo.Var):
        assert variable.value is not None
        missed = result.violations.get(f"the bounds of {variable.name}", 0.0) + 1e-9
        assert variable.value >= (-np.inf if variable.lb is None else variable.lb) - missed
        assert variable.value <= (np.inf if variable.ub is None else variable.ub) + missed


@pytest.mark.parametrize("name", MODELS)
def test_duals_are_near_those_of_an_exact_solver(name: str) -> None:
    """A small change of every side constraint moves the bound as its dual says, or less."""
    m = MODELS[name]()
    result = ef.solve(m, solver="cfr", options=OPTIONS)
    sense = 1 if m.goal.sense == pyo.maximize else -1
    sides = [row for row in m.component_data_objects(pyo.Constraint) if row.parent_block() is m]
    for row in sides:
        price = m.dual[row]
        for step in (-0.01, 0.01):
            row.deactivate()
            m.moved = pyo.Constraint(expr=(
                None if row.lower is None else row.lower + step,
                row.body,
                None if row.upper is None else row.upper + step,
            ))  # fmt: skip # the three parts on three lines
            optimum = ef.solve(m, solver="highs").value
            m.del_component("moved")
            row.activate()
            assert sense * (result.bound + price * step - optimum) >= -1e-7


def test_values_of_best_responses_and_regrets() -> None:
    """The root's value exceeds the payoff by the regret that the tree confirms."""
    m = model_of(ACRONYMS["EFCE"](ef.instances.load("K23")), "P1")
    result = ef.solve(m, solver="cfr", options=OPTIONS)
    for player, regret in m.eq.regrets().items():
        gained = m.eq.deviator[player].v[0].value - m.eq.payoff[player].value
        assert max(gained, 0.0) == pytest.approx(regret, abs=1e-9)
        assert result.violations[f"eq.deviator[{player}].obey[obey]"] == pytest.approx(regret)


def test_the_other_side_of_a_zero_sum_game() -> None:
    """The duals are the follower's plan; the two regrets are the gap that was proved."""
    m = model_of(ef.formulations.nash_zero_sum(ef.instances.kuhn()))
    result = ef.solve(m, solver="cfr", options=OPTIONS)
    regrets = m.eq.regrets()

    assert sum(regrets.values()) == pytest.approx(result.bound - result.value, abs=1e-9)
    assert 1e-7 < sum(regrets.values()) <= 4e-3


def test_a_solver_after_the_learner() -> None:
    """What the learner left behind does not count any more."""
    m = model_of(ef.formulations.nash_zero_sum(ef.instances.kuhn()))
    ef.solve(m, solver="cfr", options=OPTIONS)
    assert m.eq.follower["P2"].reply.dual_gap() > 0
    ef.solve(m)

    assert m.eq.follower["P2"].reply.dual_gap() == 0
    assert max(m.eq.regrets().values()) <= 1e-9
