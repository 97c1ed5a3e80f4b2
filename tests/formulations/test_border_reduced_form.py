"""Border's reduced form as a block: components, what it bounds, and what is refused."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.errors import GameError, SolverError
from efmodels.formulations import border
from efmodels.mechanisms import IndependentBidders, Payments, myerson

BIDDERS = IndependentBidders([[1, 2, 4], [3, 5]], [[0.3, 0.3, 0.4], [0.6, 0.4]])
EVERY_SET = np.array(list(product((False, True), repeat=5))[1:])


def test_components() -> None:
    """Those of the table in the docstring, and nothing beside them."""
    block = border(BIDDERS, payments=Payments("winner pays"))
    sizes = {c.local_name: len(c) for c in block.component_objects([pyo.Var, pyo.Constraint])}

    assert sizes == {
        "x": 5,
        "t": 5,
        "cap": 5,
        "truth": 6,
        "participation": 2,
        "border": 5,
        "payoff": 2,
        "payoff_row": 2,
        "transfer": 2,
        "transfer_row": 2,
    }
    assert {c.local_name for c in block.component_objects(pyo.Expression)} == {
        *("revenue", "welfare", "value"),
    }


def test_all_sets_at_once() -> None:
    """With all of Border's inequalities the plain model is exact, and needs no rounds."""
    m = pyo.ConcreteModel()
    m.auction = border(BIDDERS, sets=EVERY_SET)
    m.goal = pyo.Objective(expr=m.auction.value, sense=pyo.maximize)
    value = ef.solve(m, vertex=True).value

    assert len(m.auction.border) == 31
    assert value == pytest.approx(myerson(BIDDERS).revenue, abs=1e-9)
    assert m.auction.solution().residual < 1e-9


def test_neighbours_are_enough() -> None:
    """No type gains by any report if none gains by the next one; duals of the lowest types."""
    m = pyo.ConcreteModel()
    m.auction = border(BIDDERS, sets=EVERY_SET)
    m.goal = pyo.Objective(expr=m.auction.revenue, sense=pyo.maximize)
    ef.solve(m, vertex=True)

    assert max(m.auction.regrets().values()) < 1e-9
    assert m.auction.participation.dual_array() == pytest.approx([-1, -1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1, 2]],), r"bidders must be an .*IndependentBidders; got \[\[1, 2\]\]"),
        ((BIDDERS, "free"), "payments must be an .*Payments; got 'free'"),
        ((BIDDERS, Payments("none")), "border is about payments"),
        ((BIDDERS, Payments(), np.ones((2, 3))), r"sets has shape \(2, 3\)"),
        ((BIDDERS, Payments(most=[1])), r"most has shape \(1,\); there are 2 agents"),
    ],
)
def test_what_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    """What was given is named, with what was expected."""
    names = ("payments", "sets")
    with pytest.raises(GameError, match=message):
        border(arguments[0], **dict(zip(names, arguments[1:], strict=False)))


def test_unsolved() -> None:
    """Before the model is solved there is no rule."""
    with pytest.raises(SolverError, match="has no values"):
        border(BIDDERS).solution()


def test_export(tmp_path: Any) -> None:
    """The block is an ordinary model: it can be written and read by others."""
    m = pyo.ConcreteModel()
    m.auction = border(BIDDERS)
    m.goal = pyo.Objective(expr=m.auction.revenue, sense=pyo.maximize)
    ef.export(m, tmp_path / "auction.lp")

    assert "B1" in (tmp_path / "auction.lp").read_text(encoding="utf-8")
