"""Random markets: what is drawn, compared with closed forms; every bound is six deviations wide."""

from __future__ import annotations

import inspect
from collections import Counter
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import integrate, stats

from efmodels.errors import GameError
from efmodels.instances import (
    complete_market,
    correlated_market,
    power_law_market,
    sampled_market,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from efmodels.markets import Market

FAMILIES = [complete_market, sampled_market, correlated_market, power_law_market]
SIX = 6  # standard deviations: a bound that fails for one seed in 500 million


def is_uniform(sample: np.ndarray[Any, Any]) -> bool:
    """Whether a sample passes for one of the uniform distribution on (0, 1]."""
    return bool(stats.kstest(sample, "uniform").pvalue > 1e-4)


def bidders_of_goods(market: Market) -> list[tuple[int, ...]]:
    """Return the bidders of each good, ascending."""
    columns = market.values.tocsc()
    columns.sort_indices()
    return [tuple(part.tolist()) for part in np.split(columns.indices, columns.indptr[1:-1])]


class TestEveryFamily:
    """What the four families have in common."""

    @pytest.mark.parametrize("family", FAMILIES)
    def test_canonical_market(self, family: Callable[..., Market]) -> None:
        """Without arguments each gives a small market, in floats, without reserves."""
        market = family()

        assert 2 <= len(market.bidders) <= 10
        assert market.values.nnz <= 100
        assert (market.reserves == 0).all()
        assert (market.supplies == 1).all()
        assert not market.is_exact
        assert market.goods_without_bid.tolist() == market.bidders_without_value.tolist() == []

    @pytest.mark.parametrize("family", FAMILIES)
    def test_seed(self, family: Callable[..., Market]) -> None:
        """The same seed gives the same market, another seed another; the default is 0."""
        assert family(seed=0) == family()
        assert family(seed=1) != family()

    @pytest.mark.parametrize("family", FAMILIES)
    def test_title_repeats_the_call(self, family: Callable[..., Market]) -> None:
        """The title names every parameter, so that the market can be made again."""
        arguments = {
            name: parameter.default
            for name, parameter in inspect.signature(family).parameters.items()
        }
        call = ", ".join(f"{name}={value}" for name, value in arguments.items())

        assert family().title.endswith(f" market ({call})")

    @pytest.mark.parametrize(
        ("family", "rivals"),
        [
            (complete_market, 500),
            (sampled_market, 500),
            (correlated_market, 500),
            (power_law_market, 3),
        ],
    )
    def test_budgets(self, family: Callable[..., Market], rivals: int) -> None:
        """A budget is the scale times a uniform number times a share of the bidder's values."""
        market = family(bidders=500, goods=200, budget_scale=4, seed=5)
        share = market.values.toarray().sum(axis=1) / rivals
        here = share > 0

        assert is_uniform(market.budgets[here] / (4 * share[here]))
        assert market.bidders_without_budget.tolist() == np.flatnonzero(~here).tolist()

    @pytest.mark.parametrize("family", [complete_market, sampled_market, power_law_market])
    def test_values_are_uniform(self, family: Callable[..., Market]) -> None:
        """Values pass for uniform ones, by mean and by distribution."""
        values = family(bidders=30, goods=300, seed=2).values.data

        assert abs(values.mean() - 1 / 2) < SIX / sqrt(12 * len(values))
        assert is_uniform(values)
        assert 0 < values.min() < values.max() <= 1

    @pytest.mark.parametrize("family", FAMILIES)
    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"bidders": 0}, "bidders must be an integer of at least 1; got 0"),
            ({"goods": 2.0}, "goods must be an integer of at least 1; got 2.0"),
            ({"seed": -1}, "seed must be an integer of at least 0; got -1"),
            ({"seed": None}, "seed must be an integer of at least 0; got None"),
            ({"budget_scale": 0}, "budget_scale must be a number above 0; got 0"),
            ({"budget_scale": float("nan")}, "budget_scale must be .*; got nan"),
            ({"budget_scale": "one"}, "budget_scale must be .*; got 'one'"),
        ],
    )
    def test_impossible_parameters(
        self, family: Callable[..., Market], parameters: dict[str, Any], message: str
    ) -> None:
        """A parameter that makes no market is refused by name, with its range."""
        with pytest.raises(GameError, match=message):
            family(**parameters)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sampled_market(density=0), "density .* above 0 and of at most 1; got 0"),
        (lambda: sampled_market(density=1.5), "density must be .*; got 1.5"),
        (lambda: correlated_market(sigma=-0.1), "sigma must be a number of at least 0; got -0.1"),
        (lambda: correlated_market(sigma=np.inf), "sigma must be .*; got inf"),
        (lambda: power_law_market(draws=0), "draws must be an integer of at least 1; got 0"),
        (lambda: power_law_market(exponent=-1), "exponent must be a number of at least 0; got -1"),
        (lambda: power_law_market(exponent=True), "exponent must be .*; got True"),
    ],
)  # fmt: skip
def test_impossible_parameters_of_one_family(make: Callable[[], Market], message: str) -> None:
    """So are the parameters that one family alone has."""
    with pytest.raises(GameError, match=message):
        make()


