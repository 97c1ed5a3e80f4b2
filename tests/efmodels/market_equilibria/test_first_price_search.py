"""`efmodels.fppe`: every method, what is polished, what is proved, and what is said of failures."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import efmodels as ef
from efmodels.errors import GameError, SolverError
from efmodels.market_equilibria import first_price_search
from efmodels.market_equilibria.first_price_search import METHODS
from efmodels.markets import Market
from tests.html_tables import read_tables
from tests.market_cases import cases_of
from tests.oracles.paced_winners import is_supported
from tests.pacing_cases import alpha_of_case, market_of_case
from tests.random_pacing_markets import partial_pacing_market

CASES = cases_of("FPPE")
MARKET = Market([[4, 2], [3, 3]], [1, 2], bidders=["Ann", "Bob <b>"])


def found_by(market: Market, method: str) -> ef.FirstPriceEquilibrium:
    """Return what a method finds; without Ipopt skip."""
    if method == "ipopt":
        pytest.importorskip("casadi")
    return ef.fppe(market, method)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("method", [*METHODS, "auto"])
def test_known_equilibria(case: dict[str, Any], method: str) -> None:
    """Multipliers, prices and revenue to the case's tolerance, and no residuals at all."""
    found = found_by(market_of_case(case), method)
    expected, tol = case["expected"], case["tol"]

    assert found.alpha == pytest.approx([float(a) for a in alpha_of_case(case)], abs=tol)
    assert found.prices == pytest.approx([float(Fraction(p)) for p in expected["price"]], abs=tol)
    assert found.is_polished
    assert found.residuals.relative < 1e-10
    if expected["sold_revenue_unique"]:
        assert found.revenue == pytest.approx(expected["sold_revenue"], abs=tol)


@pytest.mark.parametrize("case", CASES)
def test_known_equilibria_in_fractions(case: dict[str, Any]) -> None:
    """The proof ends with the very fractions."""
    assert list(ef.fppe(market_of_case(case)).exact().alpha) == alpha_of_case(case)


def compare_on(seed: int) -> None:
    """Check that all methods find the same, which a linear program over winners supports."""
    market = partial_pacing_market(seed)
    alpha = ef.fppe(market).alpha

    assert is_supported(market, alpha, 1e-7)
    for method in METHODS:
        found = found_by(market, method)
        assert found.alpha == pytest.approx(alpha, abs=1e-9)
        assert found.residuals.relative < 1e-10


@pytest.mark.parametrize("seed", [0, 1, 2, 10])
def test_methods_agree(seed: int) -> None:
    """Reserves, supplies and excluded pairs included; in the last, nobody reaches a reserve."""
    compare_on(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", sorted({*range(3, 100)} - {10}))
def test_methods_agree_on_more(seed: int) -> None:
    """The same on another 96 markets."""
    compare_on(seed)


@pytest.mark.slow
def test_ten_thousand_values() -> None:
    """Linear programs and the polish leave rounding errors alone."""
    market = ef.instances.sampled_market(100, 2000, density=0.05, budget_scale=20, seed=1)
    found = ef.fppe(market, "cuts")

    assert market.values.nnz > 9_000
    assert found.residuals.relative < 1e-10


def test_three_hundred_values_in_fractions() -> None:
    """The proof of a market with three hundred values holds, and has the same prices."""
    rng = np.random.default_rng(7)
    market = Market(rng.integers(1, 100, (10, 30)).tolist(), rng.integers(1, 400, 10).tolist())
    found = ef.fppe(market)
    exact = found.exact()

    assert [float(a) for a in exact.alpha] == pytest.approx(found.alpha, abs=1e-9)
    assert all(isinstance(a, Fraction | int) for a in exact.alpha)


class TestRecord:
    """What the record holds, prints and shows."""

    FOUND = ef.fppe(MARKET, "cuts")

    def test_parts(self) -> None:
        """Arrays and tables have the market's shapes and labels."""
        found = self.FOUND

        assert found.allocation.shape == (2, 2)
        assert found.allocation.sum(axis=0) == pytest.approx([1, 1])
        assert found.revenue == pytest.approx(3)
        assert list(found.payoffs()) == list(found.regrets()) == list(MARKET.bidders)
        assert list(found.strategy().index) == list(MARKET.bidders)
        assert found.market is MARKET

    def test_log(self) -> None:
        """A record for the algorithm, and one for the polish."""
        assert [stage.name for stage in self.FOUND.log] == ["cuts", "polish"]
        assert self.FOUND.frame()["name"].tolist() == ["cuts", "polish"]
        assert self.FOUND.log[1].residual <= self.FOUND.log[0].residual

    def test_text(self) -> None:
        """The text begins with the sizes, and has a line for each bidder and each good."""
        lines = str(self.FOUND).splitlines()

        assert lines[0].split(maxsplit=1) == ["bidders", "2, 2 of them paced"]
        assert lines[2].split() == ["revenue", "3"]
        assert "cuts, polished" in lines[5]
        assert lines[-4].split() == ["alpha", "Ann", "0.375"]
        assert lines[-1].split() == ["price", "G2", "1.5"]

    def test_html(self) -> None:
        """The same as tables, with labels escaped."""
        html = self.FOUND._repr_html_()

        assert "Bob &lt;b&gt;" in html
        assert len(read_tables(html)) == 3


class TestFailures:
    """What is refused, and what is kept when something goes wrong."""

    def test_bad_data(self) -> None:
        """By the names of the bidder and the good."""
        with pytest.raises(GameError, match=r"fppe needs a positive budget.*'B2'"):
            ef.fppe(Market([[1], [1]], [1, 0]))
        with pytest.raises(GameError, match=r"nobody values.*'G2'"):
            ef.fppe(Market([[1, 0]], [1]))

    def test_settings(self) -> None:
        """Unknown methods, and numbers out of range."""
        with pytest.raises(GameError, match=r"no method 'simplex'.*'cuts'"):
            ef.fppe(MARKET, "simplex")
        with pytest.raises(GameError, match="accuracy must be"):
            ef.fppe(MARKET, accuracy=0)
        with pytest.raises(GameError, match="time_limit must be"):
            ef.fppe(MARKET, time_limit=-1)

    def test_another_method_takes_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With "auto" a failure is logged and the next method tried; a named one fails."""
        monkeypatch.setitem(first_price_search.METHODS, "cuts", _fail)
        found = ef.fppe(MARKET)

        assert found.method == "proportional_response"
        assert found.log[0].message == "out of order"
        assert found.alpha == pytest.approx([0.375, 0.5])
        with pytest.raises(SolverError, match="out of order"):
            ef.fppe(MARKET, "cuts")

    def test_without_a_polish(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What cannot be polished is returned as it is, with the residuals that it has."""
        monkeypatch.setattr(first_price_search, "polish_fppe", _fail)
        found = ef.fppe(ef.instances.sampled_market(20, 100, seed=3))

        assert not found.is_polished
        assert 1e-10 < found.residuals.relative < 1e-3
        assert found.log[-1].message == "out of order"

    def test_no_time_left(self) -> None:
        """Then nothing is polished, and what there is says how good it is."""
        found = ef.fppe(ef.instances.sampled_market(20, 100, seed=3), time_limit=1e-9)

        assert [stage.name for stage in found.log] == ["cuts"]
        assert found.residuals.relative > 1e-10


def _fail(*_: object) -> None:
    raise SolverError("out of order", status="unknown", solver="none")
