"""Second-price pacing equilibria in one call: known values, all cells by hand, and failures."""

from __future__ import annotations

import pickle
from fractions import Fraction
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.bulk import BulkRun
from efmodels.bulk.highs import HighsSolver
from efmodels.market_equilibria.second_price_programs import SecondPriceProgram
from efmodels.market_equilibria.second_price_search import RELATIVE
from efmodels.markets import Market, verify_sppe
from efmodels.results import Status
from tests.market_cases import cases_of
from tests.oracles.second_price_cells import extremes
from tests.oracles.second_price_pacing import two_bidders_can_settle
from tests.random_second_price_markets import integer_market, real_market

TINY = [(2, 2), (2, 3), (3, 2)]


def market_of(case: dict) -> Market:
    """Return the market of a known case."""
    return Market(case["inputs"]["v"], case["inputs"]["B"])


@pytest.mark.parametrize("case", cases_of("SPPE"))
def test_known_values(case: dict) -> None:
    """Both ends of revenue and paced welfare are the known ones, where there are any."""
    market, expected = market_of(case), case["expected"]
    for objective, name in (("revenue", "revenue"), ("paced_welfare", "paced")):
        interval = ef.sppe_interval(market, objective)
        assert interval.is_proven
        for end in (interval.lowest, interval.highest):
            assert end.residuals.relative < 1e-9
        if expected:
            known = expected[f"{name}_min"], expected[f"{name}_max"]
            assert interval.ends == pytest.approx(known, abs=case["tol"])


@pytest.mark.parametrize("K", [2, 3, 5, Fraction(15, 2), 8, 20])
def test_the_interval_of_the_family_in_closed_form(K: int | Fraction) -> None:
    """Revenues reach from (2K + 1) / (K + 1) to K; exact conditions hold at the closed form."""
    market = ef.instances.two_equilibria_market(K)
    low, high = Fraction(2 * K + 1) / (K + 1), Fraction(K)
    assert two_bidders_can_settle(market, [Fraction(1) / (K + 1), Fraction(1)])
    assert two_bidders_can_settle(market, [Fraction(K - 1) / K, Fraction(1)])
    assert ef.sppe_interval(market).ends == pytest.approx((float(low), float(high)), abs=1e-7)


def compare_with_cells(market: Market) -> None:
    """Compare all six ends with those over all cells."""
    for objective, ends in extremes(market).items():
        interval = ef.sppe_interval(market, objective)
        assert interval.is_proven
        assert interval.ends == pytest.approx(ends, abs=1e-6, rel=1e-6), objective
        worst = max(interval.lowest.residuals.relative, interval.highest.residuals.relative)
        assert worst < 1e-9


@pytest.mark.parametrize("seed", range(12))
def test_ends_are_those_over_all_cells(seed: int) -> None:
    """Enumeration of winners, price setters and paced bidders finds nothing outside."""
    compare_with_cells(integer_market(seed, 2, 2))


@pytest.mark.parametrize("seed", [1, 3, 6, 8])
def test_ends_are_those_over_all_cells_with_reserves(seed: int) -> None:
    """A reserve is one more offer; goods may stay unsold, or be sold in part at the reserve."""
    compare_with_cells(integer_market(seed, 2, 2).replace(reserves=[2.0, 1.0]))


@pytest.mark.parametrize("seed", range(7))
def test_ends_of_one_good(seed: int) -> None:
    """With one good, any number of bidders, ties, reserve or supply."""
    compare_with_cells(integer_market(seed, 2 + seed % 2, 1))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(120))
def test_ends_are_those_over_all_cells_of_many_markets(seed: int) -> None:
    """The same for many more and somewhat larger markets."""
    make = integer_market if seed % 2 else real_market
    compare_with_cells(make(seed, *TINY[seed % 3]))


