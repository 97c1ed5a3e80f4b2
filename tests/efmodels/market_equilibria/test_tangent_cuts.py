"""First-price pacing by linear programs: what each round proves, and when the loop ends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import efmodels as ef
from efmodels.market_equilibria import pacing_by_cuts
from efmodels.markets import Market
from tests.market_cases import cases_of
from tests.oracles.paced_winners import is_supported
from tests.pacing_cases import alpha_of_case, market_of_case
from tests.random_pacing_markets import partial_pacing_market


@pytest.mark.parametrize("case", cases_of("FPPE"))
def test_known_equilibria(case: dict[str, Any]) -> None:
    """The gap bounds how far multipliers are: the program is strongly convex in them."""
    market = market_of_case(case)
    run = pacing_by_cuts(market)
    wrong = run.outcome.alpha - [float(a) for a in alpha_of_case(case)]

    assert run.converged
    assert market.budgets @ wrong**2 / 2 <= run.gap + 1e-9 * market.budgets.sum()


@pytest.mark.parametrize("seed", range(10))
def test_random_markets(seed: int) -> None:
    """A linear program over winners supports the multipliers, nearly."""
    market = partial_pacing_market(seed)
    run = pacing_by_cuts(market)

    assert run.converged
    assert run.outcome.residuals.relative < 1e-3
    assert is_supported(market, ef.fppe(market, "cuts").alpha, 1e-7)


def test_gaps_fall() -> None:
    """A tangent only ever lowers a logarithm: values of the programs fall, and so do gaps."""
    run = pacing_by_cuts(ef.instances.sampled_market(20, 100, seed=3))
    tangents = [entry.tangents for entry in run.log]

    assert [entry.round for entry in run.log] == list(range(1, len(run.log) + 1))
    assert tangents == sorted(tangents)
    assert run.log[-1].gap < 1e-3 * run.log[0].gap
    assert run.gap == run.log[-1].gap


def test_stopping_early_keeps_what_there_is() -> None:
    """After one program, or with no time at all, its solution is returned, and said not to be."""
    market = ef.instances.sampled_market(20, 100, seed=3)
    one = pacing_by_cuts(market, rounds=1)
    hurried = pacing_by_cuts(market, time_limit=1e-9)

    assert (len(one.log), one.converged) == (1, False)
    assert (len(hurried.log), hurried.converged) == (1, False)
    assert np.array_equal(one.outcome.alpha, hurried.outcome.alpha)


def test_one_program_is_that_of_the_tangents() -> None:
    """The first program is `fppe_tangents` with the same ratio."""
    import pyomo.environ as pyo

    market = partial_pacing_market(2)
    run = pacing_by_cuts(market, rounds=1)
    m = pyo.ConcreteModel()
    m.eq = ef.formulations.fppe_tangents(market, ratio=1.1)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    ef.solve(m, "highs")

    assert len(m.eq.tangent) == run.log[0].tangents
    assert m.eq.solution().alpha == pytest.approx(run.outcome.alpha, abs=1e-6)


def test_money_in_other_units() -> None:
    """A factor in front of values and budgets changes no multiplier."""
    market = partial_pacing_market(5)
    for factor in (1e-4, 1e4):
        scaled = Market(
            market.values * factor,
            market.budgets * factor,
            market.reserves * factor,
            market.supplies,
        )

        assert ef.fppe(scaled, "cuts").alpha == pytest.approx(
            ef.fppe(market, "cuts").alpha, abs=1e-9
        )
