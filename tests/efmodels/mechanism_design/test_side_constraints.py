"""Ready-made rows are the plain rows that anybody would write, and bind as they should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError
from efmodels.formulations import border, direct_mechanism
from efmodels.mechanism_design import (
    anonymity,
    budgets,
    ex_post_balance,
    no_positive_transfers,
    optimal_auction,
    reserve_prices,
    revenue_floor,
    welfare_floor,
)
from efmodels.mechanisms import (
    Incentives,
    IndependentBidders,
    MechanismSetting,
    Payments,
    bilateral_trade,
    public_decision,
    sale_to,
    several_items,
    single_item,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SALE = single_item([[1, 2, 4], [2, 3]], [[0.2, 0.3, 0.5], [0.6, 0.4]])
BIDDERS = IndependentBidders([[1, 2, 4], [2, 3]], [[0.2, 0.3, 0.5], [0.6, 0.4]])


def sale(setting: MechanismSetting = SALE, goal: str = "revenue", **arguments: Any) -> Any:
    """Return a model of the best mechanism for a goal."""
    m = pyo.ConcreteModel()
    m.auction = direct_mechanism(setting, **arguments)
    m.goal = pyo.Objective(expr=getattr(m.auction, goal), sense=pyo.maximize)
    return m


def budget_by_hand(m: Any) -> pyo.Constraint:
    """Return the rows of a budget of 1.5 for the first and 2 for the second bidder."""
    most = {"B1": 1.5, "B2": 2}
    return pyo.Constraint(
        list(m.auction.t), rule=lambda _, key: m.auction.t[key] <= most[key.rpartition(": ")[2]]
    )


def reserve_by_hand(m: Any) -> pyo.Constraint:
    """Return the rows of a reserve of 2.5 per unit of the chance to win."""

    def row(_: Any, key: str) -> Any:
        profile, _, bidder = key.rpartition(": ")
        return m.auction.t[key] >= 2.5 * m.auction.x[f"{profile}: {bidder} wins"]

    return pyo.Constraint(list(m.auction.t), rule=row)


def signs_by_hand(m: Any) -> pyo.Constraint:
    """Return that all payments are at least 0."""
    return pyo.Constraint(list(m.auction.t), rule=lambda _, key: m.auction.t[key] >= 0)


@pytest.mark.parametrize(
    ("ready", "by_hand", "goal"),
    [
        (lambda b: budgets(b, {"B1": 1.5, "B2": 2}), budget_by_hand, "revenue"),
        (lambda b: budgets(b, [1.5, 2]), budget_by_hand, "welfare"),
        (lambda b: reserve_prices(b, 2.5), reserve_by_hand, "welfare"),
        (no_positive_transfers, signs_by_hand, "revenue"),
    ],
)
def test_rows_by_hand(ready: Callable[..., Any], by_hand: Callable[..., Any], goal: str) -> None:
    """The optimum is that with the plain rows; the solution keeps them."""
    first, second = sale(goal=goal), sale(goal=goal)
    first.rows = ready(first.auction)
    second.rows = by_hand(second)

    assert ef.solve(first).value == pytest.approx(ef.solve(second).value, abs=1e-8)
    assert all(row.slack() > -1e-7 for constraint in (first.rows,) for row in constraint.values())


def test_reserve_is_per_win() -> None:
    """A type below the reserve never wins; nobody who loses has to pay."""
    m = sale(goal="welfare")
    free = ef.solve(m).value
    m.reserve = reserve_prices(m.auction, 2.5)
    value = ef.solve(m, vertex=True).value
    mechanism = m.auction.solution()
    low = mechanism.setting.own_type[0] < 2

    assert value < free
    assert mechanism.lottery[low, 1].max() < 1e-7
    assert max(m.auction.regrets().values()) < 1e-7


def test_reserves_count_items() -> None:
    """Two items bring at least twice the reserve of one."""
    setting = several_items([[[1, 1], [2, 2]]], [[0.5, 0.5]])
    m = sale(setting, "welfare")
    m.reserve = reserve_prices(m.auction, 2)
    ef.solve(m, vertex=True)

    assert m.auction.solution().paid[:, 0] == pytest.approx([0, 4])


@pytest.mark.parametrize(
    "ready",
    [lambda b: budgets(b, 1.5), lambda b: reserve_prices(b, 2.5), no_positive_transfers],
)
def test_reduced_form(ready: Callable[..., Any]) -> None:
    """The same rows for every type bring what they bring for every profile."""
    reduced = pyo.ConcreteModel()
    reduced.auction = border(BIDDERS)
    reduced.goal = pyo.Objective(expr=reduced.auction.revenue, sense=pyo.maximize)
    reduced.rows = ready(reduced.auction)
    full = sale()
    full.rows = ready(full.auction)

    assert optimal_auction(reduced).value == pytest.approx(ef.solve(full).value, abs=1e-8)


WINNERS = IndependentBidders([[1, 2, 3], [2, 4]], [[0.5, 0.3, 0.2], [0.5, 0.5]])


class TestBudgetsOfWinners:
    """Where only winners pay, who wins pays no more than her budget when she does."""

    def test_nobody_pays_more_per_win(self) -> None:
        """An average of 1.5 over a lottery that she wins half of the time would be 3 per win."""
        most = {"B1": 1.5, "B2": 2}
        setting = sale_to(WINNERS)
        m = sale(setting, payments=Payments("winner pays"))
        free = ef.solve(m).value
        m.budget = budgets(m.auction, most)
        value = ef.solve(m).value
        found = m.auction.solution()
        wins = found.lottery[:, 1:]

        assert value < free - 0.1
        assert (found.paid <= [1.5, 2] * wins + 1e-7).all()

    def test_as_the_bound_of_payments(self) -> None:
        """Rows and the bound that payments have from the start bring the same: here 2 and not 2.25.

        In the reduced form, too.
        """
        setting, most = sale_to(WINNERS), {"B1": 1.5, "B2": 2}
        row = sale(setting, payments=Payments("winner pays"))
        row.budget = budgets(row.auction, most)
        bound = sale(setting, payments=Payments("winner pays", most=most))
        reduced = pyo.ConcreteModel()
        reduced.auction = border(WINNERS, payments=Payments("winner pays"))
        reduced.goal = pyo.Objective(expr=reduced.auction.revenue, sense=pyo.maximize)
        reduced.budget = budgets(reduced.auction, most)
        average = sale(setting, payments=Payments("winner pays"))
        average.budget = budget_by_hand(average)

        assert ef.solve(row).value == pytest.approx(2, abs=1e-8)
        assert ef.solve(bound).value == pytest.approx(2, abs=1e-8)
        assert optimal_auction(reduced).value == pytest.approx(2, abs=1e-8)
        assert ef.solve(average).value == pytest.approx(2.25, abs=1e-8)

    def test_no_budget(self) -> None:
        """An infinite budget asks nothing; the other bidder's is still a row."""
        m = sale(sale_to(WINNERS), payments=Payments("winner pays"))
        m.budget = budgets(m.auction, {"B1": np.inf, "B2": 2})
        n = sale(sale_to(WINNERS), payments=Payments("winner pays", most={"B1": 3, "B2": 2}))

        assert ef.solve(m).value == pytest.approx(ef.solve(n).value, abs=1e-8)

    def test_wins_are_counted_once(self) -> None:
        """A budget is one for both of two items, and not one for each."""
        setting = several_items([[[4, 4]]], [[1.0]])
        m = sale(setting, payments=Payments("winner pays"))
        m.budget = budgets(m.auction, 3)

        assert ef.solve(m).value == pytest.approx(3)