@pytest.mark.parametrize("seed", range(16))
def test_everything_returned_is_an_equilibrium(seed: int) -> None:
    """Sparse and tied markets of some size, any objective, either sense."""
    market = (integer_market if seed % 2 else real_market)(seed, 2 + seed % 3, 3 + seed % 4)
    objective = ("revenue", "paced_welfare", "alpha_sum", None)[seed % 4]
    found = ef.sppe(market, objective, sense=("maximise", "minimise")[seed // 4 % 2])
    assert verify_sppe(found.outcome).relative < 1e-9
    assert found.status == "optimal"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_markets(seed: int) -> None:
    """All passes the verifier, as closely as the driver promises, and ends are in order.

    Most are right to 1e-15; with a price of 0.02 the smallest tolerance that HiGHS takes leaves
    1.3e-9 in one of them.
    """
    market = (integer_market if seed % 2 else real_market)(1000 + seed, 3 + seed % 2, 5)
    interval = ef.sppe_interval(market)
    assert verify_sppe(interval.lowest.outcome).relative < RELATIVE
    assert verify_sppe(interval.highest.outcome).relative < RELATIVE
    assert interval.ends[0] <= interval.ends[1] + 1e-7


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_money_has_no_unit(unit: float) -> None:
    """In other money the multipliers are the same, and revenue is in that money."""
    market = ef.instances.complete_market(3, 4, seed=1)
    scaled = market.replace(values=market.values * unit, budgets=market.budgets * unit)
    plain, other = ef.sppe(market), ef.sppe(scaled)
    assert other.revenue == pytest.approx(plain.revenue * unit, rel=1e-9)
    assert other.bound == pytest.approx(plain.bound * unit, rel=1e-6)
    assert other.residuals.relative < 1e-9


def test_scip_finds_the_same_revenue() -> None:
    """Another solver, through Pyomo, and the same steps afterwards."""
    if "scip_direct" not in ef.solvers.available_solvers():
        pytest.skip("SCIP is not installed")
    market = ef.instances.complete_market(3, 4, seed=2)
    found = ef.sppe(market, "paced_welfare", solver="scip_direct")
    assert found.value == pytest.approx(ef.sppe(market, "paced_welfare").value, rel=1e-6)
    assert found.residuals.relative < 1e-9


def test_infeasible_is_a_failure_of_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """An equilibrium always exists: a solver that denies it is not believed."""
    case = cases_of("SPPE", prefix="sp_false_infeasible")[0].values[0]
    monkeypatch.setattr(HighsSolver, "_run", lambda *_: BulkRun(Status.INFEASIBLE, log="no"))
    with pytest.raises(ef.SolverError, match="always exists") as caught:
        ef.sppe(market_of(case))
    assert not isinstance(caught.value, ef.InfeasibleError)
    assert caught.value.status is Status.INFEASIBLE
    assert caught.value.result.log == "no"


def test_time_limit_of_nothing() -> None:
    """Without time there is no point, and the error says so."""
    with pytest.raises(ef.SolverError, match="found no equilibrium: time_limit"):
        ef.sppe(ef.instances.complete_market(6, 12), time_limit=0.0)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"objective": "welfare"}, "welfare"),
        ({"sense": "max"}, "sense"),
    ],
)
def test_unknown_goals_are_refused(arguments: dict, word: str) -> None:
    """The message names what was given."""
    with pytest.raises(ef.GameError, match=word):
        ef.sppe(ef.instances.two_equilibria_market(), **arguments)


def test_markets_without_equilibrium_are_refused() -> None:
    """No budget, or a good that nobody values."""
    with pytest.raises(ef.GameError, match="B2"):
        ef.sppe(Market([[1], [1]], [1, 0]))
    with pytest.raises(ef.GameError, match="G2"):
        ef.sppe(Market([[1, 0], [1, 0]], [1, 1]))
    with pytest.raises(ef.GameError, match="objective"):
        ef.sppe_interval(Market([[1], [1]], [1, 1]), None)