class TestComplete:
    """Everybody values everything."""

    def test_counts(self) -> None:
        """There is a value for each pair, and nothing is zero."""
        market = complete_market(bidders=4, goods=7)

        assert market.values.nnz == market.positive_values.nnz == 4 * 7

    def test_independence(self) -> None:
        """Neither the values of a good nor those of a bidder go together."""
        table = complete_market(bidders=40, goods=40, seed=1).values.toarray()

        for pairs in (np.corrcoef(table), np.corrcoef(table.T)):
            correlations = pairs[np.triu_indices(40, 1)]
            assert abs(correlations.mean()) < SIX / sqrt(40 * len(correlations))


class TestSampled:
    """Each good has a random set of bidders that is not empty."""

    def test_all_sets_are_equally_likely(self) -> None:
        """With a density of one half, the seven sets of three bidders come up alike."""
        sets = Counter(bidders_of_goods(sampled_market(bidders=3, goods=70_000, seed=1)))

        assert len(sets) == 2**3 - 1
        assert stats.chisquare(list(sets.values())).pvalue > 1e-4

    @pytest.mark.parametrize(
        ("bidders", "density"), [(1, 0.3), (5, 0.05), (5, 0.5), (5, 0.95), (200, 0.01)]
    )
    def test_sizes_of_sets(self, bidders: int, density: float) -> None:
        """The number of a good's bidders is binomial, given that it is not zero."""
        goods = 20_000
        market = sampled_market(bidders=bidders, goods=goods, density=density, seed=3)
        sizes = np.bincount(np.diff(market.values.tocsc().indptr), minlength=bidders + 1)
        law = stats.binom(bidders, density)
        expected = goods * law.pmf(np.arange(1, bidders + 1)) / law.sf(0)

        assert sizes[0] == 0
        # Six deviations, and one more where so few are expected that a count is hardly normal.
        assert (abs(sizes[1:] - expected) < SIX * np.sqrt(expected) + 1).all()

    @pytest.mark.parametrize("density", [0.002, 0.1, 0.7])
    def test_number_of_values(self, density: float) -> None:
        """The mean number of values is m n q / (1 - (1 - q)^n), for each bidder alike."""
        bidders, goods = 50, 20_000
        market = sampled_market(bidders=bidders, goods=goods, density=density, seed=4)
        share = density / (1 - (1 - density) ** bidders)
        counts = np.diff(market.values.indptr)

        bound = SIX * sqrt(goods * share * (1 - share))
        assert (np.abs(counts - goods * share) < bound).all()

    def test_bidders_are_independent(self) -> None:
        """A pair of bidders meets in as many sets as the law says."""
        goods, density = 50_000, 0.4
        table = sampled_market(bidders=4, goods=goods, density=density, seed=6).values.toarray() > 0
        share = density**2 / (1 - (1 - density) ** 4)
        together = (table.astype(int) @ table.T)[np.triu_indices(4, 1)]

        assert (abs(together - goods * share) < SIX * sqrt(goods * share * (1 - share))).all()

    @pytest.mark.parametrize("density", [1, 1.0])
    def test_complete(self, density: float) -> None:
        """With a density of one, everybody is in every set."""
        assert sampled_market(bidders=3, goods=5, density=density).values.nnz == 15

    @pytest.mark.parametrize("density", [1e-12, 1e-300])
    def test_almost_no_density(self, density: float) -> None:
        """With hardly any density, each good has one bidder, and all are equally likely."""
        market = sampled_market(bidders=10, goods=10_000, density=density, seed=8)

        assert market.values.nnz == 10_000
        assert stats.chisquare(np.diff(market.values.indptr)).pvalue > 1e-4


