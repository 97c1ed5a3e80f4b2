"""A mechanism as a table: what it brings, and what lying and leaving could bring."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from efmodels.auction_sequences import (
    AuctionSequence,
    CommittedEverybodyPays,
    CommittedWinnersPay,
    ExPostTotal,
    OptOutEachRound,
)
from efmodels.auction_sequences.auction_rule import AuctionRule
from efmodels.auction_sequences.outcomes import outcomes_of
from efmodels.auction_sequences.terms import deferred_terms, priced_terms
from tests.oracles.enumerated_auction_plans import best_reports

if TYPE_CHECKING:
    from efmodels.auction_sequences.outcomes import SaleOutcomes

VALUES = (Fraction(1, 4), Fraction(1))
PRIORS = ((Fraction(1, 3), Fraction(2, 3)), (Fraction(3, 4), Fraction(1, 4)))


def random_rule(seed: int, outcomes: SaleOutcomes) -> AuctionRule:
    """Return a rule under which nobody is honest for a reason."""
    rng = np.random.default_rng(seed)
    first = rng.random(len(outcomes.report))
    second = rng.random(len(outcomes.last)) ** 3
    charge = rng.random((outcomes.sequence.bidders, len(second))) * (rng.random(len(second)) < 0.5)
    return AuctionRule.of(outcomes, first, second, charge)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("terms", "participation"),
    [
        (priced_terms, OptOutEachRound()),
        (priced_terms, CommittedWinnersPay()),
        (deferred_terms, ExPostTotal()),
        (deferred_terms, CommittedEverybodyPays()),
    ],
)
def test_regrets_are_those_of_all_plans(terms: Any, participation: Any, seed: int) -> None:
    """No plan of reports, nor to leave, gains more or less than is said."""
    sequence = AuctionSequence(VALUES, budget=1, prior=PRIORS, prices=("1/2",))
    outcomes = outcomes_of(sequence, terms(sequence, participation))
    rule = random_rule(seed, outcomes)
    table, payoffs = rule.strategy(), rule.payoffs()
    for seat, player in enumerate(sequence.players):
        best = best_reports(table, VALUES, PRIORS, seat, participation.may_leave)

        assert rule.regrets()[player] == pytest.approx(best - payoffs[player], abs=1e-12)


def test_payoffs_and_revenue_come_from_the_table() -> None:
    """Summed up row by row, the table says the same."""
    sequence = AuctionSequence(VALUES, budget=1, prior=PRIORS)
    rule = random_rule(0, outcomes_of(sequence, priced_terms(sequence, OptOutEachRound())))
    early, late = (dict(zip(map(str, VALUES), map(float, p), strict=True)) for p in PRIORS)
    worth = {str(v): float(v) for v in VALUES}
    revenue, payoffs, worst = 0.0, {"P1": 0.0, "P2": 0.0}, {"P1": 0.0, "P2": 0.0}
    for row in rule.strategy().to_dict("records"):
        first, second = row["reports"].split(), row["second reports"].split()
        chance = row["probability"]
        for one, two in zip(first, second, strict=True):
            chance *= early[one] * late[two]
        for seat, player in enumerate(payoffs):
            won = row["winner"] == player
            paid = won * float(Fraction(row["price"])) + row[f"{player} pays"]
            gain = won * worth[first[seat]] - paid
            gain += (row["second winner"] == player) * worth[second[seat]]
            revenue += chance * paid
            payoffs[player] += chance * gain
            worst[player] = max(worst[player], -gain)

    assert rule.revenue == pytest.approx(revenue)
    assert rule.payoffs() == pytest.approx(payoffs)
    assert rule.losses() == pytest.approx(worst)


def test_rounding_is_taken_out() -> None:
    """Probabilities that a solver has left a little negative, or not summing to 1, are mended."""
    sequence = AuctionSequence((0, 1), budget=1)
    outcomes = outcomes_of(sequence, deferred_terms(sequence, ExPostTotal()))
    rng = np.random.default_rng(1)
    first, second = rng.random(len(outcomes.report)), rng.random(len(outcomes.last))
    first[1:3] = -1e-9
    rule = AuctionRule.of(outcomes, first, second, np.zeros((2, len(second))))
    totals = np.bincount(outcomes.report, weights=rule.first)
    group = outcomes.before * len(outcomes.reports) + outcomes.again
    sums = np.bincount(group, weights=rule.second).reshape(len(first), -1)

    assert np.allclose(totals, 1)
    assert np.allclose(sums, rule.first[:, None])
    assert rule.first.min() == 0


def test_shows_what_it_brings() -> None:
    """A few lines of text, however long the table is: the same numbers as those of the methods."""
    sequence = AuctionSequence(VALUES, budget=1, prior=PRIORS)
    rule = random_rule(3, outcomes_of(sequence, priced_terms(sequence, OptOutEachRound())))
    lines = dict(line.rsplit(maxsplit=1) for line in repr(rule).splitlines())

    assert list(lines) == ["revenue", "exploitability", "payoff of P1", "payoff of P2"]
    assert float(lines["revenue"]) == pytest.approx(rule.revenue)
    assert float(lines["exploitability"]) == pytest.approx(rule.exploitability, rel=1e-2)
    assert float(lines["payoff of P2"]) == pytest.approx(rule.payoffs()["P2"])
