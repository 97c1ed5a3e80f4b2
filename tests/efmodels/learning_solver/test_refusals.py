"""Models that the learner cannot take are refused: what is it, and who can take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.formulations import ACRONYMS
from efmodels.mediator.concept import EFCE
from efmodels.persuasion import PersuasionProblem
from tests.learned_models import model_of

if TYPE_CHECKING:
    from collections.abc import Callable

CHICKEN = ef.instances.chicken()
ABLE = r"(Solvers of linear programs take the model|Solvers that can): .*highs"


def chicken() -> Any:
    """Return the EFCE of Chicken."""
    return model_of(ACRONYMS["EFCE"](CHICKEN))


def zero_sum() -> Any:
    """Return the equilibrium of Kuhn poker."""
    return model_of(ef.formulations.nash_zero_sum(ef.instances.kuhn()))


def without_a_block() -> Any:
    """Return a linear program that is no game's."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(bounds=(0, 1))
    m.goal = pyo.Objective(expr=m.x, sense=pyo.maximize)
    return m


def with_two_blocks() -> Any:
    """Return a model of two games."""
    m = chicken()
    m.other = ACRONYMS["EFCE"](CHICKEN)
    return m


def with_whole_numbers() -> Any:
    """Return a model with an integer variable."""
    m = chicken()
    m.z = pyo.Var(domain=pyo.Binary)
    m.side = pyo.Constraint(expr=m.eq.payoff["P1"] <= 6 * m.z)
    return m


def quadratic() -> Any:
    """Return a model with a product of payoffs."""
    m = chicken()
    m.side = pyo.Constraint(expr=m.eq.payoff["P1"] * m.eq.payoff["P2"] >= 1)
    return m


def nonlinear() -> Any:
    """Return a model with a logarithm."""
    m = chicken()
    m.del_component("goal")
    m.goal = pyo.Objective(expr=pyo.log(m.eq.payoff["P1"]), sense=pyo.maximize)
    return m


def undetermined() -> Any:
    """Return a model with a variable that only inequalities say something about."""
    m = chicken()
    m.worst = pyo.Var()
    m.least = pyo.Constraint(["P1", "P2"], rule=lambda m, i: m.worst <= m.eq.payoff[i])
    m.del_component("goal")
    m.goal = pyo.Objective(expr=m.worst, sense=pyo.maximize)
    return m


def value_of_an_infoset() -> Any:
    """Return a model that asks for what a best response gets somewhere below the root."""
    m = chicken()
    m.side = pyo.Constraint(expr=m.eq.deviator["P1"].v[1] <= 3)
    return m


def bounded_infoset() -> Any:
    """Return the same as a bound."""
    m = chicken()
    m.eq.deviator["P1"].v[1].setub(3)
    return m


def floor_of_a_best_response() -> Any:
    """Return a model that asks for a best response that is worth something."""
    m = zero_sum()
    m.floor = pyo.Constraint(expr=m.eq.payoff["P2"] >= 0.1)
    return m


def rewarded_best_response() -> Any:
    """Return a model that maximises what the other side may get."""
    m = zero_sum()
    m.del_component("goal")
    m.goal = pyo.Objective(expr=m.eq.payoff["P2"], sense=pyo.maximize)
    return m


def two_best_responses() -> Any:
    """Return a model that bounds what two could get together."""
    m = chicken()
    m.side = pyo.Constraint(expr=m.eq.deviator["P1"].v[0] + m.eq.deviator["P2"].v[0] <= 6)
    return m


def without_a_row() -> Any:
    """Return a model one of whose best responses has been switched off."""
    m = chicken()
    m.eq.deviator["P1"].reply.deactivate()
    return m


def rewritten() -> Any:
    """Return a model with another row in the place of one of the block's."""
    m = chicken()
    row = m.eq.mediator.flow[1]
    row.set_value(row.body == 0.5)
    return m


def without_flows() -> Any:
    """Return a bound over correlation plans, whose polytope is not one of flows."""
    return model_of(ef.formulations.correlation_plan_bound(CHICKEN, EFCE))


def of_no_game() -> Any:
    """Return a persuasion problem, which is no game."""
    m = pyo.ConcreteModel()
    case = PersuasionProblem([0.5, 0.5], [[0, 1], [0, 1]], {"R": [[1, 0], [0, 1]]})
    m.eq = ef.formulations.private_persuasion(case)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    return m


REFUSED: dict[Callable[[], Any], str] = {
    without_a_block: r"learns on one block of a game, and the model has none",
    of_no_game: r"learns on one block of a game, and the model has none",
    with_two_blocks: r"learns on one block of a game, and the model has 2: 'eq', 'other'",
    with_whole_numbers: r"cannot take integer variables \(z\)",
    quadratic: r"cannot take quadratic constraints, convex or not \(side\)",
    nonlinear: r"cannot take a nonlinear function \(goal\)",
    undetermined: r"cannot take the variable worst: no equality defines it .* lower and an upper",
    value_of_an_infoset: r"cannot take eq.deviator\[P1\].v\[.*\], .* in side: only what it gets",
    bounded_infoset: r"cannot take eq.deviator\[P1\].v\[.*\], .* in a bound: only what it gets",
    floor_of_a_best_response: r"cannot take floor: it asks the best response of 'P2' to be worth",
    rewarded_best_response: r"cannot take an objective that rewards the best response of 'P2'",
    two_best_responses: r"cannot take side: it takes off the best responses of 'P1' and 'P2'",
    without_a_row: r"needs all rows of eq.deviator\[P1\].reply .* 5 of 5 are not active",
    rewritten: r"needs all rows of eq.mediator.flow .* 1 of \d are not active or rewritten",
    without_flows: r"needs a polytope of flows, and 'eq' has none: take .* such as nfcce",
}


@pytest.mark.parametrize("made", REFUSED, ids=lambda made: made.__name__)
def test_what_is_refused(made: Callable[[], Any]) -> None:
    """The error names what cannot be taken, and solvers that can."""
    with pytest.raises(ef.CapabilityError, match=f"efmodels_cfr {REFUSED[made]}") as caught:
        ef.solve(made(), solver="cfr")
    if made not in {quadratic, nonlinear}:
        caught.match(ABLE)


def test_no_vertex() -> None:
    """Whoever needs a vertex is told that there is none."""
    with pytest.raises(ef.CapabilityError, match=r"efmodels_cfr finds no vertices.*vertex=True"):
        ef.solve(chicken(), solver="cfr", vertex=True)


def test_unknown_option() -> None:
    """An option of another solver's is refused, with the names that there are."""
    with pytest.raises(ef.SolverError, match=r"'tolerence' = 0.1: the options are tol.*: tolera"):
        ef.solve(chicken(), solver="cfr", options={"tolerence": 0.1})


@pytest.mark.parametrize("options", [{"method": "simplex"}, {"engine": "abacus"}, {"tolerance": 0}])
def test_options_out_of_range(options: dict[str, Any]) -> None:
    """A method or an engine that does not exist, and a tolerance that cannot be met."""
    with pytest.raises(ef.GameError):
        ef.solve(chicken(), solver="cfr", options=options)
