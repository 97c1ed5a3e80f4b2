"""Values that break what a block says of itself are refused, whoever put them there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.auction_sequences import AuctionSequence, ExPostEachRound
from efmodels.errors import SolverError
from efmodels.mechanisms import IndependentBidders, Payments, single_item

if TYPE_CHECKING:
    from collections.abc import Callable

BIDDERS = [[1, 2], [1, 3]], [[0.5, 0.5], [0.5, 0.5]]


def profiles() -> Any:
    """Return the block of an auction over profiles of values."""
    return ef.formulations.direct_mechanism(single_item(*BIDDERS), payments=Payments("winner pays"))


def reduced_form() -> Any:
    """Return the block of the same auction in reduced form."""
    return ef.formulations.border(IndependentBidders(*BIDDERS), payments=Payments("winner pays"))


def two_rounds() -> Any:
    """Return the block of two auctions in a row."""
    sequence = AuctionSequence([0, 1], budget=1)
    return ef.formulations.priced_auctions(sequence, participation=ExPostEachRound())


def solved(block: Any) -> Any:
    """Return the block with an optimum of its value."""
    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    ef.solve(m)
    m.eq.solution()
    return m.eq


BROKEN: dict[str, tuple[Callable[[], Any], Callable[[Any], Any], str]] = {
    "lotteries": (profiles, lambda eq: eq.x.set_array(np.full(eq.x.size, 9.0)), r"eq.lottery\["),
    "sums": (profiles, lambda eq: eq.x.set_array(np.full(eq.x.size, 0.0)), r"eq.lottery\["),
    "gifts": (profiles, lambda eq: eq.t.set_array(np.full(eq.t.size, -5.0)), r"eq.t\["),
    "losers": (profiles, lambda eq: eq.t.set_array(np.full(eq.t.size, 5.0)), r"eq.cap\["),
    "chances": (reduced_form, lambda eq: eq.x.set_array(np.full(eq.x.size, 2.0)), r"eq.x\["),
    "pays": (reduced_form, lambda eq: eq.t.set_array(np.full(eq.t.size, 5.0)), r"eq.cap\["),
    "nothing": (
        two_rounds,
        lambda eq: eq.first.x.set_array(np.zeros(eq.first.x.size)),
        r"eq.first.flow\[",
    ),
    "fifty times": (
        two_rounds,
        lambda eq: [own.pays.set_array(50 * own.pays.array()) for own in eq.bidder.values()],
        r"eq.bidder\[",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_mechanism_has_no_regrets(name: str) -> None:
    """A solution is read, the values are changed, and then they are refused by name."""
    make, change, said = BROKEN[name]
    eq = solved(make())
    change(eq)
    with pytest.raises(SolverError, match=rf"no solution: {said}.* is broken by"):
        eq.regrets()
