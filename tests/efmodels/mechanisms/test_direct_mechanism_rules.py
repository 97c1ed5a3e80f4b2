"""Regrets and payoffs of a mechanism that nobody has optimised, against loops."""

from __future__ import annotations

import numpy as np
import pytest

from efmodels.errors import GameError
from efmodels.mechanisms import DirectMechanism, Incentives, InterimRule, single_item
from efmodels.mechanisms.independent_bidders import IndependentBidders

VALUES = [[1, 2, 4], [2, 3]]
PRIOR = np.array([[0.1, 0.2], [0.3, 0.0], [0.15, 0.25]])


def pay_your_bid(incentives: Incentives) -> DirectMechanism:
    """Return an auction in which the higher report wins and is paid; the first wins ties."""
    setting = single_item(VALUES, prior=PRIOR)
    lottery, paid = np.zeros((6, 3)), np.zeros((6, 2))
    for number, (a, b) in enumerate((a, b) for a in VALUES[0] for b in VALUES[1]):
        winner = 0 if a >= b else 1
        lottery[number, 1 + winner] = 1
        paid[number, winner] = (a, b)[winner]
    return DirectMechanism(setting, lottery, paid, incentives)


def gains(agent: int) -> np.ndarray:
    """Return what each report brings more than the truth, by true profile; from the rules."""
    table = np.zeros((3, 2, len(VALUES[agent])))
    for i, a in enumerate(VALUES[0]):
        for j, b in enumerate(VALUES[1]):
            for k, lie in enumerate(VALUES[agent]):
                told = (lie, b) if agent == 0 else (a, lie)
                wins = (told[0] >= told[1]) == (agent == 0)
                table[i, j, k] = ((a, b)[agent] - lie) if wins else 0
    return table


def test_payoffs_and_sums() -> None:
    """Who pays her bid gets nothing: all of the welfare is revenue."""
    found = pay_your_bid(Incentives())
    highest = [[max(a, b) for b in VALUES[1]] for a in VALUES[0]]

    assert found.payoffs() == {"B1": 0, "B2": 0}
    assert found.revenue == pytest.approx((PRIOR * highest).sum())
    assert found.welfare == pytest.approx(found.revenue)


def test_regrets_on_average_and_in_every_profile() -> None:
    """The type who gains most, given what she knows; correlation counts."""
    average = pay_your_bid(Incentives()).regrets()
    always = pay_your_bid(Incentives("dominant")).regrets()
    for agent, name in enumerate(("B1", "B2")):
        table, other = gains(agent), 1 - agent
        expected = (PRIOR[:, :, None] * table).sum(axis=other)
        expected /= PRIOR.sum(axis=other)[:, None]

        assert average[name] == pytest.approx(expected.max())
        assert always[name] == pytest.approx(table.max())
    assert always["B1"] > average["B1"] > 0


def test_staying_out_counts_if_somebody_is_asked() -> None:
    """Everybody gets 0 here; outside she would get one half."""
    for truth in ("bayesian", "dominant"):
        honest = max(pay_your_bid(Incentives(truth)).regrets().values())
        for participation in ("interim", "ex post"):
            few = pay_your_bid(Incentives(truth, participation, 0.5)).regrets()
            much = pay_your_bid(Incentives(truth, participation, 9)).regrets()

            assert max(few.values()) == pytest.approx(max(honest, 0.5))
            assert much == pytest.approx({"B1": 9, "B2": 9})


def test_what_never_happens_is_asked_in_dominant_strategies_alone() -> None:
    """A payment after the profile of probability 0."""
    found = pay_your_bid(Incentives())
    paid = found.paid.copy()
    paid[3, 1] = 100  # (2, 3), in which the second wins
    change = {"setting": found.setting, "lottery": found.lottery, "paid": paid}
    average = DirectMechanism(**change, incentives=Incentives("bayesian", "ex post")).regrets()
    always = DirectMechanism(**change, incentives=Incentives("dominant", "ex post")).regrets()

    assert average["B2"] < 2
    assert always["B2"] == pytest.approx(100 - 3)


def test_table() -> None:
    """A row per profile and outcome that may happen."""
    table = pay_your_bid(Incentives()).strategy()

    assert list(table.columns) == [
        *("B1", "B2", "outcome", "probability"),
        *("expected payment of B1", "expected payment of B2"),
    ]
    assert table.iloc[1].tolist() == ["1", "3", "B2 wins", 1.0, 0.0, 3.0]
    assert len(table) == 6


def test_shapes_are_checked() -> None:
    """A mechanism for other profiles is none; neither is a rule for other types."""
    found = pay_your_bid(Incentives())
    with pytest.raises(GameError, match=r"paid has shape \(5, 2\); expected \(6, 2\)"):
        DirectMechanism(found.setting, found.lottery, found.paid[1:], Incentives())
    with pytest.raises(GameError, match=r"pay has shape \(1,\); expected \(2,\)"):
        InterimRule(IndependentBidders([[1, 2]], [[0.5, 0.5]]), [0, 1], [0])


def test_interim_rule() -> None:
    """A price of 2 for the item, and a fee of 1 for the others: nobody with 1 comes."""
    bidders = IndependentBidders([[1, 2, 4]], [[0.25, 0.25, 0.5]])
    rule = InterimRule(bidders, [0, 1, 1], [1, 2, 2])

    assert rule.regrets() == {"B1": 1.0}
    assert rule.revenue == 1.75
    assert rule.welfare == 2.5
    assert rule.payoffs() == {"B1": 0.75}
    assert rule.strategy()["wins"].tolist() == [0, 1, 1]


def test_shows_what_it_brings() -> None:
    """A line for the revenue, the welfare, and each agent's regret."""
    setting = single_item([[1, 2]], [[0.5, 0.5]])
    mechanism = DirectMechanism(setting, [[0, 1], [0, 1]], [[1], [1.5]], Incentives())

    assert repr(mechanism).splitlines() == [
        "profiles      2",
        "revenue       1.25",
        "welfare       1.5",
        "regret of B1  0.5",
    ]