class TestCorrelated:
    """Values scatter around a mean that the good has for all."""

    def test_without_scatter(self) -> None:
        """Without scatter everybody has the same values, which pass for uniform ones."""
        table = correlated_market(bidders=3, goods=2000, sigma=0, seed=1).values.toarray()

        assert (table == table[0]).all()
        assert is_uniform(table[0])

    @pytest.mark.parametrize("sigma", [0.05, 0.3, 2.0])
    def test_cut_off(self, sigma: float) -> None:
        """As many values are zero, and as many one, as the integral over the means says."""
        goods = 40_000
        market = correlated_market(bidders=1, goods=goods, sigma=sigma, seed=2)
        share, _ = integrate.quad(lambda mean: stats.norm.cdf(-mean / sigma), 0, 1)
        bound = SIX * sqrt(goods * share * (1 - share))

        assert market.values.nnz == goods
        assert abs((market.values.data == 0).sum() - goods * share) < bound
        assert abs((market.values.data == 1).sum() - goods * share) < bound
        assert 0 == market.values.data.min() < market.values.data.max() == 1

    def test_covariance(self) -> None:
        """Two bidders' values of a good covary as the means do, and with other goods not at all."""
        sigma, goods = 0.2, 40_000
        first, second = correlated_market(2, goods, sigma=sigma, seed=3).values.toarray()

        def mean_value(mean: float) -> float:
            """Return E[min(1, max(0, mean + sigma Z))]."""
            law = stats.norm(mean, sigma)
            inside = law.expect(lb=0, ub=1)
            return float(inside + law.sf(1))

        square, _ = integrate.quad(lambda mean: mean_value(mean) ** 2, 0, 1)
        expected = square - 1 / 4
        bound = SIX / 4 / sqrt(goods)  # the product of two numbers within 1/2 of their means
        assert abs(np.cov(first, second)[0, 1] - expected) < bound < expected / 2
        assert abs(np.cov(first[1:], second[:-1])[0, 1]) < bound


class TestPowerLaw:
    """The first bidders take part in many sales, the last ones in few."""

    @pytest.mark.parametrize(("draws", "exponent"), [(1, 1.0), (3, 1.0), (5, 0.0), (4, 2.5)])
    def test_number_of_goods(self, draws: int, exponent: float) -> None:
        """Bidder i values m (1 - (1 - p_i)^k) goods on average."""
        bidders, goods = 20, 20_000
        market = power_law_market(bidders, goods, draws=draws, exponent=exponent, seed=1)
        weights = [i**-exponent for i in range(1, bidders + 1)]
        shares = np.array([1 - (1 - weight / sum(weights)) ** draws for weight in weights])
        counts = np.diff(market.values.indptr)

        assert (abs(counts - goods * shares) < SIX * np.sqrt(goods * shares) + 1).all()

    def test_number_of_bidders(self) -> None:
        """A good has between one bidder and as many as were drawn."""
        sizes = {len(set_) for set_ in bidders_of_goods(power_law_market(10, 5000, draws=4))}

        assert sizes == {1, 2, 3, 4}

    def test_steep_law(self) -> None:
        """With a huge exponent, only the first bidder is ever drawn; the others are kept."""
        market = power_law_market(bidders=3, goods=50, exponent=1e6)

        assert np.diff(market.values.indptr).tolist() == [50, 0, 0]
        assert market.bidders_without_value.tolist() == [1, 2]
        assert market.bidders_without_budget.tolist() == [1, 2]


def test_a_million_values() -> None:
    """Large sparse markets come in arrays: no exact numbers beside them, no pair stored twice."""
    market = sampled_market(bidders=1000, goods=100_000, density=0.01, budget_scale=100)

    assert 990_000 < market.values.nnz < 1_010_000
    assert market.values.has_canonical_format
    assert not market.is_exact
