"""What is measured on two auctions in a row: programs of averages, and of all outcomes.

Each function makes ready and returns the work, as in :mod:`efmodels.bench.workloads`. Values are
equally spaced from 0 to 1 and uniform, and the budget is 1.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
from scipy import sparse

from efmodels.auction_sequences import AuctionSequence, ExPostTotal, OptOutEachRound
from efmodels.auction_sequences.outcomes import outcomes_of
from efmodels.auction_sequences.rows import bidder_rows, first_flow, second_flow
from efmodels.auction_sequences.terms import deferred_terms
from efmodels.formulations import deferred_payment_auctions, priced_auctions
from efmodels.matrix import MatrixConstraint, MatrixVar
from efmodels.solving import solve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from efmodels.auction_sequences.outcomes import SaleOutcomes
    from efmodels.bench.workloads import Facts

VALUES = "values.txt"
"""File with the number of values."""


def write_values(size: int, folder: Path) -> None:
    """Write down how many values there are."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / VALUES).write_text(str(size), encoding="utf-8")


def priced(folder: Path) -> Callable[[], Facts]:
    """Find the best prices where bidders may leave before each round."""
    return partial(_solved, _sequence(folder), priced_auctions, OptOutEachRound())


def deferred(folder: Path) -> Callable[[], Facts]:
    """Find the best payments in the end that nobody regrets, by their averages."""
    return partial(_solved, _sequence(folder), deferred_payment_auctions, ExPostTotal())


def every_outcome(folder: Path) -> Callable[[], Facts]:
    """Find them with a payment for each outcome, and rows of all outcomes for each lie."""
    sequence = _sequence(folder)

    def work() -> Facts:
        outcomes = outcomes_of(sequence, deferred_terms(sequence, ExPostTotal()))
        model = _direct_model(outcomes)
        return {"value": solve(model).value, "columns": float(_columns(model))}

    return work


def _sequence(folder: Path) -> AuctionSequence:
    size = int((folder / VALUES).read_text(encoding="utf-8"))
    return AuctionSequence([Fraction(j, size - 1) for j in range(size)], budget=1)


def _solved(sequence: AuctionSequence, form: Any, participation: Any) -> Facts:
    model = pyo.ConcreteModel()
    model.eq = form(sequence, participation=participation)
    model.goal = pyo.Objective(expr=model.eq.value, sense=pyo.maximize)
    result = solve(model)
    return {
        "value": result.value,
        "regret": max(result.regrets["eq"].values()),
        "columns": float(_columns(model)),
    }


def _columns(model: Any) -> int:
    return sum(len(var) for var in model.component_objects(pyo.Var))


def _direct_model(outcomes: SaleOutcomes) -> Any:
    """Return the model in which what bidders expect is written out in all rows."""
    m = pyo.ConcreteModel()
    m.first = MatrixVar(len(outcomes.report), domain=pyo.NonNegativeReals)
    m.second = MatrixVar(len(outcomes.last), domain=pyo.NonNegativeReals)
    m.first_flow = MatrixConstraint([(first_flow(outcomes), m.first)], rhs=1.0)
    sums, source = second_flow(outcomes)
    m.second_flow = MatrixConstraint([(sums, m.second), (-source, m.first)], rhs=0.0)
    m.paid = MatrixVar(outcomes.sequence.bidders)
    for k in range(outcomes.sequence.bidders):
        rows = bidder_rows(outcomes, k)
        pays = MatrixVar(len(outcomes.last), domain=pyo.NonNegativeReals)
        # Not above 0: what she owes for the first item is a part of what is still to come.
        v = MatrixVar(rows.reply_values.shape[1])
        m.add_component(f"pays_{k}", pays)
        m.add_component(f"v_{k}", v)
        most = sparse.diags_array(-rows.most[rows.histories.of_choice]).tocsr()
        identity = sparse.eye_array(len(outcomes.last), format="csr")
        known = ((rows.seen, m.first), (rows.ends, m.second), (rows.ends, pays))
        reply = zip((rows.reply_seen, rows.reply_ends, rows.reply_pays), known, strict=True)
        gains = zip((rows.gain_seen, rows.gain_ends, rows.gain_pays), known, strict=True)
        lies = [(rows.reply_values, v), *((A @ B, x) for A, (B, x) in reply)]
        honesty = [(_row(-rows.root), v), *((_row(c @ B), x) for c, (B, x) in gains)]
        paid = [(_row(rows.paid_pays @ rows.ends), pays), (_row(-_unit(k, m.paid)), m.paid)]
        for name, constraint in (
            ("most", MatrixConstraint([(identity, pays), (most, m.second)], ub=0.0)),
            ("reply", MatrixConstraint(lies, lb=0.0)),
            ("obey", MatrixConstraint(honesty, lb=0.0)),
            ("paid", MatrixConstraint(paid, rhs=0.0)),
        ):
            m.add_component(f"{name}_{k}", constraint)
    m.goal = pyo.Objective(expr=sum(m.paid.values()), sense=pyo.maximize)
    return m


def _unit(k: int, variables: Any) -> Any:
    return np.eye(1, len(variables), k)[0]


def _row(numbers: Any) -> sparse.csr_array:
    return sparse.csr_array(np.asarray(numbers).reshape(1, -1))
