"""First-price pacing equilibria as blocks: four programs, one equilibrium."""

from __future__ import annotations

import copy
import math
import pickle
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import CapabilityError, GameError, ModelError, SolverError
from efmodels.markets import Market
from efmodels.markets.first_price import least_multipliers
from efmodels.model_class import classify
from efmodels.solvers import Capability
from tests.market_cases import cases_of
from tests.oracles.first_price_pacing import single_good
from tests.oracles.paced_winners import is_supported
from tests.pacing_cases import alpha_of_case, market_of_case
from tests.random_pacing_markets import partial_pacing_market

if TYPE_CHECKING:
    from pathlib import Path

CASES = cases_of("FPPE")
PROGRAMS = ("fppe_dual", "fppe_primal", "fppe_tangents", "fppe_mip")
LOGARITHMS = ("fppe_dual", "fppe_primal")
EISENBERG_GALE = ("fppe_dual", "fppe_primal", "fppe_tangents")


def model_of(name: str, market: Market, **arguments: Any) -> pyo.ConcreteModel:
    """Return a model with a formulation and what it is meant to maximise."""
    m = pyo.ConcreteModel()
    m.eq = getattr(ef.formulations, name)(market, **arguments)
    goal = m.eq.revenue if name == "fppe_mip" else m.eq.value
    m.goal = pyo.Objective(expr=goal, sense=pyo.maximize)
    return m


def solve(m: pyo.ConcreteModel, name: str) -> ef.Result:
    """Solve it with the solver that fits; without Ipopt skip."""
    if name in LOGARITHMS:
        pytest.importorskip("casadi")
        return ef.solve(m, "ipopt", options={"tol": 1e-14})
    return ef.solve(m, "highs")


def constant(market: Market) -> float:
    """Return the primal value less the dual one: ``sum B log B - B``."""
    return float((market.budgets * (np.log(market.budgets) - 1)).sum())


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", [*LOGARITHMS, "fppe_mip"])
def test_known_equilibria(case: dict[str, Any], name: str) -> None:
    """Multipliers, prices, revenue, the optimal value and no residuals, to the case's tolerance."""
    market = market_of_case(case)
    m = model_of(name, market)
    result = solve(m, name)
    outcome, expected, tol = m.eq.solution(), case["expected"], case["tol"]

    assert outcome.alpha == pytest.approx([float(a) for a in alpha_of_case(case)], abs=tol)
    assert outcome.prices == pytest.approx(
        [float(Fraction(p)) for p in expected["price"]], abs=1e-6
    )
    assert outcome.residuals.relative < tol
    assert max(m.eq.regrets().values()) < 10 * tol
    if expected["sold_revenue_unique"]:
        assert outcome.revenue == pytest.approx(expected["sold_revenue"], abs=10 * tol)
    if name == "fppe_dual":
        assert -result.value == pytest.approx(expected["EG_dual"] - constant(market), abs=1e-6)
    if name == "fppe_primal":
        assert result.value == pytest.approx(expected["EG_dual"], abs=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_tangents_of_known_equilibria(case: dict[str, Any]) -> None:
    """The value is too high by no more than is proved, and so the multipliers are near.

    The dual objective is strongly convex in multipliers up to 1, with modulus ``B_i``.
    """
    market, ratio = market_of_case(case), 1.1
    m = model_of("fppe_tangents", market, ratio=ratio)
    result = ef.solve(m, "highs")
    bound = math.log(ratio) ** 2 / 8 * market.budgets.sum()
    exact = constant(market) - case["expected"]["EG_dual"]
    wrong = m.eq.solution().alpha - [float(a) for a in alpha_of_case(case)]

    assert exact - 1e-9 <= result.value <= exact + bound
    assert market.budgets @ wrong**2 / 2 <= bound
    assert max(m.eq.regrets().values()) > 0 or not wrong.any()


def compare_on(seed: int) -> None:
    """Check that the programs find the same multipliers on a random market, and that they are."""
    market = partial_pacing_market(seed)
    found = {}
    for name in PROGRAMS:
        m = model_of(name, market, **({"ratio": 1.001} if name == "fppe_tangents" else {}))
        solve(m, name)
        found[name] = m.eq.solution()
    alpha = found["fppe_mip"].alpha

    assert is_supported(market, alpha, 1e-7)
    assert found["fppe_mip"].residuals.relative < 1e-6
    for name in LOGARITHMS:
        assert found[name].alpha == pytest.approx(alpha, abs=1e-5)
        assert found[name].residuals.relative < 1e-5
    wrong = found["fppe_tangents"].alpha - alpha
    assert market.budgets @ wrong**2 <= math.log(1.001) ** 2 / 4 * market.budgets.sum() * 1.01


@pytest.mark.parametrize("seed", range(4))
def test_four_programs_agree(seed: int) -> None:
    """Reserves, supplies and excluded pairs included, and a linear program finds winners."""
    compare_on(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4, 100))
