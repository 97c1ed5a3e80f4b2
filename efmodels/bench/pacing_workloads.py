"""What is measured on second-price pacing: the whole way, and what strengthening is worth.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`.
"""

from __future__ import annotations

from functools import partial
from statistics import median
from time import process_time
from typing import TYPE_CHECKING

import pyomo.environ as pyo

from efmodels.errors import SolverError
from efmodels.formulations import sppe
from efmodels.instances import complete_market, correlated_market, sampled_market
from efmodels.market_equilibria.second_price import sppe as best_equilibrium
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.bench.workloads import Facts
    from efmodels.markets import Market

MARKETS = "markets.txt"
"""File with a market per line: family, bidders, goods, seed."""

SECONDS = 60.0
"""How long one program may take, by the clock."""

OPTIONS = {"mip_feasibility_tolerance": 1e-7, "mip_rel_gap": 1e-6, "threads": 1}

_FAMILIES = {
    "complete": complete_market,
    "sampled": sampled_market,
    "correlated": correlated_market,
}


def write_markets(lines: tuple[str, ...], folder: Path) -> None:
    """Write down which markets there are."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKETS).write_text("\n".join(lines), encoding="utf-8")


def largest_revenues(folder: Path) -> Callable[[], Facts]:
    """Find and verify the equilibrium of every market with the largest revenue."""
    return partial(_solve_all, _markets(folder), "maximise")


def smallest_revenues(folder: Path) -> Callable[[], Facts]:
    """Find and verify the one with the smallest."""
    return partial(_solve_all, _markets(folder), "minimise")


def strengthened_against_plain(folder: Path) -> Callable[[], Facts]:
    """Solve both programs of every market, with the same solver and options, and compare."""
    markets = _markets(folder)

    def work() -> Facts:
        ratios, apart, limits = [], [], 0
        for market in markets:
            ours, quick = _timed(partial(_strengthened, market))
            theirs, slow = _timed(partial(_plain, market))
            ratios.append(quick / slow)
            limits += theirs is None
            if ours is not None and theirs is not None:
                apart.append(abs(ours - theirs))
        return {
            "median_ratio": median(ratios),
            "largest_ratio": max(ratios),
            "difference": max(apart, default=0.0),
            "limits": limits,
            "markets": len(markets),
        }

    return work


def plain_sppe(market: Market) -> pyo.ConcreteModel:
    """Return the program with every constant as large as a value, and no row to spare.

    What :func:`efmodels.formulations.sppe` is without bounds on multipliers and the rows that
    follow from the others. Of markets without reserves, one unit of each good.
    """
    v, budgets = market.positive_values.toarray(), market.budgets
    m = pyo.ConcreteModel()
    m.I, m.J = pyo.RangeSet(0, v.shape[0] - 1), pyo.RangeSet(0, v.shape[1] - 1)
    m.alpha, m.paced = pyo.Var(m.I, bounds=(0, 1)), pyo.Var(m.I, domain=pyo.Binary)
    m.price, m.top = (pyo.Var(m.J, domain=pyo.NonNegativeReals) for _ in range(2))
    m.spend = pyo.Var(m.I, m.J, domain=pyo.NonNegativeReals)
    m.highest, m.winner, m.second = (pyo.Var(m.I, m.J, domain=pyo.Binary) for _ in range(3))
    m.rows = pyo.ConstraintList()
    for i in m.I:
        spent = sum(m.spend[i, j] for j in m.J)
        m.rows.add(spent <= budgets[i])
        m.rows.add(spent >= budgets[i] * m.paced[i])
        m.rows.add(m.alpha[i] >= 1 - m.paced[i])
    for j in m.J:
        M = float(v[:, j].max())
        m.rows.add(sum(m.spend[i, j] for i in m.I) == m.price[j])
        m.rows.add(sum(m.winner[i, j] for i in m.I) == 1)
        m.rows.add(sum(m.second[i, j] for i in m.I) == 1)
        for i in m.I:
            bid = m.alpha[i] * v[i, j]
            m.rows.add(m.spend[i, j] <= budgets[i] * m.highest[i, j])
            m.rows.add(m.top[j] >= bid)
            m.rows.add(m.top[j] <= bid + M * (1 - m.highest[i, j]))
            m.rows.add(m.winner[i, j] <= m.highest[i, j])
            m.rows.add(m.price[j] >= bid - v[i, j] * m.winner[i, j])
            m.rows.add(m.price[j] <= bid + M * (1 - m.second[i, j]))
            m.rows.add(m.winner[i, j] + m.second[i, j] <= 1)
    m.revenue = pyo.Expression(expr=sum(m.price[j] for j in m.J))
    return m


def _strengthened(market: Market) -> pyo.ConcreteModel:
    model = pyo.ConcreteModel()
    model.eq = sppe(market)
    model.goal = pyo.Objective(expr=model.eq.revenue, sense=pyo.maximize)
    return model


def _plain(market: Market) -> pyo.ConcreteModel:
    model = plain_sppe(market)
    model.goal = pyo.Objective(expr=model.revenue, sense=pyo.maximize)
    return model


def _timed(model: Callable[[], pyo.ConcreteModel]) -> tuple[float | None, float]:
    """Return the optimum, ``None`` at the time limit, and the CPU seconds of building it too."""
    start = process_time()
    try:
        result = solve(model(), "highs", time_limit=SECONDS, options=OPTIONS)
        found = result.value if result.status == "optimal" else None
    except SolverError:
        found = None
    return found, process_time() - start


def _markets(folder: Path) -> list[Market]:
    lines = (folder / MARKETS).read_text(encoding="utf-8").split("\n")
    return [_market(*line.split()) for line in lines]


def _market(family: str, bidders: str, goods: str, seed: str) -> Market:
    return _FAMILIES[family](int(bidders), int(goods), seed=int(seed))


def _solve_all(markets: list[Market], sense: str) -> Facts:
    """Return the longest CPU time of one market, the worst residual, and what was proved."""
    longest, worst, proved = 0.0, 0.0, 0
    for market in markets:
        start = process_time()
        found = best_equilibrium(market, "revenue", sense=sense)
        longest = max(longest, process_time() - start)
        worst = max(worst, found.residuals.relative)
        proved += found.status == "optimal"
    return {"longest": longest, "residual": worst, "unproved": len(markets) - proved}