def test_floors() -> None:
    """Of the best welfare and the best revenue, one is a floor and the other the goal."""
    setting = single_item([[1, 4]] * 2, [[0.5, 0.5]] * 2)
    most = ef.solve(sale(setting)).value
    m = sale(setting, goal="welfare")
    first_best = ef.solve(m).value
    m.floor = revenue_floor(m.auction, most)
    with_revenue = ef.solve(m).value
    n = sale(setting)
    n.floor = welfare_floor(n.auction, first_best)
    with_welfare = ef.solve(n).value

    assert with_revenue < first_best - 1e-3
    assert with_welfare < most - 1e-3
    assert m.auction.revenue() == pytest.approx(most)
    assert n.auction.welfare() == pytest.approx(first_best)


def test_balance() -> None:
    """What one pays the other gets, after every profile of types."""
    m = sale(bilateral_trade([0, 2], [1, 3], [[0.5, 0.5]] * 2), "welfare")
    m.balance = ex_post_balance(m.auction)
    ef.solve(m)

    assert len(m.balance) == 4
    assert m.auction.solution().paid.sum(axis=1) == pytest.approx(np.zeros(4), abs=1e-9)


class TestAnonymity:
    """Labels do not matter."""

    def test_auction(self) -> None:
        """With unequal priors it costs revenue; who exchange reports exchange everything."""
        setting = single_item([[1, 2, 4]] * 3, [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [1 / 3] * 3])
        m = sale(setting)
        free = ef.solve(m).value
        m.anonymous = anonymity(m.auction)
        value = ef.solve(m, vertex=True).value
        found = m.auction.solution()
        lottery = found.lottery.reshape(3, 3, 3, 4)
        paid = found.paid.reshape(3, 3, 3, 3)

        assert value < free - 1e-4
        assert lottery[0, 2, 1, 1:] == pytest.approx(lottery[2, 1, 0, [3, 1, 2]], abs=1e-7)
        assert paid[0, 2, 1] == pytest.approx(paid[2, 1, 0, [2, 0, 1]], abs=1e-7)

    def test_alike_bidders_lose_nothing(self) -> None:
        """The mean over all permutations of an optimum is an optimum."""
        setting = several_items([[[1, 1], [2, 3]]] * 2, [[0.5, 0.5]] * 2)
        m = sale(setting)
        free = ef.solve(m).value
        m.anonymous = anonymity(m.auction)

        assert ef.solve(m).value == pytest.approx(free, abs=1e-7)

    def test_without_money(self) -> None:
        """Two who want different outcomes, of which each is the other's mirror."""
        values = np.array([[[3, 0], [1, 0]], [[0, 3], [0, 1]]])
        setting = public_decision(values, [[0.5, 0.5]] * 2)
        m = sale(setting, "welfare", incentives=Incentives(), payments=Payments("none"))
        m.anonymous = anonymity(m.auction)
        ef.solve(m)
        lottery = m.auction.solution().lottery

        assert lottery[0] == pytest.approx([0.5, 0.5])
        assert lottery[1] == pytest.approx(lottery[2, ::-1])

    @pytest.mark.parametrize(
        ("setting", "message"),
        [
            (SALE, "same types of all agents; those of 'B1' and 'B2' differ"),
            (
                public_decision([[[1, 0]], [[2, 0]]], [[1], [1]]),
                "no outcome is to 'A1' what 'O1' is to 'A2'",
            ),
            (single_item([[1]], [[1]]), "at least two agents"),
            (
                MechanismSetting([["a"]] * 2, ["o"], [np.ones((1, 1, 1))] * 2, [[1.0]]),
                "own type alone",
            ),
        ],
    )
    def test_agents_who_are_not_alike(self, setting: MechanismSetting, message: str) -> None:
        """What differs is named."""
        with pytest.raises(GameError, match=message):
            anonymity(direct_mechanism(setting))