def test_four_programs_agree_on_more(seed: int) -> None:
    """The same on another 96 markets."""
    compare_on(seed)


@pytest.mark.parametrize("seed", range(6))
def test_least_and_most_revenue_are_the_same(seed: int) -> None:
    """The mixed-integer form has one revenue: without reserves nothing is left to choose."""
    market = partial_pacing_market(seed).replace(reserves=0)
    m = model_of("fppe_mip", market)
    most = ef.solve(m, "highs").value
    m.goal.sense = pyo.minimize

    assert ef.solve(m, "highs").value == pytest.approx(most, rel=1e-6)


def test_single_good_has_a_closed_form() -> None:
    """Its price is the most that those who value it so much can pay, and multipliers follow."""
    rng = np.random.default_rng(3)
    for _ in range(10):
        values, budgets = rng.integers(1, 20, 5).tolist(), rng.integers(1, 9, 5).tolist()
        m = model_of("fppe_mip", Market([[v] for v in values], budgets))
        ef.solve(m, "highs")
        price, alpha = single_good(values, budgets)

        assert m.eq.price[0].value == pytest.approx(price)
        assert m.eq.solution().alpha == pytest.approx([float(a) for a in alpha])


@pytest.mark.parametrize("seed", range(8))
def test_multipliers_are_not_below_the_least(seed: int) -> None:
    """Half of the bound never binds, so that it has no multiplier of its own."""
    market = partial_pacing_market(seed)
    m = model_of("fppe_mip", market)
    ef.solve(m, "highs")

    assert (m.eq.solution().alpha >= least_multipliers(market) - 1e-9).all()


@pytest.mark.parametrize("name", PROGRAMS)
def test_bad_data_are_refused_by_name(name: str) -> None:
    """A bidder without a budget, and a good that nobody values."""
    build = getattr(ef.formulations, name)
    with pytest.raises(GameError, match=f"{name} needs a positive budget.*'Bob'"):
        build(Market([[1], [2]], [1, 0], bidders=["Ann", "Bob"]))
    with pytest.raises(GameError, match=f"{name} needs somebody who values.*'video'"):
        build(Market([[1, 0]], [1], goods=["text", "video"]))


@pytest.mark.parametrize("ratio", [1, 0.5, math.inf, math.nan, "2", 1 + 1e-15])
def test_ratio_is_refused(ratio: Any) -> None:
    """Tangents need a ratio above 1, and not a billion of them."""
    with pytest.raises(GameError, match="ratio above 1"):
        ef.formulations.fppe_tangents(Market([[4]], [1]), ratio=ratio)