def test_what_is_shown() -> None:
    """Results print and show as tables; an interval has both ends side by side."""
    interval = ef.sppe_interval(ef.instances.two_equilibria_market())
    assert "maximise revenue" in repr(interval.highest)
    assert "alpha B1" in repr(interval.highest)
    assert '<th scope="col">budget</th>' in interval.highest._repr_html_()
    assert "1.75" in repr(interval)
    assert "highest" in interval._repr_html_()
    assert interval.highest.strategy().loc["B1", "budget"] == 1
    assert interval.highest.allocation.toarray().sum() == pytest.approx(2)


# Polishing ----------------------------------------------------------------------------------------


def test_almost_whole_numbers_are_polished() -> None:
    """A payment for a lower bid, by a binary of 1e-7 less than one, does not survive."""
    market = ef.instances.correlated_market(3, 5, seed=3)
    program = SecondPriceProgram(market, "revenue", maximise=True)
    program.run(time_limit=None)
    block = program.model.eq
    honest = block.solution().outcome
    rng = np.random.default_rng(0)
    for variable in (block.highest, block.winner, block.second, block.paced):
        whole = np.round(variable.array())
        variable.set_array(np.abs(whole - 1e-7 * rng.random(len(whole))))
    block.alpha.set_array(block.alpha.array() * (1 - 1e-5))
    block.spend.set_array(block.spend.array() * (1 - 1e-5))
    assert max(block.regrets().values()) > 1e-6
    polished = program.polished()
    assert verify_sppe(polished).relative < 1e-12
    assert polished.revenue == pytest.approx(honest.revenue, rel=1e-7)


def test_impossible_integers_are_not_polished() -> None:
    """If rounded integers leave nothing, an error says that the point was none."""
    market = ef.instances.two_equilibria_market()
    program = SecondPriceProgram(market, "revenue", maximise=True)
    program.run(time_limit=None)
    program.model.eq.paced.set_array(0.0)
    with pytest.raises(ef.SolverError, match="tolerance for whole numbers"):
        program.polished()


@pytest.mark.parametrize("seed", range(10))
def test_equilibria_are_points_of_the_program(seed: int) -> None:
    """An equilibrium as a start violates no row and no bound, whatever set the price."""
    market = integer_market(seed, 3, 3)
    found = ef.sppe(market, ("revenue", "alpha_sum")[seed % 2])
    program = SecondPriceProgram(market, "revenue", maximise=True)
    point = program.point_of(found.outcome)
    assert program.compiled.program.violation(point) < 1e-7
    assert program.value() == pytest.approx(found.revenue)


def test_nothing_found_can_be_pickled() -> None:
    """The error of the search keeps its best attempt, also in another process."""
    outcome = ef.sppe(ef.instances.two_equilibria_market()).outcome
    error = ef.NoEquilibriumFoundError("none", status="unknown", solver="s", attempt=outcome)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (str(again), again.status) == ("none", "unknown")
    assert again.attempt.revenue == outcome.revenue


@pytest.mark.parametrize(
    ("sense", "revenue"),
    [("maximize", 3), (pyo.maximize, 3), ("minimize", 1.75), (pyo.minimize, 1.75)],
)
def test_senses_of_pyomo(sense: Any, revenue: float) -> None:
    """They are what the words with an s are, and the record has these words."""
    found = ef.sppe(ef.instances.two_equilibria_market(), sense=sense)

    assert found.revenue == pytest.approx(revenue)
    assert found.sense == ("maximise" if revenue == 3 else "minimise")


@pytest.mark.parametrize("sense", ["min", True, 1, None, ""])
def test_other_senses_are_refused(sense: Any) -> None:
    """Also numbers: Pyomo's senses are 1 and -1."""
    with pytest.raises(ef.GameError, match=r"sense is .*'minimize', or pyo\.maximize"):
        ef.sppe(ef.instances.two_equilibria_market(), sense=sense)


@pytest.mark.parametrize("objective", ["revenue", "alpha_sum"])
def test_revenue_of_an_interval_is_shown_once(objective: Any) -> None:
    """As the objective, or beside it."""
    lines = repr(ef.sppe_interval(ef.instances.two_equilibria_market(), objective)).splitlines()

    assert [line.split()[0] for line in lines].count("revenue") == 1
    assert lines[0].startswith(objective)
