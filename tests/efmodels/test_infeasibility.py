"""An infeasible model is explained in its own names, whichever solver refused it."""

from __future__ import annotations

import pickle
from typing import Any

import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.infeasibility import explain_infeasibility
from efmodels.solvers import available_solvers
from tests.random_games import random_game

GAME = ef.instances.sheriff(items=3, bribe=2, rounds=2)


def model(concept: Any = ef.formulations.efce, **arguments: Any) -> Any:
    """Return a game's equilibria with the welfare as the objective."""
    m = pyo.ConcreteModel()
    m.eq = concept(GAME, **arguments)
    m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    return m


def best(goal: str) -> float:
    """Return the largest payoff of a player in any equilibrium, from a solve of its own."""
    return ef.optimal_equilibrium(GAME, "efce", goal).value


def refused(m: Any, **settings: Any) -> ef.InfeasibleError:
    """Return the error of an infeasible model."""
    with pytest.raises(ef.InfeasibleError, match="no point satisfies the constraints") as caught:
        ef.solve(m, **settings)
    return caught.value


@pytest.mark.parametrize("solver", available_solvers())
def test_one_bad_floor(solver: str) -> None:
    """It is named among others, with how much there is; the solver does not matter."""
    m = model()
    m.fine = pyo.Constraint(expr=m.eq.payoff["Smuggler"] >= -1)
    m.floor = pyo.Constraint(expr=m.eq.payoff["Sheriff"] >= 100)
    error = refused(m, solver=solver)

    assert error.conflict == ("floor",)
    assert f"is missed by {100 - best('Sheriff'):.4g}\n" in str(error)
    assert "fine" not in str(error)


def test_floors_that_conflict_with_each_other() -> None:
    """Each player can have her best, not both; the third constraint has nothing to do with it."""
    m = model()
    m.floors = pyo.Constraint(GAME.players, rule=lambda m, who: m.eq.payoff[who] >= best(who) - 0.1)
    m.third = pyo.Constraint(expr=m.eq.welfare <= 50)
    error = refused(m)

    assert set(error.conflict) == {f"floors[{player}]" for player in GAME.players}
    assert "if the other holds" in str(error)
    for name in error.conflict:
        m.floors[name[7:-1]].deactivate()
        assert ef.solve(m).status == "optimal"
        m.floors[name[7:-1]].activate()


def test_cap_on_a_probability_against_a_floor() -> None:
    """Variables made on demand do not hide who uses them."""
    m = model()
    m.cap = pyo.Constraint(expr=m.eq.probability("3") <= 0.05)
    m.floor = pyo.Constraint(expr=m.eq.probability("3") >= 0.5)
    error = refused(m)

    assert error.conflict == ("cap", "floor")
    assert str(error).count("missed by 0.45 if the other holds") == 2


def test_bounds_of_a_variable() -> None:
    """They count as constraints: against each other, against a constraint, or fixed."""
    m = model()
    payoff = m.eq.payoff["Sheriff"]
    payoff.setlb(2)
    payoff.setub(1.5)
    assert refused(m).conflict == ("eq.payoff[Sheriff]",)

    payoff.setlb(None)
    m.floor = pyo.Constraint(expr=payoff >= 2)
    assert set(refused(m).conflict) == {"eq.payoff[Sheriff]", "floor"}

    m.del_component("floor")
    payoff.setub(None)
    payoff.fix(200)
    assert "eq.payoff[Sheriff] == 200 (fixed), which is missed by 19" in str(refused(m))


@pytest.mark.parametrize("beside", [False, True])
def test_margin_that_nobody_can_meet(*, beside: bool) -> None:
    """The formulation's own row is named in its terms, whatever is asked beside it."""
    m = model(margin=10)
    if beside:
        m.floor = pyo.Constraint(expr=m.eq.payoff["Sheriff"] >= 100)
    error = refused(m)

    assert error.conflict[0].startswith("eq.deviator[")
    assert error.conflict[0].endswith(".obey[obey]")
    assert "The formulation alone has no feasible point. Lower the margin" in str(error)


def test_margin_that_leaves_too_little() -> None:
    """What a margin rules out beside a constraint is blamed on the constraint."""
    m = model(ef.formulations.nfcce, margin=0.1)
    m.floor = pyo.Constraint(expr=m.eq.payoff["Sheriff"] >= 100)

    assert refused(m).conflict == ("floor",)


def test_whole_numbers() -> None:
    """Numbers that need not be whole show what they can; the rest is said not to be looked for."""
    m = model()
    m.b = pyo.Var(domain=pyo.Binary)
    m.odd = pyo.Constraint(expr=2 * m.b == 1)
    error = refused(m, solver="highs")
    assert error.conflict == ()
    assert "Without the requirement that variables be whole numbers there are feas" in str(error)

    m.floor = pyo.Constraint(expr=m.eq.payoff["Sheriff"] >= 100)
    assert refused(m, solver="highs").conflict == ("floor",)


def test_rounding() -> None:
    """A contradiction below all tolerances is called that."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var()
    m.low, m.high = pyo.Constraint(expr=m.x >= 1 + 1e-9), pyo.Constraint(expr=m.x <= 1)
    m.goal = pyo.Objective(expr=m.x)

    assert "but for a rounding error" in explain_infeasibility(m).text


def test_nonlinear_models_are_not_looked_into() -> None:
    """They get the advice that there was before."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var()
    m.circle = pyo.Constraint(expr=m.x**2 <= -1)
    m.goal = pyo.Objective(expr=m.x)

    assert explain_infeasibility(m).text.startswith("Deactivate side constraints")


def test_long_expressions_are_cut() -> None:
    """A line stays a line."""
    m = pyo.ConcreteModel()
    m.x = pyo.Var(range(100), domain=pyo.NonNegativeReals)
    m.total = pyo.Constraint(expr=sum(m.x.values()) <= -1)
    m.goal = pyo.Objective(expr=m.x[0])
    lines = explain_infeasibility(m).text.splitlines()

    assert len(lines) == 2
    assert lines[1].startswith("  total: x[0] + x[1]")
    assert lines[1].endswith("..., which is missed by 1")


def test_conflict_travels() -> None:
    """Workers send it home."""
    m = model()
    m.floor = pyo.Constraint(expr=m.eq.payoff["Sheriff"] >= 100)
    error = pickle.loads(pickle.dumps(refused(m)))  # noqa: S301 - our own

    assert isinstance(error, ef.InfeasibleError)
    assert error.conflict == ("floor",)
    assert error.result is not None


SEEDS = (2, 7, 14, 15, 19, 20, 22)  # elsewhere all can have it together


@pytest.mark.parametrize("seed", SEEDS)
def test_random_floors(seed: int) -> None:
    """All are promised what each alone can have: what is named is infeasible, and minimal."""
    game = random_game(seed, players=3, nodes=9)
    m = pyo.ConcreteModel()
    m.eq = ef.formulations.certification_equilibrium(game)
    tops = {p: ef.optimal_equilibrium(game, "CERT", p).value for p in game.players}
    m.floors = pyo.Constraint(game.players, rule=lambda m, p: m.eq.payoff[p] >= tops[p] - 0.05)
    m.goal = pyo.Objective(expr=m.eq.welfare, sense=pyo.maximize)
    conflict = refused(m).conflict

    assert len(conflict) > 1
    for row in m.floors.values():
        if row.name not in conflict:
            row.deactivate()
    refused(m)
    for name in conflict:
        m.find_component(name).deactivate()
        assert ef.solve(m).status == "optimal"
        m.find_component(name).activate()