@pytest.mark.parametrize("name", PROGRAMS)
def test_odd_bidders_and_names(name: str) -> None:
    """Who values nothing is not paced, and labels that are alike as names stay apart."""
    market = Market(
        [[4, 2], [0, 0], [3, 5]], [1, 2, 9], bidders=["a b", "c", "a_b"], goods=["x", "x!"]
    )
    m = model_of(name, market)
    solve(m, name)

    assert m.eq.solution().alpha[1] == pytest.approx(1, abs=1e-9)
    assert list(m.eq.regrets()) == ["a b", "c", "a_b"]
    assert list(m.eq.strategy().index) == ["a b", "c", "a_b"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_is_known_before_the_solve(name: str) -> None:
    """A block without values says so."""
    m = model_of(name, Market([[4]], [1]))

    with pytest.raises(SolverError, match="no values yet"):
        m.eq.solution()


@pytest.mark.parametrize("name", PROGRAMS)
def test_clones_and_pickles_answer(name: str) -> None:
    """The answer travels with the model."""
    m = model_of(name, Market([[4, 1], [1, 2]], [1, 1]))
    solve(m, name)
    before = m.eq.regrets()
    twins = [m.clone(), copy.deepcopy(m), pickle.loads(pickle.dumps(m))]  # noqa: S301 - our own

    assert all(twin.eq.regrets() == before for twin in twins)


class TestChangedPrograms:
    """A further row on an Eisenberg-Gale program makes another market's equilibrium."""

    MARKET = Market([[4, 2], [3, 5]], [2, 3])

    def refused(self, m: pyo.ConcreteModel, what: str) -> None:
        """Check that what was found is not verified."""
        with pytest.raises(ModelError, match=f"{what}.*fppe_mip"):
            m.eq.solution()
        with pytest.raises(ModelError, match=what):
            m.eq.regrets()

    @pytest.mark.parametrize("name", EISENBERG_GALE)
    def test_rows_beside_the_block(self, name: str) -> None:
        """Linear rows and others, on any variables of it."""
        m = model_of(name, self.MARKET)
        m.floor = pyo.Constraint(
            expr=m.eq.component("x" if name == "fppe_primal" else "price")[0] >= 1
        )
        self.refused(m, "'floor' has variables")

    def test_rows_of_matrices(self) -> None:
        """Matrix rows count as any others."""
        m = model_of("fppe_primal", self.MARKET)
        m.cap = ef.matrix.MatrixConstraint([(np.eye(4), m.eq.x)], ub=0.5)
        self.refused(m, "'cap' has variables")

    def test_bounds_and_fixed_values(self) -> None:
        """A cap by the bound of a variable is a row by another name."""
        m = model_of("fppe_primal", self.MARKET)
        m.eq.x["B1_G1"].setub(0.5)
        self.refused(m, "bounds or values of 'eq.x' were set")
        m = model_of("fppe_dual", self.MARKET)
        m.eq.alpha["B1"].fix(0.5)
        self.refused(m, "bounds or values of 'eq.alpha' were set")

    def test_rows_that_are_taken_away(self) -> None:
        """Without one of its rows it is not the program, either."""
        m = model_of("fppe_dual", self.MARKET)
        m.eq.bid["B1_G1"].deactivate()
        self.refused(m, "rows of 'eq.bid' are not active")

    def test_others_do_not_matter(self) -> None:
        """Expressions, rows on other variables, and rows that are not active are left alone."""
        m = model_of("fppe_tangents", self.MARKET)
        m.more = pyo.Var(bounds=(0, 1))
        m.row = pyo.Constraint(expr=m.more >= 0.5)
        m.off = pyo.Constraint(expr=m.eq.price[0] >= 3)
        m.off.deactivate()
        m.spend = pyo.Expression(expr=m.eq.price[0] + m.eq.price[1])
        ef.solve(m, "highs")

        assert m.eq.solution().revenue > 0

    def test_solve_says_so_as_well(self) -> None:
        """What `solve` reports are regrets, and there are none of this market."""
        m = model_of("fppe_tangents", self.MARKET)
        m.floor = pyo.Constraint(expr=m.eq.alpha["B1"] >= 0.9)

        with pytest.raises(ModelError, match="another market"):
            ef.solve(m, "highs")


class TestComposing:
    """`fppe_mip` chooses: budgets, reserves, or among nothing at all."""

    def test_reserve_from_a_grid(self) -> None:
        """The best reserve is the one that a solve for each of the grid's finds."""
        market, grid = Market([[9, 1], [2, 4]], [7, 5]), [0, 1, 2, 3, 4]
        m = model_of("fppe_mip", market, highest_reserves=[4, 0])
        m.takes = pyo.Var(grid, domain=pyo.Binary)
        m.one = pyo.Constraint(expr=sum(m.takes.values()) == 1)
        m.reserve = pyo.Constraint(expr=m.eq.reserve["G1"] == sum(r * m.takes[r] for r in grid))
        best = ef.solve(m, "highs").value
        each = []
        for reserve in grid:
            single = model_of("fppe_mip", market.replace(reserves=[reserve, 0]))
            each.append(ef.solve(single, "highs").value)

        assert best == pytest.approx(max(each))
        assert m.eq.solution().residuals.relative < 1e-6

    @pytest.mark.parametrize("seed", range(5))
    def test_admission(self, seed: int) -> None:
        """Who is not admitted has a budget of 0; the others are in the equilibrium without her."""
        market = partial_pacing_market(seed, bidders=3, goods=4).replace(reserves=0)
        m = model_of("fppe_mip", market, lowest_budgets=0)
        m.admits = pyo.Var(m.eq.budget.index_set(), domain=pyo.Binary)
        m.budgets = pyo.Constraint(m.eq.budget.index_set())
        for i, budget in zip(m.eq.budget.index_set(), market.budgets.tolist(), strict=True):
            m.budgets[i] = m.eq.budget[i] == budget * m.admits[i]
        m.two = pyo.Constraint(expr=sum(m.admits.values()) == 2)
        m.goal.sense = pyo.minimize
        result = ef.solve(m, "highs")
        outcome = m.eq.solution()

        assert outcome.residuals.relative < 1e-6
        assert len(outcome.market.bidders_without_value) >= 1
        assert outcome.revenue == pytest.approx(result.value, abs=1e-5)
        assert result.value == pytest.approx(min(self.revenues_of_pairs(market)), abs=1e-5)

    @staticmethod
    def revenues_of_pairs(market: Market) -> list[float]:
        """Return the revenue without each of the bidders."""
        values = market.positive_values.toarray()
        found = []
        for i in range(3):
            rest = np.delete(values, i, axis=0)
            wanted = rest.max(axis=0) > 0
            pair = Market(
                np.where(rest[:, wanted] > 0, rest[:, wanted], 0),
                np.delete(market.budgets, i),
                supplies=market.supplies[wanted],
            )
            m = model_of("fppe_mip", pair)
            found.append(ef.solve(m, "highs").value)
        return found

    def test_rows_that_contradict_the_equilibrium(self) -> None:
        """There is one equilibrium; a row that it breaks leaves nothing."""
        m = model_of("fppe_mip", Market([[4]], [2]))
        m.floor = pyo.Constraint(expr=m.eq.alpha["B1"] >= 0.6)

        with pytest.raises(ef.InfeasibleError):
            ef.solve(m, "highs")

    def test_choices_are_checked(self) -> None:
        """The two ends stand in order, and labels are known."""
        market = Market([[4]], [2], [1])
        with pytest.raises(GameError, match="lowest_budgets has 3 for 'B1', above the 2"):
            ef.formulations.fppe_mip(market, lowest_budgets=3)
        with pytest.raises(GameError, match="highest_reserves has 0 for 'G1', below the 1"):
            ef.formulations.fppe_mip(market, highest_reserves=0)
        with pytest.raises(GameError, match="unknown good 'G7'"):
            ef.formulations.fppe_mip(market, highest_reserves={"G7": 1})


@pytest.mark.parametrize("suffix", ["lp", "mps"])
def test_tangents_export(suffix: str, tmp_path: Any) -> None:
    """Another solver's reader finds the same optimum in the file."""
    import highspy

    m = model_of("fppe_tangents", partial_pacing_market(4))
    value = ef.solve(m, "highs").value
    path = tmp_path / f"tangents.{suffix}"
    ef.export(m, path)
    solver = highspy.Highs()
    solver.setOptionValue("log_to_console", False)
    solver.readModel(str(path))
    solver.run()

    # Files of type .mps have no sense that all readers know: they are minimised.
    assert abs(solver.getInfo().objective_function_value) == pytest.approx(-value, rel=1e-7)


class TestDuals:
    """Units are duals: who solves must give them."""

    MARKET = Market([[4, 2], [3, 3]], [1, 2])

    def test_auto_takes_ipopt(self) -> None:
        """No other solver of nonlinear programs gives duals; multipliers are those by hand."""
        pytest.importorskip("casadi")
        m = model_of("fppe_dual", self.MARKET)
        result = ef.solve(m)

        assert result.solver == "efmodels_ipopt"
        assert m.eq.alpha.array() == pytest.approx([3 / 8, 1 / 2], abs=1e-6)
        assert m.eq.solution().sold == pytest.approx([1, 1], abs=1e-5)

    @pytest.mark.parametrize("solver", ["scip_direct", "gurobi_direct_minlp"])
    def test_solver_without_duals_is_refused(self, solver: str) -> None:
        """Before it starts, with the rows and with the name of one that gives them."""
        m = model_of("fppe_dual", self.MARKET)
        said = rf"{solver} cannot take .* duals \(of eq\.bid\).*can: efmodels_ipopt"
        with pytest.raises(CapabilityError, match=said):
            ef.solve(m, solver)

    def test_without_ipopt(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The message says what to install."""
        monkeypatch.setattr(ef.solvers.Solver, "available", False)
        monkeypatch.setattr(ef.solvers.Solver, "_is_installed", lambda _: False)
        with pytest.raises(CapabilityError, match=r"efmodels_ipopt.*install casadi"):
            ef.solve(model_of("fppe_dual", self.MARKET))

    def test_units_need_no_duals_of_the_primal(self) -> None:
        """Allocations are variables there, and any nonlinear solver will do."""
        m = model_of("fppe_primal", self.MARKET)

        assert Capability.DUALS not in classify(m).needs
        assert Capability.DUALS in classify(model_of("fppe_tangents", self.MARKET)).needs

    def test_whole_numbers_are_named(self) -> None:
        """A binary beside the linear program leaves no duals, and the message says which."""
        m = model_of("fppe_tangents", self.MARKET)
        m.spare = pyo.Var(domain=pyo.Binary)
        m.use = pyo.Constraint(expr=m.spare >= 0.5)
        with pytest.raises(SolverError, match=r"no duals of eq\.bid: .* such as spare, have none"):
            ef.solve(m)


@pytest.mark.parametrize("suffix", ["lp", "mps"])
@pytest.mark.parametrize("name", LOGARITHMS)
def test_logarithms_are_not_written_as_linear(tmp_path: Path, name: str, suffix: str) -> None:
    """The message leads to .nl, which holds them, and to the programs that have none."""
    m = model_of(name, Market([[4, 2], [3, 3]], [1, 2]))
    with pytest.raises(ModelError, match=r"goal is.*\.nl file, or put fppe_tangents or fppe_mip"):
        ef.export(m, tmp_path / f"model.{suffix}")
    assert ef.export(m, tmp_path / "model.nl").stat().st_size > 0
