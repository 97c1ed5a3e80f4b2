"""The block of second-price pacing equilibria: its program, side constraints, and its bounds."""

from __future__ import annotations

import pickle

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.bench.pacing_workloads import plain_sppe
from efmodels.errors import GameError, SolverError
from efmodels.formulations import DESIGNS, sppe
from efmodels.markets import Market
from efmodels.results import Status
from tests.random_second_price_markets import integer_market


def optimum(market: Market, objective: str, sense: int) -> float:
    """Return an optimum over the block."""
    model = pyo.ConcreteModel()
    model.eq = sppe(market)
    model.goal = pyo.Objective(expr=getattr(model.eq, objective), sense=sense)
    result = ef.solve(model, "highs", options={"mip_feasibility_tolerance": 1e-7})
    assert max(result.regrets["eq"].values()) < 1e-5
    return result.value


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("sense", [pyo.minimize, pyo.maximize])
def test_the_plain_program_has_the_same_optima(seed: int, sense: int) -> None:
    """Bounds and further rows cut no optimal equilibrium off: the textbook program agrees."""
    market = ef.instances.complete_market(2, 3, budget_scale=2.0, seed=seed)
    model = plain_sppe(market)
    model.goal = pyo.Objective(expr=model.revenue, sense=sense)
    plain = ef.solve(model, "highs", options={"mip_feasibility_tolerance": 1e-7})
    assert optimum(market, "revenue", sense) == pytest.approx(plain.value, abs=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_totals_are_those_of_the_outcome(seed: int) -> None:
    """Revenue, paced welfare and sum of multipliers, also with reserves and supplies."""
    model = pyo.ConcreteModel()
    model.eq = sppe(integer_market(seed, 3, 3))
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    ef.solve(model)
    outcome = model.eq.solution().outcome
    assert model.eq.revenue.value == pytest.approx(outcome.revenue, abs=1e-6)
    welfare = float(outcome.bids @ outcome.units)
    assert model.eq.paced_welfare.value == pytest.approx(welfare, abs=1e-5)
    assert model.eq.alpha_sum.value == pytest.approx(outcome.alpha.sum(), abs=1e-6)
    assert model.eq.strategy().shape == (len(outcome.market.bidders), 4)


def test_only_positive_values_have_variables() -> None:
    """Excluded pairs and values of zero cost nothing; reserves are one more offer."""
    block = sppe(Market([[3, None, 2], [0, 1, 2]], [1, 1], reserves=[0, 0, 1]))
    assert list(block.spend.index_set()) == ["B1_G1", "B1_G3", "B2_G2", "B2_G3"]
    assert list(block.highest.index_set())[4:] == ["reserve_G3"]
    assert block.unsold.size == 1
    assert block.one_second.size == 1
    assert "sppe" in DESIGNS


def test_a_side_constraint_binds() -> None:
    """Among the equilibria of the family, a floor on revenue moves the smallest multiplier."""
    model = pyo.ConcreteModel()
    model.eq = sppe(ef.instances.two_equilibria_market(3))
    model.floor = pyo.Constraint(expr=model.eq.revenue >= 2.2)
    model.goal = pyo.Objective(expr=model.eq.alpha["B1"], sense=pyo.minimize)
    assert ef.solve(model).value == pytest.approx(0.4, abs=1e-6)
    model.floor.deactivate()
    model.cap = pyo.Constraint(expr=model.eq.revenue <= 1.5)
    with pytest.raises(ef.InfeasibleError):
        ef.solve(model)


def test_infeasible_is_a_failure_of_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was added, so that an equilibrium exists, whatever the solver says."""
    run = ef.solving.run_in_bulk

    def denies(*arguments: object, **keywords: object) -> object:
        return type(run(*arguments, **keywords))(Status.INFEASIBLE)

    monkeypatch.setattr(ef.solving, "run_in_bulk", denies)
    model = pyo.ConcreteModel()
    model.eq = sppe(ef.instances.two_equilibria_market())
    model.goal = pyo.Objective(expr=model.eq.revenue)
    with pytest.raises(SolverError) as caught:
        ef.solve(model)
    assert not isinstance(caught.value, ef.InfeasibleError)
    model.del_component("eq")
    model.del_component("goal")
    model.eq = sppe(ef.instances.two_equilibria_market(), within=(0.0, 0.9))
    model.goal = pyo.Objective(expr=model.eq.revenue)
    with pytest.raises(ef.InfeasibleError):
        ef.solve(model)


def test_within_a_box() -> None:
    """Only equilibria with multipliers in the box; a box without any is refused where seen."""
    market = ef.instances.two_equilibria_market(3)
    model = pyo.ConcreteModel()
    model.eq = sppe(market, within=([0.3, 0.9], [0.5, 1.0]))
    model.goal = pyo.Objective(expr=model.eq.revenue, sense=pyo.maximize)
    assert ef.solve(model).value == pytest.approx(2.5, abs=1e-6)
    with pytest.raises(GameError, match="Widen"):
        sppe(market, within=([0.95, 0.0], [1.0, 0.1]))


def test_markets_without_equilibrium_are_refused() -> None:
    """No budget, or a good without bidders: by name."""
    with pytest.raises(GameError, match="B2"):
        sppe(Market([[1], [1]], [1, 0]))
    with pytest.raises(GameError, match="G2"):
        sppe(Market([[1, 0], [1, 0]], [1, 1]))


def test_unsolved_blocks_have_no_answer() -> None:
    """The error says to solve first; copies share the market."""
    model = pyo.ConcreteModel()
    model.eq = sppe(ef.instances.two_equilibria_market())
    for one in (model, model.clone(), pickle.loads(pickle.dumps(model))):  # noqa: S301 - our own
        with pytest.raises(SolverError, match="solve the model first"):
            one.eq.regrets()


def test_strengthening_fixes_what_cannot_be() -> None:
    """A bidder who never wins and never sets a price has no open binary variable."""
    block = sppe(Market([[10.0], [9.0], [0.1]], [99, 99, 99]))
    for variable in (block.highest, block.winner, block.second):
        assert variable.upper_array()[2] == 0
    assert np.isclose(block.alpha.lower_array(), 1).all()
