"""Auctions in a row as a mediator's game: the same revenue, more rounds, and learning."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import efmodels as ef
from efmodels.auction_sequences import (
    AuctionSequence,
    CommittedEverybodyPays,
    CommittedWinnersPay,
    ExPostTotal,
    FirstPrice,
    OptOutEachRound,
    truthful_bidding,
)
from efmodels.formulations import (
    deferred_payment_auctions,
    priced_auctions,
    sequential_mechanism,
)
from efmodels.instances import sequential_auction_design
from efmodels.mediator.incentives import Incentives
from tests.formulations.test_mechanisms_in_rounds import NOBODY, Sales

TWO = (Fraction(0), Fraction(1))
THREE = (Fraction(0), Fraction(1, 2), Fraction(1))


class SalesWithoutPrices(Sales):
    """Two sales to two bidders who can only report; nothing is paid at once."""

    def actions(self, play: tuple[str, ...]) -> list[str]:
        """Return a report, or who wins."""
        if len(play) % 4 < 3:
            return super().actions(play)
        return [NOBODY, *(f"{k} wins, {k} pays 0" for k in (1, 2))]


def optimum(block: Any) -> Any:
    """Return a solved model of the best revenue."""
    m = pyo.ConcreteModel()
    m.eq = block
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    m.result = ef.solve(m).value
    assert max(m.eq.regrets().values()) < 1e-6
    return m


@pytest.mark.parametrize("values", [TWO, pytest.param(THREE, marks=pytest.mark.slow)])
def test_leaving_is_a_move(values: tuple[Fraction, ...]) -> None:
    """Prices as moves of the auctioneer, and a move to stay out, are what leaving each round is."""
    game = sequential_auction_design(values=values)
    block = sequential_mechanism(game, designer="Auctioneer", reduce=True)
    direct = priced_auctions(AuctionSequence(values, budget=1), participation=OptOutEachRound())

    assert optimum(block).result == pytest.approx(optimum(direct).result, abs=1e-6)


@pytest.mark.parametrize(
    ("participation", "own", "everybody"),
    [
        ("ex post", ExPostTotal(), True),
        ("ex post", ExPostTotal(), False),
        ("interim", CommittedWinnersPay(), False),
        ("interim", CommittedEverybodyPays(), True),
    ],
)
@pytest.mark.parametrize("values", [TWO, THREE])
def test_money_in_the_end(
    values: tuple[Fraction, ...],
    participation: Any,
    own: Any,
    everybody: bool,  # noqa: FBT001 - pytest hands it over
) -> None:
    """Transfers within the budget after sales without prices are deferred payments."""
    game = ef.Game.from_rules(SalesWithoutPrices(values))
    plays = [game.history(z) for z in game.terminals.tolist()]
    transfers = {
        f"P{k}": np.outer(
            [everybody or any(m.startswith(f"{k} wins") for m in play) for play in plays], [0, 1]
        )
        for k in (1, 2)
    }
    block = sequential_mechanism(
        game,
        designer="Auctioneer",
        incentives=Incentives(participation=participation),
        transfers=transfers,
        reduce=True,
    )
    direct = deferred_payment_auctions(AuctionSequence(values, budget=1), participation=own)

    assert optimum(block).result == pytest.approx(optimum(direct).result, abs=1e-6)


def test_learning_two_rounds() -> None:
    """A learner proves a bound on the revenue, and comes near it with little to gain by lying."""
    direct = priced_auctions(AuctionSequence(TWO, budget=1), participation=OptOutEachRound())
    exact = optimum(direct).result
    m = pyo.ConcreteModel()
    m.eq = sequential_mechanism(
        sequential_auction_design(values=TWO), designer="Auctioneer", reduce=True
    )
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    learned = ef.solve(m, "cfr", options={"tolerance": 1e-3, "engine": "numpy"})

    assert exact - 1e-9 <= learned.bound <= exact + 0.01
    assert abs(learned.value - exact) < 0.01
    assert max(m.eq.regrets().values()) < 0.01


@pytest.mark.slow
def test_learning_three_rounds() -> None:
    """For three rounds the learner proves that nothing brings more than 1.75, but for a little.

    Truthful bids in first-price auctions, which nobody would rather change with two values, bring
    21/16 for two rounds and 1.640625 for three. A linear program says that 1.75 is the most.
    """
    game = sequential_auction_design(items=3, values=TWO)
    m = pyo.ConcreteModel()
    m.eq = sequential_mechanism(game, designer="Auctioneer", reduce=True)
    m.goal = pyo.Objective(expr=m.eq.value, sense=pyo.maximize)
    learned = ef.solve(m, "cfr", options={"tolerance": 1e-3, "engine": "numpy"})
    worst = max(m.eq.regrets().values())
    baseline = truthful_bidding(AuctionSequence(TWO, budget=1, rounds=3), FirstPrice())

    assert (baseline.revenue, baseline.exploitability) == (1.640625, 0)
    assert worst < 0.01
    assert 1.75 - 1e-9 <= learned.bound <= 1.75 + 0.01
    assert abs(learned.value - 1.75) < 0.01
    assert ef.solve(m).value == pytest.approx(1.75, abs=1e-6)
