"""The rounds over Border's inequalities: against profiles, against Myerson, and what stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError, InfeasibleError, SolverError, UnboundedError
from efmodels.formulations import border, direct_mechanism
from efmodels.mechanism_design import budgets, optimal_auction
from efmodels.mechanisms import IndependentBidders, Payments, myerson, sale_to


def random_bidders(seed: int, n: int, k: int) -> IndependentBidders:
    """Return bidders who are not alike."""
    rng = np.random.default_rng(seed)
    return IndependentBidders(
        [rng.choice(30, size=k, replace=False) / 4 for _ in range(n)],
        [rng.dirichlet(np.ones(k)) for _ in range(n)],
    )


def model(bidders: IndependentBidders, goal: str = "revenue", **arguments: Any) -> Any:
    """Return a model of the best reduced form."""
    m = pyo.ConcreteModel()
    m.auction = border(bidders, **arguments)
    m.goal = pyo.Objective(expr=getattr(m.auction, goal), sense=pyo.maximize)
    return m


def by_profiles(bidders: IndependentBidders, **arguments: Any) -> float:
    """Return the best revenue of a program over profiles."""
    m = pyo.ConcreteModel()
    m.auction = direct_mechanism(sale_to(bidders), **arguments)
    m.goal = pyo.Objective(expr=m.auction.revenue, sense=pyo.maximize)
    return ef.solve(m, vertex=True).value


@pytest.mark.parametrize("seed", range(50))
def test_three_ways_agree(seed: int) -> None:
    """The reduced form, the program over profiles and the formula: one revenue."""
    bidders = random_bidders(seed, 2 + seed % 2, 2 + seed % 4)
    found = optimal_auction(bidders)

    assert found.revenue == pytest.approx(myerson(bidders).revenue, abs=1e-9)
    assert found.revenue == pytest.approx(by_profiles(bidders), abs=1e-9)
    assert found.residual < 1e-9
    assert max(found.regrets().values()) < 1e-9


@pytest.mark.parametrize("seed", range(10))
def test_budgets_type_by_type_and_profile_by_profile(seed: int) -> None:
    """Payments that are limited for each type can be limited for each profile as well."""
    bidders = random_bidders(seed, 2, 3)
    most = {"B1": 1.0, "B2": 2.5}
    m = model(bidders)
    m.budget = budgets(m.auction, most)
    found = optimal_auction(m)

    assert found.revenue == pytest.approx(by_profiles(bidders, payments=Payments(most=most)))
    assert found.revenue < myerson(bidders).revenue
    assert model_value(model(bidders, payments=Payments(most=most))) == pytest.approx(found.value)
    assert found.rule.pay.max() <= 2.5 + 1e-9


def model_value(m: Any) -> float:
    """Return the optimum of a model."""
    return optimal_auction(m).value


@pytest.mark.parametrize("seed", range(5))
def test_winners_pay(seed: int) -> None:
    """Who wins nothing pays nothing, and nobody pays more than 2 per win."""
    bidders = random_bidders(seed, 2, 3)
    found = optimal_auction(model(bidders, payments=Payments("winner pays", most=2)))

    assert (found.rule.pay <= 2 * found.rule.win + 1e-9).all()
    assert (found.rule.pay >= -1e-12).all()
    assert found.residual < 1e-9


def test_one_set_at_a_time() -> None:
    """More rounds, the same optimum."""
    bidders = random_bidders(7, 6, 5)
    many, one = optimal_auction(bidders), optimal_auction(bidders, sets_per_round=1)

    assert one.revenue == pytest.approx(many.revenue, abs=1e-9)
    assert one.rounds > many.rounds
    assert len(one.sets) < len(many.sets)


def test_large_market() -> None:
    """Twenty bidders with ten types: a program over profiles would have 1e20."""
    bidders = random_bidders(0, 20, 10)
    found = optimal_auction(bidders)

    assert found.revenue == pytest.approx(myerson(bidders).revenue, abs=1e-8)
    assert found.residual < 1e-9


def test_side_constraints_and_other_variables_stay() -> None:
    """One of two bidders has to pay much on average; a binary variable says who.

    The same with profiles: the rows of the model are part of every round.
    """
    bidders = IndependentBidders([[4, 6], [3, 5]], [[0.5, 0.5], [0.5, 0.5]])
    reduced = model(bidders, "welfare")
    full = pyo.ConcreteModel()
    full.auction = direct_mechanism(sale_to(bidders))
    full.goal = pyo.Objective(expr=full.auction.welfare, sense=pyo.maximize)
    for m in (reduced, full):
        m.first = pyo.Var(domain=pyo.Binary)
        paid = m.auction.transfer
        m.one = pyo.Constraint(expr=paid["B1"] >= 3.9 * m.first)
        m.other = pyo.Constraint(expr=paid["B2"] >= 2.9 * (1 - m.first))
    values = [optimal_auction(reduced).value, ef.solve(full).value]
    free = optimal_auction(model(bidders, "welfare")).value

    assert values[0] == pytest.approx(values[1], abs=1e-7)
    assert values[0] < free - 1e-3
    assert reduced.first.value in {0, 1}
    assert reduced.auction.solution().residual < 1e-8


def test_model_is_left_solved_with_all_rows() -> None:
    """Values, duals and rows are those of the last round; to solve it again changes nothing."""
    bidders = random_bidders(3, 5, 5)
    m = model(bidders)
    bound = ef.solve(m)
    assert bound.regrets == {}
    assert m.auction.is_bound
    before = len(m.auction.border)
    found = optimal_auction(m)

    assert len(m.auction.border) == len(found.sets) > before
    assert bound.value > found.value + 1e-6
    assert found.residual < 1e-9
    assert m.auction.is_bound  # another objective may need other rows
    assert m.auction.revenue() == pytest.approx(found.revenue)
    duals = np.concatenate([m.auction.border.dual_array() * m.auction.border.upper_array()])
    assert duals.sum() + rents_of_bounds(m) == pytest.approx(found.value)
    again = ef.solve(m)
    assert again.value == pytest.approx(found.value, abs=1e-8)
    assert max(m.auction.regrets().values()) < 1e-7


def rents_of_bounds(m: Any) -> float:
    """Return what the upper bounds of ``x`` contribute to the dual objective."""
    bidders = m.auction.formulation().setting
    price = m.auction.border.parts[0].matrix.T @ m.auction.border.dual_array()
    worth = np.zeros(len(price))
    for rows in (m.auction.truth, m.auction.participation):
        worth -= rows.parts[0].matrix.T @ rows.dual_array()
    reduced = worth - price
    assert len(reduced) == len(bidders.value)
    return float(np.maximum(reduced, 0).sum())


class TestFailures:
    """What cannot be solved, by name."""

    bidders = IndependentBidders([[1, 2], [1, 2]], [[0.5, 0.5]] * 2)

    def test_infeasible(self) -> None:
        """More revenue than the item can be worth: the row is named."""
        m = model(self.bidders)
        m.floor = pyo.Constraint(expr=m.auction.revenue >= 5)
        with pytest.raises(InfeasibleError, match="floor") as caught:
            optimal_auction(m)
        assert caught.value.conflict == ("floor",)

    def test_infeasible_after_cuts(self) -> None:
        """More than any auction brings, but not more than the first program."""
        bidders = random_bidders(3, 5, 5)
        m = model(bidders)
        m.floor = pyo.Constraint(expr=m.auction.revenue >= myerson(bidders).revenue + 1e-4)
        with pytest.raises(InfeasibleError, match="no auction satisfies the constraints") as caught:
            optimal_auction(m)
        assert caught.value.conflict == ("floor",)

    def test_unbounded(self) -> None:
        """To pay the bidders as much as possible has no limit."""
        m = model(self.bidders)
        m.goal.sense = pyo.minimize
        with pytest.raises(UnboundedError, match="check its sense"):
            optimal_auction(m)

    def test_time_limit(self) -> None:
        """No time at all."""
        with pytest.raises(SolverError, match="the rounds ended before the optimum"):
            optimal_auction(random_bidders(0, 10, 10), time_limit=0)

    def test_what_is_refused(self) -> None:
        """Models without a reduced form, or with two; no sets; other arguments of the block."""
        m = model(self.bidders)
        m.more = border(self.bidders)
        with pytest.raises(GameError, match="the model has 2 border blocks"):
            optimal_auction(m)
        with pytest.raises(GameError, match="the model has 0 border blocks"):
            optimal_auction(pyo.ConcreteModel())
        with pytest.raises(GameError, match="expected IndependentBidders or a model"):
            optimal_auction([[1, 2]])
        with pytest.raises(GameError, match="sets_per_round must be at least 1; got 0"):
            optimal_auction(self.bidders, sets_per_round=0)

    def test_report(self) -> None:
        """The facts as text."""
        text = str(optimal_auction(self.bidders))

        assert "revenue         1.5\n" in text
        assert "regret of B2" in text
