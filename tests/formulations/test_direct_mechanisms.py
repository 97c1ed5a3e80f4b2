"""Direct mechanisms: known values, an oracle written in loops, duals, and what is refused."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError, SizeError, SolverError
from efmodels.formulations import direct_mechanism
from efmodels.mechanism_design import ex_post_balance
from efmodels.mechanisms import (
    Incentives,
    MechanismSetting,
    Payments,
    bilateral_trade,
    public_decision,
    several_items,
    single_item,
)
from tests.market_cases import cases_of
from tests.oracles.profile_programs import Asked, best_direct_mechanism
from tests.random_mechanisms import random_setting

if TYPE_CHECKING:
    from tests.oracles.direct_mechanisms import Setting

DOMINANT = Incentives("dominant", "ex post")


def model(setting: MechanismSetting, goal: str = "revenue", **arguments: Any) -> Any:
    """Return a model of the best mechanism for a goal."""
    m = pyo.ConcreteModel()
    m.mechanism = direct_mechanism(setting, **arguments)
    m.goal = pyo.Objective(expr=getattr(m.mechanism, goal), sense=pyo.maximize)
    return m


def best(setting: MechanismSetting, goal: str = "revenue", **arguments: Any) -> float:
    """Return the optimum, having looked for lies that pay and for types that stay out."""
    m = model(setting, goal, **arguments)
    value = ef.solve(m, vertex=True).value
    mechanism = m.mechanism.solution()

    assert max(m.mechanism.regrets().values()) < 1e-7
    assert getattr(mechanism, goal) == pytest.approx(value, abs=1e-7)
    assert mechanism.payoffs() == pytest.approx(
        {agent: variable.value for agent, variable in m.mechanism.payoff.items()}, abs=1e-7
    )
    return value


def known(inputs: dict[str, Any]) -> tuple[MechanismSetting, dict[str, Any]]:
    """Return the sale of a case, and what else was asked for."""
    if "values" in inputs:
        payments = Payments(most=inputs["budgets"]) if "budgets" in inputs else Payments()
        return single_item(inputs["values"], inputs["probs"]), {"payments": payments}
    if "probs" in inputs:
        return several_items([inputs["types"]], [inputs["probs"]]), {}
    pairs = product(*inputs["types"])
    prior = {tuple(map(str, pair)): inputs["prior"]["".join(map(str, pair))] for pair in pairs}
    return single_item(inputs["types"], prior=prior), {}


class TestKnownValues:
    """What others have computed, and closed forms."""

    @pytest.mark.parametrize(
        "case",
        [
            *cases_of("AMD", prefix="my_"),
            *cases_of("AMD", prefix="budget_"),
            *cases_of("AMD", prefix="cremer"),
            *cases_of("AMD", prefix="mi_"),
        ],
    )
    def test_sales(self, case: dict[str, Any]) -> None:
        """On average, in dominant strategies, and without lotteries."""
        setting, arguments = known(case["inputs"])
        ways: dict[str, dict[str, Any]] = {
            "BIC_interim": {},
            "DSIC_expost": {"incentives": DOMINANT},
            "deterministic_MIP": {"incentives": DOMINANT, "domain": pyo.Binary},
        }
        for name, value in case["expected"].items():
            assert best(setting, **arguments, **ways[name]) == pytest.approx(value, abs=case["tol"])

    @pytest.mark.parametrize("case", cases_of("AMD", prefix="bilateral"))
    def test_bilateral_trade(self, case: dict[str, Any]) -> None:
        """Payments that cancel out cost a part of the gains from trade, or none."""
        costs, values = case["inputs"]["costs"], case["inputs"]["values"]
        uniform = [np.full(len(own), 1 / len(own)) for own in (costs, values)]
        m = model(bilateral_trade(costs, values, uniform), "welfare")
        first = ef.solve(m).value
        m.balance = ex_post_balance(m.mechanism)
        second = ef.solve(m, vertex=True).value

        gains = [max(value - cost, 0) for cost, value in product(costs, values)]
        assert first == pytest.approx(case["expected"]["first_best"], abs=case["tol"])
        assert first == pytest.approx(np.mean(gains))
        assert second == pytest.approx(case["expected"]["second_best_welfare"], abs=case["tol"])
        assert max(m.mechanism.regrets().values()) < 1e-7
        assert np.abs(m.mechanism.solution().paid.sum(axis=1)).max() < 1e-7

    def test_full_extraction_needs_correlation(self) -> None:
        """Correlated, all of the surplus is revenue, 1.6; independent with its marginals less."""
        values = [[1, 2], [1, 2]]
        correlated = single_item(values, prior=[[0.4, 0.1], [0.1, 0.4]])
        independent = single_item(values, [[0.5, 0.5]] * 2)

        assert best(correlated) == pytest.approx(1.6)
        assert best(correlated, "welfare") == pytest.approx(1.6)
        assert best(independent) == pytest.approx(1.5)
        assert best(independent, "welfare") == pytest.approx(1.75)

    def test_budgets_separate_the_two_kinds_of_truth(self) -> None:
        """Without budgets dominant strategies cost nothing; with them they do."""
        setting = single_item([[1, 3, 6], [2, 4, 7]], [[0.3, 0.3, 0.4], [0.2, 0.5, 0.3]])
        poor = Payments(most=[2, 3])

        assert best(setting) == pytest.approx(best(setting, incentives=DOMINANT))
        assert best(setting, payments=poor) > 0.2 + best(
            setting, payments=poor, incentives=DOMINANT
        )

    def test_lotteries_over_two_items(self) -> None:
        """Values {1, 2} and {1, 3}: a menu with a lottery brings 2.625, without one 2.5."""
        types = [[a, b] for a in (1, 2) for b in (1, 3)]
        setting = several_items([types], [[0.25] * 4])

        assert best(setting) == pytest.approx(2.625)
        assert best(setting, domain=pyo.Binary) == pytest.approx(2.5)

    def test_arbitration(self) -> None:
        """Who gets a painting: without money a lottery, without lotteries an outcome, with money.

        Two have utilities of getting it, of the other getting it, of sharing and of burning it.
        """
        low, high = (2, 0, 1, -10), (100, 0, 50, -10)
        mirrored = [1, 0, 2, 3]
        first = np.array([low, high])
        setting = public_decision([first, first[:, mirrored]], [[0.8, 0.2]] * 2)
        alone = {"incentives": Incentives(), "payments": Payments("none")}

        assert best(setting, "welfare", **alone) == pytest.approx(35.0981818)
        assert best(setting, "welfare", **alone, domain=pyo.Binary) == pytest.approx(32.48)
        money = {"incentives": Incentives(), "payments": Payments(most=math.inf)}
        assert best(setting, "welfare", **money) == pytest.approx(37.28)


def given(setting: Setting, wins: frozenset[tuple[int, str]]) -> MechanismSetting:
    """Return the same as arrays."""
    profiles = list(product(*setting.types))
    shape = tuple(map(len, setting.types))
    values = [
        np.reshape(
            [[setting.value(p, o)[k] for o in setting.outcomes] for p in profiles], (*shape, -1)
        )
        for k in setting.seats
    ]
    units = [[(k, o) in wins for o in setting.outcomes] for k in setting.seats]
    prior = {p: float(chance) for p, chance in setting.prior.items()}
    return MechanismSetting(setting.types, setting.outcomes, values, prior, units=units)


WAYS = [
    ("bayesian", "interim", "free", "revenue"),
    ("bayesian", "ex post", "free", "revenue"),
    ("dominant", "ex post", "free", "revenue"),
    ("dominant", "interim", "free", "revenue"),
    ("bayesian", "interim", "winner pays", "revenue"),
    ("dominant", "ex post", "winner pays", "revenue"),
    ("bayesian", "none", "none", "welfare"),
    ("dominant", "none", "none", "welfare"),
    ("bayesian", "none", "winner pays", "welfare"),
]


@pytest.mark.parametrize(
    "seed",
    [pytest.param(seed, marks=[pytest.mark.slow] if seed >= 25 else []) for seed in range(100)],
)
def test_optimum_is_that_of_loops(seed: int) -> None:
    """Random values that depend on the types of all, types that depend on each other.

    Some profiles are impossible; every setting is asked one of the questions.
    """
    setting = random_setting(seed)
    truth, participation, rule, goal = WAYS[seed % len(WAYS)]
    rng = np.random.default_rng(seed)
    wins = frozenset((k, o) for k in setting.seats for o in setting.outcomes if rng.random() < 0.5)
    most = [3] * len(setting.seats)
    outside = 0 if participation == "none" else -4
    asked = Asked(truth, participation, rule, outside, most, wins)
    found = best(
        given(setting, wins),
        goal,
        incentives=Incentives(truth, participation, outside),
        payments=Payments(rule, most if rule == "winner pays" else None),
    )

    assert found == pytest.approx(best_direct_mechanism(setting, asked, goal), abs=1e-7)


class TestBlock:
    """Components, their sizes, and duals."""

    def test_components(self) -> None:
        """Those of the table in the docstring, and nothing beside them."""
        setting = single_item([[1, 2], [1, 2, 3]], [[0.5, 0.5], [0.2, 0.3, 0.5]])
        winners = direct_mechanism(setting, payments=Payments("winner pays"))
        sizes = {c.local_name: len(c) for c in winners.component_objects([pyo.Var, pyo.Constraint])}
        without = direct_mechanism(setting, incentives=Incentives(), payments=Payments("none"))

        assert sizes == {
            "x": 18,
            "lottery": 6,
            "t": 12,
            "cap": 12,
            "truth": 2 + 6,
            "participation": 5,
            "payoff": 2,
            "payoff_row": 2,
            "transfer": 2,
            "transfer_row": 2,
        }
        assert {c.local_name for c in winners.component_objects(pyo.Expression)} == {
            "revenue",
            "welfare",
            "value",
        }
        names = {c.local_name for c in without.component_objects()}
        assert names == {"x", "lottery", "truth", "payoff", "payoff_row", "welfare", "value"}

    def test_rows_of_dominant_strategies(self) -> None:
        """One for each profile, agent and false report; and one for each profile and agent."""
        block = direct_mechanism(
            single_item([[1, 2, 3]] * 2, [[1 / 3] * 3] * 2), incentives=DOMINANT
        )

        assert (len(block.truth), len(block.participation)) == (9 * 2 * 2, 9 * 2)

    def test_types_of_probability_zero(self) -> None:
        """They have rows in dominant strategies, and none on average."""
        setting = single_item([[1, 2], [1, 2]], prior=[[0.5, 0.0], [0.5, 0.0]])
        average = direct_mechanism(setting)
        dominant = direct_mechanism(setting, incentives=DOMINANT)
        ex_post = direct_mechanism(setting, incentives=Incentives("bayesian", "ex post"))

        assert [row for row in average.truth if row.startswith("B2")] == ["B2: 1 not 2"]
        assert list(average.participation) == ["B1: 1", "B1: 2", "B2: 1"]
        assert len([row for row in dominant.truth if row.startswith("B2")]) == 4
        assert "B1: 2, 2" in list(dominant.participation)
        assert "B1: 2, 2" not in list(ex_post.participation)

    def test_dual_of_the_lowest_type(self) -> None:
        """If the lowest type must get one more, all types of the bidder pay one less.

        The lowest type of the first bidder wins now and then, so that the others keep something.
        That of the second never does, and they share the dual with the other one.
        """
        setting = single_item([[6, 7, 8], [1, 9]], [[0.2, 0.3, 0.5], [0.6, 0.4]])
        m = model(setting)
        ef.solve(m, vertex=True)
        rows = m.mechanism.participation
        duals = {name: m.dual[row] for name, row in rows.items()}

        assert [duals[f"B1: {value}"] for value in (6, 7, 8)] == pytest.approx([-1, 0, 0])
        assert duals["B2: 1"] + duals["B2: 9"] == pytest.approx(-1)

    def test_duals_add_up_to_one(self) -> None:
        """With correlated values, too, but no longer those of the lowest type alone."""
        m = model(single_item([[1, 2], [1, 2]], prior=[[0.4, 0.1], [0.1, 0.4]]))
        ef.solve(m, vertex=True)
        duals = np.reshape(m.mechanism.participation.dual_array(), (2, 2))

        assert duals.sum(axis=1) == pytest.approx([-1, -1])
        assert duals.max() < -0.1

    def test_own_rows_may_limit_payments(self) -> None:
        """Without participation, a floor under what each type expects is a row like any other."""
        setting = single_item([[1, 2]], [[0.5, 0.5]])
        m = model(setting, incentives=Incentives(), payments=Payments(most=math.inf))
        m.floor = pyo.Constraint(expr=m.mechanism.x["1: B1 wins"] - m.mechanism.t["1: B1"] >= -3)

        assert ef.solve(m).value == pytest.approx(4)

    def test_outside_payoffs(self) -> None:
        """Who gets one outside has to get one inside."""
        setting = single_item([[3, 5]], [[0.5, 0.5]])
        outside = Incentives(participation="interim", outside={"B1": 1})

        assert best(setting, incentives=outside) == pytest.approx(best(setting) - 1)


class TestRefused:
    """Bad arguments, by name."""

    setting = single_item([[1, 2]], [[0.5, 0.5]])

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"incentives": Incentives()}, "free payments and participation='none' has no limit"),
            ({"incentives": "bayesian"}, "incentives must be an .*Incentives; got 'bayesian'"),
            ({"payments": "free"}, "payments must be an .*Payments; got 'free'"),
            ({"domain": pyo.Integers}, "domain must be pyo.NonNegativeReals"),
            ({"payments": Payments(most={"B2": 1})}, "matched by label, and 'B2' is unknown"),
            (
                {"incentives": Incentives("bayesian", "interim", {"B9": 1})},
                "outside: no player is called 'B9'",
            ),
            (
                {"payments": Payments("winner pays", most=math.inf)},
                "where winners pay it must be finite",
            ),
        ],
    )
    def test_arguments(self, arguments: dict[str, Any], message: str) -> None:
        """What was given is named, with what was expected."""
        with pytest.raises(GameError, match=message):
            direct_mechanism(self.setting, **arguments)

    def test_something_else_than_a_setting(self) -> None:
        """A game is none."""
        with pytest.raises(GameError, match=r"setting must be an .*MechanismSetting"):
            direct_mechanism(ef.instances.kuhn())  # type: ignore[arg-type]

    def test_size(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Too many variables are refused, and what to take instead is named."""
        monkeypatch.setattr("efmodels.formulations.direct_mechanisms.LARGEST", 3)
        with pytest.raises(SizeError, match=r"makes 6 variables, more than 3; .* take border"):
            direct_mechanism(self.setting)

    def test_unsolved(self) -> None:
        """Before the model is solved there is no mechanism."""
        with pytest.raises(SolverError, match="has no values"):
            direct_mechanism(self.setting).regrets()
