"""The mixed-integer program of second-price pacing: run from a start, and polished afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from efmodels.bulk import BulkSettings
from efmodels.bulk.highs import HighsSolver
from efmodels.compiling import compile_model
from efmodels.errors import SolverError
from efmodels.formulations import sppe
from efmodels.markets.sale_bounds import SaleBounds
from efmodels.matrix import MatrixVar
from efmodels.results import Result, Status
from efmodels.solving import solve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from efmodels.bulk import BulkRun
    from efmodels.game import Bools, Floats, Ints
    from efmodels.markets import Market, PacingOutcome

INTEGRALITY = 1e-7
"""HiGHS's tolerance for whole numbers; with 1e-9 it has called such programs infeasible."""

FEASIBILITY = 1e-10
"""Its tolerance for rows when it polishes: the smallest that it takes."""

TIE = 1e-8
"""Offers that differ by less than this share count as equal in a start."""

GAP = 1e-6
"""Relative gap at which an equilibrium counts as optimal."""


class SecondPriceProgram:
    """The block `sppe` with an objective, as arrays and as a model.

    Parameters
    ----------
    market
        Its money should be in units near one.
    objective
        ``"revenue"``, ``"paced_welfare"``, ``"alpha_sum"``, or ``None``.
    maximise
        Whether to make it large.
    within
        Bounds on multipliers.
    """

    def __init__(
        self,
        market: Market,
        objective: str | None,
        *,
        maximise: bool,
        within: tuple[ArrayLike, ArrayLike] | None = None,
    ) -> None:
        self.market = market
        self.model = pyo.ConcreteModel()
        self.model.eq = sppe(market, within=within)
        goal = 0.0 if objective is None else getattr(self.model.eq, objective)
        sense = pyo.maximize if maximise else pyo.minimize
        self.model.goal = pyo.Objective(expr=goal, sense=sense)
        self.compiled = compile_model(self.model)

    def run(self, *, time_limit: float | None, start: PacingOutcome | None = None) -> BulkRun:
        """Ask HiGHS, and load what it finds."""
        solver = HighsSolver()
        solver.load(self.compiled.program)
        settings = BulkSettings(
            time_limit=time_limit,
            gap=GAP,
            options={"mip_feasibility_tolerance": INTEGRALITY},
            start=None if start is None else self.point_of(start),
        )
        run = solver.run(settings)
        if run.solution is not None:
            self.compiled.load(run.solution)
        return run

    def run_by_name(self, solver: str, *, time_limit: float | None) -> Result:
        """Ask any other solver, from the values that the variables have."""
        return solve(self.model, solver, time_limit=time_limit, gap=GAP)

    def polished(self) -> PacingOutcome:
        """Fix the integers as they are, rounded, and solve what is left to the last digits.

        Raises
        ------
        SolverError
            Nothing is left: the point was feasible only by the tolerance for whole numbers.
        """
        program, x = self.compiled.program, self.values()
        whole = np.round(x)
        program = replace(
            program,
            lower=np.where(program.integer, whole, program.lower),
            upper=np.where(program.integer, whole, program.upper),
            integer=np.zeros(program.columns, dtype=bool),
        )
        solver = HighsSolver()
        solver.load(program)
        names = ("primal_feasibility_tolerance", "dual_feasibility_tolerance")
        run = solver.run(BulkSettings(vertex=True, options=dict.fromkeys(names, FEASIBILITY)))
        if run.status is not Status.OPTIMAL or run.solution is None:
            raise SolverError(
                "the solver's point meets the conditions only by its tolerance for whole numbers: "
                f"with these rounded, the linear program is {run.status}",
                status=run.status,
                solver=solver.name,
            )
        self.compiled.load(replace(run.solution, duals=None, reduced_costs=None))
        outcome: PacingOutcome = self.model.eq.solution().outcome
        return outcome

    def value(self) -> float:
        """Return the objective at the values that the variables have."""
        return float(pyo.value(self.model.goal))

    def values(self) -> Floats:
        """Return the values of all columns."""
        parts = [
            owner.array() if isinstance(owner, MatrixVar) else np.array([owner.value], dtype=float)
            for _, owner in self.compiled.columns.sources()
        ]
        return np.concatenate(parts)

    def point_of(self, outcome: PacingOutcome) -> Floats:
        """Load an equilibrium into the variables, and return their values."""
        block = self.model.eq
        sales = SaleBounds(self.market, outcome.alpha, outcome.alpha)
        good, values = sales.good, len(sales.bidder)
        spend = outcome.units * outcome.prices[good[:values]]
        reserves, left = self.market.reserves, self.market.supplies - outcome.sold
        offers, top = sales.least_offer, sales.least_top
        highest = offers >= top[good] * (1 - TIE)
        # The winner is the one of them who gets most; a reserve, where nobody is.
        merit = np.where(highest, 1.0, 0.0)
        merit[:values] += highest[:values] * (1 + outcome.units)
        winner = _first_largest(merit, good, len(top))
        real_winner = winner & (np.arange(len(good)) < values)
        sets_price = np.where(real_winner, -1.0, offers)
        second = _first_largest(sets_price, good, len(top)) & sales.has_price[good]
        for name, array in (
            ("alpha", outcome.alpha),
            ("paced", outcome.alpha < 1),
            ("price", sales.least_price),
            ("top", top),
            ("spend", spend),
            ("unsold", (reserves * left)[sales.reserved]),
            ("highest", highest),
            ("winner", winner),
            ("second", second),
        ):
            block.component(name).set_array(np.asarray(array, dtype=float))
        block.revenue.set_value(float(spend.sum()))
        welfare = float(outcome.bids @ outcome.units)
        block.paced_welfare.set_value(welfare)
        block.alpha_sum.set_value(float(outcome.alpha.sum()))
        return self.values()


def _first_largest(merit: Floats, good: Ints, goods: int) -> Bools:
    """Return a mask of one offer per good: the first with the largest merit."""
    order = np.lexsort((-np.arange(len(merit)), merit, good))
    last = np.flatnonzero(np.diff(good[order], append=goods))
    mask = np.zeros(len(merit), dtype=bool)
    mask[order[last]] = True
    return mask