class TestRefused:
    """Blocks that such rows make no sense for."""

    def test_no_money(self) -> None:
        """Where nobody pays there is no budget; welfare there is."""
        m = sale(goal="welfare", incentives=Incentives(), payments=Payments("none"))
        for helper in (budgets, reserve_prices, revenue_floor):
            with pytest.raises(GameError, match="is about money, and nobody pays in 'auction'"):
                helper(m.auction, 1)
        with pytest.raises(GameError, match="no_positive_transfers is about money"):
            no_positive_transfers(m.auction)
        m.floor = welfare_floor(m.auction, 1)

    def test_reduced_forms_have_no_profiles(self) -> None:
        """Balance and anonymity are about profiles."""
        for helper in (ex_post_balance, anonymity):
            with pytest.raises(GameError, match="a reduced form has"):
                helper(border(BIDDERS))

    def test_other_blocks(self) -> None:
        """An equilibrium is no mechanism."""
        block = ef.formulations.nash_zero_sum(ef.instances.kuhn())
        with pytest.raises(GameError, match="budgets needs the block of direct_mechanism or"):
            budgets(block, 1)
        with pytest.raises(GameError, match="welfare_floor needs the block"):
            welfare_floor(pyo.Block(concrete=True), 1)

    def test_unknown_bidder(self) -> None:
        """Budgets are matched by label."""
        with pytest.raises(GameError, match="budgets is matched by label, and 'B2' is missing"):
            budgets(border(BIDDERS), {"B1": 1})
        with pytest.raises(GameError, match=r"reserve_prices is .* and 'Anne' is unknown"):
            reserve_prices(border(BIDDERS), {"Anne": 1})


def a_bridge(payments: Payments) -> Any:
    """Return the block of a decision in which nobody gets an item."""
    setting = MechanismSetting(
        types=[["low", "high"]],
        outcomes=["bridge", "no bridge"],
        values=[[[1, 0], [4, 0]]],
        prior=[0.5, 0.5],
    )
    return ef.formulations.direct_mechanism(setting, payments=payments)


def test_nobody_wins_a_bridge() -> None:
    """Payments of winners, and reserves, are refused where there is nothing to win."""
    with pytest.raises(GameError, match="nobody gets any item: give units"):
        a_bridge(Payments("winner pays"))
    with pytest.raises(GameError, match="nobody gets any: give units"):
        reserve_prices(a_bridge(Payments()), 2)


@pytest.mark.parametrize("helper", [budgets, reserve_prices])
def test_limits_are_not_negative(helper: Any) -> None:
    """A negative one is refused by the name of its bidder."""
    block = ef.formulations.direct_mechanism(single_item([[1, 4]] * 2, [[0.5, 0.5]] * 2))
    with pytest.raises(GameError, match=f"{helper.__name__} of 'B2' is -1"):
        helper(block, {"B1": 1, "B2": -1})
    with pytest.raises(GameError, match="most is -1; where winners pay"):
        ef.formulations.direct_mechanism(
            single_item([[1, 4]], [[0.5, 0.5]]), payments=Payments("winner pays", most=-1)
        )
