"""What a run returns, whatever ends it, through either door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import ACRONYMS
from efmodels.learning import FixedMultipliers, Ranges
from tests.learned_models import model_of
from tests.pyomo_versions import IS_OLDEST, NO_PLUGINS

if TYPE_CHECKING:
    from efmodels.learning import Entry

OPTIONS = {"engine": "numpy"}
needs_plugins = pytest.mark.skipif(IS_OLDEST, reason=NO_PLUGINS)


def kuhn() -> Any:
    """Return the best EFCE of Kuhn poker for the first player, minimised with another sign."""
    m = model_of(ACRONYMS["EFCE"](ef.instances.load("K23")))
    m.del_component("goal")
    m.goal = pyo.Objective(expr=1 - m.eq.payoff["P1"])
    return m


def test_result_and_log() -> None:
    """The log is a table in units of the model, and a text."""
    result = ef.solve(kuhn(), solver="cfr", options=OPTIONS)
    table = result.learned.frame()

    assert (result.status, result.solver) == ("optimal", "efmodels_cfr")
    assert table["value"].iloc[-1] == pytest.approx(result.value)
    assert table["bound"].iloc[-1] == pytest.approx(result.bound, abs=1e-9)
    assert result.bound <= 1 + 1 / 18 + 1e-9
    assert result.log.startswith("iterations")
    assert len(result.log.splitlines()) == 1 + len(table)
    assert "violation" in str(result)


def test_printing(capsys: pytest.CaptureFixture[str]) -> None:
    """``tee`` prints the lines of the log as they come."""
    result = ef.solve(kuhn(), solver="cfr", options=OPTIONS, tee=True)
    assert capsys.readouterr().out == result.log
    ef.solve(kuhn(), solver="cfr", options=OPTIONS)
    assert not capsys.readouterr().out


def test_options_reach_the_learner() -> None:
    """Method, multipliers, accuracy, and its units; the callback gets units of the model."""
    seen: list[Entry] = []
    asked = {"method": "cfr+", "tolerance": 1e-2, "ranges": Ranges(4, 4), "callback": seen.append}
    first = ef.solve(kuhn(), solver="cfr", options=OPTIONS | asked)
    fixed = ef.solve(
        kuhn(), solver="cfr", options=OPTIONS | asked | {"multipliers": FixedMultipliers(8.0)}
    )

    assert 0.5 < seen[-1].value < 1.5
    assert first.value - first.bound <= 4e-2
    assert {entry.multiplier for entry in fixed.learned.log} == {8.0}
    assert len({entry.multiplier for entry in first.learned.log}) >= 1


def test_limit_without_a_feasible_point() -> None:
    """The values stay what they were; the error has the bound, and what is still violated."""
    m = kuhn()
    asked = OPTIONS | {"tolerance": 1e-9, "iteration_limit": 20}
    with pytest.raises(ef.SolverError, match=r"best plan so far violates eq.deviator") as caught:
        ef.solve(m, solver="cfr", options=asked)

    assert caught.value.status == "limit"
    assert caught.value.result is not None
    assert caught.value.result.learned is not None
    assert caught.value.result.bound <= 1 + 1 / 18 + 1e-9
    assert m.eq.payoff["P1"].value is None
    with pytest.raises(ef.SolverError) as caught:
        ef.solve(m, solver="cfr", options=OPTIONS | {"tolerance": 1e-9}, time_limit=0)
    assert caught.value.status == "time_limit"


def test_limit_at_a_feasible_point() -> None:
    """A plan whose violations are allowed is loaded, with a bound that says how far it may be."""
    m = model_of(ef.formulations.nash_zero_sum(ef.instances.kuhn()))
    result = ef.solve(m, solver="cfr", options={"tolerance": 1e-9, "iteration_limit": 30})

    assert result.status == "feasible"
    assert result.value <= -1 / 18 <= result.bound
    assert sum(m.eq.regrets().values()) == pytest.approx(result.bound - result.value)


def test_interruption() -> None:
    """Ctrl-C ends it with the best answer so far."""

    def interrupt(entry: Entry) -> None:
        if entry.iterations >= 20:
            raise KeyboardInterrupt

    m = model_of(ef.formulations.nash_zero_sum(ef.instances.kuhn()))
    result = ef.solve(m, solver="cfr", options=OPTIONS | {"tolerance": 1e-9, "callback": interrupt})
    assert (result.status, result.learned.status) == ("feasible", "interrupted")


def test_one_call_for_an_equilibrium() -> None:
    """`optimal_equilibrium` learns on the reduced block, by name and with options."""
    game = ef.instances.sheriff(items=3, bribe=1, rounds=1)
    exact = ef.optimal_equilibrium(game, "EFCE", "Smuggler").value
    learned = ef.optimal_equilibrium(
        game, "EFCE", "Smuggler", solver="cfr", options=OPTIONS | {"tolerance": 1e-4}
    )

    assert learned.solver == "efmodels_cfr"
    assert learned.bound >= exact - 1e-9
    assert learned.value == pytest.approx(exact, abs=0.05)
    assert max(learned.regrets.values()) <= 1e-4 * 16


@needs_plugins
def test_a_solver_of_pyomo() -> None:
    """The legacy factory loads values and duals into an ordinary suffix."""
    m = kuhn()
    m.dual = pyo.Suffix(direction=pyo.Suffix.IMPORT)
    found = pyo.SolverFactory("efmodels_cfr").solve(m, options=OPTIONS)

    assert pyo.check_optimal_termination(found)
    assert m.eq.deviator["P1"].obey["obey"] in m.dual
    assert pyo.value(m.goal) == pytest.approx(1 + 1 / 18, abs=0.02)


@needs_plugins
def test_results_of_pyomo() -> None:
    """The new factory's record has value, bound, condition, log and time."""
    from pyomo.contrib.solver.common.factory import SolverFactory
    from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition

    m = kuhn()
    found = SolverFactory("efmodels_cfr").solve(m, solver_options=OPTIONS | {"tolerance": 1e-2})

    assert found.incumbent_objective == pytest.approx(pyo.value(m.goal))
    assert found.objective_bound <= 1 + 1 / 18 + 1e-9
    assert found.termination_condition is TerminationCondition.convergenceCriteriaSatisfied
    assert found.solution_status is SolutionStatus.optimal
    assert found.extra_info.iteration_count >= 10
    assert found.solver_log.startswith("iterations")
    assert found.timing_info.wall_time > 0


@needs_plugins
def test_ends_in_pyomos_words() -> None:
    """A limit, and a proof that nothing is feasible."""
    from pyomo.contrib.solver.common.factory import SolverFactory
    from pyomo.contrib.solver.common.results import SolutionStatus, TerminationCondition

    quiet = {"load_solutions": False, "raise_exception_on_nonoptimal_result": False}
    m = kuhn()
    few = OPTIONS | {"tolerance": 1e-9, "iteration_limit": 20}
    found = SolverFactory("efmodels_cfr").solve(m, solver_options=few, **quiet)
    assert found.termination_condition is TerminationCondition.iterationLimit
    assert found.solution_status is SolutionStatus.infeasible
    late = SolverFactory("efmodels_cfr").solve(m, time_limit=0, solver_options=OPTIONS, **quiet)
    assert late.termination_condition is TerminationCondition.maxTimeLimit
    m.floor = pyo.Constraint(expr=m.eq.payoff["P1"] >= 0)
    none = SolverFactory("efmodels_cfr").solve(m, solver_options=OPTIONS, **quiet)
    assert none.termination_condition is TerminationCondition.provenInfeasible
    assert none.solution_status is SolutionStatus.noSolution
