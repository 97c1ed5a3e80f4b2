"""The search for some second-price pacing equilibrium, in markets small and large."""

from __future__ import annotations

import pytest

import efmodels as ef
from efmodels.markets import verify_sppe
from tests.random_second_price_markets import integer_market


@pytest.mark.parametrize("seed", range(4))
def test_larger_markets(seed: int) -> None:
    """In sampled markets with ten bidders and fifty goods it finds verified equilibria."""
    found = ef.heuristic_sppe(ef.instances.sampled_market(10, 50, seed=seed))
    assert verify_sppe(found.outcome).relative < 1e-7
    assert found.status == "feasible"
    assert found.objective is None


@pytest.mark.parametrize("seed", [1, 3, 6, 8])
def test_reserves(seed: int) -> None:
    """With reserves, too."""
    found = ef.heuristic_sppe(integer_market(seed, 3, 4), radii=(0.05, 0.2, 1.0))
    assert verify_sppe(found.outcome).relative < 1e-7


def test_failure_keeps_the_best_attempt() -> None:
    """After two rounds and in a tiny box there is nothing; the error has an outcome to look at."""
    market = ef.instances.correlated_market(5, 8, seed=0)
    with pytest.raises(ef.NoEquilibriumFoundError, match="one exists") as caught:
        ef.heuristic_sppe(market, rounds=2, radii=(1e-6,))
    attempt = caught.value.attempt
    assert attempt.market == market
    assert verify_sppe(attempt).relative > 1e-7
    assert isinstance(caught.value, ef.SolverError)


def test_no_time_no_boxes() -> None:
    """Where the dynamics have used up the time, no program is solved."""
    with pytest.raises(ef.NoEquilibriumFoundError):
        ef.heuristic_sppe(ef.instances.complete_market(3, 4), time_limit=0.0)
